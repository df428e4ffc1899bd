"""The service: leads are put right by the firm's rules; what only a person can mend is said in the row."""

from datetime import date

import polars as pl

from ltc_xl.leads.problems import problems_data
from ltc_xl.messages import say
from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, applied, differences
from ltc_xl.model.enums import Lang
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.cleaning import Cleaning, cleaning, notes, originals
from ltc_xl.rules.cleaning_sheet import DEMANDS, CleanRule, cleaning_rules
from ltc_xl.rules.lead_steps import lead_steps
from ltc_xl.rules.rule_set import has_errors


def clean(book: Book, rulebook: Rulebook, as_of: date, *, lang: Lang | None = None) -> Outcome:
    """Return the open leads put right, and what is to be mended by hand; a new lead without fault is cleaned.

    Args:
        book: as read.
        rulebook: its rule sheets that are in force; while none of 清洗规则 is, nothing changes.
        as_of: the day.
        lang: language of the answer; what is written into the book is in the book's own.
    """
    rules = cleaning_rules(book, rulebook, as_of)
    spoken = lang or book.lang
    problems = problems_data(book, rules.problems, spoken)
    if not rules.sound:
        data = {"changed": [], "failed": [], "leads": 0, "clean": 0, "problems": problems}
        return Outcome(findings=rules.problems, data=data, exit_status=int(has_errors(rules.problems)))
    found = cleaning(book, rules.rules)
    changes = _changes(found, rules.rules, book)
    states = _states(found, applied(book, changes), rulebook, as_of)
    return Outcome(
        changes=changes + states,
        findings=rules.problems,
        data={
            "changed": _changed(found, book, spoken),
            "failed": _failed(found, rules.rules, book, spoken),
            "leads": found.leads.height,
            "clean": found.leads.height - found.failed[UID].n_unique(),
            "problems": problems,
        },
        exit_status=int(has_errors(rules.problems)),
    )


def _changes(found: Cleaning, rules: tuple[CleanRule, ...], book: Book) -> Changes:
    """Return the cells put right, and what is noted beside them."""
    between = say("cleaning.between", book.lang)
    said = _demands(rules, book, book.lang)
    labels = {
        code: say("cleaning.original", book.lang, column=_label(code, book, book.lang))
        for code in _fields(rules)
    }
    noted = notes(found, said, between).join(originals(found, labels, between), on=UID, maintain_order="left")
    after = found.leads.drop("clean_note", "originals").join(noted, on=UID, maintain_order="left")
    return differences("leads", found.before, after, [*_fields(rules), "clean_note", "originals"])


def _fields(rules: tuple[CleanRule, ...]) -> list[str]:
    made = (code for rule in rules if rule.kind not in DEMANDS for code in rule.fields)
    return list(dict.fromkeys(made))


def _states(found: Cleaning, book: Book, rulebook: Rulebook, as_of: date) -> Changes:
    """Return new leads without fault as cleaned, where 阶段流转 lets anybody take that step."""
    ready = found.leads.filter(pl.col("state") == "NEW").join(found.failed, on=UID, how="anti")
    if ready.is_empty():
        return Changes()
    states, _ = lead_steps(book, rulebook, as_of, ready.select(UID, new=pl.lit("CLEAN")), "")
    return Changes(states)


def _label(code: str, book: Book, lang: Lang) -> str:
    return book.table("leads").by_code[code].label(lang)


def _demands(rules: tuple[CleanRule, ...], book: Book, lang: Lang) -> dict[int, str]:
    """Return what a lead that fails is told, by the place of the rule."""
    return {place: _said(rule, book, lang) for place, rule in enumerate(rules) if rule.kind in DEMANDS}


def _said(rule: CleanRule, book: Book, lang: Lang) -> str:
    """Return what a lead that fails is told: the cure of the row, else what the rule asks for."""
    labels = [_label(code, book, lang) for code in rule.fields]
    usual = say(f"cleaning.fails.{rule.kind}", lang, columns=labels, words=list(rule.words))
    return say("cleaning.note", lang, no=rule.no, cure=rule.cure or usual)


def _changed(found: Cleaning, book: Book, lang: Lang) -> list[dict[str, object]]:
    called = dict(found.before.select(UID, pl.coalesce("lead_id", UID)).iter_rows())
    return [
        {"lead_id": called[uid], "column": code, "label": _label(code, book, lang), "old": old, "new": new}
        for uid, code, old, new in found.changed.iter_rows()
    ]


def _failed(found: Cleaning, rules: tuple[CleanRule, ...], book: Book, lang: Lang) -> list[dict[str, object]]:
    named = found.leads.select(
        UID, number=pl.coalesce("lead_id", UID), called=pl.coalesce("company", "contact")
    )
    rows = found.failed.join(named, on=UID, how="left", maintain_order="left")
    told = _demands(rules, book, lang)
    return [
        {
            "lead_id": number,
            "company": called,
            "rule": rules[place].no,
            "columns": list(rules[place].fields),
            "message": told[place],
        }
        for place, number, called in rows.select("rule", "number", "called").iter_rows()
    ]
