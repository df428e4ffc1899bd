"""The first sheet of a report workbook: figures, tie-out, charts, short grids and the definitions."""

from collections.abc import Mapping
from math import ceil

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from ltc_xl import __version__
from ltc_xl.messages.papers import cell_words, change_words, heading, rows_words
from ltc_xl.model.paper import Figure, Grid, Kind, Report, TieOut
from ltc_xl.render.cells import excel_value, write_cell
from ltc_xl.render.native import native_chart
from ltc_xl.render.sheets import Desk, Spot, text_width

_LEFT = 1
_RIGHT = 7
_FIRST_WIDTH, _WIDTH = 38, 15
_CHART = {"width": 460, "height": 400}
_CHART_ROWS, _ABREAST = 19, 2
_FIGURE_COLUMNS = ((1, 1), (2, 3), (4, 4), (5, 5), (6, 7))
_LINE = 16


class Overview:
    """Writes the sheet from the top down."""

    def __init__(self, desk: Desk, sheet: Worksheet) -> None:
        self.desk, self.sheet, self.row = desk, sheet, 0
        self.styles, self.report = desk.styles, desk.report
        sheet.set_portrait()
        sheet.set_column(0, 0, 2)
        sheet.set_column(_LEFT, _LEFT, _FIRST_WIDTH)
        sheet.set_column(_LEFT + 1, _RIGHT, _WIDTH)

    def write(self, spots: Mapping[str, Spot]) -> None:
        """Write everything; ``spots`` are the grids on sheets of their own."""
        self._head()
        self._figures()
        if self.report.unread:
            self._warning(self.report)
        if self.report.tie_out:
            self._banner(self.report.tie_out)
        charts_at = self.row
        self.row += (_CHART_ROWS + 1) * ceil(len(self.report.charts) / _ABREAST)
        if self.report.tie_out:
            self._tie_out(self.report.tie_out)
        short = [grid for grid in self.report.grids.values() if grid.where == "overview"]
        here = {grid.name: self._grid(grid) for grid in short}
        self._charts(charts_at, {**spots, **here})
        if self.report.figures and self._explained:
            self._explain_figures()
        self._definitions()

    @property
    def _explained(self) -> bool:
        """Return whether the figures have definitions and rows of their own."""
        return any(figure.beside for figure in self.report.figures)

    def _write(self, column: int, value: object, kind: Kind, form: Format) -> None:
        write_cell(self.sheet, (self.row, column), excel_value(value, kind, self.desk.lang), form)

    def _merged(self, row: int, first: int, last: int, text: str, form: Format) -> None:
        self.sheet.merge_range(row, first, row, last, text, form)

    def _head(self) -> None:
        title = self.desk.say(f"titles.{self.report.name}")
        self.sheet.write_string(0, _LEFT, title, self.styles.title)
        self.sheet.set_row(0, 28)
        source = self.desk.say("frame.source", source=self.report.source)
        self.sheet.write_string(1, _LEFT, self.desk.facts(), self.styles.muted)
        self.sheet.write_string(2, _LEFT, f"{source} · ltc-xl {__version__}", self.styles.muted)
        self.row = 4

    def _figures(self) -> None:
        """Write the figures side by side; the second and the last have room for long amounts."""
        self.sheet.set_row(self.row, 28)
        self.sheet.set_row(self.row + 1, 26)
        for figure, (first, last) in zip(self.report.figures, _FIGURE_COLUMNS, strict=True):
            self._figure(figure, first, last)
            for place, line in enumerate(self._lines(figure), start=2):
                self._span(self.row + place, first, last, line, self.styles.small)
        self.row += 5 if self._explained else 3

    def _lines(self, figure: Figure) -> list[str]:
        """Return what stands below a figure: the one beside it, and how it moved."""
        lang, beside = self.desk.lang, figure.beside
        if beside is None:
            return []
        value = cell_words(beside.value, beside.kind, lang)
        return [f"{self.desk.say(f'beside.{beside.name}')} {value}", change_words(figure, lang)]

    def _span(self, row: int, first: int, last: int, text: str, form: Format) -> None:
        """Write a text over some columns."""
        if first == last:
            self.sheet.write_string(row, first, text, form)
        else:
            self._merged(row, first, last, text, form)

    def _figure(self, figure: Figure, first: int, last: int) -> None:
        form = self.styles.figure(figure)
        for column in range(first, last + 1):
            self.sheet.write_blank(self.row, column, None, self.styles.name)
            self.sheet.write_blank(self.row + 1, column, None, form)
        if first != last:
            self._merged(self.row, first, last, "", self.styles.name)
            self._merged(self.row + 1, first, last, "", form)
        self.sheet.write_string(self.row, first, self.desk.say(f"figures.{figure.name}"), self.styles.name)
        value = "–" if figure.value is None else figure.value
        write_cell(self.sheet, (self.row + 1, first), excel_value(value, figure.kind, self.desk.lang), form)

    def _warning(self, report: Report) -> None:
        """Write which cells the figures do without."""
        words = self.desk.say("frame.unread", count=len(report.unread), cells=report.unread_in_short)
        self._merged(self.row, _LEFT, _RIGHT, f"! {words}", self.styles.bad)
        self.sheet.set_row(self.row, 40)
        self.row += 2

    def _banner(self, tie_out: TieOut) -> None:
        if tie_out.ties:
            self._merged(self.row, _LEFT, _RIGHT, f"✓ {self.desk.say('tie_out.ties')}", self.styles.good)
        else:
            words = self.desk.say("tie_out.breaks", difference=tie_out.difference)
            self._merged(self.row, _LEFT, _RIGHT, f"! {words}", self.styles.bad)
        self.sheet.set_row(self.row, 22 if tie_out.ties else 40)
        self.row += 2

    def _caption(self, text: str) -> None:
        self.sheet.write_string(self.row, _LEFT, text, self.styles.caption)
        self.sheet.set_row(self.row, 22)
        self.row += 1

    def _tie_out(self, tie_out: TieOut) -> None:
        """Write the sides, the target and their difference, which Excel works out again."""
        self._caption(self.desk.say("tie_out.title"))
        first = self.row
        for name, amount in (*tie_out.sides.items(), (tie_out.target, tie_out.target_amount)):
            self._entry(self.desk.say(f"entries.{name}"))
            self._write(_LEFT + 1, amount, "money", self.styles.cell("money"))
            self.row += 1
        self.sheet.write_string(
            self.row, _LEFT, self.desk.say("tie_out.difference"), self.styles.cell("text", total=True)
        )
        sides = f"{xl_rowcol_to_cell(first, _LEFT + 1)}:{xl_rowcol_to_cell(self.row - 2, _LEFT + 1)}"
        formula = f"=ROUND(SUM({sides})-{xl_rowcol_to_cell(self.row - 1, _LEFT + 1)},2)"
        form = self.styles.cell("money", total=True)
        self.sheet.write_formula(self.row, _LEFT + 1, formula, form, float(tie_out.difference))
        broken = f"={xl_rowcol_to_cell(self.row, _LEFT + 1, row_abs=True, col_abs=True)}<>0"
        rule = {"type": "formula", "criteria": broken, "format": self.styles.bad}
        self.sheet.conditional_format(self.row, _LEFT, self.row, _LEFT + 1, rule)
        self.row += 2

    def _entry(self, text: str) -> None:
        """Write words in the first column, on as many lines as they need."""
        self.sheet.write_string(self.row, _LEFT, text, self.styles.entry)
        self.sheet.set_row(self.row, _LINE * max(1, ceil(text_width(text) / _FIRST_WIDTH)) + 2)

    def _grid(self, grid: Grid) -> Spot:
        """Write a short grid where the sheet has got to."""
        self._caption(self.desk.say(f"grids.{grid.name}"))
        for column, field in enumerate(grid.fields, start=_LEFT):
            words = heading(field, self.desk.lang)
            self.sheet.write_string(self.row, column, words, self.styles.head(field.kind))
            if text_width(words) >= _WIDTH:
                self.sheet.set_row(self.row, 2 * _LINE)
        self.row += 1
        first = self.row
        for row in grid.rows:
            self._row(grid, row, total=False)
        if grid.total is not None:
            self._row(grid, {grid.fields[0].code: self.desk.say("frame.total"), **grid.total}, total=True)
        self.row += 1
        return Spot(self.sheet.get_name(), first, first + len(grid.rows) - 1, _LEFT)

    def _row(self, grid: Grid, row: Mapping[str, object], *, total: bool) -> None:
        for column, field in enumerate(grid.fields, start=_LEFT):
            kind = "text" if total and column == _LEFT else field.kind
            form = self.styles.cell(kind, total=total)
            self._write(column, row.get(field.code), kind, form)
            if kind == "entry":
                self._entry(self.desk.say(f"entries.{row[field.code]}"))
        self.row += 1

    def _charts(self, row: int, spots: Mapping[str, Spot]) -> None:
        for place, name in enumerate(self.report.charts):
            grid = self.report.grids[self.report.charts[name].grid]
            if grid.rows:
                chart, alt_text = native_chart(self.desk, name, spots[grid.name])
                chart.set_size(_CHART)
                down, across = divmod(place, _ABREAST)
                options = {"x_offset": across * (_CHART["width"] + 10), "description": alt_text}
                self.sheet.insert_chart(row + down * (_CHART_ROWS + 1), _LEFT, chart, options)

    def _explain_figures(self) -> None:
        """Write every figure with what it was, its definition and where its rows are."""
        compared = self.report.figures[0].change
        self._caption(self.desk.say("frame.behind" if compared else "frame.definitions"))
        heads = ["figure", "value", "then", "definition", "", "", "row_source"]
        if not compared:
            heads = ["figure", "value", "definition", "", "", "", ""]
        for column, key in enumerate(heads, start=_LEFT):
            text = self.desk.say(f"frame.{key}", since=compared.since if compared else "") if key else ""
            kind: Kind = "money" if key in {"value", "then"} else "text"
            self.sheet.write_string(self.row, column, text, self.styles.head(kind))
        self.row += 1
        for figure in self.report.all_figures:
            self._explain(figure)
        self.row += 1

    def _explain(self, figure: Figure) -> None:
        text = self.desk.say(f"definitions.{figure.name}", **self.report.values)
        number, words = self.styles.explained(figure.kind), self.styles.explained("text")
        self.sheet.write_string(self.row, _LEFT, self.desk.say(f"figures.{figure.name}"), self.styles.term)
        self._write(_LEFT + 1, "–" if figure.value is None else figure.value, figure.kind, number)
        if figure.change:
            unknown = self.desk.say("frame.unknown")
            before = unknown if figure.change.before is None else figure.change.before
            self._write(_LEFT + 2, before, figure.kind, number)
        first = _LEFT + 3 if figure.change else _LEFT + 2
        self._merged(self.row, first, _RIGHT - 1, text, words)
        self.sheet.write_string(self.row, _RIGHT, rows_words(self.report, figure, self.desk.lang), words)
        room = (_RIGHT - first) * _WIDTH
        self.sheet.set_row(self.row, _LINE * ceil(text_width(text) / room) + 2)
        self.row += 1

    def _definitions(self) -> None:
        if not self.report.definitions:
            return
        self._caption(self.desk.say("frame.definitions"))
        for name in self.report.definitions:
            text = self.desk.say(f"definitions.{name}", **self.report.values)
            self.sheet.write_string(self.row, _LEFT, self.desk.say(f"headings.{name}"), self.styles.term)
            self._merged(self.row, _LEFT + 1, _RIGHT, text, self.styles.text)
            room = (_RIGHT - _LEFT) * _WIDTH
            self.sheet.set_row(self.row, _LINE * ceil(text_width(text) / room) + 2)
            self.row += 1
