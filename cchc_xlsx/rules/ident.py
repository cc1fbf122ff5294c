"""I: which form, unit and period a workbook is for."""

from __future__ import annotations

from cchc_xlsx.lang import Text
from cchc_xlsx.rules.model import Rule

_ORIGINAL = Text(
    "Điền vào đúng tệp biểu đã được gửi, rồi gửi lại.",
    "Fill in the very workbook that was sent out, and send it again.",
)

RULES = (
    Rule(
        "I501",
        "error",
        Text("Không phải biểu của cchc-xlsx", "Not one of our forms"),
        Text("Không tìm thấy mã nhận dạng của biểu trong tệp.", "No identity of a form is found in the file."),
        _ORIGINAL,
        Text(
            "Mã nhận dạng cho biết biểu, đơn vị và kỳ; không có mã thì số liệu không biết thuộc về đâu.",
            "The identity says form, unit and period; without it nobody knows whose figures these are.",
        ),
        Text("Bảng tính tự kẻ", "A table of one's own making"),
        Text("Biểu đã nhận, điền và lưu", "The form received, filled in and saved"),
    ),
    Rule(
        "I502",
        "error",
        Text("Mã nhận dạng bị sửa", "The identity was altered"),
        Text("Mã nhận dạng không khớp với dấu kiểm tra của nó.", "The identity does not match its check mark."),
        _ORIGINAL,
        Text(
            "Dấu kiểm tra được tính từ toàn bộ mã; sửa đơn vị hay kỳ bằng tay sẽ bị lộ.",
            "The mark is computed from the whole identity; changing unit or period by hand shows.",
        ),
        Text("Mã của kỳ quý I sửa thành quý II", "The code of quarter I changed to quarter II"),
        Text("Biểu phát hành riêng cho quý II", "The workbook issued for quarter II"),
    ),
    Rule(
        "I503",
        "error",
        Text("Các bản ghi nhận dạng khác nhau", "Copies of the identity disagree"),
        Text(
            "Trong tệp có các mã khác nhau: {first} và {second}.",
            "The file holds different identities: {first} and {second}.",
        ),
        Text(
            "Mỗi tệp chỉ chứa một biểu; không chép trang của biểu này sang biểu khác.",
            "One form a file; copy no sheet of one form into another.",
        ),
        Text(
            "Mã được ghi ở vài nơi; khi khác nhau thì không biết số liệu thuộc đơn vị nào.",
            "The identity stands in several places; when they differ nobody knows whose figures these are.",
        ),
        Text("Trang của Tư pháp trong tệp của Văn phòng", "The sheet of one unit in the file of another"),
        Text("Tệp chỉ có biểu của một đơn vị", "A file with the form of one unit"),
    ),
    Rule(
        "I504",
        "error",
        Text("Biểu, phiên bản hoặc đơn vị không có", "Unknown form, version or unit"),
        Text("{what}", "{what}"),
        Text("Cập nhật cchc-xlsx, hoặc phát hành lại biểu.", "Update cchc-xlsx, or issue the workbook again."),
        Text(
            "Biểu được phát hành bằng bộ biểu mà máy này không có.",
            "The workbook was issued with forms that this computer does not have.",
        ),
        Text("Biểu “mau-rieng” không có trên máy", "The form “mau-rieng”, not on this computer"),
        Text("Biểu có trong cchc-xlsx forms list", "A form of cchc-xlsx forms list"),
    ),
    Rule(
        "I505",
        "error",
        Text("Khác kỳ được hỏi", "Another period"),
        Text(
            "Biểu của kỳ {found}, đang kiểm tra kỳ {wanted}.", "The workbook is for {found}; {wanted} is being checked."
        ),
        Text(
            "Chuyển tệp vào đúng thư mục, hoặc xin lại biểu của kỳ này.",
            "Move it to its own folder, or ask for the workbook of this period.",
        ),
        Text(
            "Quý III và 9 tháng có cùng ngày chốt nhưng là hai kỳ khác nhau.",
            "Quarter III and nine months close on one day and are two periods.",
        ),
        Text("Biểu 2025-Q1 khi kiểm tra 2025-Q2", "A 2025-Q1 workbook among those of 2025-Q2"),
        Text("Biểu 2025-Q2", "A 2025-Q2 workbook"),
    ),
    Rule(
        "I506",
        "error",
        Text("Không rõ kế hoạch của biểu", "The plan is unknown"),
        Text(
            "Biểu dùng kế hoạch p{plan} nhưng tệp không còn mang nội dung kế hoạch đó.",
            "The workbook follows plan p{plan}, but no longer carries that plan.",
        ),
        Text(
            "Chạy lại với --plan và tệp kế hoạch, hoặc điền vào tệp gốc.",
            "Run again with --plan and the plan workbook, or fill in the original.",
        ),
        Text(
            "Chỉ tiêu của kế hoạch cần có để biết nội dung bị khóa đúng là gì.",
            "The plan's targets are needed to know what the locked cells should say.",
        ),
        Text("Trang biểu chép riêng sang tệp mới, mất trang _meta", "The sheet copied to a new file, without _meta"),
        Text("Tệp gốc còn đủ các trang", "The original with all its sheets"),
    ),
    Rule(
        "I507",
        "error",
        Text("Kế hoạch khác với kế hoạch đưa vào", "Another plan than the one given"),
        Text(
            "Biểu theo chỉ tiêu khác với tệp kế hoạch trong --plan.",
            "The workbook follows other targets than the plan given by --plan.",
        ),
        Text("Phát hành lại biểu theo kế hoạch này.", "Issue the workbook again from this plan."),
        Text(
            "Mỗi báo cáo phải theo một kế hoạch, nếu không kết quả đạt hay chưa đạt không so được.",
            "Reports must follow one plan, else met and missed cannot be compared.",
        ),
        Text(
            "Báo cáo theo biểu gốc, --plan là kế hoạch đã sửa",
            "A report after the form as shipped, --plan a changed plan",
        ),
        Text("Báo cáo phát hành với cùng --plan", "A report issued with the same --plan"),
    ),
    Rule(
        "I508",
        "error",
        Text("Không tìm thấy trang biểu", "The form's sheet is missing"),
        Text(
            "Tệp có mã nhận dạng nhưng không còn trang biểu.",
            "The file has its identity, but the form's sheet is gone.",
        ),
        _ORIGINAL,
        Text(
            "Trang biểu được tìm theo mã dòng ở cột A, không theo tên trang.",
            "The sheet is found by the row keys of column A, not by its name.",
        ),
        Text("Trang biểu đã bị xóa", "The sheet was deleted"),
        Text("Tệp còn đủ các trang", "A file with all its sheets"),
    ),
    Rule(
        "I509",
        "error",
        Text("Thiếu dữ liệu riêng của biểu", "What the office added is gone"),
        Text(
            "Biểu được phát hành kèm dữ liệu của cơ quan (như hạn gửi, tên đơn vị, số liệu kỳ trước) nhưng tệp không còn "
            "mang dữ liệu đó.",
            "The workbook was issued with data of the office, such as the deadline, names of units, earlier figures, "
            "and no longer carries them.",
        ),
        Text(
            "Kiểm tra trong thư mục năm của cơ quan phát hành, hoặc điền vào tệp gốc.",
            "Check it in the year's folder of the office that issued it, or fill in the original.",
        ),
        Text(
            "Không có dữ liệu này thì không biết các ô khóa đúng là gì.",
            "Without them nobody knows what the locked cells should say.",
        ),
        Text("Trang biểu chép riêng sang tệp mới, mất trang _meta", "The sheet copied to a new file, without _meta"),
        Text("Tệp gốc còn đủ các trang", "The original with all its sheets"),
    ),
    Rule(
        "I511",
        "info",
        Text("Chưa kiểm được dấu của cơ quan", "The office's mark cannot be verified"),
        Text(
            "Biểu có dấu của cơ quan phát hành nhưng ở đây không có khóa để kiểm.",
            "The workbook carries the office's mark; there is no key here to verify it.",
        ),
        Text("Kiểm tra trong thư mục năm của cơ quan phát hành.", "Check it in the year's folder of the office."),
        Text("Khóa chỉ nằm ở cơ quan phát hành.", "The key is kept by the issuing office alone."),
        Text("Kiểm tra trên máy khác", "Checked on another computer"),
        Text("Kiểm tra trên máy phát hành", "Checked on the computer that issued it"),
    ),
    Rule(
        "I512",
        "info",
        Text("Đã có phiên bản mới của biểu", "A newer version of the form exists"),
        Text(
            "Biểu dùng phiên bản v{version}; hiện đã có v{newest}.",
            "The workbook is of version v{version}; there is v{newest}.",
        ),
        Text("Không cần làm gì; kỳ sau dùng phiên bản mới.", "Nothing now; use the newer version next time."),
        Text(
            "Tệp được kiểm tra theo đúng phiên bản đã phát hành.",
            "A workbook is checked by the version it was issued with.",
        ),
        Text("Biểu v1 khi đã có v2", "A v1 workbook when v2 exists"),
        Text("Biểu v2", "A v2 workbook"),
    ),
    Rule(
        "I521",
        "warning",
        Text("Biểu không có dấu của cơ quan", "The office's mark is missing"),
        Text(
            "Biểu không có dấu của cơ quan: không chắc là do cơ quan này phát hành.",
            "The workbook does not carry the office's mark: it may not have been issued by this office.",
        ),
        Text(
            "Hỏi đơn vị lấy biểu từ đâu; nếu cần, gửi lại biểu đã phát hành trong thư mục năm.",
            "Ask the unit where the workbook came from; if need be, send again the one issued in the year's folder.",
        ),
        Text(
            "Trong thư mục năm, mọi biểu phát hành đều có dấu; ai cũng tự làm được biểu không dấu.",
            "Each workbook issued in a year's folder has the mark; anyone can make one without it.",
        ),
        Text("Biểu phát hành ngoài thư mục năm", "A workbook issued outside the year's folder"),
        Text("Biểu phát hành trong thư mục năm", "A workbook issued in the year's folder"),
    ),
)
