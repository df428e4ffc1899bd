"""After a check: only reported cells have changed, marks stand where findings are and go when cured."""

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formula.translate import Translator
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from other_hands import by_openpyxl, saved_by_libreoffice, sorted_backwards
from sample_books import packed_parts, sheet_without, xml_of

from ltc_xl import session
from ltc_xl.check import check
from ltc_xl.demo import DEMO_DAY, Planted
from ltc_xl.demo.book import new_firm_book
from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.workbook import CellEdit, mark_edits, patch, read_book
from ltc_xl.workbook.edits import Formula, Value
from ltc_xl.workbook.package import Package

Cells = set[tuple[str, str]]
NAME = "衡远.xlsx"


def checked(book: Path) -> session.Result:
    def service(read: Book, rules: Rulebook) -> Outcome:
        return check(read, rules, DEMO_DAY)

    return session.run(book, "check", service, DEMO_DAY, session.How(papers=False))


def typing(book: Path, cells: Mapping[tuple[str, str], Value]) -> None:
    """Type into cells of a closed workbook."""
    saved = book.with_name("typed.xlsx")
    patch(book, saved, [CellEdit(*cell, value) for cell, value in cells.items()])
    saved.replace(book)


@dataclass(frozen=True)
class Desk:
    """The firm's workbook with its faults, nothing of it checked yet."""

    folder: Path
    planted: Sequence[Planted]

    def taken(self, folder: Path, state: Path) -> Path:
        """Return a copy of the workbook for one test, and of the state it belongs to."""
        if (self.folder / "state").exists():
            shutil.copytree(self.folder / "state", state, dirs_exist_ok=True)
        return Path(shutil.copy(self.folder / NAME, folder))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("desk")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("LTC_XL_STATE", str(folder / "state"))
        return Desk(folder, new_firm_book(folder / NAME, "zh", DEMO_DAY).planted)


@pytest.fixture
def book(desk: Desk, tmp_path: Path, own_state_dir: Path) -> Path:
    return desk.taken(tmp_path, own_state_dir)


# ---------------------------------------------------------------- what a check writes

PROBLEMS, TECHNICAL = "问题", "_ltc"
LOOKS = ("开始", "今日", "看板")
"""Sheets of figures: their formulas stay, the values saved with them follow the data."""


def grey_cells(book: Path) -> dict[tuple[str, str], str]:
    """Return some cells that the program computes -> their sheet's table: an amount, a day, a name."""
    read = read_book(book)
    chosen = {
        "lines": read.rows("lines").filter(pl.col("due_on").is_not_null() & (pl.col("received") > 0)),
        "customers": read.rows("customers").filter(pl.col("overdue_amount") > 0),
    }
    codes = {"lines": ("due_on", "received"), "customers": ("overdue_amount",)}
    cells = {(read.cell(name, chosen[name][UID][0], code), name) for name in chosen for code in codes[name]}
    return {cell: name for cell, name in cells if cell}


def written(result: session.Result) -> dict[str, set[str]]:
    """Return sheet -> cells that a check says it wrote: what it set, and the live cells of those rows."""
    cells: dict[str, set[str]] = {}
    for entry in result.changes.sets:
        live = [c.code for c in result.book.tables[entry.table].table.columns if c.live]
        for uid in entry.cells[UID]:
            for code in (entry.column, *live):
                place = result.book.cell(entry.table, uid, code)
                assert place
                cells.setdefault(place[0], set()).add(place[1])
    return cells


def test_everything_outside_the_touched_cells_is_byte_identical(book: Path) -> None:
    erased = grey_cells(book)
    typing(book, dict.fromkeys(erased))
    before = book.with_name("before.xlsx")
    shutil.copy(book, before)
    result = checked(book)
    touched = written(result)
    assert set(erased) <= {(sheet, cell) for sheet, cells in touched.items() for cell in cells}
    book = without_notes(book)
    old, new = packed_parts(before), packed_parts(book)
    assert list(old) == list(new)
    differs = {part for part in old if old[part] != new[part] and xml_of(before, part) != xml_of(book, part)}
    parts = {sheet.name: sheet.part for sheet in Package.open(before).sheets}
    own = {table.part for table in Package.open(before).tables if table.sheet in {PROBLEMS, TECHNICAL}}
    shown = {sheet for sheet in LOOKS if parts[sheet] in differs}
    assert differs == {parts[sheet] for sheet in (*touched, PROBLEMS, TECHNICAL, *shown)} | own
    for sheet in shown:
        formulas = formulas_of(book, sheet)
        assert formulas == formulas_of(before, sheet)
        assert outside(before, parts[sheet], set(formulas)) == outside(book, parts[sheet], set(formulas))
    for sheet, cells in touched.items():
        assert outside(before, parts[sheet], cells) == outside(book, parts[sheet], cells)
    for sheet in (PROBLEMS, TECHNICAL):
        body = table_cells(book, sheet)
        assert outside(before, parts[sheet], body) == outside(book, parts[sheet], body)
    for part in own:
        assert grown(xml_of(before, part)) == grown(xml_of(book, part))


def without_notes(book: Path) -> Path:
    """Return the workbook without the notes of the check; everything else stays, byte for byte."""
    bare, read = book.with_name("bare.xlsx"), read_book(book)
    marked = mark_edits(read, Changes(puts={"findings": read.rows("findings")}))
    assert any(edit.notes for edit in marked)
    report = patch(book, bare, [replace(edit, notes={}) for edit in marked])
    assert report.cells == 0
    return bare


def outside(path: Path, part: str, cells: set[str]) -> str:
    """Return a sheet without some cells, however far its ranges reach down."""
    return grown(sheet_without(xml_of(path, part).encode(), cells).decode())


def grown(xml: str) -> str:
    """Return XML in which a range says no more where it ends."""
    return re.sub(
        r'ref="([A-Z]+\d+)(:[A-Z]+)\d+"',
        r'ref="\1\2"',
        re.sub(r'sqref="([A-Z]+)(\d+)(:\1\d+)?"', r'sqref="\1\2"', xml),
    )


def formulas_of(book: Path, sheet: str) -> dict[str, object]:
    """Return cell -> formula of a sheet."""
    cells = (cell for row in openpyxl.load_workbook(book)[sheet].iter_rows() for cell in row)
    return {cell.coordinate: cell.value for cell in cells if cell.data_type == "f"}


def table_cells(book: Path, sheet: str) -> set[str]:
    """Return the cells of a sheet's table, below its header."""
    (area,) = (table.area for table in Package.open(book).tables if table.sheet == sheet)
    rows = range(area.top + 1, area.bottom + 1)
    return {f"{get_column_letter(c)}{r}" for r in rows for c in range(area.left, area.right + 1)}


def test_the_second_check_leaves_the_bytes(book: Path) -> None:
    typing(book, dict.fromkeys(grey_cells(book)))
    first = checked(book)
    before = book.read_bytes()
    second = checked(book)
    assert (first.commit, second.commit) == (2, None)
    assert book.read_bytes() == before
    assert len(second.outcome.findings) == len(first.outcome.findings)


# ---------------------------------------------------------------- what people made


def with_own_things(book: Workbook) -> None:
    """Add a sheet with a chart, a comment and a colour beside a fault, and a formula."""
    own = book.create_sheet("老板看")
    own.append(["区域", "目标"])
    own.append(["华东", 120])
    own["D1"] = "=SUM(B2:B2)*2"
    chart = BarChart()
    chart.add_data(Reference(own, min_col=2, min_row=1, max_row=2), titles_from_data=True)
    own.add_chart(chart, "F2")
    leads = book["线索"]
    leads["B5"].comment = Comment("周总的同学，别催", "王磊")
    leads["B5"].fill = PatternFill("solid", fgColor="FFFFF2CC")
    leads["F6"].fill = PatternFill("solid", fgColor="FFC6E0B4")


def test_what_people_made_stands_after_the_check_as_before(book: Path) -> None:
    by_openpyxl(book, with_own_things)
    made = Path(shutil.copy(book, book.with_name("made.xlsx")))
    before = packed_parts(made)
    assert checked(book).commit
    after, bare = packed_parts(book), without_notes(book)
    own = [part for part in before if re.search(r"/(charts|drawings|media)|styles|老板看", part)]
    noted = [part for part in before if "comment" in part.lower()]
    assert any("chart" in part for part in own)
    assert {part: after.get(part) for part in own if part not in noted} == {
        part: before[part] for part in own if part not in noted
    }
    assert len(noted) == len(["what is said", "the boxes"])
    assert [xml_of(bare, part) for part in noted] == [xml_of(made, part) for part in noted]
    seen = openpyxl.load_workbook(book)
    assert seen["老板看"]["D1"].value == "=SUM(B2:B2)*2"
    assert [cell.value for cell in seen["老板看"][2]][:2] == ["华东", 120]
    leads = seen["线索"]
    assert leads["B5"].comment.author == "王磊"
    assert leads["B5"].comment.text == "周总的同学，别催"
    assert leads["B5"].fill.fgColor.rgb == "FFFFF2CC"
    assert leads["F6"].fill.fgColor.rgb == "FFC6E0B4"


# ---------------------------------------------------------------- cured

CURES: Mapping[str, Value] = {"V-14": "13812345679", "V-03": 120_000, "V-02": Formula("12000*0.62", 7_440)}


def cured(book: Path, planted: Sequence[Planted]) -> list[Planted]:
    """Type what is right into some faulty cells; return the faults that are gone."""
    read = read_book(book)
    healed = [fault for fault in planted if fault.code in CURES]
    cells = {read.cell(f.table, f.row_id, f.column): CURES[f.code] for f in healed}
    typing(book, {cell: value for cell, value in cells.items() if cell})
    return healed


def marks(book: Path) -> set[str]:
    return set(read_book(book).rows("findings")["mark"].drop_nulls())


def test_cured_cells_lose_their_row_and_their_mark_and_the_others_keep_theirs(book: Path, desk: Desk) -> None:
    checked(book)
    assert marks(book) == {f"{p.row_id}|{p.column}" for p in desk.planted}
    healed = cured(book, desk.planted)
    assert len(healed) == len(CURES)
    checked(book)
    assert marks(book) == {f"{p.row_id}|{p.column}" for p in desk.planted if p not in healed}
    assert not set(CURES) & set(read_book(book).rows("findings")["code"])
    before = book.read_bytes()
    checked(book)
    assert book.read_bytes() == before


FAR = 200
"""So many columns further right the conditions of the marks are written out, for LibreOffice to calculate."""


def mark_conditions(sheet: Worksheet) -> Iterator[tuple[str, str]]:
    """Yield the first cell of every range that can be marked, and the condition as it reads there."""
    for area in sheet.conditional_formatting:
        for rule in area.rules:
            if rule.type == "expression" and "ltc_marks" in rule.formula[0]:
                yield str(area.sqref).partition(":")[0], rule.formula[0]


def write_out_marks(rows: Mapping[str, set[int]], book: Workbook) -> None:
    """Write the conditions of the marks of some rows as formulas far to the right."""
    for name, numbers in rows.items():
        sheet = book[name]
        formulas: dict[tuple[int, int], list[str]] = {}
        for first, condition in mark_conditions(sheet):
            column = range_boundaries(first)[0] or 0
            for row in numbers:
                here = f"{get_column_letter(column)}{row}"
                moved = Translator(f"={condition}", first).translate_formula(here).removeprefix("=")
                formulas.setdefault((row, column), []).append(moved)
        for (row, column), conditions in formulas.items():
            sheet.cell(row, column + FAR, f"=OR({','.join(conditions)})")


def marked(book: Path, rows: Mapping[str, set[int]]) -> Cells:
    """Return the cells of some rows that show a mark, as LibreOffice has calculated."""
    seen = openpyxl.load_workbook(book, data_only=True)
    return {
        (name, f"{get_column_letter(cell.column - FAR)}{row}")
        for name, numbers in rows.items()
        for row in numbers
        for cell in seen[name][row]
        if cell.value is True and cell.column > FAR
    }


def places(book: Path, faults: Sequence[Planted]) -> Cells:
    """Return where the faulty cells stand."""
    read = read_book(book)
    cells = {read.cell(f.table, f.row_id, f.column) for f in faults}
    return {cell for cell in cells if cell}


def rows_of(cells: Cells) -> dict[str, set[int]]:
    rows: dict[str, set[int]] = {}
    for sheet, address in cells:
        rows.setdefault(sheet, set()).add(int(re.sub(r"\D", "", address)))
    return rows


@pytest.mark.needs_program("soffice")
def test_marks_show_exactly_the_faulty_cells_wherever_they_were_sorted_to(
    book: Path, desk: Desk, tmp_path: Path
) -> None:
    """The conditions of the formats, as they stand in the file, calculated by LibreOffice."""
    checked(book)
    healed = cured(book, desk.planted)
    checked(book)
    by_openpyxl(book, sorted_backwards)
    rows = rows_of(places(book, desk.planted))
    by_openpyxl(book, lambda held: write_out_marks(rows, held))
    result = saved_by_libreoffice(book, tmp_path / "profile", tmp_path / "out")
    assert marked(result, rows) == places(book, [p for p in desk.planted if p not in healed])


# ---------------------------------------------------------------- notes


def notes(book: Path) -> dict[tuple[str, str], str]:
    """Return cell -> what its note says, as openpyxl sees them."""
    sheets = openpyxl.load_workbook(book).worksheets
    cells = [(sheet.title, cell) for sheet in sheets for row in sheet.iter_rows() for cell in row]
    return {(title, cell.coordinate): cell.comment.text for title, cell in cells if cell.comment}


def test_every_faulty_cell_has_a_note_that_goes_when_it_is_cured(book: Path, desk: Desk) -> None:
    checked(book)
    found = read_book(book).rows("findings")
    said = dict(zip(found["mark"], found["found"], strict=True))
    read = read_book(book)
    placed = {f"{p.row_id}|{p.column}": read.cell(p.table, p.row_id, p.column) for p in desk.planted}
    faulty = {mark: cell for mark, cell in placed.items() if cell}
    shown = notes(book)
    assert set(shown) == set(faulty.values())
    assert all(said[mark] in shown[cell] for mark, cell in faulty.items())
    healed = cured(book, desk.planted)
    gone = places(book, healed)
    checked(book)
    assert set(notes(book)) == set(faulty.values()) - gone


def test_edges_that_somebody_cleared_are_back_after_the_next_run_and_no_commit_speaks_of_it(
    book: Path,
) -> None:
    first = checked(book)

    def cleared(held: Workbook) -> None:
        held["线索"].conditional_formatting = ConditionalFormattingList()

    by_openpyxl(book, cleared)
    lost = read_book(book)
    assert [n for n, held in lost.tables.items() if held.place and not held.place.marked] == ["leads"]
    second = checked(book)
    assert (first.commit, second.commit) == (2, None)
    mended = read_book(book)
    assert all(held.place.marked for held in mended.tables.values() if held.place)
    sheet = openpyxl.load_workbook(book)["线索"]
    assert isinstance(sheet, Worksheet)
    assert len(list(mark_conditions(sheet))) == len(lost.tables["leads"].table.columns_of("starter")) + 1
    before = book.read_bytes()
    assert checked(book).commit is None
    assert book.read_bytes() == before
