"""What a service answers: changes to make, findings, papers to print, and the answer itself as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ltc_xl.model.change import Changes
from ltc_xl.model.finding import Finding


@dataclass(frozen=True)
class Paper:
    """One document to render.

    Attributes:
        name: file stem, ``COMMAND-DATE[-ID]``.
        template: name of the template under ``reports/templates``, without language and ending.
        data: what the template shows: ``report`` holds a ``Report`` (``model/paper.py``); amounts are
            Decimal, days are date.
        formats: ``html``, ``xlsx``, ``pdf``.
        replaces: patterns of file names; what fits one and is not written now is out of date and goes.
    """

    name: str
    template: str
    data: Mapping[str, object]
    formats: tuple[str, ...] = ("html", "xlsx")
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """A service's answer.

    Attributes:
        changes: what must be written.
        findings: what is wrong with the data.
        papers: what must be printed.
        data: the machine form (``--json``); codes, never words.
        exit_status: 0 clean, 1 the answer itself is an error (a tie-out that is not 0.00).
    """

    changes: Changes = field(default_factory=Changes)
    findings: tuple[Finding, ...] = ()
    papers: tuple[Paper, ...] = ()
    data: Mapping[str, object] = field(default_factory=dict)
    exit_status: int = 0
