"""The hidden sheet behind dropdowns and formulas: sorted lists, and the words as the firm calls them."""

from collections.abc import Iterator

import polars as pl

from ltc_xl.model.address import column_letters
from ltc_xl.workbook.builder.canvas import Canvas, Span
from ltc_xl.workbook.builder.layout import LISTS
from ltc_xl.workbook.builder.measures import Frames
from ltc_xl.workbook.builder.picks import ITEM, KEY, NONE, TABLE, picks
from ltc_xl.workbook.builder.printing import set_up_page
from ltc_xl.workbook.builder.styles import Styles
from ltc_xl.workbook.builder.vocabulary import TWICE, blocks, in_order, lookup, shipped, spoken_of

BLANK_COLUMN = 2
FIRST_COLUMN, FIRST_ROW = 3, 1


def write_lists(canvas: Canvas, styles: Styles, frames: Frames, profile: str) -> None:
    """Write the sheet."""
    rows = picks(frames.rows, profile)
    canvas.sheet.add_table(
        0,
        0,
        max(len(rows), 1),
        1,
        {
            "name": TABLE,
            "style": None,
            "autofilter": False,
            "columns": [{"header": KEY}, {"header": ITEM}],
            "data": rows,
        },
    )
    canvas.sheet.set_column(0, 1, 32, styles(num_format="@"))
    for column, enum in enumerate(spoken_of(profile), FIRST_COLUMN):
        _write_words(canvas, styles, frames, enum, column)
    set_up_page(canvas.sheet, styles.lang)
    canvas.sheet.very_hidden()


def _write_words(canvas: Canvas, styles: Styles, frames: Frames, enum: str, column: int) -> None:
    lang, labels = styles.lang, frames.book.labels(enum)
    listed = set(frames.rows["choices"].filter(pl.col("set") == enum)[lang])
    canvas.text(Span(0, column, column), enum, styles(bold=True))
    for place, word in enumerate(in_order(enum)):
        row, own = FIRST_ROW + place * TWICE, labels[word.code]
        canvas.figure(Span(row, column, column), lookup(enum, word, lang), own, styles())
        old = own if word.label(lang) in listed else word.label(lang)
        formula = shipped(enum, word, f"{column_letters(column + 1)}{row + 1}", lang)
        canvas.figure(Span(row + 1, column, column), formula, old, styles())


def lists_names(profile: str) -> Iterator[tuple[str, str]]:
    """Yield the workbook names of the words, by list and kind, and of a blank cell."""
    yield NONE, f"={_range(BLANK_COLUMN, 0, 0)}"
    for column, enum in enumerate(spoken_of(profile), FIRST_COLUMN):
        for name, first, last in blocks(enum):
            yield name, f"={_range(column, first + FIRST_ROW, last + FIRST_ROW)}"


def _range(column: int, first: int, last: int) -> str:
    letters = column_letters(column + 1)
    cells = f"${letters}${first + 1}"
    return f"{LISTS}!{cells}" if first == last else f"{LISTS}!{cells}:${letters}${last + 1}"
