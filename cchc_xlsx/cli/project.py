"""The commands about the year's folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cchc_xlsx.cli.base import LANG, Command, option, say
from cchc_xlsx.errors import CchcError
from cchc_xlsx.lang import Text

if TYPE_CHECKING:
    from cchc_xlsx.project.model import Office

_FILE = click.Path(path_type=Path)
_KEPT = Text(
    "Thư mục này đã thiết lập, giữ nguyên: {kept}. Muốn đổi thì sửa trong {file}, trang “{sheet}”; cho năm hay xã khác thì "
    "tạo thư mục khác.",
    "This folder is set up already and stays as it is: {kept}. To change that, edit {file}, sheet “{sheet}”; for another year "
    "or commune make another folder.",
)
_NOT = Text("{name} là “{held}”, không phải “{given}”", "{name} is “{held}”, not “{given}”")
_BLANK = Text("{name} để trống, không phải “{given}”", "{name} is blank, not “{given}”")


@click.command(
    cls=Command,
    help=say(
        "Tạo thư mục của năm với tệp thiết lập cchc.xlsx; chạy lại trong thư mục đã có thì chỉ bổ sung phần thiếu và kiểm tra "
        'tệp thiết lập.\n\nVí dụ: cchc-xlsx init cchc-2027 --commune "Nhơn Hậu" --year 2027',
        "Make the year's folder with its set-up workbook cchc.xlsx; run again it adds only what is missing and checks the "
        'set-up.\n\nExample: cchc-xlsx init cchc-2027 --commune "Nhơn Hậu" --year 2027',
    ),
)
@click.argument("folder", metavar=say("THƯ_MỤC", "DIR"), type=_FILE)
@option("--commune", vi="Tên xã, phường.", en="The commune's name.")
@option("--commune-code", vi="Mã đơn vị hành chính chính thức của xã.", en="The commune's official code.")
@option("--year", type=int, vi="Năm.", en="The year.")
@option(
    "--units",
    "era",
    type=click.Choice(["after", "before"]),
    default="after",
    show_default=True,
    vi="Các đơn vị điền sẵn: after là từ 01/7/2025, before là trước đó.",
    en="The units that are prefilled: those since July 2025, or those before.",
)
@option(
    "--form",
    "forms",
    multiple=True,
    vi="Mã biểu dùng trong năm; ghi được nhiều lần.",
    en="A form in use; may be repeated.",
)
@option(
    "--key-in-keyring",
    is_flag=True,
    vi="Cất khóa của cơ quan trong kho khóa của máy, không trong thư mục.",
    en="Keep the office's key in the system's keyring, not in the folder.",
)
def init(folder: Path, era: str, forms: tuple[str, ...], **given: Any) -> None:  # noqa: ANN401  click's parameters
    """Make or complete the year's folder."""
    from cchc_xlsx import project as room  # noqa: PLC0415
    from cchc_xlsx.cli import show  # noqa: PLC0415
    from cchc_xlsx.project.names import SETUP  # noqa: PLC0415

    named = {"forms": forms} if forms else {}
    made = room.init(
        folder,
        commune=given["commune"],
        commune_code=given["commune_code"],
        year=given["year"],
        era="post" if era == "after" else "pre",
        lang=LANG,
        key_in_keyring=given["key_in_keyring"],
        **named,
    )
    out = show.console()
    for name in made.made:
        here = f"{show.location(folder / name)}{'/' if name.endswith('/') else ''}"
        out.print(say(f"Đã tạo {here}", f"Made {here}"))
    if made.is_new:
        here = show.location(folder / SETUP)
        out.print(
            say(
                f"Tiếp theo: mở {here}, điền các ô vàng và địa chỉ thư của đơn vị, lưu lại, rồi chạy lại lệnh này để kiểm tra.",
                f"Next: open {here}, fill in the yellow cells and the units' addresses, save, and run this again to check it.",
            )
        )
        return
    _checked(folder, made.made, given, out)


def _checked(folder: Path, made: tuple[str, ...], given: Mapping[str, Any], out: Any) -> None:  # noqa: ANN401  a console
    """Read the set-up of a folder that was there. Its mistakes are raised, and what was given and is not what it says."""
    from cchc_xlsx import project as room  # noqa: PLC0415
    from cchc_xlsx.cli import show  # noqa: PLC0415
    from cchc_xlsx.project import cards  # noqa: PLC0415
    from cchc_xlsx.project.names import SETUP  # noqa: PLC0415

    if not made:
        out.print(say("Thư mục đã có đủ; không thay đổi gì.", "The folder is complete; nothing was changed."))
    setup = room.load(folder).setup
    office = setup.office
    out.print(
        say(
            f"Tệp thiết lập đúng: {office.commune}, năm {office.year}; {len(setup.units)} đơn vị, {len(setup.forms)} biểu.",
            f"The set-up is right: {office.commune}, {office.year}; {len(setup.units)} units, {len(setup.forms)} forms.",
        )
    )
    if kept := "; ".join(one.say(LANG) for one in _kept(office, given)):
        sheet = cards.OFFICE.name.say(office.lang)
        raise CchcError(_KEPT.format(kept=show.clean(kept), file=SETUP, sheet=sheet))


def _kept(office: Office, given: Mapping[str, Any]) -> Iterator[Text]:
    """What is set up otherwise than the options say."""
    from cchc_xlsx.generate import commune_name  # noqa: PLC0415

    wanted = {
        "commune": commune_name(given["commune"]) if given["commune"] is not None else None,
        "commune_code": given["commune_code"],
        "year": given["year"],
    }
    for key, asked in wanted.items():
        held = getattr(office, key)
        if asked not in (None, held):
            name = f"--{key.replace('_', '-')}"
            yield (_BLANK if held is None else _NOT).format(name=name, held=held, given=asked)
