"""Rows that were turned away, as a workbook to mend and import again with the same map."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl
import xlsxwriter

from ltc_xl.imports.raw import LINE, RawTable
from ltc_xl.messages import say
from ltc_xl.model.enums import LANGS, Lang

REASON_HEADERS = tuple(say("intake.reason_header", lang) for lang in LANGS)
_NARROW, _WIDE = 16, 60


def rejects_path(source: Path) -> Path:
    """Return where the rows turned away from a file go.

    >>> rejects_path(Path("in/leads.csv")).as_posix()
    'in/leads.rejected.xlsx'
    """
    stem = source.with_suffix("")
    return source.with_name(f"{stem.name.removesuffix('.rejected')}.rejected.xlsx")


def reason_text(reasons: Sequence[Mapping[str, object]], lang: Lang) -> str:
    """Return why a row was turned away, in words."""
    return " ".join(say(f"intake.reason_{reason['why']}", lang, **reason) for reason in reasons)


def write_rejects(
    path: Path, raw: RawTable, rejects: Sequence[Mapping[str, object]], lang: Lang = "zh"
) -> None:
    """Write the rows of a file that were turned away: its own columns, then the reason.

    Args:
        path: where to.
        raw: the file.
        rejects: entries of ``Outcome.data["rejects"]`` that name rows of it.
        lang: language of the reasons.
    """
    why = {entry["row"]: reason_text(entry["reasons"], lang) for entry in rejects}  # type: ignore[arg-type]  # JSON
    rows = raw.rows.filter(pl.col(LINE).is_in(list(why)))
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet((raw.sheet or "rejected")[:31])
        text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
        sheet.set_column(0, len(raw.header) - 1, _NARROW, text)
        sheet.set_column(len(raw.header), len(raw.header), _WIDE)
        sheet.write_row(0, 0, [*raw.header, say("intake.reason_header", lang)], bold)
        for number, row in enumerate(rows.select(*raw.header, LINE).iter_rows(), start=1):
            sheet.write_row(number, 0, [cell or "" for cell in row[:-1]], text)
            sheet.write_string(number, len(raw.header), why[row[-1]])
        sheet.freeze_panes(1, 0)
