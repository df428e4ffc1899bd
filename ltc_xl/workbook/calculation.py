"""Calculation: Excel is told to compute anew, and its chain of formulas goes when it no longer fits."""

import re
from collections.abc import Callable, Mapping

from ltc_xl.model.errors import CannotPatch
from ltc_xl.workbook.container import part_key
from ltc_xl.workbook.package import Package
from ltc_xl.workbook.splices import Splices
from ltc_xl.workbook.tags import attribute, plain, with_attribute

_CALC = re.compile(rb"<(?:[\w.-]+:)?calcPr(?=[\s/>])[^>]*>")
_ROOT = re.compile(rb"<((?:[\w.-]+:)?)workbook(?=[\s>])")
_BEFORE_CALC = (b"definedNames", b"externalReferences", b"functionGroups", b"sheets")
_FORMULA_TAGS = (re.compile(rb"<f(?=[\s/>])"), re.compile(rb":f(?=[\s/>])"))
_CONTENT_TYPES = "[Content_Types].xml"


def has_formulas(package: Package, touched: Mapping[str, bytes]) -> bool:
    """Return whether any sheet has a formula; the sheets at hand, part by part, are asked first."""
    if package.part_of_kind("calcChain") or any(map(has_formula, touched.values())):
        return True
    sheets = (s.part for s in package.sheets if s.kind == "worksheet" and s.part not in touched)
    by_size = sorted(sheets, key=lambda part: package.entry(part).file_size)
    return any(has_formula(package.read(part)) for part in by_size)


def has_formula(sheet: bytes) -> bool:
    """Return whether a sheet has a formula; a text that looks like one costs a computation at most."""
    return any(tag.search(sheet) for tag in _FORMULA_TAGS)


def recalculate_on_load(splices: Splices, name: str) -> None:
    """Cut the workbook part so that Excel computes every formula when it opens the file."""
    found = _CALC.search(splices.data)
    if found:
        splices.replace(found.start(), found.end(), with_attribute(found[0], b"fullCalcOnLoad", b"1"))
        return
    root = _ROOT.search(splices.data)
    prefix = root[1] if root else b""
    patterns = (rb"</" + prefix + tag + rb"\s*>|<" + prefix + tag + rb"\s*/>" for tag in _BEFORE_CALC)
    ends = (re.search(pattern, splices.data) for pattern in patterns)
    end = next((match for match in ends if match), None)
    if end is None:
        raise CannotPatch("patch_damaged_sheet", place=name)
    splices.insert(end.end(), b"<" + prefix + b'calcPr fullCalcOnLoad="1"/>')


def without_chain(package: Package) -> tuple[dict[str, bytes], str | None]:
    """Return the parts that speak of the calculation chain without it, and its own part, if there is one."""
    chain = package.part_of_kind("calcChain")
    if chain is None:
        return {}, None
    folder, _, file = package.workbook_part.rpartition("/")
    relations = f"{folder}/_rels/{file}.rels".lstrip("/")
    parts = {
        relations: _without(package.read(relations), b"Relationship", b"Type", _is_chain),
        _CONTENT_TYPES: _without(
            package.read(_CONTENT_TYPES),
            b"Override",
            b"PartName",
            lambda part: part_key(part) == part_key(chain),
        ),
    }
    return parts, chain


def _is_chain(kind: str) -> bool:
    return kind.lower().endswith("/calcchain")


def _without(xml: bytes, element: bytes, name: bytes, goes: Callable[[str], bool]) -> bytes:
    """Return XML without the empty elements that go, going by an attribute."""

    def kept(tag: re.Match[bytes]) -> bytes:
        return b"" if goes(plain(attribute(tag[0], name) or b"")) else tag[0]

    pattern = rb"<(?:[\w.-]+:)?" + element + rb"\s[^>]*?(?:/>|>\s*</(?:[\w.-]+:)?" + element + rb"\s*>)"
    return re.sub(pattern, kept, xml)
