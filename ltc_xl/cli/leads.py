"""``ltc-xl leads``: grades for open leads, owners for those that wait."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ltc_xl.cli import show
from ltc_xl.cli.face import Group
from ltc_xl.cli.leads_runs import ran
from ltc_xl.cli.options import Asked, asking, book_argument, time_of
from ltc_xl.cli.words import Lang

if TYPE_CHECKING:
    from ltc_xl.model.outcome import Outcome

LONGEST = 12
"""So many leads of a kind go to the console; ``--json`` gives all."""

RESTS = ("R-47", "R-48")
"""Problems that mean: the firm has switched the rules off, or they have no day yet, or no more."""

Entry = Mapping[str, Any]


@click.group(
    cls=Group,
    lazy={
        "clean": "ltc_xl.cli.leads_clean:clean",
        "dedupe": "ltc_xl.cli.leads_duplicates:dedupe",
        "unmerge": "ltc_xl.cli.leads_duplicates:unmerge",
        "accept": "ltc_xl.cli.leads_handover:accept",
        "return": "ltc_xl.cli.leads_handover:give_back",
        "recycle": "ltc_xl.cli.leads_handover:recycle",
        "convert": "ltc_xl.cli.leads_steps:convert",
        "nurture": "ltc_xl.cli.leads_nurture:nurture",
        "run": "ltc_xl.cli.leads_day:run",
    },
)
def leads() -> None:
    """Work on leads."""


@leads.command()
@book_argument()
@asking("json", "dry_run", "store")
def grade(*, asked: Asked, book: Path) -> int:
    """Grade the open leads by the firm's rules."""
    from ltc_xl.leads import grade as graded

    return _run(asked, book, "leads grade", graded, print_grades)


@leads.command()
@book_argument()
@asking("json", "dry_run", "store")
def assign(*, asked: Asked, book: Path) -> int:
    """Give the leads that wait to those who can take them."""
    from ltc_xl.leads import assign as assigned

    return _run(asked, book, "leads assign", assigned, print_assignment, at=time_of(asked.as_of))


def _run(
    asked: Asked,
    book: Path,
    command: str,
    service: "Callable[..., Outcome]",
    printed: "Callable[[Asked, Entry, Lang], None]",
    **more: object,
) -> int:
    """Run a step of lead work on a workbook, and print what came of it."""
    result = ran(asked, book, command, service, **more)
    lang = asked.lang or result.book.lang
    data: Entry = result.outcome.data
    if not asked.json:
        printed(asked, data, lang)
        print_problems(data["problems"], lang)
        if asked.dry_run or result.commit:
            show.say()
        show.print_written(asked, result, lang)
    return result.outcome.exit_status


def _text(key: str, lang: Lang, **values: object) -> str:
    from ltc_xl.messages import say

    return say(f"leads.shown.{key}", lang, **values)


def _headers(lang: Lang, *codes: str) -> list[str]:
    return [_text(f"columns.{code}", lang) for code in codes]


# ---------------------------------------------------------------- grades


def print_grades(asked: Asked, data: Entry, lang: Lang) -> None:
    """Print how many leads have which grade, whose grade changed, and which have none."""
    del asked
    graded: Sequence[Entry] = data["graded"]
    moved = [entry for entry in graded if entry["grade"] != entry["was"]]
    if not graded and not data["ungraded"]:
        is_off = any(one["severity"] == "error" or one["code"] in RESTS for one in data["problems"])
        show.say(_text("grading_off" if is_off else "nothing_open", lang))
        return
    show.say(_text("graded", lang, count=len(graded), changed=data["changed"]))
    show.say()
    grades = sorted({entry["grade"] for entry in graded})
    rows = [[one, _count(graded, one), _count(moved, one)] for one in grades]
    show.print_listing(show.Listing(_headers(lang, "grade", "count", "moved"), rows, frozenset({1, 2})))
    if moved:
        show.heading(_text("moved", lang))
        rows = [
            [*_name(entry, lang), entry["was"] or "–", entry["grade"], entry["reason"]] for entry in moved
        ]
        headers = _headers(lang, "lead", "company", "was", "grade", "why")
        show.print_listing(show.Listing(headers, rows[:LONGEST]))
        _print_more(rows, lang)
    _print_left(_text("ungraded", lang, count=len(data["ungraded"])), data["ungraded"], lang)
    _print_back_test(data["backtest"], lang)


def _print_back_test(found: Entry, lang: Lang) -> None:
    """Print grade against won rate; with few ends known, that nobody can tell yet."""
    if not found["rows"]:
        show.say()
        show.say(_text("backtest_early", lang, count=found["outcomes"], needed=found["needed"]))
        return
    show.heading(_text("backtest", lang))
    ends = ("leads", "won", "lost", "invalid")
    rows = [
        [one["grade"] or "–", *(f"{one[end]:,}" for end in ends), f"{one['won_rate']:.0%}"]
        for one in found["rows"]
    ]
    headers = _headers(lang, "grade", "count", "won", "lost", "invalid", "won_rate")
    show.print_listing(show.Listing(headers, rows, frozenset(range(1, 6))))
    show.say(found["definition"])


def _count(entries: Sequence[Entry], grade: str) -> str:
    return f"{sum(entry['grade'] == grade for entry in entries):,}"


# ---------------------------------------------------------------- owners


def print_assignment(asked: Asked, data: Entry, lang: Lang) -> None:
    """Print how many leads each owner got and the newest of them, and which leads found nobody."""
    given, kept = data["assigned"], data["unassigned"]
    if not given and not kept:
        show.say(_text("nothing_waits", lang))
        return
    key = "would_assign" if asked.dry_run else "assigned"
    show.say(_text(key, lang, count=len(given), kept=len(kept)))
    if given:
        show.say()
        headers = _headers(lang, "owner", "count", "newest")
        show.print_listing(show.Listing(headers, _owner_rows(given, lang), frozenset({1})))
        show.heading(_text("why", lang))
        for entry in given[:LONGEST]:
            show.say(f"  {'  '.join(_name(entry, lang))} → {entry['owner']}  {entry['reason']}")
        _print_more(given, lang)
    _print_left(_text("kept", lang, count=len(kept)), kept, lang)


def _owner_rows(given: Sequence[Entry], lang: Lang) -> list[list[str]]:
    """Return per owner how many leads they got and the newest of them, most first."""
    by_owner: dict[str, list[Entry]] = {}
    for entry in given:
        by_owner.setdefault(entry["owner"], []).append(entry)
    rows = []
    for owner, entries in sorted(by_owner.items(), key=lambda held: (-len(held[1]), held[0])):
        newest = max(entries, key=lambda entry: entry["created_on"] or "")
        rows.append([owner, f"{len(entries):,}", " ".join(_name(newest, lang))])
    return rows


# ---------------------------------------------------------------- what is left


def _name(entry: Entry, lang: Lang) -> list[str]:
    return [entry["lead_id"], entry["company"] or _text("no_name", lang)]


def _print_left(title: str, entries: Sequence[Entry], lang: Lang) -> None:
    """Print the leads that were left as they are, by what is to be done about them."""
    if not entries:
        return
    show.heading(title)
    for cure in dict.fromkeys(entry["cure"] for entry in entries):
        same = [entry for entry in entries if entry["cure"] == cure]
        for entry in same[:LONGEST]:
            show.say(f"  {'  '.join(_name(entry, lang))}  {entry['reason']}")
        _print_more(same, lang)
        show.say(_text("cure", lang, cure=cure))


def _print_more(entries: Sequence[object], lang: Lang) -> None:
    if len(entries) > LONGEST:
        show.say(_text("more", lang, count=len(entries) - LONGEST))


def print_problems(problems: Sequence[Entry], lang: Lang) -> None:
    """Print what is wrong with the rule sheets, cell by cell, errors first."""
    for severity in ("error", "warning"):
        _print_problems([one for one in problems if one["severity"] == severity], severity, lang)


def _print_problems(problems: Sequence[Entry], severity: str, lang: Lang) -> None:
    if not problems:
        return
    show.heading(_text(f"problems.{severity}", lang, count=len(problems)))
    for problem in problems:
        place = f"{problem['sheet']}!{problem['cell']}" if problem["cell"] else problem["sheet"]
        show.say(f"  {place}  {problem['message']}")
        show.say(_text("cure", lang, cure=problem["cure"]))
