"""Versions of the rules: what each rule sheet said, since when, by whom, and what differs from before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.rulebook import RuleVersion
from ltc_xl.model.tables import ROW, UID, table
from ltc_xl.session.how import How
from ltc_xl.session.peeking import past_of
from ltc_xl.store import Commit
from ltc_xl.workbook.read import read_book


@dataclass(frozen=True, slots=True)
class VersionTold:
    """A version of a rule sheet: the commit that brought it, and the rules by which it differs from the last.

    Attributes:
        rules: the rule sheet.
        held: the version.
        commit: brought it, or was the last one when it was first kept.
        rows: ``new``, ``gone``, ``changed`` -> what people call these rules; None for the first version.
    """

    rules: str
    held: RuleVersion
    commit: Commit
    rows: Mapping[str, Sequence[str]] | None


def rule_history(path: Path, how: How | None = None) -> tuple[Book, list[VersionTold]]:
    """Return a workbook and the versions of its rules that were in force, by sheet, oldest first.

    Raises:
        WorldError: the workbook was not made from the template, or its store is not here.
    """
    book = read_book(path)
    with past_of(book, how or How()) as (store, _):
        kept = store.every_rule_version() if store else []
        commits = {commit.seq: commit for commit in store.commits()} if store else {}
    told: list[VersionTold] = []
    last: dict[str, RuleVersion] = {}
    for name, held in kept:
        rows = _differences(name, last[name], held) if name in last else None
        told.append(VersionTold(name, held, commits[held.seq], rows))
        last[name] = held
    return book, sorted(told, key=lambda one: one.rules)


def _differences(name: str, before: RuleVersion, after: RuleVersion) -> dict[str, list[str]]:
    """Return the rules that came, went and changed, as people call them."""
    was, now = _whole(before), _whole(after)
    both = [code for code in now.columns if code in was.columns and code not in {UID, ROW}]
    same = was.join(now, on=[UID, *both], nulls_equal=True, how="semi")
    stayed = was.join(now, on=UID, how="semi")
    return {
        "new": _called(name, now.join(was, on=UID, how="anti")),
        "gone": _called(name, was.join(now, on=UID, how="anti")),
        "changed": _called(name, now.join(stayed.join(same, on=UID, how="anti"), on=UID, how="semi")),
    }


def _whole(version: RuleVersion) -> pl.DataFrame:
    own = version.own
    return version.rows if own is None else version.rows.join(own, on=UID, how="left", maintain_order="left")


def _called(name: str, rows: pl.DataFrame) -> list[str]:
    """Return the numbers of rules, or what stands in their first column."""
    return rows[table(name).columns[0].code].cast(pl.String).fill_null("–").to_list()
