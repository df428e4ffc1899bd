"""An import in words: what it would do, or has done."""

from collections.abc import Iterator, Mapping
from typing import Any

from ltc_xl.imports.forms import Form, forms
from ltc_xl.imports.rejects import reason_text
from ltc_xl.messages import say
from ltc_xl.model.enums import Lang
from ltc_xl.model.own_columns import own_name
from ltc_xl.model.tables import table

SHOWN = 20


def preview(data: Mapping[str, Any], lang: Lang, *, applied: bool = False) -> list[str]:
    """Return the lines that tell a person what an import does.

    Args:
        data: ``Outcome.data`` of ``intake``.
        lang: the language.
        applied: whether it has been done.
    """
    counts = {key: data[key] for key in ("new", "changed", "unchanged", "rejected", "batch")}
    head = say(
        f"intake.{'applied' if applied else 'preview'}",
        lang,
        form=say(f"intake.form.{data['form']}", lang),
        **counts,
    )
    return [
        head,
        *_about_tables(data, lang),
        *_about_values(data, lang),
        *_about_cells(data, lang),
        *_about_rejects(data, lang),
    ]


def _about_tables(data: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    for name, count in data["also"].items():
        yield say("intake.also", lang, table=name, count=count)
    if data["skipped"]:
        yield say("intake.skipped", lang, count=data["skipped"])
    if data["unmapped"]:
        yield say("intake.unmapped", lang, headers=data["unmapped"])


def _about_values(data: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    form = forms()[data["form"]]
    lines = [
        say(f"intake.unmatched_{told['why']}", lang, **{**told, "column": _label(form, told["column"], lang)})
        for told in data["unmatched"]
    ]
    yield from _listed("unmatched", lines, lang)


def _label(form: Form, column: str, lang: Lang) -> str:
    """Return what a person calls a canonical column; a header of the file stands for itself."""
    return (form.column(column).label(lang) or column) if column in form.columns else own_name(column)


def _about_cells(data: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    nothing = say("intake.nothing", lang)
    lines = [
        say(
            "intake.diff_row",
            lang,
            row=cell["row"],
            about=cell["key"],
            column=_header(cell, lang),
            old=cell["old"] or nothing,
            new=cell["new"],
        )
        for cell in data["diff"][: SHOWN + 1]
    ]
    yield from _listed("diff", lines, lang, len(data["diff"]))


def _header(cell: Mapping[str, Any], lang: Lang) -> str:
    column = table(cell["table"]).by_code.get(cell["column"])
    return column.label(lang) if column else own_name(cell["column"])


def _about_rejects(data: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    rejects = data["rejects"]
    several = len({entry["file"] for entry in rejects}) > 1
    lines = [
        say(
            "intake.reject_row_of" if several else "intake.reject_row",
            lang,
            file=entry["file"],
            row=entry["row"],
            reason=reason_text(entry["reasons"], lang),
        )
        for entry in rejects[: SHOWN + 1]
    ]
    yield from _listed("rejected", lines, lang, len(rejects))
    for file in data.get("rejects_files", filter(None, [data["rejects_file"]])):
        yield say("intake.rejects", lang, file=file)


def _listed(key: str, lines: list[str], lang: Lang, count: int | None = None) -> Iterator[str]:
    """Return a heading and the first of the lines, saying how many more there are."""
    total = len(lines) if count is None else count
    if lines:
        yield say(f"intake.{key}", lang)
        yield from lines[:SHOWN]
    if total > SHOWN:
        yield say("intake.more", lang, count=total - SHOWN)
