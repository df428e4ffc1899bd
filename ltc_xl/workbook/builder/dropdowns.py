"""Dropdowns: words of a list, rows of another table, and those that go with another cell of the row."""

from typing import Any

from ltc_xl.messages import say
from ltc_xl.model.enums import Lang
from ltc_xl.model.tables import Column, Ref, Suggestions, table, tables_of
from ltc_xl.workbook.builder.layout import TableArea
from ltc_xl.workbook.builder.names import list_of_enum, list_of_ref
from ltc_xl.workbook.builder.picks import (
    NAMED,
    NONE,
    TERMS,
    by_beginning,
    depends_on_customer,
    of_customer,
    picks_name,
)
from ltc_xl.workbook.builder.vocabulary import among_words

Options = dict[str, Any]


def dropdown(area: TableArea, column: Column) -> Options | None:
    """Return the list that a column is filled from, or None."""
    enum = "yes_no" if column.type == "flag" else column.enum
    if enum:
        return _enum_list(enum, area.lang)
    if column.ref and table(column.ref.table) in tables_of(area.profile):
        return _referred(area, column, column.ref)
    if column.code == "terms" and area.model.group == "work":
        return _from(f"={picks_name(TERMS)}", "ref", "terms", area.lang)
    return _suggested(area, column.suggest) if column.suggest else None


def _enum_list(name: str, lang: Lang) -> Options:
    choices = table("choices").sheet(lang)
    return {
        "validate": "list",
        "source": f"={list_of_enum(name)}",
        "error_type": "stop",
        "error_title": say("sheets.input.stop_title", lang),
        "error_message": say("sheets.input.stop", lang, choices=choices),
    }


def _from(source: str, key: str, name: str, lang: Lang) -> Options:
    """Return a list of rows of a table; what is not among them is taken after a question."""
    return {
        "validate": "list",
        "source": source,
        "error_type": "warning",
        "error_title": say("sheets.input.ref_title", lang),
        "error_message": say(f"sheets.input.{key}", lang, sheet=table(name).sheet(lang)),
    }


def _referred(area: TableArea, column: Column, ref: Ref) -> Options:
    """Return the rows that a column may name: those of the row's customer, or by how their name begins."""
    every, depends = list_of_ref(ref), depends_on_customer(area.model, column)
    if depends:
        source = of_customer(depends[0], area.first_cell(depends[1]), every)
        return _from(source, "ref_of", ref.table, area.lang)
    if ref.table == NAMED:
        source = by_beginning(area.first_cell(column.code), every)
        return _from(source, "ref_begun", ref.table, area.lang)
    return _from(f"={every}", "ref", ref.table, area.lang)


def _suggested(area: TableArea, suggest: Suggestions) -> Options:
    """Return a list that only offers: what is typed beside it is taken without a word."""
    return {"validate": "list", "source": f"={_offered(area, suggest)}", "show_error": False}


def _offered(area: TableArea, suggest: Suggestions) -> str:
    if suggest.column and suggest.of:
        return of_customer(suggest.column, area.first_cell(suggest.of), NONE)[1:]
    if suggest.column:
        return list_of_ref(suggest.column)
    if suggest.by is None:
        return list_of_enum(suggest.lists[0][1])
    enum, cell = area.model.by_code[suggest.by].enum or "", area.first_cell(suggest.by)
    offered = NONE
    for code, name in reversed(suggest.lists):
        offered = f"IF({among_words(cell, enum, (code,))},{list_of_enum(name)},{offered})"
    return offered
