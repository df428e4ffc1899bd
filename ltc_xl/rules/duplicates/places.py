"""Chinese places in company names: 苏州恒远, 恒远（苏州） and 江苏省苏州市恒远 name one city."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import polars as pl

_LINE = re.compile(r'^(?P<nested> *)(?P<code>\d+) (?:province|county)="(?P<names>[^"]+)"', re.MULTILINE)
_YEARS = re.compile(r"^\[\d+-(?P<until>\d*)\]")
_PROVINCE_ENDING = re.compile(r"(省|市|(维吾尔|壮族|回族)?自治区|特别行政区)$")
_CITY_ENDING = re.compile(r"(市|地区|盟)$")
_STATE_ENDING = re.compile(
    r"((布依|朝鲜|傣|侗|哈尼|回|景颇|傈僳|黎|蒙古|苗|羌|土家|彝|壮|藏|白|柯尔克孜|哈萨克)族?)*自治州$"
)
_NO_PLACES = frozenset({"市辖区", "县", "城区", "矿区", "郊区", "新区", "市区", "市中区"})
_NO_CITIES = re.compile("直辖|市辖区")
_SHORTEST = 2
_ABROAD = {"香港": "香港", "澳门": "澳门", "台湾": None}


class _Entry(NamedTuple):
    """A place in the register: how it is written, its city, its rank (0 city, 1 part of one, 2 of old)."""

    name: str
    city: str | None
    rank: int


@cache
def cities() -> Mapping[str, str | None]:
    """Return every way a place is written -> its city; None for what names no city: provinces, 朝阳区.

    Counties and districts stand for the city they belong to: 昆山市 is in 苏州. The places are those of the
    residents' register, today's and those of the last decades, for companies keep their names.
    """
    found: dict[str, str | None] = dict(_ABROAD)
    entries = sorted(_entries(), key=lambda entry: entry.rank)
    ranks = dict.fromkeys(found, 0)
    for name, city, rank in entries:
        known = found.setdefault(name, city)
        if ranks.setdefault(name, rank) == rank and known != city:
            found[name] = None
    return found


def _entries() -> Iterator[_Entry]:
    """Yield the register, each place in full and without its ending where that is a city's."""
    province, homes = "", dict[str, str]()
    for line in _LINE.finditer(files("stdnum.cn").joinpath("loc.dat").read_text("utf-8")):
        code, names = line["code"], line["names"].split(",")
        if not line["nested"]:
            province, homes = names[-1], {}
            city = _bare(province) if province.endswith("市") else None
            yield from (_Entry(way, city, 0) for way in (province, _PROVINCE_ENDING.sub("", province)))
        elif code.endswith("00"):
            if not _NO_CITIES.search(names[-1]) and len(names[-1]) > _SHORTEST:
                homes.setdefault(code[:2], _bare(_YEARS.sub("", names[-1])))
                yield from _ways(names, homes[code[:2]], 0)
        else:
            home = _bare(province) if province.endswith("市") else homes.get(code[:2])
            yield from _ways(names, home, 1)


def _ways(names: list[str], home: str | None, rank: int) -> Iterator[_Entry]:
    for dated in names:
        years = _YEARS.match(dated)
        name = _YEARS.sub("", dated)
        for way in {name, _bare(name)} - _NO_PLACES:
            if len(way) >= _SHORTEST:
                yield _Entry(way, home or _bare(name), 2 if years and years["until"] else rank)


def _bare(name: str) -> str:
    """Return a place without the ending of a city; 城区 and 东县 keep theirs.

    >>> [_bare(name) for name in ("苏州市", "黔南布依族苗族自治州", "昆山市", "吴中区")]
    ['苏州', '黔南', '昆山', '吴中区']
    """
    return _CITY_ENDING.sub("", _STATE_ENDING.sub("", name)) if len(name) > _SHORTEST else name


def leading_place(text: pl.Expr) -> pl.Expr:
    """Return the longest place that a text begins with, or null."""
    by_length: dict[int, list[str]] = {}
    for name in cities():
        by_length.setdefault(len(name), []).append(name)
    heads = ((text.str.head(length), names) for length, names in sorted(by_length.items(), reverse=True))
    return pl.coalesce(*(pl.when(head.is_in(names)).then(head) for head, names in heads))


def city_of(text: str) -> str | None:
    """Return the city that some places name together; None for a province alone, or none.

    >>> city_of("江苏省苏州市"), city_of("昆山"), city_of("江苏"), city_of("苏州工业园区")
    ('苏州', '苏州', None, '苏州')
    """
    city, rest = None, text
    while city is None and rest:
        length = next((n for n in range(len(rest), 1, -1) if rest[:n] in cities()), 0)
        city, rest = cities().get(rest[:length]), rest[length:] if length else ""
    return city
