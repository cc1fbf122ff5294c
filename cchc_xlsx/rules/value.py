"""V: one value on its own."""

from __future__ import annotations

from collections.abc import Iterator

from cchc_xlsx import expr, values
from cchc_xlsx.expr import Const
from cchc_xlsx.fields import Context, Field
from cchc_xlsx.issue import Line
from cchc_xlsx.lang import Text
from cchc_xlsx.rules.model import Claim, Rule, each_field, each_line

IN_LIST = Text(", là một lựa chọn trong danh sách", ", which is in the list")  # of V228
DATE_SERIALS = (36526, 55153)  # 1 January 2000 to 31 December 2050, as spreadsheet programs count days
SMALL_PERCENT = 0.01


def _not_a_number(one: Field) -> Iterator[Claim]:
    if one.is_number:
        yield one.key, expr.both(expr.no(expr.blank(one.key)), expr.no(expr.number(one.key))), {}


def _error(one: Field) -> Iterator[Claim]:
    if one.is_remark:
        return  # a remark that shows an error spoils no figure
    yield one.key, expr.Test("error", one.key), {}


def _looks_like_date(key: str) -> expr.Expr:
    first, last = DATE_SERIALS
    return expr.both(expr.whole(key), expr.compare(key, ">=", first), expr.compare(key, "<=", last))


def _hidden_date(ctx: Context) -> Iterator[Claim]:
    for one in ctx.fields.values():
        if not one.is_number:
            continue
        looks = _looks_like_date(one.key)
        if one.maximum is not None and one.maximum < DATE_SERIALS[0]:
            yield one.key, looks, {}
        elif one.key.endswith(".num"):
            # A count of dossiers may be as large as a date; one that is larger than its total is a date.
            den = ctx.fields[one.key.removesuffix("num") + "den"]
            above = expr.Compare(">", expr.Ref(one.key), expr.Ref(den.key))
            yield one.key, expr.both(looks, den.valid, above), {}


def _negative(one: Field) -> Iterator[Claim]:
    if one.is_number:
        yield one.key, expr.both(expr.number(one.key), expr.compare(one.key, "<", 0)), {}


def _share_in_count(one: Field) -> Iterator[Claim]:
    if one.type == "whole":
        between = (expr.compare(one.key, ">", 0), expr.compare(one.key, "<", 1))
        yield one.key, expr.both(expr.number(one.key), *between), {}


def _not_whole(one: Field) -> Iterator[Claim]:
    if one.type == "whole":
        yield one.key, expr.both(expr.number(one.key), expr.no(expr.whole(one.key))), {}


def _over_hundred(one: Field) -> Iterator[Claim]:
    if one.type == "percent":
        yield one.key, expr.both(expr.number(one.key), expr.compare(one.key, ">", 1)), {}


def _out_of_range(one: Field) -> Iterator[Claim]:
    if one.type == "whole" and one.maximum is not None:
        outside = expr.either(expr.compare(one.key, "<", one.minimum), expr.compare(one.key, ">", one.maximum))
        low, high = values.say_number(one.minimum), values.say_number(one.maximum)
        yield one.key, expr.both(expr.number(one.key), outside), {"low": low, "high": high}


def _not_in_list(one: Field) -> Iterator[Claim]:
    if one.type == "choice":
        wrong = expr.both(expr.no(expr.blank(one.key)), expr.no(expr.equals(one.key, *one.options)))
        yield one.key, wrong, {"allowed": "; ".join(one.options)}


def _not_a_date(one: Field) -> Iterator[Claim]:
    if one.type == "date":
        yield one.key, expr.both(expr.no(expr.blank(one.key)), expr.no(expr.number(one.key))), {}


def _unreadable_target(ctx: Context) -> Iterator[Claim]:
    if ctx.issue.kind != "plan":
        return
    by_row = {line.row.id: line for line in ctx.lines}
    for one in ctx.fields.values():
        line = by_row.get(one.row)
        is_target = line is not None and one.slot == "target" and one.type == "text"
        if (
            is_target
            and line is not None
            and line.measure.kind in ("rate", "percent", "count")
            and not line.row.measures
        ):
            blank = expr.blank(one.key)
            says_none = expr.Compare("=", expr.Ref(one.key), Const(str(one.prefill or "")))
            yield one.key, expr.both(expr.no(blank), expr.no(says_none), expr.no(expr.Test("digit", one.key))), {}


def _small_percent(one: Field) -> Iterator[Claim]:
    if one.type == "percent":
        small = (expr.compare(one.key, ">", 0), expr.compare(one.key, "<=", SMALL_PERCENT))
        yield one.key, expr.both(expr.number(one.key), *small), {}


def _date_as_total(ctx: Context, line: Line) -> Iterator[Claim]:
    if line.measure.kind == "rate":
        num, den = line.key("num"), line.key("den")
        far = expr.Compare("<", expr.times(num, 100), expr.Ref(den))
        one = ctx.of(line, "num")
        assert one is not None
        yield den, expr.both(_looks_like_date(den), one.valid, far), {}


RULES = (
    Rule(
        "V201",
        "error",
        Text("Không phải số", "Not a number"),
        Text("{field}: ô ghi “{value}”, không phải là số.", "{field}: the cell says “{value}”, which is not a number."),
        Text("Xóa chữ trong ô rồi gõ lại chỉ số, ví dụ 120.", "Clear the cell and type the number alone, e.g. 120."),
        Text(
            "Ô nhập số chỉ nhận số; chữ (kể cả nhãn dán từ nơi khác) không tính được.",
            "A number cell takes numbers only; words, pasted labels included, cannot be reckoned with.",
        ),
        Text("Tử số: “một trăm hai mươi”", "Numerator: “one hundred and twenty”"),
        Text("Tử số: 120", "Numerator: 120"),
        "ô số đang ghi chữ",
        each_field(_not_a_number),
    ),
    Rule(
        "V202",
        "error",
        Text("Ô báo lỗi", "Error value"),
        Text("{field}: ô đang báo lỗi {value}.", "{field}: the cell shows the error {value}."),
        Text("Xóa ô rồi gõ lại giá trị đúng.", "Clear the cell and type the right value."),
        Text(
            "Ô mang lỗi của chương trình bảng tính (như #DIV/0!, #N/A) không có giá trị nào.",
            "A cell that carries an error such as #DIV/0! or #N/A has no value.",
        ),
        Text("Mẫu số: #DIV/0!", "Denominator: #DIV/0!"),
        Text("Mẫu số: 150", "Denominator: 150"),
        "ô báo lỗi",
        each_field(_error),
    ),
    Rule(
        "V203",
        "error",
        Text("Số này là một ngày tháng", "This number is a date"),
        Text(
            "{field}: ô chứa {value}, tức là ngày {date}; có thể đã gõ một phân số như 12/20 và bị đổi thành ngày.",
            "{field}: the cell holds {value}, which is the day {date}; a fraction such as 12/20 was probably typed.",
        ),
        Text(
            "Gõ lại tử số và mẫu số vào hai ô riêng (điểm số: chỉ gõ số điểm đạt được).",
            "Type numerator and denominator into their two cells (a score: only the points reached).",
        ),
        Text(
            "Chương trình bảng tính tự đổi 12/20 hay 5/6 thành ngày tháng, và ngày tháng là một con số khoảng 46.000.",
            "Spreadsheet programs turn 12/20 or 5/6 into a date, and a date is a number near 46,000.",
        ),
        Text("Tử số: 46376 (đã gõ 12/20)", "Numerator: 46376 (12/20 was typed)"),
        Text("Tử số: 12; Mẫu số: 20", "Numerator: 12; denominator: 20"),
        "số là ngày tháng, gõ lại",
        _hidden_date,
    ),
    Rule(
        "V204",
        "error",
        Text("Số âm", "Negative number"),
        Text(
            "{field}: {value} là số âm; chỉ nhận số từ 0 trở lên.",
            "{field}: {value} is negative; 0 or more is allowed.",
        ),
        Text("Gõ lại số không có dấu trừ.", "Type the number without the minus sign."),
        Text("Số hồ sơ, điểm, tỷ lệ không thể âm.", "Counts, scores and shares cannot be negative."),
        Text("Tử số: -5", "Numerator: -5"),
        Text("Tử số: 5", "Numerator: 5"),
        "số âm",
        each_field(_negative),
    ),
    Rule(
        "V205",
        "error",
        Text("Gõ tỷ lệ vào ô số lượng", "A share in a count"),
        Text(
            "{field}: {value} là một tỷ lệ, ở đây cần số lượng (số nguyên).",
            "{field}: {value} is a share; a count (a whole number) is needed here.",
        ),
        Text("Gõ số lượng, ví dụ 95; tỷ lệ được tính tự động.", "Type the count, e.g. 95; the share is computed."),
        Text(
            "Số nằm giữa 0 và 1 trong ô đếm là tỷ lệ phần trăm gõ nhầm chỗ (95% là 0,95).",
            "A number between 0 and 1 in a count is a percentage typed in the wrong place (95 % is 0.95).",
        ),
        Text("Tử số: 95%", "Numerator: 95%"),
        Text("Tử số: 95; Mẫu số: 100", "Numerator: 95; denominator: 100"),
        "cần số lượng, không phải tỷ lệ",
        each_field(_share_in_count),
    ),
    Rule(
        "V206",
        "error",
        Text("Không phải số nguyên", "Not a whole number"),
        Text("{field}: {value} không phải số nguyên.", "{field}: {value} is not a whole number."),
        Text("Gõ số nguyên, không có phần lẻ.", "Type a whole number."),
        Text(
            "Hồ sơ, thủ tục, người, thứ hạng được đếm bằng số nguyên.",
            "Dossiers, procedures, people and ranks are counted whole.",
        ),
        Text("Tử số: 12,5", "Numerator: 12.5"),
        Text("Tử số: 12", "Numerator: 12"),
        "cần số nguyên",
        each_field(_not_whole),
    ),
    Rule(
        "V207",
        "error",
        Text("Tỷ lệ trên 100%", "More than 100 %"),
        Text(
            "{field}: ô ghi {percent}; tỷ lệ chỉ từ 0% đến 100%.",
            "{field}: the cell says {percent}; 0 % to 100 % is allowed.",
        ),
        Text("Gõ 95 hoặc 95% nếu là chín mươi lăm phần trăm.", "Type 95 or 95% for ninety-five percent."),
        Text(
            "Ô phần trăm có sẵn định dạng %: gõ 95 là 95%. Dán số 95 từ nơi khác thì thành 9500%.",
            "A percent cell has its format: typing 95 gives 95 %. Pasting 95 from elsewhere makes 9500 %.",
        ),
        Text("Kết quả: 9500%", "Result: 9500%"),
        Text("Kết quả: 95%", "Result: 95%"),
        "tỷ lệ trên 100%",
        each_field(_over_hundred),
    ),
    Rule(
        "V208",
        "error",
        Text("Ngoài khoảng cho phép", "Out of range"),
        Text("{field}: {value} nằm ngoài khoảng {low} đến {high}.", "{field}: {value} is outside {low} to {high}."),
        Text("Kiểm tra lại số liệu và gõ lại.", "Check the figure and type it again."),
        Text(
            "Mỗi ô đếm có khoảng hợp lý của nó; số quá lớn thường là gõ thừa chữ số.",
            "Each count has a sensible range; too large a number is usually a typing slip.",
        ),
        Text("Thứ hạng: 0", "Rank: 0"),
        Text("Thứ hạng: 3", "Rank: 3"),
        "số ngoài khoảng cho phép",
        each_field(_out_of_range),
    ),
    Rule(
        "V209",
        "error",
        Text("Không có trong danh sách", "Not in the list"),
        Text(
            "{field}: “{value}” không có trong danh sách. Được chọn: {allowed}.",
            "{field}: “{value}” is not in the list. Allowed: {allowed}.",
        ),
        Text("Bấm vào mũi tên ở ô và chọn một dòng.", "Click the arrow at the cell and choose a line."),
        Text(
            "Ô có danh sách chỉ nhận đúng một trong các câu trả lời có sẵn.",
            "A cell with a list takes one of its answers only.",
        ),
        Text("Tình trạng: “xong rồi”", "Status: “all done”"),
        Text("Tình trạng: Hoàn thành", "Status: Hoàn thành"),
        "chọn trong danh sách",
        each_field(_not_in_list),
    ),
    Rule(
        "V210",
        "error",
        Text("Không phải ngày tháng", "Not a date"),
        Text("{field}: “{value}” không phải là một ngày.", "{field}: “{value}” is not a date."),
        Text("Gõ ngày/tháng/năm, ví dụ 05/8/2025.", "Type day/month/year, e.g. 05/8/2025."),
        Text(
            "Ngày hoàn thành phải là một ngày đầy đủ để so với thời hạn.",
            "The day of completion must be a full date, to be compared with the deadline.",
        ),
        Text("Ngày hoàn thành: “tháng 8”", "Done on: “August”"),
        Text("Ngày hoàn thành: 05/8/2025", "Done on: 05/8/2025"),
        "cần ngày/tháng/năm",
        each_field(_not_a_date),
    ),
    Rule(
        "V211",
        "error",
        Text("Số đọc được hai cách", "A number that reads two ways"),
        Text("{field}: “{value}” có thể là {first} hoặc {second}.", "{field}: “{value}” may be {first} or {second}."),
        Text(
            "Gõ lại một con số, không có dấu ngăn hàng nghìn; phân số như 12/20 thì gõ tử số và mẫu số vào hai ô riêng.",
            "Type one number, without a thousands separator; of a fraction such as 12/20 each part goes into its own cell.",
        ),
        Text(
            "Dấu chấm là hàng nghìn theo kiểu Việt Nam nhưng là phần lẻ theo kiểu Anh: không đoán thay đơn vị.",
            "A dot marks thousands in Vietnamese and decimals in English: we do not guess for the unit.",
        ),
        Text("Mẫu số: “1.234” (dạng chữ)", "Denominator: “1.234” (as text)"),
        Text("Mẫu số: 1234", "Denominator: 1234"),
    ),
    Rule(
        "V212",
        "error",
        Text("Công thức trong ô nhập", "A formula in an input"),
        Text(
            "{field}: ô chứa công thức {value}; cần giá trị gõ trực tiếp.",
            "{field}: the cell holds the formula {value}; a typed value is needed.",
        ),
        Text(
            "Chép ô rồi dán dạng giá trị (Paste Special – Values), hoặc gõ số.",
            "Copy the cell and paste it as a value, or type the number.",
        ),
        Text(
            "Kết quả của công thức tùy chương trình mở tệp và có thể đã cũ, nên không dùng làm số liệu báo cáo.",
            "What a formula shows depends on the program and may be stale, so it is no figure to report.",
        ),
        Text("Tử số: =Sheet2!B5", "Numerator: =Sheet2!B5"),
        Text("Tử số: 120", "Numerator: 120"),
    ),
    Rule(
        "V213",
        "error",
        Text("TRUE/FALSE trong ô nhập", "TRUE/FALSE in an input"),
        Text(
            "{field}: ô ghi {value}, không phải là số hay câu trả lời.",
            "{field}: the cell says {value}, which is no figure and no answer.",
        ),
        Text("Xóa ô rồi gõ lại giá trị đúng.", "Clear the cell and type the right value."),
        Text(
            "Giá trị logic TRUE/FALSE bị tính ngầm thành 1 và 0.",
            "The logical values TRUE and FALSE would silently count as 1 and 0.",
        ),
        Text("Tử số: TRUE", "Numerator: TRUE"),
        Text("Tử số: 1", "Numerator: 1"),
    ),
    Rule(
        "V214",
        "error",
        Text("Chỉ tiêu không có số", "A target without a number"),
        Text(
            "{field}: “{value}” không có con số nào để so sánh.", "{field}: “{value}” holds no number to compare with."
        ),
        Text(
            "Ghi chỉ tiêu có số, ví dụ 95%, Tối thiểu 60%, Trên 90%.",
            "Write a target with a number, e.g. 95%, Tối thiểu 60%, Trên 90%.",
        ),
        Text(
            "Chỉ tiêu của một tỷ lệ hay số lượng phải nói được đến mức nào là đạt.",
            "The target of a share or a count must say what counts as met.",
        ),
        Text("Chỉ tiêu: “Đạt cao”", "Target: “high”"),
        Text("Chỉ tiêu: “Tối thiểu 60%”", "Target: “Tối thiểu 60%”"),
        "chỉ tiêu chưa có số",
        _unreadable_target,
    ),
    Rule(
        "V215",
        "error",
        Text("NaN hoặc vô cùng", "NaN or infinity"),
        Text(
            "{field}: ô chứa {value}, không phải là một con số xác định.",
            "{field}: the cell holds {value}, which stands for no number.",
        ),
        Text("Xóa ô rồi gõ lại con số đúng.", "Clear the cell and type the right number."),
        Text(
            "Phần mềm xuất số liệu ghi NaN (không phải số) hoặc vô cùng khi phép chia của nó hỏng, ví dụ chia cho 0.",
            "Programs that export figures write NaN (not a number) or infinity where a division failed, by 0 for example.",
        ),
        Text("Tử số: NaN", "Numerator: NaN"),
        Text("Tử số: 120", "Numerator: 120"),
    ),
    Rule(
        "V221",
        "warning",
        Text("Số ở dạng chữ", "A number kept as text"),
        Text("{field}: “{value}” là chữ, đã đọc là {read}.", "{field}: “{value}” is text; it was read as {read}."),
        Text(
            "Gõ lại số cho chắc chắn (không có dấu nháy, khoảng trắng, đơn vị).",
            "Type the number again, without apostrophe, blanks or unit.",
        ),
        Text(
            "Số dạng chữ không cộng được trong bảng tính, nhưng nghĩa thì rõ.",
            "A number kept as text does not add up in a spreadsheet, though its meaning is plain.",
        ),
        Text("Tử số: “95 hồ sơ”", "Numerator: “95 hồ sơ”"),
        Text("Tử số: 95", "Numerator: 95"),
    ),
    Rule(
        "V222",
        "warning",
        Text("Tỷ lệ rất nhỏ", "A very small share"),
        Text(
            "{field}: ô ghi {percent}; có phải ý là {hundredfold}?",
            "{field}: the cell says {percent}; is {hundredfold} meant?",
        ),
        Text(
            "Nếu đúng là dưới 1% thì giữ nguyên; nếu không, gõ lại, ví dụ 95%.",
            "Leave it if it is below 1 %; else type it again, e.g. 95%.",
        ),
        Text(
            "Gõ 0,95 vào ô phần trăm thành 0,95%, không phải 95%.",
            "Typing 0.95 into a percent cell gives 0.95 %, not 95 %.",
        ),
        Text("Kết quả: 0,95%", "Result: 0.95%"),
        Text("Kết quả: 95%", "Result: 95%"),
        "tỷ lệ rất nhỏ, xem lại",
        each_field(_small_percent),
    ),
    Rule(
        "V223",
        "warning",
        Text("Mẫu số giống ngày tháng", "A denominator that looks like a date"),
        Text(
            "{field}: {value} cũng là ngày {date} và lớn hơn tử số trên 100 lần.",
            "{field}: {value} is also the day {date}, and over 100 times the numerator.",
        ),
        Text("Xem lại mẫu số; nếu đúng thì giữ nguyên.", "Look at the denominator again; leave it if it is right."),
        Text(
            "Ngày tháng trong bảng tính là số khoảng 46.000, dễ lọt vào ô đếm.",
            "A date is a number near 46,000 and slips into a count easily.",
        ),
        Text("Tử số: 12; Mẫu số: 46376", "Numerator: 12; denominator: 46376"),
        Text("Tử số: 12; Mẫu số: 20", "Numerator: 12; denominator: 20"),
        "mẫu số giống ngày tháng",
        each_line(_date_as_total),
    ),
    Rule(
        "V224",
        "warning",
        Text("Tên đơn vị không có trong danh mục", "A unit that the catalogue does not know"),
        Text(
            "{field}: không nhận ra “{names}”; dòng này sẽ giao cho đơn vị đầu mối.",
            "{field}: “{names}” is unknown; the row goes to the coordinating unit.",
        ),
        Text(
            "Chọn đơn vị trong danh sách của ô, hoặc thêm đơn vị vào danh mục.",
            "Choose a unit from the list of the cell, or add it to the catalogue.",
        ),
        Text(
            "Tên đơn vị quyết định ai được giao nhập dòng đó.",
            "The unit's name decides who is asked to fill in the row.",
        ),
        Text("Đơn vị thực hiện: “Tổ 4”", "Responsible: “Tổ 4”"),
        Text("Đơn vị thực hiện: “Tư pháp xã”", "Responsible: “Tư pháp xã”"),
    ),
    Rule(
        "V225",
        "warning",
        Text("Chỉ tiêu đọc chưa rõ", "A target that is not clear"),
        Text(
            "{field}: chưa hiểu “{value}”, nên báo cáo sẽ ghi “Chưa giao”.",
            "{field}: “{value}” is not understood, so reports will say “Chưa giao”.",
        ),
        Text(
            "Ghi một con số cho mỗi phần, ví dụ “Tối thiểu 60%”.",
            "Write one number for each part, e.g. “Tối thiểu 60%”.",
        ),
        Text(
            "Có hai con số, sai đơn vị hoặc thiếu phần thì không biết so với số nào.",
            "With two numbers, a wrong unit or a missing part nobody knows what to compare with.",
        ),
        Text("Chỉ tiêu: “60% đến 80%”", "Target: “60% đến 80%”"),
        Text("Chỉ tiêu: “Tối thiểu 60%”", "Target: “Tối thiểu 60%”"),
    ),
    Rule(
        "V226",
        "warning",
        Text("Thời hạn đọc chưa rõ", "A deadline that is not clear"),
        Text(
            "{field}: chưa hiểu thời hạn “{value}”, nên không xét quá hạn được.",
            "{field}: the deadline “{value}” is not understood, so lateness cannot be seen.",
        ),
        Text(
            "Ghi như “Quý I”, “Tháng 6/2025”, “31/12/2025”, “Thường xuyên”.",
            "Write it like “Quý I”, “Tháng 6/2025”, “31/12/2025”, “Thường xuyên”.",
        ),
        Text("Thời hạn được đọc để biết nhiệm vụ nào quá hạn.", "The deadline is read to know which task is overdue."),
        Text("Thời gian: “sớm”", "Deadline: “sớm”"),
        Text("Thời gian: “Quý II”", "Deadline: “Quý II”"),
    ),
    Rule(
        "V227",
        "warning",
        Text("Phép tính trong ô nhập", "A sum in an input"),
        Text(
            "{field}: ô chứa phép tính {value}, đã đọc là {read}.",
            "{field}: the cell holds the sum {value}; it was read as {read}.",
        ),
        Text("Gõ thẳng kết quả {read}.", "Type the result, {read}."),
        Text(
            "Phép tính cộng trừ nhân chia được tính lại; công thức khác thì không nhận.",
            "Plain arithmetic is calculated again; other formulas are not taken.",
        ),
        Text("Tử số: =45+50", "Numerator: =45+50"),
        Text("Tử số: 95", "Numerator: 95"),
    ),
    Rule(
        "V228",
        "warning",
        Text("Chữ gõ bằng bảng mã cũ", "Text in an old encoding"),
        Text(
            "{field}: “{value}” gõ bằng bảng mã {encoding}, đọc ra là “{read}”{listed}.",
            "{field}: “{value}” is typed in the {encoding} encoding and reads “{read}”{listed}.",
        ),
        Text(
            "Gõ lại bằng bảng mã Unicode (Unikey, EVKey: chọn Unicode) với phông như Times New Roman.",
            "Type it again in Unicode (in Unikey or EVKey choose Unicode) with a font like Times New Roman.",
        ),
        Text(
            "TCVN3 (phông .VnTime) và VNI (phông VNI-Times) chỉ đọc được bằng đúng phông đó; khi gộp vào báo cáo chúng thành chữ lạ.",
            "TCVN3 (.VnTime fonts) and VNI (VNI-Times fonts) can be read in those fonts only; in a report they turn into odd signs.",
        ),
        Text("Nguyên nhân: “HÖ thèng gi¸n ®o¹n”", "Reason: “HÖ thèng gi¸n ®o¹n”"),
        Text("Nguyên nhân: “Hệ thống gián đoạn”", "Reason: “Hệ thống gián đoạn”"),
    ),
)
