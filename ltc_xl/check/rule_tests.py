"""The service: the firm's examples tried on its rules, each result beside its row."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import polars as pl

from ltc_xl.check.document import document
from ltc_xl.check.found import judged, ordered
from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, differences
from ltc_xl.model.enums import Lang
from ltc_xl.model.finding import Finding
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.rule_tests import LISTS, TESTS, Trials, Tried, testable, trials
from ltc_xl.rules.rule_version import rule_version
from ltc_xl.rules.rulesets import assignment_rules, grading_rules, transition_rules
from ltc_xl.rules.transfer import transfer_criteria

_WRITTEN = ("got", "result", "checked_on")


def try_rules(book: Book, rulebook: Rulebook, as_of: date, *, lang: Lang | None = None) -> Outcome:
    """Return what the rules say of the examples of 规则测试, and the rules that no example comes to.

    Args:
        book: as read; a book without the sheet has no examples.
        rulebook: its rule sheets.
        as_of: what ``TODAY()`` means in a rule; the day that is written beside the rows.
        lang: language of the answer; the sheet's results are in the book's own.
    """
    sets = testable(
        grading_rules(book, rulebook, as_of),
        assignment_rules(book, rulebook, as_of),
        transition_rules(book, rulebook),
        transfer_criteria(book, rulebook, as_of),
    )
    found = trials(book, rulebook, sets, as_of)
    problems = [problem for rules in sets.values() for problem in rules.problems]
    told = ordered(book, judged([*problems, *trial_findings(found, book)], rulebook, "strict"))
    data = document(book, told, lang or book.lang)
    return Outcome(
        changes=_changes(found, book, as_of),
        findings=tuple(told),
        data={
            "has_sheet": bool(book.rows(TESTS).height) or book.place(TESTS) is not None,
            "tests": [_test(one, book) for one in found.tried],
            "coverage": [_coverage(name, found, book, rulebook) for name in sets],
            "counts": data["counts"],
            "findings": data["findings"],
        },
        exit_status=int(any(one.severity == "error" for one in told)),
    )


def trial_findings(found: Trials, book: Book) -> Iterator[Finding]:
    """Yield what is wrong with the examples, which of them fail, and the rules that none comes to.

    A rule sheet without examples is not asked for any.
    """
    yield from found.problems
    for one in found.tried:
        if one.rules is not None and not one.passed:
            told = {"tested": one.name, "expected": one.expected, "got": got_words(one, book)}
            yield Finding("R-50", TESTS, one.row_id, "result", told)
    for name in found.sets:
        for rule in found.untried(name) if found.tests(name) else ():
            yield Finding("R-51", name, rule.row_id, "no", {}, "info")


def got_words(one: Tried, book: Book) -> str | None:
    """Return the rules that count for an example with what they give; None where it could not be tried.

    ``G03 B 75 直销``; a dash where none counts.
    """
    if one.rules is None:
        return None
    return " | ".join(" ".join((no, *_worded(given, book))) for no, given in one.got.items()) or "–"


def _worded(given: Mapping[str, object], book: Book) -> Iterator[str]:
    for code, value in given.items():
        if value is not None:
            text = str(value)
            yield book.labels(LISTS[code]).get(text, text) if code in LISTS else text


def _result(one: Tried) -> str:
    if one.rules is None:
        return "UNREAD"
    return "PASSED" if one.passed else "FAILED"


def _changes(found: Trials, book: Book, as_of: date) -> Changes:
    """Return the results beside the rows."""
    if not found.tried:
        return Changes()
    rows: Sequence[tuple[str, str | None, str, date]] = [
        (one.row_id, got_words(one, book), _result(one), as_of) for one in found.tried
    ]
    before = book.rows(TESTS)
    types = {code: before.schema[code] for code in (UID, *_WRITTEN)}
    return differences(TESTS, before, pl.DataFrame(rows, schema=types, orient="row"), _WRITTEN)


def _test(one: Tried, book: Book) -> dict[str, object]:
    cell = book.cell(TESTS, one.row_id, "expected")
    return {
        "no": one.no,
        "uid": one.row_id,
        "cell": cell[1] if cell else None,
        "table": one.name,
        "expected": one.expected,
        "got": [{"rule": no, **given} for no, given in one.got.items()],
        "result": _result(one),
    }


def _coverage(name: str, found: Trials, book: Book, rulebook: Rulebook) -> dict[str, object]:
    """Return how many rules of a sheet some example comes to."""
    rules, untried = found.rules(name), found.untried(name)
    met = len(rules) - len(untried)
    return {
        "table": name,
        "tests": found.tests(name),
        "rules": len(rules),
        "tried": met,
        "coverage_pct": round(100 * met / len(rules), 1) if rules else None,
        "untried": [rule.no for rule in untried],
        "version": rule_version(name, book, rulebook),
    }
