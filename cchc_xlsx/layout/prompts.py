"""What each input accepts and says while it is filled in: data validations, one for each kind of input in a column."""

from __future__ import annotations

from collections.abc import Mapping

from cchc_xlsx import periods, values
from cchc_xlsx.fields import Context, Field
from cchc_xlsx.layout.model import Place, Range, Validation

TITLE_UNITS, MESSAGE_UNITS = 32, 255  # Excel's limits, in UTF-16 units


def validations(
    ctx: Context, inputs: Mapping[str, Place], sources: Mapping[tuple[str, ...], str]
) -> tuple[Validation, ...]:
    """One validation for each kind of input; `sources` gives the list range of a set of options."""
    groups: dict[Validation, list[Place]] = {}
    for key, place in inputs.items():
        plain = _validation(ctx, ctx.fields[key], sources)
        groups.setdefault(plain, []).append(place)
    return tuple(_over(plain, areas(places)) for plain, places in groups.items())


def _over(plain: Validation, areas: tuple[Range, ...]) -> Validation:
    return Validation(
        areas,
        plain.rule,
        plain.minimum,
        plain.maximum,
        plain.source,
        plain.title,
        plain.prompt,
        plain.error,
        plain.stop,
    )


def areas(places: list[Place]) -> tuple[Range, ...]:
    """Cells below one another as one range."""
    areas: list[Range] = []
    for row, column in sorted(places, key=lambda place: (place[1], place[0])):
        if areas and areas[-1][1] == column and areas[-1][2] == row - 1:
            areas[-1] = (areas[-1][0], column, row, column)
        else:
            areas.append((row, column, row, column))
    return tuple(areas)


def _validation(ctx: Context, one: Field, sources: Mapping[tuple[str, ...], str]) -> Validation:
    title = cut(one.name.replace("\n", " "), TITLE_UNITS)
    if one.type in ("choice", "names"):
        is_choice = one.type == "choice"
        prompt = "Bấm mũi tên bên phải ô và chọn một dòng trong danh sách."
        if not is_choice:
            prompt += " Nếu nhiều đơn vị: gõ tên các đơn vị, cách nhau bằng dấu chấm phẩy."
        error = (
            "Chỉ chọn một câu trả lời trong danh sách của ô này."
            if is_choice
            else "Tên này không có trong danh sách đơn vị. Bấm Yes nếu vẫn muốn dùng."
        )
        source = sources[one.options]
        return Validation((), "list", source=source, title=title, prompt=prompt, error=error, stop=is_choice)
    rule, low, high, prompt = _bounds(ctx, one)
    error = f"{one.name}: {prompt[:1].lower()}{prompt[1:]}"
    return Validation((), rule, low, high, "", title, cut(prompt, MESSAGE_UNITS), cut(error, MESSAGE_UNITS))  # type: ignore[arg-type]


def _bounds(ctx: Context, one: Field) -> tuple[str, float, float, str]:
    high = one.maximum or 0
    said = values.say_number(high)
    guide = " Cách đếm: xem trang Hướng dẫn."
    match one.type:
        case "whole":
            low = values.say_number(one.minimum)
            return "whole", one.minimum, high, f"Nhập số nguyên từ {low} đến {said}.{guide}"
        case "percent":
            return "decimal", 0, 1, f"Nhập tỷ lệ từ 0% đến 100%: gõ 95 là 95%.{guide}"
        case "score":
            return "decimal", 0, high, f"Nhập số điểm, từ 0 đến {said}. Chỉ gõ số điểm, không gõ “/{said}”."
        case "date":
            first, last = (values.from_serial(number) for number in (one.minimum, high))
            assert first and last
            text = f"Nhập ngày/tháng/năm, từ {values.say_date(first)} đến {values.say_date(last)}."
            return "date", one.minimum, high, text
    return "any", 0, 0, _text_prompt(ctx, one)


def _text_prompt(ctx: Context, one: Field) -> str:
    name = one.key.rpartition(".")[2]
    of_period = f" trong {periods.name(ctx.issue.period).vi}" if ctx.issue.period else ""
    prompts = {
        "reason": "Ghi nguyên nhân khi chưa đạt chỉ tiêu hoặc quá hạn. Nếu đạt thì để trống.",
        "evidence": "Ghi số, ký hiệu văn bản, báo cáo hoặc đường dẫn làm căn cứ cho số liệu.",
        "note": "Ghi chú thêm nếu cần.",
        "doc_no": "Ghi số, ký hiệu và ngày văn bản, ví dụ 15/KH-UBND ngày 05/3.",
        "text": f"Ghi ngắn gọn kết quả thực hiện{of_period}.",
        "target": "Ghi chỉ tiêu, ví dụ 100%, Tối thiểu 60%, Trên 90%.",
        "deadline": "Ghi thời hạn, ví dụ Quý I, Tháng 6, 31/12, Thường xuyên.",
        "product": "Ghi sản phẩm hoặc kết quả của nhiệm vụ.",
    }
    if one.row in ("difficulties", "proposals"):
        return f"{one.name}{of_period}: ghi ngắn gọn; không có thì để trống."
    return prompts.get(name, "Ghi nội dung vào ô này.")


def cut(text: str, units: int) -> str:
    """The text within so many UTF-16 units."""
    while len(text.encode("utf-16-le")) // 2 > units:
        text = text[:-2].rstrip() + "…"
    return text
