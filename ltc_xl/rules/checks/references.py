"""References: what a cell names exists in the other table."""

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from ltc_xl.model.finding import Finding, findings
from ltc_xl.model.tables import Column, Ref, Table, table
from ltc_xl.rules.aliases import aliases
from ltc_xl.rules.case import Case
from ltc_xl.rules.names import proposals


def check_references_exist(case: Case) -> list[Finding]:
    """Report cells that name what the other table lacks, with the nearest name (K-06) or without (K-07)."""
    found = [
        finding
        for held in case.book.tables.values()
        for column, ref in _references(held.table)
        for finding in _unknown(case, held.table, column, ref)
    ]
    return [*found, *_asked_for(case)]


def _asked_for(case: Case) -> Iterator[Finding]:
    """Yield cells that name what the table lacks to which 字段 has them refer."""
    for held in case.book.tables.values():
        for demand in case.fields.of(held.table.name).values():
            if demand.ref and demand.ref != demand.column.ref:
                for finding in _unknown(case, held.table, demand.column, demand.ref):
                    yield replace(finding, values={**finding.values, "asked": demand.asked})


def _references(model: Table) -> Iterator[tuple[Column, Ref]]:
    yield from ((column, column.ref) for column in model.columns if column.ref)


def in_use(case: Case, name: str) -> bool:
    """Return whether cells must name a row of a table: always, but for lists that a firm has not filled."""
    optional = table(name).group == "rule" or table(name).profile != "starter"
    return not optional or case.rows(name).height > 0


def _unknown(case: Case, model: Table, column: Column, ref: Ref) -> list[Finding]:
    if not in_use(case, ref.table):
        return []
    known = case.rows(ref.table)[ref.column].drop_nulls().unique()
    rows = case.rows(model.name).filter(~pl.col(column.code).is_in(known.implode()))
    if rows.is_empty():
        return []
    near = _nearest(case, ref, rows[column.code].unique().sort())
    told = rows.with_columns(
        found=pl.col(column.code),
        target=pl.lit(ref.table),
        proposal=pl.col(column.code).replace_strict(near, default=None, return_dtype=pl.String),
    )
    alike = pl.col("proposal").is_not_null()
    return [
        *findings("K-06", model.name, told.filter(alike), column.code, ["found", "target", "proposal"]),
        *findings("K-07", model.name, told.filter(~alike), column.code, ["found", "target"]),
    ]


def _nearest(case: Case, ref: Ref, values: pl.Series) -> dict[str, str]:
    """Return value -> the nearest name of the other table; a customer is also known by its aliases."""
    known = case.rows(ref.table).drop_nulls(ref.column)
    choices = {name: name for name in known[ref.column]}
    if "aliases" in known.columns:
        choices |= {alias: name for name, alias in aliases(known).iter_rows()} | choices
    found = proposals(values, choices)
    exact = {value: choices[value] for value in values if value in choices}
    return exact | {value: choices[proposal.name] for value, proposal in found.items()}


CHECKS = (check_references_exist,)
