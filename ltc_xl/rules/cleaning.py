"""Cleansing: texts are put right, blanks filled, and what only a person can mend is named in the row.

What somebody typed is kept beside what became of it; a second run finds nothing to do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.tables import UID, table
from ltc_xl.rules.cleaning_sheet import DEMANDS, CleanRule
from ltc_xl.rules.duplicates.names import with_names
from ltc_xl.rules.waiting import open_leads

_COUNTRY = r"^(?:\+|00)?86(1\d{10})$"
_MARKS = r"[\s()（）.·-]"
_MOBILE = r"^1\d{10}$"


@dataclass(frozen=True)
class Cleaning:
    """What becomes of the open leads.

    Attributes:
        before, leads: as they stood, and as they are then.
        changed: ``_uid``, ``field``, ``old``, ``new`` of the texts that differ.
        failed: ``_uid`` and ``rule``: its place, of every rule that a lead does not meet.
    """

    before: pl.DataFrame
    leads: pl.DataFrame
    changed: pl.DataFrame
    failed: pl.DataFrame


def cleaning(book: Book, rules: Sequence[CleanRule]) -> Cleaning:
    """Return the open leads as the rules leave them; cells that nobody could read stay out of it."""
    before = open_leads(book)
    leads = before
    for rule in rules:
        if rule.kind not in DEMANDS:
            leads = _with(leads, rule, book)
    fields = list(dict.fromkeys(code for rule in rules for code in rule.fields))
    unread = [(uid, code) for name, uid, code in book.unread if name == "leads"]
    failing = [
        leads.filter(_fails(rule) & ~pl.col(UID).is_in(_uids(unread, rule))).select(
            UID, rule=pl.lit(place, pl.Int64)
        )
        for place, rule in enumerate(rules)
        if rule.kind in DEMANDS
    ]
    failed = pl.concat([pl.DataFrame(schema={UID: pl.String, "rule": pl.Int64}), *failing])
    return Cleaning(before, leads, _changed(before, leads, fields), failed.sort("rule", maintain_order=True))


def _uids(unread: Sequence[tuple[str, str]], rule: CleanRule) -> list[str]:
    return [uid for uid, code in unread if code in rule.fields]


def _with(leads: pl.DataFrame, rule: CleanRule, book: Book) -> pl.DataFrame:
    """Return the leads with a rule's fields put right, or filled where they are blank."""
    for code in rule.fields:
        unread = [uid for name, uid, column in book.unread if (name, column) == ("leads", code)]
        new = _tidy(code) if rule.kind == "TIDY" else pl.coalesce(code, _filling(leads, rule, code))
        readable = ~pl.col(UID).is_in(unread)
        leads = leads.with_columns(pl.when(readable).then(new).otherwise(code).alias(code))
    return leads


def _filling(leads: pl.DataFrame, rule: CleanRule, code: str) -> pl.Expr:
    """Return what fills a blank: a constant, another field, or the city in a company's name."""
    if rule.source is None:
        return pl.lit(rule.value)
    if (code, rule.source) == ("city", "company"):
        named = leads.select(at=pl.int_range(pl.len()), name="company", city=pl.lit(None, pl.String))
        return pl.lit(with_names(named).sort("at")["place"])
    return pl.col(rule.source)


def _tidy(code: str) -> pl.Expr:
    """Return a text as it should be typed: half width, single blanks; numbers bare, addresses small."""
    plain = pl.col(code).str.normalize("NFKC").str.strip_chars().str.replace_all(r"\s+", " ")
    column = table("leads").by_code.get(code)
    if column is None:
        text = plain
    elif column.format == "mobile":
        bare = plain.str.replace_all(_MARKS, "").str.replace(_COUNTRY, "$1")
        text = pl.when(bare.str.contains(_MOBILE)).then(bare).otherwise(plain)
    elif column.format == "email":
        text = plain.str.to_lowercase().str.replace_all(r"\s", "")
    elif column.format == "uscc":
        text = plain.str.to_uppercase().str.replace_all(r"[\s-]", "")
    elif column.pii == "name":
        text = _without_blanks(plain)
    else:
        text = plain
    return pl.when(text != "").then(text)


def _without_blanks(name: pl.Expr) -> pl.Expr:
    """Return a Chinese name without blanks, its brackets wide; one in letters as it stands."""
    is_chinese = name.str.contains(r"\p{Han}")
    closed = name.str.replace_all(r"(\p{Han}|[()]) +", "$1").str.replace_all(r" +(\p{Han}|[()])", "$1")
    wide = closed.str.replace_all(r"\(", "（").str.replace_all(r"\)", "）")
    return pl.when(is_chinese).then(wide).otherwise(name)


def _fails(rule: CleanRule) -> pl.Expr:
    """Return whether a lead does not meet a rule; a blank meets all but ``REQUIRED``."""
    if rule.kind == "REQUIRED":
        return pl.all_horizontal(pl.col(code).is_null() for code in rule.fields)
    texts = [pl.col(code).cast(pl.String) for code in rule.fields]
    if rule.kind == "PATTERN":
        fails = [~text.str.contains(rule.value) for text in texts]
    else:
        banned = [word.casefold() for word in rule.words]
        fails = [text.str.to_lowercase().str.contains_any(banned) for text in texts]
    return pl.any_horizontal(fail.fill_null(value=False) for fail in fails)


def _changed(before: pl.DataFrame, after: pl.DataFrame, fields: Sequence[str]) -> pl.DataFrame:
    text = pl.String()
    nothing = pl.DataFrame(schema={UID: text, "field": text, "old": text, "new": text})
    both = before.select(UID, *fields).join(
        after.select(UID, *fields), on=UID, suffix="_new", maintain_order="left"
    )
    parts = [
        both.filter(pl.col(code).ne_missing(pl.col(f"{code}_new"))).select(
            UID,
            pl.lit(code).alias("field"),
            old=pl.col(code).cast(text),
            new=pl.col(f"{code}_new").cast(text),
        )
        for code in fields
    ]
    return pl.concat([nothing, *parts])


def notes(found: Cleaning, words: Mapping[int, str], between: str) -> pl.DataFrame:
    """Return ``_uid`` and ``clean_note`` of every lead: what is to be mended, or null."""
    told = found.failed.with_columns(
        said=pl.col("rule").replace_strict(words, default=None, return_dtype=pl.String)
    )
    joined = told.group_by(UID, maintain_order=True).agg(clean_note=pl.col("said").str.join(between))
    return found.leads.select(UID).join(joined, on=UID, how="left", maintain_order="left")


def originals(found: Cleaning, labels: Mapping[str, str], between: str) -> pl.DataFrame:
    """Return ``_uid`` and ``originals`` of every lead: what stood in cells that were put right, once each."""
    typed = found.changed.drop_nulls("old").with_columns(
        said=pl.col("field").replace_strict(labels, default=None, return_dtype=pl.String) + pl.col("old")
    )
    joined = typed.group_by(UID, maintain_order=True).agg(new=pl.col("said").str.join(between))
    held = found.before.select(UID, "originals").join(joined, on=UID, how="left", maintain_order="left")
    text = pl.concat_str("originals", "new", separator=between, ignore_nulls=True)
    return held.select(UID, originals=pl.when(text != "").then(text))
