"""Foreign tables for tests of imports, written as they would be typed."""

import polars as pl
from conftest import pipe_rows

from ltc_xl.imports.raw import LINE, RawTable


def raw_of(text: str, name: str = "file.csv") -> RawTable:
    """Return a pipe table as a file that was read; '' is a blank cell, the header stands in row 1."""
    rows = list(pipe_rows(text))
    header = tuple(rows[0])
    cells = {h: pl.Series([row[h] or None for row in rows], dtype=pl.String) for h in header}
    lines = pl.int_range(2, len(rows) + 2, dtype=pl.UInt32, eager=True)
    return RawTable(name, header, pl.DataFrame({**cells, LINE: lines}), digest=text)
