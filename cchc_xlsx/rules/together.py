"""S: the workbooks of a folder together. Found by `together`; the words stand here."""

from __future__ import annotations

from cchc_xlsx.lang import Text
from cchc_xlsx.rules.model import Rule

RULES = (
    Rule(
        "S701",
        "error",
        Text("Hai bản khác nhau của một biểu", "Two versions of one workbook"),
        Text(
            "Có {count} tệp khác nội dung cho cùng một biểu ({what}): {files}.",
            "There are {count} files of different content for one workbook ({what}): {files}.",
        ),
        Text(
            "Hỏi đơn vị bản nào đúng, rồi chỉ giữ bản đó trong thư mục.",
            "Ask the unit which one counts, and keep only that in the folder.",
        ),
        Text(
            "Ngày của tệp thay đổi khi chép, tải về nên không cho biết bản nào mới hơn; gộp cả hai thì số liệu bị tính hai lần.",
            "The date of a file changes as it is copied and does not tell which is newer; taking both counts figures twice.",
        ),
        Text("Hai tệp quý I của Tư pháp, tử số 45 và 48", "Two quarter I files of one unit, numerators 45 and 48"),
        Text("Một tệp cho mỗi đơn vị và kỳ", "One file for each unit and period"),
    ),
    Rule(
        "S702",
        "warning",
        Text("Một tệp có hai lần", "The same file twice"),
        Text("Các tệp này giống hệt nhau: {files}.", "These files are the same to the byte: {files}."),
        Text(
            "Xóa bản thừa; nếu lẽ ra là hai biểu khác nhau, xin lại tệp bị thiếu.",
            "Delete the copy; if they should be two workbooks, ask for the one that is missing.",
        ),
        Text(
            "Số liệu chỉ được tính một lần; nhưng gửi hai lần một tệp thường là thiếu một tệp khác.",
            "Its figures count once; but a file sent twice often means that another was forgotten.",
        ),
        Text("tu-phap.xlsx và tu-phap (1).xlsx", "justice.xlsx and justice (1).xlsx"),
        Text("Chỉ tu-phap.xlsx", "justice.xlsx alone"),
    ),
    Rule(
        "S703",
        "error",
        Text("Đơn vị chưa gửi", "A unit has sent nothing"),
        Text(
            "Chưa có biểu của đơn vị {unit} “{name}” ({what}).",
            "There is no workbook of unit {unit} “{name}” ({what}).",
        ),
        Text(
            "Nhắc đơn vị gửi; hoặc bỏ --expect-all nếu còn đang chờ.",
            "Remind the unit; or leave --expect-all out while you are still waiting.",
        ),
        Text(
            "Khi thiếu một đơn vị có dòng trong biểu, số của xã mới là tạm tính. Biểu XA (cả xã) thay cho mọi đơn vị.",
            "While a unit that owns rows is missing, the commune's figures are provisional. A workbook XA stands for all.",
        ),
        Text("3 trong 5 đơn vị đã gửi", "3 of 5 units have sent theirs"),
        Text("Đủ 5 đơn vị, hoặc một biểu XA", "All 5 units, or one workbook XA"),
    ),
    Rule(
        "S704",
        "error",
        Text("Hai đơn vị báo hai số cho một việc", "Two units, two figures for one thing"),
        Text(
            "Ô {key} do một đơn vị báo cáo nhưng các tệp ghi khác nhau ({what}): {figures}.",
            "{key} is reported by one unit, and the files disagree ({what}): {figures}.",
        ),
        Text(
            "Hỏi đơn vị được giao dòng này số nào đúng và sửa tệp kia.",
            "Ask the unit that owns the row which figure is right, and correct the other file.",
        ),
        Text(
            "Thứ hạng, điểm, mức xếp loại của xã chỉ có một; hai số khác nhau thì có một số sai.",
            "A commune has one rank, score or grade; of two different figures one is wrong.",
        ),
        Text("Điểm 12 ở biểu XA, 14 ở biểu của Văn phòng", "A score of 12 in XA, 14 in the office's workbook"),
        Text("Cả hai ghi 14", "Both say 14"),
    ),
)
