"""Merging: which row stays, what it takes from the others, who names it now; and the way back.

Every cell that changes is noted in 合并记录 with what stood there: each merge can be taken back alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, SetColumn
from ltc_xl.model.enums import words
from ltc_xl.model.ids import mint_uids
from ltc_xl.model.tables import UID, Table, table, tables

NUMBERS = {"leads": "lead_id", "customers": "customer_id", "contacts": "contact_id"}
"""Table whose rows are merged -> the column of their number."""

CAME = "_row"
"""The field of a note that says: this row came with the merge."""

SIDES = ("old", "new")

_PERSON = ("contact", "mobile", "wechat", "email", "role")
_STAYS = {"state", "owner", "note", "reason", "channel", "customer", "name", "tags", "aliases"}
_JOINED = {"tags": "；", "aliases": "；"}

Row = Mapping[str, object]


def as_text(value: object) -> str | None:
    """Return a value as a note keeps it."""
    return None if value is None else str(value)


def survivor(name: str, rows: Sequence[Row]) -> Row:
    """Return the row that stays: the lead that is furthest on, else the oldest, else the lowest number."""
    stages = {word.code: place for place, word in enumerate(words("lead_state"))}
    late = {"INVALID", "DUPLICATE"}

    def key(row: Row) -> tuple[object, ...]:
        state = str(row.get("state"))
        further = -stages.get(state, 0) if name == "leads" and state not in late else 0
        return further, str(row.get("created_on") or "9999"), str(row[NUMBERS[name]] or "~"), str(row[UID])

    return min(rows, key=key)


def merges(book: Book, name: str, pairs: Sequence[tuple[str, str]], as_of: date) -> Changes:
    """Return what merging rows into others changes, notes included.

    A merged row stays on its sheet, marked, and nothing names it any more; what the row it goes into lacks it
    takes from it.

    Args:
        book: as it stands.
        name: the table of the rows.
        pairs: ``_uid`` of the row that goes, and of the one that stays.
        as_of: the day.
    """
    work = _Merges(book, name, pairs, as_of)
    for uid, into in pairs:
        work.merge(work.rows[uid], work.rows[into])
    return work.changes()


class _Merges:
    """Merges of one table while they are made: each sees what the ones before it did."""

    def __init__(self, book: Book, name: str, pairs: Sequence[tuple[str, str]], as_of: date) -> None:
        self.book, self.name, self.as_of, self.number = book, name, as_of, NUMBERS[name]
        mine = book.rows(name).filter(pl.col(UID).is_in(list({uid for pair in pairs for uid in pair})))
        self.rows = {str(row[UID]): row for row in mine.rows(named=True)}
        self.users = _users(book, name, mine)
        self.touched = set(book.rows("touches").select("lead", "channel", "on").iter_rows())
        self.cells: dict[tuple[str, str], dict[str, list[object]]] = {}
        self.came: list[dict[str, object]] = []
        self.notes: list[dict[str, object]] = []

    def merge(self, gone: dict[str, object], stays: dict[str, object]) -> None:
        """Merge one row into another."""
        for column, value in list(_taken(self.book.table(self.name), gone, stays)):
            self._put(self.name, gone, stays, (stays, column), value)
        if self.name == "leads":
            for lead in (stays, gone):
                self._touch(lead, gone, stays)
        for (owner, column, key), named in self.users.items():
            moved = named.pop(str(gone[key]), [])
            for row in moved:
                self._put(owner, gone, stays, (row, column), stays[key])
            named.setdefault(str(stays[key]), []).extend(moved)
        marks = {"merged_into": self._called(stays)}
        if self.name == "leads":
            marks |= {"dup_of": self._called(stays), "state": "DUPLICATE"}
        for column, mark in marks.items():
            self._put(self.name, gone, stays, (gone, column), mark)

    def _called(self, row: Row) -> str:
        return str(row[self.number] or row[UID])

    def _put(
        self, owner: str, gone: Row, stays: Row, cell: tuple[dict[str, object], str], new: object
    ) -> None:
        """Set a cell, unless it holds the value already, and note what stood there."""
        row, column = cell
        old, uid = row[column], str(row[UID])
        if old != new:
            self.cells.setdefault((owner, column), {}).setdefault(uid, [old, None])[1] = new
            row[column] = new
            self._note(gone, stays, owner, uid, (column, as_text(old), as_text(new)))

    def _touch(self, lead: Row, gone: Row, stays: Row) -> None:
        """Note by which channel a lead came, as a touch of the one that stays, unless it is noted."""
        day = lead["created_on"] or self.as_of
        known = (stays["lead_id"], lead["channel"], day)
        if stays["lead_id"] is None or known in self.touched:
            return
        self.touched.add(known)
        uid = mint_uids(1)[0]
        said = {"lead": stays["lead_id"], "on": day, "channel": lead["channel"]}
        self.came.append({UID: uid, **said, "campaign": lead["campaign"], "content": lead["need"]})
        self._note(gone, stays, "touches", uid, (CAME, None, None))

    def _note(
        self, gone: Row, stays: Row, owner: str, uid: str, cell: tuple[str, str | None, str | None]
    ) -> None:
        said = {"merged": self._called(gone), "into": self._called(stays), "sheet": owner, "row_id": uid}
        self.notes.append({**said, "field": cell[0], "old": cell[1], "new": cell[2], "on": self.as_of})

    def changes(self) -> Changes:
        """Return all that is to be changed."""
        sets = tuple(
            _set(self.book.table(owner), column, cells) for (owner, column), cells in self.cells.items()
        )
        inserts = {
            name: _framed(name, rows) for name, rows in (("touches", self.came), ("merges", self.notes))
        }
        return Changes(sets, {name: rows for name, rows in inserts.items() if rows.height})


def _users(
    book: Book, name: str, mine: pl.DataFrame
) -> dict[tuple[str, str, str], dict[str, list[dict[str, object]]]]:
    """Return table, column and named column of what names the rows -> what is named -> who names it."""
    found: dict[tuple[str, str, str], dict[str, list[dict[str, object]]]] = {}
    for owner, column, key in _namers(name):
        named = found.setdefault((owner.name, column, key), {})
        users = book.rows(owner.name).filter(pl.col(column).is_in(mine[key].drop_nulls().implode()))
        for row in users.rows(named=True):
            named.setdefault(str(row[column]), []).append(row)
    return found


def _set(owner: Table, column: str, cells: Mapping[str, Sequence[object]]) -> SetColumn:
    dtype = owner.by_code[column].dtype
    sides = {
        side: pl.Series([pair[at] for pair in cells.values()], dtype=dtype) for at, side in enumerate(SIDES)
    }
    return SetColumn(owner.name, column, pl.DataFrame({UID: list(cells), **sides}))


def _framed(name: str, rows: Sequence[Row]) -> pl.DataFrame:
    if not rows:
        return table(name).empty()
    types = table(name).schema
    frame = pl.DataFrame(rows, schema={code: types[code] for code in rows[0]})
    return frame if UID in frame.columns else frame.with_columns(pl.Series(UID, mint_uids(len(rows))))


def _taken(owner: Table, gone: Row, stays: Row) -> Iterator[tuple[str, object]]:
    """Yield the cells that the row which stays takes: where it is blank, and lists of words joined.

    Who to call goes together: the number of another person is not put beside a name.
    """
    other_person = bool(stays.get("contact") and gone.get("contact") and stays["contact"] != gone["contact"])
    for column in owner.columns:
        code = column.code
        if not column.typed or code == owner.key or (other_person and code in _PERSON):
            continue
        if code in _JOINED:
            yield code, _joined(code, gone, stays)
        elif code not in _STAYS and stays[code] is None and gone[code] is not None:
            yield code, gone[code]


def _joined(code: str, gone: Row, stays: Row) -> str | None:
    """Return the words of both; a customer goes on being known by the name it had."""
    parts = [stays[code], gone[code]]
    if code == "aliases":
        parts.append(gone["name"] if gone["name"] != stays["name"] else None)
    texts = [word.strip() for part in parts if part for word in str(part).replace(";", "；").split("；")]
    return _JOINED[code].join(dict.fromkeys(filter(None, texts))) or None


def _namers(name: str) -> Iterator[tuple[Table, str, str]]:
    """Yield table, column and named column of whatever names rows of a table."""
    for owner in tables().values():
        if owner.group not in {"work", "rule"} or owner.name == "merges":
            continue
        for column in owner.columns:
            if column.ref and column.ref.table == name:
                yield owner, column.code, column.ref.column
            elif column.code == "object_id" and column.ref is None:
                yield owner, column.code, NUMBERS[name]


@dataclass(frozen=True)
class Unmerge:
    """The way back from one merge.

    Attributes:
        changes: what restores the rows.
        into: the number of the row that took its place.
        kept: table, ``_uid`` and column of cells that somebody has changed since: they stay as they are.
    """

    changes: Changes
    into: str
    kept: tuple[tuple[str, str, str], ...]


def unmerge(book: Book, merged: str) -> Unmerge | None:
    """Return what restores a row that was merged, and all it gave away; None where no merge is noted."""
    noted = book.rows("merges").filter(pl.col("merged").str.to_uppercase() == merged.strip().upper())
    if noted.is_empty():
        return None
    into = str(noted["into"][-1])
    mine = noted.filter(pl.col("into") == into)
    changes, kept = Changes(deletes={"merges": mine}), []
    for name, uid, column, old, new in reversed(mine.select("sheet", "row_id", "field", "old", "new").rows()):
        row = book.rows(name).filter(pl.col(UID) == uid)
        if column == CAME:
            changes += Changes(deletes={name: row}) if row.height else Changes()
        elif row.is_empty() or column not in row.columns or as_text(row[column][0]) != new:
            kept.append((name, uid, column))
        else:
            changes += Changes((_back(name, row, column, old),))
    return Unmerge(changes, into, tuple(kept))


def _back(name: str, row: pl.DataFrame, column: str, old: str | None) -> SetColumn:
    dtype = row.schema[column]
    text = pl.Series([old], dtype=pl.String)
    value = text.str.to_datetime(time_unit="us") if isinstance(dtype, pl.Datetime) else text.cast(dtype)
    return SetColumn(name, column, row.select(UID, old=column).with_columns(value.alias("new")))
