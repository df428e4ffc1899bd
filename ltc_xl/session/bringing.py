"""Import: foreign rows into a workbook, and the file of those that were turned away."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from ltc_xl.imports.raw import RawTable
from ltc_xl.model.book import Book
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.session.how import How, Result
from ltc_xl.session.papers import told_if_unwritable
from ltc_xl.session.running import run
from ltc_xl.workbook.read import declared_columns


def run_import(  # noqa: PLR0913  a workbook, files, and one of two ways to say what they mean
    path: Path,
    files: Sequence[Path],
    *,
    map_file: Path | None,
    form: str | None,
    as_of: date,
    how: How,
) -> Result:
    """Bring foreign rows into a workbook; rows that are turned away go to a file beside theirs."""
    from ltc_xl.imports.sources import read_sources
    from ltc_xl.intake import intake

    sources = read_sources(files, map_file, form, declared_columns(path))

    def service(book: Book, rulebook: Rulebook) -> Outcome:
        return intake(book, rulebook, as_of, sources.form_map, sources.files, sources.lookups)

    result = run(path, "import", service, as_of, how)
    return _with_rejects(result, sources.files) if how.write and not how.dry_run else result


def _with_rejects(result: Result, files: Mapping[str, RawTable]) -> Result:
    """Write the rows that were turned away; the answer names the files, the first of them by itself."""
    from ltc_xl.imports.rejects import rejects_path, write_rejects

    data: Mapping[str, Any] = result.outcome.data
    written = []
    for name, raw in files.items():
        rejected = [entry for entry in data["rejects"] if entry["file"] == name]
        if rejected:
            written.append(rejects_path(Path(name)))
            with told_if_unwritable(written[-1].parent):
                write_rejects(written[-1], raw, rejected, result.book.lang)
    named = {"rejects_file": str(written[0]) if written else None, "rejects_files": list(map(str, written))}
    return replace(result, outcome=replace(result.outcome, data={**data, **named}))
