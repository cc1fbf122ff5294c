"""T: what was changed that is locked. Found by `alteration`; the words stand here."""

from __future__ import annotations

from cchc_xlsx.lang import Text
from cchc_xlsx.rules.model import Rule

_RESTORE = Text(
    "Khôi phục nội dung cũ, hoặc điền lại số liệu vào biểu gốc.",
    "Put back what was there, or fill the figures into the original workbook.",
)

RULES = (
    Rule(
        "T301",
        "error",
        Text("Nội dung bị khóa đã đổi", "Locked text changed"),
        Text("Ô phải là “{expected}”, nay là “{value}”.", "The cell should say “{expected}” and says “{value}”."),
        _RESTORE,
        Text(
            "Tên chỉ tiêu, đơn vị, căn cứ là của kế hoạch; đơn vị báo cáo không sửa.",
            "Names, units and legal bases belong to the plan; a reporting unit does not change them.",
        ),
        Text("“Tỷ lệ hồ sơ trực tuyến” sửa thành “Tỷ lệ hồ sơ”", "“Online dossiers” changed to “Dossiers”"),
        Text("Giữ nguyên tên chỉ tiêu", "The name as it was"),
    ),
    Rule(
        "T302",
        "error",
        Text("Chỉ tiêu được giao đã đổi", "The target was changed"),
        Text("Chỉ tiêu phải là “{expected}”, nay là “{value}”.", "The target should be “{expected}” and is “{value}”."),
        Text(
            "Khôi phục chỉ tiêu được giao; muốn điều chỉnh thì sửa ở kế hoạch.",
            "Put the target back; a change is made in the plan.",
        ),
        Text(
            "Hạ chỉ tiêu trong báo cáo làm chưa đạt thành đạt.",
            "Lowering the target in a report turns missed into met.",
        ),
        Text("Chỉ tiêu 100% sửa thành 60%", "The target 100 % changed to 60 %"),
        Text("Chỉ tiêu 100%", "The target 100 %"),
    ),
    Rule(
        "T303",
        "error",
        Text("Công thức bị thay", "A formula was replaced"),
        Text(
            "Ô phải là công thức {expected}, nay là “{value}”.",
            "The cell should hold the formula {expected} and holds “{value}”.",
        ),
        _RESTORE,
        Text(
            "Tỷ lệ, tổng và kết quả kiểm tra do công thức tính.",
            "Shares, totals and verdicts are computed by formulas.",
        ),
        Text("Gõ 100% đè lên công thức tỷ lệ", "100 % typed over the formula of a share"),
        Text("Chỉ nhập tử số và mẫu số", "Only numerator and denominator typed"),
    ),
    Rule(
        "T304",
        "error",
        Text("Mất dòng", "A row is missing"),
        Text("Không còn dòng “{row}” của biểu.", "The row “{row}” of the form is gone."),
        Text(
            "Điền lại số liệu vào biểu gốc; không xóa dòng.",
            "Fill the figures into the original workbook; delete no row.",
        ),
        Text(
            "Mỗi dòng có mã riêng ở cột A (ẩn); mã không còn nghĩa là dòng đã bị xóa.",
            "Each row has its key in the hidden column A; no key, no row.",
        ),
        Text("Xóa dòng chỉ tiêu khó", "A hard indicator deleted"),
        Text("Giữ dòng, ghi nguyên nhân", "The row kept, with a reason"),
    ),
    Rule(
        "T305",
        "error",
        Text("Dòng bị chuyển chỗ hoặc nhân đôi", "A row was moved or doubled"),
        Text(
            "Dòng “{row}” không ở đúng vị trí của nó hoặc có hai lần.",
            "The row “{row}” is not in its place, or is there twice.",
        ),
        Text(
            "Điền lại số liệu vào biểu gốc; không cắt, dán, sắp xếp dòng.",
            "Fill the figures into the original workbook; do not cut, paste or sort rows.",
        ),
        Text(
            "Khi dòng đổi chỗ, số liệu có thể gắn nhầm chỉ tiêu.",
            "When rows change places, figures may stand with the wrong indicator.",
        ),
        Text("Đổi chỗ hai dòng", "Two rows swapped"),
        Text("Giữ nguyên thứ tự", "The order as it was"),
    ),
    Rule(
        "T306",
        "error",
        Text("Ô gộp bị tách hoặc gộp khác", "Merged cells were changed"),
        Text(
            "Vùng gộp {expected} của biểu đã bị tách hoặc gộp khác.",
            "The merged range {expected} of the form was split or joined differently.",
        ),
        _RESTORE,
        Text(
            "Ô gộp cho biết một chỉ tiêu hay đơn vị áp dụng cho những dòng nào.",
            "A merge says to which rows a target or unit applies.",
        ),
        Text("Tách ô đơn vị thực hiện", "The cell of the responsible unit split"),
        Text("Giữ nguyên ô gộp", "The merge as it was"),
    ),
    Rule(
        "T307",
        "error",
        Text("Cột bị chèn, xóa hoặc chuyển", "Columns were inserted, deleted or moved"),
        Text("Cột “{column}” không ở đúng chỗ của nó.", "The column “{column}” is not in its place."),
        Text(
            "Điền lại số liệu vào biểu gốc; không chèn, xóa cột.",
            "Fill the figures into the original workbook; insert and delete no column.",
        ),
        Text("Cột được nhận ra theo mã ở dòng 1 (ẩn).", "Columns are told by their keys in the hidden row 1."),
        Text("Chèn một cột ghi chú riêng", "A column of one's own inserted"),
        Text("Ghi vào cột Ghi chú có sẵn", "The note written into the column for notes"),
    ),
    Rule(
        "T311",
        "warning",
        Text("Nội dung thêm ngoài ô nhập", "Content outside the inputs"),
        Text("Ô này của biểu để trống, nay có “{value}”.", "The form leaves this cell empty; it now holds “{value}”."),
        Text(
            "Chuyển nội dung vào cột Ghi chú hoặc phần Khó khăn, Kiến nghị.",
            "Move it into the column for notes, or the texts below the table.",
        ),
        Text(
            "Nội dung ngoài ô nhập không được đọc vào báo cáo.",
            "What stands outside the inputs is not read into the report.",
        ),
        Text("Ghi chú viết bên cạnh bảng", "A remark written beside the table"),
        Text("Viết vào cột Ghi chú", "Written into the column for notes"),
    ),
    Rule(
        "T312",
        "warning",
        Text("Chèn thêm dòng", "Rows were inserted"),
        Text(
            "Có {count} dòng chèn thêm vào bảng; số liệu vẫn đọc theo mã dòng.",
            "{count} rows were inserted; figures are still read by row key.",
        ),
        Text(
            "Xóa dòng chèn thêm, hoặc ghi vào phần Khó khăn, Kiến nghị.",
            "Delete them, or write into the texts below the table.",
        ),
        Text("Dòng không có mã không thuộc biểu.", "A row without a key is not part of the form."),
        Text("Chèn dòng giữa bảng", "A row inserted in the table"),
        Text("Giữ nguyên số dòng", "The rows as they were"),
    ),
    Rule(
        "T313",
        "warning",
        Text("Trang thêm trong tệp", "An extra sheet"),
        Text(
            "Tệp có thêm trang “{sheet}”; trang này không được đọc.",
            "The file has an extra sheet, “{sheet}”, which is not read.",
        ),
        Text("Gửi trang này bằng tệp riêng nếu cần.", "Send that sheet in a file of its own if it is needed."),
        Text("Chỉ trang biểu được đọc.", "Only the form's sheet is read."),
        Text("Thêm trang Sheet1", "A sheet Sheet1 added"),
        Text("Không thêm trang", "No sheet added"),
    ),
    Rule(
        "T321",
        "info",
        Text("Khóa bảo vệ không còn", "Protection is gone"),
        Text("Trang biểu không còn được khóa.", "The sheet is no longer protected."),
        Text("Không cần làm gì; nội dung đã được so từng ô.", "Nothing needs to be done; each cell was compared."),
        Text(
            "Nhiều chương trình bỏ khóa khi lưu; đó không phải là sửa biểu.",
            "Many programs drop protection when they save; that is no alteration.",
        ),
        Text("Tệp lưu lại bằng chương trình khác", "A file saved by another program"),
        Text("Tệp còn khóa", "A file still protected"),
    ),
)
