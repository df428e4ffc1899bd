"""New rows meet the rows that stand: which is which, what differs, what is new."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from ltc_xl.model.change import Changes, SetColumn
from ltc_xl.model.ids import mint_uids
from ltc_xl.model.tables import UID, Table

AT = "_at"


@dataclass(frozen=True)
class Keys:
    """How a new row finds the standing row it speaks of.

    Attributes:
        keys: columns compared together; the first key that is filled in and fits decides.
        alone: columns that may hold a value once: they find a row whatever ``apart`` says.
        apart: columns that keep two rows apart when both have them and differ.
        same_if: columns compared, blanks included, when a row has none of the keys.
    """

    keys: Sequence[Sequence[str]]
    alone: Collection[str] = ()
    apart: Collection[str] = ()
    same_if: Sequence[str] = ()


@dataclass(frozen=True)
class Upsert:
    """What new rows mean for a table.

    Attributes:
        changes: rows to insert and cells to set.
        rows: ``_at`` -> ``_uid``, and ``status``: new, changed or unchanged.
        diff: ``_at``, ``column``, ``old``, ``new`` of every cell to set, as text.
        kept: the same of names that rows are referred to by: they stay as they are.
    """

    changes: Changes
    rows: pl.DataFrame
    diff: pl.DataFrame
    kept: pl.DataFrame


def upsert(
    owner: Table, held: pl.DataFrame, new: pl.DataFrame, keys: Keys, defaults: pl.DataFrame | None = None
) -> Upsert:
    """Return how ``new`` changes ``held``; a blank in a new row says nothing about the cell.

    Args:
        owner: the table.
        held: its rows.
        new: ``_at`` and any columns of the table, typed.
        keys: how new rows find standing ones.
        defaults: ``_at`` and what fills the blanks of rows that are inserted, never of standing ones.
    """
    full = new if defaults is None else _completed(new, defaults)
    pairs = matches(owner, held, full, keys)
    differs = _differences(owner, held, new.join(pairs, on=AT, maintain_order="left"))
    kept = differs.pop(owner.key or "", None)
    sets = [SetColumn(owner.name, c, cells.select(UID, "old", "new")) for c, cells in differs.items()]
    fresh = full.join(pairs, on=AT, how="anti", maintain_order="left")
    fresh = fresh.with_columns(pl.Series(UID, mint_uids(fresh.height), pl.String))
    diff = _as_text(differs)
    status = pl.when(pl.col(AT).is_in(diff[AT].implode())).then(pl.lit("changed"))
    rows = [
        pairs.select(AT, UID, status=status.otherwise(pl.lit("unchanged"))),
        fresh.select(AT, UID, status=pl.lit("new")),
    ]
    inserts = {owner.name: fresh.select(UID, *_columns(owner, fresh))} if fresh.height else {}
    standing = _as_text({} if kept is None else {owner.key or "": kept})
    return Upsert(Changes(tuple(sets), inserts), pl.concat(rows), diff, standing)


def _completed(new: pl.DataFrame, defaults: pl.DataFrame) -> pl.DataFrame:
    both = new.join(defaults, on=AT, how="left", suffix="_default", maintain_order="left")
    doubled = [c for c in defaults.columns if c != AT and c in new.columns]
    filled = [pl.coalesce(c, f"{c}_default").alias(c) for c in doubled]
    return both.with_columns(filled).drop([f"{c}_default" for c in doubled])


def _columns(owner: Table, rows: pl.DataFrame) -> list[str]:
    return [c for c in rows.columns if c in owner.by_code]


def _as_text(differs: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the cells that differ as ``_at``, ``column``, ``old``, ``new``, all columns together."""
    text = pl.String()
    nothing = pl.DataFrame(schema={AT: pl.UInt32(), "column": text, "old": text, "new": text})
    shown = [
        cells.select(AT, pl.lit(column).alias("column"), pl.col("old", "new").cast(text))
        for column, cells in differs.items()
    ]
    return pl.concat([nothing, *shown])


def _differences(owner: Table, held: pl.DataFrame, met: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the cells of met rows that say something new, by column."""
    columns = _columns(owner, met)
    both = met.join(held.select(UID, *columns), on=UID, suffix="_old", maintain_order="left")
    found = {}
    for column in columns:
        old, new = pl.col(f"{column}_old"), pl.col(column)
        cells = both.filter(new.is_not_null() & new.ne_missing(old)).select(AT, UID, old=old, new=new)
        if cells.height:
            found[column] = cells
    return found


def matches(owner: Table, held: pl.DataFrame, new: pl.DataFrame, keys: Keys) -> pl.DataFrame:
    """Return ``_at`` and ``_uid`` of the new rows that a standing row answers to.

    Of several rows with one key the first meets the first.
    """
    known = [key for key in keys.keys if set(key) <= set(new.columns)]
    pairs = pl.DataFrame(schema={AT: pl.UInt32(), UID: pl.String()})
    for key in known:
        for left, right in _sides(new, held, key, keys):
            pairs = pl.concat([pairs, _paired(owner, _rest(left, pairs, AT), _rest(right, pairs, UID), key)])
    compared = [column for column in keys.same_if if column in new.columns]
    if not compared:
        return pairs
    filled = (pl.all_horizontal(pl.col(*key).is_not_null()) for key in known)
    keyless = new.filter(~pl.any_horizontal(pl.lit(value=False), *filled))
    more = _paired(owner, keyless, _rest(held, pairs, UID), compared, blanks=True)
    return pl.concat([pairs, more])


def _sides(
    new: pl.DataFrame, held: pl.DataFrame, key: Sequence[str], keys: Keys
) -> list[tuple[pl.DataFrame, pl.DataFrame]]:
    """Return which rows may meet: where both sides name themselves otherwise, they are two."""
    if len(key) == 1 and key[0] in keys.alone:
        return [(new, held)]
    sides = [(new, held)]
    for column in (c for c in keys.apart if c in new.columns and c not in key):
        named = pl.col(column).is_not_null()
        bare = [(left.filter(~named), right) for left, right in sides]
        sides = [(left.filter(named), right.filter(~named)) for left, right in sides] + bare
    return sides


def _rest(rows: pl.DataFrame, pairs: pl.DataFrame, name: str) -> pl.DataFrame:
    return rows.join(pairs, on=name, how="anti", maintain_order="left")


def _paired(
    owner: Table, new: pl.DataFrame, held: pl.DataFrame, key: Sequence[str], *, blanks: bool = False
) -> pl.DataFrame:
    left, right = _keyed(owner, new, AT, key, blanks=blanks), _keyed(owner, held, UID, key, blanks=blanks)
    return left.join(right, on=[*key, "nth"], nulls_equal=blanks, maintain_order="left").select(AT, UID)


def _keyed(owner: Table, rows: pl.DataFrame, name: str, key: Sequence[str], *, blanks: bool) -> pl.DataFrame:
    compared = rows.select(name, *(_compared(owner, column) for column in key))
    filled = compared if blanks else compared.drop_nulls(key)
    return filled.with_columns(nth=pl.int_range(pl.len()).over(key))


def _compared(owner: Table, code: str) -> pl.Expr:
    """Return a key as it is compared: names without case and blanks, mobiles as digits, ids as typed."""
    column = owner.by_code[code]
    if column.format == "mobile":
        return pl.col(code).str.replace_all(r"\D", "")
    if column.type == "text":
        return pl.col(code).str.normalize("NFKC").str.to_lowercase().str.replace_all(r"\s", "")
    return pl.col(code)
