"""Dunning letters: one per customer and currency over what is overdue and may be asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from glob import escape

from ltc_xl.collect.letters_desk import Desk, letters_desk
from ltc_xl.collect.letters_document import letters_document
from ltc_xl.collect.letters_paper import letters_paper
from ltc_xl.model.book import Book
from ltc_xl.model.errors import WorldError
from ltc_xl.model.letter import Letter, letter_paper
from ltc_xl.model.outcome import Outcome, Paper
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rules.dunning import missing_day


def letters(book: Book, rulebook: Rulebook, as_of: date, customer: str | None = None) -> Outcome:
    """Return a payment reminder for each customer and currency, and a list of them all with what is held.

    The exit status is 1 where asked + held is not the overdue amount of the ledger.

    Args:
        book: as read.
        rulebook: gives the firm's settings and its calendar.
        as_of: the day of the letters.
        customer: name or number of the only customer to write to; None for all.

    Raises:
        UsageError: there is no such customer.
        WorldError: receipts are confirmed up to a day too long ago to know who has paid.
    """
    _check_receipts_are_confirmed(rulebook, as_of)
    desk = letters_desk(book, rulebook, as_of, customer)
    written = list(desk.letters())
    return Outcome(
        papers=(*_lists(desk, written), *map(letter_paper, written)),
        data=letters_document(desk, written),
        exit_status=int(any(desk.differences.values())),
    )


def _check_receipts_are_confirmed(rulebook: Rulebook, as_of: date) -> None:
    missing = missing_day(rulebook, as_of)
    if missing:
        confirmed = rulebook.settings["receipts_complete_to"]
        raise WorldError("receipts_not_confirmed", confirmed=confirmed, missing=missing)


def _lists(desk: Desk, written: Sequence[Letter]) -> Iterator[Paper]:
    """Yield one list per currency; the first replaces every paper of an earlier run for the same day."""
    day = desk.as_of.isoformat()
    only = [desk.file_id(desk.only)] if desk.only else []
    stems = ["-".join(("letters", day, *only, *end)) for end in ((), *((v.currency,) for v in desk.views))]
    older = tuple(f"{escape(stem)}.*" for stem in stems) if only else (f"letters-{day}*",)
    for place, view in enumerate(desk.views):
        if place == 0 or desk.overdue_of(view) or not desk.of(view.currency).is_empty():
            currency = [view.currency] if place else []
            paper = letters_paper(desk, view, written, *only, *currency)
            yield paper if place else replace(paper, replaces=older)
