"""What stands below the rows: free texts, signatures, the visible identity."""

from __future__ import annotations

from msgspec.structs import replace

from cchc_xlsx import identity
from cchc_xlsx.fields import FREE_TEXTS
from cchc_xlsx.issue import Issue
from cchc_xlsx.layout import metrics
from cchc_xlsx.layout.draft import Draft
from cchc_xlsx.layout.model import Cell, Style

_FREE_TEXT_PT = 48.0
_SIGN_PT = 48.0


def after_table(draft: Draft, who: identity.Identity) -> None:
    """Free texts and signatures of a report, and the visible identity line."""
    last = draft.columns.last_printed
    if draft.ctx.issue.kind == "report":
        for name, title in FREE_TEXTS.items():
            draft.line(f"{name}.title", f"{title}:", Style(size=12, bold=True, border=""))
            row = draft.key_row(name, _FREE_TEXT_PT)
            style = Style(size=12, valign="top", locked=False)
            draft.across(2, last, Cell(draft.values[f"{name}.text"], style, "input"))
            draft.inputs[f"{name}.text"] = (row, 2)
            draft.labels[row] = title
        signatures(draft)
    draft.line("code", _visible(draft.ctx.issue, who), Style(size=11, color="#595959", border="", align="right"))


def signatures(draft: Draft, titles: tuple[str, ...] = ()) -> None:
    """The place and date and the two who sign: those of the form, where no others are given."""
    last = draft.columns.last_printed
    half = (2 + last) // 2
    centred = Style(size=12, align="center", border="")
    draft.key_row("sign.date", 18)
    draft.across(half + 1, last, Cell("………, ngày …… tháng …… năm ………", replace(centred, italic=True)))
    titles = titles or draft.ctx.issue.form.signatures
    lines = max(text.count("\n") for text in titles)
    title = replace(centred, bold=True, valign="top" if lines else "vcenter")
    for key, texts, style, height in (
        ("sign.title", titles, title, 18.0 + lines * metrics.line_height_pt(12)),
        ("sign.hint", ("(Ký, ghi rõ họ tên)",) * 2, replace(centred, italic=True), 18.0),
        ("sign.space", ("", ""), centred, _SIGN_PT),
    ):
        draft.key_row(key, height)
        if texts[0]:
            draft.across(2, half, Cell(texts[0], style))
            draft.across(half + 1, last, Cell(texts[-1], style))


def _visible(issue: Issue, who: identity.Identity) -> str:
    parts = [issue.form.id, f"v{issue.form.version}", f"p{issue.plan.number}"]
    parts += [issue.period.code if issue.period else f"năm {issue.year}", issue.unit, who.short]
    return "Mã biểu: " + " · ".join(parts)
