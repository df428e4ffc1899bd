"""A finding: one thing that is wrong with the user's data. Its words live in ``messages``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import polars as pl

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem of one cell (``column`` given) or one row.

    ``row_id`` is the row's ``_uid``; ``values`` fill the braces of the message.
    """

    code: str
    table: str
    row_id: str | None = None
    column: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    severity: Severity = "error"

    def as_severity(self, severity: Severity) -> "Finding":
        """Return the same finding with another severity."""
        return replace(self, severity=severity)


def findings(
    code: str, table: str, rows: pl.DataFrame, column: str | None = None, values: Iterable[str] = ()
) -> list[Finding]:
    """Return one finding per row; ``values`` names the columns that fill the message.

    Args:
        code: the check, e.g. ``RC-01``.
        table: canonical name of the table the rows belong to.
        rows: the rows that fail; needs ``_uid``.
        column: the cell to blame, or None for the whole row.
        values: columns of ``rows`` whose values go into the sentence.
    """
    names = list(values)
    return [
        Finding(code, table, record["_uid"], column, {name: record[name] for name in names})
        for record in rows.select("_uid", *names).iter_rows(named=True)
    ]
