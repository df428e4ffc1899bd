"""Cells that carry more than a value: arrays that spill, images in cells."""

import struct
import zlib
from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from made_books.base import orders_book


def dynamic_array_book(path: Path) -> Path:
    """Make the orders with their regions, each once, spilling over 报表!C1:C3."""

    def dress(_: xlsxwriter.Workbook, __: Worksheet, report: Worksheet) -> None:
        report.write_dynamic_array_formula("C1:C3", "=UNIQUE(tblOrders[地区])", None, "北")
        report.write_string("C2", "南")
        report.write_string("C3", "东")
        report.write_formula("E1", "=COUNTA(ANCHORARRAY(C1))", None, 3)

    return orders_book(path, dress)


def cell_image_book(path: Path) -> Path:
    """Make the orders with an image placed in the cell 报表!C3."""
    image = path.with_suffix(".png")
    image.write_bytes(_png())

    def dress(_: xlsxwriter.Workbook, __: Worksheet, report: Worksheet) -> None:
        report.embed_image("C3", str(image), {"description": "红点"})

    made = orders_book(path, dress)
    image.unlink()
    return made


def _png() -> bytes:
    """Return a red image of one pixel."""
    header = struct.pack(">2L5B", 1, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\x00\xff\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))
