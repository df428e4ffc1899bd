"""Whether stages can be lived through: each one reached, left again, and led to an end."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ltc_xl.model.book import Book
from ltc_xl.model.enums import codes_of_kind, words
from ltc_xl.model.finding import Finding
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import table
from ltc_xl.rules.guards import lexicon
from ltc_xl.rules.moves_sheet import STAGE_COLUMNS, STAGE_LISTS, TABLES, Transition

TRANSITIONS = "transitions"


@dataclass(frozen=True)
class StageMap:
    """The stages of one kind of object and the steps between them.

    Attributes:
        stages: those the workbook offers, and those its moves name.
        steps: stage -> the stages that may follow it.
        starts, ends: where rows begin, and where they may stay for good.
    """

    stages: Sequence[str]
    steps: Mapping[str, frozenset[str]]
    starts: frozenset[str]
    ends: frozenset[str]

    @property
    def named(self) -> frozenset[str]:
        """Return the stages that some move names."""
        return frozenset(self.steps).union(*self.steps.values())

    @property
    def reached(self) -> frozenset[str]:
        """Return the stages that a row can come to."""
        return _from(self.starts, self.steps)

    @property
    def finishing(self) -> frozenset[str]:
        """Return the stages from which a row can come to an end."""
        back: dict[str, set[str]] = {stage: set() for stage in self.stages}
        for stage, following in self.steps.items():
            for later in following:
                back.setdefault(later, set()).add(stage)
        return _from(self.ends, back)


def _from(begin: frozenset[str], steps: Mapping[str, frozenset[str] | set[str]]) -> frozenset[str]:
    seen, ahead = set(begin), list(begin)
    while ahead:
        fresh = set(steps.get(ahead.pop(), ())) - seen
        seen |= fresh
        ahead.extend(fresh)
    return frozenset(seen)


def stage_findings(moves: Sequence[Transition], book: Book, rulebook: Rulebook) -> Iterator[Finding]:
    """Yield the stages nobody comes to (R-20), gets out of (R-21), or gets to an end from (R-22).

    Of a stage that rows stand in and no move names that is what is said (R-29). A stage that 阶段 calls final
    is not left without a reason, a condition or a role (R-23).
    """
    for object_ in dict.fromkeys(move.object for move in moves):
        found = stage_map(object_, moves, book, rulebook)
        labels, standing = book.labels(STAGE_LISTS[object_]), _standing(object_, book)
        for stage in dict.fromkeys([*found.stages, *standing]):
            told: dict[str, object] = {"kind": TABLES[object_], "stage": labels.get(stage, stage)}
            code = _fault(stage, found)
            if stage in standing and stage not in found.named | found.ends:
                told |= {"count": standing[stage]}
                yield Finding("R-29", TRANSITIONS, None, "from", told, "warning")
            elif code:
                yield Finding(code, TRANSITIONS, None, "to" if code == "R-20" else "from", told, "warning")
        yield from _ways_out(object_, moves, book, rulebook)


def _ways_out(object_: str, moves: Sequence[Transition], book: Book, rulebook: Rulebook) -> Iterator[Finding]:
    """Yield the moves that lead out of a final stage, not back to the start, and ask for nothing."""
    finals, labels = _marked("final", object_, book, rulebook), book.labels(STAGE_LISTS[object_])
    starts = stage_map(object_, moves, book, rulebook).starts
    for move in moves:
        left = [labels.get(stage, stage) for stage in move.from_ if stage in finals]
        asks = move.needs or move.roles or move.condition or move.gate
        if move.object == object_ and left and not asks and not starts.issuperset(move.to):
            told: dict[str, object] = {"kind": TABLES[object_], "stages": left}
            yield Finding("R-23", TRANSITIONS, move.row_id, "from", told, "warning")


def _standing(object_: str, book: Book) -> Mapping[str, int]:
    """Return the stages that rows stand in, each with how many do."""
    column = STAGE_COLUMNS[object_]
    rows = book.rows(TABLES[object_]).drop_nulls(column)
    return dict(rows.group_by(column, maintain_order=True).len().iter_rows())


def _fault(stage: str, found: StageMap) -> str | None:
    if stage not in found.reached:
        return "R-20"
    if stage in found.ends or stage in found.finishing:
        return None
    return "R-22" if found.steps.get(stage) else "R-21"


def stage_map(object_: str, moves: Sequence[Transition], book: Book, rulebook: Rulebook) -> StageMap:
    """Return the stages of one kind of object; starts and ends as 阶段 marks them, else the usual ones."""
    own = [move for move in moves if move.object == object_]
    steps: dict[str, frozenset[str]] = {}
    for move in own:
        for stage in move.from_:
            steps[stage] = steps.get(stage, frozenset()) | set(move.to)
    off = set(book.rows("choices").filter(set=STAGE_LISTS[object_], active="NO")["code"])
    offered = [word.code for word in words(STAGE_LISTS[object_], book.profile) if word.code not in off]
    named = [stage for move in own for stage in (*move.from_, *move.to)]
    default = table(TABLES[object_]).by_code[STAGE_COLUMNS[object_]].default
    return StageMap(
        list(dict.fromkeys([*offered, *named])),
        steps,
        _marked("start", object_, book, rulebook) or frozenset({str(default)}),
        _marked("final", object_, book, rulebook)
        or frozenset(offered) - set(codes_of_kind(STAGE_LISTS[object_], "open")),
    )


def _marked(column: str, object_: str, book: Book, rulebook: Rulebook) -> frozenset[str]:
    """Return the stages that the sheet 阶段 marks as starts, or as finals."""
    known = lexicon(book).words(STAGE_LISTS[object_])
    rows = rulebook.rows("stages").select("object", "stage", column).drop_nulls()
    found = (known.get(stage) for kind, stage, said in rows.iter_rows() if (kind, said) == (object_, "YES"))
    return frozenset(stage for stage in found if stage)
