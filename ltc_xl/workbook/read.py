"""A workbook file to a ``Book``: every table found, typed and placed; nothing that stands there is lost."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from ltc_xl.model.book import Book
from ltc_xl.model.enums import LANGS, Lang, folded
from ltc_xl.model.errors import NotAWorkbook, WorldError
from ltc_xl.model.finding import Finding
from ltc_xl.model.own_columns import FIELDS, own_columns
from ltc_xl.model.tables import UID, Column, Table, tables
from ltc_xl.workbook.area import MAX_ROW, Area
from ltc_xl.workbook.binding import (
    SEARCHED_ROWS,
    Bound,
    bound_by_header,
    bound_by_part,
    language_of,
    named_sheet,
    table_part,
    with_own_columns,
)
from ltc_xl.workbook.coerce import Reading
from ltc_xl.workbook.edgecolumns import wanted_edges
from ltc_xl.workbook.edges import MARKS, Edges
from ltc_xl.workbook.memory import Memory
from ltc_xl.workbook.naming import is_named
from ltc_xl.workbook.package import Package, Sheet, TablePart
from ltc_xl.workbook.rows import TableRead, numbers_read, table_read
from ltc_xl.workbook.source import Source

_HEADER_TWICE, _HEADER_GONE = "V-08", "V-09"
_ENOUGH_TABLES = 2

_DECLARING = (FIELDS, "choices")

Places = Mapping[str, Bound]

_TABLES: Memory[TableRead] = Memory(128)
_BOUNDS: Memory[Bound | None] = Memory(256)


def read_book(path: Path) -> Book:
    """Return the book that a workbook file holds.

    Raises:
        NotAWorkbook: the file is empty, damaged, encrypted, of another kind, or holds none of our tables.
        WorldError: it is missing, may not be read, or lacks a sheet or a key column that all else needs.
    """
    source = Source(Package.open(path))
    places = _places(source)
    file = source.package.name
    if not _is_ours(places):
        raise NotAWorkbook("not_our_book", file=file)
    meta = _pairs(source, places, "meta", "key", "value")
    lang = _language(source, places, meta)
    profile = "full" if meta.get("profile") == "full" else "starter"
    _refuse_incomplete(file, places, profile, lang)
    reading = Reading(source.package.date1904, source.styles, _own_words(source, places))
    places = _with_own_columns(source, places, reading)
    read = {name: _read(source, bound, reading) for name, bound in places.items()}
    if not is_named(source.package.read(source.package.workbook_part), MARKS):
        read = {name: _unmarked(part) for name, part in read.items()}
    return Book(
        name=file,
        lang=lang,
        digest=source.package.digest,
        tables={name: part.table for name, part in read.items()},
        findings=(
            *_header_findings(places, profile, lang),
            *(finding for part in read.values() for finding in part.findings),
        ),
        unread=frozenset(cell for part in read.values() for cell in part.unread),
        profile=profile,
    )


def _places(source: Source) -> Places:
    """Return where each table of the model stands."""
    found = ((name, _bound(source, model)) for name, model in tables().items())
    return {name: bound for name, bound in found if bound is not None}


def _bound(source: Source, model: Table) -> Bound | None:
    part = table_part(source.package, model)
    sheet = source.package.sheet(part.sheet) if part else named_sheet(source.package, model)
    if sheet is None:
        return None
    stamp = source.stamp(sheet)
    key = stamp and (stamp, model.name, part, sheet.name)
    return _BOUNDS.remembered(key, lambda: _found(source, model, part, sheet), lambda _: True)


def _found(source: Source, model: Table, part: TablePart | None, sheet: Sheet) -> Bound | None:
    if part is None:
        return bound_by_header(model, sheet, source.head(sheet, SEARCHED_ROWS))
    return bound_by_part(model, part, sheet, source.head(sheet, part.area.top))


def _is_ours(places: Places) -> bool:
    """Return whether the workbook is made from our template: one Excel Table tells, or several headers."""
    return len(places) >= _ENOUGH_TABLES or any(bound.excel_table for bound in places.values())


def _refuse_incomplete(file: str, places: Places, profile: str, lang: Lang) -> None:
    """Raise for a sheet of the starter profile, or a key column, that the workbook lacks."""
    starter = (t for t in tables().values() if t.group == "work" and t.profile == "starter")
    sheets = [model.sheet(lang) for model in starter if model.name not in places]
    if sheets:
        raise WorldError("missing_sheet", file=file, sheets=sheets)
    for bound in places.values():
        headers = [column.label(lang) for column in _keys(bound.table) if _lacks(bound, column, profile)]
        if headers:
            raise WorldError("missing_column", file=file, sheet=bound.sheet.name, columns=headers)


def _keys(model: Table) -> list[Column]:
    """Return the columns without which rows cannot be told apart."""
    names = () if model.by_program else (model.key, model.numbered)
    return [c for c in model.columns if c.code in names and not c.live]


def _lacks(bound: Bound, column: Column, profile: str) -> bool:
    return column in bound.table.columns_of(profile) and column.code not in bound.headers.columns


def _header_findings(places: Places, profile: str, lang: Lang) -> Iterator[Finding]:
    """Yield headers that stand there twice, and required columns that are gone."""
    for name, bound in places.items():
        if bound.table.by_program:
            continue
        needed = (c for c in bound.table.columns if c.required or c.required_when)
        twice = [(_HEADER_TWICE, code) for code in bound.headers.twice]
        gone = [(_HEADER_GONE, c.code) for c in needed if _lacks(bound, c, profile)]
        for problem, code in twice + gone:
            label = bound.table.by_code[code].label(lang) if code in bound.table.by_code else code
            yield Finding(problem, name, None, code, {"found": label})


def _read(source: Source, bound: Bound, reading: Reading) -> TableRead:
    """Return a table; not read again when its sheet is the same, unless new rows were given identities."""
    limit, stamp = _limit(source.package, bound), source.stamp(bound.sheet)

    def made() -> TableRead:
        marked = _is_marked(source, bound)
        read = table_read(bound, source.body(bound.sheet, numbers_read(bound)), reading, limit)
        return read if marked else _unmarked(read)

    key = stamp and (stamp, bound.key, reading.key, limit)
    return _TABLES.remembered(key, made, lambda read: not read.table.fresh)


def _is_marked(source: Source, bound: Bound) -> bool:
    """Return whether no cell of a table has lost the red edge that shows its problems."""
    columns = bound.headers.columns
    wanted, last = wanted_edges(bound.table, columns), bound.last_row
    tail = source.tail(bound.sheet) if wanted and last and bound.excel_table else None
    if tail is None or last is None or last < bound.first_row:
        return True
    body = Area(bound.first_row, min(bound.names), last, max(bound.names))
    return Edges(body, columns[UID], wanted).are_in(tail)


def _unmarked(read: TableRead) -> TableRead:
    """Return a table of which is known that its cells cannot show their problems."""
    held = read.table
    place = held.place and replace(held.place, marked=False)
    return replace(read, table=replace(held, place=place))


def _limit(package: Package, bound: Bound) -> int:
    """Return the last row before the next Excel Table further down on the sheet."""
    tops = [
        part.area.top
        for part in package.tables
        if part.sheet == bound.sheet.name and part.area.top > (bound.last_row or bound.header_row)
    ]
    return min(tops, default=MAX_ROW + 1) - 1


def _pairs(source: Source, places: Places, name: str, key: str, value: str) -> Mapping[str, str]:
    if name not in places:
        return {}
    rows = _read(source, places[name], Reading(styles=source.styles)).table.rows
    return dict(rows.select(key, value).drop_nulls().iter_rows())


def _language(source: Source, places: Places, meta: Mapping[str, str]) -> Lang:
    said = next((lang for lang in LANGS if lang == meta.get("language")), None)
    if said:
        return said
    heads = {bound.sheet.name: source.head(bound.sheet, bound.header_row) for bound in places.values()}
    return language_of(list(places.values()), heads)


def _with_own_columns(source: Source, places: Places, reading: Reading) -> Places:
    """Return the places; tables to which the firm added columns, and declared them, have these as well."""
    declared = _declared(source, places, reading)
    own = {name: with_own_columns(places[name], more) for name, more in declared.items() if name in places}
    return {**places, **own}


def _declared(source: Source, places: Places, reading: Reading) -> Mapping[str, tuple[Column, ...]]:
    if FIELDS not in places:
        return {}
    standing = (name for name in _DECLARING if name in places)
    held = {name: _read(source, places[name], reading).table.rows for name in standing}
    return own_columns(held[FIELDS], held.get("choices"))


def declared_columns(path: Path) -> Mapping[str, tuple[Column, ...]]:
    """Return table -> the columns that the firm added to it and declared; the rest of the file is not read.

    Raises:
        NotAWorkbook: as for the whole book.
        WorldError: likewise.
    """
    source = Source(Package.open(path))
    found = ((name, _bound(source, tables()[name])) for name in _DECLARING)
    places = {name: bound for name, bound in found if bound is not None}
    reading = Reading(source.package.date1904, source.styles, _own_words(source, places))
    return _declared(source, places, reading)


def _own_words(source: Source, places: Places) -> Mapping[str, Mapping[str, str]]:
    """Return list -> folded word -> code, from the workbook's own table of choices."""
    if "choices" not in places:
        return {}
    rows = _read(source, places["choices"], Reading(styles=source.styles)).table.rows
    words: dict[str, dict[str, str]] = {}
    for name, code, *labels in rows.select("set", "code", "zh", "en").drop_nulls(["set", "code"]).iter_rows():
        for label in (code, *labels):
            words.setdefault(name, {}).setdefault(folded(label or code), code)
    return words
