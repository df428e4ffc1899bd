"""The shared strings of a workbook, as one column."""

import polars as pl

from ltc_xl.workbook import events
from ltc_xl.workbook.lines import Unusual, is_usual, lines_of
from ltc_xl.workbook.xmltext import decoded, tidy

_PLAIN = r"^(?:<t>|<t xml:space=\"preserve\">)([^<]*)</t></si>"
_RUN = r"<t(?:\s[^>]*)?>[^<]*</t>"
_READING = r"<rPh[\s>].*?</rPh>"
_TAG = r"<[^>]*>"
_UNUSUAL = r"<[!?]|<si[\s/&]"


def shared_strings(xml: bytes) -> pl.Series:
    """Return the shared strings of ``sharedStrings.xml``, tidy, in their order."""
    try:
        return tidy(_fast(xml))
    except Unusual:
        return tidy(pl.Series(list(events.strings(xml)), dtype=pl.String))


def inline_texts(bodies: pl.Series) -> pl.Series:
    """Return the texts, still encoded, of ``<si>`` or ``<is>`` bodies with runs; readings are left out."""
    runs = bodies.str.replace_all(_READING, "").str.extract_all(_RUN).list.join("")
    return runs.str.replace_all(_TAG, "")


def _fast(xml: bytes) -> pl.Series:
    start = xml.find(b"<sst")
    if not is_usual(xml) or start < 0:
        raise Unusual
    bodies = lines_of(xml[start:], b"<si>", _UNUSUAL).slice(1)
    plain = bodies.str.extract(_PLAIN)
    rich = plain.is_null()
    texts = plain.scatter(rich.arg_true(), inline_texts(bodies.filter(rich))) if rich.any() else plain
    return decoded(texts)
