"""The pandera schema of every table, made from the model: what each cell must be on its own."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from functools import partial

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from ltc_xl.model.calendar import add_months
from ltc_xl.model.enums import enums
from ltc_xl.model.finding import Finding
from ltc_xl.model.tables import UID, Column, Table, When
from ltc_xl.rules.case import Case
from ltc_xl.rules.formats import FORMATS, Rule, values_that_fail

FIRST_DAY = date(2000, 1, 1)
YEARS_AHEAD = 10
Lists = Mapping[str, Collection[str]]
"""Name of a list -> the codes its cells may hold."""
_WHEN_CODES: Mapping[str, str] = {"in": "K-02", "filled": "K-03", "blank": "K-04"}


def check_cells(case: Case) -> list[Finding]:
    """Report cells that are blank but required, out of range, not in their list, or of a wrong format."""
    lists = listed_words(case)
    return [
        finding
        for held in case.book.tables.values()
        if held.rows.height
        for finding in _cell_findings(case, held.table, lists)
    ]


def _cell_findings(case: Case, model: Table, lists: Lists) -> Iterator[Finding]:
    """Yield one finding per failing cell, with what its sentence names."""
    rows = case.book.rows(model.name)
    schema = schema_of(model, _on_sheet(case, model), case.as_of, lists)
    for code, name, uid, value, row in failures(schema, rows).iter_rows():
        column = model.by_code[name]
        values = (
            _condition(model, column, rows, row) if code in _WHEN_CODES.values() else _bounds(column, value)
        )
        yield Finding(code, model.name, uid, name, values)


def _on_sheet(case: Case, model: Table) -> list[str]:
    """Return the columns that the sheet has: one that is not there is one problem, not one per row."""
    place = case.book.place(model.name)
    return [column.code for column in model.columns if place is None or column.code in place.columns]


def _condition(model: Table, column: Column, rows: pl.DataFrame, row: int) -> dict[str, object]:
    """Return why the column is required in a row: the columns it depends on, and what stands in the first."""
    names = column.required_when.columns if column.required_when else ()
    return {"when": list(names), "list": model.by_code[names[0]].enum, "actual": rows[names[0]][row]}


def _bounds(column: Column, value: str | None) -> dict[str, object]:
    """Return what stands in a cell and the bounds of its column."""
    return {"found": value or "", "least": column.min, "most": column.max}


def listed_words(case: Case) -> Lists:
    """Return list -> codes that its cells may hold: the model's and those the firm added in 选项."""
    added = case.rows("choices").drop_nulls(["set", "code"]).group_by("set").agg("code")
    own = dict(added.iter_rows())
    return {name: [word.code for word in known] + own.get(name, []) for name, known in enums().items()}


def failures(schema: pa.DataFrameSchema, rows: pl.DataFrame) -> pl.DataFrame:
    """Return every cell that fails on its own: ``code``, ``column``, ``_uid``, ``value`` as text, ``row``."""
    nothing = pl.DataFrame(
        schema=dict.fromkeys(("code", "column", UID, "value"), pl.String) | {"row": pl.Int64}
    )
    if rows.is_empty():
        return nothing
    try:
        schema.validate(rows, lazy=True)
    except SchemaErrors as failed:
        cases: pl.DataFrame = failed.failure_cases
    else:
        return nothing
    if cases["index"].null_count():
        raise TypeError(str(cases.filter(pl.col("index").is_null())))
    uids = rows.select(UID).with_row_index("index").cast({"index": pl.Int64})
    placed = cases.cast({"index": pl.Int64}).join(uids, on="index", maintain_order="left")
    return placed.select(code="check", column="column", _uid=UID, value="failure_case", row="index")


def schema_of(model: Table, columns: Collection[str], as_of: date, lists: Lists) -> pa.DataFrameSchema:
    """Return the schema of a table: every column that must be something, its checks named by finding code.

    Nothing is coerced: the reader did that, cell by cell.
    """
    checked = (
        (column, list(_checks(column, model, as_of, lists)))
        for column in model.columns
        if column.code in columns and not column.live
    )
    return pa.DataFrameSchema(
        {column.code: pa.Column(column.dtype, checks, nullable=True) for column, checks in checked if checks},
        coerce=False,
    )


def _checks(column: Column, model: Table, as_of: date, lists: Lists) -> Iterator[pa.Check]:
    value = pl.col(column.code)
    if column.required:
        yield _check("K-01", value.is_not_null())
    if column.required_when:
        when = column.required_when
        yield _check(_WHEN_CODES[when.test], value.is_not_null() | ~_applies(when))
    if column.min is not None:
        yield _check("V-11", value >= column.min)
    if column.max is not None:
        yield _check("V-12", value <= column.max)
    if column.enum:
        yield _check("V-06", value.is_in(list(lists[column.enum])))
    if column.type == "date" and column.typed and model.group == "work":
        latest = add_months(as_of, 12 * YEARS_AHEAD)
        yield _check("V-18", value.is_between(FIRST_DAY, latest))
    yield from _format_checks(column)


def _check(code: str, holds: pl.Expr) -> pa.Check:
    """Return a check of one column; what is blank passes unless the expression says otherwise."""
    return pa.Check(lambda data: data.lazyframe.select(holds.fill_null(value=True)), error=code)


def _applies(when: When) -> pl.Expr:
    columns = [pl.col(name) for name in when.columns]
    if when.test == "in":
        return columns[0].is_in(when.codes).fill_null(value=False)
    if when.test == "filled":
        return columns[0].is_not_null()
    return pl.all_horizontal(column.is_null() for column in columns)


def _format_checks(column: Column) -> Iterator[pa.Check]:
    for rule in FORMATS.get(column.format or "", ()):
        yield pa.Check(partial(_holds, rule), error=rule.code)


def _holds(rule: Rule, data: pa.PolarsData) -> pl.LazyFrame:
    frame = data.lazyframe.select(data.key)
    wrong = values_that_fail(frame.collect().to_series(), rule)
    return frame.select(~pl.col(data.key).is_in(wrong.implode()).fill_null(value=False))
