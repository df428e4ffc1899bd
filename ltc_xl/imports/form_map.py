"""Map files: a consultant's word, in TOML, on what the columns and values of a foreign file mean."""

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from pathlib import Path

from ltc_xl.imports.forms import Form, forms, known_headers
from ltc_xl.imports.raw import Layout, RawTable
from ltc_xl.model.enums import by_word, folded, words
from ltc_xl.model.errors import UsageError, WorldError

_SECTIONS = ("form", "file", "columns", "formats", "values", "blank", "constants", "lookup")
_FILE = ("encoding", "delimiter", "sheet", "header_row")
_FORMATS = ("date", "unit", "decimal")
_LOOKUP = ("file", "key", "value", "from")


@dataclass(frozen=True, slots=True)
class Lookup:
    """A value taken from another file: where its column ``key`` is this row's ``source`` column."""

    file: str
    key: str
    value: str
    source: str


@dataclass(frozen=True)
class FormMap:
    """A map, held to its form.

    Attributes:
        form: the form's name.
        columns: canonical column -> header in the file.
        layout: what it says about the file.
        date: format of days as ``strptime`` writes it, None when they speak for themselves.
        unit: what an amount of 1 in the file is worth; 10000 for 万元.
        decimal: the decimal mark.
        values: canonical column -> (value found, folded) -> value meant.
        blank: canonical column, or ``any`` -> what stands for nothing, folded.
        constants: canonical column -> value where the file has none.
        lookups: canonical column -> where its value comes from.
    """

    form: str
    columns: Mapping[str, str] = field(default_factory=dict)
    layout: Layout = field(default_factory=Layout)
    date: str | None = None
    unit: Decimal = Decimal(1)
    decimal: str = "."
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    blank: Mapping[str, frozenset[str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    lookups: Mapping[str, Lookup] = field(default_factory=dict)

    @property
    def filled(self) -> tuple[str, ...]:
        """Return the canonical columns that get a value, in the form's order."""
        named = {*self.columns, *self.constants, *self.lookups}
        return tuple(c for c in forms()[self.form].columns if c in named)

    def check_files(self, files: Iterable[RawTable]) -> None:
        """Refuse a file that lacks a header of the map, naming all of them.

        Raises:
            UsageError: with one problem per header and file.
        """
        _check_headers((raw, self.columns.values()) for raw in files)

    def check_lookups(self, tables: Mapping[str, RawTable]) -> None:
        """Refuse a lookup file that lacks its key or value.

        Raises:
            UsageError: with one problem per header and file.
        """
        _check_headers((tables[c], (lookup.key, lookup.value)) for c, lookup in self.lookups.items())


def no_access(path: Path, error: OSError) -> WorldError:
    """Return the error of a file that is not there or cannot be opened."""
    key = "import_no_file" if isinstance(error, FileNotFoundError) else "import_no_access"
    return WorldError(key, file=str(path), why=error.strerror)


def header_in(raw: RawTable, header: str) -> str | None:
    """Return a header as the file writes it: width, case and outer blanks do not matter."""
    return next((h for h in raw.header if folded(h) == folded(header)), None)


def read_map(path: Path) -> FormMap:
    """Return the map of a file.

    Raises:
        WorldError: the file is not there.
        UsageError: it is no TOML, or says something a map cannot say; all of it at once.
    """
    try:
        data = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise no_access(path, error) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError("map_no_toml", file=path.name, why=str(error)) from None
    return map_of(data, path.name)


def map_of(data: Mapping[str, object], name: str = "map.toml") -> FormMap:
    """Return the map that parsed TOML stands for.

    Raises:
        UsageError: it says something a map cannot say; all of it at once.
    """
    form = forms().get(str(data.get("form", "")))
    if form is None:
        raise _wrong([_unknown("map_form", str(data.get("form", "")), forms())], name)
    problems = [*_shape(data), *_columns_known(form, data)]
    found = _built(form, _understood(form, data))
    problems += [*_values_known(form, found), *_sources_known(form, found), *_fed(form, found)]
    if problems:
        raise _wrong(problems, name)
    return found


def headers_of_form(form: str) -> tuple[str, ...]:
    """Return every header that a form's columns are known by.

    Raises:
        UsageError: there is no such form.
    """
    if form not in forms():
        raise _wrong([_unknown("map_form", form, forms())], form)
    return tuple(h for column in forms()[form].columns for h in known_headers(form, column))


def map_by_headers(form: str, files: Iterable[RawTable]) -> FormMap:
    """Return the map that the headers of the files speak for.

    Raises:
        UsageError: a column that the form needs is under no header that we know.
    """
    raws = list(files)
    found = FormMap(form, _known_columns(form, raws))
    problems = list(_unknown_needs(forms()[form], found))
    if problems:
        raise UsageError("map_misfit", file=[raw.name for raw in raws], problems=problems)
    return found


def _unknown_needs(form: Form, found: FormMap) -> Iterator[UsageError]:
    """Report what every row needs and no known header gives, by the headers that would do."""
    for need in form.needs:
        if not any(set(way) <= set(found.columns) for way in need):
            ways = [" + ".join(known_headers(form.name, column)[0] for column in way) for way in need]
            yield UsageError("form_needs", form=form.name, ways=ways)


def _known_columns(form: str, raws: list[RawTable]) -> dict[str, str]:
    columns: dict[str, str] = {}
    for column in forms()[form].columns:
        known = [h for h in known_headers(form, column) if h not in columns.values()]
        match = next((h for h in known if all(header_in(raw, h) for raw in raws)), None)
        if match:
            columns[column] = match
    return columns


def _wrong(problems: list[UsageError], name: str) -> UsageError:
    return UsageError("map_wrong", file=name, problems=problems)


def _check_headers(asked: Iterable[tuple[RawTable, Iterable[str]]]) -> None:
    problems = [p for raw, headers in asked for p in _missing(raw, headers)]
    if problems:
        files = list(dict.fromkeys(str(p.values["file"]) for p in problems))
        raise UsageError("map_misfit", file=files, problems=problems)


def _unknown(key: str, found: str, known: Collection[str], **values: object) -> UsageError:
    """Return the problem of a name nobody knows, with the one that was probably meant."""
    near = get_close_matches(folded(found), {folded(k): k for k in known}, n=1, cutoff=0.6)
    proposal = next((k for k in known if near and folded(k) == near[0]), "")
    values = {"found": found, "known": list(known), "proposal": proposal, **values}
    return UsageError(f"{key}_near" if proposal else key, **values)


def _missing(raw: RawTable, headers: Iterable[str]) -> Iterator[UsageError]:
    for header in dict.fromkeys(headers):
        if header_in(raw, header) is None:
            yield _unknown("map_header", header, raw.header, file=raw.name)


def _shape(data: Mapping[str, object]) -> Iterator[UsageError]:
    """Report sections and entries that a map does not have, or that are of another kind."""
    yield from (_unknown("map_section", key, _SECTIONS) for key in data if key not in _SECTIONS)
    for section, known in (("file", _FILE), ("formats", _FORMATS)):
        for key in _section(data, section):
            if key not in known:
                yield _unknown("map_entry", key, known, section=section)
    for section in _SECTIONS[1:]:
        if not isinstance(data.get(section, {}), dict):
            yield UsageError("map_no_table", section=section)
    yield from _formats_wrong(data)


def _formats_wrong(data: Mapping[str, object]) -> Iterator[UsageError]:
    formats, layout = _section(data, "formats"), _section(data, "file")
    if _decimal(formats.get("unit", 1)) is None:
        yield UsageError("map_value", entry="formats.unit", found=formats["unit"], wanted="10000")
    if formats.get("decimal", ".") not in {".", ","}:
        yield UsageError("map_value", entry="formats.decimal", found=formats["decimal"], wanted='"." / ","')
    if "%" not in str(formats.get("date", "%")):
        yield UsageError("map_value", entry="formats.date", found=formats["date"], wanted='"%m/%d/%Y"')
    if not isinstance(layout.get("header_row", 1), int):
        yield UsageError("map_value", entry="file.header_row", found=layout["header_row"], wanted="3")
    if len(str(layout.get("delimiter", ","))) != 1:
        yield UsageError("map_value", entry="file.delimiter", found=layout["delimiter"], wanted='";"')


def _columns_known(form: Form, data: Mapping[str, object]) -> Iterator[UsageError]:
    known = (*form.columns, *form.aliases)
    for section in ("columns", "constants", "values", "lookup", "blank"):
        names = set(_section(data, section)) - {"any" if section == "blank" else ""}
        for name in sorted(names - set(known)):
            yield _unknown("map_column", name, form.columns, section=section, form=form.name)
    for name, lookup in _section(data, "lookup").items():
        entries = lookup if isinstance(lookup, dict) else {}
        yield from (
            _unknown("map_entry", e, _LOOKUP, section=f"lookup.{name}") for e in entries if e not in _LOOKUP
        )
        absent = [e for e in _LOOKUP[:3] if e not in entries]
        if absent:
            yield UsageError("map_lookup", column=name, missing=absent)


def _understood(form: Form, data: Mapping[str, object]) -> dict[str, object]:
    """Return the map without what is wrong with it, so that the rest can be held to its form too."""
    known = {*form.columns, *form.aliases, "any"}
    kept = {
        section: {name: v for name, v in _section(data, section).items() if name in known}
        for section in ("columns", "constants", "values", "blank")
    }
    whole = {n: v for n, v in _section(data, "lookup").items() if n in known and _is_lookup(v)}
    layout = {k: v for k, v in _section(data, "file").items() if k in _FILE}
    return {**kept, "lookup": whole, "file": layout, "formats": _section(data, "formats")}


def _is_lookup(entry: object) -> bool:
    return isinstance(entry, dict) and set(_LOOKUP[:3]) <= set(entry)


def _built(form: Form, data: Mapping[str, object]) -> FormMap:
    formats, layout = _section(data, "formats"), _section(data, "file")
    columns = {form.canonical(c): str(h) for c, h in _section(data, "columns").items()}
    return FormMap(
        form.name,
        columns,
        Layout(**layout),  # type: ignore[arg-type]  # _shape has held the section to Layout's fields
        date=str(formats["date"]) if "date" in formats else None,
        unit=_decimal(formats.get("unit", 1)) or Decimal(1),
        decimal=str(formats.get("decimal", ".")),
        values={form.canonical(c): _folded_keys(v) for c, v in _section(data, "values").items()},
        blank={form.canonical(c): _tokens(v) for c, v in _section(data, "blank").items()},
        constants={form.canonical(c): _constant(v) for c, v in _section(data, "constants").items()},
        lookups={form.canonical(c): _lookup(v, form, columns) for c, v in _section(data, "lookup").items()},
    )


def _section(data: Mapping[str, object], name: str) -> dict[str, object]:
    found = data.get(name, {})
    return found if isinstance(found, dict) else {}


def _decimal(value: object) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number > 0 else None


def _folded_keys(values: object) -> dict[str, str]:
    return {folded(k): _constant(v) for k, v in values.items()} if isinstance(values, dict) else {}


def _tokens(value: object) -> frozenset[str]:
    return frozenset(folded(str(v)) for v in (value if isinstance(value, list) else [value]))


def _constant(value: object) -> str:
    return ("是" if value else "否") if isinstance(value, bool) else str(value)


def _lookup(entry: object, form: Form, columns: Mapping[str, str]) -> Lookup:
    """Return a lookup; without ``from`` its key is the column of that name, else of that header."""
    assert isinstance(entry, dict)  # noqa: S101  _columns_known has held it to that
    key = str(entry["key"])
    by_header = {folded(header): column for column, header in columns.items()}
    named = form.canonical(str(entry.get("from", key)))
    source = named if named in form.columns else by_header.get(folded(named), named)
    return Lookup(str(entry["file"]), key, str(entry["value"]), source)


def _values_known(form: Form, found: FormMap) -> Iterator[UsageError]:
    """Report meanings and constants that are no word of the column's list."""
    meant = [(c, v) for c, values in found.values.items() for v in values.values() if v]
    for column, value in (*meant, *found.constants.items()):
        enum = form.column(column).enum
        if enum and folded(value) not in by_word(enum):
            known = [w.code for w in words(enum)]
            yield _unknown("map_word", value, known, column=column)


def _sources_known(form: Form, found: FormMap) -> Iterator[UsageError]:
    for column, lookup in found.lookups.items():
        if lookup.source not in found.columns:
            yield UsageError("map_lookup_key", column=column, by=lookup.source, form=form.name)


def _fed(form: Form, found: FormMap) -> Iterator[UsageError]:
    """Report what every row needs and nothing of the map can give."""
    for need in form.needs:
        if not any(set(way) <= set(found.filled) for way in need):
            ways = [" + ".join(way) for way in need]
            yield UsageError("map_needs" if len(ways) == 1 else "map_needs_any", form=form.name, ways=ways)
