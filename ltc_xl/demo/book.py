"""The demo firm's workbook: built from its rows, with what people typed over the cells."""

from datetime import date
from pathlib import Path

from ltc_xl import rollout, session
from ltc_xl.demo.firm import faulty_firm
from ltc_xl.demo.garden import Garden, cell_edits
from ltc_xl.demo.telling import facts, words
from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, applied
from ltc_xl.model.enums import Lang
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rollout import Plan
from ltc_xl.sync import steps

DEMO_DAY = date(2026, 11, 20)
"""The day the demo workbook that is shipped is told for."""

PROFILE = "starter+bills+deposits+handovers"
"""What the firm uses: the starter sheets, and three tables of the full profile it has rows for."""


def new_firm_book(path: Path, lang: Lang, as_of: date) -> Garden:
    """Make the firm's workbook with every fault in it; return where each is."""
    garden = faulty_firm(as_of, lang)
    session.new_book(path, _plan(garden), lambda book: list(cell_edits(book, garden.typed)))
    return garden


def shipped_demo(path: Path, lang: Lang = "zh", as_of: date = DEMO_DAY) -> Path:
    """Write the demo workbook that is shipped: faulty, as a sync leaves it, of no store; return where."""
    garden = faulty_firm(as_of, lang)
    session.make_book(
        path,
        _plan(garden),
        typed=lambda book: list(cell_edits(book, garden.typed)),
        service=lambda book, rules: _synced(book, rules, as_of),
        small=True,
    )
    return path


def _synced(book: Book, rulebook: Rulebook, as_of: date) -> Outcome:
    """Return what the daily run makes of a workbook: grades, owners, everybody's list, the problems."""
    changes = Changes()
    for step in steps(book, rulebook).values():
        wanted = step(book, rulebook, as_of).changes
        book, changes = applied(book, wanted), changes + wanted
    return Outcome(changes)


def _plan(garden: Garden) -> Plan:
    return rollout.new(
        lang=garden.lang,
        profile=PROFILE,
        site=facts()["firm"]["site"],
        store_id="",
        rows=garden.frames,
        as_of=garden.as_of,
        company=words(garden.lang)["firm"]["company"],
    )
