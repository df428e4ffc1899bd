"""Patch after patch, each made of edits by chance: what is read is what a plain list says."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from opened import Opened, grid, parsed
from sample_books import HEADERS, ROWS, leads_book

from ltc_xl.workbook import AppendRows, CellEdit, DeleteRows, Edit, patch
from ltc_xl.workbook.edits import Row

FIRST = 4
"""The row of the first lead."""
TYPED = ("编号", "公司", "金额", "备注")
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r"), min_size=1, max_size=8)
NUMBER = st.integers(-(10**6), 10**6)
PLACE = st.floats(0, 1, exclude_max=True)


@dataclass(frozen=True)
class Step:
    """Edits of one patch; a place is a share of the rows that there are."""

    typed: Sequence[tuple[float, str, str]]
    gone: Sequence[float]
    new: Sequence[Mapping[str, str | int]]
    above: Sequence[tuple[str, int]]


STEP = st.builds(
    Step,
    typed=st.lists(st.tuples(PLACE, st.sampled_from(["编号", "公司", "备注"]), TEXT), max_size=3),
    gone=st.lists(PLACE, max_size=3),
    new=st.lists(st.fixed_dictionaries({"编号": TEXT, "公司": TEXT, "金额": NUMBER}), max_size=3),
    above=st.lists(st.tuples(st.sampled_from(["I1", "J2", "K1"]), NUMBER), max_size=2),
)


@settings(max_examples=12, deadline=None)
@given(steps=st.lists(STEP, min_size=1, max_size=4))
def test_after_every_patch_the_book_is_what_the_edits_say(steps: Sequence[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, model = leads_book(Path(folder) / "0.xlsx"), Model()
        for number, step in enumerate(steps, 1):
            new = Path(folder) / f"{number}.xlsx"
            patch(path, new, model.edits(step))
            assert leads_in(new) == [[lead.get(header) for header in TYPED] for lead in model.leads]
            assert {spot: value_in(new, spot) for spot in model.above} == model.above
            assert ranges_in(new) == ranges_of(max(1, len(model.leads)))
            path = new


@settings(max_examples=10, deadline=None)
@given(rows=st.integers(1, 40))
def test_no_edits_give_the_identical_file_whatever_its_size(rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        book, new = leads_book(Path(folder) / "book.xlsx", rows), Path(folder) / "new.xlsx"
        patch(book, new, [])
        assert new.read_bytes() == book.read_bytes()


def _first_leads() -> list[dict[str, str | int]]:
    numbers = range(1, ROWS + 1)
    return [{"编号": f"N-{k}", "公司": f"公司{k}", "金额": k * 10, "备注": f"备注{k}"} for k in numbers]


@dataclass
class Model:
    """The leads as a list, and what stands above them."""

    leads: list[dict[str, str | int]] = field(default_factory=_first_leads)
    above: dict[str, float] = field(default_factory=dict)

    def edits(self, step: Step) -> list[Edit]:
        """Do what a step says; return the edits that make the same of the file as it stands."""
        gone = {int(at * len(self.leads)) for at in step.gone if self.leads}
        found = [*self._typed(step, gone), *self._above(step)]
        if gone:
            found.append(DeleteRows("tblLeads", [FIRST + row for row in sorted(gone)]))
            self.leads = [lead for row, lead in enumerate(self.leads) if row not in gone]
        if step.new:
            rows: list[Row] = [dict(lead) for lead in step.new]
            found.append(AppendRows("tblLeads", rows))
            self.leads += [dict(lead) for lead in step.new]
        return found

    def _typed(self, step: Step, gone: set[int]) -> list[Edit]:
        edits = {}
        for at, header, text in step.typed:
            row = int(at * len(self.leads))
            if self.leads and row not in gone:
                self.leads[row][header] = text
                spot = f"{'ABCDEF'[HEADERS.index(header)]}{FIRST + row}"
                edits[spot] = CellEdit("线索", spot, text)
        return list(edits.values())

    def _above(self, step: Step) -> list[Edit]:
        self.above |= dict(step.above)
        return [CellEdit("线索", spot, value) for spot, value in dict(step.above).items()]


# ---------------------------------------------------------------- what a second pair of eyes reads


def leads_in(path: Path) -> list[list[object]]:
    """Return the typed columns of the table's rows; a blank row is left out."""
    book = Opened(path)
    (table,) = book.tables
    cells = grid(parsed(book.read(book.sheets["线索"])))
    columns = [HEADERS.index(header) + 1 for header in TYPED]
    rows: list[list[object]] = [
        [book.value(cells[row, column]) if (row, column) in cells else None for column in columns]
        for row in range(FIRST, table.box[2] + 1)
    ]
    return [row for row in rows if any(value is not None for value in row)]


def value_in(path: Path, spot: str) -> object:
    """Return what a cell of the sheet shows."""
    book = Opened(path)
    found = parsed(book.read(book.sheets["线索"])).iterfind("{*}sheetData/{*}row/{*}c")
    return next((book.value(cell) for cell in found if cell.get("r") == spot), None)


def ranges_in(path: Path) -> dict[str, str | None]:
    """Return what must end with the table, wherever it is said."""
    book = Opened(path)
    sheet, root = parsed(book.read(book.sheets["线索"])), parsed(book.read(book.workbook_part))
    formats = [element.get("sqref") for element in sheet.iterfind("{*}conditionalFormatting")]
    names = {e.get("name") or "": e.text for e in root.iterfind("{*}definedNames/{*}definedName")}
    return {
        "table": parsed(book.read("xl/tables/table1.xml")).get("ref"),
        "format": next((text for text in formats if text and text.startswith("C")), None),
        "name": names.get("companies"),
        "print": (names.get("_xlnm.Print_Area") or "").replace("'", ""),
        "chart": next(parsed(book.read("xl/charts/chart1.xml")).iterfind(".//{*}val//{*}f")).text,
    }


def ranges_of(rows: int) -> dict[str, str | None]:
    """Return the same for a table of some rows."""
    last = FIRST + rows - 1
    return {
        "table": f"A3:F{last}",
        "format": f"C4:C{last}" if rows > 1 else "C4",
        "name": f"'线索'!$B$4:$B${last}",
        "print": f"线索!$A$1:$F${last}",
        "chart": f"'线索'!$C$4:$C${last}",
    }
