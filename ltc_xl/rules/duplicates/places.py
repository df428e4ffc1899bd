"""Chinese places in company names: 苏州恒远, 恒远（苏州） and 江苏省苏州市恒远 name one city."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import polars as pl

from ltc_xl.rules.duplicates.common_words import common_words
from ltc_xl.rules.duplicates.sounds import sounds

_LINE = re.compile(r'^(?P<nested> *)(?P<code>\d+) (?:province|county)="(?P<names>[^"]+)"', re.MULTILINE)
_YEARS = re.compile(r"^\[\d*-(?P<until>\d*)\]")
_PROVINCE_ENDING = re.compile(r"(省|市|(维吾尔|壮族|回族)?自治区|特别行政区)$")
_CITY_ENDING = re.compile(r"(市|地区|盟)$")
_STATE_ENDING = re.compile(
    r"((布依|朝鲜|傣|侗|哈尼|回|景颇|傈僳|黎|蒙古|苗|羌|土家|彝|壮|藏|白|柯尔克孜|哈萨克)族?)*自治州$"
)
_NO_PLACES = frozenset({"市辖区", "县", "城区", "矿区", "郊区", "新区", "市区", "市中区"})
_NO_CITIES = re.compile("直辖|市辖区")
_SHORTEST = 2
_OTHERWISE_READ = {
    "chongqing": "重庆",
    "xiamen": "厦门",
    "hongkong": "香港",
    "macau": "澳门",
    "peking": "北京",
    "canton": "广州",
    "leshan": "乐山",
    "xian": "西安",
}
_ABROAD = {"香港": "香港", "澳门": "澳门", "台湾": None}
_PART = r"(区|县|旗|镇|乡|村|街道|街|路|园|岛|湾)$"


class Home(NamedTuple):
    """Where a place is; None for what names no one city, or no one province."""

    city: str | None
    province: str | None


class _Entry(NamedTuple):
    """A place in the register: how it is written, where it is, its rank (0 city, 1 part of one, 2 of old)."""

    name: str
    home: Home
    rank: int


@cache
def homes() -> Mapping[str, Home]:
    """Return every way a place is written -> where it is; 朝阳区 is in no one city, 江苏 in none.

    Counties and districts stand for the city they belong to: 昆山市 is in 苏州. The places are those of the
    residents' register, today's and those of the last decades, for companies keep their names.
    """
    found = {name: Home(city, name) for name, city in _ABROAD.items()}
    ranks = dict.fromkeys(found, 0)
    for name, home, rank in sorted(_entries(), key=lambda entry: entry.rank):
        known = found.setdefault(name, home)
        if ranks.setdefault(name, rank) == rank and known != home:
            same = (one if one == other else None for one, other in zip(known, home, strict=True))
            found[name] = Home(*same)
    return found


@cache
def cities() -> Mapping[str, str | None]:
    """Return every way a place is written -> its city; None for what names no city: provinces, 朝阳区."""
    return {name: home.city for name, home in homes().items()}


@cache
def provinces() -> Mapping[str, str | None]:
    """Return every way a place is written -> its province; None where there are places of one name in two."""
    return {name: home.province for name, home in homes().items()}


def _entries() -> Iterator[_Entry]:
    """Yield the register, each place in full and without its ending where that is a city's."""
    province, cities_of = "", dict[str, str]()
    for line in _LINE.finditer(files("stdnum.cn").joinpath("loc.dat").read_text("utf-8")):
        code, names = line["code"], line["names"].split(",")
        if not line["nested"]:
            full, cities_of = names[-1], {}
            province = _PROVINCE_ENDING.sub("", full)
            city = province if full.endswith("市") else None
            yield from (_Entry(way, Home(city, province), 0) for way in (full, province))
        elif code.endswith("00"):
            if not _NO_CITIES.search(names[-1]) and len(names[-1]) > _SHORTEST:
                cities_of.setdefault(code[:2], _bare(_YEARS.sub("", names[-1])))
                yield from _ways(names, Home(cities_of[code[:2]], province), 0)
        else:
            city = province if full.endswith("市") else cities_of.get(code[:2])
            yield from _ways(names, Home(city, province), 1)


def _ways(names: list[str], home: Home, rank: int) -> Iterator[_Entry]:
    for dated in names:
        years = _YEARS.match(dated)
        name = _YEARS.sub("", dated)
        for way in {name, _bare(name)} - _NO_PLACES:
            if len(way) >= _SHORTEST:
                lies = home._replace(city=home.city or _bare(name))
                yield _Entry(way, lies, 2 if years and years["until"] else rank)


def _bare(name: str) -> str:
    """Return a place without the ending of a city; 城区 and 东县 keep theirs.

    >>> [_bare(name) for name in ("苏州市", "黔南布依族苗族自治州", "昆山市", "吴中区")]
    ['苏州', '黔南', '昆山', '吴中区']
    """
    return _CITY_ENDING.sub("", _STATE_ENDING.sub("", name)) if len(name) > _SHORTEST else name


def leading_place(text: pl.Expr, *, bare: bool) -> pl.Expr:
    """Return the longest place that a text begins with, or null.

    Args:
        text: a name, or what is left of it.
        bare: whether 东方 and 平安 count, which are cities and more often brands.
    """
    by_length: dict[int, list[str]] = {}
    brands = () if bare else common_words("cities_that_are_brands")
    for name in cities():
        if name not in brands:
            by_length.setdefault(len(name), []).append(name)
    heads = ((text.str.head(length), names) for length, names in sorted(by_length.items(), reverse=True))
    return pl.coalesce(*(pl.when(head.is_in(names)).then(head) for head, names in heads))


def lies_in(place: pl.Expr, around: pl.Expr) -> pl.Expr:
    """Return whether a place lies in the city of another, or in its province where that has no city."""
    (city, province), (own_city, own_province) = (
        [_told(one, part) for part in Home._fields] for one in (around, place)
    )
    inside = pl.when(city.is_not_null()).then(own_city == city).otherwise(own_province == province)
    return inside.fill_null(value=False)


def _told(place: pl.Expr, part: str) -> pl.Expr:
    columns = _columns()
    return place.replace_strict(columns["name"], columns[part], default=None, return_dtype=pl.String)


@cache
def _columns() -> pl.DataFrame:
    """Return ``homes`` as a frame; it is asked for thousands of names."""
    return pl.DataFrame(
        [(name, *home) for name, home in homes().items()], schema=["name", *Home._fields], orient="row"
    )


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


@cache
def cities_in_letters() -> Mapping[str, str | None]:
    """Return cities as they are written in letters -> the city; None where two are written alike.

    >>> [cities_in_letters().get(way) for way in ("shanghai", "kunshan", "suzhou", "chongqing", "london")]
    ['上海', '苏州', None, '重庆', None]
    """
    whole = [name for name in dict.fromkeys(cities().values()) if name]
    parts = [name for name, city in cities().items() if city and len(name) == _SHORTEST]
    return _spelled(parts) | _spelled(whole) | _OTHERWISE_READ


def _spelled(names: list[str]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for name, said in zip(names, sounds(pl.Series(names)), strict=True):
        city, way = cities()[name], said.replace(" ", "")
        found[way] = city if found.setdefault(way, city) == city else None
    return found


def is_part(text: str) -> bool:
    """Return whether a text names a part of some city and not which: 高新区, 朝阳区, 中山路.

    >>> is_part("高新区"), is_part("中山路"), is_part("London")
    (True, True, False)
    """
    return re.search(_PART, text) is not None


def province_of(text: str) -> str | None:
    """Return the province that a text of places begins with; None where it names none, or two might be meant.

    >>> province_of("江苏省苏州市"), province_of("昆山"), province_of("朝阳区"), province_of("London")
    ('江苏', '江苏', None, None)
    """
    length = next((n for n in range(len(text), 1, -1) if text[:n] in provinces()), 0)
    return provinces().get(text[:length])
