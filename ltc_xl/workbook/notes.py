"""Notes in cells, the plain kind: whose they are, those of the program put and taken away again."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zlib import crc32

from ltc_xl.workbook.escapes import escaped, unescaped
from ltc_xl.workbook.tags import attribute, plain, xml_text

AUTHOR = "ltc-xl"
MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"

_XML = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_ROOT = re.compile(rb"<((?:[\w.-]+:)?)comments(?=[\s>])[^>]*>")
_SIGN = re.compile(rf"\n{AUTHOR} ([0-9A-Z]{{4}})\s*$")
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def signed(text: str) -> str:
    r"""Return the text of a note as it is written: its last line tells whose it is, and proves it unchanged.

    >>> signed("金额不是数字")
    '金额不是数字\nltc-xl Y1RN'
    """
    return f"{text}\n{AUTHOR} {_check_letters(text)}"


def is_ours(text: str) -> bool:
    r"""Return whether a note was written by the program and has not been changed since.

    Its author tells less: LibreOffice saves notes without theirs.

    >>> is_ours(signed("金额不是数字")), is_ours(signed("金额不是数字") + "\n已问客户")
    (True, False)
    """
    sign = _SIGN.search(text)
    return sign is not None and sign[1] == _check_letters(text[: sign.start()])


def _check_letters(text: str) -> str:
    """Return four letters that follow from a text; blanks and line ends do not count."""
    number = crc32("".join(text.split()).encode("utf-8", "surrogatepass"))
    return "".join(_LETTERS[number >> shift & 31] for shift in (15, 10, 5, 0))


@dataclass(frozen=True, slots=True)
class Note:
    """A note that stands in a cell: ``data[start:end]`` of its part."""

    ref: str
    author: str
    text: str
    start: int
    end: int

    @property
    def is_ours(self) -> bool:
        """Return whether the program wrote it and nobody changed it since."""
        return is_ours(self.text)


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes of a sheet: the bytes of their part, and the prefix of its elements with the colon."""

    data: bytes
    prefix: bytes = b""

    @classmethod
    def of(cls, data: bytes) -> "Notes | None":
        """Return the notes of a part; None where it is not laid out as such a part is."""
        root = _ROOT.search(data)
        notes = cls(data, root[1]) if root else None
        whole = notes and notes._end(b"commentList") and notes._end(b"authors")  # noqa: SLF001  its own kind
        return notes if whole else None

    @classmethod
    def none(cls, namespace: bytes) -> "Notes":
        """Return the notes of a sheet that has none."""
        lists = b"<authors></authors><commentList></commentList>"
        return cls(_XML + b'<comments xmlns="' + namespace + b'">' + lists + b"</comments>")

    def __iter__(self) -> Iterator[Note]:
        """Yield every note."""
        name = self.prefix + b"comment"
        pattern = rb"<" + name + rb"(?=\s)[^>]*?(?:/>|>.*?</" + name + rb"\s*>)"
        authors = self._authors
        for found in re.finditer(pattern, self.data, re.DOTALL):
            number = int(attribute(found[0], b"authorId") or b"0")
            author = authors[number] if number < len(authors) else ""
            ref = (attribute(found[0], b"ref") or b"").decode("ascii", "replace")
            yield Note(ref, author, self._text(found[0]), *found.span())

    def without(self, gone: Mapping[str, str]) -> "Notes":
        """Return the notes without those of some cells; the program's name goes with its last note."""
        data = self.data
        for note in reversed([note for note in self if note.ref in gone and note.is_ours]):
            data = data[: note.start] + data[note.end :]
        left = Notes(data, self.prefix)
        if data == self.data or any(note.author == AUTHOR for note in left):
            return left
        return left._without_author()

    def with_(self, new: Mapping[str, str]) -> "Notes":
        """Return the notes with new ones of the program: cell -> text as signed."""
        if not new:
            return self
        named = self if AUTHOR in self._authors else self._with_author()
        number = named._authors.index(AUTHOR)  # noqa: SLF001  likewise
        xml = b"".join(named._xml(ref, number, text) for ref, text in new.items())  # noqa: SLF001  likewise
        at = named._end(b"commentList")  # noqa: SLF001  likewise
        return Notes(named.data[:at] + xml + named.data[at:], self.prefix)

    def _xml(self, ref: str, author: int, text: str) -> bytes:
        p = self.prefix
        run = (
            b'<%srPr><%ssz val="9"/><%scolor indexed="81"/><%srFont val="Tahoma"/><%sfamily val="2"/></%srPr>'
        )
        said = b'<%st xml:space="preserve">%s</%st>' % (p, xml_text(escaped(text)), p)
        body = b"<%sr>" % p + run % (p, p, p, p, p, p) + said + b"</%sr>" % p
        tag = b'<%scomment ref="%s" authorId="%d">' % (p, ref.encode(), author)
        return tag + b"<%stext>" % p + body + b"</%stext></%scomment>" % (p, p)

    @property
    def _authors(self) -> list[str]:
        return [unescaped(plain(found[1] or b"")) for found in self._author_tags()]

    def _author_tags(self) -> list[re.Match[bytes]]:
        name = self.prefix + b"author"
        pattern = rb"<" + name + rb"(?:\s[^>]*)?(?:/>|>([^<]*)</" + name + rb"\s*>)"
        return list(re.finditer(pattern, self.data))

    def _with_author(self) -> "Notes":
        at, name = self._end(b"authors"), self.prefix + b"author"
        return Notes(
            self.data[:at] + b"<%s>%s</%s>" % (name, AUTHOR.encode(), name) + self.data[at:], self.prefix
        )

    def _without_author(self) -> "Notes":
        """Return the notes without the program's name, where no other author's number depends on it."""
        last = self._author_tags()[-1]
        if plain(last[1] or b"") != AUTHOR:
            return self
        return Notes(self.data[: last.start()] + self.data[last.end() :], self.prefix)

    def _text(self, xml: bytes) -> str:
        """Return what a note says, without its phonetic reading."""
        p = self.prefix
        bare = re.sub(rb"<" + p + rb"rPh(?=[\s>]).*?</" + p + rb"rPh\s*>", b"", xml, flags=re.DOTALL)
        texts = re.findall(rb"<" + p + rb"t(?:\s[^>]*)?>([^<]*)</" + p + rb"t\s*>", bare)
        return unescaped("".join(map(plain, texts)))

    def _end(self, element: bytes) -> int:
        """Return where the inside of an element ends; 0 where it is not there."""
        return max(self.data.rfind(b"</" + self.prefix + element), 0)
