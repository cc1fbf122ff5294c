"""H: a workbook against what the same unit reported before. Found by `history`; the words stand here."""

from __future__ import annotations

from cchc_xlsx.lang import Text
from cchc_xlsx.rules.model import Rule

RULES = (
    Rule(
        "H801",
        "error",
        Text("Số cộng dồn giảm", "A count fell that can only grow"),
        Text(
            "{what} là {now}, nhưng báo cáo {before} đã ghi {known}; kỳ này gồm cả kỳ đó nên không thể ít hơn.",
            "{what} is {now}, but the report of {before} says {known}; this period contains that one and cannot have less.",
        ),
        Text(
            "Ghi số của cả kỳ, tính từ 15/12 năm trước (9 tháng không phải là Quý III); nếu báo cáo trước sai thì gửi lại báo cáo đó.",
            "Give the figure of the whole period since 15 December (nine months are not quarter III); if the earlier report was wrong, "
            "send that one again.",
        ),
        Text(
            "6 tháng nằm trong 9 tháng, 9 tháng nằm trong cả năm: số đếm của kỳ dài không thể nhỏ hơn. Tỷ lệ thì có thể giảm.",
            "Six months are part of nine, nine of the year: the count of the longer one cannot be smaller. Rates may fall.",
        ),
        Text("6 tháng: 420 hồ sơ; 9 tháng: 180 hồ sơ", "6 months: 420 dossiers; 9 months: 180 dossiers"),
        Text("6 tháng: 420 hồ sơ; 9 tháng: 600 hồ sơ", "6 months: 420 dossiers; 9 months: 600 dossiers"),
    ),
    Rule(
        "H802",
        "error",
        Text("Nhiệm vụ đã xong lại chưa xong", "A finished task is no longer finished"),
        Text(
            "Tình trạng là “{value}”, nhưng báo cáo {before} đã ghi “{known}”.",
            "The status is “{value}”, but the report of {before} says “{known}”.",
        ),
        Text(
            "Chọn lại “{known}” và ghi ngày, văn bản; nếu báo cáo trước sai thì gửi lại báo cáo đó.",
            "Choose “{known}” again with its day and document; if the earlier report was wrong, send that one again.",
        ),
        Text(
            "Nhiệm vụ đã hoàn thành thì các kỳ sau trong năm vẫn là hoàn thành.",
            "A task that is finished stays finished in the later periods of the year.",
        ),
        Text("Quý I: Hoàn thành; 6 tháng: Đang thực hiện", "Quarter I: Hoàn thành; 6 months: Đang thực hiện"),
        Text("Quý I: Hoàn thành; 6 tháng: Hoàn thành", "Quarter I: Hoàn thành; 6 months: Hoàn thành"),
    ),
    Rule(
        "H803",
        "error",
        Text("Số năm trước bị thay đổi", "Last year's figure was altered"),
        Text(
            "{what} ghi {now}, nhưng báo cáo {before} đã ghi {known}.",
            "{what} says {now}, but the report of {before} says {known}.",
        ),
        Text(
            "Ghi lại đúng số đã báo cáo: {known}; nếu số đó sai thì đề nghị văn phòng sửa báo cáo năm trước.",
            "Type the figure that was reported: {known}; if that was wrong, ask the office to correct last year's report.",
        ),
        Text(
            "So với năm trước chỉ có nghĩa khi số năm trước đúng là số đã báo cáo.",
            "A comparison with last year has a meaning only with the figure that was reported then.",
        ),
        Text(
            "Báo cáo năm 2026: hạng 5; năm 2027 ghi hạng năm trước: 9",
            "Report of 2026: rank 5; 2027 says of it: rank 9",
        ),
        Text(
            "Báo cáo năm 2026: hạng 5; năm 2027 ghi hạng năm trước: 5",
            "Report of 2026: rank 5; 2027 says of it: rank 5",
        ),
    ),
    Rule(
        "H804",
        "error",
        Text("Số kỳ trước chuyển sang không khớp", "What is carried over does not match"),
        Text(
            "{what} là {now}, nhưng báo cáo {before} kết thúc với {known} (dòng “{other_label}”).",
            "{what} is {now}, but the report of {before} ended with {known} (row “{other_label}”).",
        ),
        Text(
            "Số chuyển sang phải bằng số còn lại cuối kỳ trước; sửa ở kỳ sai.",
            "What is carried over is what was left at the end of the period before; mend the period that is wrong.",
        ),
        Text(
            "Hồ sơ đang giải quyết cuối kỳ này chính là hồ sơ từ kỳ trước chuyển sang của kỳ sau.",
            "The dossiers pending at the end of one period are those that the next one takes over.",
        ),
        Text(
            "Tháng 01 còn đang giải quyết: 12; tháng 02 từ kỳ trước: 9",
            "January left pending: 12; February took over: 9",
        ),
        Text(
            "Tháng 01 còn đang giải quyết: 12; tháng 02 từ kỳ trước: 12",
            "January left pending: 12; February took over: 12",
        ),
    ),
    Rule(
        "H805",
        "error",
        Text("Quý III ghi số của 9 tháng", "Quarter III has the figures of nine months"),
        Text(
            "{what} của Quý III là {now}, như báo cáo 9 tháng ({known}), trong khi 6 tháng đầu năm đã có {half}. Số dòng như vậy: {count} "
            "({rows}).",
            "{what} of quarter III is {now}, as in the report of nine months ({known}), though the first six had {half}. Rows like that: "
            "{count} ({rows}).",
        ),
        Text(
            "Quý III chỉ tính từ 15/6 đến 14/9: ghi số phát sinh trong ba tháng đó.",
            "Quarter III runs from 15 June to 14 September alone: give what happened in those three months.",
        ),
        Text(
            "Quý III và 9 tháng cùng ngày chốt nhưng khác ngày bắt đầu.",
            "Quarter III and nine months close on one day and begin on different ones.",
        ),
        Text("6 tháng: 420; 9 tháng: 600; Quý III: 600", "6 months: 420; 9 months: 600; quarter III: 600"),
        Text("6 tháng: 420; 9 tháng: 600; Quý III: 180", "6 months: 420; 9 months: 600; quarter III: 180"),
    ),
    Rule(
        "H821",
        "warning",
        Text("Khác hẳn các kỳ trước", "Far from all earlier periods"),
        Text(
            "{what} là {now}; {count} kỳ trước từ {low} đến {high}, ở giữa là {middle}.",
            "{what} is {now}; {count} earlier periods had {low} to {high}, with {middle} in the middle.",
        ),
        Text(
            "Kiểm tra có thừa hay thiếu chữ số, nhầm kỳ, nhầm ô không; nếu đúng thì ghi rõ vào cột Ghi chú.",
            "Look for a digit too many or too few, another period, another cell; if it is right, say why in the column for notes.",
        ),
        Text(
            "Gõ thừa một số 0 hoặc lấy số của kỳ khác thường làm số liệu tăng, giảm nhiều lần so với trước.",
            "A zero too many, or the figure of another period, is often what changes a figure several times over.",
        ),
        Text("Bốn tháng: 118, 125, 131, 120; tháng này: 1250", "Four months: 118, 125, 131, 120; this month: 1250"),
        Text("Bốn tháng: 118, 125, 131, 120; tháng này: 160", "Four months: 118, 125, 131, 120; this month: 160"),
    ),
    Rule(
        "H822",
        "warning",
        Text("Số lũy kế giảm", "A running total fell"),
        Text(
            "{what} là {now}, nhưng báo cáo {before} đã ghi {known}; số này lũy kế từ đầu năm.",
            "{what} is {now}, but the report of {before} says {known}; this is a running total since the year began.",
        ),
        Text(
            "Ghi số lũy kế từ đầu năm đến ngày chốt số liệu, không chỉ số của kỳ này.",
            "Give the total since the year began, not that of this period alone.",
        ),
        Text(
            "Số lũy kế từ đầu năm chỉ có thể giữ nguyên hoặc tăng.",
            "A total since the year began stays as it is or grows.",
        ),
        Text("Đã kiểm tra: Quý I 3 đơn vị, Quý II 2 đơn vị", "Inspected: quarter I 3 units, quarter II 2 units"),
        Text("Đã kiểm tra: Quý I 3 đơn vị, Quý II 5 đơn vị", "Inspected: quarter I 3 units, quarter II 5 units"),
    ),
    Rule(
        "H823",
        "warning",
        Text("Số năm trước ghi mỗi kỳ một khác", "Last year's figure differs between reports"),
        Text(
            "{what} ghi {now}, nhưng báo cáo {before} của năm nay đã ghi {known}.",
            "{what} says {now}, but this year's report of {before} says {known}.",
        ),
        Text(
            "Xem lại số nào đúng; số của năm trước không thay đổi trong năm.",
            "See which one is right; a figure of last year does not change during this one.",
        ),
        Text(
            "Kết quả năm trước chỉ có một, nên các báo cáo trong năm phải ghi giống nhau.",
            "There is one result of last year, and all reports of this one have to say the same.",
        ),
        Text("Quý I ghi hạng năm trước: 5; 6 tháng ghi: 9", "Last year's rank: 5 in quarter I, 9 in six months"),
        Text("Quý I ghi hạng năm trước: 5; 6 tháng ghi: 5", "Last year's rank: 5 in quarter I, 5 in six months"),
    ),
    Rule(
        "H824",
        "warning",
        Text("Quý III có thể là số của 9 tháng", "Quarter III may have the figures of nine months"),
        Text(
            "{what} của Quý III là {quarter}, nhiều hơn cả 6 tháng đầu năm ({half}); có thể là số của 9 tháng. Số dòng như vậy: {count} "
            "({rows}).",
            "{what} of quarter III is {quarter}, more than the whole first six months ({half}); it may be that of nine months. Rows "
            "like that: {count} ({rows}).",
        ),
        Text(
            "Quý III chỉ tính từ 15/6 đến 14/9; 9 tháng tính từ 15/12 năm trước. Sửa báo cáo lấy nhầm kỳ.",
            "Quarter III runs from 15 June to 14 September, nine months from 15 December on. Mend the report that took the other's.",
        ),
        Text(
            "Hai kỳ cùng ngày chốt nên dễ lấy nhầm số; một quý hiếm khi hơn hai quý trước cộng lại ở mọi dòng.",
            "Both close on one day and are easily confused; a quarter is seldom above the two before it together, in all rows.",
        ),
        Text("6 tháng: 420, 96, 60; Quý III: 610, 140, 95", "6 months: 420, 96, 60; quarter III: 610, 140, 95"),
        Text("6 tháng: 420, 96, 60; Quý III: 190, 44, 35", "6 months: 420, 96, 60; quarter III: 190, 44, 35"),
    ),
)
