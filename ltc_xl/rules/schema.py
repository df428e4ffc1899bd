"""The pandera schema of a table: its cell checks as a declaration that other programs can read and run.

``check --level strict`` runs it; the everyday check runs the masks of ``cell_masks``, which find the same.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from ltc_xl.rules.cell_checks import CellCheck


def schema_of(checks: Sequence[CellCheck]) -> pa.DataFrameSchema:
    """Return the schema of a table: every column that must be something, each check named by its place.

    Nothing is coerced: the reader did that, cell by cell.
    """
    numbered = groupby(enumerate(checks), key=lambda each: each[1].column)
    return pa.DataFrameSchema(
        {
            column.code: pa.Column(column.dtype, list(_checks(group)), nullable=True)
            for column, group in numbered
        },
        coerce=False,
    )


def _checks(numbered: Iterable[tuple[int, CellCheck]]) -> Iterator[pa.Check]:
    for place, check in numbered:
        yield pa.Check(_passes(~check.fails), error=str(place))


def _passes(holds: pl.Expr) -> Callable[[pa.PolarsData], pl.LazyFrame]:
    """Return a check as pandera calls it; it copies what it is given, and functions are not copied."""
    return lambda data: data.lazyframe.select(holds)


def schema_failures(checks: Sequence[CellCheck], rows: pl.DataFrame) -> pl.DataFrame:
    """Return every cell that fails on its own: the place of its ``check``, and the ``row`` of the frame."""
    nothing = pl.DataFrame(schema={"check": pl.UInt32, "row": pl.UInt32})
    if rows.is_empty() or not checks:
        return nothing
    try:
        schema_of(checks).validate(rows, lazy=True)
    except SchemaErrors as failed:
        cases: pl.DataFrame = failed.failure_cases
    else:
        return nothing
    if cases["index"].null_count():
        raise TypeError(str(cases.filter(pl.col("index").is_null())))
    return cases.select(check=pl.col("check").cast(pl.UInt32), row=pl.col("index").cast(pl.UInt32))
