"""References in formulas: found, and rewritten when the cells they name move or the formula does.

A small tokenizer of our own, since whole formulas need not be understood: texts, structured references,
functions and names are stepped over, what is left and looks like cells, columns or rows is a reference.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from ltc_xl.model.address import column_letters
from ltc_xl.model.errors import CannotPatch
from ltc_xl.workbook.area import MAX_COLUMN, MAX_ROW, Area, column_number
from ltc_xl.workbook.reshape import Mover

GONE = "#REF!"
_DIGIT = re.compile(r"[0-9]")

_SHEET_WORD = r"[^\s'!\"#,;:()\[\]{}+*/&=<>^%@$-]++"
TOKEN = re.compile(
    r"\"(?:[^\"]|\"\")*+\""  # a text
    r"|#REF!(?:\$?[A-Za-z]{1,3}\$?\d{1,7}(?::\$?[A-Za-z]{1,3}\$?\d{1,7})?)?"  # of a sheet that went
    r"|(?P<sheet>(?:'(?:[^']|'')*+'|(?:\[[^\[\]]*+\])?" + _SHEET_WORD + r"(?::" + _SHEET_WORD + r")?)!)?"
    r"(?:(?P<from>\$?[A-Za-z]{1,3})(?P<top>\$?\d{1,7})(?::(?P<to>\$?[A-Za-z]{1,3})(?P<bottom>\$?\d{1,7}))?"
    r"|(?P<first>\$?[A-Za-z]{1,3}):(?P<last>\$?[A-Za-z]{1,3})"
    r"|(?P<upper>\$?\d{1,7}):(?P<lower>\$?\d{1,7}))(?![\w.\\?!(])"
    r"|'(?:[^']|'')*+'"  # a sheet before a name
    r"|\[(?:'.|[^'\[\]]|\[(?:'.|[^'\[\]])*+\])*+\]"  # columns of a table
    r"|[\w\\][\w.\\?]*+"  # a name, a function, a number
)
"""What a formula is made of; operators and blanks stand between."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference: the sheet as written, with its mark, and two corners; a cell has the same one twice.

    Attributes:
        sheet: e.g. ``'O''Hara'!``; empty where the formula's own sheet is meant.
        columns: the columns' letters as written, e.g. ``("$A", "C")``; empty for whole rows.
        rows: the rows' numbers as written; empty for whole columns.
        single: whether one cell stands there, without a colon.
    """

    sheet: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    single: bool

    @property
    def area(self) -> Area | None:
        """Return the cells it names; None where the sheet ends before them, so that it is a name."""
        left, right = sorted(map(_column, self.columns)) or (1, MAX_COLUMN)
        top, bottom = sorted(map(_row, self.rows)) or (1, MAX_ROW)
        area = Area(top, left, bottom, right)
        return area if area.on_grid else None

    @property
    def text(self) -> str:
        """Return it as a formula has it."""
        corners = ["".join(corner) for corner in zip(self.columns, self.rows, strict=False)]
        return self.sheet + ":".join((corners or self.columns or self.rows)[: 1 if self.single else 2])

    def with_rows(self, top: int, bottom: int) -> "Reference":
        """Return it with other rows, its corners in the order they had."""
        if not self.rows:
            return self
        upside_down = _row(self.rows[0]) > _row(self.rows[1])
        new = (bottom, top) if upside_down else (top, bottom)
        marks = ("$" if old.startswith("$") else "" for old in self.rows)
        return replace(self, rows=tuple(f"{mark}{row}" for mark, row in zip(marks, new, strict=True)))


def rewritten(text: str, change: Callable[[Reference], Reference | None]) -> str:
    """Return a formula with each reference changed; one for which there is None becomes ``#REF!``.

    Without its sheet, which only Excel understands before it.
    """

    def token(match: re.Match[str]) -> str:
        reference = reference_of(match)
        if reference is None:
            return match[0]
        new = change(reference)
        return GONE if new is None else match[0] if new is reference else new.text

    return TOKEN.sub(token, text)


def moved_formula(text: str, home_sheet: str, movers: Mapping[str, Mover]) -> str:
    r"""Return a formula whose references follow the cells they name.

    Args:
        text: the formula, of a cell of the home sheet, or of a name when that is empty.
        home_sheet: the sheet of references that name none; where it is empty, they are left alone.
        movers: sheet -> where areas of it stand afterwards. Names of sheets are alike in any case.

    >>> up = {"Leads": lambda area: replace(area, top=area.top - 1, bottom=area.bottom - 1)}
    >>> moved_formula("SUM(Leads!$C$4:C7)*C4&\"Leads!C4\"", "Board", up)
    'SUM(Leads!$C$3:C6)*C4&"Leads!C4"'
    >>> moved_formula("SUM(tblLeads[C4])+LOG10(C4)+'leads'!5:6", "Leads", up)
    "SUM(tblLeads[C4])+LOG10(C3)+'leads'!4:5"
    >>> moved_formula("Leads!C4+C5", "Board", {"Leads": lambda area: None})
    '#REF!+C5'

    Raises:
        CannotPatch: cells of several sheets are named at once, and move on one of them.
    """
    if not _DIGIT.search(text):
        return text
    by_name = {name.casefold(): mover for name, mover in movers.items()}

    def moved(reference: Reference) -> Reference | None:
        return _followed(reference, _mover(reference, home_sheet, by_name))

    return rewritten(text, moved)


def copied_formula(text: str, rows: int, columns: int) -> str:
    """Return a formula as it reads in another cell, so many rows below and columns to the right.

    >>> copied_formula("A1*$B$1+Rates!C$1+[1]Other!D1", 2, 1)
    'B3*$B$1+Rates!D$1+[1]Other!E3'
    >>> copied_formula("SUM(A:A,1:1,$C1:D$4)", 1, 1), copied_formula("A2*2", -2, 0)
    ('SUM(B:B,2:2,$C2:E$4)', '#REF!*2')
    """

    def copied(reference: Reference) -> Reference | None:
        new = replace(
            reference,
            columns=tuple(_shifted_column(column, columns) for column in reference.columns),
            rows=tuple(_shifted_row(row, rows) for row in reference.rows),
        )
        return new if all((*new.columns, *new.rows)) and new.area else None

    return rewritten(text, copied)


def moved_rule(
    text: str, home_sheet: str, movers: Mapping[str, Mover], before: Sequence[Area], after: Sequence[Area]
) -> str | None:
    """Return the formula of a format or validation when rows move; None where one text cannot say it.

    It reads as in the first cell of the areas that it is for: rows named without ``$`` go on standing as
    far from that cell as they did, rows named with ``$`` follow their cells.

    Args:
        text: the formula.
        home_sheet: the sheet of the areas.
        movers: sheet -> where areas of it stand afterwards.
        before: the areas it is for.
        after: where they stand afterwards, at least one.

    >>> up = {"Leads": lambda area: replace(area, bottom=area.bottom - 1) if area.bottom > 4 else area}
    >>> moved_rule("COUNTIF($C$4:$C$7,$C4)>1", "Leads", up, [Area(4, 3, 7, 3)], [Area(4, 3, 6, 3)])
    'COUNTIF($C$4:$C$6,$C4)>1'
    """
    rule = _Rule(home_sheet, {name.casefold(): mover for name, mover in movers.items()}, before, after)
    new = rewritten(text, rule.moved)
    return None if rule.torn else new


@dataclass
class _Rule:
    """The references of a format's or validation's formula as rows move.

    ``torn`` once one of them would have to say different things in different rows.
    """

    home: str
    movers: Mapping[str, Mover]
    before: Sequence[Area]
    after: Sequence[Area]
    torn: bool = False

    def moved(self, reference: Reference) -> Reference | None:
        mover = _mover(reference, self.home, self.movers)
        follows = all(row.startswith("$") for row in reference.rows) or self._is_one_row
        if follows:
            return _followed(reference, mover)
        if list(self.before) != list(self.after) or self._looks_at_itself(reference):
            return self._kept_at_distance(reference, mover)
        self.torn |= _followed(reference, mover) != reference
        return reference

    @property
    def _is_one_row(self) -> bool:
        return len({row for area in self.before for row in (area.top, area.bottom)}) == 1

    def _looks_at_itself(self, reference: Reference) -> bool:
        """Return whether the formula names a cell that it is itself for."""
        area = reference.area
        here = not reference.sheet or sheet_of(reference.sheet).casefold() == self.home.casefold()
        return here and area is not None and any(area.meets(own) for own in self.before)

    def _kept_at_distance(self, reference: Reference, mover: Mover) -> Reference | None:
        """Return the reference with its rows as far from the first cell as before, those with ``$`` moved."""
        step = self.after[0].top - self.before[0].top
        self.torn |= step != _top(self.after) - _top(self.before)
        columns = reference.area or self.before[0]

        def corner(row: str) -> str:
            if row.startswith("$"):
                return f"${_standing(replace(columns, top=_row(row), bottom=_row(row)), mover)}"
            return _shifted_row(row, step)

        rows = tuple(corner(row) for row in reference.rows)
        return replace(reference, rows=rows) if all(rows) else None


def sheet_of(prefix: str) -> str:
    """Return the sheet that a reference names.

    >>> sheet_of("'O''Hara'!"), sheet_of("Leads"), sheet_of("[0]Leads!"), sheet_of("'[1]Big book'!")
    ("O'Hara", 'Leads', 'Leads', '[1]Big book')
    """
    name = prefix.removesuffix("!")
    plain = name[1:-1].replace("''", "'") if name.startswith("'") else name
    return plain.removeprefix("[0]")


def reference_of(token: re.Match[str]) -> Reference | None:
    """Return the reference that a token is; None when it is something else, or lies beyond the sheet."""
    found = _corners(token)
    return found if found and found.area else None


def _corners(match: re.Match[str]) -> Reference | None:
    sheet = match["sheet"] or ""
    if match["first"]:
        return Reference(sheet, (match["first"], match["last"]), (), single=False)
    if match["upper"]:
        return Reference(sheet, (), (match["upper"], match["lower"]), single=False)
    if not match["from"]:
        return None
    single = match["to"] is None
    columns = (match["from"], match["from"] if single else match["to"])
    return Reference(sheet, columns, (match["top"], match["top"] if single else match["bottom"]), single)


def _mover(reference: Reference, home: str, movers: Mapping[str, Mover]) -> Mover:
    """Return where areas of the reference's sheet stand afterwards; the sheet of another file stays."""
    name = sheet_of(reference.sheet) if reference.sheet else home
    if ":" in name and "[" not in name:
        return _several(reference, movers)
    return movers.get(name.casefold(), _still)


def _several(reference: Reference, movers: Mapping[str, Mover]) -> Mover:
    """Return the mover of a reference to several sheets: whichever moves, the others do not."""

    def moved(area: Area) -> Area:
        if any(mover(area) != area for mover in movers.values()):
            place = sheet_of(reference.sheet).partition(":")[0]
            raise CannotPatch("patch_rows_pointed_at", place=place, cells=reference.text)
        return area

    return moved


def _still(area: Area) -> Area:
    return area


def _followed(reference: Reference, mover: Mover) -> Reference | None:
    area = reference.area
    if not reference.rows or area is None:
        return reference
    after = mover(area)
    if after is None:
        return None
    same = (after.top, after.bottom) == (area.top, area.bottom)
    return reference if same else reference.with_rows(after.top, after.bottom)


def _standing(area: Area, mover: Mover) -> int:
    """Return where a row stands afterwards, or the first one below it that is still there."""
    for row in range(area.top, MAX_ROW):
        after = mover(replace(area, top=row, bottom=row))
        if after is not None:
            return after.top
    return area.top


def _top(areas: Sequence[Area]) -> int:
    return min(area.top for area in areas)


def _row(text: str) -> int:
    return int(text.lstrip("$"))


def _column(text: str) -> int:
    return column_number(text.lstrip("$"))


def _shifted_row(text: str, step: int) -> str:
    """Return a row's number further down; one with ``$`` stays, one beyond the sheet is ''."""
    if text.startswith("$"):
        return text
    row = int(text) + step
    return str(row) if 1 <= row <= MAX_ROW else ""


def _shifted_column(text: str, step: int) -> str:
    if text.startswith("$"):
        return text
    column = column_number(text) + step
    return column_letters(column) if 1 <= column <= MAX_COLUMN else ""
