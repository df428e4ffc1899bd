"""A file as a zip container: what its bytes are, and its entries, packed and unpacked.

Whatever a file may be instead is told apart here and raised as ``NotAWorkbook``, each kind with its own
sentence. A file is never trusted about its sizes.
"""

import hashlib
import io
import re
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from isal import isal_zlib
from isal.igzip_lib import IsalError

from ltc_xl.model.errors import NotAWorkbook, WorldError

MAX_PART = 1 << 30
MAX_TOTAL = 2 << 30
MAX_ENTRIES = 20_000
MAX_RATIO = 250
RATIO_FLOOR = 10 << 20

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_ENCRYPTED_BIT = 1
_DEFLATED = 8
_RAW_DEFLATE = -15


def part_key(name: str) -> str:
    r"""Return a part's name for comparison: case, slashes and a leading slash do not matter.

    >>> part_key("/XL\\Workbook.xml")
    'xl/workbook.xml'
    """
    return name.replace("\\", "/").lstrip("/").lower()


@dataclass(frozen=True)
class Container:
    """A zip file in memory.

    Attributes:
        name: the file's name, for messages.
        data: the bytes of the file; local headers and packed parts are copied from here.
        entries: the zip entries in the order of the directory, ``header_offset`` and sizes included.
    """

    name: str
    data: bytes
    entries: tuple[zipfile.ZipInfo, ...]

    @cached_property
    def digest(self) -> str:
        """Return the sha256 of the file."""
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def by_key(self) -> Mapping[str, zipfile.ZipInfo]:
        """Return part key -> entry."""
        return {part_key(entry.filename): entry for entry in self.entries}

    def __contains__(self, part: str) -> bool:
        return part_key(part) in self.by_key

    def entry(self, part: str) -> zipfile.ZipInfo:
        """Return the entry of a part; a file that lacks a part it speaks of is damaged."""
        if part not in self:
            raise self.damaged(part)
        return self.by_key[part_key(part)]

    def packed(self, entry: zipfile.ZipInfo) -> memoryview:
        """Return an entry's bytes as they stand in the file, packed."""
        start = entry.header_offset
        header = self.data[start : start + _LOCAL_HEADER.size]
        if len(header) < _LOCAL_HEADER.size or header[:4] != b"PK\x03\x04":
            raise self.damaged(entry.filename)
        *_, name_size, extra_size = _LOCAL_HEADER.unpack(header)
        begin = start + _LOCAL_HEADER.size + name_size + extra_size
        return memoryview(self.data)[begin : begin + entry.compress_size]

    def read(self, part: str) -> bytes:
        """Return a part's bytes, unpacked; never more than the directory declares."""
        entry = self.entry(part)
        content = bytes(self.packed(entry))
        if entry.compress_type == _DEFLATED:
            content = self._inflated(entry, content)
        if len(content) != entry.file_size or isal_zlib.crc32(content) != entry.CRC:
            raise self.damaged(part)
        return content

    def refuse_traps(self) -> None:
        """Raise for entries that are encrypted, repeated, oddly packed, or swell beyond reason."""
        if any(entry.flag_bits & _ENCRYPTED_BIT for entry in self.entries):
            raise NotAWorkbook("file_encrypted", file=self.name)
        if len(self.by_key) != len(self.entries):
            raise self.damaged(self._repeated())
        if any(entry.compress_type not in {0, _DEFLATED} for entry in self.entries):
            raise self.damaged("[Content_Types].xml")
        if len(self.entries) > MAX_ENTRIES or sum(e.file_size for e in self.entries) > MAX_TOTAL:
            raise NotAWorkbook("file_too_big", file=self.name)
        if any(_swells(entry) for entry in self.entries):
            raise NotAWorkbook("file_too_big", file=self.name)

    def _repeated(self) -> str:
        keys = [part_key(entry.filename) for entry in self.entries]
        return next(key for key in keys if keys.count(key) > 1)

    def damaged(self, part: str) -> NotAWorkbook:
        """Return the error for a part that cannot be read."""
        return NotAWorkbook("file_damaged", file=self.name, part=part)

    def _inflated(self, entry: zipfile.ZipInfo, packed: bytes) -> bytes:
        inflater = isal_zlib.decompressobj(wbits=_RAW_DEFLATE)
        try:
            return inflater.decompress(packed, entry.file_size + 1)
        except IsalError as error:  # type: ignore[misc]  # its stub types the class as an instance
            raise self.damaged(entry.filename) from error


def bytes_of(path: Path) -> bytes:
    """Return what a file holds.

    Raises:
        WorldError: it is missing or may not be read.
    """
    if path.is_dir():
        raise NotAWorkbook("file_is_folder", file=path.name)
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise WorldError("file_missing", file=path.name, folder=str(path.absolute().parent)) from error
    except PermissionError as error:
        raise WorldError("file_denied", file=path.name) from error
    except OSError as error:
        raise WorldError("file_unreadable", file=path.name, cause=error.strerror) from error


def directory_of(name: str, data: bytes) -> tuple[zipfile.ZipInfo, ...]:
    """Return the entries of a zip file.

    Raises:
        NotAWorkbook: the bytes are something else, or not all of them are there.
    """
    if not data.startswith(b"PK"):
        raise NotAWorkbook(_kind_of(data), file=name)
    try:
        return tuple(zipfile.ZipFile(io.BytesIO(data)).infolist())
    except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError) as error:
        raise NotAWorkbook("file_cut_short", file=name) from error


def _kind_of(data: bytes) -> str:
    """Return the sentence for bytes that are no zip."""
    if not data.strip():
        return "file_empty"
    if data.startswith(_OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in data
        return "file_encrypted" if encrypted else "file_is_xls"
    if re.match(rb"(?:\xef\xbb\xbf)?\s*<", data):
        return "file_is_html"
    return "file_is_unknown" if b"\0" in data[:4096] else "file_is_text"


def _swells(entry: zipfile.ZipInfo) -> bool:
    """Return whether an entry unpacks to more than any sheet made by a program for people would."""
    ratio = entry.file_size / max(entry.compress_size, 1)
    return entry.file_size > MAX_PART or (entry.file_size > RATIO_FLOOR and ratio > MAX_RATIO)
