"""Values into cells: text never becomes a formula, percents become shares, codes become words."""

from datetime import date
from decimal import Decimal

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ltc_xl.messages.papers import cell_words, code_words
from ltc_xl.model.enums import Lang
from ltc_xl.model.paper import Kind, Phrase


def excel_value(value: object, kind: Kind, lang: Lang) -> float | date | str | None:
    """Return a value as Excel keeps it.

    >>> excel_value(Decimal("62.75"), "percent", "zh"), excel_value("WON", "stage", "en")
    (0.6275, 'Won')
    """
    if isinstance(value, Decimal | float | int):
        return float(Decimal(str(value)) / 100) if kind == "percent" else _number(value)
    if isinstance(value, Phrase):
        return cell_words(value, kind, lang)
    return value if isinstance(value, date) or value is None else code_words(str(value), kind, lang)


def _number(value: Decimal | float) -> float:
    return float(value) if isinstance(value, Decimal) else value


def write_cell(
    sheet: Worksheet, place: tuple[int, int], value: float | date | str | None, form: Format
) -> None:
    """Write one value at (row, column)."""
    if value is None:
        sheet.write_blank(*place, None, form)
    elif isinstance(value, str):
        sheet.write_string(*place, value, form)
    elif isinstance(value, date):
        sheet.write_datetime(*place, value, form)
    else:
        sheet.write_number(*place, value, form)
