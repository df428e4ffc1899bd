"""The service: leads that are not ready are nurtured; what each is due is listed, with who sends it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import polars as pl

from ltc_xl.leads.phrases import Phrases
from ltc_xl.leads.problems import problems_data
from ltc_xl.leads.unmet import Entry, Unmet
from ltc_xl.messages import say
from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, SetColumn, applied
from ltc_xl.model.enums import Lang, label
from ltc_xl.model.ids import mint_uids
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID, table
from ltc_xl.rules.nurture_list import by_track, nurture_list
from ltc_xl.rules.nurturing import Nurturing, nurturing
from ltc_xl.rules.refusals import Refusal


def nurture(book: Book, rulebook: Rulebook, as_of: date, *, lang: Lang | None = None) -> Outcome:
    """Return the leads that enter or leave a track, what was sent, and the list of what is due.

    A lead is nurtured while its score is too low or 移交标准 are not met. Marks in 培育清单 become touches.

    Args:
        book: as read; scores are as they stand.
        rulebook: 设置, 移交标准 and 阶段流转.
        as_of: the day.
        lang: language of the answer.
    """
    found = nurturing(book, rulebook, as_of)
    changes = _written(found, as_of) + Changes(found.states) + _listed(found, book)
    after = applied(book, changes)
    spoken = lang or book.lang
    words = Unmet(book, Phrases(spoken, as_of))
    kept = {uid: words.steps(some) for uid, some in _by_row(found.refused).items()}
    return Outcome(
        changes=changes,
        findings=found.problems,
        data={
            "due": [_due(row, as_of) for row in found.due.iter_rows(named=True)],
            "entered": [
                {**_lead(row), **_way_in(row, spoken), "unmet": kept.get(row["row_id"], [])}
                for row in found.entered.iter_rows(named=True)
            ],
            "left": [{**_lead(row), **_way_out(row, spoken)} for row in found.left.iter_rows(named=True)],
            "stuck": [
                {**_lead(row), "track": row["track"], "score": row["score"], "unmet": kept[row["row_id"]]}
                for row in found.stuck.iter_rows(named=True)
            ],
            "sent": [_sent(row) for row in found.sent.iter_rows(named=True)],
            "without_track": [
                {**_lead(row), **_no_track(row, spoken)} for row in found.homeless.iter_rows(named=True)
            ],
            "held": _held(found, after),
            "tracks": by_track(after.rows("nurturing"), found.tracks).to_dicts(),
            "definition": say("nurture.definition", spoken),
            "problems": problems_data(book, found.problems, spoken),
        },
        exit_status=int(any(one.severity == "error" for one in found.problems)),
    )


# ---------------------------------------------------------------- what is written


def _written(found: Nurturing, as_of: date) -> Changes:
    """Return the touches that were made, the tracks that leads enter, and those they leave."""
    touches = found.sent.select("lead", "on", "content", "track").with_columns(
        pl.Series(UID, mint_uids(found.sent.height), dtype=pl.String)
    )
    runs = found.entered.select(UID, "track", "entered_on", "why", lead="number")
    inserts = {name: rows for name, rows in (("touches", touches), ("nurturing", runs)) if rows.height}
    ended = {"left_on": pl.lit(as_of), "outcome": pl.col("outcome")}
    sets = (_set("nurturing", code, found.left, UID, value) for code, value in ended.items())
    return Changes(tuple(one for one in sets if one.cells.height), inserts)


def _set(name: str, column: str, rows: pl.DataFrame, uid: str, new: pl.Expr) -> SetColumn:
    """Return new values of cells that are blank."""
    dtype = table(name).by_code[column].dtype
    cells = rows.select(pl.col(uid).alias(UID), old=pl.lit(None, dtype), new=new.cast(dtype))
    return SetColumn(name, column, cells)


def _listed(found: Nurturing, book: Book) -> Changes:
    """Return the list, unless there is none and never was."""
    body = nurture_list(found.due)
    return Changes(puts={"nurture": body}) if body.height or book.rows("nurture").height else Changes()


# ---------------------------------------------------------------- what is told


def _by_row(refused: Iterable[Refusal]) -> Mapping[str, Sequence[Refusal]]:
    by_row: dict[str, list[Refusal]] = {}
    for one in refused:
        by_row.setdefault(one.row_id, []).append(one)
    return by_row


def _lead(row: Mapping[str, object]) -> Entry:
    return {"lead_id": row["number"] or row["lead"], "uid": row["row_id"], "company": row["company"]}


def _due(row: Mapping[str, object], as_of: date) -> Entry:
    due_on, planned = row["due_on"], row["sent_on"]
    assert isinstance(due_on, date)  # noqa: S101  narrowing: the list has a day in every row
    return {
        **_lead({**row, "lead": row["number"]}),
        **{code: row[code] for code in ("track", "content", "kind", "owner", "maker")},
        "due_on": due_on.isoformat(),
        "days_late": (as_of - due_on).days,
        "planned_on": planned.isoformat() if isinstance(planned, date) else None,
    }


def _sent(row: Mapping[str, object]) -> Entry:
    day = row["on"]
    return {
        "lead_id": row["lead"],
        "company": row["company"],
        "track": row["track"],
        "content": row["content"],
        "on": day.isoformat() if isinstance(day, date) else None,
    }


def _way_in(row: Mapping[str, object], lang: Lang) -> Entry:
    told = {"track": row["track"], "why": row["why"]}
    return {**told, "reason": label("nurture_why", str(row["why"]), lang), "score": row["score"]}


def _way_out(row: Mapping[str, object], lang: Lang) -> Entry:
    told = {"track": row["track"], "outcome": row["outcome"]}
    return {**told, "reason": label("nurture_outcome", str(row["outcome"]), lang), "score": row["score"]}


def _no_track(row: Mapping[str, object], lang: Lang) -> Entry:
    key = "through" if row["is_through"] else "no_track"
    reason = say(f"nurture.{key}.reason", lang, tags=str(row["tags"] or ""))
    return {"why": row["why"], "reason": reason, "cure": say(f"nurture.{key}.cure", lang)}


def _held(found: Nurturing, after: Book) -> list[Entry]:
    """Return the content that waits for its maker, with how many leads are on its track."""
    on_track = (
        after.rows("nurturing").filter(pl.col("left_on").is_null()).group_by("track").agg(leads=pl.len())
    )
    held = found.tracks.contents.filter(pl.col("verdict") == "REVISE")
    columns = ("track", "content", "maker", "leads")
    return held.join(on_track, on="track", maintain_order="left").select(columns).to_dicts()
