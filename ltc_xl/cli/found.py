"""Findings on the console: by rule, each place with what was found there, and how many there are."""

from collections.abc import Mapping, Sequence
from typing import Any

from ltc_xl.cli import show
from ltc_xl.cli.words import Lang, text

PLACES = 8
"""So many places of one rule go to the console."""

Found = Mapping[str, Any]


def print_findings(data: Mapping[str, Any], lang: Lang, more: str) -> None:
    """Print the findings of a document by rule, then how many there are.

    Args:
        data: as ``check`` answers.
        lang: language of the console.
        more: the text that says where the places stand that are not named.
    """
    from ltc_xl.messages import title_of

    by_rule: dict[tuple[str, str], list[Found]] = {}
    for finding in data["findings"]:
        by_rule.setdefault((finding["severity"], finding["code"]), []).append(finding)
    for (severity, code), found in by_rule.items():
        word = text(f"show.severity.{severity}", lang)
        show.heading(
            text("show.rule", lang, severity=word, title=title_of(code, lang), code=code, count=len(found))
        )
        _print_places(found, lang, more)
    show.say()
    show.say(text("show.counts" if data["findings"] else "show.clean", lang, **data["counts"]))


def _print_places(found: Sequence[Found], lang: Lang, more: str) -> None:
    """Print each place with what was found there; a cure that is the same for all stands once, below."""
    cures = {finding["cure"] for finding in found}
    for finding in found[:PLACES]:
        place = f"{finding['sheet']}!{finding['cell']}" if finding["cell"] else finding["sheet"]
        show.say(f"  {place}  {finding['message']}")
        if len(cures) > 1:
            show.say(f"      {finding['cure']}")
    if len(found) > PLACES:
        show.say(text(more, lang, count=len(found) - PLACES))
    if len(cures) == 1:
        show.say(f"  → {cures.pop()}")
