"""``ltc-xl rules explain``: why a row got its answer, what the rules say now, and what they said then."""

import getpass
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ltc_xl.cli import show
from ltc_xl.cli.face import Command
from ltc_xl.cli.in_force import print_rules_in_force, rules_in_force
from ltc_xl.cli.options import Asked, asking, book_argument
from ltc_xl.cli.told import local
from ltc_xl.cli.words import Lang

if TYPE_CHECKING:
    from ltc_xl.model.tables import Column
    from ltc_xl.session import Decision

Entry = Mapping[str, Any]
VERSION_SHOWN = 12
"""So many characters of a version tell it from any other."""


@click.command(cls=Command)
@book_argument()
@click.argument("row", metavar="ROW_ID")
@asking("json", "past")
def explain(*, asked: Asked, book: Path, row: str) -> int:
    """Say why a lead, deal or contract got its grade, its owner or its stage."""
    from ltc_xl import ruling, session

    with show.working(book.name):
        result = session.run(
            book,
            "rules explain",
            lambda read, rules: ruling.explain(
                read, rules, asked.as_of, row, actor=getpass.getuser(), lang=asked.lang
            ),
            asked.as_of,
            asked.how(write=False),
        )
        data: Any = result.outcome.data
        kept = [session.decisions(result.book, one["table"], one["uid"], asked.how()) for one in data["rows"]]
    lang = asked.lang or result.book.lang
    if asked.json:
        rows = [
            {**one, "history": [_kept(d) for d in then]} for one, then in zip(data["rows"], kept, strict=True)
        ]
        show.print_json("rules explain", {**data, "rows": rows, **rules_in_force(result)})
        return 0
    print_rules_in_force(result, lang)
    for place, (one, then) in enumerate(zip(data["rows"], kept, strict=True)):
        if place:
            show.say()
        _print_row(one, then, data["as_of"], lang)
    return 0


def _kept(decision: "Decision") -> Entry:
    event = decision.event
    return {
        "rules": decision.rules,
        "commit": event.seq,
        "at": event.at.isoformat(timespec="seconds"),
        "as_of": event.as_of,
        "actor": event.actor,
        "command": event.command,
        "event": event.what,
        "cells": decision.cells,
        "code": event.code,
        "version": decision.version,
    }


def _text(key: str, lang: Lang, **values: object) -> str:
    from ltc_xl.messages import say

    return say(f"ruling.{key}", lang, **values)


def _sheet(name: str, lang: Lang) -> str:
    from ltc_xl.model.tables import table

    return table(name).sheet(lang)


def _print_row(row: Entry, then: Sequence["Decision"], as_of: object, lang: Lang) -> None:
    """Print what every rule sheet says of a row now, and below it what it decided then."""
    name = row["name"] if row["name"] != row["row_id"] else ""
    named = " ".join(filter(None, (row["row_id"], name)))
    show.say(_text("row", lang, sheet=_sheet(row["table"], lang), row=named, day=as_of))
    kept = {decision.rules: decision for decision in then}
    for answer in row["answers"]:
        show.heading(_sheet(answer["rules"], lang))
        tellers = {"scoring": _score, "grading": _grade, "assignment": _owner, "transitions": _moves}
        for line in tellers[answer["rules"]](answer, lang):
            show.say(f"  {line}")
        if answer["rules"] == "scoring":
            continue
        for line in _then(kept.get(answer["rules"]), answer, lang):
            show.say(f"  {line}")


# ---------------------------------------------------------------- now


def _grade(told: Entry, lang: Lang) -> Iterator[str]:
    """Yield which grade a lead gets, and why."""
    yield from _not(told, lang)
    if told["why_not"] in {"off", "closed", "unread"}:
        return
    if told["rule"]:
        given = _given(told["given"], lang)
        yield _text("fired", lang, rule=_rule(told["rule"], lang), given=given)
    yield from _trace(told, lang)
    if told["rule"] and told["changes"]:
        stands = told["stands"]["grade"] or _text("blank", lang)
        yield _text("changes", lang, stands=stands)


def _score(told: Entry, lang: Lang) -> Iterator[str]:
    """Yield which rules give a lead points, and what their groups add up to."""
    yield from _not(told, lang)
    if told["why_not"]:
        return
    for hit in told["hits"]:
        yield _text("fired", lang, rule=_rule(hit, lang), given=_given(hit["given"], lang))
        for trial in hit["passed"]:
            yield f"  {_text('passed', lang, value=_value(trial, lang), test=trial['test'])}"
    for group in told["groups"]:
        yield _text(
            "points", lang, rules=_text("between", lang).join(group["rules"]), **_counted(group, lang)
        )
    yield from _trace({**told, "passed": [], "rule": None}, lang)
    yield _text("score", lang, score=told["score"])
    if told["changes"]:
        stands = told["stands"]["score"]
        yield _text("changes", lang, stands=_text("blank", lang) if stands is None else stands)


def _counted(group: Entry, lang: Lang) -> dict[str, object]:
    """Return what a group adds up to, what its cap and the days without contact leave of it."""
    cap = _text("points_cap", lang, cap=group["cap"]) if group["cap"] is not None else ""
    stale = group["rate"] != 1
    days = {"days": group["days"], "rate": f"{group['rate']:.0%}"}
    return {
        "points": group["points"],
        "cap": cap,
        "stale": _text("points_stale", lang, **days) if stale else "",
        "counted": f"{group['counted']:g}",
    }


def _owner(told: Entry, lang: Lang) -> Iterator[str]:
    """Yield who would get a lead, and why."""
    yield from _not(told, lang)
    if told["why_not"] in {"rules_off", "closed"}:
        return
    if told["stands"]:
        yield _text("has_owner", lang, owner=told["stands"])
    if told["decided_by"] != "customer":
        yield from _routed(told, lang)
    if told["customer_owner_out"]:
        yield _text("customer_owner_out", lang, owner=told["customer_owner_out"])
    yield from _candidates("tried", told["tried"], lang)
    yield from _candidates("candidates", told["candidates"], lang)
    if told["owner"]:
        decided = _text(f"decided.{told['decided_by']}", lang, customer=told["customer"] or "")
        key = "goes_to_fallback" if told["by_fallback"] else "goes_to"
        yield _text(key, lang, owner=told["owner"], decided=decided)


def _routed(told: Entry, lang: Lang) -> Iterator[str]:
    """Yield which rule sends a lead to which group, and why."""
    if told["rule"]:
        key = "group_all" if told["everybody"] else "group"
        group = _text(key, lang, group=told["group"])
        yield _text("fired", lang, rule=_rule(told["rule"], lang), given=group)
    yield from _trace(told, lang)


def _moves(told: Entry, lang: Lang) -> Iterator[str]:
    """Yield where a row may go from its stage, and what stands in the way."""
    yield from _not(told, lang)
    if told["why_not"] in {"off", "no_stage"}:
        return
    for move in told.get("moves", ()):
        numbers = _text("between", lang).join(step["no"] for step in move["steps"])
        key = "may" if move["allowed"] else "may_not"
        yield _text(key, lang, stage=told["shown"], to=move["shown"], rules=numbers)
        for step in move["steps"]:
            yield from (f"  {line}" for line in _step(step, lang))


def _step(step: Entry, lang: Lang) -> Iterator[str]:
    """Yield what a rule for a move asks, and whether the row has it."""
    if step["condition"]:
        read = _text("between", lang).join(_value(one, lang) for one in step["read"])
        key = {True: "met", False: "unmet", None: "open"}[step["holds"]]
        yield _text(f"step.{key}", lang, condition=step["condition"], read=read)
    for need in step["needs"]:
        if need["filled"]:
            yield _text("step.filled", lang, value=_value(need, lang))
        else:
            yield _text("step.missing", lang, label=need["label"])
    if not step["has_role"]:
        yield _text("step.no_role", lang, roles=step["roles"])


def _not(told: Entry, lang: Lang) -> Iterator[str]:
    """Yield why the rules say nothing, if they do not."""
    why = told["why_not"]
    if why:
        cells = _text("between", lang).join(told.get("cells", ())) or _sheet(told["rules"], lang)
        unmet = _text("between", lang).join(told.get("unmet", ()))
        words = {"cells": cells, "queue": told.get("queue") or _text("no_queue", lang), "unmet": unmet}
        clash = _text("between", lang).join(one["no"] for one in told.get("clash", ()))
        yield _text(f"why_not.{why}", lang, sheet=_sheet(told["rules"], lang), clash=clash, **words)


def _trace(told: Entry, lang: Lang) -> Iterator[str]:
    """Yield what a row passed, and the rules it nearly met, each with the first test that failed."""
    for trial in told["passed"]:
        yield f"  {_text('passed', lang, value=_value(trial, lang), test=trial['test'])}"
    if told["rule"] and not told["passed"]:
        yield f"  {_text('asks_nothing', lang)}"
    for near in told["missed"]:
        trial = near["failed"][0]
        key = "missed_blank" if trial["value"] is None else "missed"
        more = len(near["failed"]) - 1
        line = _text(key, lang, rule=_rule(near, lang), value=_value(trial, lang), test=trial["test"])
        yield line + (_text("missed_more", lang, count=more) if more else "")


def _rule(rule: Entry, lang: Lang) -> str:
    return _text("rule_at", lang, no=rule["no"], cell=rule["cell"]) if rule["cell"] else str(rule["no"])


def _value(one: Entry, lang: Lang) -> str:
    shown = _text("blank", lang) if one["shown"] is None else one["shown"]
    return _text("value", lang, label=one["label"], value=shown)


def _given(outputs: Sequence[Entry], lang: Lang) -> str:
    return _text("between", lang).join(_value(one, lang) for one in outputs if one["value"] is not None)


def _candidates(key: str, people: Sequence[Entry], lang: Lang) -> Iterator[str]:
    """Yield how everybody stood who came into question."""
    if people:
        yield _text(key, lang)
    for one in people:
        limit = _text("of_limit", lang, limit=one["capacity"]) if one["capacity"] is not None else ""
        cap = _text("of_limit", lang, limit=one["cap"]) if one["cap"] is not None else ""
        last = one["last_on"] or _text("never", lang)
        words = {"month": f"{one['month']}{limit}", "week": f"{one['week']}{cap}", "last": last}
        line = _text("candidate", lang, name=one["name"], in_hand=one["in_hand"], **words)
        yield f"  {line}{_text('out.' + one['out'], lang) if one['out'] else ''}"


# ---------------------------------------------------------------- then


def _then(decision: "Decision | None", answer: Entry, lang: Lang) -> Iterator[str]:
    """Yield what history kept of the last decision, and whether the rules were the same."""
    if decision is None:
        yield _text("then.nothing", lang)
        return
    event = decision.event
    what = _told_then(decision, lang)
    command = _text("then.typed", lang) if event.command == "edit" else f"`{event.command}`"
    words = {"at": local(event.at), "actor": event.actor, "commit": event.seq, "command": command}
    yield _text("then.refused" if event.what == "refused" else "then.decided", lang, what=what, **words)
    now = answer["version"][:VERSION_SHOWN]
    if decision.version is None:
        yield _text("then.unknown", lang, now=now)
    elif decision.version == answer["version"]:
        yield _text("then.same", lang, now=now)
    else:
        yield _text("then.other", lang, now=now, then=decision.version[:VERSION_SHOWN])


def _told_then(decision: "Decision", lang: Lang) -> str:
    """Return what was decided: the reason as it was written into the row, else the cells."""
    from ltc_xl.model.tables import table

    cells = decision.cells
    reason = cells.get("grade_why") or cells.get("assign_why")
    if reason:
        owner = cells.get("owner")
        return _text("then.to", lang, owner=owner, reason=reason) if owner else reason
    columns = table(decision.event.table).by_code
    between = _text("between", lang)
    return between.join(_cell(columns[code], value, lang) for code, value in cells.items())


def _cell(column: "Column", value: str | None, lang: Lang) -> str:
    """Return a cell of history as its header and what it held."""
    from ltc_xl.model.enums import label

    worded = label(column.enum, value, lang) if column.enum else value
    return f"{column.label(lang)} {worded or '–'}"
