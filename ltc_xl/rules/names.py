"""Names that mean the same thing: equal once folded, or near enough to ask."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from ltc_xl.model.enums import folded

NEAR = 88
MOST_COMPARED = 10_000_000
_NO_LETTER = re.compile(r"[\W_]+")
_LEGAL_FORM = re.compile(
    r"(股份|有限责任|有限|集团|总)?(公司|厂)$|(coltd|incorporated|inc|llc|ltd|limited|corp|gmbh|ag|sa|bv)$"
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A known name for one that is not; ``same`` when the two differ by spelling alone."""

    name: str
    same: bool


def bare(name: str) -> str:
    """Return what is left of a name without case, width, spaces, hyphens and punctuation.

    >>> bare("GTX Pro") == bare("ｇｔｘ-pro."), bare("C") == bare("C++")
    (True, False)
    """
    text = folded(name)
    return _NO_LETTER.sub("", text.replace("+", "plus")) or text


def proposals(names: Iterable[str], known: Iterable[str]) -> Mapping[str, Proposal]:
    """Return a known name for each name that is not known but like one.

    Names are near when they agree in every digit and, legal form aside, in most letters. Where names and
    known ones are too many to compare each with each, only those that are the same once folded are found.

    >>> proposals(["GTXPro", "GTX Prp", "GTX 200", "GTX Pro"], ["GTX Pro", "GTX 100"])
    {'GTXPro': Proposal(name='GTX Pro', same=True)}
    >>> proposals(["Ganjaflexx", "上海恒远科技公司"], ["Ganjaflex", "上海恒达科技公司"])
    {'Ganjaflexx': Proposal(name='Ganjaflex', same=False)}
    """
    standing = dict.fromkeys(known)
    by_bare = {bare(name): name for name in reversed(standing)}
    strangers = [name for name in dict.fromkeys(names) if name not in standing]
    same = {name: Proposal(by_bare[bare(name)], same=True) for name in strangers if bare(name) in by_bare}
    others = [name for name in strangers if name not in same]
    few = len(others) * len(standing) <= MOST_COMPARED
    return same | (_near(others, standing) if few else {})


def _core(name: str) -> str:
    return _LEGAL_FORM.sub("", bare(name))


def _digits(name: str) -> str:
    return re.sub(r"\D", "", name)


def _near(names: Iterable[str], standing: Iterable[str]) -> dict[str, Proposal]:
    """Return the likeliest known name; names that differ in a digit are names of two things."""
    by_digits: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for name in standing:
        by_digits[_digits(name)].setdefault(_core(name), name)
    choices = {digits: list(cores) for digits, cores in by_digits.items()}
    found = {}
    for name in names:
        digits = _digits(name)
        best = process.extractOne(_core(name), choices.get(digits, ()), scorer=fuzz.ratio, score_cutoff=NEAR)
        if best:
            found[name] = Proposal(by_digits[digits][best[0]], same=False)
    return found


def spellings(names: Iterable[str]) -> Mapping[str, str]:
    """Return the spelling to keep for each name that is spelled in several ways: the first.

    >>> spellings(["Acme Corp", "ACME corp.", "Isdom"])
    {'ACME corp.': 'Acme Corp'}
    """
    first: dict[str, str] = {}
    kept = {name: first.setdefault(bare(name), name) for name in names}
    return {name: spelling for name, spelling in kept.items() if name != spelling}
