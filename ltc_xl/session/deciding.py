"""What the rules decided of a row when they last did: what history kept, with the version they had then."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ltc_xl.model.book import Book
from ltc_xl.rules.moves import STAGES
from ltc_xl.rules.rulesets import ASSIGNMENT, GRADING, TRANSITIONS
from ltc_xl.session.how import How
from ltc_xl.session.story import Event, story_of

_WRITTEN = {GRADING: ("grade", "score", "grade_why"), ASSIGNMENT: ("owner", "assign_why")}


@dataclass(frozen=True, slots=True)
class Decision:
    """The last time that the rules of a sheet decided something of a row.

    Attributes:
        rules: the rule sheet.
        event: the first thing that happened by it in that commit.
        cells: column -> what it holds since; of a move that was refused, what was wanted.
        version: of the rule sheet then; None where no commit kept it.
    """

    rules: str
    event: Event
    cells: Mapping[str, str | None]
    version: str | None


def decisions(book: Book, name: str, uid: str, how: How) -> list[Decision]:
    """Return the last decision of each rule sheet on a row, oldest first."""
    events = story_of(book, name, uid, how)
    found = (last for rules in (GRADING, ASSIGNMENT, TRANSITIONS) for last in _last(rules, name, events))
    return sorted(found, key=lambda one: one.event.seq)


def _last(rules: str, name: str, events: Sequence[Event]) -> Iterator[Decision]:
    made = [event for event in events if event.column and _is_by(rules, name, event)]
    if made:
        last = [event for event in made if event.seq == made[-1].seq]
        cells = {str(event.column): event.new for event in last}
        yield Decision(rules, last[0], cells, last[0].rules.get(rules))


def _is_by(rules: str, name: str, event: Event) -> bool:
    """Return whether the rules of a sheet decided what happened; stages are typed, and judged."""
    if rules == TRANSITIONS:
        return event.column == STAGES[name] and event.what in {"set", "refused", "granted"}
    return event.what == "set" and not event.by_person and event.column in _WRITTEN[rules]
