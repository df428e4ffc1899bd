"""催款阶梯: which letter goes out after how many days overdue."""

from dataclasses import replace
from datetime import date

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.money import MONEY
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rules.guards import Field, Fields
from ltc_xl.rules.rule_index import hit_of
from ltc_xl.rules.rule_outputs import text_output, whole_output
from ltc_xl.rules.rule_set import RuleSet
from ltc_xl.rules.rule_sheets import rule_sheet, tested_columns
from ltc_xl.rules.rulesets import decision_table, rule_set, worked_out

LADDER = "dunning_levels"
DAYS, BALANCE, DISPUTED = "days_overdue", "balance", "disputed"


def ladder_rules(book: Book, rulebook: Rulebook, as_of: date) -> RuleSet:
    """Return the steps of the ladder; its inputs are those of an overdue line, none of them ever blank."""
    sheet = rule_sheet(LADDER, book, rulebook)
    outputs = (
        replace(whole_output(LADDER, "level"), needed=True),
        text_output(LADDER, "template", needed=True),
        text_output(LADDER, "cc"),
        whole_output(LADDER, "min_gap"),
    )
    inputs = (
        Field(DAYS, "number", pl.Int64(), ""),
        Field(BALANCE, "number", MONEY, ""),
        Field(DISPUTED, "flag", pl.Boolean(), ""),
    )
    fields = Fields(tuple(worked_out(LADDER, one.code, one) for one in inputs))
    columns = tested_columns(sheet, (DAYS, BALANCE, DISPUTED), fields, "lines")
    decided = decision_table(sheet, columns, outputs, hit_of(sheet, rulebook))
    return rule_set(sheet, decided, as_of, columns.values(), frozenset({DAYS, BALANCE, DISPUTED}))
