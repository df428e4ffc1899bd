"""Bodies of the sheets that the program owns, as they were before and after each of the last commits."""

from collections.abc import Collection, Mapping
from io import BytesIO

import polars as pl
import sqlalchemy as sa

from ltc_xl.model.book import Book
from ltc_xl.model.tables import Table, table, tables
from ltc_xl.store import schema

KEPT = 10
"""Commits whose bodies are kept; of each table the last body is kept however old it is."""


def owned(name: str) -> bool:
    """Return whether a table's body is kept: written whole by the program, and not the hidden sheet."""
    return tables()[name].by_program and tables()[name].group != "tech"


def write_bodies(
    connection: sa.Connection, key: Mapping[str, object], book: Book, puts: Mapping[str, pl.DataFrame]
) -> None:
    """Keep the bodies that a commit replaces, and those it writes; forget those of long ago.

    Args:
        connection: of the commit.
        key: tenant, seq and workbook_id of the commit.
        book: with the bodies that are replaced.
        puts: table -> new body.
    """
    for name, body in puts.items():
        if owned(name):
            now = book.with_rows(name, body).rows(name)
            packed = {"old": _packed(table(name), book.rows(name)), "new": _packed(table(name), now)}
            connection.execute(sa.insert(schema.put).values(**key, entity=name, **packed))
    _forget(connection, key)


def _forget(connection: sa.Connection, key: Mapping[str, object]) -> None:
    later = schema.put.alias("later")
    held = schema.put.c
    replaced = sa.exists().where(
        later.c.tenant == held.tenant,
        later.c.workbook_id == held.workbook_id,
        later.c.entity == held.entity,
        later.c.seq > held.seq,
    )
    old = held.seq <= int(str(key["seq"])) - KEPT
    connection.execute(sa.delete(schema.put).where(held.tenant == key["tenant"], old, replaced))


def bodies_since(
    connection: sa.Connection, tenant: str, workbook_id: str, seq: int
) -> Mapping[str, pl.DataFrame]:
    """Return table -> the body that the last of a workbook's commits after ``seq`` wrote."""
    held = schema.put.c
    query = (
        sa.select(held.entity, held.new)
        .where(held.tenant == tenant, held.workbook_id == workbook_id, held.seq > seq)
        .order_by(held.seq)
    )
    last = {name: body for name, body in connection.execute(query) if name in tables()}
    return {name: _unpacked(body) for name, body in last.items()}


def bodies_replaced(
    connection: sa.Connection, tenant: str, workbook_id: str, seqs: Collection[int]
) -> Mapping[str, pl.DataFrame]:
    """Return table -> the body that some commits of a workbook replaced, where theirs still stands.

    Commits that came later and were taken back left it as it was: they are in nobody's way.
    """
    held = schema.put.c
    query = (
        sa.select(held.entity, held.seq, held.old, held.new)
        .where(held.tenant == tenant, held.workbook_id == workbook_id, held.seq >= min(seqs, default=0))
        .order_by(held.seq.desc())
    )
    standing: dict[str, pl.DataFrame] = {}
    replaced: dict[str, bytes] = {}
    settled: set[str] = set()
    for name, seq, old, new in connection.execute(query):
        if name not in tables() or name in settled:
            continue
        stands = standing.setdefault(name, _unpacked(new))
        if seq not in seqs:
            settled.update({name} & replaced.keys())
        elif name in replaced or stands.equals(_unpacked(new)):
            replaced[name] = old
        else:
            settled.add(name)
    return {name: _unpacked(body) for name, body in replaced.items()}


def _packed(owner: Table, body: pl.DataFrame) -> bytes:
    packed = BytesIO()
    body.select(column.code for column in owner.columns if not column.live).write_ipc(
        packed, compression="zstd"
    )
    return packed.getvalue()


def _unpacked(packed: bytes) -> pl.DataFrame:
    return pl.read_ipc(BytesIO(packed))
