"""What the set-up workbook of a year's folder says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from msgspec import Struct, field

from cchc_xlsx.lang import Lang
from cchc_xlsx.mail import model as mail_model
from cchc_xlsx.periods import Period
from cchc_xlsx.project.names import SETUP, STATE
from cchc_xlsx.waivers import Waiver

Security = mail_model.Security
Server = mail_model.Server
OWN_FORMS = "forms"
OUTGOING, MARKED, RESULTS, DROPPED = FOLDERS = ("bieu-gui-di", "gui-lai", "ket-qua", "nhan-ve")


class Office(Struct, frozen=True):
    """Sheet “Đơn vị hành chính”: who collects, for which year, under which plan."""

    commune: str
    year: int
    commune_code: str | None = None
    superior: str = ""  # cấp trên: whom the commune reports to
    plan_number: str = ""  # of the year's plan, "15/KH-UBND"
    plan_date: dt.date | None = None
    lang: Lang = "vi"


class UnitSetup(Struct, frozen=True):
    """One unit: a code of the catalogue, its name as printed, other spellings, and the addresses it writes from (lower-cased)."""

    code: str
    name: str
    other_names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    forwarders: tuple[str, ...] = ()  # addresses that may pass on this unit's workbooks


class Round(Struct, frozen=True):
    """One period in use: until when units send, until when the commune reports upward."""

    period: Period
    unit_deadline: dt.date
    upward_deadline: dt.date


class FormInUse(Struct, frozen=True):
    """A form and the codes of the periods in which it is owed."""

    form: str
    periods: tuple[str, ...]


class MailSetup(Struct, frozen=True):
    """Sheet “Thư điện tử”. Parts that are not filled in are None or empty; only what is asked for needs them."""

    imap: Server | None = None
    folders: tuple[str, ...] = ("INBOX",)
    smtp: Server | None = None
    address: str = ""  # what our mails are sent from
    sender_name: str = ""
    forwarders: tuple[str, ...] = ()  # trusted to pass on any unit's workbooks: the clerk
    own_hosts: tuple[str, ...] = ()  # receiving servers whose Received lines are believed
    authserv_id: str = ""  # whose Authentication-Results are believed; none by default
    token_command: str = ""  # prints an access token (XOAUTH2)
    keyword: str = ""  # set on mails that were taken in, where asked
    move_to: str = ""  # folder that they are moved to, where asked
    daily_cap: int = 200  # mails a day


class Setup(Struct, frozen=True, dict=True):
    """The whole set-up, without mistakes."""

    office: Office
    units: tuple[UnitSetup, ...]
    rounds: tuple[Round, ...]
    forms: tuple[FormInUse, ...]
    waivers: tuple[Waiver, ...] = ()
    mail: MailSetup = field(default_factory=MailSetup)

    @cached_property
    def by_code(self) -> Mapping[str, UnitSetup]:
        """The units by code."""
        return {unit.code: unit for unit in self.units}

    @cached_property
    def by_period(self) -> Mapping[str, Round]:
        """The periods in use by code."""
        return {one.period.code: one for one in self.rounds}

    def owed(self, period: str) -> Sequence[str]:
        """Ids of the forms that are owed for a period."""
        return [one.form for one in self.forms if period in one.periods]


class Project(Struct, frozen=True, dict=True):
    """A year's folder: where it is, what is set up, the office's key for identity tags (32 bytes)."""

    folder: Path
    setup: Setup
    key: bytes

    @property
    def state(self) -> Path:
        """The private state."""
        return self.folder / STATE

    @property
    def own_forms(self) -> Path | None:
        """The folder of the office's own forms, where there is one."""
        found = self.folder / OWN_FORMS
        return found if found.is_dir() else None

    def outgoing(self, period: str | None) -> Path:
        """Where blank workbooks of a period (of the plan without one) are written."""
        return self.folder / OUTGOING / (period or "ke-hoach")

    def results(self) -> Path:
        """Where pages and tables for the clerk are written."""
        return self.folder / RESULTS

    def dropped(self) -> Path:
        """Where the clerk puts workbooks and mails that came another way."""
        return self.folder / DROPPED

    @property
    def own_folders(self) -> tuple[Path, ...]:
        """The folders in it that hold what the office made: nobody sent that."""
        return self.state, self.folder / OUTGOING, self.folder / MARKED, self.folder / RESULTS

    @property
    def own_files(self) -> tuple[Path, ...]:
        """The files in it that nobody sent."""
        return (self.folder / SETUP,)
