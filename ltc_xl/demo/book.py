"""The demo firm's workbook: built from its rows, with what people typed over the cells."""

from datetime import date
from pathlib import Path

from ltc_xl import rollout, session
from ltc_xl.check import check
from ltc_xl.demo.firm import faulty_firm
from ltc_xl.demo.garden import Garden, cell_edits
from ltc_xl.demo.telling import facts, words
from ltc_xl.model.enums import Lang
from ltc_xl.rollout import Plan

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
    """Write the demo workbook that is shipped, faulty and checked, of no store yet; return where it is."""
    garden = faulty_firm(as_of, lang)
    session.make_book(
        path,
        _plan(garden),
        typed=lambda book: list(cell_edits(book, garden.typed)),
        service=lambda book, rules: check(book, rules, as_of),
        small=True,
    )
    return path


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
