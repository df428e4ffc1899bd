"""Dropdowns of the columns that a firm added: the words that their declaration lists.

A list of ours is known by the title of the question that Excel asks when something else is typed. Where the
firm has a rule of its own for the cells, it stays and nothing is put beside it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ltc_xl.workbook.area import Area, area_of
from ltc_xl.workbook.tags import attribute, plain, with_attribute, xml_text
from ltc_xl.workbook.tail import Tail

LONGEST = 255
"""Excel takes no longer list than this written into a rule."""

_NAME = b"dataValidations"
_EXTENDED = re.compile(rb"<(?:[\w.-]+:)?sqref>([^<]*)</(?:[\w.-]+:)?sqref>")


@dataclass(frozen=True, slots=True)
class _Rule:
    """What may be typed into some cells: its XML, the cells, the title of its question."""

    xml: bytes
    areas: tuple[Area, ...]
    title: str


@dataclass(frozen=True, slots=True)
class Offers:
    """What the columns of one table offer.

    Attributes:
        body: its data rows.
        words: column of the sheet -> the words it offers; none where it offers nothing any more.
        title: of the question that Excel asks, in the language of the book.
        titles: the same in every language.
        question: what it asks.
    """

    body: Area
    words: Mapping[int, tuple[str, ...]]
    title: str
    titles: frozenset[str]
    question: str

    def put_into(self, tail: Tail) -> Tail:
        """Return the tail with every list in its place; the same bytes where all of them stand there."""
        rules = list(_rules(tail))
        ours = [rule for rule in rules if rule.title in self.titles and self._holds(rule)]
        taken = [area for rule in rules if rule not in ours for area in rule.areas]
        taken += _extended(tail)
        wanted = dict(self._wanted(tail.prefix, taken))
        kept = [rule.xml for rule in ours if rule.xml in wanted.values()]
        gone = [rule.xml for rule in ours if rule.xml not in kept]
        new = [xml for xml in wanted.values() if xml not in kept]
        return _changed(tail, gone, new) if gone or new else tail

    def _holds(self, rule: _Rule) -> bool:
        """Return whether a rule is about one of the columns."""
        body = self.body
        return all(a.left == a.right and a.left in self.words and a.top >= body.top for a in rule.areas)

    def _wanted(self, prefix: bytes, taken: Iterable[Area]) -> Iterator[tuple[int, bytes]]:
        for column, words in self.words.items():
            area = Area(self.body.top, column, self.body.bottom, column)
            listed = ",".join(words)
            fits = words and len(listed) <= LONGEST and listed.count(",") == len(words) - 1
            if fits and not any(area.meets(other) for other in taken):
                yield column, self._rule(prefix, area, listed)

    def _rule(self, prefix: bytes, area: Area, listed: str) -> bytes:
        text = xml_text('"' + listed.replace('"', '""') + '"')
        title, question = (xml_text(said).replace(b'"', b"&quot;") for said in (self.title, self.question))
        return (
            b'<%sdataValidation type="list" errorStyle="warning" allowBlank="1" showErrorMessage="1"'
            b' errorTitle="%s" error="%s" sqref="%s"><%sformula1>%s</%sformula1></%sdataValidation>'
        ) % (prefix, title, question, area.text.encode(), prefix, text, prefix, prefix)


def _rules(tail: Tail) -> Iterator[_Rule]:
    name = tail.prefix + b"dataValidation"
    tag = rb"(?P<tag><" + name + rb"(?=[\s/>])(?:[^>\"']|\"[^\"]*\"|'[^']*')*?)"
    one = re.compile(tag + rb"(?:/>|>.*?</" + name + rb"\s*>)", re.DOTALL)
    for found in one.finditer(tail.element(_NAME) or b""):
        said = plain(attribute(found["tag"], b"errorTitle") or b"")
        yield _Rule(found[0], _areas(attribute(found["tag"], b"sqref") or b""), said)


def _areas(text: bytes) -> tuple[Area, ...]:
    return tuple(area for area in map(area_of, text.decode("ascii", "replace").split()) if area)


def _extended(tail: Tail) -> list[Area]:
    """Return the cells of rules that newer versions of Excel keep apart."""
    extensions = tail.element(b"extLst") or b""
    if _NAME not in extensions:
        return []
    return [area for found in _EXTENDED.finditer(extensions) for area in _areas(found[1])]


def _changed(tail: Tail, gone: Iterable[bytes], new: Iterable[bytes]) -> Tail:
    """Return the tail with some rules taken away and others added."""
    standing = tail.element(_NAME)
    head, end = b"<%s%s>" % (tail.prefix, _NAME), b"</%s%s>" % (tail.prefix, _NAME)
    inside = b""
    if standing is not None:
        head = standing[: standing.index(b">") + 1]
        inside = standing[len(head) : standing.rindex(b"</")]
    for xml in gone:
        inside = inside.replace(xml, b"", 1)
    inside += b"".join(new)
    bare = tail.without_element(_NAME) if standing is not None else tail
    count = inside.count(b"<%sdataValidation " % tail.prefix)
    if not count:
        return bare
    return bare.with_element(_NAME, with_attribute(head, b"count", b"%d" % count) + inside + end)
