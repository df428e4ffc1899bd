"""Files that must be left alone: signed, or locked with a password."""

import struct
from pathlib import Path

from made_books.added import Link, Part, dressed
from made_books.base import orders_book

_SIGNATURES = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature"
_FREE, _END, _FAT = 0xFFFF_FFFF, 0xFFFF_FFFE, 0xFFFF_FFFD
_SECTOR = 512


def signed_book(path: Path) -> Path:
    """Make the orders signed, as far as the places go where Excel keeps a signature."""
    signature = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#" Id="idPackageSignature"></Signature>'
    kind = "application/vnd.openxmlformats-package.digital-signature"
    return dressed(
        orders_book(path),
        [
            Part("_xmlsignatures/origin.sigs", "", b""),
            Part("_xmlsignatures/sig1.xml", f"{kind}-xmlsignature+xml", signature),
        ],
        [
            Link("", "rIdSigned", f"{_SIGNATURES}/origin", "_xmlsignatures/origin.sigs"),
            Link("_xmlsignatures/origin.sigs", "rId1", f"{_SIGNATURES}/signature", "_xmlsignatures/sig1.xml"),
        ],
        defaults={"sigs": f"{kind}-origin"},
    )


def encrypted_book(path: Path) -> Path:
    """Make a compound file with the two streams of a workbook that has a password."""
    streams = {"EncryptionInfo": b"\x04\x00\x04\x00\x40\x00\x00\x00" + b"<encryption/>" * 400}
    streams["EncryptedPackage"] = struct.pack("<Q", 5000) + bytes(range(256)) * 20
    path.write_bytes(_compound(streams))
    return path


def _compound(streams: dict[str, bytes]) -> bytes:
    """Return a compound file: a table of sectors, a folder, and each stream in sectors of its own."""
    sectors, chain, entries = b"", [_FAT, _END], [_entry("Root Entry", 5, _END, 0, child=1)]
    for number, (name, data) in enumerate(streams.items(), 1):
        start, count = len(chain), -(-len(data) // _SECTOR)
        chain += [*range(start + 1, start + count), _END]
        sectors += data.ljust(count * _SECTOR, b"\0")
        after = number + 1 if number < len(streams) else _FREE
        entries.append(_entry(name, 2, start, len(data), right=after))
    folder = b"".join(entries).ljust(_SECTOR, b"\0")
    table = struct.pack(f"<{len(chain)}L", *chain).ljust(_SECTOR, b"\xff")
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    )
    head += struct.pack("<9L", 0, 1, 1, 0, 4096, _END, 0, _END, 0)
    return head + struct.pack("<L", 0).ljust(4, b"\0") + b"\xff" * 432 + table + folder + sectors


def _entry(  # noqa: PLR0913  one argument per field that differs
    name: str, kind: int, start: int, size: int, *, child: int = _FREE, right: int = _FREE
) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    head = encoded.ljust(64, b"\0") + struct.pack("<H2B3L", len(encoded), kind, 1, _FREE, right, child)
    return head + bytes(36) + struct.pack("<LQ", start, size)
