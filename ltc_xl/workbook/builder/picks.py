"""Sorted lists behind the dropdowns that depend on another cell, since Excel 2016 and WPS can filter none.

One hidden table of keys and items, both sorted: the contracts of a customer stand together under
``contracts|CUSTOMER``. It is written anew whenever the program writes the workbook.
"""

from collections.abc import Iterator, Mapping

import polars as pl

from ltc_xl.model.enums import Lang
from ltc_xl.model.tables import Column, Ref, Table, column_reference, table, tables_of

TABLE = "tblPicks"
KEY, ITEM = "_list", "_item"
KEYS, ITEMS, NONE = "ltc_pick_keys", "ltc_picks", "ltc_none"
MOST = 5_000
"""So many rows has a table whose rows are offered by customer; beyond, a dropdown offers them all."""
NAMED = "customers"
TERMS = "terms"

_JOINT = "|"
_WILDCARDS = "[*?~]"


def picks_name(name: str) -> str:
    """Return the workbook's name for a list that stands under one key.

    >>> picks_name("terms")
    'pick_terms'
    """
    return f"pick_{name}"


def depends_on_customer(owner: Table, column: Column) -> tuple[Ref, str] | None:
    """Return the column that the values come from, and the column of the row's own customer.

    >>> depends_on_customer(table("receipts"), table("receipts").by_code["contract_no"])
    (Ref(table='contracts', column='contract_no'), 'customer')
    """
    if column.suggest and column.suggest.column and column.suggest.of:
        return column.suggest.column, column.suggest.of
    if column.typed and column.ref and "customer" in owner.by_code and column.code != "customer":
        target = table(column.ref.table)
        return (column.ref, "customer") if "customer" in target.by_code else None
    return None


def _sources(profile: str) -> Iterator[Ref]:
    """Yield every column whose values are offered by customer, once."""
    owners = tables_of(profile)
    found = (depends_on_customer(owner, column) for owner in owners for column in owner.columns_of(profile))
    sources = dict.fromkeys(each[0] for each in found if each)
    yield from (source for source in sources if table(source.table) in owners)


def _listed(rows: Mapping[str, pl.DataFrame], profile: str) -> Iterator[pl.DataFrame]:
    for source in _sources(profile):
        key = pl.lit(f"{source.table}{_JOINT}") + pl.col("customer")
        yield rows[source.table].select(key.alias(KEY), pl.col(source.column).alias(ITEM))
    yield rows[NAMED].select(pl.lit(NAMED).alias(KEY), pl.col("name").alias(ITEM))
    yield rows["terms"].select(pl.lit(TERMS).alias(KEY), pl.col("terms").alias(ITEM))


def picks(rows: Mapping[str, pl.DataFrame], profile: str) -> list[tuple[str, str]]:
    """Return the keys and items, sorted as Excel compares: case does not matter."""
    lists = [each.drop_nulls().unique() for each in _listed(rows, profile) if each.height <= MOST]
    plain = pl.concat(lists).filter(~pl.any_horizontal(pl.col(KEY, ITEM).str.contains(_WILDCARDS)))
    folded = [pl.col(KEY).str.to_lowercase(), pl.col(ITEM).str.to_lowercase(), KEY, ITEM]
    return plain.sort(folded).rows()


def _under(key: str) -> str:
    """Return the formula of the items under a key; there must be some."""
    first = f"MATCH({key},{KEYS},0)"
    return f"INDEX({ITEMS},{first}):INDEX({ITEMS},{first}+COUNTIF({KEYS},{key})-1)"


def of_customer(source: Ref, cell: str, otherwise: str) -> str:
    """Return the source of a dropdown: the values of the customer in a cell, or something else if none.

    >>> of_customer(Ref("contacts", "name"), "$C4", "ltc_none")[:62]
    '=IF(COUNTIF(ltc_pick_keys,"contacts|"&$C4)=0,ltc_none,INDEX(lt'
    """
    key = f'"{source.table}{_JOINT}"&{cell}'
    return f"=IF(COUNTIF({KEYS},{key})=0,{otherwise},{_under(key)})"


def by_beginning(cell: str, everything: str) -> str:
    """Return the source of a dropdown of names: those that begin with what stands in the cell, or all.

    Args:
        cell: the cell itself.
        everything: name of the list of all, also those typed since the sorted ones were written.
    """
    names, begun = picks_name(NAMED), f'{cell}&"*"'
    found = f"MATCH({begun},{names},0)"
    part = f"INDEX({names},{found}):INDEX({names},{found}+COUNTIF({names},{begun})-1)"
    whole = f'OR({cell}="",COUNTIF({everything},{cell})>0,COUNTIF({names},{begun})=0)'
    return f"=IF({whole},{everything},{part})"


def picks_names(lang: Lang) -> Iterator[tuple[str, str]]:
    """Yield the workbook names of the sorted lists, and their formulas."""
    yield KEYS, f"={TABLE}[{KEY}]"
    yield ITEMS, f"={TABLE}[{ITEM}]"
    for name, column in ((NAMED, "name"), (TERMS, "terms")):
        every = column_reference(name, column, lang)
        key = f'"{name}"'
        yield picks_name(name), f"=IF(COUNTIF({KEYS},{key})=0,{every},{_under(key)})"
