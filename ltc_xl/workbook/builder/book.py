"""The way from rows to a workbook file: complete the rows, lay out the sheets, write them in order."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import polars as pl
from xlsxwriter import Workbook

from ltc_xl.messages import say
from ltc_xl.model.defaults import default_rows, settings_rows
from ltc_xl.model.enums import Lang
from ltc_xl.model.ids import stable_uids
from ltc_xl.model.tables import UID, Table, table, tables_of
from ltc_xl.workbook.builder.canvas import Canvas, PlainSheet
from ltc_xl.workbook.builder.dashboard import write_dashboard
from ltc_xl.workbook.builder.layout import (
    FIRST_SHEETS,
    LISTS,
    LOOKS,
    SHOWN_RULES,
    START,
    TableArea,
    look_sheet,
    sheet_order,
)
from ltc_xl.workbook.builder.lists import lists_names, write_lists
from ltc_xl.workbook.builder.measures import Frames, frames_of
from ltc_xl.workbook.builder.names import defined_names
from ltc_xl.workbook.builder.sheet import TableSheet, write_table
from ltc_xl.workbook.builder.start import write_start
from ltc_xl.workbook.builder.styles import FONTS, SIZES, Styles

TEMPLATE_VERSION = "1"


def build_book(  # noqa: PLR0913  what makes one firm's workbook unlike another's
    target: Path,
    *,
    lang: Lang,
    profile: str,
    site: str,
    store_id: str,
    rows: Mapping[str, pl.DataFrame],
    as_of: date,
    company: str = "",
) -> None:
    """Write a new workbook; equal arguments give equal bytes.

    Args:
        target: the file to write.
        lang: language of sheets, headers and words.
        profile: ``starter`` or ``full``.
        site: letters of the business numbers.
        store_id: identity of the book's store; may be blank in a template.
        rows: rows by canonical table name, codes for enums; a missing rule table gets its default rows,
            any other missing table is empty. Rows without ``_uid`` get one.
        as_of: the day live formulas show.
        company: the firm's name, for the settings.
    """
    identity = {"language": lang, "profile": profile, "site": site}
    given = {
        "settings": settings_rows(lang, company=company, site=site, language=lang),
        "meta": _meta(
            {"store_id": store_id, "template_version": TEMPLATE_VERSION, "base_token": "", **identity}
        ),
        **rows,
    }
    complete = {
        owner.name: _complete(owner, given.get(owner.name), lang, profile, store_id)
        for owner in tables_of(profile)
    }
    _write(target, complete, lang, profile, as_of)


def _meta(values: Mapping[str, str]) -> pl.DataFrame:
    return pl.DataFrame({"key": list(values), "value": [value or None for value in values.values()]})


def _complete(
    owner: Table, given: pl.DataFrame | None, lang: Lang, profile: str, store_id: str
) -> pl.DataFrame:
    """Return the rows with every column of the model; each row of a tracked table has a ``_uid``."""
    rows = given
    if rows is None:
        rows = default_rows(owner.name, lang, profile) if owner.group == "rule" else owner.empty()
    rows = rows.select(
        (pl.col(code) if code in rows.columns else pl.lit(None)).cast(dtype).alias(code)
        for code, dtype in owner.schema.items()
    )
    stable = pl.Series(UID, stable_uids(store_id, owner.name, rows.height), dtype=pl.String)
    return rows.with_columns(pl.coalesce(UID, stable).alias(UID))


def options(lang: Lang) -> dict[str, object]:
    """Return XlsxWriter's options: the font of the language, texts taken as they are."""
    font = {"font_name": FONTS[lang], "font_size": SIZES[lang]}
    return {"default_format_properties": font, "strings_to_formulas": False, "strings_to_urls": False}


def _write(target: Path, rows: Mapping[str, pl.DataFrame], lang: Lang, profile: str, as_of: date) -> None:
    frames = frames_of(rows, as_of, lang)
    with Workbook(str(target), options(lang)) as book:
        made = datetime.combine(as_of, datetime.min.time())
        book.set_properties({"title": say("sheets.start.tagline", lang), "created": made})
        book.set_size(1600, 1000)
        styles = Styles(book, lang)
        for name in sheet_order(profile):
            write = write_look if name in LOOKS else _write_sheet
            write(book, styles, name, frames, profile)
        for name, formula in (*defined_names(lang, profile), *lists_names(profile)):
            book.define_name(name, formula)


def write_look(book: Workbook, styles: Styles, name: str, frames: Frames, profile: str) -> Canvas:
    """Write 开始, 看板 or the hidden lists; return what stands on it."""
    canvas = Canvas(book.add_worksheet(look_sheet(name, styles.lang), PlainSheet))
    if name == START:
        write_start(canvas, styles, frames, profile)
    elif name == LISTS:
        write_lists(canvas, styles, frames, profile)
    else:
        write_dashboard(book, canvas, styles, frames, profile)
    return canvas


def _write_sheet(book: Workbook, styles: Styles, name: str, frames: Frames, profile: str) -> None:
    owner, rows = table(name), frames.rows[name]
    sheet = book.add_worksheet(owner.sheet(styles.lang), TableSheet)
    area = TableArea(
        owner, styles.lang, profile, rows if rows.height else rows.clear(1), blank=not rows.height
    )
    write_table(sheet, area, styles, frames)
    if owner.group == "tech":
        sheet.very_hidden()
    elif not _visible(owner, rows):
        sheet.hide()


def _visible(owner: Table, rows: pl.DataFrame) -> bool:
    """Return whether a person sees the sheet: the ten, the three rule sheets, and prepared ones in use."""
    if owner.name in FIRST_SHEETS + SHOWN_RULES:
        return True
    return owner.group in {"work", "look", "result"} and rows.height > 0
