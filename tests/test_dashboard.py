"""What the figures of the dashboard mean; that Excel's formulas mean the same is for test_recalculation."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from filled import filled_rows
from openpyxl import load_workbook

from ltc_xl import rollout
from ltc_xl.model.book import Book
from ltc_xl.model.tables import tables_of
from ltc_xl.workbook import build_book, look_edits, patch, read_book
from ltc_xl.workbook.builder.measures import KPIS, frames_of
from ltc_xl.workbook.edits import CachedValue, CellEdit, Edit, Formula

AS_OF = date(2026, 11, 21)


def figure(key: str, book: Book) -> float | str:
    """Return one figure of the dashboard."""
    rows = {model.name: book.rows(model.name) for model in tables_of("starter")}
    return next(kpi for kpi in KPIS if kpi.key == key).figure.value(frames_of(rows, AS_OF, "zh"))


def test_the_weighted_pipeline_is_open_amounts_times_win_rates_in_the_firms_currency(book: Book) -> None:
    """
    opportunities
    | name | stage       | amount  | probability | currency |
    | a    | NEGOTIATING | 1000.00 | 0.60        |          |
    | b    | SIGNING     |  500.00 | 0.85        | CNY      |
    | c    | SIGNING     |  900.00 | 0.85        | USD      |
    | d    | WON         |  700.00 | 1.00        |          |
    | e    | VALIDATING  |         | 0.10        |          |
    """
    assert figure("weighted_amount", book) == pytest.approx(1025.0)
    assert figure("open_amount", book) == 1500.0


def test_the_win_rate_is_won_over_won_and_lost_and_a_dash_before_the_first(book: Book) -> None:
    """
    opportunities
    | name | stage   |
    | a    | WON     |
    | b    | LOST    |
    | c    | LOST    |
    | d    | DROPPED |
    """
    assert figure("win_rate", book) == pytest.approx(1 / 3)
    assert figure("win_rate", Book("")) == "-"


def test_overdue_counts_lines_of_the_ledger_past_their_due_day(book: Book) -> None:
    """
    lines
    | item     | amount | recognised_on | due_on     | received |
    | PREPAY   | 100.00 | 2026-10-01    | 2026-11-20 |    40.00 |
    | DELIVERY | 200.00 | 2026-10-01    | 2026-11-21 |          |
    | PROGRESS | 400.00 | 2026-12-01    | 2026-01-01 |          |
    | OTHER    | 800.00 |               | 2026-01-01 |          |
    """
    assert figure("overdue_amount", book) == 60.0
    assert figure("receivable_amount", book) == 260.0


def test_signed_this_year_leaves_out_drafts_frames_and_last_year(book: Book) -> None:
    """
    contracts
    | contract_no | gross  | signed_on  | state      | kind    |
    | a           | 100.00 | 2026-01-01 | DELIVERING | ONE_OFF |
    | b           | 200.00 | 2026-02-01 | DRAFT      | ONE_OFF |
    | c           | 400.00 | 2026-02-01 | SIGNED     | FRAME   |
    | d           | 800.00 | 2025-12-31 | CLOSED     | ORDER   |
    | e           |  50.00 | 2026-03-01 | VOID       | ONE_OFF |
    | f           |  25.00 | 2026-03-01 | CLOSED     |         |
    """
    assert figure("signed_amount", book) == 125.0


def cells_of(edits: Sequence[Edit]) -> list[CellEdit]:
    """Return the edits of single cells: the figures."""
    return [edit for edit in edits if isinstance(edit, CellEdit)]


def unlike(path: Path, edits: Sequence[Edit]) -> dict[tuple[str, str], tuple[object, object]]:
    """Return the figures that a file shows otherwise: what it shows, and what it shall."""
    book = load_workbook(path, data_only=True)
    found: dict[tuple[str, str], tuple[object, object]] = {}
    for edit in cells_of(edits):
        assert isinstance(edit.value, CachedValue)
        shown, wanted = book[edit.sheet][edit.address].value, edit.value.value
        if (shown or "") != wanted and shown != pytest.approx(wanted, abs=1e-9):
            found[edit.sheet, edit.address] = (shown, wanted)
    return found


@pytest.fixture
def built(tmp_path: Path) -> Path:
    path = tmp_path / "built.xlsx"
    build_book(path, **rollout.new(lang="zh", site="SH", store_id="", as_of=AS_OF, rows=filled_rows(AS_OF)))
    return path


def test_a_new_workbook_shows_its_figures_as_they_are(built: Path) -> None:
    assert unlike(built, look_edits(built, read_book(built), AS_OF)) == {}


def test_figures_follow_the_rows_and_then_stand(built: Path, tmp_path: Path) -> None:
    book = read_book(built)
    fewer = book.with_rows("leads", book.rows("leads").head(20))
    edits = look_edits(built, fewer, AS_OF)
    assert unlike(built, edits)["看板", "B5"] == (18, 14)
    after = tmp_path / "after.xlsx"
    patch(built, after, edits)
    assert unlike(after, look_edits(after, fewer, AS_OF)) == {}


def test_an_emptied_sheet_of_buckets_leaves_the_figures_as_they_stand(built: Path) -> None:
    book = read_book(built)
    emptied = book.with_rows("buckets", book.rows("buckets").clear())
    assert {edit.sheet for edit in cells_of(look_edits(built, emptied, AS_OF))} == {"开始", "看板", "_lists"}


def test_a_formula_of_the_firms_own_is_left_alone(built: Path, tmp_path: Path) -> None:
    book, own = read_book(built), tmp_path / "own.xlsx"
    patch(built, own, [CellEdit("看板", "B5", Formula("1+1", 2))])
    edits = look_edits(own, book.with_rows("leads", book.rows("leads").clear()), AS_OF)
    assert ("看板", "B5") not in {(edit.sheet, edit.address) for edit in cells_of(edits)}
    assert cells_of(edits)
