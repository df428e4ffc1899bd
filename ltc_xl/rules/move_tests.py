"""Examples of moves between stages: which rows of 阶段流转 allow them."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from ltc_xl.model.enums import folded
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import table
from ltc_xl.rules.actor import named_apart
from ltc_xl.rules.guards import Field, GuardError, Lexicon, cell_values
from ltc_xl.rules.moves import STAGES, Steps
from ltc_xl.rules.moves_sheet import STAGE_LISTS, TABLES, Transition
from ltc_xl.rules.rule_sheets import Row


def stage_meant(row: Row, column: str, known: Lexicon) -> str:
    """Return the stage that a cell of an example names, as code.

    Raises:
        GuardError: its object has no such stage.
    """
    object_ = str(row["object"])
    words = known.words(STAGE_LISTS[object_])
    place = f"{TABLES[object_]}.{STAGES[TABLES[object_]]}"
    found = cell_values(row[column] or "", Field("stage", "word", pl.String(), place, words=words))
    if len(found) != 1:
        raise GuardError("one_value", 1)
    return str(found[0].value)


def allowing(
    way: tuple[str, str], row: Row, held: Mapping[str, object], steps: Steps
) -> tuple[Transition, ...]:
    """Return the rows that allow a move of something that holds some values and nothing else.

    Args:
        way: the stages, from and to.
        row: the example; ``role`` lists the roles of whoever moves it.
        held: column -> value.
        steps: what is listed for its table.
    """
    name = TABLES[str(row["object"])]
    known = dict.fromkeys((*table(name).by_code, *steps.asked([way])))
    stands = known | dict(held) | {STAGES[name]: way[1]}
    roles = frozenset(folded(role) for role in named_apart(row["role"]))
    return tuple(step for step in steps.between(*way) if _allows(step, steps, stands, roles))


def steps_of(row: Row, rows: tuple[Transition, ...], rulebook: Rulebook, as_of: date) -> Steps:
    """Return the moves that are listed for the object of an example."""
    return Steps([step for step in rows if step.object == row["object"]], rulebook, as_of)


def _allows(step: Transition, steps: Steps, row: Mapping[str, object], roles: frozenset[str]) -> bool:
    met = step.condition is None or not steps.asks("T-02") or step.condition.test(row, steps.as_of) is True
    filled = not steps.asks("T-03") or all(row[code] is not None for code in step.needs)
    return met and filled and steps.may(step, roles)
