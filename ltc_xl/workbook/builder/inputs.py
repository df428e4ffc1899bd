"""What Excel helps with while typing: dropdowns, input messages, gentle warnings."""

from datetime import date

from ltc_xl.messages import say, shown
from ltc_xl.model.enums import Lang, label
from ltc_xl.model.tables import Column, Table, When
from ltc_xl.workbook.builder.dropdowns import Options, dropdown
from ltc_xl.workbook.builder.layout import TableArea

TITLE_LIMIT = 32
MESSAGE_LIMIT = 255
EARLIEST = date(1990, 1, 1)
LATEST = date(2099, 12, 31)


def when_words(owner: Table, when: When, lang: Lang) -> str:
    """Return the condition of a required column as a sentence.

    >>> from ltc_xl.model.tables import table
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


def _warning(title: str, message: str) -> Options:
    return {"error_type": "warning", "error_title": title, "error_message": message}


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


def _rule(area: TableArea, column: Column) -> Options:
    listed = dropdown(area, column)
    if listed:
        return listed
    if column.type == "date":
        return _date_range(area.lang)
    if column.type in {"int", "number"} and column.min is not None:
        return _number_range(column, area.lang)
    return {"validate": "any"}


def validation(area: TableArea, column: Column) -> Options | None:
    """Return the data validation of a typed column, or None when there is nothing to help with.

    Money takes any text, because 12万 is a good way to write 120,000.
    """
    rule = _rule(area, column)
    text = _help(area.model, column, area.lang)
    if rule["validate"] == "any" and not text:
        return None
    prompt = {"input_title": column.label(area.lang)[:TITLE_LIMIT], "input_message": text} if text else {}
    return {**rule, **prompt}
