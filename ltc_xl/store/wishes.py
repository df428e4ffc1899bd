"""Wishes: what people wanted of a cell and did not get, until it is granted, given up or overtaken."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

import sqlalchemy as sa

from ltc_xl.model.ids import mint_uids
from ltc_xl.model.wish import Wish
from ltc_xl.store import schema

Why = Literal["granted", "withdrawn", "overtaken", "undone"]
"""Why a wish is open no more."""

_HELD = schema.finding.c
_WISH = ("finding_id", "entity", "row_id", "column", "found", "wanted", "code", "values", "actor", "seq")


class Refused(Protocol):
    """What a wish is made of: a cell, what it holds, what was wanted, and why that is not possible."""

    @property
    def table(self) -> str: ...  # noqa: D102  as in ``Wish``
    @property
    def row_id(self) -> str: ...  # noqa: D102
    @property
    def column(self) -> str: ...  # noqa: D102
    @property
    def from_(self) -> str | None: ...  # noqa: D102
    @property
    def wanted(self) -> str: ...  # noqa: D102
    @property
    def code(self) -> str: ...  # noqa: D102
    @property
    def values(self) -> object: ...  # noqa: D102
    @property
    def actor(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class WishTold:
    """A wish as history tells it."""

    wish: Wish
    at: datetime
    closed_seq: int | None
    closed_why: Why | None


def open_wishes(connection: sa.Connection, tenant: str) -> tuple[Wish, ...]:
    """Return the wishes that are open, oldest first."""
    query = (
        sa.select(*(_HELD[name] for name in _WISH))
        .where(_HELD.tenant == tenant, _HELD.closed_seq.is_(None))
        .order_by(_HELD.seq, _HELD.finding_id)
    )
    return tuple(_wish(row) for row in connection.execute(query))


def wishes_told(connection: sa.Connection, tenant: str) -> tuple[WishTold, ...]:
    """Return every wish there ever was, oldest first."""
    query = (
        sa.select(*(_HELD[name] for name in _WISH), _HELD.at, _HELD.closed_seq, _HELD.closed_why)
        .where(_HELD.tenant == tenant)
        .order_by(_HELD.seq, _HELD.finding_id)
    )
    return tuple(WishTold(_wish(row[:-3]), *row[-3:]) for row in connection.execute(query))


def _wish(row: Sequence[object]) -> Wish:
    told = dict(zip(_WISH, row, strict=True))
    return Wish(
        id=str(told["finding_id"]),
        table=str(told["entity"]),
        row_id=str(told["row_id"]),
        column=str(told["column"]),
        from_=told["found"],  # type: ignore[arg-type]  # a text or None, by the table
        wanted=str(told["wanted"]),
        code=str(told["code"]),
        values=json.loads(str(told["values"])),
        actor=str(told["actor"]),
        seq=int(str(told["seq"])),
    )


def write_wishes(connection: sa.Connection, tenant: str, seq: int, refused: Iterable[Refused]) -> None:
    """Open wishes as part of a commit."""
    rows = [
        {
            "tenant": tenant,
            "finding_id": mint_uids(1)[0],
            "seq": seq,
            "entity": one.table,
            "row_id": one.row_id,
            "column": one.column,
            "code": one.code,
            "found": one.from_,
            "wanted": one.wanted,
            "values": json.dumps(one.values, ensure_ascii=False),
            "actor": one.actor,
        }
        for one in refused
    ]
    if rows:
        connection.execute(sa.insert(schema.finding), rows)


def close_wishes(connection: sa.Connection, tenant: str, seq: int, ids: Collection[str], why: Why) -> None:
    """Close wishes as part of a commit."""
    mine = (_HELD.tenant == tenant, _HELD.closed_seq.is_(None), _HELD.finding_id.in_(ids))
    if ids:
        closed = sa.update(schema.finding).where(*mine).values(closed_seq=seq, closed_why=why)
        connection.execute(closed)
