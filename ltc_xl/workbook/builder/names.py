"""Defined names of a new workbook: the lists behind dropdowns, the marks, the firm's currency."""

from collections.abc import Iterator

from ltc_xl.model.defaults import lists_of
from ltc_xl.model.enums import Lang
from ltc_xl.model.tables import Ref, Table, column_reference, table, tables_of
from ltc_xl.workbook.builder.picks import picks_names
from ltc_xl.workbook.edges import MARKS

CURRENCY = "ltc_currency"


def list_of_enum(name: str) -> str:
    """Return the name behind the dropdown of an enum.

    >>> list_of_enum("lead_state")
    'lst_lead_state'
    """
    return f"lst_{name}"


def list_of_ref(ref: Ref) -> str:
    """Return the name behind the dropdown of a reference.

    >>> list_of_ref(Ref("members", "member"))
    'lst_members'
    """
    return f"lst_{ref.table}"


def _enum_range(name: str, lang: Lang) -> str:
    """Return the words of one list on 选项 (choices), whose rows stand together; a new row joins them."""
    words, sets = column_reference("choices", lang, lang), column_reference("choices", "set", lang)
    first = f'MATCH("{name}",{sets},0)'
    return f'=INDEX({words},{first}):INDEX({words},{first}+COUNTIF({sets},"{name}")-1)'


def _setting(key: str, lang: Lang) -> str:
    values, keys = column_reference("settings", "value", lang), column_reference("settings", "key", lang)
    return f'INDEX({values},MATCH("{key}",{keys},0))'


def setting_formula(key: str, otherwise: str, lang: Lang) -> str:
    """Return the formula of a setting's value, or of another text while it is blank or its row is gone."""
    value = _setting(key, lang)
    return f'IFERROR(IF({value}="","{otherwise}",{value}&""),"{otherwise}")'


def _referred(tables: tuple[Table, ...]) -> dict[str, Ref]:
    refs = [c.ref for owner in tables for c in owner.columns if c.ref and table(c.ref.table) in tables]
    return {ref.table: ref for ref in refs}


def defined_names(lang: Lang, profile: str) -> Iterator[tuple[str, str]]:
    """Yield every workbook name and its formula."""
    for name in lists_of(profile):
        yield list_of_enum(name), _enum_range(name, lang)
    for ref in _referred(tables_of(profile)).values():
        yield list_of_ref(ref), f"={column_reference(ref.table, ref.column, lang)}"
    yield from picks_names(lang)
    yield MARKS, f"={column_reference('findings', 'mark', lang)}"
    yield CURRENCY, f"={setting_formula('base_currency', 'CNY', lang)}"
