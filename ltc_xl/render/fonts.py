"""Fonts of printed papers: which family sets the Chinese, or the cure where the machine has none.

Without such a font typst prints boxes and says nothing, so the texts of a paper are looked at before anything
is printed. Latin text needs no font of the machine: typst brings one along.
"""

import os
import platform
import re
from collections.abc import Iterable, Sequence
from functools import cache

import typst

from ltc_xl.model.errors import FontMissing

FOLDERS = "LTC_XL_FONTS"
"""Environment variable that names folders with more fonts, separated as in PATH."""

LATIN = "Libertinus Serif"
"""Shipped inside typst, so the same on every machine."""

CHINESE = (
    "Microsoft YaHei",
    "微软雅黑",
    "PingFang SC",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "思源黑体",
    "WenQuanYi Micro Hei",
    "DengXian",
    "等线",
    "SimSun",
    "宋体",
    "STSong",
    "Noto Serif CJK SC",
)
"""Families that hold Chinese, best first."""

_CJK = re.compile(
    "[\u2e80-\u303f\u3040-\u312f\u31a0-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]"
)


def needs_chinese(texts: Iterable[str]) -> bool:
    """Return whether some text has a character that Latin fonts lack.

    >>> needs_chinese(["Hengyuan ¥ – “1”"]), needs_chinese(["Hengyuan", "衡远"])
    (False, True)
    """
    return any(_CJK.search(text) for text in texts)


def families(texts: Iterable[str], lang: str) -> tuple[str, ...]:
    """Return the families to set some texts in, the leading one first.

    Raises:
        FontMissing: a text is Chinese and no font on this machine is; the sentence says where to get one.
    """
    if not needs_chinese(texts):
        return (LATIN,)
    chinese = _first_of(installed(_folders()).families())
    return (chinese, LATIN) if lang == "zh" else (LATIN, chinese)


def _first_of(names: Sequence[str]) -> str:
    found = next((family for family in CHINESE if family in names), None)
    if found is None:
        raise FontMissing(f"font_missing_{_system()}")
    return found


def _system() -> str:
    return {"Windows": "windows", "Darwin": "macos"}.get(platform.system(), "linux")


def _folders() -> tuple[str, ...]:
    return tuple(filter(None, os.environ.get(FOLDERS, "").split(os.pathsep)))


def fonts() -> typst.Fonts:
    """Return the fonts of the machine and of the folders that are named for us."""
    return installed(_folders())


@cache
def installed(folders: tuple[str, ...], *, system: bool = True) -> typst.Fonts:
    """Return the fonts of the machine, of some folders and of typst; looked for once."""
    return typst.Fonts(include_system_fonts=system, font_paths=list(folders))
