"""The last day: everybody's list, the papers, the story of one deal, and what can be brought back."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from ltc_xl import session
from ltc_xl.collect import aging, letters, metrics
from ltc_xl.demo.month.office import Office
from ltc_xl.demo.month.scene import Scene
from ltc_xl.demo.month.stages import Cast
from ltc_xl.messages import say
from ltc_xl.model.book import Book
from ltc_xl.model.enums import label
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.report import funnel, pipeline
from ltc_xl.session import Event, Result
from ltc_xl.today import LIMIT

Report = Callable[[Book, Rulebook, date], Outcome]

REPORTS: Mapping[str, Report] = {
    "aging": aging,
    "metrics": metrics,
    "funnel": funnel,
    "pipeline": pipeline,
}
"""What is printed beside the director's page, which the sync prints itself."""

_COMMANDS = {
    "aging": ("collect", "aging"),
    "metrics": ("collect", "metrics"),
    "funnel": ("report", "funnel"),
    "pipeline": ("report", "pipeline"),
}


def printed(office: Office) -> Mapping[str, Any]:
    """Print letters and reports of the last day, from one look at the workbook; return what they say."""
    day = office.days.close
    answers: Mapping[str, Any] = office.serves(
        "collect aging", lambda b, rules: _papers(b, rules, day), day
    ).outcome.data
    return answers


def last_day(office: Office, players: Cast, synced: Result, answers: Mapping[str, Any]) -> Iterator[Scene]:
    """Yield the scenes of the last day."""
    yield _today(office, synced)
    yield _reports(office, answers)
    yield _history(office, players)
    yield _backups(office)


# ---------------------------------------------------------------- what to do, how it stands


def _today(office: Office, synced: Result) -> Scene:
    day = office.days.close
    data: Any = synced.outcome.data
    people = [one for one in data["today"]["members"] if one["member"]]
    busiest = max(people, key=lambda one: len(one["items"]) + one["more"])
    late = [item["due_on"] for one in people for item in one["items"]]
    seen = {
        "longest": max(len(one["items"]) for one in people),
        "oldest_first": all(_days(one) == sorted(_days(one)) for one in people),
    }
    expected = {"longest": min(LIMIT, int(seen["longest"])), "oldest_first": True}
    told = {
        "people": len(people),
        "items": len(late) + sum(one["more"] for one in people),
        "busiest": busiest["member"],
        "about": busiest["items"][0]["about"],
        "first": busiest["items"][0]["what"],
    }
    command = office.command("today", office.path.name, "--as-of", day)
    return office.scene("today", day, [command], expected, seen, **told)


def _days(one: Mapping[str, Any]) -> list[str]:
    return [item["due_on"] for item in one["items"]]


def _reports(office: Office, data: Mapping[str, Any]) -> Scene:
    day = office.days.close
    ledger = data["aging"].get("currencies", [data["aging"]])
    home = next(one for one in ledger if one["currency"] == "CNY")
    printed = {path.name.split("-")[0] for path in office.papers if path.suffix == ".html"}
    seen = {
        "tie_outs": sorted({one["tie_out"] for one in ledger}),
        "printed": sorted(printed & {*REPORTS, "management"}) if office.how.papers else [],
    }
    expected = {
        "tie_outs": ["0.00"],
        "printed": sorted({*REPORTS, "management"}) if office.how.papers else [],
    }
    total = data["pipeline"]["total"]
    told = {
        "deals": total["count"],
        "amount": Decimal(total["amount"]),
        "weighted": Decimal(total["weighted_amount"]),
        "open_amount": Decimal(home["open_amount"]),
        "overdue_rate": f"{Decimal(home['overdue_amount']) / Decimal(home['open_amount']):.0%}",
    }
    commands = [
        office.command("report", "management", office.path.name, "--as-of", day),
        *(office.command(*words, office.path.name, "--as-of", day) for words in _COMMANDS.values()),
    ]
    return office.scene("reports", day, commands, expected, seen, **told)


def _papers(book: Book, rulebook: Rulebook, as_of: date) -> Outcome:
    """Return every report of the day, from one look at the workbook."""
    services: Mapping[str, Report] = {**REPORTS, "letters": letters}
    answers = {name: service(book, rulebook, as_of) for name, service in services.items()}
    return Outcome(
        changes=answers["aging"].changes,
        papers=tuple(paper for answer in answers.values() for paper in answer.papers),
        data={name: answer.data for name, answer in answers.items()},
    )


# ---------------------------------------------------------------- what was


def _history(office: Office, players: Cast) -> Scene:
    deal = str(players.bare["opp_id"])
    told = session.history(office.path, deal, office.how)
    events = [event for row in told.rows for event in row.events]
    moments = {(event.seq, event.what, event.new): event for event in events if _is_a_turn(event)}
    seen = {"story": [(event.what, event.new or "") for event in moments.values()]}
    expected = {
        "story": [
            ("new", ""),
            ("refused", "APPROVED"),
            ("set", "APPROVED"),
            ("set", "PROPOSAL"),
            ("set", "NEGOTIATING"),
        ]
    }
    lines = "\n".join(_turn(event, office) for event in moments.values())
    command = office.command("history", office.path.name, deal)
    named = {"deal": players.bare["name"], "lines": lines}
    return office.scene("history", office.days.close, [command], expected, seen, **named)


def _is_a_turn(event: Event) -> bool:
    """Return whether a deal came, or its stage was moved or meant to be."""
    return event.what == "new" or (event.column == "stage" and event.what in {"refused", "set"})


def _turn(event: Event, office: Office) -> str:
    old, new = (label("opp_stage", code, office.lang) for code in (event.old, event.new))
    return say(f"demo.turns.{event.what}", office.lang, day=event.as_of, old=old, new=new)


def _backups(office: Office) -> Scene:
    kept = session.backups(office.path, office.how)
    seen = {"backups": len(kept), "commands": sorted({one.command for one in kept})}
    expected = {"backups": 10, "commands": seen["commands"]}
    told = {"last": kept[0].command}
    command = office.command("restore", office.path.name)
    return office.scene("backups", office.days.close, [command], expected, seen, **told)
