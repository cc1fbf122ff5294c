"""Reports for tests, drawn as text, and large or hostile ones.

A line names a file, how it ends and whose it is; indented lines are its findings: code, cell, row, value and, behind `!`, why
and until when it is waived. Findings before the first file are about the set.

    report('''
      M100
    Q1/van-phong.xlsx error VPTK 2025-Q1
      V203 I14 "7.2 Tỷ lệ" 12/20
      L401 I15 "7.3 Tỷ lệ" 250 ! "đã xác minh" 2025-12-31
    bao-cao.docx skipped
      F021
    ''')
"""

from __future__ import annotations

import hashlib
import shlex
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import command

from cchc_xlsx import check
from cchc_xlsx.identity import Identity
from cchc_xlsx.lang import Lang
from cchc_xlsx.results import STATUSES, FileResult, Report, Status, Told
from cchc_xlsx.rules import registry
from cchc_xlsx.rules.model import Waived
from cchc_xlsx.task import Task

FORM = "nhon-hau-2025-phu-luc-1"
UNITS = {
    "VPTK": "Văn phòng – Thống kê",
    "TPHT": "Tư pháp – Hộ tịch",
    "VHXH0": "Văn hóa – Xã hội",
    "MC": "Bộ phận Tiếp nhận và trả kết quả (Một cửa)",
    "XA": "UBND xã Nhơn Hậu",
}
LABEL = (
    "7.2 Tỷ lệ hồ sơ thủ tục hành chính được tiếp nhận trực tuyến toàn trình trên tổng số hồ sơ thủ tục hành chính phát sinh "
    "trong kỳ báo cáo của địa phương theo quy định tại Nghị định số 42/2022/NĐ-CP"
)
MESSAGE = (
    "Tử số: ô chứa 46.376, tức là ngày 20/12/2026; có thể đã gõ một phân số như 12/20 và bị đổi thành ngày. Số hồ sơ tiếp nhận "
    "trực tuyến toàn trình không được lớn hơn tổng số hồ sơ tiếp nhận trong kỳ."
)
HOSTILE = (
    "<script>alert(1)</script>.xlsx",
    '"><img src=x onerror=alert(1)>.xlsx',
    "hướng\u202egpj.xlsx",
    "dong\nhai\ttab\x00\x1b[31m.xlsx",
    '=HYPERLINK("http://xau.example";"x").xlsx',
    "@SUM(1+1);=1+1.xlsx",
    "D" + "ài" * 100 + ".xlsx",
    "{{ 7 * 7 }}{% raw %}&amp;.xlsx",
    "nửa\ud800cặp.xlsx",
    "thư mục con/Phụ lục 1 (quý I) #2 100%.xlsx",
    "../../etc/passwd.xlsx",
    "\\\\may\\chia-se.xlsx",
    "c:/windows/x.xlsx",
)


def report(drawn: str, lang: Lang = "vi") -> Report:
    """The report that is drawn."""
    about_set: list[Told] = []
    heads: list[tuple[list[str], list[Told]]] = []
    found = about_set
    for line in filter(str.strip, drawn.splitlines()):
        if line.startswith(" "):
            found.append(told(*shlex.split(line), lang=lang))
        else:
            found = []
            heads.append((shlex.split(line), found))
    files = [file(path, status, findings, *who) for (path, status, *who), findings in heads]  # type: ignore[arg-type]
    return of(files, about_set)


def of(files: Sequence[FileResult], about_set: Sequence[Told] = ()) -> Report:
    """The report of these files, which must be as the checker has them: sorted."""
    counts = Counter(one.status for one in files)
    return Report(tuple(files), {status: counts[status] for status in STATUSES}, tuple(about_set))


def told(code: str, *place: str, lang: Lang = "vi") -> Told:
    """A finding with the title of its code as its words; `place` is cell, row, value, `!`, reason, day."""
    at, waived = (place[: place.index("!")], place[place.index("!") + 1 :]) if "!" in place else (place, ())
    cell, label, value, *_ = (*at, None, None, None)
    rule = registry.by_code()[code]
    key = f"r{cell[1:]}.num" if cell else None
    why = Waived(*waived) if waived else None
    sheet = "Phụ lục 1" if cell else None
    title, fix = rule.title.say(lang), rule.why.say(lang)
    return Told(code, rule.severity, sheet, cell, key, label, value, f"{title}.", fix, why)


def file(
    path: str,
    status: Status,
    findings: Sequence[Told] = (),
    unit: str = "",
    period: str = "",
    form: str = FORM,
    commune: str = "Nhơn Hậu",
) -> FileResult:
    """A file; its unit and period where it is known whose it is."""
    digest = hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()
    who = identity(unit, period, form, commune) if unit else None
    place = Path("/nop") / path.replace("\x00", "")
    return FileResult(path, status, tuple(findings), who, UNITS.get(unit, ""), digest, file=place)  # type: ignore[arg-type]


def identity(unit: str, period: str, form: str, commune: str) -> Identity:
    """Whose a file claims to be."""
    kind = "report" if "-" in period else "plan"
    return Identity(
        form, 1, 0, commune, None, int(period[:4]), period if "-" in period else None, unit, kind, "n1", "u1", ""
    )  # type: ignore[arg-type]


def many(count: int, hostile: bool = True) -> Report:
    """Files with long Vietnamese texts and every status; names and texts that attack a reader among them."""
    files = [_one(number) for number in range(count)]
    if hostile:
        bad = Told(
            "V201",
            "error",
            "Tờ'1",
            "A1",
            "k",
            "<b>Dòng</b> \u202egnòD",
            "=cmd|'/C calc'!A0",
            "<i>Sai</i>; =1+1",
            "-Sửa",
        )
        files += [file(name, "error", [bad], "VPTK", "2025-Q1", "<form>", "Xã \u2066ảo") for name in HOSTILE]
    files += [
        file("thư ngỏ.docx", "skipped", [told("F021")]),
        file("~$bieu.xlsx", "skipped", [told("F020")]),
    ]
    about_set = [told("M100", "", "Bộ phận Tiếp nhận và trả kết quả (Một cửa)"), told("I503")]
    return of(sorted(files, key=lambda one: one.path), about_set)


def _one(number: int) -> FileResult:
    unit = tuple(UNITS)[number % len(UNITS)]
    kinds: tuple[Status, ...] = ("error", "ok", "error", "warning", "error", "ok", "ok")
    status = kinds[number % len(kinds)]
    error = Told(
        "V203",
        "error",
        "Phụ lục 1",
        f"I{10 + number % 30}",
        f"r{number}.num",
        LABEL,
        "46376",
        MESSAGE,
        "Gõ lại hai số vào hai ô riêng.",
    )
    warning = Told(
        "V210", "warning", "Phụ lục 1", "J14", "r14.den", "Số hóa hồ sơ", "95,5 %", "Số ở dạng chữ.", "Gõ lại chỉ số."
    )
    info = Told(
        "T321", "info", "Phụ lục 1", None, None, None, None, "Khóa của trang tính đã bị bỏ.", "Không cần làm gì."
    )
    waived = Told(
        "L401",
        "error",
        "Phụ lục 1",
        "K20",
        "r20.num",
        LABEL,
        "250",
        MESSAGE,
        "Kiểm tra lại hai số.",
        Waived("Sở Nội vụ đã xác nhận số liệu", "2025-12-31"),
    )
    found = {
        "error": [error] * (1 + number % 3) + [warning, waived][: number % 3],
        "warning": [warning, info],
        "ok": [],
        "skipped": [],
    }
    name = f"Xã {number % 7:02}/{FORM}_2025-Q1_{unit}_{number:05}.xlsx"
    return file(name, status, found[status], unit, "2025-Q1", commune=f"Xã số {number % 7}")


def checked(folder: Path, lang: Lang = "vi") -> Report:
    """What the real checker finds in a folder."""
    return check.check((folder,), Task(lang=lang))


def sample(folder: Path, lang: Lang = "vi") -> Report:
    """What the real checker finds in the workbooks of the demonstration, which are made in `folder`."""
    command.run("demo", folder, cwd=folder)
    return checked(folder / "da-nop", lang)
