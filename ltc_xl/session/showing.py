"""Sheets that are hidden until somebody needs them are shown; no row changes, so there is no commit."""

from pathlib import Path

from ltc_xl.model.book import Book
from ltc_xl.model.tables import tables
from ltc_xl.session.desk import backup_folder, beside
from ltc_xl.store import identity_of, locked
from ltc_xl.workbook import ShowSheet, check_not_open, patch, replace_book
from ltc_xl.workbook.read import read_book


def show_rules(path: Path) -> Book:
    """Show the rule sheets of a workbook that are hidden, and return the book.

    Raises:
        LtcError: the file cannot be read or written, or another program holds it; it is left as it was.
    """
    with locked(path):
        check_not_open(path)
        book, made = read_book(path), beside(path)
        if patch(path, made, [ShowSheet(sheet) for sheet in rule_sheets(book)]).parts:
            replace_book(path, made, book.digest, backup_folder(identity_of(book).workbook_id))
        made.unlink(missing_ok=True)
    return book


def rule_sheets(book: Book) -> list[str]:
    """Return the names of the sheets that hold the firm's rules."""
    places = (book.place(name) for name, model in tables().items() if model.group == "rule")
    return [place.sheet for place in places if place]
