"""What a row of a decision table gives: a word of a list, a whole number, a text."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from ltc_xl.rules.guards import Field, GuardError, Names, cell_values
from ltc_xl.rules.rule_sheets import Row, RuleSheet


@dataclass(frozen=True)
class Output:
    """A column of results; ``needed`` ones must not be blank."""

    field: Field
    needed: bool = False

    @property
    def code(self) -> str:
        """Return its column."""
        return self.field.code

    def value(self, text: str) -> object:
        """Return what a cell gives; None where it holds a dash.

        Raises:
            GuardError: it is no such value.
        """
        if self.field.kind == "text":
            return None if text.strip() in {"", "-"} else text.strip()
        found = cell_values(text, self.field)
        if len(found) > 1:
            raise GuardError("one_value", found[1].at)
        if not found:
            return None
        value = found[0].value
        return _whole(value, text, self.field) if isinstance(value, Decimal) else value


def _whole(value: Decimal, text: str, owner: Field) -> int:
    if value != int(value):
        raise GuardError("not_whole", 1, found=text, field=owner.place)
    return int(value)


def word_output(sheet: str, code: str, words: Names[str], *, needed: bool = False) -> Output:
    """Return an output that is a word of a list; frames hold its code."""
    return Output(Field(code, "word", pl.String(), f"{sheet}.{code}", words=words), needed)


def whole_output(sheet: str, code: str) -> Output:
    """Return an output that is a whole number."""
    return Output(Field(code, "number", pl.Int64(), f"{sheet}.{code}"))


def text_output(sheet: str, code: str, *, needed: bool = False) -> Output:
    """Return an output that is a text."""
    return Output(Field(code, "text", pl.String(), f"{sheet}.{code}"), needed)


def given(sheet: RuleSheet, row: Row, outputs: tuple[Output, ...]) -> Mapping[str, object]:
    """Return what a row gives; what is missing or cannot be read is noted on the sheet."""
    values: dict[str, object] = {}
    for output in outputs:
        text = row[output.code]
        if text is None:
            value = None
        else:
            try:
                value = output.value(text)
            except GuardError as error:
                sheet.report(error, row, output.code)
                continue
        if value is None and output.needed:
            sheet.report_missing(row, output.code)
        values[output.code] = value
    return values
