"""Grade against won rate as data: what the rules of grades were worth, or why nobody can tell yet."""

from datetime import date

from ltc_xl.messages import say
from ltc_xl.model.book import Book
from ltc_xl.model.enums import Lang
from ltc_xl.rules.back_test import NEEDED, back_test


def back_test_data(book: Book, as_of: date, lang: Lang) -> dict[str, object]:
    """Return the back-test of a book, with its definition; without rows while too few ends are known."""
    found = back_test(book, as_of)
    return {
        "outcomes": found.outcomes,
        "needed": NEEDED,
        "rows": found.rows.to_dicts(),
        "definition": say("leads.backtest.definition", lang, needed=NEEDED),
    }
