"""The service: why a lead, deal or contract got its answer from the rules, and what they would say now."""

from datetime import date

from ltc_xl.model.book import Book
from ltc_xl.model.enums import Lang
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.ruling.grades import grade_told
from ltc_xl.ruling.owners import owner_told
from ltc_xl.ruling.rows import row_named, rows_meant
from ltc_xl.ruling.scores import score_told
from ltc_xl.ruling.stages import moves_told
from ltc_xl.ruling.telling import Teller, Told


def explain(  # noqa: PLR0913  which row of which book, by what rules, when, asked by whom, told in which language
    book: Book, rulebook: Rulebook, as_of: date, said: str, *, actor: str, lang: Lang | None = None
) -> Outcome:
    """Return what the rules say of a row now, each answer with its reasons; nothing is to be written.

    Args:
        book: as read.
        rulebook: its rule sheets.
        as_of: the day.
        said: what the person calls the row: its number, its identity or its name.
        actor: login name of whoever asks; moves may be bound to roles.
        lang: language of the answer; the book's own when None.

    Raises:
        UsageError: there is no such row, or there are too many of that name.
    """
    tell = Teller(book, lang or book.lang)

    def told(name: str, uid: str) -> Told:
        answers = [moves_told(name, uid, book, rulebook, as_of, actor, tell)]
        if name == "leads":
            answers = [
                *score_told(uid, book, rulebook, as_of, tell),
                grade_told(uid, book, rulebook, as_of, tell),
                owner_told(uid, book, rulebook, as_of, tell),
                *answers,
            ]
        return {"table": name, **row_named(book, name, uid), "answers": answers}

    return Outcome(data={"as_of": as_of, "rows": [told(*row) for row in rows_meant(book, said)]})
