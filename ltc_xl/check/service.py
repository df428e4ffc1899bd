"""The service: findings of a day, and what brings the workbook up to date with them."""

from collections.abc import Collection
from datetime import date

from ltc_xl.check.document import document
from ltc_xl.check.found import all_findings, judged, ordered
from ltc_xl.check.problems import problems
from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, differences
from ltc_xl.model.enums import Lang
from ltc_xl.model.errors import UsageError
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rules.derived import COMPUTED, derived


def check(  # noqa: PLR0913  the day, the depth and the language are separate choices
    book: Book,
    rulebook: Rulebook,
    as_of: date,
    *,
    level: str = "basic",
    only: Collection[str] = (),
    lang: Lang | None = None,
) -> Outcome:
    """Return every finding of a book, and what brings its grey cells and Problems sheet up to date.

    Args:
        book: as read; its own findings (cells the reader could not take) come first of their kind.
        rulebook: severity and switch of every check.
        as_of: the day; what lies after it has not happened.
        level: ``basic``, or ``strict`` for all checks.
        only: codes to answer for; the Problems sheet always shows all.
        lang: language of the answer; the book's own for the sheet.

    Raises:
        UsageError: there is no check of a code; its answer would look clean.
    """
    _refuse_unknown(only, rulebook)
    full = derived(book, rulebook, as_of)
    found = ordered(
        full, judged(all_findings(full, rulebook, as_of, thorough=level == "strict"), rulebook, level)
    )
    asked = [finding for finding in found if not only or finding.code in only]
    return Outcome(
        changes=_refreshed(book, full) + problems(full, found),
        findings=tuple(asked),
        data=document(full, asked, lang or book.lang),
        exit_status=int(any(finding.severity == "error" for finding in asked)),
    )


def _refuse_unknown(codes: Collection[str], rulebook: Rulebook) -> None:
    for code in codes:
        if code not in rulebook.checks:
            raise UsageError("check_no_code", found=code, known=sorted(rulebook.checks))


def _refreshed(before: Book, after: Book) -> Changes:
    """Return the grey cells that do not stand as they must."""
    changes = Changes()
    for name, columns in COMPUTED.items():
        held = before.tables.get(name)
        if held is not None:
            there = [c for c in columns if held.place is None or c in held.place.columns]
            changes += differences(name, held.rows, after.rows(name), there)
    return changes
