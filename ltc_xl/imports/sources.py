"""Files of an import: the data, its map, and the files that the map looks things up in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ltc_xl.imports.delimited import read_delimited
from ltc_xl.imports.excel import read_excel
from ltc_xl.imports.form_map import FormMap
from ltc_xl.imports.map_file import (
    OwnColumns,
    check_headers,
    headers_of_form,
    map_by_headers,
    no_access,
    read_map,
)
from ltc_xl.imports.raw import Layout, RawTable
from ltc_xl.model.errors import UsageError

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Sources:
    """Everything an import needs from outside, read.

    ``files`` are the data by name as given, ``lookups`` the tables of ``[lookup.…]`` by column.
    """

    form_map: FormMap
    files: Mapping[str, RawTable]
    lookups: Mapping[str, RawTable]


def read_table(path: Path, layout: Layout | None = None, wanted: Collection[str] = ()) -> RawTable:
    """Return the table of a foreign file, whatever its ending says it is.

    Raises:
        WorldError: the file is not there, cannot be read, is empty or no table.
    """
    try:
        with path.open("rb") as opened:
            first = opened.read(4)
    except OSError as error:
        raise no_access(path, error) from None
    read = read_excel if first in (_ZIP, _OLE) else read_delimited
    return read(path, layout or Layout(), wanted)


def read_sources(
    paths: Sequence[Path],
    map_file: Path | None = None,
    form: str | None = None,
    own: OwnColumns | None = None,
) -> Sources:
    """Return the files of an import by a map file, or by a form whose headers the files bear.

    ``own`` are the columns that the firm added to its tables.

    Raises:
        UsageError: neither or both are given; the map is wrong; a file lacks a header the map names.
    """
    if (map_file is None) == (form is None):
        raise UsageError("import_map_or_form")
    if map_file is None:
        return _by_headers(paths, str(form), own)
    form_map = read_map(map_file, own)
    files = {str(p): read_table(p, form_map.layout, form_map.columns.values()) for p in paths}
    check_headers((raw, form_map.columns.values()) for raw in files.values())
    folders = (map_file.parent, *(p.parent for p in paths))
    return Sources(form_map, files, _lookups(form_map, folders))


def _by_headers(paths: Sequence[Path], form: str, own: OwnColumns | None) -> Sources:
    wanted = headers_of_form(form, own)
    files = {str(path): read_table(path, None, wanted) for path in paths}
    return Sources(map_by_headers(form, files.values(), own), files, {})


def _lookups(form_map: FormMap, folders: Sequence[Path]) -> dict[str, RawTable]:
    tables = {}
    for column, lookup in form_map.lookups.items():
        places = [folder / lookup.file for folder in folders]
        place = next((p for p in places if p.is_file()), places[0])
        tables[column] = read_table(place, None, (lookup.key, lookup.value))
    check_headers((tables[c], (one.key, one.value)) for c, one in form_map.lookups.items())
    return tables
