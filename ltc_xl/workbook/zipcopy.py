"""A package written anew: entries that did not change are copied as they stand, packed bytes and all."""

import io
import struct
import zipfile
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import BinaryIO, NamedTuple

from isal import isal_zlib

from ltc_xl.workbook.container import part_key
from ltc_xl.workbook.package import Package

Pieces = Sequence[bytes | memoryview]

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_ZIP64_EXTRA = 1
_VERSION, _VERSION64 = 20, 45
_BIG, _MANY = 0xFFFF_FFFF, 0xFFFF
_LARGE = 0xF000_0000
"""A size from which an entry is written with 64-bit sizes; below 4 GiB, since packing may add a little."""
_DEFLATED, _RAW, _LEVEL = 8, -15, 1
_SIZES_FOLLOW, _UTF8 = 0x8, 0x800


def write_package(
    package: Package,
    target: BinaryIO,
    changed: Mapping[str, Pieces],
    dropped: Collection[str] = (),
    added: Mapping[str, bytes] = MappingProxyType({}),
) -> None:
    """Write the package with some parts changed and some left out; the order stays, new parts come last."""
    new = {part_key(part): pieces for part, pieces in changed.items()}
    left_out = {part_key(part) for part in dropped}
    writer = _PackageWriter(target)
    for entry in package.entries:
        key = part_key(entry.filename)
        if key in new:
            writer.pack(entry, new[key])
        elif key not in left_out:
            writer.copy(entry, package.packed(entry))
    for part, content in added.items():
        writer.pack(_new_entry(part), [content])
    writer.close()


def _new_entry(part: str) -> zipfile.ZipInfo:
    """Return the entry of a part that nobody had; like all that must come out the same, it has no date."""
    entry = zipfile.ZipInfo(part)
    entry.flag_bits = 0 if part.isascii() else _UTF8
    return entry


class _PackageWriter:
    """Writes entries to a file, one after the other, then their directory."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self._directory = io.BytesIO()
        self._count = 0

    def copy(self, entry: zipfile.ZipInfo, packed: memoryview) -> None:
        """Write an entry's packed bytes as they stand."""
        flags = entry.flag_bits & ~_SIZES_FOLLOW
        content = _Content(entry.compress_type, entry.CRC, entry.compress_size, entry.file_size)
        record = _Record(entry, flags, self._target.tell(), content)
        self._target.write(record.local() + packed)
        self._note(record)

    def pack(self, entry: zipfile.ZipInfo, pieces: Pieces) -> None:
        """Write an entry with new content, under its old name, date and attributes."""
        start, size, crc = self._target.tell(), sum(map(len, pieces)), 0
        flags = entry.flag_bits & _UTF8
        self._target.write(_Record(entry, flags, start, _Content(_DEFLATED, 0, 0, size)).local())
        begin = self._target.tell()
        packer = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _RAW)
        for piece in pieces:
            crc = isal_zlib.crc32(piece, crc)
            self._target.write(packer.compress(piece))
        self._target.write(packer.flush())
        end = self._target.tell()
        record = _Record(entry, flags, start, _Content(_DEFLATED, crc, end - begin, size))
        self._target.seek(start)
        self._target.write(record.local())
        self._target.seek(end)
        self._note(record)

    def close(self) -> None:
        """Write the directory."""
        start, content = self._target.tell(), self._directory.getvalue()
        self._target.write(content)
        if start >= _BIG or self._count >= _MANY:
            self._target.write(_end64(start, len(content), self._count))
        count = min(self._count, _MANY)
        end = (b"PK\x05\x06", 0, 0, count, count, len(content), min(start, _BIG), 0)
        self._target.write(_END.pack(*end))

    def _note(self, record: "_Record") -> None:
        self._directory.write(record.central())
        self._count += 1


class _Content(NamedTuple):
    method: int
    crc: int
    packed: int
    size: int


class _Record:
    """The headers of one entry."""

    def __init__(self, entry: zipfile.ZipInfo, flags: int, offset: int, content: _Content) -> None:
        self._entry, self._offset = entry, offset
        self._sizes = (content.packed, content.size)
        self._large = max(self._sizes) >= _LARGE
        year, month, day, hour, minute, second = entry.date_time
        moment = (hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day)
        self._shared = (flags, content.method, *moment, content.crc)
        self._name = entry.orig_filename.encode("utf-8" if entry.flag_bits & _UTF8 else "cp437")

    def local(self) -> bytes:
        """Return the header that stands before the entry."""
        packed, size = self._sizes
        extra = struct.pack("<2H2Q", _ZIP64_EXTRA, 16, size, packed) if self._large else b""
        shown = (_BIG, _BIG) if self._large else (packed, size)
        names = (len(self._name), len(extra))
        return _LOCAL.pack(b"PK\x03\x04", self._version, *self._shared, *shown, *names) + self._name + extra

    def central(self) -> bytes:
        """Return the entry's record in the directory."""
        packed, size = self._sizes
        large = self._large or self._offset >= _BIG
        extra = struct.pack("<2H3Q", _ZIP64_EXTRA, 24, size, packed, self._offset) if large else b""
        shown = (_BIG, _BIG) if large else (packed, size)
        entry = self._entry
        lengths = (len(self._name), len(extra), len(entry.comment), 0, entry.internal_attr & _MANY)
        versions = (entry.create_system << 8 | self._version, _VERSION64 if large else _VERSION)
        places = (entry.external_attr, _BIG if large else self._offset)
        head = _CENTRAL.pack(b"PK\x01\x02", *versions, *self._shared, *shown, *lengths, *places)
        return head + self._name + extra + entry.comment

    @property
    def _version(self) -> int:
        return _VERSION64 if self._large else _VERSION


def _end64(start: int, size: int, count: int) -> bytes:
    """Return the end of a directory that counts or lies beyond 32 bits."""
    end = _END64.pack(b"PK\x06\x06", 44, _VERSION64, _VERSION64, 0, 0, count, count, size, start)
    return end + _LOCATOR64.pack(b"PK\x06\x07", 0, start + size, 1)
