"""Keys: every row can be told from every other."""

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from ltc_xl.model.finding import Finding, findings
from ltc_xl.model.ids import has_check_letter, is_business_number
from ltc_xl.model.tables import ROW, UID, Table
from ltc_xl.rules.case import Case
from ltc_xl.rules.name_keys import name_key

SHOWN_ROWS = 5
_NUMBER = r"^[A-Z]{1,3}-[A-Z0-9]{2,4}-\d{4,}[A-Z]$"


def _key_columns(model: Table) -> Iterator[str]:
    yield from dict.fromkeys(name for name in (model.key, model.numbered) if name)


def check_values_are_unique(case: Case) -> list[Finding]:
    """Report values that stand in several rows of a column that 字段 wants unique (K-05)."""
    return [
        replace(finding, values={**finding.values, "asked": demand.asked})
        for held in case.book.tables.values()
        for code, demand in case.fields.of(held.table.name).items()
        if demand.is_unique and code not in _key_columns(held.table)
        for finding in _repeated(held.table, case.rows(held.table.name), code)
    ]


def check_keys_are_unique(case: Case) -> list[Finding]:
    """Report keys that stand in several rows: typed ones (K-05), and the program's, copied along (K-09)."""
    return [
        finding
        for held in case.book.tables.values()
        for key in _key_columns(held.table)
        for finding in _repeated(held.table, case.rows(held.table.name), key)
    ]


def _repeated(model: Table, rows: pl.DataFrame, key: str) -> list[Finding]:
    repeated = rows.filter(pl.col(key).is_not_null() & pl.col(key).is_duplicated())
    copied = model.by_code[key].by == "program"
    return findings(
        "K-09" if copied else "K-05", model.name, with_others(repeated, key), key, ["found", "rows"]
    )


def with_others(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    """Return rows that share a key with ``rows``, the sheet rows of the others, and ``found``, the key."""
    places = rows.select(key, pl.col(ROW).alias("rows"), pl.col(UID).alias("other"))
    places = places.sort("rows").group_by(key, maintain_order=True).head(SHOWN_ROWS + 1)
    others = (
        rows.select(key, UID)
        .join(places, on=key)
        .filter(pl.col(UID) != pl.col("other"))
        .group_by(UID)
        .agg(pl.col("rows").sort().head(SHOWN_ROWS))
    )
    return rows.join(others, on=UID, maintain_order="left").with_columns(found=pl.col(key))


def check_customers_differ_by_more_than_typing(case: Case) -> list[Finding]:
    """Report customers whose names differ only in width, case, blanks, brackets (K-08)."""
    named = case.rows("customers").drop_nulls("name").with_columns(key=name_key(pl.col("name")))
    alike = named.filter(pl.col("key").is_duplicated() & pl.col("name").is_unique())
    return findings("K-08", "customers", with_others(alike, "key"), "name", ["name", "rows"])


def check_business_numbers_are_ours(case: Case) -> list[Finding]:
    """Report business numbers whose check letter is wrong: filled down or typed, not given (K-10)."""
    found = []
    for held in case.book.tables.values():
        column = held.table.numbered
        if column is None or not held.rows.height:
            continue
        doubtful = held.rows.filter(pl.col(column).str.contains(_NUMBER) & ~_plainly_right(pl.col(column)))
        wrong = [number for number in doubtful[column].unique() if not is_business_number(number)]
        rows = doubtful.filter(pl.col(column).is_in(wrong)).with_columns(found=pl.col(column))
        found += findings("K-10", held.table.name, rows, column, ["found"])
    return found


def _plainly_right(number: pl.Expr) -> pl.Expr:
    """Return whether a number is ours at first sight; the rest is judged one by one."""
    return has_check_letter(number) & number.str.contains(r"-(\d{4}|[1-9]\d{4,})[A-Z]$")


CHECKS = (
    check_keys_are_unique,
    check_values_are_unique,
    check_customers_differ_by_more_than_typing,
    check_business_numbers_are_ours,
)
