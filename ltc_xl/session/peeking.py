"""A look at a workbook's store: nothing is made where there is none."""

from collections.abc import Iterator
from contextlib import contextmanager

from ltc_xl.model.book import Book
from ltc_xl.session.how import How
from ltc_xl.store import Identity, Store, identity_of, known_store, past_store


@contextmanager
def peeked(book: Book, how: How) -> Iterator[tuple[Store | None, Identity | None]]:
    """Open the store of a book if it is here and knows it; without it a look at the book alone must do."""
    if book.place("meta") is None:
        yield None, None
        return
    identity = identity_of(book)
    with known_store(identity, how.store) as store:
        yield store, identity if store else None


@contextmanager
def past_of(book: Book, how: How) -> Iterator[tuple[Store | None, Identity]]:
    """Open the store of a book; None where nothing was ever committed.

    Raises:
        WorldError: the workbook was not made from the template, or its store is not here.
    """
    identity = identity_of(book)
    with past_store(identity, how.store) as store:
        yield store, identity
