"""The red edges of cells with problems: the conditional formats that show them, found, judged, put back.

A cell shows its edge while the identity of its row and the code of its column stand together in the list of
marks, the hidden column of the Problems sheet: so an edge moves with its row and goes when it is cured.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ltc_xl.model.address import column_letters
from ltc_xl.workbook.area import Area, area_of, column_number
from ltc_xl.workbook.tags import attribute, plain, xml_text
from ltc_xl.workbook.tail import Tail

MARKS = "ltc_marks"
"""The workbook's name of the list of marks."""

Wanted = frozenset[tuple[int, str]]
"""Columns of the sheet, each with a code by which marks call it; '' is the row as a whole."""

_FORMULA = re.compile(
    rf'ISNUMBER\(\s*MATCH\(\s*\$([A-Z]{{1,3}})(\d+)\s*&\s*"\|((?:[^"]|"")*)"\s*,\s*{MARKS}\s*,\s*0\s*\)\s*\)',
    re.IGNORECASE,
)


def edge_formula(cell: str, code: str) -> str:
    """Return the condition under which a cell shows its edge; ``cell`` holds the identity of its row.

    >>> edge_formula("$AJ4", "mobile")
    'ISNUMBER(MATCH($AJ4&"|mobile",ltc_marks,0))'
    """
    quoted = code.replace('"', '""')
    return f'ISNUMBER(MATCH({cell}&"|{quoted}",{MARKS},0))'


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule that shows edges: where it stands in the tail, what it covers, which row it begins with."""

    start: int
    end: int
    areas: tuple[Area, ...]
    key: int
    row: int
    code: str

    @property
    def columns(self) -> set[int]:
        return {column for area in self.areas for column in range(area.left, area.right + 1)}


@dataclass(frozen=True, slots=True)
class Edges:
    """What the edges of one table must be.

    Attributes:
        body: its data rows.
        key: the column of the sheet that holds the identity of each row.
        wanted: its columns with their codes.
    """

    body: Area
    key: int
    wanted: Wanted

    def are_in(self, tail: Tail) -> bool:
        """Return whether every cell of the table can show its edge, and none that of another."""
        return not self._lacking(rules := list(_rules(tail))) and not self._wrong(rules)

    def put_into(self, tail: Tail, look: int) -> Tail:
        """Return the tail with every edge in its place; ``look`` is the number of its format."""
        rules = list(_rules(tail))
        lacking = self._lacking(rules)
        worn_out = [r for r in rules if self._is_right(r) and self._pairs(r) & lacking and self._holds(r)]
        cleared = _without(tail, [*self._wrong(rules), *worn_out])
        return _with_formats(cleared, [self._format(pair, look) for pair in sorted(lacking)])

    def taken_out_of(self, tail: Tail) -> Tail:
        """Return the tail without the edges of the table."""
        return _without(tail, [rule for rule in _rules(tail) if self._holds(rule)])

    def _lacking(self, rules: Iterable[_Rule]) -> Wanted:
        """Return the columns of which some rows cannot show their edge."""
        right = [rule for rule in rules if self._is_right(rule)]
        return frozenset(pair for pair in self.wanted if not self._covered(right, *pair))

    def _covered(self, rules: Iterable[_Rule], column: int, code: str) -> bool:
        areas = sorted(
            (area.top, area.bottom)
            for rule in rules
            if rule.code == code
            for area in rule.areas
            if area.left <= column <= area.right
        )
        reached = self.body.top - 1
        for top, bottom in areas:
            if top > reached + 1:
                break
            reached = max(reached, bottom)
        return reached >= self.body.bottom

    def _is_right(self, rule: _Rule) -> bool:
        begins = rule.row == min(area.top for area in rule.areas)
        return begins and rule.key == self.key and self._pairs(rule) <= self.wanted

    def _wrong(self, rules: Iterable[_Rule]) -> list[_Rule]:
        return [rule for rule in rules if not self._is_right(rule) and self._holds(rule)]

    def _holds(self, rule: _Rule) -> bool:
        """Return whether a rule is about cells of this table alone."""
        body = self.body
        return all(
            body.top <= a.top and a.bottom <= body.bottom and body.left <= a.left and a.right <= body.right
            for a in rule.areas
        )

    @staticmethod
    def _pairs(rule: _Rule) -> set[tuple[int, str]]:
        return {(column, rule.code) for column in rule.columns}

    def _format(self, pair: tuple[int, str], look: int) -> tuple[Area, str, int]:
        column, code = pair
        area = Area(self.body.top, column, self.body.bottom, column)
        return area, edge_formula(f"${column_letters(self.key)}{self.body.top}", code), look


def _rules(tail: Tail) -> Iterator[_Rule]:
    """Yield the rules of a sheet that show edges."""
    if MARKS.encode() not in tail.data:
        return
    for found in _formats(tail.prefix).finditer(tail.data):
        named = (attribute(found["tag"], b"sqref") or b"").decode("ascii", "replace").split()
        areas = tuple(area for area in map(area_of, named) if area)
        for rule in _one_rule(tail.prefix).finditer(tail.data, found.start("inside"), found.end("inside")):
            formula = _FORMULA.fullmatch(plain(rule["formula"] or b"").strip())
            if formula and areas and len(areas) == len(named):
                key, row, code = column_number(formula[1]), int(formula[2]), formula[3].replace('""', '"')
                yield _Rule(rule.start(), rule.end(), areas, key, row, code)


def _formats(prefix: bytes) -> re.Pattern[bytes]:
    name = prefix + b"conditionalFormatting"
    return re.compile(
        rb"(?P<tag><" + name + rb"(?=\s)[^>]*(?<!/)>)(?P<inside>.*?)</" + name + rb"\s*>", re.DOTALL
    )


def _one_rule(prefix: bytes) -> re.Pattern[bytes]:
    name, formula = prefix + b"cfRule", prefix + b"formula"
    return re.compile(
        rb"<" + name + rb"(?=\s)[^>]*(?<!/)>\s*(?:<" + formula + rb"(?:\s[^>]*)?>(?P<formula>[^<]*)</"
        rb"" + formula + rb"\s*>)?(?:(?!</" + name + rb"\b).)*</" + name + rb"\s*>",
        re.DOTALL,
    )


def _without(tail: Tail, rules: Iterable[_Rule]) -> Tail:
    """Return the tail without some rules, and without the formats that have none left."""
    data = tail.data
    for rule in sorted(rules, key=lambda rule: rule.start, reverse=True):
        data = data[: rule.start] + data[rule.end :]
    if data == tail.data:
        return tail
    emptied = re.compile(
        rb"<" + tail.prefix + rb"conditionalFormatting(?=\s)[^>]*(?<!/)>\s*</" + tail.prefix + rb"conditional"
        rb"Formatting\s*>"
    )
    return Tail(emptied.sub(b"", data), tail.prefix)


def _with_formats(tail: Tail, formats: Iterable[tuple[Area, str, int]]) -> Tail:
    """Return the tail with formats added; they stand behind the user's own, and so do their priorities."""
    priority = max(map(int, re.findall(rb"\bpriority\s*=\s*[\"'](\d+)[\"']", tail.data)), default=0)
    p, xml = tail.prefix, b""
    for number, (area, formula, look) in enumerate(formats, priority + 1):
        rule = b'<%scfRule type="expression" dxfId="%d" priority="%d">' % (p, look, number)
        test = b"<%sformula>%s</%sformula></%scfRule>" % (p, xml_text(formula), p, p)
        head = b'<%sconditionalFormatting sqref="%s">' % (p, area.text.encode())
        xml += head + rule + test + b"</%sconditionalFormatting>" % p
    return tail.with_element(b"conditionalFormatting", xml) if xml else tail
