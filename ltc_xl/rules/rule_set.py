"""The rules of one sheet, ready to use."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ltc_xl.model.finding import Finding
from ltc_xl.rules.decisions import DecisionTable
from ltc_xl.rules.guards import Field
from ltc_xl.rules.moves_sheet import Transition

NOTHING = DecisionTable((), {}, ())


@dataclass(frozen=True)
class RuleSet:
    """The rules of one sheet, ready to use; none while there is a problem.

    Attributes:
        name: canonical name of the rule table.
        problems: what is wrong with the sheet, what the reader could not take of it among them.
        table: the decision table of grading or assignment.
        rows: the moves of stages.
        fields: what the table tests, by column.
        always: those of them that always hold something.
    """

    name: str
    problems: tuple[Finding, ...] = ()
    table: DecisionTable = NOTHING
    rows: tuple[Transition, ...] = ()
    fields: Mapping[str, Field] = field(default_factory=dict)
    always: frozenset[str] = frozenset()

    @property
    def sound(self) -> bool:
        """Return whether the rules may be used."""
        return all(problem.severity != "error" for problem in self.problems)
