"""Rows as people name them: by business number, by key, by the words in their label."""

from collections.abc import Iterator, Mapping

import polars as pl

from ltc_xl.model.enums import folded
from ltc_xl.model.tables import UID, Table, table
from ltc_xl.session.how import Past
from ltc_xl.store import Store, tracked


def named_rows(store: Store, name: str) -> list[tuple[str, str]]:
    """Return (table, ``_uid``) of the rows that a person may mean, deleted ones included.

    A number or key counts before a label; a row that stands before one that was deleted.
    """
    for columns in (_keys, _labels):
        found = [row for owner in tracked() for row in _named(store, owner, columns(owner), name)]
        if found:
            standing = [(table, uid) for table, uid, deleted in found if not deleted]
            return standing or [(table, uid) for table, uid, _ in found]
    return []


def _keys(owner: Table) -> list[str]:
    return _kept(owner, owner.numbered, owner.key)


def _labels(owner: Table) -> list[str]:
    return _kept(owner, owner.label)


def _kept(owner: Table, *codes: str | None) -> list[str]:
    """Return the columns that the store keeps."""
    return [c for c in dict.fromkeys(filter(None, codes)) if c in owner.by_code and not owner.by_code[c].live]


def _named(store: Store, owner: Table, columns: list[str], name: str) -> Iterator[tuple[str, str, bool]]:
    texts = [code for code in columns if owner.by_code[code].dtype == pl.String]
    if not texts:
        return
    told = pl.col(texts).str.normalize("NFKC").str.strip_chars().str.to_lowercase() == folded(name)
    rows = store.all_rows(owner.name).filter(pl.any_horizontal(told, pl.col(UID) == name))
    yield from rows.select(pl.lit(owner.name), UID, pl.col("_deleted").is_not_null()).iter_rows()


def called_as(past: Past, name: str) -> Mapping[str, str]:
    """Return ``_uid`` -> number or key, else label, for every row of a table there ever was."""
    owner = table(name)
    named = [pl.col(code).cast(pl.String) for code in (*_keys(owner), *_labels(owner))]
    return dict(past.all_rows(name).select(UID, pl.coalesce(*named, UID)).iter_rows())


def described_as(past: Past, name: str) -> Mapping[str, str]:
    """Return ``_uid`` -> number and label, as a person tells one row from another."""
    owner = table(name)
    label = next((pl.col(code).cast(pl.String) for code in _labels(owner)), pl.lit(None, pl.String))
    named = pl.coalesce(*(pl.col(code).cast(pl.String) for code in (*_keys(owner), UID)))
    told = pl.concat_str(named, pl.when(label != named).then(label), separator=" ", ignore_nulls=True)
    return dict(past.all_rows(name).select(UID, told.alias("told")).iter_rows())
