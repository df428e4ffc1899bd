"""``ltc-xl rules history``: the versions of the rule sheets that were in force."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ltc_xl.cli import show
from ltc_xl.cli.face import Command
from ltc_xl.cli.options import Asked, asking, book_argument
from ltc_xl.cli.words import Lang, text

if TYPE_CHECKING:
    from ltc_xl.session import VersionTold

SHOWN = 12
"""So many characters of a version tell it from any other."""


@click.command(cls=Command)
@book_argument()
@asking("json", "past")
def versions(*, asked: Asked, book: Path) -> int:
    """List the versions of the rule sheets, since when, by whom, and what differs."""
    from ltc_xl import session

    read, told = session.rule_history(book, asked.how())
    lang = asked.lang or read.lang
    if asked.json:
        show.print_json("rules history", {"versions": [_data(one) for one in told]})
    else:
        _print(told, lang)
    return 0


def _data(one: "VersionTold") -> Mapping[str, object]:
    return {
        "rule_set": one.rules,
        "since": one.held.since,
        "hash": one.held.version,
        "commit": one.held.seq,
        "actor": one.commit.actor,
        "undone_by": one.commit.undone_by,
        "rules": one.held.rows.height,
        "differs": one.rows,
    }


def _print(told: "list[VersionTold]", lang: Lang) -> None:
    """Print the versions of each sheet that was ever used."""
    from ltc_xl.model.tables import table

    if not told:
        show.say(text("versions.none", lang))
    headers = [text(f"versions.{code}", lang) for code in ("since", "commit", "actor", "version", "rows")]
    for name in dict.fromkeys(one.rules for one in told):
        mine = [one for one in told if one.rules == name]
        if any(one.held.rows.height for one in mine):
            show.heading(table(name).sheet(lang))
            show.print_listing(show.Listing(headers, [_row(one, lang) for one in mine], frozenset({1})))


def _row(one: "VersionTold", lang: Lang) -> list[str]:
    undone = one.commit.undone_by
    said = ("；" if lang == "zh" else "; ").join(_said(one, lang))
    back = text("versions.undone", lang, seq=undone) if undone else ""
    version = one.held.version[:SHOWN]
    return [str(one.held.since), str(one.held.seq), one.commit.actor, version, said + back]


def _said(one: "VersionTold", lang: Lang) -> Iterator[str]:
    """Yield what differs from the version before."""
    if one.rows is None:
        yield text("versions.first", lang, count=one.held.rows.height)
        return
    for kind, rules in one.rows.items():
        if rules:
            yield text(f"versions.{kind}", lang, rules=("、" if lang == "zh" else ", ").join(rules))
    if not any(one.rows.values()):
        yield text("versions.index", lang)
