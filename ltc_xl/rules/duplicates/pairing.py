"""The pairs of a book: which rows of which tables may be one, by their identities."""

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.tables import UID
from ltc_xl.rules.duplicates.evidence import suspicions
from ltc_xl.rules.duplicates.parties import parties
from ltc_xl.rules.duplicates.people import people_met, uid_pairs


@dataclass(frozen=True)
class Pairing:
    """Which rows may be one.

    Attributes:
        pairs: the surest first. ``a_table``, ``a`` and ``b_table``, ``b`` name two rows by ``_uid``: two
            leads, a lead and a customer, two customers or two contacts. ``rule``, ``band`` and ``score`` say
            how sure it is; ``same.…`` and ``other.…`` what else agrees and differs; ``ratio`` how like the
            names are, ``core`` and ``place`` what they share.
        crowded: what too many have in common for it to be compared: ``by``, ``name`` (of the first that has
            it) and ``parties``, the most frequent first.
    """

    pairs: pl.DataFrame
    crowded: pl.DataFrame


def paired(book: Book, only: Collection[str] | None = None) -> Pairing:
    """Return the pairs of a book.

    Args:
        book: as read.
        only: ``_uid`` of the rows to look at; pairs of two others are left out. None looks at all.
    """
    known = parties(book)
    found = suspicions(known)
    left, right = (known[side] for side in _in_order(known, found.pairs))
    met = found.pairs.with_columns(
        left[UID].alias("a"),
        right[UID].alias("b"),
        _table(left["kind"]).alias("a_table"),
        _table(right["kind"]).alias("b_table"),
        _shorter(left["core"], right["core"]).alias("core"),
        pl.Series("place", left["place"]).fill_null(right["place"]),
    )
    contacts = book.rows("contacts")
    people = uid_pairs(contacts, people_met(contacts)).with_columns(
        a_table=pl.lit("contacts"), b_table=pl.lit("contacts")
    )
    both = pl.concat([met, people], how="diagonal")
    if only is not None:
        asked = _asked(book, only).implode()
        both = both.filter(pl.col("a").is_in(asked) | pl.col("b").is_in(asked))
    best = both.sort("score", descending=True, maintain_order=True)
    pairs = best.unique(["a_table", "a", "b_table", "b"], keep="first", maintain_order=True)
    return Pairing(pairs, _named(known, found.crowded))


def _named(known: pl.DataFrame, crowded: pl.DataFrame) -> pl.DataFrame:
    """Return what is too frequent by name, once for each; a mail domain is named itself."""
    first = known.select("name", "domain")[crowded["party"]]
    name = pl.when(pl.col("by") == "domain").then(first["domain"]).otherwise(first["name"])
    named = crowded.with_columns(name=name).unique("party", keep="first", maintain_order=True)
    return named.select(pl.col("by").cast(pl.String), "name", "parties")


def _in_order(known: pl.DataFrame, pairs: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """Return the two sides, the row that stands first as the first; a second name stands below all rows."""
    first = known.select(pl.col("party").min().over("kind", UID))["party"]
    turned = first[pairs["a"]] > first[pairs["b"]]
    return pairs["b"].zip_with(turned, pairs["a"]), pairs["a"].zip_with(turned, pairs["b"])


def _shorter(left: pl.Series, right: pl.Series) -> pl.Series:
    is_longer = (left.str.len_chars() > right.str.len_chars()).fill_null(value=False)
    return right.zip_with(is_longer, left)


def _asked(book: Book, only: Collection[str]) -> pl.Series:
    """Return the rows to look at, and the customers of the contacts among them: people speak for these."""
    contacts = book.rows("contacts").filter(pl.col(UID).is_in(list(only)))
    customers = book.rows("customers").join(contacts, left_on="name", right_on="customer", how="semi")
    return pl.Series([*only, *customers[UID]], dtype=pl.String)


def _table(kind: pl.Series) -> pl.Series:
    """Return the table of a party; people speak for their customer."""
    return kind.replace("contacts", "customers")
