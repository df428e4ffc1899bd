"""What the checks look at: a book with its computed columns filled, its rulebook, and the day."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import Table, table, with_live_columns
from ltc_xl.rules.billing import first_rows
from ltc_xl.rules.fields import FieldRules, field_rules
from ltc_xl.rules.row_checks import RowChecks, row_checks
from ltc_xl.rules.rulebook import setting_number


@dataclass(frozen=True)
class Case:
    """A book under check; ``book`` has its computed columns filled (``rules.derived``).

    ``thorough`` runs the declared schema on every cell in place of the masks.
    """

    book: Book
    rulebook: Rulebook
    as_of: date
    thorough: bool = False
    _live: dict[str, pl.DataFrame] = field(default_factory=dict, repr=False)

    @cached_property
    def fields(self) -> FieldRules:
        """Return what the firm asks of columns in 字段."""
        return field_rules(self.book, self.rulebook)

    @cached_property
    def row_checks(self) -> RowChecks:
        """Return what the firm asks of whole rows in 行校验."""
        return row_checks(self.book, self.rulebook)

    def rows(self, name: str) -> pl.DataFrame:
        """Return a table's rows with live columns; a rule table the book lacks is the shipped one."""
        if name not in self._live:
            model = table(name)
            rules = {**self.rulebook.tables, **self.rulebook.typed}
            typed = rules.get(name) if model.group == "rule" else None
            held = self.book.rows(name) if typed is None else typed
            self._live[name] = _with_live(model, held, self.as_of)
        return self._live[name]

    def named(self, name: str, key: str, *columns: str) -> pl.DataFrame:
        """Return columns of another table under the names ``table.column``, one row per key, for a join."""
        renamed = [pl.col(column).alias(f"{name}.{column}") for column in columns]
        return first_rows(self.rows(name), key).select(key, *renamed)

    def with_named(self, rows: pl.DataFrame, on: str, name: str, *columns: str) -> pl.DataFrame:
        """Return the rows with columns of the row they name in another table, null where there is none."""
        key = table(name).key or ""
        return rows.join(
            self.named(name, key, *columns), left_on=on, right_on=key, how="left", maintain_order="left"
        )

    def number(self, key: str) -> Decimal:
        """Return a setting as a number."""
        return setting_number(self.rulebook, key)

    def before(self, days: int) -> date:
        """Return the day so many days before the day of the check."""
        return self.as_of - timedelta(days=days)

    def currency(self, column: str = "currency") -> pl.Expr:
        """Return a currency column, the firm's own where it is blank."""
        return pl.col(column).fill_null(self.rulebook.currency)


def _with_live(model: Table, rows: pl.DataFrame, as_of: date) -> pl.DataFrame:
    has_live = any(column.live for column in model.columns)
    return with_live_columns(model, rows, as_of) if has_live and rows.height else rows
