"""Papers as PDF, set by typst from the templates a consultant may edit.

What stands on a paper goes to its template as JSON, so that no text of a workbook is ever taken for markup. A
template reads nothing outside the folder of templates and loads no package. Equal papers give equal bytes.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path

import typst

from ltc_xl.model.enums import Lang
from ltc_xl.model.errors import WorldError
from ltc_xl.model.letter import Letter
from ltc_xl.model.paper import Report
from ltc_xl.render.fonts import families, fonts
from ltc_xl.render.letter import letter_texts
from ltc_xl.render.report import report_texts
from ltc_xl.shipped import shipped

GENERIC = "report"
"""The template of every report that has none of its own."""

_PACKAGE = re.compile(r'"@[\w-]+/')


def pdf(shown: Report | Letter, template: str, lang: Lang) -> bytes:
    """Return a report or a letter as a PDF file.

    Raises:
        WorldError: no font for a text on it, or the template has a mistake; the sentence says where.
    """
    if isinstance(shown, Letter):
        return compiled(template, letter_texts(shown, lang), lang, shown.as_of)
    own = (shipped("templates") / f"{template}.typ").exists()
    return compiled(template if own else GENERIC, report_texts(shown, lang), lang, shown.as_of)


def compiled(template: str, texts: Mapping[str, object], lang: Lang, day: date) -> bytes:
    """Return what a template makes of some texts, dated a day.

    Args:
        template: its name, without ending.
        texts: what it shows; strings, lists and mappings of them.
        lang: of the document.
        day: its date; the clock is not asked.
    """
    folder = shipped("templates")
    shown = {**texts, "lang": lang, "fonts": list(families(_strings(texts), lang))}
    made = datetime.combine(day, time(), UTC)
    try:
        file: object = _compiler(folder).compile(
            input=folder / f"{template}.typ",
            format="pdf",
            sys_inputs={"data": json.dumps(shown, ensure_ascii=False)},
            timestamp=made,
        )
    except typst.TypstError as error:
        raise WorldError("template_wrong", template=f"{template}.typ", why=_place_and_cause(error)) from error
    assert isinstance(file, bytes)  # noqa: S101  one document is one file
    return file


def _place_and_cause(error: typst.TypstError) -> str:
    place = re.search(r"┌─ (.+)", error.diagnostic)
    return f"{place[1]}: {error.message}" if place else error.message


@cache
def _compiler(folder: Path) -> typst.Compiler:
    """Return the one compiler of a run; it keeps its fonts and the templates it has read.

    Raises:
        WorldError: a template names a package; it would be fetched from the network.
    """
    for template in sorted(folder.glob("*.typ")):
        if _PACKAGE.search(template.read_text("utf-8")):
            raise WorldError("template_package", template=template.name)
    return typst.Compiler(root=folder, font_paths=fonts())


def _strings(value: object) -> Iterator[str]:
    """Yield every text in a structure."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _strings(each)
