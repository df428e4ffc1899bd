"""Whether a formula is one, by the grammar of the file format; and which sheets it speaks of."""

import re
from functools import lru_cache
from typing import NamedTuple

LONGEST = 8192
_STRUCTURED = r"\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\]"
_QUOTED = r"'(?:[^']|'')+'"
_WORD = r"[^\W\d][\w.?\\]*|\\[\w.?\\]*"
_TOKEN = re.compile(
    rf"""
    (?P<space>\s+)
  | (?P<string>"(?:[^"]|"")*")
  | (?P<error>\#(?:REF!|DIV/0!|N/A|NAME\?|NULL!|NUM!|VALUE!|GETTING_DATA|
      SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!))
  | (?P<array>\{{(?:[^{{}}"]|"(?:[^"]|"")*")*\}})
  | (?P<sheet>(?:{_QUOTED}|\[\d+\][\w.\- 一-鿿]*|(?:[^\W\d]|\d+(?=[\w.]*[^\W\d]))[\w.]*(?::[\w.]+)?)!)
  | (?P<function>(?:{_WORD})\()
  | (?P<structured>(?:(?:{_WORD})?{_STRUCTURED}))
  | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?(?![\w.:$]))
  | (?P<rows>\$?\d+:\$?\d+)
  | (?P<name>\$?[A-Za-z]{{1,3}}\$?\d+(?![\w.])|\$[A-Za-z]{{1,3}}(?![\w.])|{_WORD})
  | (?P<open>\()
  | (?P<close>\))
  | (?P<comma>[,;])
  | (?P<percent>%|\#)
  | (?P<sign>[+\-@])
  | (?P<operator><=|>=|<>|[*/^&=<>:|])
    """,
    re.VERBOSE | re.DOTALL,
)
_YOUNG = """
XLOOKUP XMATCH FILTER SORT SORTBY UNIQUE SEQUENCE RANDARRAY LET LAMBDA TEXTJOIN CONCAT IFS SWITCH MAXIFS
MINIFS IFNA XOR DAYS ISOWEEKNUM FORMULATEXT NUMBERVALUE UNICHAR UNICODE SHEET SHEETS ISFORMULA TEXTSPLIT
TEXTBEFORE TEXTAFTER VSTACK HSTACK TOCOL TOROW TAKE DROP CHOOSECOLS CHOOSEROWS EXPAND WRAPROWS WRAPCOLS
STDEV.S STDEV.P VAR.S VAR.P RANK.EQ RANK.AVG PERCENTILE.INC PERCENTILE.EXC QUARTILE.INC MODE.SNGL NORM.DIST
NORM.INV T.DIST T.TEST
"""
FUTURE = frozenset(_YOUNG.split())
"""Functions younger than the file format: a file must name them with ``_xlfn.``, else Excel shows #NAME?."""


class Reading(NamedTuple):
    """What is wrong with a formula ('' for nothing), and the sheets it names, unquoted."""

    wrong: str
    sheets: tuple[str, ...] = ()


@lru_cache(100_000)
def reading(formula: str) -> Reading:
    """Return what a formula says.

    >>> reading("SUM('a b'!A1:B2,tblLeads[[#This Row],[金额]])*2%")
    Reading(wrong='', sheets=('a b',))
    >>> reading("1+").wrong, reading("SUM(A1").wrong, reading('"a').wrong
    ('ends where a value should stand', 'a bracket stays open', 'cannot be read at "a')
    """
    if len(formula) > LONGEST:
        return Reading(f"has {len(formula)} characters")
    return _Reader(formula).read()


class _Reader:
    def __init__(self, formula: str) -> None:
        self._formula = formula.strip().removeprefix("=").strip()
        self._sheets: list[str] = []
        self._depth: list[str] = []
        self._wants_value, self._spaced = True, False

    def read(self) -> Reading:
        at = 0
        while at < len(self._formula):
            token = _TOKEN.match(self._formula, at)
            if token is None:
                return self._wrong(f"cannot be read at {self._formula[at : at + 20]}")
            if wrong := self._take(token.lastgroup or "", token[0]):
                return self._wrong(f"{wrong} at {self._formula[at : at + 20]}")
            at = token.end()
        if self._depth:
            return self._wrong("a bracket stays open")
        return self._wrong("ends where a value should stand" if self._wants_value else "")

    def _wrong(self, wrong: str) -> Reading:
        return Reading(wrong, tuple(self._sheets))

    def _take(self, kind: str, token: str) -> str:
        if kind == "space":
            self._spaced = True
            return ""
        wrong = getattr(self, f"_on_{kind}", self._on_value)(token)
        self._spaced = False
        return str(wrong)

    def _on_value(self, _: str) -> str:
        two = not self._wants_value and not self._spaced
        self._wants_value = False
        return "two values stand side by side" if two else ""

    def _on_sheet(self, token: str) -> str:
        wrong = self._on_value(token)
        name = token[:-1]
        self._sheets.append(name[1:-1].replace("''", "'") if name.startswith("'") else name)
        self._wants_value = True
        return wrong

    def _on_function(self, token: str) -> str:
        wrong = self._on_value(token)
        if token[:-1].upper() in FUTURE:
            wrong = f"{token[:-1]} lacks _xlfn."
        self._depth.append("function")
        self._wants_value = True
        return wrong

    def _on_open(self, token: str) -> str:
        called = not self._wants_value and not self._spaced  # LAMBDA(x,x)(1)
        wrong = "" if called else self._on_value(token)
        self._depth.append("function" if called else "group")
        self._wants_value = True
        return wrong

    def _on_close(self, _: str) -> str:
        if not self._depth:
            return "a bracket closes that was not open"
        empty = self._wants_value and self._depth[-1] == "group"
        self._depth.pop()
        self._wants_value = False
        return "a bracket is empty" if empty else ""

    def _on_comma(self, _: str) -> str:
        empty = self._wants_value and (not self._depth or self._depth[-1] == "group")
        self._wants_value = True
        return "a value is missing" if empty else ""

    def _on_percent(self, _: str) -> str:
        return "a value is missing" if self._wants_value else ""

    def _on_sign(self, token: str) -> str:
        after_value = token.startswith("@") and not (self._wants_value or self._spaced)
        self._wants_value = True
        return "@ stands after a value" if after_value else ""

    def _on_operator(self, _: str) -> str:
        missing = self._wants_value
        self._wants_value = True
        return "a value is missing" if missing else ""
