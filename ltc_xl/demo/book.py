"""The demo firm's workbook: built from its rows, with what people typed over the cells."""

import zipfile
from datetime import date
from pathlib import Path

from ltc_xl import session
from ltc_xl.check import check
from ltc_xl.demo.firm import faulty_firm
from ltc_xl.demo.garden import Garden, cell_edits
from ltc_xl.demo.telling import facts, words
from ltc_xl.model.enums import Lang
from ltc_xl.rules.rulebook import bind_rulebook
from ltc_xl.workbook import build_book, edits_of, patch, read_book
from ltc_xl.workbook.edits import Edit

DEMO_DAY = date(2026, 11, 20)
"""The day the demo workbook that is shipped is told for."""

PROFILE = "starter+bills+deposits+handovers"
"""What the firm uses: the starter sheets, and three tables of the full profile it has rows for."""


def new_firm_book(path: Path, lang: Lang, as_of: date) -> Garden:
    """Make the firm's workbook with every fault in it; return where each is."""
    garden = faulty_firm(as_of, lang)
    site, company = facts()["firm"]["site"], words(lang)["firm"]["company"]
    session.new_book(path, session.Firm(lang, site, PROFILE, company, garden.frames), as_of)
    _patched(path, list(cell_edits(read_book(path), garden.typed)))
    return garden


def shipped_demo(path: Path, lang: Lang = "zh", as_of: date = DEMO_DAY) -> None:
    """Write the demo workbook that is shipped: faulty and checked, of no store yet."""
    garden = faulty_firm(as_of, lang)
    build_book(
        path,
        lang=lang,
        profile=PROFILE,
        site=facts()["firm"]["site"],
        store_id="",
        rows=garden.frames,
        as_of=as_of,
        company=words(lang)["firm"]["company"],
    )
    _patched(path, list(cell_edits(read_book(path), garden.typed)))
    book = read_book(path)
    found = check(book, bind_rulebook(book), as_of)
    _patched(path, edits_of(book, found.changes, as_of))
    _repack(path)


def _patched(path: Path, edits: list[Edit]) -> None:
    beside = path.with_name(f".{path.name}.tmp")
    patch(path, beside, edits)
    beside.replace(path)


def _repack(path: Path) -> None:
    """Write the parts again as small as deflate makes them, with the dates they had."""
    beside = path.with_name(f".{path.name}.tmp")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(beside, "w") as new:
        for part in old.infolist():
            plain = zipfile.ZipInfo(part.filename, (1980, 1, 1, 0, 0, 0))
            new.writestr(plain, old.read(part), zipfile.ZIP_DEFLATED, compresslevel=9)
    beside.replace(path)
