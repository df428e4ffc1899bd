"""What a book calls the entries of its lists, in its own words and in the shipped ones."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ltc_xl.model.book import Book
from ltc_xl.model.enums import Lang, enums, words
from ltc_xl.rules.guards.names import Names, names_of

_YES_NO = (("true", "YES"), ("false", "NO"), ("yes", "YES"), ("no", "NO"))


@dataclass(frozen=True)
class Lexicon:
    """The lists of words of a book: what it calls things itself, in its language first."""

    lang: Lang
    own: Mapping[str, Sequence[tuple[str, str]]]

    def words(self, name: str) -> Names[str]:
        """Return the words of a list: the book's own first, then the shipped ones in both languages."""
        return names_of([*self.own.get(name, ()), *self._shipped(name)])

    def _shipped(self, name: str) -> Iterator[tuple[str, str]]:
        for word in words(name) if name in enums() else ():
            labels = (word.label(self.lang), word.zh, word.en, *word.also, word.code)
            yield from ((label, word.code) for label in labels)
        yield from _YES_NO if name == "yes_no" else ()


def lexicon(book: Book) -> Lexicon:
    """Return the words of a book, its own table of choices read once."""
    own: dict[str, list[tuple[str, str]]] = {}
    rows = book.rows("choices").drop_nulls(["set", "code"])
    for name, code, first, *labels in rows.select(
        "set", "code", own_label=book.lang, zh="zh", en="en"
    ).iter_rows():
        own.setdefault(name, []).extend((label, code) for label in (first, *labels, code) if label)
    return Lexicon(book.lang, own)
