"""Rewinding: what takes a commit back, and what stands in its way."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, SetColumn, applied, net
from ltc_xl.model.own_columns import FIELDS, is_own, own_columns
from ltc_xl.model.tables import UID, Table, table
from ltc_xl.rules.derived import COMPUTED
from ltc_xl.session.how import Past
from ltc_xl.store import EXTRA, WHOLE_ROW, followed, kept_columns, recalled, recalled_rows

Kind = Literal["cell", "row_gone", "row_used", "row_changed"]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands on a change that shall be taken back.

    Attributes:
        kind: a cell changed since, a row deleted since, a row that another row names, a row that has been
            changed since it came.
        table, row_id, column: where the later change stands.
        row: the row that cannot be taken back.
        seq: the commit that made it; None when nobody has committed it yet.
    """

    kind: Kind
    table: str
    row_id: str
    column: str | None
    row: tuple[str, str]
    seq: int | None


@dataclass(frozen=True)
class Selection:
    """Commits to take back, whole or for one row."""

    seqs: tuple[int, ...]
    row: tuple[str, str] | None = None

    def of(self, records: pl.DataFrame) -> pl.DataFrame:
        """Return the records that are to be taken back."""
        mine = records.filter(pl.col("seq").is_in(self.seqs))
        if self.row is None:
            return mine
        name, uid = self.row
        return mine.filter(pl.col("entity") == name, pl.col("row_id") == uid)

    @property
    def undoes(self) -> str:
        """Return how the store names it."""
        named = ",".join(map(str, self.seqs))
        return named if self.row is None else ":".join((named, *self.row))


def rewound(
    book: Book, past: Past, workbook_id: str, selection: Selection
) -> tuple[Changes, tuple[Obstacle, ...]]:
    """Return what takes commits back, and what stands in the way: then the changes are not all there are.

    Grey columns that the program computes anew at every check never stand in the way.
    """
    records = past.since(min(selection.seqs) - 1)
    rewind = _Rewind(_complete(book, past), records, selection)
    for seq in sorted(selection.seqs, reverse=True):
        rewind.take_back(seq)
    changes = _of_columns(rewind.book, net(_complete(book, past), rewind.book, rewind.made))
    obstacles = (*rewind.obstacles, *_users(changes, rewind.book, rewind.later, past))
    whole = selection.row is None
    bodies = past.bodies_replaced(workbook_id, selection.seqs) if whole else {}
    return changes + Changes(puts=bodies, extra=rewind.made.extra), obstacles


def _of_columns(after: Book, changes: Changes) -> Changes:
    """Return the changes without cells of columns that are no longer declared: they keep what they hold."""
    declared = own_columns(after.rows(FIELDS))
    known = {name: {column.code for column in columns} for name, columns in declared.items()}
    kept = (s for s in changes.sets if not is_own(s.column) or s.column in known.get(s.table, ()))
    return replace(changes, sets=tuple(kept))


def unwound(book: Book, past: Past, seq: int) -> Changes:
    """Return what takes the state back to a commit; the book holds the state as it is."""
    records = past.since(seq)
    rewind = _Rewind(book, records, Selection(tuple(records["seq"].unique())))
    for later in records["seq"].unique().sort(descending=True):
        rewind.take_back(later)
    return net(book, rewind.book, rewind.made) + Changes(extra=rewind.made.extra)


def _complete(book: Book, past: Past) -> Book:
    """Return the book with the store's values in the columns that its sheets lack."""
    for owner in followed(book):
        place = book.place(owner.name)
        lacking = [c.code for c in kept_columns(owner) if place and c.code not in place.columns]
        if lacking:
            rows = book.rows(owner.name)
            there = past.rows(owner).select(UID, *lacking)
            book = book.with_rows(
                owner.name, rows.drop(lacking).join(there, on=UID, how="left", maintain_order="left")
            )
    return book


class _Rewind:
    """A book on its way back."""

    def __init__(self, book: Book, records: pl.DataFrame, selection: Selection) -> None:
        self.book, self.made = book, Changes()
        self.obstacles: list[Obstacle] = []
        self._records, self._mine = records, selection.of(records)
        taken = pl.col("seq").is_in(selection.seqs)
        self.later = records.filter(~taken)
        self._names = {owner.name for owner in followed(book)}

    def take_back(self, seq: int) -> None:
        """Take one commit back."""
        for (name,), records in (
            self._mine.filter(pl.col("seq") == seq)
            .partition_by("entity", as_dict=True, maintain_order=True)
            .items()
        ):
            if name in self._names:
                made = self._table(self.book.table(str(name)), records, seq)
                self.book = applied(self.book, made)
                self.made += made

    def _table(self, owner: Table, records: pl.DataFrame, seq: int) -> Changes:
        whole = records.filter(pl.col("column") == WHOLE_ROW)
        came = whole.filter(pl.col("old").is_null())
        cells = records.filter(pl.col("column") != WHOLE_ROW).join(came, on="row_id", how="anti")
        back, gone = self._back(owner, whole.filter(pl.col("new").is_null())), self._gone(owner, came, seq)
        extra = cells.filter(pl.col("column") == EXTRA).select(pl.col("row_id").alias(UID), extra="old")
        return Changes(
            tuple(self._cells(owner, cells.filter(pl.col("column") != EXTRA), seq)),
            {owner.name: back} if back.height else {},
            {owner.name: gone} if gone.height else {},
            extra={owner.name: extra} if extra.height else {},
        )

    def _back(self, owner: Table, went: pl.DataFrame) -> pl.DataFrame:
        """Return the rows that a commit deleted and that are not there again."""
        types = {column.code: column.dtype for column in kept_columns(owner)}
        rows = recalled_rows(went["old"], types).with_columns(went["row_id"].alias(UID))
        return rows.join(self.book.rows(owner.name), on=UID, how="anti", maintain_order="left")

    def _gone(self, owner: Table, came: pl.DataFrame, seq: int) -> pl.DataFrame:
        """Return the rows that a commit brought and that still stand."""
        rows = self.book.rows(owner.name).join(
            came.select(pl.col("row_id").alias(UID)), on=UID, how="semi", maintain_order="left"
        )
        changed = _standing(self.later.filter(pl.col("seq") > seq), owner)
        for uid, column, at in changed.join(rows, left_on="row_id", right_on=UID, how="semi").rows():
            self.obstacles.append(Obstacle("row_changed", owner.name, uid, column, (owner.name, uid), at))
        return rows

    def _cells(self, owner: Table, cells: pl.DataFrame, seq: int) -> Iterator[SetColumn]:
        computed = COMPUTED.get(owner.name, ())
        for (code,), part in cells.partition_by("column", as_dict=True, maintain_order=True).items():
            column = owner.by_code.get(str(code))
            if column is None or column.live:
                continue
            strict = not is_own(column.code)
            way = part.group_by("row_id", maintain_order=True).agg(
                recalled(pl.col("old").first(), column.dtype, strict=strict),
                recalled(pl.col("new").last(), column.dtype, strict=strict),
            )
            here = self.book.rows(owner.name).select(UID, here=column.code)
            met = way.join(here, left_on="row_id", right_on=UID, how="left", maintain_order="left")
            there = met.join(here, left_on="row_id", right_on=UID, how="semi", maintain_order="left")
            same = there.filter(pl.col("here").eq_missing(pl.col("new")))
            if column.code not in computed:
                later = self.later.filter(pl.col("seq") > seq)
                gone = met.join(there, on="row_id", how="anti")["row_id"]
                self._meet("row_gone", owner, gone, later.filter(pl.col("column") == WHOLE_ROW))
                other = there.filter(pl.col("here").ne_missing(pl.col("old")))
                moved = other.join(same, on="row_id", how="anti", maintain_order="left")["row_id"]
                self._meet("cell", owner, moved, later.filter(pl.col("column") == column.code), column.code)
            yield SetColumn(
                owner.name, column.code, same.select(pl.col("row_id").alias(UID), old="new", new="old")
            )

    def _meet(
        self, kind: Kind, owner: Table, uids: pl.Series, later: pl.DataFrame, column: str | None = None
    ) -> None:
        """Note what stands in the way, with the commit that did it last."""
        last = _last(later.filter(pl.col("entity") == owner.name))
        self.obstacles += [
            Obstacle(kind, owner.name, uid, column, (owner.name, uid), last.get(uid)) for uid in uids
        ]


def _last(records: pl.DataFrame) -> Mapping[str, int]:
    """Return row -> the last commit of some records."""
    return dict(records.group_by("row_id").agg(pl.col("seq").max()).iter_rows())


def _standing(later: pl.DataFrame, owner: Table) -> pl.DataFrame:
    """Return ``row_id, column, seq`` of a table's cells that people fill and later commits left changed."""
    typed = [column.code for column in owner.columns if column.typed]
    mine = later.filter(pl.col("entity") == owner.name, pl.col("column").is_in(typed))
    way = mine.group_by("row_id", "column", maintain_order=True).agg(
        pl.col("old").first(), pl.col("new").last(), pl.col("seq").last()
    )
    return way.filter(pl.col("old").ne_missing(pl.col("new"))).select("row_id", "column", "seq")


# ---------------------------------------------------------------- rows that name rows which go


def _users(changes: Changes, after: Book, later: pl.DataFrame, past: Past) -> Iterator[Obstacle]:
    """Yield the rows that have come to name a row which would go.

    What named it before it came will name nothing again, as it did then.
    """
    for name, gone in changes.deletes.items():
        for owner, code, key in _references(name, after):
            named = (
                _keyed(gone, key)
                .rename({UID: "row"})
                .join(_keyed(after.rows(name), key), on="key", how="anti")
            )
            users = _keyed(after.rows(owner.name), code).join(named, on="key", maintain_order="left")
            made = later.filter(pl.col("entity") == owner.name, pl.col("column").is_in([code, WHOLE_ROW]))
            last = _last(made)
            held = _keyed(past.rows(owner), code)
            typed_now = users.join(held, on=[UID, "key"], how="anti")[UID].to_list()
            for uid, _, row in users.iter_rows():
                if uid in last or uid in typed_now:
                    yield Obstacle("row_used", owner.name, uid, code, (name, row), last.get(uid))


def _keyed(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return ``_uid`` and ``key``, the text by which rows name one another."""
    return rows.select(UID, key=pl.col(column).cast(pl.String)).drop_nulls()


def _references(name: str, book: Book) -> Iterator[tuple[Table, str, str]]:
    """Yield table, column and named column of whatever names rows of a table."""
    number = table(name).numbered or table(name).key
    for owner in followed(book):
        for column in owner.columns:
            if column.code in COMPUTED.get(owner.name, ()) or column.live:
                continue
            if column.ref and column.ref.table == name:
                yield owner, column.code, column.ref.column
            elif column.code == "object_id" and column.ref is None and number:
                yield owner, column.code, number
