"""What stands on a paper, without words and without form: figures, grids, charts, definitions, a tie-out.

Names are keys of ``messages`` (reports.toml); the renderers give them words and form, so that page, workbook
and machine form show the same figures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from ltc_xl.model.outcome import Paper

Number = Decimal | float | int
Kind = Literal[
    "text", "money", "count", "days", "percent", "date", "bucket", "stage", "item", "basis", "entry", "phrase"
]
Tone = Literal["plain", "good", "bad"]
Better = Literal["more", "less", "neither"]
Where = Literal["overview", "sheet", "nowhere"]
Shape = Literal["columns", "bars", "stacked", "grouped", "paired", "funnel", "layers"]
UNREAD = 12
"""So many cells that could not be read are named."""
NUMBERS: frozenset[Kind] = frozenset({"money", "count", "days", "percent"})


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words with values in them, a text of ``reports.phrases``; a code's list follows it."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """What a figure was on an earlier day.

    ``before`` is None where history cannot tell. ``whole`` marks a sum over a period that was whole by then,
    such as last month's. ``better`` says which way is good news.
    """

    since: date
    before: Number | None
    better: Better = "neither"
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that is read first.

    Attributes:
        floor: it is at least so much.
        beside: a second figure, told in smaller type.
        change: what it was before.
        rows: the grid whose rows it is made of, and how many they are.
    """

    name: str
    value: Number | None
    kind: Kind
    tone: Tone = "plain"
    floor: bool = False
    beside: "Figure | None" = None
    change: Change | None = None
    rows: tuple[str, int] | None = None

    @property
    def moved(self) -> Number | None:
        """Return by how much it moved: amounts in percent of what they were, all else as a difference."""
        before = self.change.before if self.change else None
        if before is None or self.value is None:
            return None
        moved = Decimal(str(self.value)) - Decimal(str(before))
        if self.kind != "money":
            return moved
        return moved * 100 / abs(Decimal(str(before))) if before else None

    @property
    def news(self) -> Tone:
        """Return whether the move is good or bad news."""
        moved, change = self.moved, self.change
        if not moved or change is None or change.better == "neither":
            return "plain"
        return "good" if (moved > 0) == (change.better == "more") else "bad"


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a grid.

    ``bucket`` when the heading is the label of an ageing bucket; ``heading`` where the firm has named it.
    """

    code: str
    kind: Kind
    bucket: bool = False
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of a paper and, below them, their total.

    ``where`` they stand in a workbook: on the overview, on a sheet of their own, nowhere (a page shows them).
    """

    name: str
    fields: Sequence[Field]
    rows: Sequence[Mapping[str, object]]
    total: Mapping[str, object] | None = None
    where: Where = "overview"


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of some columns of a grid, of its first ``limit`` rows; ``beside`` stands next to each."""

    name: str
    grid: str
    shape: Shape
    category: str
    values: Sequence[str]
    limit: int = 12
    beside: str = ""


@dataclass(frozen=True, slots=True)
class TieOut:
    """The sides of an equation that must hold: name -> signed amount, the figure they must equal."""

    sides: Mapping[str, Decimal]
    target: str
    target_amount: Decimal

    @property
    def difference(self) -> Decimal:
        """Return by how much the sides miss the target; 0.00 is right."""
        return sum(self.sides.values(), Decimal(0)) - self.target_amount

    @property
    def ties(self) -> bool:
        """Return whether they meet it to the cent."""
        return not self.difference


@dataclass(frozen=True)
class Report:
    """Everything on one paper.

    Attributes:
        name: which paper; its title and subtitle stand under this name.
        firm: the firm's name; '' when it has set none.
        source: name of the workbook.
        currency: of every amount on it.
        basis: of the ledger, '' where there is none.
        figures: what is read first.
        grids, charts: by name; a template takes those it wants.
        definitions: names of the definitions printed below, in order.
        values: what the texts name in braces, such as the days of the sales window.
        unread: cells (``sheet!cell``) that could not be read, so that the figures do without them.
    """

    name: str
    firm: str
    source: str
    as_of: date
    currency: str
    basis: str = ""
    figures: Sequence[Figure] = ()
    grids: Mapping[str, Grid] = field(default_factory=dict)
    charts: Mapping[str, Chart] = field(default_factory=dict)
    tie_out: TieOut | None = None
    definitions: Sequence[str] = ()
    values: Mapping[str, object] = field(default_factory=dict)
    unread: Sequence[str] = ()

    @property
    def all_figures(self) -> Sequence[Figure]:
        """Return the figures, each followed by the one beside it."""
        return [one for figure in self.figures for one in (figure, figure.beside) if one]

    @property
    def unread_in_short(self) -> str:
        """Return the first of the cells that could not be read."""
        return "  ".join(self.unread[:UNREAD]) + (" …" if len(self.unread) > UNREAD else "")


def paper_of(report: Report, *ids: str, formats: tuple[str, ...] = ("html", "xlsx")) -> Paper:
    """Return the report as a paper named ``COMMAND-DATE[-ID]``, drawn by the template of its name."""
    name = "-".join((report.name, report.as_of.isoformat(), *ids))
    return Paper(name, report.name, {"report": report}, formats)
