"""A wish: a stage that somebody typed and that the book's rules do not allow yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ltc_xl.model.finding import Finding


@dataclass(frozen=True, slots=True)
class Wish:
    """A refused move that stays open until it is granted, given up or overtaken.

    One wish stands for one reason: a move refused for two reasons has two wishes of the same cell.

    Attributes:
        id: what the store calls it.
        table: canonical name of the table.
        row_id: the row's ``_uid``.
        column: the column of the stage.
        from_: the stage the store held when the move was refused.
        wanted: the stage that was typed, as code; '' when the cell was cleared.
        code: the finding that says why, ``T-01`` and so on.
        values: what fills the words of the finding.
        actor: who typed it.
        seq: the commit in which it was refused.
    """

    id: str
    table: str
    row_id: str
    column: str
    from_: str | None
    wanted: str
    code: str
    values: Mapping[str, object] = field(default_factory=dict)
    actor: str = ""
    seq: int = 0

    def finding(self) -> Finding:
        """Return what the Problems sheet says of it."""
        return Finding(self.code, self.table, self.row_id, self.column, dict(self.values))
