"""Rows that go from a table: the sheet's rows below move up, where nothing else would move with them."""

import re
from collections.abc import Iterator

from ltc_xl.model.address import column_letters
from ltc_xl.workbook.area import area_of
from ltc_xl.workbook.body import is_relative
from ltc_xl.workbook.grow import Reshape, sheet_of
from ltc_xl.workbook.package import Package, TablePart, elements
from ltc_xl.workbook.scan import RowAt, SheetScan
from ltc_xl.workbook.tags import plain

_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f(?:\s[^>]*)?>([^<]*)<")
_SHARED = re.compile(rb"<(?:[\w.-]+:)?f\s[^>]*\bt=[\"']")
_NAMED = re.compile(
    r"(?P<sheet>'(?:[^']|'')+'|[^\s'!,;()+*/&=<>\"-]+)!(?P<area>\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?)"
)
_TEXT = re.compile(r'"[^"]*"')


def without_rows(scan: SheetScan, reshape: Reshape) -> bytes:
    """Return a sheet's bytes without the deleted rows; later rows carry their new numbers."""
    address = re.compile(rb"(<" + scan.prefix + rb"c\s(?:[^>]*?\s)?r=\"[A-Za-z]+)\d+(?=\")")
    number_of_row = re.compile(rb"(<" + scan.prefix + rb"row\s(?:[^>]*?\s)?r=\")\d+(?=\")")
    pieces, position = [], 0
    for row in scan.rows(reshape.deleted[0]):
        pieces.append(scan.data[position : row.start])
        position = row.end
        new = reshape.row(row.number)
        if new is not None:
            tag = number_of_row.sub(rb"\g<1>%d" % new, scan.data[row.start : row.inner])
            cells = address.sub(rb"\g<1>%d" % new, scan.data[row.inner : row.end])
            pieces.append(tag + cells)
    return b"".join((*pieces, scan.data[position:]))


def refuse_to_move(package: Package, scan: SheetScan, table: TablePart, reshape: Reshape) -> None:
    """Refuse where something besides the table's own rows would move, or be pointed at in vain.

    Raises:
        CannotPatch: naming the first such cell.
    """
    first = reshape.deleted[0]
    if not scan.explicit:
        raise scan.refusal("patch_odd_sheet")
    for row in scan.rows(first):
        _refuse_row(scan, table, row)
    for area in (*scan.merges, *scan.arrays):
        if area.bottom >= first:
            raise scan.refusal("patch_rows_tied", area.anchor)
    for other in package.tables:
        if other.sheet == table.sheet and other.name != table.name and other.area.bottom >= first:
            raise scan.refusal("patch_rows_tied", other.area.anchor)
    if b"sparkline" in scan.tail:
        raise scan.refusal("patch_rows_tied")
    _refuse_notes(package, scan, first)
    _refuse_pointers(package, scan.name, first)


def _refuse_row(scan: SheetScan, table: TablePart, row: RowAt) -> None:
    """Refuse cells outside the table, formulas shared between rows and those that name cells by address."""
    area = table.area
    for cell in scan.cells(row):
        inside = row.number <= area.bottom and area.left <= cell.column <= area.right
        shared = _SHARED.search(cell.body)
        formula = _FORMULA.search(cell.body)
        by_address = formula and is_relative(plain(formula[1]))
        if (not inside and not cell.is_blank) or shared or by_address:
            raise scan.refusal("patch_rows_tied", f"{column_letters(cell.column)}{row.number}")


def _refuse_notes(package: Package, scan: SheetScan, first: int) -> None:
    part = next(sheet.part for sheet in package.sheets if sheet.name == scan.name)
    notes = (r.target for r in package.relations(part) if r.kind in {"comments", "threadedComment"})
    for note in notes:
        for element in (
            e for name in ("comment", "threadedComment") for e in elements(package.xml(note), name)
        ):
            area = area_of(element.get("ref", ""))
            if area and area.bottom >= first:
                raise scan.refusal("patch_rows_tied", element.get("ref", ""))


def _refuse_pointers(package: Package, name: str, first: int) -> None:
    """Refuse when a formula of any sheet names a cell of the moving rows by its address."""
    for sheet in package.sheets:
        if sheet.kind != "worksheet" or sheet.name == name:
            continue
        for text in _formulas(package.read(sheet.part)):
            for match in _NAMED.finditer(_TEXT.sub("", text)):
                area = area_of(match["area"])
                if sheet_of(match["sheet"]) == name and area and area.bottom >= first:
                    raise SheetScan(package.read(sheet.part), sheet.name).refusal(
                        "patch_rows_pointed_at", cells=match[0]
                    )


def _formulas(data: bytes) -> Iterator[str]:
    return (plain(match[1]) for match in _FORMULA.finditer(data) if b"!" in match[1])
