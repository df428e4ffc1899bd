"""The service: whether the rules of a workbook are sound, without a look at its other rows."""

from collections.abc import Iterator
from datetime import date

from ltc_xl.check.document import document
from ltc_xl.check.found import judged, ordered
from ltc_xl.check.rule_tests import trial_findings
from ltc_xl.model.book import Book
from ltc_xl.model.enums import Lang
from ltc_xl.model.finding import Finding
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rules.cleaning_sheet import CLEANING, cleaning_rules
from ltc_xl.rules.fields import FIELDS, field_rules
from ltc_xl.rules.ladder import LADDER, ladder_rules
from ltc_xl.rules.row_checks import ROW_CHECKS, row_checks
from ltc_xl.rules.rule_set import RuleSet
from ltc_xl.rules.rule_tests import testable, trials
from ltc_xl.rules.rule_version import rule_version
from ltc_xl.rules.rulesets import assignment_rules, grading_rules, transition_rules
from ltc_xl.rules.scoring import scoring_rules
from ltc_xl.rules.soundness.groups import group_findings
from ltc_xl.rules.soundness.ladder import ladder_findings
from ltc_xl.rules.soundness.moves import move_findings
from ltc_xl.rules.soundness.stages import stage_findings
from ltc_xl.rules.soundness.tables import NO_RULE_FITS, regions_of, table_findings
from ltc_xl.rules.soundness.validity import validity_findings
from ltc_xl.rules.transfer import CRITERIA, transfer_criteria

ROW_BY_ROW = (FIELDS, ROW_CHECKS)
"""Rule sheets that stay in use when a row of theirs is wrong: that row alone is off."""


def check_rules(book: Book, rulebook: Rulebook, as_of: date, *, lang: Lang | None = None) -> Outcome:
    """Return what is wrong with, or doubtful about, the rule sheets of a book; nothing is to be written.

    Args:
        book: as read.
        rulebook: its rule sheets, the shipped ones where it has none.
        as_of: what ``TODAY()`` means in a rule.
        lang: language of the answer; the book's own when None.
    """
    grading = grading_rules(book, rulebook, as_of)
    assignment = assignment_rules(book, rulebook, as_of)
    moves = transition_rules(book, rulebook)
    criteria = transfer_criteria(book, rulebook, as_of)
    sets = (
        grading,
        assignment,
        moves,
        scoring_rules(book, rulebook, as_of),
        RuleSet(CRITERIA, criteria.problems),
        RuleSet(CLEANING, cleaning_rules(book, rulebook).problems),
        ladder_rules(book, rulebook, as_of),
        *map(RuleSet, ROW_BY_ROW),
    )
    found = [one for rules in sets for one in _found(rules, book, rulebook, as_of)]
    examples = trials(book, rulebook, testable(grading, assignment, moves, criteria), as_of)
    found += [*trial_findings(examples, book), *validity_findings(rulebook)]
    found += [*field_rules(book, rulebook).problems, *row_checks(book, rulebook).problems]
    told = ordered(book, judged(found, rulebook, "strict"))
    data = document(book, told, lang or book.lang)
    return Outcome(
        findings=tuple(told),
        data={
            "tables": len(sets),
            "rules": sum(rulebook.rows(rules.name).height for rules in sets),
            "counts": data["counts"],
            "findings": data["findings"],
            "sets": [_set(rules, book, rulebook, as_of) for rules in sets],
        },
        exit_status=int(any(one.severity == "error" for one in told)),
    )


def _found(rules: RuleSet, book: Book, rulebook: Rulebook, as_of: date) -> Iterator[Finding]:
    """Yield what is wrong with a sheet, or doubtful; of a shipped one only which rows it lets fall."""
    yield from rules.problems
    is_own = bool(book.rows(rules.name).height)
    found = (one for one in table_findings(rules, as_of) if is_own or one.code == NO_RULE_FITS)
    yield from (one for one in found if rules.name != LADDER or one.code != NO_RULE_FITS)
    yield from ladder_findings(rules, as_of)
    yield from stage_findings(rules.rows, book, rulebook)
    yield from move_findings(rules.rows, book, as_of)
    yield from group_findings(rules, rulebook, as_of)


def _set(rules: RuleSet, book: Book, rulebook: Rulebook, as_of: date) -> dict[str, object]:
    """Return one rule sheet as data; ``proved`` is None where there is nothing to try out."""
    proved = regions_of(rules, as_of).proved if rules.table.rules else None
    return {
        "table": rules.name,
        "rules": rulebook.rows(rules.name).height,
        "active": rules.sound,
        "hit": rules.table.hit if rules.table.rules else None,
        "proved": proved,
        "version": rule_version(rules.name, book, rulebook),
    }
