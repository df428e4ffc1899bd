"""What is wrong with a rule sheet, as data: where it stands, what it is, what to do."""

from collections.abc import Iterable

from ltc_xl.messages import words_of
from ltc_xl.model.book import Book
from ltc_xl.model.enums import Lang
from ltc_xl.model.finding import Finding
from ltc_xl.model.tables import table


def problems_data(book: Book, problems: Iterable[Finding], lang: Lang) -> list[dict[str, object]]:
    """Return the problems of rule sheets as a program, or the console, shows them."""
    return [_problem(book, problem, lang) for problem in problems]


def _problem(book: Book, problem: Finding, lang: Lang) -> dict[str, object]:
    place, words = book.place(problem.table), words_of(problem, lang)
    cell = book.cell(problem.table, problem.row_id, problem.column)
    return {
        "code": problem.code,
        "severity": problem.severity,
        "table": problem.table,
        "sheet": place.sheet if place else table(problem.table).sheet(book.lang),
        "cell": cell[1] if cell and problem.column else None,
        "message": words.found,
        "cure": words.cure,
    }
