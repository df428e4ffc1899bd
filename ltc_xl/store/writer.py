"""Writes changes into state and history, as part of one commit."""

from collections import Counter
from collections.abc import Iterable, Sequence

import polars as pl
import sqlalchemy as sa

from ltc_xl.model.change import Changes, SetColumn
from ltc_xl.model.own_columns import is_own
from ltc_xl.model.tables import UID, table
from ltc_xl.store import schema
from ltc_xl.store.bulk import execute_many, insert_rows
from ltc_xl.store.history import EXTRA, Kind, records
from ltc_xl.store.own_cells import write_own_cells
from ltc_xl.store.state import extras, remains, state_schema


class Writer:
    """The writing half of one transaction."""

    def __init__(self, connection: sa.Connection, tenant: str, seq: int) -> None:
        self.connection, self.tenant, self.seq = connection, tenant, seq

    def changes(self, changes: Changes, kind: Kind) -> None:
        """Write state and history of the tables that are tracked."""
        for name, frame in changes.inserts.items():
            self._insert(name, frame)
        for entries in _of_same_rows(changes.sets):
            self._set(entries)
        for name, frame in changes.deletes.items():
            self._delete(name, frame)
        for record in records(changes):
            self._tell(record, kind)
        for name, frame in changes.extra.items():
            kept = self._keep_extra(name, frame)
            new = changes.inserts.get(name, kept.select(pl.col("row_id").alias(UID)).clear())
            self._tell(kept.join(new, left_on="row_id", right_on=UID, how="anti"), kind)

    def _tell(self, records_: pl.DataFrame, kind: Kind) -> None:
        """Write records, in the order of the indexes, which then grow at their end."""
        told = records_.with_columns(self._seq, tenant=pl.lit(self.tenant), kind=pl.lit(kind))
        insert_rows(self.connection, schema.change, told.sort("row_id"))

    @property
    def _seq(self) -> pl.Expr:
        return pl.lit(self.seq, pl.Int64).alias("seq")

    def _insert(self, name: str, frame: pl.DataFrame) -> None:
        """Insert rows; one that was deleted before comes back in place of its remains, with its extra."""
        owner, target = table(name), schema.state_of(name)
        back = remains(self.connection, self.tenant, owner).join(frame.select(UID), on=UID, how="semi")
        self._each(sa.delete(target).where(*_this_row(target)), back.select(row_=UID))
        kept = frame.select(code for code in state_schema(owner) if code in frame.columns)
        whole = kept.with_columns(self._seq.alias("_rev"), _tenant=pl.lit(self.tenant))
        insert_rows(self.connection, target, whole.join(back, on=UID, how="left", maintain_order="left"))
        for code in filter(is_own, frame.columns):
            self._keep_own(name, code, frame.select(UID, value=code))

    def _set(self, entries: Sequence[SetColumn]) -> None:
        """Set some columns of the same rows, each of the model where it still holds what it held."""
        target, rows = schema.state_of(entries[0].table), entries[0].cells.select(row_=UID)
        for entry in (entry for entry in entries if is_own(entry.column)):
            self._keep_own(entry.table, entry.column, entry.cells.select(UID, value="new"))
        kept = [entry for entry in entries if not is_own(entry.column)]
        cells = [target.c[entry.column] for entry in kept]
        unmoved = (cell.is_not_distinct_from(sa.bindparam(f"was{n}_")) for n, cell in enumerate(cells))
        new: dict[str, sa.BindParameter[object]] = {
            cell.name: sa.bindparam(f"now{n}_") for n, cell in enumerate(cells)
        }
        new["_rev"] = sa.bindparam("seq_")
        statement = sa.update(target).where(*_this_row(target), *unmoved).values(new)
        for n, entry in enumerate(kept):
            here = entry.cells.select(pl.col(UID).alias("row_"), **{f"was{n}_": "old", f"now{n}_": "new"})
            rows = rows.join(here, on="row_", maintain_order="left")
        self._each(statement, rows.with_columns(self._seq.alias("seq_")))

    def _keep_own(self, name: str, code: str, cells: pl.DataFrame) -> None:
        write_own_cells(self.connection, (self.tenant, name), code, cells)

    def _delete(self, name: str, frame: pl.DataFrame) -> None:
        target = schema.state_of(name)
        marked = sa.update(target).where(*_this_row(target)).values(_deleted=sa.bindparam("seq_"))
        self._each(marked, frame.select(self._seq.alias("seq_"), row_=UID))

    def _keep_extra(self, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        """Keep what no column holds; return the records of what differs."""
        target = schema.state_of(name)
        there = extras(self.connection, self.tenant, table(name))
        new = frame.join(there, on=UID, how="left", maintain_order="left").filter(
            pl.col("extra").ne_missing(pl.col("_extra"))
        )
        statement = sa.update(target).where(*_this_row(target)).values(_extra=sa.bindparam("extra_"))
        self._each(statement, new.select(row_=UID, extra_="extra"))
        return new.select(
            entity=pl.lit(name), row_id=UID, column=pl.lit(EXTRA), old=pl.col("_extra"), new=pl.col("extra")
        )

    def _each(self, statement: sa.Update | sa.Delete, rows: pl.DataFrame) -> None:
        """Run once per row; a row that is not met means two writers disagree, which is our mistake."""
        met = execute_many(self.connection, statement, rows.with_columns(tenant_=pl.lit(self.tenant)))
        if met != rows.height:
            raise AssertionError(f"{met} rows met instead of {rows.height}: {statement}")


def _of_same_rows(entries: Iterable[SetColumn]) -> Iterable[list[SetColumn]]:
    """Return the entries that set different columns of the same rows together: one statement writes them."""
    together: dict[tuple[object, ...], list[SetColumn]] = {}
    turns: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        turn = turns[entry.table, entry.column]
        turns[entry.table, entry.column] += 1
        rows = tuple(entry.cells[UID].sort())
        together.setdefault((entry.table, turn, rows), []).append(entry)
    return together.values()


def _this_row(target: sa.Table) -> tuple[sa.ColumnElement[bool], ...]:
    return (target.c["_tenant"] == sa.bindparam("tenant_"), target.c[UID] == sa.bindparam("row_"))
