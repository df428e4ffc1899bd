"""The cells of a worksheet as one frame, at the speed of the columnar engine.

What stands in the file is kept apart: the kind of a cell, the formula behind it, its text to the last
digit. Readers for spreadsheets hide this: they cut numbers to nine decimals, print twenty-digit numbers as
plausible text, and turn errors and formulas without a value into blanks.
"""

import re
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import polars as pl

from ltc_xl.workbook import events
from ltc_xl.workbook.area import MAX_ROW, column_number
from ltc_xl.workbook.lines import Unusual, is_usual, lines_of
from ltc_xl.workbook.strings import inline_texts
from ltc_xl.workbook.xmltext import decoded, tidy

NUMBER, TEXT, FLAG, ERROR, DAY = "n", "s", "b", "e", "d"
KINDS = pl.Enum([NUMBER, TEXT, FLAG, ERROR, DAY])
SCHEMA = pl.Schema(
    {
        "row": pl.UInt32(),
        "column": pl.UInt16(),
        "kind": KINDS,
        "style": pl.UInt32(),
        "formula": pl.String(),
        "text": pl.String(),
    }
)

_RAW = pl.Schema(SCHEMA | {"shared": pl.Boolean(), "inline": pl.Boolean()})
_SHARED, _INLINE = "s", {"str", "inlineStr"}
_KIND_OF = {"n": NUMBER, "s": TEXT, "str": TEXT, "inlineStr": TEXT, "b": FLAG, "e": ERROR, "d": DAY}

_SMALL = 1 << 16  # below this an XML parser is quicker than the columnar engine's fixed costs
_FIRST_BLOCK = 1 << 18
_BLOCK = 1 << 23
_WORKERS = 2
_CELL = r'^([A-Z]{1,3})([0-9]{1,7})"([^<>]*)>(?:<v>([^<]*)</v></c>)?'
_BODY = r"^[^>]*>(.*?)</c>"
_FORMULA = r"<f(?:\s[^>]*)?>([^<]*)</f>"
_SHARED_FORMULA = r"<f[\s/>]"
_VALUE = r"<v(?:\s[^>]*)?>([^<]*)</v>"
_INLINE_PLAIN = r"<is><t(?:\s[^>]*)?>([^<]*)</t></is>"
_UNUSUAL = r"<[!?]|<c[\s/>&]|<row>|<row [^>]*<"
_ATTRIBUTE = re.compile(r"\s+([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_ATTRIBUTES = re.compile(rf"(?:{_ATTRIBUTE.pattern})*\s*/?")


def grid(
    xml: bytes, strings: pl.Series, columns: Collection[int] | None = None, last_row: int = MAX_ROW
) -> pl.DataFrame:
    """Return the cells that hold anything, as ``SCHEMA`` says.

    ``text`` is a number as it stands in the file, a tidy text, an error's name; null where a formula has no
    value. ``formula`` is '' where another cell holds the text of a shared formula, null where there is none.
    Rows are in no particular order.

    Args:
        xml: the worksheet part.
        strings: the workbook's shared strings.
        columns: the columns wanted; all when None.
        last_row: no rows below this are wanted.

    Raises:
        ValueError: an address or a reference to a string that is none.
        ParseError: no XML.
    """
    raw = _raw(xml, columns, last_row)
    return _resolved(raw if last_row >= MAX_ROW else raw.filter(pl.col("row") <= last_row), strings)


def is_small(xml: bytes) -> bool:
    """Return whether reading all of a sheet costs no more than reading a piece of it."""
    return len(xml) < _SMALL


def _raw(xml: bytes, columns: Collection[int] | None, last_row: int) -> pl.DataFrame:
    if is_small(xml):
        return _slow(xml, columns)
    try:
        return _fast(xml, columns, last_row)
    except Unusual:
        return _slow(xml, columns)


def _slow(xml: bytes, columns: Collection[int] | None) -> pl.DataFrame:
    cells = [cell for cell in events.cells(xml) if columns is None or cell.column in columns]
    frame = pl.DataFrame(cells, schema=events.RawCell._fields, orient="row", infer_schema_length=None)
    return frame.with_columns(_of_types(frame["type"].to_list())).select(
        pl.col(name).cast(dtype) for name, dtype in _RAW.items()
    )


def _of_types(types: list[str]) -> list[pl.Series]:
    """Return what the type letters of cells say."""
    return [
        pl.Series("kind", [_KIND_OF.get(name, TEXT) for name in types], dtype=KINDS),
        pl.Series("shared", [name == _SHARED for name in types], dtype=pl.Boolean),
        pl.Series("inline", [name in _INLINE for name in types], dtype=pl.Boolean),
    ]


def _fast(xml: bytes, columns: Collection[int] | None, last_row: int) -> pl.DataFrame:
    spans = _spans(xml)
    head = [_cells(xml[start:stop], columns) for start, stop in islice(spans, 1)]
    if not head:
        return _RAW.to_frame()
    if int(head[0]["row"].max() or 0) >= last_row:  # type: ignore[arg-type]  # a maximum of numbers
        return head[0]
    with ThreadPoolExecutor(_WORKERS) as pool:
        return pl.concat([*head, *pool.map(lambda span: _cells(xml[slice(*span)], columns), spans)])


def _spans(xml: bytes) -> Iterator[tuple[int, int]]:
    """Yield the rows of the sheet in pieces that fit into a cache; the first is small, for headers."""
    start, end = _sheet_data(xml)
    size = _FIRST_BLOCK
    while start < end:
        cut = xml.rfind(b"</row>", start, min(start + size, end))
        cut = cut if cut >= 0 else xml.find(b"</row>", start, end)
        stop = cut + 6 if cut >= 0 else end
        yield start, stop
        start, size = stop, _BLOCK


def _sheet_data(xml: bytes) -> tuple[int, int]:
    opening = re.search(rb"<sheetData\s*(/?)>", xml)
    if opening is None or not is_usual(xml):
        raise Unusual
    end = opening.end() if opening[1] else xml.rfind(b"</sheetData>")
    if end < 0:
        raise Unusual
    return opening.end(), end


def _cells(block: bytes, columns: Collection[int] | None) -> pl.DataFrame:
    """Return the raw cells of some rows."""
    if b"<c" not in block:
        return _RAW.to_frame()
    lines = lines_of(block, b'<c r="', _UNUSUAL).slice(1).to_frame()
    groups = (
        pl.col("line").str.extract_groups(_CELL).struct.rename_fields(["letters", "row", "marks", "text"])
    )
    cells = lines.with_columns(groups.alias("cell")).unnest("cell")
    if cells["letters"].null_count():
        raise Unusual
    numbers = _numbers(cells["letters"], columns)
    placed = cells.with_columns(column=pl.col("letters").replace_strict(numbers, return_dtype=pl.UInt16))
    return _with_bodies(_marked(placed.filter(pl.col("column") > 0)))


def _numbers(letters: pl.Series, columns: Collection[int] | None) -> dict[str, int]:
    """Return letters -> column number, 0 for a column nobody wants."""
    numbers = {name: column_number(name) for name in letters.unique()}
    return {name: n if columns is None or n in columns else 0 for name, n in numbers.items()}


def _marked(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells with their attributes read; there are few different ones."""
    marks = cells.select(pl.col("marks").unique())
    read = [_attributes(text) for text in marks["marks"]]
    styles = [int(a["s"]) if a.get("s") else None for a in read]
    known = marks.with_columns(
        pl.Series("style", styles, dtype=pl.UInt32), *_of_types([a.get("t", NUMBER) for a in read])
    )
    return cells.join(known, on="marks", how="left", maintain_order="left")


def _attributes(text: str) -> dict[str, str]:
    if _ATTRIBUTES.fullmatch(text.replace("&#10;", " ")) is None:
        raise Unusual
    return {m[1]: m[2] or m[3] or "" for m in _ATTRIBUTE.finditer(text.replace("&#10;", " "))}


def _with_bodies(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells whose value was not plain (formulas, inline text) with what their bodies hold."""
    bare = pl.col("marks").str.ends_with("/")
    plain = cells.drop("line").filter(pl.col("text").is_not_null())
    rest = cells.filter(pl.col("text").is_null() & ~bare)
    bodies = rest["line"].str.extract(_BODY)
    if bodies.null_count():
        raise Unusual
    full = rest.drop("line").with_columns(_formulas(bodies), _values(bodies))
    both = pl.concat([plain.with_columns(formula=pl.lit(None, pl.String)), full])
    return _inline(both, decoded).select(pl.col(name).cast(dtype) for name, dtype in _RAW.items())


def _inline(cells: pl.DataFrame, treat: Callable[[pl.Series], pl.Series]) -> pl.DataFrame:
    """Return the cells with the texts treated that stand in them, not among the shared strings."""
    inline = cells["inline"]
    if not inline.any():
        return cells
    texts = treat(cells["text"].filter(inline))
    return cells.with_columns(cells["text"].clone().scatter(inline.arg_true(), texts))


def _formulas(bodies: pl.Series) -> pl.Series:
    own = decoded(bodies.str.extract(_FORMULA))
    shared = own.is_null() & bodies.str.contains(_SHARED_FORMULA)
    return own.set(shared, "").alias("formula")


def _values(bodies: pl.Series) -> pl.Series:
    values = bodies.to_frame("body").select(
        pl.coalesce(pl.col("body").str.extract(_VALUE), pl.col("body").str.extract(_INLINE_PLAIN))
    )["body"]
    rich = values.is_null() & bodies.str.contains("<is>", literal=True)
    texts = values.scatter(rich.arg_true(), inline_texts(bodies.filter(rich))) if rich.any() else values
    return texts.alias("text")


def _resolved(raw: pl.DataFrame, strings: pl.Series) -> pl.DataFrame:
    """Return the cells with shared strings looked up, but for those that hold nothing."""
    tidied = _inline(raw, tidy)
    texts, shared = tidied["text"].clone(), tidied["shared"]
    if shared.any():
        texts = texts.scatter(shared.arg_true(), strings.gather(_indexes(texts.filter(shared), len(strings))))
    blank = texts == ""
    texts = texts.set(blank, None) if blank.any() else texts
    cells = tidied.with_columns(texts).select(SCHEMA.names())
    nothing = pl.col("text").is_null() & pl.col("formula").is_null()
    return cells.filter(~nothing) if texts.null_count() else cells


def _indexes(texts: pl.Series, count: int) -> pl.Series:
    indexes = texts.cast(pl.UInt32, strict=False)
    beyond = (indexes >= count).any()
    if beyond or (indexes.is_null() & texts.is_not_null() & (texts != "")).any():
        raise ValueError("a cell names a shared string that is not there")
    return indexes
