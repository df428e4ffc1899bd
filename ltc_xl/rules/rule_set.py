"""The rules of one sheet, ready to use."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ltc_xl.model.finding import Finding
from ltc_xl.model.rulebook import Kept
from ltc_xl.rules.decisions import DecisionTable
from ltc_xl.rules.guards import Field
from ltc_xl.rules.moves_sheet import Transition
from ltc_xl.rules.rule_index import NoMatch

NOTHING = DecisionTable((), {}, ())


@dataclass(frozen=True)
class RuleSet:
    """The rules of one sheet, ready to use; none while there is an error and no older version to go by.

    Attributes:
        name: canonical name of the rule table.
        problems: what is wrong with the sheet as it stands, what the reader could not take of it among them.
        table: the decision table of grading or assignment.
        rows: the moves of stages.
        fields: what the table tests, by column.
        always: those of them that always hold something.
        kept: the older version that these rules are; None where they are those of the sheet.
        rest: why they do not count on the day: 规则目录 switches them off; it is among ``problems``, too.
        no_match: what becomes of a row that no rule fits.
    """

    name: str
    problems: tuple[Finding, ...] = ()
    table: DecisionTable = NOTHING
    rows: tuple[Transition, ...] = ()
    fields: Mapping[str, Field] = field(default_factory=dict)
    always: frozenset[str] = frozenset()
    kept: Kept | None = None
    rest: Finding | None = None
    no_match: NoMatch = NoMatch.KEEP

    @property
    def sound(self) -> bool:
        """Return whether the rules may be used."""
        return self.rest is None and (self.kept is not None or not self.has_errors)

    @property
    def has_errors(self) -> bool:
        """Return whether the sheet must be mended."""
        return has_errors(self.problems)

    @property
    def settled(self) -> "RuleSet":
        """Return it without rules if it has errors; an older version, with what is wrong with the sheet."""
        told = (*self.problems, *([self.rest] if self.rest else []))
        if has_errors(self.problems):
            known = self.kept.problems if self.kept else ()
            return RuleSet(self.name, (*known, *told), rest=self.rest)
        return replace(self, problems=told if self.kept is None else (*self.kept.problems, *told))


def has_errors(problems: Iterable[Finding]) -> bool:
    """Return whether one of several problems is an error."""
    return any(problem.severity == "error" for problem in problems)
