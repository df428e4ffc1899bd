"""Cells on their own: filled where they must be, within bounds, of their list and format."""

from collections.abc import Collection, Iterator, Mapping

import polars as pl

from ltc_xl.model.book import BookTable
from ltc_xl.model.enums import enums
from ltc_xl.model.finding import Finding
from ltc_xl.model.tables import UID
from ltc_xl.rules.as_written import as_written
from ltc_xl.rules.case import Case
from ltc_xl.rules.cell_checks import CellCheck, Lists, cell_checks
from ltc_xl.rules.cell_masks import mask_failures


def check_cells(case: Case) -> list[Finding]:
    """Report cells that are blank but required, out of range, not in their list, or of a wrong format."""
    lists = listed_words(case)
    return [
        finding
        for held in case.book.tables.values()
        if held.rows.height
        for finding in _found(checks_of(case, held, lists), held, thorough=case.thorough)
    ]


def checks_of(case: Case, held: BookTable, lists: Lists) -> list[CellCheck]:
    """Return what must hold of the cells of a table, as the firm has it."""
    name = held.table.name
    return cell_checks(held.table, _on_sheet(held), case.as_of, lists, case.fields.of(name))


def _on_sheet(held: BookTable) -> Collection[str]:
    """Return the columns that the sheet has: one that is not there is one problem, not one per row."""
    return held.table.by_code if held.place is None else held.place.columns


def listed_words(case: Case) -> Lists:
    """Return list -> codes that its cells may hold: the model's and those the firm added in 选项."""
    added = case.rows("choices").drop_nulls(["set", "code"]).group_by("set").agg("code")
    own = dict(added.iter_rows())
    return {name: [word.code for word in known] + own.get(name, []) for name, known in enums().items()}


def _found(checks: list[CellCheck], held: BookTable, *, thorough: bool) -> Iterator[Finding]:
    """Yield one finding per failing cell, with what its sentence names."""
    if thorough:
        from ltc_xl.rules.schema import schema_failures  # pandera takes a while to import

        failing = schema_failures(checks, held.rows)
    else:
        failing = mask_failures(checks, held.rows)
    yield from found_cells(checks, failing, held)


def found_cells(checks: list[CellCheck], failing: pl.DataFrame, held: BookTable) -> Iterator[Finding]:
    """Yield a finding for each cell that fails a check: ``check`` and ``row`` of the rows of a table."""
    for (place,), part in failing.group_by("check", maintain_order=True):
        check = checks[int(str(place))]
        names = dict.fromkeys((UID, check.column.code, *(check.when.columns if check.when else ())))
        rows = held.rows.select(list(names))[part["row"]]
        told = _why(check, held, rows) if check.when else _besides(check, rows)
        for uid, values in zip(rows[UID].to_list(), told, strict=True):
            yield Finding(check.code, held.table.name, uid, check.column.code, values)


def _besides(check: CellCheck, rows: pl.DataFrame) -> Iterator[Mapping[str, object]]:
    """Yield what stands in each cell, and what it must be."""
    values = rows[check.column.code]
    texts = values.cast(pl.String).fill_null("").to_list()
    if values.dtype.is_decimal():
        texts = [
            str(as_written(check.column, value) or text) for value, text in zip(values, texts, strict=True)
        ]
    yield from ({"found": text, **check.told} for text in texts)


def _why(check: CellCheck, held: BookTable, rows: pl.DataFrame) -> Iterator[Mapping[str, object]]:
    """Yield why a column is required in each row: the columns it depends on, what stands in the first."""
    names = check.when.columns if check.when else ()
    told = {"when": list(names), "list": held.table.by_code[names[0]].enum}
    yield from ({**told, "actual": value} for value in rows[names[0]].to_list())
