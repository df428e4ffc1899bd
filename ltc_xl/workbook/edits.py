"""Edits: what shall be different in a workbook file, by sheet cell or by row of an Excel Table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

Plain = str | bool | int | float | Decimal | date | None
"""A value of a cell; a ``datetime`` is a ``date`` with hours."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula and the value it has now; ``text`` as the file format wants it, with or without ``=``."""

    text: str
    cached: Plain = None


@dataclass(frozen=True, slots=True)
class CachedValue:
    """The value that the formula of a cell has now; the formula stays, a cell without one is left alone."""

    value: Plain


Value = Plain | Formula | CachedValue
Row = Mapping[str, Value]
"""Header text -> value. For a calculated column the value is what its formula yields."""


@dataclass(frozen=True, slots=True)
class CellEdit:
    """One cell gets a value; None blanks it. Its style stays."""

    sheet: str
    address: str
    value: Value


@dataclass(frozen=True, slots=True)
class AppendRows:
    """New rows at a table's end; blank rows that stand there are filled first.

    ``last_row`` is the last row on the sheet, as it was read, that counts to the table: rows which some
    program left right below its range are taken into it first.
    """

    table: str
    rows: Sequence[Row]
    last_row: int = 0


@dataclass(frozen=True, slots=True)
class DeleteRows:
    """Rows of a table go, named by their row on the sheet as it was read; later rows move up."""

    table: str
    sheet_rows: Sequence[int]


@dataclass(frozen=True, slots=True)
class PutRows:
    """The whole body of a table that the program owns; columns that no row names stay as they are."""

    table: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class ShowSheet:
    """A hidden sheet is seen from now on; one that is seen, or very hidden, stays as it is."""

    sheet: str


@dataclass(frozen=True, slots=True)
class MarkCells:
    """The cells of a table show a red edge wherever a list of marks names them; some say why, in a note.

    A mark is what the row has in the column ``key``, a bar and a code of the column: ``k3x9|amount``; an edge
    moves with its row, and goes when its mark does. Edges that stand there are kept, as are notes with
    the same text; other notes of the program in the table go, unless somebody has written into them.

    Attributes:
        table: the Excel Table.
        key: header of the column that tells its rows apart.
        columns: headers, each with a code by which marks call it; a header may stand there twice.
        marks: formula of the list of marks, for a workbook that has no name for it: ``tblProblems[Mark]``.
        notes: address -> text; only the first 200 of a workbook, and none where a comment stands.
    """

    table: str
    key: str
    columns: Sequence[tuple[str, str]]
    marks: str
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClearMarks:
    """The edges of a table and the program's notes in its cells go."""

    table: str


@dataclass(frozen=True, slots=True)
class OfferWords:
    """Columns of a table offer words in a dropdown, or none any more; what else is typed is asked about.

    Where another rule stands for the cells it stays, and nothing is offered; nor is a list that is too long
    for Excel, or of words with commas in them.

    Attributes:
        table: the Excel Table.
        words: header -> the words; none takes a list of ours away.
        title, question: what Excel asks when something else is typed.
        titles: the same title in every language: by it a list is known as ours.
    """

    table: str
    words: Mapping[str, tuple[str, ...]]
    title: str
    question: str
    titles: frozenset[str]


Edit = CellEdit | AppendRows | DeleteRows | PutRows | ShowSheet | MarkCells | ClearMarks | OfferWords


@dataclass(frozen=True, slots=True)
class PatchReport:
    """What a patch did.

    Attributes:
        cells: cells written, those of new rows included.
        rows_added, rows_deleted: rows by which tables grew and shrank.
        parts: parts that were rewritten; every other one is a raw copy.
        dropped: parts that were left out (the calculation chain, when the set of formulas changed).
        added: parts that are new (the notes of a sheet that had none).
        uncalculated: sheet and address, in the new file, of formulas that lost their value, since cells that
            they read have changed; Excel computes them when it opens the file.
    """

    cells: int = 0
    rows_added: int = 0
    rows_deleted: int = 0
    parts: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    uncalculated: tuple[tuple[str, str], ...] = ()
