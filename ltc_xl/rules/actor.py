"""Who sits at the machine: the member of a login name, and what they may do."""

import re
from datetime import date

import polars as pl

from ltc_xl.model.enums import folded
from ltc_xl.model.rulebook import Rulebook

_SEPARATORS = re.compile(r"[;；,，、|\n]")


def named_apart(text: str | None) -> tuple[str, ...]:
    """Return the names that stand in one cell.

    >>> named_apart("销售经理； 财务、CFO"), named_apart(None)
    (('销售经理', '财务', 'CFO'), ())
    """
    return tuple(filter(None, (name.strip() for name in _SEPARATORS.split(text or ""))))


def _logging_in(rulebook: Rulebook, login: str, as_of: date) -> pl.DataFrame:
    """Return the rows of 人员 that log in by a name and have not left."""
    members = rulebook.rows("members").drop_nulls("login")
    mine = pl.Series([folded(text) == folded(login) for text in members["login"]], dtype=pl.Boolean)
    return members.filter(mine & (members["left_on"].is_null() | (members["left_on"] > as_of)))


def member_of(rulebook: Rulebook, login: str, as_of: date) -> str | None:
    """Return the member who logs in by a name; None when 人员 does not say."""
    return next(iter(_logging_in(rulebook, login, as_of)["member"].drop_nulls()), None)


def roles_of(rulebook: Rulebook, login: str, as_of: date) -> frozenset[str]:
    """Return the roles of whoever logs in by a name, folded."""
    cells = _logging_in(rulebook, login, as_of)["roles"]
    return frozenset(folded(role) for cell in cells for role in named_apart(cell))
