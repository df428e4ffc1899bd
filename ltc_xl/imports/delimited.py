"""Text files with delimiters: csv and its cousins, in whatever encoding a program wrote them."""

import csv
import hashlib
from collections import Counter
from collections.abc import Collection
from io import StringIO
from itertools import islice, zip_longest
from pathlib import Path

import polars as pl
from charset_normalizer import from_bytes

from ltc_xl.imports.raw import Layout, RawTable, raw_table
from ltc_xl.model.enums import folded
from ltc_xl.model.errors import UsageError, WorldError

DELIMITERS = ",;\t|"
_SAMPLE = 1 << 16
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_COMMON_SHARE = 0.8
_LIKELY = ["cp1252", "cp1250", "cp1251", "big5", "shift_jis", "euc_kr"]


def read_delimited(path: Path, layout: Layout, wanted: Collection[str]) -> RawTable:
    """Return the table of a text file.

    Raises:
        UsageError: the map names an encoding that does not exist.
        WorldError: the file is empty, or not text in the encoding named.
    """
    data = path.read_bytes()
    text = decoded(data, layout.encoding, path.name)
    if not text.strip("\r\n\t ﻿\0"):
        raise WorldError("import_empty", file=path.name)
    records = _records(text, layout.delimiter or delimiter_of(text, wanted), path.name)
    cells = [pl.Series(f"{n}", column, pl.String) for n, column in enumerate(zip_longest(*records))]
    return raw_table(
        path.name,
        pl.DataFrame(cells),
        wanted,
        header_row=layout.header_row,
        digest=hashlib.sha256(data).hexdigest(),
    )


def decoded(data: bytes, encoding: str | None, name: str) -> str:
    """Return the text of a file: in the encoding named, else the one its bytes speak for."""
    chosen = encoding or encoding_of(data)
    try:
        return data.decode(chosen).removeprefix("﻿")
    except LookupError:
        raise UsageError("import_encoding_unknown", file=name, encoding=chosen) from None
    except UnicodeDecodeError as error:
        raise WorldError("import_encoding", file=name, encoding=chosen, byte=error.start + 1) from None


def encoding_of(data: bytes) -> str:
    """Return the encoding of a text: by its mark, as strict UTF-8, as Chinese, else by statistics.

    >>> encoding_of("客户,金额".encode("gbk"))
    'gb18030'
    >>> western = "Größe,5;für Köln,2".encode("cp1252")
    >>> western.decode(encoding_of(western))
    'Größe,5;für Köln,2'
    """
    for mark, name in _MARKS.items():
        if data.startswith(mark):
            return name
    sample = data[:_SAMPLE]
    if b"\0" in sample:
        return "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"
    if _decodes(data, "utf-8"):
        return "utf-8"
    if _decodes(data, "gb18030") and _reads_as_chinese(sample):
        return "gb18030"
    best = from_bytes(sample, cp_isolation=_LIKELY).best()
    return best.encoding if best else "gb18030"


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _reads_as_chinese(sample: bytes) -> bool:
    """Return whether most characters are ones people use; Western text read as GBK gives rare ones."""
    foreign = [char for char in sample.decode("gb18030", "ignore") if ord(char) > 127]  # noqa: PLR2004
    common = sum(_decodes_back(char) for char in foreign)
    return common >= _COMMON_SHARE * len(foreign)


def _decodes_back(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def delimiter_of(text: str, wanted: Collection[str]) -> str:
    r"""Return the delimiter that shows most of the wanted headers, then the most even table.

    >>> delimiter_of("客户;金额\n恒远, 苏州;1,5\n", ["金额"])
    ';'
    """
    return max(DELIMITERS, key=lambda delimiter: _evenness(text, delimiter, wanted))


def _evenness(text: str, delimiter: str, wanted: Collection[str]) -> tuple[int, int]:
    top = list(islice(csv.reader(StringIO(text[:_SAMPLE], newline=""), delimiter=delimiter), 60))
    names = {folded(w) for w in wanted}
    found = max((len(names & {folded(cell) for cell in row}) for row in top), default=0)
    widths = Counter(len(row) for row in top if len(row) > 1)
    width, rows = widths.most_common(1)[0] if widths else (1, 0)
    return found, rows * (width - 1)


def _records(text: str, delimiter: str, name: str) -> list[list[str]]:
    try:
        return list(csv.reader(StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise WorldError("import_not_a_table", file=name) from None
