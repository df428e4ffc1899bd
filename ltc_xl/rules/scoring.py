"""线索打分: the points a lead earns, at most so many per group, fewer as nobody has been in touch."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.enums import folded
from ltc_xl.model.finding import Finding
from ltc_xl.model.money import RATE
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID, table, with_live_columns
from ltc_xl.rules.decisions import Hit, Rule
from ltc_xl.rules.freshness import with_touches
from ltc_xl.rules.guards import Field, fields_of
from ltc_xl.rules.rule_index import hit_of
from ltc_xl.rules.rule_outputs import text_output, whole_output
from ltc_xl.rules.rule_set import RuleSet
from ltc_xl.rules.rule_sheets import rule_sheet, tested_columns
from ltc_xl.rules.rulesets import decision_table, rule_set, worked_out

SCORING = "scoring"
TERMS = ("cap", "half_life")
"""What a group of rows has in common: at most so many points, and how many days halve them."""

_USUAL = ("channel", "need", "budget", "touch_count")
_LEAST: Mapping[str, int] = {"cap": 0, "half_life": 1}
_HALF = Decimal("0.5")
_SCALE = Decimal("1e-8")
_PLACES = pl.List(pl.Int16)
_COUNTED = pl.Decimal(28, 8)


@dataclass(frozen=True)
class Scoring:
    """What the rules of the sheet give some leads.

    Attributes:
        rules: the rule set; while it is not sound, or empty, the frames are empty.
        fired: ``_uid``, ``rule`` (its place), ``group`` (the place of its first row) and ``points``, one row
            per rule that fits a lead.
        groups: ``_uid``, ``group``, its ``points`` added up, ``capped``, the ``rate`` it keeps after
            ``stale_days``, and what is ``counted`` in the end.
        scores: ``_uid`` and ``points``: the score of every lead, also where no rule fits.
    """

    rules: RuleSet
    fired: pl.DataFrame
    groups: pl.DataFrame
    scores: pl.DataFrame

    @property
    def is_used(self) -> bool:
        """Return whether the firm gives points at all; while its sheet is wrong nobody knows which."""
        return bool(self.rules.table.rules) or not self.rules.sound


def scoring_rules(book: Book, rulebook: Rulebook, as_of: date) -> RuleSet:
    """Return the rules that give points; inputs are fields of a lead and how often it was in touch."""
    sheet = rule_sheet(SCORING, book, rulebook)
    outputs = (
        replace(whole_output(SCORING, "points"), needed=True),
        text_output(SCORING, "group"),
        *(whole_output(SCORING, code) for code in TERMS),
    )
    touches = worked_out(SCORING, "touch_count", Field("touch_count", "number", pl.Int64(), ""))
    fields = fields_of("leads", book).with_more([touches])
    columns = tested_columns(sheet, _USUAL, fields, "leads")
    decided = decision_table(sheet, columns, outputs, hit_of(sheet, rulebook, (Hit.SUM,)))
    sheet.problems.extend(_below_least(decided.rules))
    sheet.problems.extend(_torn(decided.rules))
    return rule_set(sheet, decided, as_of, columns.values(), frozenset({touches.code}))


def _below_least(rules: Sequence[Rule]) -> Iterator[Finding]:
    """Yield the caps and half-lives that are too small to mean anything (V-11)."""
    for rule in rules:
        for code, least in _LEAST.items():
            value = rule.outputs.get(code)
            if isinstance(value, int) and value < least:
                told = {"found": str(value), "least": least, "most": None}
                yield Finding("V-11", SCORING, rule.row_id, code, told)


def _torn(rules: Sequence[Rule]) -> Iterator[Finding]:
    """Yield the cells in which a group has another cap or half-life than in a row above (R-16)."""
    for rule, place in zip(rules, group_places(rules), strict=True):
        for code in TERMS:
            said = rule.outputs.get(code)
            first = _first_said(rules, place, code)
            if said is not None and first is not None and first.outputs[code] != said:
                told = {
                    "group": rule.outputs.get("group"),
                    "first": first.no,
                    "theirs": first.outputs[code],
                    "found": said,
                }
                yield Finding("R-16", SCORING, rule.row_id, code, told)


def group_places(rules: Sequence[Rule]) -> list[int]:
    """Return for each rule the place of the first rule of its group; without one it is a group of its own."""
    first: dict[str, int] = {}
    names = [rule.outputs.get("group") for rule in rules]
    return [
        place if name is None else first.setdefault(folded(str(name)), place)
        for place, name in enumerate(names)
    ]


def _first_said(rules: Sequence[Rule], group: int, code: str) -> Rule | None:
    """Return the first rule of a group that says anything in a column."""
    places = group_places(rules)
    mine = (rule for rule, place in zip(rules, places, strict=True) if place == group)
    return next((rule for rule in mine if rule.outputs.get(code) is not None), None)


def group_terms(rules: Sequence[Rule], code: str) -> list[int | None]:
    """Return for each rule what its group says of the cap or the half-life."""
    said = [_first_said(rules, place, code) for place in group_places(rules)]
    return [None if rule is None else int(str(rule.outputs[code])) for rule in said]


# ---------------------------------------------------------------- points


def scoring(book: Book, rulebook: Rulebook, as_of: date, leads: pl.DataFrame) -> Scoring:
    """Return the points that leads have earned on a day.

    A group of rows gives what its rows add up to, its cap at most, times 0.5 to the power of the days since
    the last contact over its half-life; the score is the sum over the groups, a half rounded up.

    Args:
        book: as read.
        rulebook: its rule sheets.
        as_of: the day.
        leads: those to be scored, with all that rules may ask for but what is worked out here.
    """
    rules = scoring_rules(book, rulebook, as_of)
    decided = rules.table
    if not decided.rules:
        leads = leads.clear()
    asked = {code for rule in decided.rules for code in rule.tests}
    seen = with_touches(with_live(leads, asked, as_of), book, as_of)
    fired = (
        seen.select(UID, "stale_days", rule=_places(decided.rules, as_of))
        .explode("rule")
        .drop_nulls("rule")
        .join(_terms(decided.rules), on="rule", how="left", maintain_order="left")
    )
    groups = _groups(fired)
    sums = groups.group_by(UID).agg(counted=pl.col("counted").sum())
    scores = seen.select(UID).join(sums, on=UID, how="left", maintain_order="left")
    return Scoring(
        rules,
        fired.select(UID, "rule", "group", "points"),
        groups,
        scores.select(UID, points=_rounded(pl.col("counted").fill_null(Decimal(0)))),
    )


def _places(rules: Sequence[Rule], as_of: date) -> pl.Expr:
    """Return the places of the rules that fit a lead."""
    places = [
        pl.when(rule.fits(as_of)).then(pl.lit(place, dtype=pl.Int16)) for place, rule in enumerate(rules)
    ]
    return pl.concat_list(places) if places else pl.repeat([], pl.len(), dtype=_PLACES)


def with_live(leads: pl.DataFrame, asked: Collection[str], as_of: date) -> pl.DataFrame:
    """Return leads with what Excel works out of them, where rules ask for any of it."""
    model = table("leads")
    is_asked = any(model.by_code[code].live for code in asked if code in model.by_code)
    return with_live_columns(model, leads, as_of) if is_asked and leads.height else leads


def _terms(rules: Sequence[Rule]) -> pl.DataFrame:
    """Return ``rule``, its ``points`` and ``group``, and what the group says of ``cap`` and ``half_life``."""
    columns = {
        "rule": list(range(len(rules))),
        "points": [rule.outputs.get("points") for rule in rules],
        "group": group_places(rules),
        **{code: group_terms(rules, code) for code in TERMS},
    }
    schema = {"rule": pl.Int16, "points": pl.Int64, "group": pl.Int16, "cap": pl.Int64, "half_life": pl.Int64}
    return pl.DataFrame(columns, schema=schema)


def _groups(fired: pl.DataFrame) -> pl.DataFrame:
    """Return what each group gives each lead."""
    summed = fired.group_by(UID, "group", "cap", "half_life", "stale_days", maintain_order=True).agg(
        points=pl.col("points").sum()
    )
    capped = summed.with_columns(capped=pl.min_horizontal("points", "cap"))
    rates = _rates(capped)
    rated = capped.join(rates, on=["stale_days", "half_life"], how="left", maintain_order="left")
    return rated.with_columns(pl.col("rate").fill_null(Decimal(1))).with_columns(
        counted=pl.col("capped").cast(_COUNTED) * pl.col("rate").cast(_COUNTED)
    )


def _rates(groups: pl.DataFrame) -> pl.DataFrame:
    """Return the share of its points that a group keeps after so many days; few pairs of both occur."""
    pairs = groups.select("stale_days", "half_life").drop_nulls().unique().rows()
    shares = [(_HALF ** (Decimal(days) / half)).quantize(_SCALE) for days, half in pairs]
    schema: dict[str, pl.DataType] = {"stale_days": pl.Int64(), "half_life": pl.Int64(), "rate": RATE}
    rows = [(*pair, share) for pair, share in zip(pairs, shares, strict=True)]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _rounded(points: pl.Expr) -> pl.Expr:
    return points.cast(_COUNTED).round(0, mode="half_away_from_zero").cast(pl.Int64)
