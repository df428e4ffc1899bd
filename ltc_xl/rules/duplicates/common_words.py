"""Words in names of firms that tell no two of them apart, as ``words.toml`` lists them."""

import tomllib
from functools import cache
from importlib.resources import files


@cache
def common_words(of: str) -> tuple[str, ...]:
    """Return the words of a list.

    >>> "科技" in common_words("trades_zh"), "logistics" in common_words("trades_en")
    (True, True)
    """
    lists = tomllib.loads(files("ltc_xl.rules.duplicates").joinpath("words.toml").read_text("utf-8"))
    return tuple(lists[of].split())
