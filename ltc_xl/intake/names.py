"""Names that an import brings: known ones in their known spelling, near ones told, new ones taken in."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from ltc_xl.imports.form_map import FormMap, Lookup, header_in
from ltc_xl.imports.forms import Form
from ltc_xl.imports.raw import RawTable
from ltc_xl.imports.texts import looked_up, translated
from ltc_xl.imports.typed import AT
from ltc_xl.model.book import Book
from ltc_xl.model.ids import mint_uids
from ltc_xl.model.tables import UID, Column, Ref, table
from ltc_xl.rules.names import bare, proposals, spellings

GROWING = ("customers", "members", "channels", "products")
"""Tables that take in the names an import brings along."""

Told = dict[str, object]
"""An entry of ``unmatched``: column, value, rows, proposal, and ``why`` it is told."""


@dataclass(frozen=True)
class Named:
    """Texts whose names have their known spelling.

    ``told`` is what was found out about names; ``near`` those left as typed because only a person can
    tell, by column.
    """

    texts: pl.DataFrame
    told: tuple[Told, ...]
    near: Mapping[str, frozenset[str]]


def named_texts(book: Book, form_map: FormMap, texts: pl.DataFrame, lookups: Mapping[str, RawTable]) -> Named:
    """Return the texts with names as the book or a lookup file spells them."""
    form = form_map.held_to
    told: list[Told] = []
    for column in [c for c in texts.columns if c != AT and _is_name(form, c, form_map)]:
        known = [*_names_in(book, form, column), *_keys_in(form_map, lookups, column)]
        texts, found = _known_spelling(texts, column, known)
        told += found
    near: dict[str, set[str]] = defaultdict(set)
    for entry in told:
        if entry["why"] == "near":
            near[str(entry["column"])].add(str(entry["value"]))
    return Named(texts, tuple(told), {column: frozenset(names) for column, names in near.items()})


def with_lookups(named: Named, form_map: FormMap, lookups: Mapping[str, RawTable]) -> Named:
    """Return the texts with what other files say, telling the keys they do not have."""
    texts, told = named.texts, list(named.told)
    for column, lookup in form_map.lookups.items():
        texts, found = _with_lookup(texts, form_map, column, lookup, lookups[column])
        told += [entry for entry in found if entry["value"] not in named.near.get(lookup.source, ())]
    return Named(texts, tuple(told), named.near)


def _is_name(form: Form, column: str, form_map: FormMap) -> bool:
    sought = column in {lookup.source for lookup in form_map.lookups.values()}
    return sought or _ref(form, form.column(column)) is not None


def _ref(form: Form, column: Column) -> Ref | None:
    """Return what a column names: another row, or the row itself by its key."""
    own = table(form.table)
    return column.ref or (
        Ref(own.name, own.key) if own.key == column.code and own.numbered != own.key else None
    )


def _names_in(book: Book, form: Form, column: str) -> list[str]:
    ref = _ref(form, form.column(column))
    if ref is None or form.column(column).type == "tax":
        return []
    return book.rows(ref.table)[ref.column].drop_nulls().to_list()


def _keys_in(form_map: FormMap, lookups: Mapping[str, RawTable], column: str) -> list[str]:
    asked = [(lookups[c], lookup.key) for c, lookup in form_map.lookups.items() if lookup.source == column]
    return [key for raw, header in asked for key in raw.rows[header_in(raw, header) or header].drop_nulls()]


def _known_spelling(
    texts: pl.DataFrame, column: str, known: Iterable[str]
) -> tuple[pl.DataFrame, list[Told]]:
    counts = dict(texts[column].drop_nulls().value_counts(sort=True).iter_rows())
    found = proposals(counts, known)
    kept = {name: p.name for name, p in found.items() if p.same}
    variants = spellings(name for name in counts if name not in found)
    told = [
        _entry(column, name, counts[name], p.name, "same" if p.same else "near") for name, p in found.items()
    ]
    told += [_entry(column, name, counts[name], kept_as, "same") for name, kept_as in variants.items()]
    change = kept | dict(variants)
    return texts.with_columns(pl.col(column).replace(change)) if change else texts, told


def _entry(column: str, value: str, rows: int, proposal: str | None, why: str) -> Told:
    return {"column": column, "value": value, "rows": rows, "proposal": proposal, "why": why}


def _with_lookup(
    texts: pl.DataFrame, form_map: FormMap, column: str, lookup: Lookup, raw: RawTable
) -> tuple[pl.DataFrame, list[Told]]:
    """Return the texts with a looked-up column, and the keys that the file does not have."""
    keys = raw.rows[header_in(raw, lookup.key) or lookup.key].drop_nulls()
    by_bare = {bare(key): key for key in keys.reverse()}
    used = texts[lookup.source].drop_nulls().value_counts(sort=True)
    there = {name: by_bare[bare(name)] for name in used[lookup.source] if bare(name) in by_bare}
    source = pl.col(lookup.source).replace_strict(there, default=None, return_dtype=pl.String)
    value = translated(looked_up(source, raw, lookup.key, lookup.value), form_map.values.get(column, {}))
    absent = [(name, rows) for name, rows in used.iter_rows() if name not in there]
    told = [_entry(lookup.source, name, rows, None, "none") for name, rows in absent]
    return texts.with_columns(value.alias(column)), told


def new_names(
    book: Book, form: Form, rows: pl.DataFrame, near: Mapping[str, frozenset[str]]
) -> Mapping[str, pl.DataFrame]:
    """Return rows for the names that stand in no table yet, by table, with what the import knows of them."""
    brought: dict[str, pl.DataFrame] = {}
    for code in rows.columns:
        ref = form.column(code).ref if code != AT else None
        if ref and ref.table in GROWING and ref.table != form.table:
            known = {*_names_in(book, form, code), *near.get(code, ())}
            names = rows.filter(pl.col(code).is_not_null() & ~pl.col(code).is_in(sorted(known)))
            facts = names.group_by(pl.col(code).alias(ref.column), maintain_order=True).agg(
                pl.col(source).drop_nulls().first().alias(fact)
                for fact, source in _facts(form, ref.table).items()
                if source in rows.columns
            )
            if facts.height:
                both = [brought[ref.table], facts] if ref.table in brought else [facts]
                brought[ref.table] = pl.concat(both, how="diagonal").unique(ref.column, maintain_order=True)
    return {name: _with_uids(frame) for name, frame in brought.items()}


def _facts(form: Form, name: str) -> Mapping[str, str]:
    """Return what a row of this form says about a name it brings: column there -> column here."""
    said = {
        "products": {"list_price": "list_price"},
        "members": {"team": "team"},
        "customers": {"owner": "owner"} if form.table == "lines" else {},
    }
    return said.get(name, {})


def _with_uids(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.Series(UID, mint_uids(frame.height), pl.String))
