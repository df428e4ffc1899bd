"""Cell formats of report workbooks, made once per workbook."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from ltc_xl.model.paper import NUMBERS, Figure, Kind
from ltc_xl.render.palette import BAD, GOOD, HAIR, INK, MUTED, NAVY, PANEL

FONT = "Microsoft YaHei"
NUMBER_FORMATS: Mapping[Kind, str] = {
    "money": "#,##0.00;[Red]-#,##0.00",
    "count": "#,##0",
    "days": "#,##0.##",
    "percent": "0.00%",
    "date": "yyyy-mm-dd",
}


@dataclass(frozen=True)
class Styles:
    """The formats of one workbook."""

    book: Workbook

    def format(self, **properties: object) -> Format:
        """Return a format in the house font."""
        return self.book.add_format(
            {"font_name": FONT, "font_size": 10, "font_color": INK, "valign": "vcenter", **properties}
        )

    @cached_property
    def title(self) -> Format:
        """Return the format of the paper's title."""
        return self.format(font_size=18, bold=True)

    @cached_property
    def muted(self) -> Format:
        """Return the format of facts in small type."""
        return self.format(font_color=MUTED)

    @cached_property
    def small(self) -> Format:
        """Return the format of what stands below a first-read figure."""
        return self.format(font_size=8, font_color=MUTED)

    @cached_property
    def caption(self) -> Format:
        """Return the format of a heading over a grid."""
        return self.format(font_size=12, bold=True)

    def head(self, kind: Kind) -> Format:
        """Return the format of a column heading."""
        align = {"align": "right"} if kind in NUMBERS else {"align": "left", "indent": 1}
        return self._kept(
            "head", kind in NUMBERS, bold=True, font_color="#ffffff", bg_color=NAVY, text_wrap=True, **align
        )

    @cached_property
    def name(self) -> Format:
        """Return the format of what a first-read figure is called."""
        return self.format(
            font_size=9,
            font_color=MUTED,
            bg_color=PANEL,
            top=1,
            left=1,
            right=1,
            border_color=HAIR,
            text_wrap=True,
        )

    @cached_property
    def text(self) -> Format:
        """Return the format of running text."""
        return self.format(text_wrap=True, valign="top")

    @cached_property
    def term(self) -> Format:
        """Return the format of a term that is explained."""
        return self.format(text_wrap=True, valign="top", bold=True)

    @cached_property
    def good(self) -> Format:
        """Return the format of a tie-out that holds."""
        return self.format(
            bold=True, font_color=GOOD, bg_color="#f0fdf4", border=1, border_color="#bbf7d0", indent=1
        )

    @cached_property
    def bad(self) -> Format:
        """Return the format of a tie-out that does not."""
        return self.format(bold=True, font_color="#ffffff", bg_color=BAD, indent=1, text_wrap=True)

    @cached_property
    def entry(self) -> Format:
        """Return the format of words beside an amount."""
        return self.format(text_wrap=True, bottom=1, bottom_color=HAIR, indent=1)

    @cached_property
    def _made(self) -> dict[tuple[object, ...], Format]:
        return {}

    def _kept(self, *key: object, **properties: object) -> Format:
        if key not in self._made:
            self._made[key] = self.format(**properties)
        return self._made[key]

    def cell(self, kind: Kind, *, total: bool = False) -> Format:
        """Return the format of a cell of a grid or of its total."""
        edge = {"bold": True, "top": 2, "top_color": NAVY} if total else {"bottom": 1, "bottom_color": HAIR}
        align = {"align": "right"} if kind in NUMBERS else {"align": "left", "indent": 1}
        number = {"num_format": NUMBER_FORMATS[kind]} if kind in NUMBER_FORMATS else {}
        return self._kept("cell", kind, total, **align, **number, **edge)

    def explained(self, kind: Kind) -> Format:
        """Return the format of a figure beside its definition, or of the definition."""
        align = {"align": "right"} if kind in NUMBERS else {"align": "left", "indent": 1, "text_wrap": True}
        number = {"num_format": NUMBER_FORMATS[kind]} if kind in NUMBER_FORMATS else {}
        return self._kept("explained", kind, **align, **number, valign="top")

    def figure(self, figure: Figure) -> Format:
        """Return the format of a first-read figure."""
        colour = {"bad": BAD, "good": GOOD}.get(figure.tone, INK)
        number = "0.0" if figure.kind == "days" else NUMBER_FORMATS[figure.kind]
        edge = {"bottom": 1, "left": 1, "right": 1, "border_color": HAIR, "bg_color": PANEL}
        form = f'"> "{number}' if figure.floor else number
        return self.format(font_size=14, bold=True, font_color=colour, align="left", num_format=form, **edge)
