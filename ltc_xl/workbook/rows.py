"""The rows of one table: which rows there are, their values, their identities, what could not be read."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from ltc_xl.model.book import BookTable, Place
from ltc_xl.model.finding import Finding
from ltc_xl.model.ids import mint_uids
from ltc_xl.model.own_columns import is_own
from ltc_xl.model.tables import ROW, UID, Column, Table
from ltc_xl.workbook.binding import Bound
from ltc_xl.workbook.coerce import NUMBER_FOR_TEXT, Reading, Typed, typed
from ltc_xl.workbook.grid import TEXT

_UID_COLUMN = Column(UID, UID, UID, "text")
_OWN_COLUMN = Column("", "", "", "rule")
_TOTAL_WORDS = ("合计", "总计", "小计", "total", "subtotal", "grand total")


@dataclass(frozen=True)
class TableRead:
    """A table as read; findings and unread cells only where somebody types."""

    table: BookTable
    findings: tuple[Finding, ...]
    unread: frozenset[tuple[str, str, str]]


def table_read(bound: Bound, cells: pl.DataFrame, reading: Reading, limit: int) -> TableRead:
    """Return the rows of a table.

    Args:
        bound: where it stands.
        cells: the cells of its columns, on the whole sheet.
        reading: the book's ways.
        limit: the last row that can belong to it; below stands something else.
    """
    model = bound.table
    held = cells.filter(pl.col("row").is_between(bound.first_row, limit) & _shows_something())
    rows = _rows(bound, held)
    columns = _typed(_wanted(bound), held, rows, reading)
    own = _typed(_own(bound), held, rows, reading)
    uids, is_fresh = _identities(columns.pop(UID, None), rows.len())
    values = {code: column.values for code, column in columns.items()}
    if model.numbered in values:
        values[model.numbered] = _own_numbers(values[model.numbered], is_fresh)
    table = BookTable(
        model,
        _frame(model, values, uids, rows),
        _place(bound, rows),
        frozenset() if model.by_program else frozenset(uids.filter(is_fresh)),
        _texts(bound, own, uids),
    )
    found = [] if model.by_program else _findings(model, {**columns, **own}, uids)
    unread = frozenset(
        (model.name, f.row_id or "", f.column or "") for f in found if f.code != NUMBER_FOR_TEXT
    )
    return TableRead(table, tuple(found), unread)


def columns_read(bound: Bound) -> dict[str, int]:
    """Return code -> number of the columns whose cells are read; Excel computes the live ones."""
    live = {column.code for column in bound.table.columns if column.live}
    return {code: number for code, number in bound.headers.columns.items() if code not in live}


def numbers_read(bound: Bound) -> frozenset[int]:
    """Return the numbers of all columns whose cells are read; in a rule table the firm's own columns are."""
    return frozenset(columns_read(bound).values()) | frozenset(number for number, _ in _own(bound).values())


def _wanted(bound: Bound) -> dict[str, tuple[int, Column]]:
    """Return code -> number and column of the model's columns that are read."""
    by_code = {**bound.table.by_code, UID: _UID_COLUMN}
    return {code: (number, by_code[code]) for code, number in columns_read(bound).items()}


def _own(bound: Bound) -> dict[str, tuple[int, Column]]:
    """Return header -> number and column of the firm's own columns of a rule table."""
    if bound.table.group != "rule":
        return {}
    return {header: (number, _OWN_COLUMN) for header, number in bound.headers.extra.items()}


def _texts(bound: Bound, own: Mapping[str, Typed], uids: pl.Series) -> pl.DataFrame | None:
    """Return the cells of the firm's own columns of a rule table, by header; None where it has none."""
    blank = pl.repeat(None, uids.len(), dtype=pl.String, eager=True)
    texts = {header: own[header].values if header in own else blank for header in _own(bound)}
    return pl.DataFrame({**texts, UID: uids}) if texts else None


def _shows_something() -> pl.Expr:
    """Return whether a cell is not blank; what a formula shows that nobody has calculated is unknown."""
    return pl.col("text").is_not_null() | (pl.col("formula").is_not_null() & (pl.col("kind") != TEXT))


def _rows(bound: Bound, held: pl.DataFrame) -> pl.Series:
    """Return the numbers of the rows that are rows.

    What people type makes a row, and so does a business number: a row whose other cells were erased must be
    seen. Grey cells and identities alone make none, else every prepared row of a template would count; nor
    does a column of the firm's own, so that declaring one neither brings rows nor takes them away.
    """
    makers = [
        number
        for code, number in columns_read(bound).items()
        if code != UID and _makes_a_row(bound.table, bound.table.by_code[code])
    ]
    rows = held.select(pl.col("row").filter(pl.col("column").is_in(makers)).unique().sort())["row"]
    if bound.last_row is None:
        return rows
    inside = rows.filter(rows <= bound.last_row)
    if not bound.open_end or bound.table.by_program:
        return inside
    below = rows.filter(rows > bound.last_row)
    return pl.concat([inside, _right_below(below, bound.last_row, held)]) if below.len() else inside


def _makes_a_row(model: Table, column: Column) -> bool:
    made_by_hand = column.typed and not is_own(column.code)
    return made_by_hand or model.by_program or column.code == model.numbered


def _right_below(below: pl.Series, last_row: int, held: pl.DataFrame) -> pl.Series:
    """Return the rows typed directly below a table, down to a blank row or a line of totals.

    Excel takes such rows into its table at once; LibreOffice and other programs do not.
    """
    is_total = (pl.col("row") > last_row) & pl.col("text").str.to_lowercase().is_in(_TOTAL_WORDS)
    totals = held.filter(is_total)["row"].min()
    unbroken = below == pl.int_range(last_row + 1, last_row + 1 + below.len(), dtype=pl.UInt32, eager=True)
    kept = below.filter(unbroken.cum_min())
    return kept if totals is None else kept.filter(kept < totals)


def _typed(
    wanted: Mapping[str, tuple[int, Column]], held: pl.DataFrame, rows: pl.Series, reading: Reading
) -> dict[str, Typed]:
    """Return name -> values, one per row, of the columns that hold anything."""
    filled = set(held["column"].unique())
    read = {}
    for name, (number, column) in wanted.items():
        if number not in filled:
            continue
        cells = held.filter(pl.col("column") == number)
        at = _positions(cells["row"], rows)
        kept = cells.filter(at.is_not_null())
        if kept.height:
            read[name] = _aligned(typed(kept, column, reading), at.drop_nulls(), rows.len())
    return read


def _positions(cell_rows: pl.Series, rows: pl.Series) -> pl.Series:
    """Return where among the rows each cell's row stands; null for a cell of a row that is none."""
    if not rows.len():
        return pl.repeat(None, cell_rows.len(), dtype=pl.UInt32, eager=True)
    first, last = int(rows[0]), int(rows[-1])
    if last - first + 1 == rows.len():  # no gaps: no search
        inside = cell_rows.is_between(first, last)
        return cell_rows - first if inside.all() else (cell_rows - first).set(~inside, None)
    at = rows.search_sorted(cell_rows).clip(upper_bound=rows.len() - 1)
    return at.set(rows.gather(at) != cell_rows, None)


def _aligned(column: Typed, at: pl.Series, count: int) -> Typed:
    values = pl.repeat(None, count, dtype=column.values.dtype, eager=True).scatter(at, column.values)
    if not column.problems.height:
        return Typed(values, column.problems)
    return Typed(values, column.problems.with_columns(cell=at.gather(column.problems["cell"])))


def _identities(given: Typed | None, count: int) -> tuple[pl.Series, pl.Series]:
    """Return the rows' identities, and which were minted: where none stands, or one that stands above."""
    texts = given.values if given else pl.repeat(None, count, dtype=pl.String, eager=True)
    fresh = texts.is_null() | ~texts.is_first_distinct()
    minted = pl.Series(mint_uids(int(fresh.sum())), dtype=pl.String)
    return texts.scatter(fresh.arg_true(), minted).alias(UID), fresh


def _own_numbers(numbers: pl.Series, is_fresh: pl.Series) -> pl.Series:
    """Return business numbers without those that a copied row brought along."""
    frame = pl.DataFrame({"number": numbers, "fresh": is_fresh}).with_row_index("at")
    first = (
        frame.sort("fresh", "at").with_columns(first=pl.col("number").is_first_distinct()).sort("at")["first"]
    )
    return numbers.set(is_fresh & ~first, None)


def _frame(model: Table, values: Mapping[str, pl.Series], uids: pl.Series, rows: pl.Series) -> pl.DataFrame:
    known = {**values, UID: uids, ROW: rows}
    columns = (
        pl.col(code).cast(dtype) if code in known else pl.lit(None, dtype).alias(code)
        for code, dtype in model.schema.items()
    )
    return pl.DataFrame(known).select(columns)


def _place(bound: Bound, rows: pl.Series) -> Place:
    last = max(bound.last_row or bound.header_row, *rows.tail(1).to_list(), 0)
    return Place(
        bound.sheet.name,
        bound.excel_table,
        bound.header_row,
        bound.first_row,
        last,
        bound.headers.columns,
        bound.headers.extra,
        {
            code: bound.names[number]
            for code, number in bound.headers.columns.items()
            if number in bound.names
        },
    )


def _findings(model: Table, columns: Mapping[str, Typed], uids: pl.Series) -> list[Finding]:
    return [
        Finding(
            code,
            model.name,
            uids[cell],
            name,
            {"found": found},
            "warning" if code == NUMBER_FOR_TEXT else "error",
        )
        for name, column in columns.items()
        for cell, code, found in column.problems.iter_rows()
    ]
