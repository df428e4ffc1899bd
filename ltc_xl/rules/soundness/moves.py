"""Whether the rows of 阶段流转 do what they are meant to: what they ask can be given, nobody slips by."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations

from ltc_xl.model.book import Book
from ltc_xl.model.enums import folded
from ltc_xl.model.finding import Finding
from ltc_xl.model.tables import table
from ltc_xl.rules.guards import fields_of
from ltc_xl.rules.moves_sheet import STAGE_COLUMNS, STAGE_LISTS, TABLES, Transition
from ltc_xl.rules.soundness.facts import facts
from ltc_xl.rules.soundness.meeting import meeting

TRANSITIONS = "transitions"
Pair = tuple[Transition, Transition]


def move_findings(moves: Sequence[Transition], book: Book, as_of: date) -> Iterator[Finding]:
    """Yield what moves ask in vain (R-27), which outdo others (R-28), who approves their own (R-30)."""
    yield from _never_filled(moves, book)
    for object_ in dict.fromkeys(move.object for move in moves):
        own = [move for move in moves if move.object == object_]
        yield from _outdone(own, book, as_of)
        yield from _approved_alone(own, book)


def _never_filled(moves: Sequence[Transition], book: Book) -> Iterator[Finding]:
    """Yield the columns that a move asks for and that its sheet does not have: nobody can fill them."""
    for move in moves:
        asked = [("needs", code) for code in move.needs]
        asked += [("condition", code) for code in (move.condition.codes if move.condition else ())]
        for column, code in asked:
            if _is_missing(move.table, code, book):
                told = {"kind": move.table, "asked": f"{move.table}.{code}"}
                yield Finding("R-27", TRANSITIONS, move.row_id, column, told, "warning")


def _is_missing(name: str, code: str, book: Book) -> bool:
    place, known = book.place(name), table(name).by_code.get(code)
    return place is not None and known is not None and code not in place.columns


def _outdone(moves: Sequence[Transition], book: Book, as_of: date) -> Iterator[Finding]:
    """Yield the moves that another one allows to the same people, of the same row, for less."""
    fields = {one.code: one for one in fields_of(moves[0].table, book).fields}
    for pair in combinations(moves, 2):
        way = _way(pair)
        if way is None or set(pair[0].needs) == set(pair[1].needs) or not _same_people(pair):
            continue
        guards = [move.condition for move in pair if move.condition]
        row = meeting(guards, fields, as_of)
        if row is not None:
            shown = [fields[code] for code in row]
            stage = _fact(moves[0].object, way[0], book)
            example = [stage, *facts(row, shown)]
            told = {"first": pair[0].no, "to": _label(pair[0], way[1], book), "example": example}
            yield Finding("R-28", TRANSITIONS, pair[1].row_id, "needs", told, "warning")


def _way(pair: Pair) -> tuple[str, str] | None:
    """Return the stages of a move that both rows list."""
    one, other = pair
    before = next((stage for stage in one.from_ if stage in other.from_), None)
    after = next((stage for stage in one.to if stage in other.to), None)
    return (before, after) if before and after else None


def _same_people(pair: Pair) -> bool:
    """Return whether the same roles may make both moves; a role that one alone asks for sets it apart."""
    one, other = (frozenset(map(folded, move.roles)) for move in pair)
    return bool(one & other) or not (one or other)


def _approved_alone(moves: Sequence[Transition], book: Book) -> Iterator[Finding]:
    """Yield the reviews that whoever brought a row there may also pass: one role does both."""
    for gate in (move for move in moves if move.gate and move.roles):
        for before in (move for move in moves if not move.gate):
            stage = next((stage for stage in before.to if stage in gate.from_), None)
            own = {folded(role) for role in before.roles}
            role = next((role for role in gate.roles if folded(role) in own), None)
            if stage and role:
                told = {"role": role, "first": before.no, "stage": _label(gate, stage, book)}
                yield Finding("R-30", TRANSITIONS, gate.row_id, "role", told, "warning")
                break


def _label(move: Transition, stage: str, book: Book) -> str:
    return book.labels(STAGE_LISTS[move.object]).get(stage, stage)


def _fact(object_: str, stage: str, book: Book) -> dict[str, object]:
    place = f"{TABLES[object_]}.{STAGE_COLUMNS[object_]}"
    return {"field": place, "value": book.labels(STAGE_LISTS[object_]).get(stage, stage), "is_other": False}
