"""A look sheet as a canvas: texts, figures and links on a grid, merged where they need room."""

from dataclasses import dataclass, field

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet


class PlainSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter comes without types
    """A worksheet whose formulas are taken as they are.

    XlsxWriter would look in each for every function newer than Excel 2010; we have none (100,000 leads: 17 s
    instead of 50).
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:  # noqa: ARG002, FBT001, FBT002  as in the base class
        return formula.removeprefix("=")


@dataclass(frozen=True, slots=True)
class Span:
    """Some cells of one row, counted from 0, both ends included."""

    row: int
    first: int
    last: int


@dataclass(frozen=True)
class Canvas:
    """One look sheet; ``figures`` keeps formula and value of the cells that have one, by (row, column)."""

    sheet: Worksheet
    figures: dict[tuple[int, int], tuple[str, float | str]] = field(default_factory=dict)

    def text(self, span: Span, text: str, look: Format) -> None:
        """Write a fixed text."""
        self._blank(span, look)
        self.sheet.write_string(span.row, span.first, text, look)

    def figure(self, span: Span, formula: str, value: float | str, look: Format) -> None:
        """Write a formula together with the value it has now."""
        self._blank(span, look)
        self.sheet.write_formula(span.row, span.first, f"={formula}", look, value)
        self.figures[span.row, span.first] = (formula, value)

    def link(self, span: Span, sheet: str, text: str, look: Format) -> None:
        """Write a link to another sheet of the workbook."""
        self._blank(span, look)
        self.sheet.write_url(span.row, span.first, f"internal:'{sheet}'!A1", look, text)

    def _blank(self, span: Span, look: Format) -> None:
        if span.last > span.first:
            self.sheet.merge_range(span.row, span.first, span.row, span.last, "", look)
