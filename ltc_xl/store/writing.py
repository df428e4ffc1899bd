"""One transaction: the commits of one run, on the state that its workbook shows."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

import polars as pl
import sqlalchemy as sa

from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes
from ltc_xl.model.ids import mint_uids
from ltc_xl.model.rulebook import RuleVersion
from ltc_xl.model.tables import UID, Table
from ltc_xl.store import schema
from ltc_xl.store.bodies import bodies_replaced, bodies_since, write_bodies
from ltc_xl.store.commits import Commit, Committed, Note, commits, next_seq, write_commit
from ltc_xl.store.history import records_since
from ltc_xl.store.numbers import Numbers, number_sets, numbered_rows, numbers_for, with_numbers
from ltc_xl.store.rule_versions import bring_back_versions, last_change, rule_versions, write_version
from ltc_xl.store.state import all_rows, model_table, state_numbers, state_rows
from ltc_xl.store.wishes import Refused, Why, WishTold, close_wishes, open_wishes, wishes_told, write_wishes
from ltc_xl.store.writer import Writer

_NOTHING = Changes()


class Writing:
    """The commits of one run: each shows its rows to the next, all count once the block ends.

    ``seq`` and ``token`` are those of the last commit made here, or of the one the run began with.
    """

    def __init__(self, connection: sa.Connection, tenant: str, seq: int, token: str | None) -> None:
        self._connection, self._tenant = connection, tenant
        self.seq, self.token = seq, token
        self._began = seq

    def commit(
        self, note: Note, book: Book, site: str, *, typed: Changes = _NOTHING, given: Changes = _NOTHING
    ) -> Committed:
        """Commit changes; rows that have no business number are given one.

        Args:
            note: what the commit says of itself.
            book: the book the changes are made for: as typed, and with every earlier commit of this run.
            site: the site code in business numbers.
            typed: what people did to the book; it stands there already.
            given: what the program wants.

        Returns:
            The commit, with the numbers it gave: what the workbook must show once it is done.
        """
        numbers = self._numbers(book, given, site)
        numbered = with_numbers(given, numbers) + Changes(number_sets(numbers, book))
        parent, self.token = self.token, mint_uids(1)[0]
        self.seq = next_seq(self._connection, self._tenant)
        write_commit(self._connection, self._tenant, self.seq, (self.token, parent), note)
        names = {owner.name for owner in schema.followed(book)}
        write = Writer(self._connection, self._tenant, self.seq)
        write.changes(_only(typed, names), "typed")
        write.changes(_only(numbered, names), "program")
        key = {"tenant": self._tenant, "seq": self.seq, "workbook_id": note.workbook_id}
        write_bodies(self._connection, key, book, given.puts)
        return Committed(self.seq, self.token, numbered)

    def _numbers(self, book: Book, given: Changes, site: str) -> Numbers:
        """Return a number for every row that wants one; read before anything is written."""
        numbers: dict[str, Mapping[str, str]] = {}
        for owner in (owner for owner in schema.tracked() if owner.numbered):
            rows = numbered_rows(owner, book, given)
            wanting = rows.filter(pl.col("number").is_null())[UID]
            if len(wanting):
                standing = state_numbers(self._connection, self._tenant, owner)
                used = pl.concat([standing, rows.drop_nulls()]).unique(UID, keep="first", maintain_order=True)
                numbers[owner.name] = numbers_for(owner, wanting, used, site)
        return numbers

    def keep_rules(self, versions: Mapping[str, RuleVersion]) -> None:
        """Keep sound versions of rule sheets: of the commit that changed the sheet, else of the last."""
        for name, version in versions.items() if self.seq else ():
            seq = last_change(self._connection, self._tenant, name, self._began) or self.seq
            write_version(self._connection, self._tenant, name, replace(version, seq=seq))

    def bring_back_rules(self, seq: int) -> None:
        """Put in force, as part of the last commit, the versions of the rules that were when one was made."""
        bring_back_versions(self._connection, self._tenant, seq, self.seq)

    def rule_versions(self) -> Mapping[str, RuleVersion]:
        """Return rule table -> the last sound version of it that was in force."""
        return rule_versions(self._connection, self._tenant)

    @property
    def waiting(self) -> int:
        """Return how many wishes are open."""
        return len(open_wishes(self._connection, self._tenant))

    def open_wishes(self, refused: Iterable[Refused]) -> None:
        """Keep what was wanted and refused, as part of the last commit."""
        write_wishes(self._connection, self._tenant, self.seq, refused)

    def close_wishes(self, ids: Collection[str], why: Why) -> None:
        """Close wishes as part of the last commit."""
        close_wishes(self._connection, self._tenant, self.seq, ids, why)

    def take_back_wishes(self, taken: Collection[WishTold]) -> None:
        """Close wishes that are open, and open those again that were closed, as part of the last commit."""
        self.close_wishes([told.wish.id for told in taken if told.closed_seq is None], "undone")
        self.open_wishes(told.wish for told in taken if told.closed_seq is not None)

    def mark_undone(self, seqs: Collection[int]) -> None:
        """Say of commits that the last one took them back; what they had taken back stands again."""
        held = schema.commit.c
        mine = sa.update(schema.commit).where(held.tenant == self._tenant)
        self._connection.execute(mine.where(held.undone_by.in_(seqs)).values(undone_by=None))
        self._connection.execute(mine.where(held.seq.in_(seqs)).values(undone_by=self.seq))

    def rows(self, owner: Table | str) -> pl.DataFrame:
        """Return the state of a table."""
        return state_rows(self._connection, self._tenant, model_table(owner))

    def all_rows(self, owner: Table | str) -> pl.DataFrame:
        """Return the state of a table with the rows that were deleted."""
        return all_rows(self._connection, self._tenant, model_table(owner))

    def since(self, seq: int) -> pl.DataFrame:
        """Return the records of every later commit, oldest first."""
        return records_since(self._connection, self._tenant, seq)

    def commits(self) -> list[Commit]:
        """Return all commits, oldest first."""
        return commits(self._connection, self._tenant)

    def wishes(self) -> tuple[WishTold, ...]:
        """Return every wish there ever was, oldest first."""
        return wishes_told(self._connection, self._tenant)

    def bodies(self, workbook_id: str) -> Mapping[str, pl.DataFrame]:
        """Return table -> the body that was last written into a workbook."""
        return bodies_since(self._connection, self._tenant, workbook_id, 0)

    def bodies_replaced(self, workbook_id: str, seqs: Collection[int]) -> Mapping[str, pl.DataFrame]:
        """Return table -> the body that some commits replaced, where no other has written since."""
        return bodies_replaced(self._connection, self._tenant, workbook_id, seqs)


def _only(changes: Changes, names: set[str]) -> Changes:
    """Return the changes of some tables; rows without an identity on their sheet have no history."""
    return Changes(
        tuple(entry for entry in changes.sets if entry.table in names),
        {name: rows for name, rows in changes.inserts.items() if name in names},
        {name: rows for name, rows in changes.deletes.items() if name in names},
        extra={name: rows for name, rows in changes.extra.items() if name in names},
    )
