"""The service: every open lead gets its score, the grade of the first rule that fits, and why, in words."""

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from ltc_xl.leads.back_testing import back_test_data
from ltc_xl.leads.facts import Facts
from ltc_xl.leads.phrases import Phrases
from ltc_xl.leads.problems import problems_data
from ltc_xl.leads.score_reasons import ScoreReasons
from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, differences
from ltc_xl.model.enums import Lang
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.grading import Grading, grading, sources
from ltc_xl.rules.rule_index import NoMatch
from ltc_xl.rules.rule_version import rule_version
from ltc_xl.rules.rulesets import GRADING
from ltc_xl.rules.scoring import SCORING

Row = Mapping[str, object]


def grade(book: Book, rulebook: Rulebook, as_of: date, *, lang: Lang | None = None) -> Outcome:
    """Return the grades of the open leads; one that no rule fits is listed, and keeps what it has.

    规则目录 may say that it is left without a grade instead, or that it is an error.

    Args:
        book: as read.
        rulebook: its rule sheets that are in force; while none of 线索评级 is, no grade changes.
        as_of: the day.
        lang: language of the answer; the reasons in the book are in the book's own.
    """
    found = grading(book, rulebook, as_of)
    graded, left = found.leads.filter(pl.col("doubt").is_null()), found.leads.drop_nulls("doubt")
    whys = GradeReasons(book, found, book.lang, as_of).whys(graded)
    changes = _changes(found, graded, whys)
    if found.rules.no_match is NoMatch.BLANK:
        changes += _cleared(found, _unfit(left))
    told = GradeReasons(book, found, lang or book.lang, as_of)
    problems = (*found.rules.problems, *found.points.rules.problems)
    versions = [GRADING, *([SCORING] if found.points.is_used else [])]
    data = {
        "graded": told.graded(graded, whys if told.lang == book.lang else told.whys(graded)),
        "changed": len({uid for entry in changes.sets for uid in entry.cells[UID]}),
        "ungraded": told.ungraded(left),
        "problems": problems_data(book, problems, told.lang),
        "backtest": back_test_data(book, as_of, told.lang),
        "rule_versions": {name: rule_version(name, book, rulebook) for name in versions},
    }
    has_errors = found.rules.has_errors or found.points.rules.has_errors
    is_error = found.rules.no_match is NoMatch.ERROR and _unfit(left).height > 0
    return Outcome(changes, problems, data=data, exit_status=int(has_errors or is_error))


def _unfit(left: pl.DataFrame) -> pl.DataFrame:
    """Return the leads that no rule fits."""
    return left.filter(pl.col("doubt") == "no_fit")


def _changes(found: Grading, graded: pl.DataFrame, whys: list[str]) -> Changes:
    """Return the new grades; points are written also where no rule of grades fits."""
    new = graded.select(UID, grade="new_grade", grade_why=pl.Series(whys, dtype=pl.String))
    scored = found.leads if found.points.is_used else graded
    scores = differences("leads", scored, scored.select(UID, score="new_score"), ["score"])
    return (
        differences("leads", graded, new, ["grade"])
        + scores
        + differences("leads", graded, new, ["grade_why"])
    )


def _cleared(found: Grading, unfit: pl.DataFrame) -> Changes:
    """Return the leads that no rule fits without a grade, and without a score unless points give it."""
    codes = ["grade", "grade_why", *([] if found.points.is_used else ["score"])]
    blank = unfit.with_columns(pl.lit(None, unfit.schema[code]).alias(code) for code in codes)
    return differences("leads", unfit, blank.select(UID, *codes), codes)


class GradeReasons:
    """Says why each lead has its grade, or has none, in a language."""

    def __init__(self, book: Book, found: Grading, lang: Lang, as_of: date) -> None:
        self.book, self.rules, self.lang = book, found.rules.table.rules, lang
        self.asked = found.asked
        self.say = Phrases(lang, as_of)
        self.facts, self.grades = Facts(book, self.say), book.labels("grade")
        self.points = ScoreReasons(found.points, self.say) if found.points.is_used else None

    def whys(self, graded: pl.DataFrame) -> list[str]:
        """Return the reason of each graded lead."""
        columns = (UID, "rule", "new_grade", "new_score", *self.asked)
        return [
            self._with_score(row)
            for row in _as_seen(graded, self.points).select(columns).iter_rows(named=True)
        ]

    def _with_score(self, row: Row) -> str:
        """Return why a lead has its grade, and its score where the firm gives points."""
        why = self._why(row)
        if self.points is None:
            return why
        score = self.points.why(str(row[UID]), row["new_score"])
        return self.say("score.with", why=why, score=score)

    def _why(self, row: Row) -> str:
        """Return what counted; where the rule asks for nothing, all that the other rules ask for."""
        rule = self.rules[int(str(row["rule"]))]
        facts = self._facts(tuple(rule.tests) or self.asked, row)
        grade = self.grades.get(str(row["new_grade"]), row["new_grade"])
        key = "grade.why_noted" if rule.note else "grade.why"
        return self.say(key, facts=facts, grade=grade, no=rule.no, note=rule.note)

    def _facts(self, codes: Iterable[str], row: Row) -> str:
        return self.facts.of(codes, row) or self.say("grade.anything")

    def graded(self, graded: pl.DataFrame, whys: Iterable[str]) -> list[dict[str, object]]:
        """Return the graded leads as data."""
        columns = ("lead_id", UID, "company", "grade", "new_grade", "new_score", "queue", "rule")
        return [
            {
                "lead_id": number or uid,
                "uid": uid,
                "company": company,
                "grade": new,
                "was": old,
                "score": score,
                "queue": queue,
                "rule": self.rules[rule].no,
                "points": self.points.data(uid) if self.points else [],
                "reason": why,
            }
            for (number, uid, company, old, new, score, queue, rule), why in zip(
                graded.select(columns).iter_rows(), whys, strict=True
            )
        ]

    def ungraded(self, left: pl.DataFrame) -> list[dict[str, object]]:
        """Return the leads that get no grade, why, and what to do."""
        return [
            {
                "lead_id": row["lead_id"] or row[UID],
                "uid": row[UID],
                "company": row["company"],
                "grade": row["grade"],
                "reason": self._doubt(row),
                "cure": self.say(f"ungraded.{row['doubt']}.cure"),
            }
            for row in _as_seen(left, self.points).iter_rows(named=True)
        ]

    def _doubt(self, row: Row) -> str:
        facts, uid = self._facts(self.asked, row), str(row[UID])
        unread = sorted(
            (self.book.cell(*cell) or ("", cell[2]))[1]
            for cell in self.book.unread
            if cell[:2] == ("leads", uid) and cell[2] in sources(self.asked)
        )
        return self.say(f"ungraded.{row['doubt']}.reason", facts=facts, cells=self.say.listed(unread))


def _as_seen(leads: pl.DataFrame, points: ScoreReasons | None) -> pl.DataFrame:
    """Return leads with the score that the rules of grades saw."""
    return leads if points is None else leads.with_columns(score="new_score")
