"""The workbook's name of the list of marks: given where nobody has it, or where it points nowhere."""

import re

from ltc_xl.model.errors import CannotPatch
from ltc_xl.workbook.tags import attribute, plain, xml_text

_ROOT = re.compile(rb"<((?:[\w.-]+:)?)workbook(?=[\s>])")
_NAMED = re.compile(rb"<((?:[\w.-]+:)?)definedName(?=\s)[^>]*>([^<]*)<")
_BEFORE = (b"externalReferences", b"functionGroups", b"sheets")
_NOWHERE = "#REF!"


def is_named(workbook: bytes, name: str) -> bool:
    """Return whether a workbook part has a name that points somewhere."""
    found = _named(workbook, name)
    return found is not None and _NOWHERE not in plain(found[2])


def with_name(workbook: bytes, name: str, refers_to: str, place: str) -> bytes:
    """Return the workbook part with a name that points somewhere; one that does stays as it is.

    Args:
        workbook: the part.
        name: the name.
        refers_to: the formula it stands for.
        place: the file, for a refusal.
    """
    if is_named(workbook, name):
        return workbook
    found, root = _named(workbook, name), _ROOT.search(workbook)
    if found:
        return workbook[: found.start(2)] + xml_text(refers_to) + workbook[found.end(2) :]
    if root is None:
        raise CannotPatch("patch_damaged_sheet", place=place)
    prefix = root[1]
    tag = b"%sdefinedName" % prefix
    entry = b'<%s name="%s">%s</%s>' % (tag, xml_text(name), xml_text(refers_to), tag)
    end = re.search(rb"</" + prefix + rb"definedNames\s*>", workbook)
    if end:
        return workbook[: end.start()] + entry + workbook[end.start() :]
    held = b"<%sdefinedNames>%s</%sdefinedNames>" % (prefix, entry, prefix)
    bare = re.sub(rb"<" + prefix + rb"definedNames\s*/>", b"", workbook)
    ends = (re.search(_whole(prefix + name), bare, re.DOTALL) for name in _BEFORE)
    before = next((match for match in ends if match), None)
    if before is None:
        raise CannotPatch("patch_damaged_sheet", place=place)
    return bare[: before.end()] + held + bare[before.end() :]


def _whole(name: bytes) -> bytes:
    return rb"<" + name + rb"(?:\s[^>]*)?/>|</" + name + rb"\s*>"


def _named(workbook: bytes, name: str) -> re.Match[bytes] | None:
    """Return the workbook-wide name as it stands, its formula in group 2."""
    for found in _NAMED.finditer(workbook):
        said = plain(attribute(found[0], b"name") or b"")
        if said.casefold() == name.casefold() and attribute(found[0], b"localSheetId") is None:
            return found
    return None
