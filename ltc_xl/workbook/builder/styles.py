"""Colours, fonts and cell formats: one place for the looks of every sheet."""

from dataclasses import dataclass, field

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from ltc_xl.model.enums import Lang, Word
from ltc_xl.model.tables import Column

NAVY, BLUE, TEAL, SKY = "#1F3A5F", "#2E6690", "#3A8FB7", "#BAE0F2"
AMBER, ORANGE, RED, GREEN = "#F4A340", "#E4572E", "#C62828", "#15803D"
INK, MUTED, LINE, PALE, GREY, WHITE = "#0F172A", "#64748B", "#DDE3EA", "#F8FAFC", "#F1F4F8", "#FFFFFF"
COMPUTED_HEADER = "#CBD5E1"

TABS = {"look": NAVY, "work": WHITE, "result": GREEN, "rule": "#94A3B8", "tech": "#94A3B8"}

# No left and no upper edge: a neighbour's would lie over the red edge of a marked cell
EDGES = {"right": 1, "bottom": 1, "right_color": LINE, "bottom_color": LINE}

# (fill, text) of a word's cell
TONES = {
    "good": ("#DCFCE7", "#166534"),
    "bad": ("#FEE2E2", "#991B1B"),
    "care": ("#FEF3C7", "#92400E"),
    "warn": ("#FFE4D1", "#9A3412"),
    "note": ("#E0F2FE", "#075985"),
    "off": ("#EEF1F5", "#64748B"),
}
KIND_TONES = {"won": "good", "done": "off", "lost": "bad", "off": "off", "void": "off"}
WORD_TONES = {
    "HOLD": "care",
    "SUSPENDED": "care",
    "RETURNED": "care",
    "ERROR": "bad",
    "WARNING": "care",
    "INFO": "note",
    "A": "good",
    "B": "note",
    "C": "care",
    "D": "off",
    "GO": "good",
    "GO_WITH_CONDITIONS": "care",
    "NO_GO": "bad",
    "RECYCLE": "care",
    "NOT_REQUIRED": "off",
}
ENDED = tuple(KIND_TONES)
STEPS = ("#F3F8FC", "#E3F0F9", "#D0E6F5", "#B9DAF0", "#9FCCE9", "#84BDE1", "#69ADD8")

FONTS: dict[Lang, str] = {"zh": "Microsoft YaHei", "en": "Calibri"}
SIZES: dict[Lang, int] = {"zh": 10, "en": 11}

NUMBER_FORMATS = {
    "id": "@",
    "tax": "@",
    "rule": "@",
    "money": "#,##0.00_ ;[Red]-#,##0.00_ ",
    "number": "#,##0.0#_ ;[Red]-#,##0.0#_ ",
    "int": "0_ ;[Red]-0_ ",
    "rate": "0.0%_ ",
    "date": "yyyy-mm-dd",
    "datetime": "yyyy-mm-dd hh:mm",
}
_RIGHT = {"money", "number", "int", "rate"}
_CENTRED = {"date", "datetime", "enum", "flag", "tax"}


def tone(word: Word) -> str | None:
    """Return the tone of a word's cell, if it has one."""
    return WORD_TONES.get(word.code) or KIND_TONES.get(word.kind)


def wraps(column: Column) -> bool:
    """Return whether long text goes on in a second line of the cell."""
    return column.type in {"text", "rule"} and not column.live and column.format is None


def is_link(column: Column) -> bool:
    """Return whether its cells show an arrow to click."""
    return column.link is not None or column.code == "link"


def number_format(column: Column) -> str:
    """Return the number format of a column; a computed amount of nothing is a dash."""
    found = NUMBER_FORMATS.get(column.type, "General")
    return f'{found};"-"_ ' if column.type == "money" and not column.typed else found


def _align(column: Column) -> str:
    if is_link(column):
        return "center"
    if column.hidden:
        return "left"  # LibreOffice prints the overflow of a folded cell into its blank left neighbour
    return "right" if column.type in _RIGHT else "center" if column.type in _CENTRED else "left"


@dataclass
class Styles:
    """Formats of one workbook, made once each."""

    book: Workbook
    lang: Lang
    made: dict[tuple[tuple[str, object], ...], Format] = field(default_factory=dict)

    def __call__(self, **properties: object) -> Format:
        """Return the format with these XlsxWriter properties, in the workbook's font."""
        key = tuple(sorted(properties.items()))
        if key not in self.made:
            font = {"font_name": FONTS[self.lang], "font_size": SIZES[self.lang], "font_color": INK}
            self.made[key] = self.book.add_format({**font, "valign": "vcenter", **properties})
        return self.made[key]

    def dxf(self, **properties: object) -> Format:
        """Return a format that changes only what it names, for conditional formats and new table rows."""
        key = (("dxf", True), *sorted(properties.items()))
        if key not in self.made:
            self.made[key] = self.book.add_format(properties)
        return self.made[key]

    def header(self, column: Column) -> Format:
        """Return a header cell: dark blue = required, blue = typed, grey = computed."""
        required = column.required or column.required_when is not None
        fill = COMPUTED_HEADER if not column.typed else NAVY if required else BLUE
        ink = INK if not column.typed else WHITE
        return self(
            bold=True, text_wrap=True, indent=1, border=1, border_color=WHITE, bg_color=fill, font_color=ink
        )

    def body(self, column: Column) -> Format:
        """Return a data cell: white is the person's, grey the program's."""
        fill = {} if column.typed else {"bg_color": GREY}
        edges = {
            "right": 1,
            "bottom": 1,
            "right_color": LINE,
            "bottom_color": LINE,
        }  # the mark's red has the others
        return self(**edges, text_wrap=wraps(column), **self._shape(column), **fill)

    def blank_column(self, column: Column) -> Format:
        """Return the format below the table, so that what is typed next is taken the same way."""
        return self(**self._shape(column))

    def data_dxf(self, column: Column) -> Format:
        """Return the format Excel gives to new rows of the table."""
        fill = {} if column.typed else {"bg_color": GREY}
        return self.dxf(num_format=number_format(column), **EDGES, **fill)

    def _shape(self, column: Column) -> dict[str, object]:
        align = _align(column)
        inset = {"indent": 1} if align == "left" else {}
        link = {"font_color": BLUE, "bold": True} if is_link(column) else {}
        return {"num_format": number_format(column), "align": align, **inset, **link}
