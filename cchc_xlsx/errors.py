"""What we raise: mistakes the person at the keyboard must put right first; a unit's mistake is a finding, never an error."""

from __future__ import annotations

from dataclasses import dataclass

from cchc_xlsx.lang import Text


class CchcError(Exception):
    """A sentence for the user, in both languages; the command line prints it and exits 2."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a file that we were given: where it stands and what is wrong with it."""

    file: str
    line: int
    path: str
    text: Text


class FormError(CchcError):
    """Every mistake of a form file at once."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        lines_vi = [f"{p.file}:{p.line}: {p.path}: {p.text.vi}" for p in problems]
        lines_en = [f"{p.file}:{p.line}: {p.path}: {p.text.en}" for p in problems]
        super().__init__(Text("\n".join(lines_vi), "\n".join(lines_en)))
        self.problems = problems

    def __reduce__(self) -> tuple[type[FormError], tuple[tuple[Problem, ...]]]:
        return (FormError, (self.problems,))
