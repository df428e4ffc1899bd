"""A small firm's workbook for tests of the session: what people type, and what book and store then say."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
from conftest import typed_rows

from ltc_xl import rollout
from ltc_xl.check import check
from ltc_xl.model.book import Book
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.tables import UID
from ltc_xl.session import How, Result, new_book, run, save_typed
from ltc_xl.store import Store, identity_of, state_dir, tracked
from ltc_xl.workbook import AppendRows, CellEdit, DeleteRows
from ltc_xl.workbook.read import read_book

DAY = date(2026, 4, 30)
CUSTOMERS = "| name |\n| 恒远 |\n| 衡达 |"
DEALS = """
| name | customer | owner | stage      | amount    | expected_close | next_step |
| 柜一 | 恒远     | 王芳  | VALIDATING |           |                | 电话      |
| 柜二 | 衡达     | 王芳  | VALIDATING | 100000.00 | 2026-06-01     | 电话      |
"""
State = Mapping[str, list[str]]


def made(path: Path) -> Path:
    """Make the workbook and check it once: everything in it is committed."""
    rows = {
        "opportunities": typed_rows("opportunities", DEALS),
        "customers": typed_rows("customers", CUSTOMERS),
    }
    new_book(path, rollout.new(lang="zh", site="SH", store_id="", as_of=DAY, rows=rows))
    checked(path)
    return path


def checked(path: Path, **how: object) -> Result:
    """Run a check that writes its Problems sheet."""
    return ran(path, "check", shows_problems=True, **how)


def ran(path: Path, command: str = "other", **how: object) -> Result:
    """Run a check, or a command that wants nothing."""

    def service(book: object, rules: object) -> Outcome:
        return check(book, rules, DAY) if command == "check" else Outcome()  # type: ignore[arg-type]  # as it is called

    return run(path, command, service, DAY, How(**{"papers": False, **how}))  # type: ignore[arg-type]  # How's own fields


def typing(path: Path, name: str, uid: str, **cells: str | float | Decimal | date | None) -> None:
    """Type into cells of a row, as a person would in Excel."""

    def edits(book: Book) -> list[CellEdit]:
        places = {code: book.cell(name, uid, code) for code in cells}
        return [CellEdit(*place, cells[code]) for code, place in places.items() if place]

    save_typed(path, edits)


def appending(path: Path, table: str, **cells: str) -> None:
    """Type a new row, by header."""
    save_typed(path, lambda _book: [AppendRows(table, [cells])])


def deleting(path: Path, name: str, uid: str) -> None:
    """Delete a row on its sheet."""

    def edits(book: Book) -> list[DeleteRows]:
        held = book.tables[name]
        return [DeleteRows(held.table.excel, [held.row_of[uid]])]

    save_typed(path, edits)


def store_of(path: Path) -> Store:
    """Open the store of a workbook."""
    known = identity_of(read_book(path))
    return Store(state_dir() / f"{known.store_id}.sqlite", known.store_id)


def forgetting(path: Path, name: str) -> None:
    """Leave the store as it would be if a rule sheet had been wrong from the first day."""
    store = store_of(path)
    store.close()
    with closing(sqlite3.connect(store.file)) as db, db:
        db.execute("DELETE FROM rule_version WHERE rule_set = ?", [name])


def state(path: Path) -> State:
    """Return every row of every state table as text."""
    store = store_of(path)
    rows = {owner.name: sorted(map(str, store.rows(owner.name).rows())) for owner in tracked()}
    store.close()
    return rows


def cells(path: Path) -> State:
    """Return every row of every sheet as text, without its place; not what the hidden sheet tells of runs."""
    book = read_book(path)
    return {
        name: sorted(map(str, held.rows.drop("_row", *([UID] if held.table.by_program else [])).rows()))
        for name, held in book.tables.items()
        if name != "meta"
    }


def stages(path: Path) -> list[object]:
    """Return the stages as the sheet shows them, and as the store holds them."""
    store = store_of(path)
    held = store.rows("opportunities").sort("name")["stage"].to_list()
    store.close()
    return [read_book(path).rows("opportunities").sort("name")["stage"].to_list(), held]


def problems(path: Path) -> list[tuple[str, str]]:
    """Return code and mark of the stages that wait on the Problems sheet."""
    rows = read_book(path).rows("findings").filter(pl.col("code").str.starts_with("T-"))
    return rows.select("code", "mark").rows()


def wishes(path: Path) -> Sequence[tuple[str, str, str | None]]:
    """Return code, wanted stage and end of every wish, oldest first."""
    store = store_of(path)
    told = [(one.wish.code, one.wish.wanted, one.closed_why) for one in store.wishes()]
    store.close()
    return told
