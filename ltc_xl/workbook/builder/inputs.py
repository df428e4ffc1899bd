"""What Excel helps with while typing: dropdowns, input messages, gentle warnings."""

from datetime import date
from typing import Any

import polars as pl

from ltc_xl.messages import say, shown
from ltc_xl.model.enums import Lang, label
from ltc_xl.model.tables import Column, Table, When, table, tables_of
from ltc_xl.workbook.builder.layout import TableArea
from ltc_xl.workbook.builder.names import list_of_enum, list_of_ref

Options = dict[str, Any]

TITLE_LIMIT = 32
MESSAGE_LIMIT = 255
EARLIEST = date(1990, 1, 1)
LATEST = date(2099, 12, 31)


def when_words(owner: Table, when: When, lang: Lang) -> str:
    """Return the condition of a required column as a sentence.

    >>> when_words(table("leads"), When(("state",), "in", ("RETURNED", "INVALID")), "en")
    'Required when Status is Returned, Invalid.'
    """
    columns = shown([owner.by_code[code].label(lang) for code in when.columns], lang)
    enum = owner.by_code[when.columns[0]].enum
    words = shown([label(enum, code, lang) for code in when.codes] if enum else list(when.codes), lang)
    return say(f"sheets.input.{when.test}", lang, columns=columns, words=words)


def _help(owner: Table, column: Column, lang: Lang) -> str:
    """Return what a person is told on entering the cell; '' for a column that explains itself."""
    parts = [column.hint(lang) or ""]
    if column.required:
        parts.append(say("sheets.input.required", lang))
    if column.required_when:
        parts.append(when_words(owner, column.required_when, lang))
    texts = [
        part if part.endswith(("。", ".")) else f"{part}{'。' if lang == 'zh' else '.'}"
        for part in parts
        if part
    ]
    return ("" if lang == "zh" else " ").join(texts)[:MESSAGE_LIMIT]


def _bounds(column: Column, lang: Lang) -> str:
    key = "from" if column.max is None else "between"
    return say(f"sheets.input.{key}", lang, low=column.min, high=column.max)


def _enum_list(name: str, lang: Lang) -> Options:
    choices = table("choices").sheet(lang)
    return {
        "validate": "list",
        "source": f"={list_of_enum(name)}",
        "error_type": "stop",
        "error_title": say("sheets.input.stop_title", lang),
        "error_message": say("sheets.input.stop", lang, choices=choices),
    }


def _warning(title: str, message: str) -> Options:
    return {"error_type": "warning", "error_title": title, "error_message": message}


def _unknown(sheet: str, lang: Lang) -> Options:
    return _warning(say("sheets.input.ref_title", lang), say("sheets.input.ref", lang, sheet=sheet))


def _date_range(lang: Lang) -> Options:
    warning = _warning(say("sheets.input.date_title", lang), say("sheets.input.date_error", lang))
    return {"validate": "date", "criteria": "between", "minimum": EARLIEST, "maximum": LATEST, **warning}


def _number_range(column: Column, lang: Lang) -> Options:
    top = {"criteria": ">="} if column.max is None else {"criteria": "between", "maximum": column.max}
    text = say("sheets.input.number", lang, bounds=_bounds(column, lang))
    return {
        "validate": "decimal",
        "minimum": column.min,
        **top,
        **_warning(say("sheets.input.number_title", lang), text),
    }


def _terms_list(terms: pl.DataFrame, lang: Lang) -> Options:
    """Return the names of the payment terms as they are now; each has several rows, so no name lists them."""
    names = terms["terms"].drop_nulls().unique(maintain_order=True).to_list()
    return {"validate": "list", "source": names, **_unknown(table("terms").sheet(lang), lang)}


def _rule(area: TableArea, column: Column, terms: pl.DataFrame) -> Options:
    enum = "yes_no" if column.type == "flag" else column.enum
    if enum:
        return _enum_list(enum, area.lang)
    if column.ref and table(column.ref.table) in tables_of(area.profile):
        sheet = table(column.ref.table).sheet(area.lang)
        return {"validate": "list", "source": f"={list_of_ref(column.ref)}", **_unknown(sheet, area.lang)}
    if column.code == "terms" and area.model.group == "work":
        return _terms_list(terms, area.lang)
    if column.type == "date":
        return _date_range(area.lang)
    if column.type in {"int", "number"} and column.min is not None:
        return _number_range(column, area.lang)
    return {"validate": "any"}


def validation(area: TableArea, column: Column, terms: pl.DataFrame) -> Options | None:
    """Return the data validation of a typed column, or None when there is nothing to help with.

    Money takes any text, because 12万 is a good way to write 120,000.
    """
    rule = _rule(area, column, terms)
    text = _help(area.model, column, area.lang)
    if rule["validate"] == "any" and not text:
        return None
    prompt = {"input_title": column.label(area.lang)[:TITLE_LIMIT], "input_message": text} if text else {}
    return {**rule, **prompt}
