"""styles.xml: what an index may point at."""

from collections.abc import Iterator
from typing import NamedTuple

from ooxml.xml import Element, child, descendants, whole

LIMIT_XFS = 65_490
_FIRST_OWN_FORMAT = 164


class Styles(NamedTuple):
    """How many cell formats and differential formats a workbook has."""

    cells: int = 1
    differences: int = 0


def styles_of(root: Element | None) -> Styles:
    """Return the counts of a styles part."""
    if root is None:
        return Styles()
    return Styles(_count(root, "cellXfs"), _count(root, "dxfs"))


def style_faults(root: Element) -> Iterator[tuple[str, str]]:
    """Yield formats that point at what is not there, and counts that lie."""
    limits = {
        "fontId": _count(root, "fonts"),
        "fillId": _count(root, "fills"),
        "borderId": _count(root, "borders"),
        "xfId": _count(root, "cellStyleXfs") or 1,
    }
    held = child(root, "cellXfs")
    if held is None or not len(held):
        yield "style", "no cell format"
    if _count(root, "cellXfs") > LIMIT_XFS:
        yield "limit", "more cell formats than Excel allows"
    for xf in descendants(root, "xf"):
        for name, limit in limits.items():
            if limit <= whole(xf.get(name), 0) and xf.get(name) is not None:
                yield "style", f"{name} {xf.get(name)} of {limit}"
    own = {whole(e.get("numFmtId")) for e in descendants(root, "numFmt")}
    used = {whole(e.get("numFmtId"), 0) for e in descendants(root, "xf")}
    yield from (("style", f"number format {n} is not there") for n in used - own if n >= _FIRST_OWN_FORMAT)
    for style in descendants(root, "cellStyle"):
        if whole(style.get("xfId")) >= limits["xfId"]:
            yield "style", f"the style {style.get('name')} has no format"
    for name in ("fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "dxfs", "numFmts"):
        said = child(root, name)
        if (
            said is not None
            and said.get("count") is not None
            and whole(said.get("count")) != _count(root, name)
        ):
            yield "count", f"{name} counts {said.get('count')}, holds {_count(root, name)}"


def _count(root: Element, name: str) -> int:
    held = child(root, name)
    return sum(1 for e in held if isinstance(e.tag, str)) if held is not None else 0
