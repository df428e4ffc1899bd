"""Map files: a consultant's word, in TOML, on what the columns and values of a foreign file mean."""

import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path

from ltc_xl.imports.form_map import FormMap, Lookup, header_in
from ltc_xl.imports.forms import Form, forms, known_headers
from ltc_xl.imports.map_problems import (
    LAYOUT,
    column_problems,
    entries_of,
    is_lookup,
    lookup_problems,
    missing_headers,
    needs_without_header,
    positive,
    shape_problems,
    unfed_needs,
    unknown,
    value_problems,
)
from ltc_xl.imports.raw import Layout, RawTable
from ltc_xl.model.enums import folded
from ltc_xl.model.errors import UsageError, WorldError
from ltc_xl.model.tables import Column

OwnColumns = Mapping[str, tuple[Column, ...]]
"""Table -> the columns that the firm added to it and declared."""


def no_access(path: Path, error: OSError) -> WorldError:
    """Return the error of a file that is not there or cannot be opened."""
    key = "import_no_file" if isinstance(error, FileNotFoundError) else "import_no_access"
    return WorldError(key, file=str(path), why=error.strerror)


def read_map(path: Path, own: OwnColumns | None = None) -> FormMap:
    """Return the map of a file; ``own`` are the columns that the firm added to its tables.

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
    return map_of(data, path.name, own)


def map_of(data: Mapping[str, object], name: str = "map.toml", own: OwnColumns | None = None) -> FormMap:
    """Return the map that parsed TOML stands for; ``own`` are the columns that the firm added to its tables.

    Raises:
        UsageError: it says something a map cannot say; all of it at once.
    """
    if "form" not in data:
        raise _wrong([UsageError("map_no_form", known=list(forms()))], name)
    if str(data["form"]) not in forms():
        raise _wrong([unknown("map_form", str(data["form"]), forms())], name)
    form = form_of(str(data["form"]), own)
    problems = [*shape_problems(data), *column_problems(form, data)]
    found = _built(form, _understood(form, data))
    problems += [*value_problems(form, found), *lookup_problems(form, found), *unfed_needs(form, found)]
    if problems:
        raise _wrong(problems, name)
    return found


def form_of(name: str, own: OwnColumns | None = None) -> Form:
    """Return a form with the columns that the firm added to its table."""
    form = forms()[name]
    return form.with_own((own or {}).get(form.table, ()))


def headers_of_form(form: str, own: OwnColumns | None = None) -> tuple[str, ...]:
    """Return every header that a form's columns are known by.

    Raises:
        UsageError: there is no such form.
    """
    if form not in forms():
        raise unknown("map_form", form, forms())
    held_to = form_of(form, own)
    return tuple(h for column in held_to.columns for h in known_headers(held_to, column))


def map_by_headers(form: str, files: Iterable[RawTable], own: OwnColumns | None = None) -> FormMap:
    """Return the map that the headers of the files speak for.

    Raises:
        UsageError: a column that the form needs is under no header that we know.
    """
    raws, held_to = list(files), form_of(form, own)
    found = FormMap(form, _known_columns(held_to, raws), own=tuple(held_to.own.values()))
    problems = list(needs_without_header(held_to, found))
    if problems:
        raise UsageError("map_misfit", file=[raw.name for raw in raws], problems=problems)
    return found


def _known_columns(form: Form, raws: list[RawTable]) -> dict[str, str]:
    columns: dict[str, str] = {}
    for column in form.columns:
        known = [h for h in known_headers(form, column) if h not in columns.values()]
        match = next((h for h in known if all(header_in(raw, h) for raw in raws)), None)
        if match:
            columns[column] = match
    return columns


def _wrong(problems: list[UsageError], name: str) -> UsageError:
    return UsageError("map_wrong", file=name, problems=problems)


def check_headers(asked: Iterable[tuple[RawTable, Iterable[str]]]) -> None:
    """Refuse files that lack a header that is asked of them.

    Raises:
        UsageError: with one problem per header and file.
    """
    problems = [p for raw, headers in asked for p in missing_headers(raw, headers)]
    if problems:
        files = list(dict.fromkeys(str(p.values["file"]) for p in problems))
        raise UsageError("map_misfit", file=files, problems=problems)


def _understood(form: Form, data: Mapping[str, object]) -> dict[str, object]:
    """Return the map without what is wrong with it, so that the rest can be held to its form too."""
    known = {*form.columns, *form.aliases, "any"}
    kept = {
        section: {name: v for name, v in entries_of(data, section).items() if name in known}
        for section in ("columns", "constants", "values", "blank")
    }
    whole = {n: v for n, v in entries_of(data, "lookup").items() if n in known and is_lookup(v)}
    layout = {k: v for k, v in entries_of(data, "file").items() if k in LAYOUT}
    return {**kept, "lookup": whole, "file": layout, "formats": entries_of(data, "formats")}


def _built(form: Form, data: Mapping[str, object]) -> FormMap:
    formats, layout = entries_of(data, "formats"), entries_of(data, "file")
    columns = {form.canonical(c): str(h) for c, h in entries_of(data, "columns").items()}
    return FormMap(
        form.name,
        columns,
        Layout(**layout),  # type: ignore[arg-type]  # shape_problems has held the section to Layout's fields
        date=str(formats["date"]) if "date" in formats else None,
        unit=positive(formats.get("unit", 1)) or Decimal(1),
        decimal=str(formats.get("decimal", ".")),
        values={form.canonical(c): _folded_keys(v) for c, v in entries_of(data, "values").items()},
        blank={form.canonical(c): _tokens(v) for c, v in entries_of(data, "blank").items()},
        constants={form.canonical(c): _constant(v) for c, v in entries_of(data, "constants").items()},
        lookups={form.canonical(c): _lookup(v, form, columns) for c, v in entries_of(data, "lookup").items()},
        own=tuple(form.own.values()),
    )


def _folded_keys(values: object) -> dict[str, str]:
    return {folded(k): _constant(v) for k, v in values.items()} if isinstance(values, dict) else {}


def _tokens(value: object) -> frozenset[str]:
    return frozenset(folded(str(v)) for v in (value if isinstance(value, list) else [value]))


def _constant(value: object) -> str:
    return ("是" if value else "否") if isinstance(value, bool) else str(value)


def _lookup(entry: object, form: Form, columns: Mapping[str, str]) -> Lookup:
    """Return a lookup; without ``from`` its key is the column of that name, else of that header."""
    assert isinstance(entry, dict)  # noqa: S101  column_problems has held it to that
    key = str(entry["key"])
    by_header = {folded(header): column for column, header in columns.items()}
    named = form.canonical(str(entry.get("from", key)))
    source = named if named in form.columns else by_header.get(folded(named), named)
    return Lookup(str(entry["file"]), key, str(entry["value"]), source)
