"""The store's memory of the firms' own columns: texts that come back as what they were, where they fit."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from ltc_xl.model.own_columns import own_columns
from ltc_xl.model.tables import UID, Table, table
from ltc_xl.store import Store, schema
from ltc_xl.store.own_cells import with_own_cells, write_own_cells

CODE = "x_自家"
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "TEXT": st.text(min_size=1),
    "CODE": st.text(min_size=1),
    "MONEY": st.decimals(-(10**15), 10**15, places=2),
    "NUMBER": st.decimals(-(10**13), 10**13, places=4),
    "RATE": st.decimals(0, 1, places=8),
    "INTEGER": st.integers(-(2**62), 2**62),
    "DATE": st.dates(date(1900, 1, 1), date(2200, 1, 1)),
    "DATETIME": st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)),  # noqa: DTZ001  cells know no zones
    "YES_NO": st.booleans(),
}


def leads_with(type_: str) -> Table:
    """Return the table of leads with a declared column."""
    row = {"table": "LEADS", "field": "自家", "type": type_}
    blank = dict.fromkeys(("label_zh", "label_en", "is_personal", "hint_zh", "hint_en", "choices"))
    rows = pl.DataFrame([{**row, **blank}], schema=dict.fromkeys((*row, *blank), pl.String))
    return table("leads").with_more(own_columns(rows)["leads"])


def kept(type_: str, values: list[object], read_as: str | None = None) -> list[object]:
    """Return what a store gives back of a column, declared as the same or as another type."""
    owner, uids = leads_with(type_), [f"u{n}" for n in range(len(values))]
    value = pl.Series("value", values, dtype=owner.by_code[CODE].dtype)
    cells = pl.DataFrame([pl.Series(UID, uids, pl.String), value])
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        schema.own_cells().create(connection)
        write_own_cells(connection, ("firm", "leads"), CODE, cells)
        rows = with_own_cells(connection, "firm", leads_with(read_as or type_), cells.select(UID))
        others = with_own_cells(connection, "another", owner, cells.select(UID))
    assert others[CODE].null_count() == len(values)
    return rows[CODE].to_list()


@pytest.mark.parametrize("type_", VALUES)
def test_what_is_kept_comes_back_as_it_was(type_: str) -> None:
    @settings(deadline=None, max_examples=25)
    @given(st.lists(st.none() | VALUES[type_], max_size=8))
    def holds(values: list[object]) -> None:
        assert kept(type_, values) == values

    holds()


def test_a_value_that_another_type_cannot_take_reads_as_blank() -> None:
    assert kept("TEXT", ["甲", "12", "2026-04-30"], "NUMBER") == [None, Decimal("12.0000"), None]
    assert kept("TEXT", ["甲", "12", "2026-04-30"], "DATE") == [None, None, date(2026, 4, 30)]
    assert kept("TEXT", ["甲", "true", "false"], "YES_NO") == [None, True, False]
    assert kept("NUMBER", [Decimal("12.5")], "TEXT") == ["12.5000"]


def test_a_store_of_a_version_that_knew_no_own_columns_is_given_their_table(tmp_path: Path) -> None:
    file = tmp_path / "firm.sqlite"
    Store(file, "firm").close()
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        schema.own_cells().drop(connection)
    store = Store(file, "firm")
    assert store.rows(leads_with("TEXT"))[CODE].to_list() == []
    store.close()
