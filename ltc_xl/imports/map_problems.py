"""Mistakes of a map, each as a sentence of its own with what was probably meant."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

from ltc_xl.imports.form_map import FormMap, header_in
from ltc_xl.imports.forms import Form, known_headers
from ltc_xl.imports.raw import RawTable
from ltc_xl.model.enums import by_word, folded, words
from ltc_xl.model.errors import UsageError
from ltc_xl.model.own_columns import own_name

_SECTIONS = ("form", "file", "columns", "formats", "values", "blank", "constants", "lookup")
LAYOUT = ("encoding", "delimiter", "sheet", "header_row")
_FORMATS = ("date", "unit", "decimal")
_LOOKUP = ("file", "key", "value", "from")


def unknown(key: str, found: str, known: Collection[str], **values: object) -> UsageError:
    """Return the problem of a name nobody knows, with the one that was probably meant."""
    near = get_close_matches(folded(found), {folded(k): k for k in known}, n=1, cutoff=0.6)
    proposal = next((k for k in known if near and folded(k) == near[0]), "")
    values = {"found": found, "known": list(known), "proposal": proposal, **values}
    return UsageError(f"{key}_near" if proposal else key, **values)


def missing_headers(raw: RawTable, headers: Iterable[str]) -> Iterator[UsageError]:
    """Report headers that a file does not have."""
    for header in dict.fromkeys(headers):
        if header_in(raw, header) is None:
            yield unknown("map_header", header, raw.header, file=raw.name)


def shape_problems(data: Mapping[str, object]) -> Iterator[UsageError]:
    """Report sections and entries that a map does not have, or that are of another kind."""
    yield from (unknown("map_section", key, _SECTIONS) for key in data if key not in _SECTIONS)
    for section, known in (("file", LAYOUT), ("formats", _FORMATS)):
        for key in entries_of(data, section):
            if key not in known:
                yield unknown("map_entry", key, known, section=section)
    for section in _SECTIONS[1:]:
        if not isinstance(data.get(section, {}), dict):
            yield UsageError("map_no_table", section=section)
    yield from _formats_wrong(data)


def _formats_wrong(data: Mapping[str, object]) -> Iterator[UsageError]:
    formats, layout = entries_of(data, "formats"), entries_of(data, "file")
    if positive(formats.get("unit", 1)) is None:
        yield UsageError("map_value", entry="formats.unit", found=formats["unit"], wanted="10000")
    if formats.get("decimal", ".") not in {".", ","}:
        yield UsageError("map_value", entry="formats.decimal", found=formats["decimal"], wanted='"." / ","')
    if "%" not in str(formats.get("date", "%")):
        yield UsageError("map_value", entry="formats.date", found=formats["date"], wanted='"%m/%d/%Y"')
    if not isinstance(layout.get("header_row", 1), int):
        yield UsageError("map_value", entry="file.header_row", found=layout["header_row"], wanted="3")
    if len(str(layout.get("delimiter", ","))) != 1:
        yield UsageError("map_value", entry="file.delimiter", found=layout["delimiter"], wanted='";"')


def column_problems(form: Form, data: Mapping[str, object]) -> Iterator[UsageError]:
    """Report columns that the form does not have, and lookups that do not say enough."""
    known = (*form.columns, *form.aliases)
    for section in ("columns", "constants", "values", "lookup", "blank"):
        names = set(entries_of(data, section)) - {"any" if section == "blank" else ""}
        for name in sorted(names - set(known)):
            yield unknown(
                "map_column", name, list(map(own_name, form.columns)), section=section, form=form.name
            )
    for name, lookup in entries_of(data, "lookup").items():
        entries = lookup if isinstance(lookup, dict) else {}
        yield from (
            unknown("map_entry", e, _LOOKUP, section=f"lookup.{name}") for e in entries if e not in _LOOKUP
        )
        absent = [e for e in _LOOKUP[:3] if e not in entries]
        if absent:
            yield UsageError("map_lookup", column=name, missing=absent)


def value_problems(form: Form, found: FormMap) -> Iterator[UsageError]:
    """Report meanings and constants that are no word of the column's list."""
    meant = [(c, v) for c, values in found.values.items() for v in values.values() if v]
    for column, value in (*meant, *found.constants.items()):
        enum = form.column(column).enum
        if enum and folded(value) not in by_word(enum):
            known = [w.code for w in words(enum)]
            yield unknown("map_word", value, known, column=column)


def lookup_problems(form: Form, found: FormMap) -> Iterator[UsageError]:
    """Report lookups by a column that no header fills."""
    for column, lookup in found.lookups.items():
        if lookup.source not in found.columns:
            yield UsageError("map_lookup_key", column=column, by=lookup.source, form=form.name)


def unfed_needs(form: Form, found: FormMap) -> Iterator[UsageError]:
    """Report what every row needs and nothing of the map can give."""
    for need in form.needs:
        if not any(set(way) <= set(found.filled) for way in need):
            ways = [" + ".join(way) for way in need]
            yield UsageError("map_needs" if len(ways) == 1 else "map_needs_any", form=form.name, ways=ways)


def needs_without_header(form: Form, found: FormMap) -> Iterator[UsageError]:
    """Report what every row needs and no known header gives, by the headers that would do."""
    for need in form.needs:
        if not any(set(way) <= set(found.columns) for way in need):
            ways = [" + ".join(_either_language(form, column) for column in way) for way in need]
            yield UsageError("form_needs", form=form.name, ways=ways)


def _either_language(form: Form, column: str) -> str:
    """Return the best Chinese and the best English header of a column; its code where it has none."""
    names = [header for header in known_headers(form, column) if header != column]
    english = next((name for name in names if name.isascii()), column)
    return " / ".join(dict.fromkeys([*names[:1], english]))


def entries_of(data: Mapping[str, object], name: str) -> dict[str, object]:
    """Return the entries of a section; none when it is no section."""
    found = data.get(name, {})
    return found if isinstance(found, dict) else {}


def positive(value: object) -> Decimal | None:
    """Return a number above 0, or None."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number > 0 else None


def is_lookup(entry: object) -> bool:
    """Return whether a lookup says all that it must."""
    return isinstance(entry, dict) and set(_LOOKUP[:3]) <= set(entry)
