"""A hand that types into a workbook: values into cells, rows below a table, words as the sheets have them."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from ltc_xl.model.address import column_letters
from ltc_xl.model.book import Book, Place
from ltc_xl.model.tables import table
from ltc_xl.workbook.edits import AppendRows, CellEdit, Edit, Plain


class Hand:
    """Types into one book; ``edits`` is what it typed."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._cells: list[CellEdit] = []
        self._rows: dict[str, list[dict[str, Plain]]] = defaultdict(list)

    @property
    def edits(self) -> list[Edit]:
        """Return what was typed."""
        below = (AppendRows(excel, rows) for excel, rows in self._rows.items())
        return [*self._cells, *below]

    def writes(self, name: str, uid: object, **values: object) -> None:
        """Type over cells of a row."""
        row = self.book.tables[name].row_of[str(uid)]
        place = self._place(name)
        for code, value in values.items():
            address = f"{column_letters(place.columns[code])}{row}"
            self._cells.append(CellEdit(place.sheet, address, self._word(name, code, value)))

    def adds(self, name: str, **values: object) -> None:
        """Type a row below a table."""
        place = self._place(name)
        typed = {place.headers[code]: self._word(name, code, value) for code, value in values.items()}
        self._rows[place.excel_table or ""].append(typed)

    def header(self, name: str, code: str) -> str:
        """Return a header as it stands on the sheet."""
        return self._place(name).headers[code]

    def word(self, name: str, code: str, value: object) -> str:
        """Return a value as a sheet has it, as text; nothing for none."""
        word = self._word(name, code, value)
        return "" if word is None else str(word)

    def _place(self, name: str) -> Place:
        place = self.book.place(name)
        if place is None:
            raise KeyError(name)
        return place

    def _word(self, name: str, code: str, value: object) -> Plain:
        column = table(name).by_code[code]
        labels: Mapping[str, str] = self.book.labels(column.enum) if column.enum else {}
        if isinstance(value, str):
            return labels.get(value, value)
        if value is None or isinstance(value, int | Decimal | date):
            return value
        raise TypeError(name, code)
