"""The daily run on the demo firm: what people typed, what became of it, what can be taken back."""

import importlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from conftest import written_book
from desk import cells, state
from other_hands import by_openpyxl, pieces
from shell import SPEAKING, ltc

from ltc_xl import rollout, session
from ltc_xl.demo import DEMO_DAY
from ltc_xl.demo.book import new_firm_book
from ltc_xl.demo.month.hand import Hand
from ltc_xl.model.book import Book
from ltc_xl.model.enums import LANGS, Lang, label
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.sync import sync
from ltc_xl.today import today
from ltc_xl.workbook import read_book

Row = Mapping[str, Any]
Firm = Callable[[Lang], Path]


def typing(path: Path, hand: Callable[[Hand], None]) -> None:
    """Type as a person does: values into cells, rows below a table."""

    def edits(book: Any) -> Sequence[Any]:  # noqa: ANN401  a Book and its edits, as the session hands them on
        own = Hand(book)
        hand(own)
        return own.edits

    session.save_typed(path, edits)


def deals(path: Path, stage: str) -> list[Row]:
    return list(read_book(path).rows("opportunities").filter(stage=stage).iter_rows(named=True))


def shown(path: Path, deal: Row, *columns: str) -> list[object]:
    rows = read_book(path).rows("opportunities").filter(pl.col(UID) == deal[UID])
    return [rows[column].item() for column in columns]


def answer(*args: object, lang: Lang = "en") -> Any:  # noqa: ANN401  what was printed
    result = ltc(*args, "--json", "--as-of", DEMO_DAY, env=SPEAKING[lang])
    assert result.exit_code in {0, 1}, result.output
    return json.loads(result.stdout)


# ---------------------------------------------------------------- stages


@dataclass(frozen=True)
class Moves:
    """Four deals of the firm that somebody moved in one save."""

    jump: Row
    unmet: Row
    missing: Row
    legal: Row

    @property
    def all(self) -> Sequence[Row]:
        return self.jump, self.unmet, self.missing, self.legal


def moved(path: Path) -> Moves:
    """Type an illegal jump, a move whose condition does not hold, one that lacks a cell, and a legal one."""
    validating = deals(path, "VALIDATING")
    moves = Moves(validating[0], validating[1], deals(path, "APPROVED")[0], deals(path, "PROPOSAL")[0])

    def hand(it: Hand) -> None:
        it.writes("opportunities", moves.jump[UID], stage="WON", competitor="同方")
        it.writes(
            "opportunities",
            moves.unmet[UID],
            stage="APPROVED",
            ati_result="NO_GO",
            ati_on=DEMO_DAY,
            ati_by="林总",
        )
        it.writes("opportunities", moves.missing[UID], stage="PROPOSAL", sr=None)
        it.writes("opportunities", moves.legal[UID], stage="NEGOTIATING", note="价格谈到九五折")

    typing(path, hand)
    return moves


@pytest.mark.parametrize("lang", LANGS)
def test_one_save_with_every_kind_of_move_gives_each_its_outcome(lang: Lang, synced_firm: Firm) -> None:
    firm = synced_firm(lang)
    moves = moved(firm)
    done = answer("sync", firm, lang=lang)["books"][0]
    refused = {one["row_id"]: one for one in done["refused"]}
    assert [refused.get(deal["opp_id"], {}).get("code") for deal in moves.all] == [
        "T-01",
        "T-02",
        "T-03",
        None,
    ]
    assert (done["rejected"], done["accepted"]) == (3, 7)
    assert [shown(firm, deal, "stage") for deal in moves.all] == [
        ["VALIDATING"],
        ["VALIDATING"],
        ["APPROVED"],
        ["NEGOTIATING"],
    ]
    assert shown(firm, moves.jump, "competitor") == ["同方"]
    assert shown(firm, moves.unmet, "ati_result", "ati_on", "ati_by") == ["NO_GO", DEMO_DAY, "林总"]
    assert shown(firm, moves.missing, "sr") == [None]
    assert shown(firm, moves.legal, "stage_since") == [DEMO_DAY]
    noted = read_book(firm).rows("activities").filter(object_id=moves.legal["opp_id"])
    assert "价格谈到九五折" in noted["summary"].to_list()
    _is_named(firm, refused[moves.jump["opp_id"]], lang)
    _settled(firm)
    _is_granted_later(firm, moves, lang)


def _is_named(firm: Path, told: Row, lang: Lang) -> None:
    """A jump names the typed word and what may come next, in the answer and on the sheet Problems."""
    words = {code: label("opp_stage", code, lang) for code in ("WON", "APPROVED", "LOST", "HOLD")}
    assert words["WON"] in told["message"]
    assert all(words[code] in told["cure"] for code in ("APPROVED", "LOST", "HOLD"))
    problems = read_book(firm).rows("findings").filter(pl.col("code").str.starts_with("T-"))
    assert problems.height == 3
    assert words["WON"] in problems.filter(code="T-01")["found"].item()


def _settled(firm: Path) -> None:
    before = firm.read_bytes()
    assert answer("sync", firm)["books"][0]["commit"] is None
    assert firm.read_bytes() == before


def _is_granted_later(firm: Path, moves: Moves, lang: Lang) -> None:
    """What was missing is typed: the move counts by itself, and the deal's story says so."""
    person = read_book(firm).rows("members")["member"][0]
    typing(firm, lambda hand: hand.writes("opportunities", moves.missing[UID], sr=person))
    assert answer("sync", firm)["books"][0]["rejected"] == 2
    assert shown(firm, moves.missing, "stage", "sr") == ["PROPOSAL", person]
    (story,) = answer("history", firm, moves.missing["opp_id"])["rows"]
    told = [(one["event"], one["column"], one["old"], one["new"], one["by"]) for one in story["events"]]
    steps = [
        ("refused", "stage", "APPROVED", "PROPOSAL", "person"),
        ("set", "sr", None, person, "person"),
        ("set", "stage", "APPROVED", "PROPOSAL", "person"),
        ("granted", "stage", "APPROVED", "PROPOSAL", "program"),
    ]
    assert [told.index(step) for step in steps] == sorted(told.index(step) for step in steps)
    assert all(one["actor"] and one["at"] and one["as_of"] for one in story["events"])
    _reads_as_a_story(firm, moves, lang)


STORY: dict[Lang, tuple[str, ...]] = {
    "zh": ("想把阶段由 {old} 改为 {new}，没有通过：", "还没有填方案责任人", "的条件已满足，自动生效"),
    "en": (
        "Wanted Stage from {old} to {new}; refused:",
        "Solution responsible",
        "is there now: the move was made",
    ),
}


def _reads_as_a_story(firm: Path, moves: Moves, lang: Lang) -> None:
    words = {
        "old": label("opp_stage", "APPROVED", lang),
        "new": label("opp_stage", "PROPOSAL", lang),
    }
    told = ltc("history", firm, moves.missing["opp_id"], "--lang", lang).stdout
    for part in STORY[lang]:
        before, found, told = told.partition(part.format(**words))
        assert found, before
    noted = ltc("history", firm, moves.legal["opp_id"], "--lang", lang).stdout
    assert "价格谈到九五折" in noted


# ---------------------------------------------------------------- taken back


SMALL_FIRM = """
members
| member | team   |
| 王芳   | 直销组 |
| 李强   | 直销组 |
leads
| lead_id | company | contact | mobile      | need | budget      | state     | created_on | owner | grade |
|         | 恒远    | 周工    | 13812345678 | 监控 | 1,200,000.00 | ASSIGNED  | 2026-11-02 | 王芳  | A     |
|         | 衡达    | 吴工    | 13812345679 | 监控 | 300,000.00   | QUALIFIED | 2026-11-03 |       |       |
|         | 新华    | 郑工    | 13812345670 |      | 50,000.00    | QUALIFIED | 2026-11-04 |       |       |
customers
| name |
| 恒远 |
lines
| line_id | customer | contract_no | item     | amount    | triggered_on | days |
|         | 恒远     | HT-1        | DELIVERY | 86,000.00 | 2026-09-01   | 30   |
"""


@pytest.fixture
def small_firm(tmp_path: Path) -> Path:
    """Return a workbook of a few rows, all of it committed."""
    firm = tmp_path / "客户A.xlsx"
    rows = {name: held.rows.drop("_row") for name, held in written_book(SMALL_FIRM).tables.items()}
    session.new_book(firm, rollout.new(lang="zh", site="SH", store_id="", as_of=DEMO_DAY, rows=rows))
    assert ltc("report", "funnel", firm, "--as-of", DEMO_DAY).exit_code == 0
    return firm


def test_whatever_a_command_wrote_is_taken_back_cell_by_cell(small_firm: Path, tmp_path: Path) -> None:
    """Book and store are, after every step back, what they were before the step."""
    firm = small_firm
    (tmp_path / "new.csv").write_text("公司,手机,渠道\n海港工具,13812345999,官网\n", "utf-8")
    commands = {
        "edit": ("report", "funnel", firm),
        "leads grade": ("leads", "grade", firm),
        "leads assign": ("leads", "assign", firm),
        "import": ("import", firm, tmp_path / "new.csv", "--form", "leads", "--apply"),
        "today": ("today", firm),
        "collect aging": ("collect", "aging", firm),
        "check": ("check", firm),
        "sync": ("sync", firm),
    }
    held = [(cells(firm), state(firm))]
    typing(firm, _takes_a_lead_away)
    for command in commands.values():
        result = ltc(*command, "--as-of", DEMO_DAY)
        assert result.exit_code in {0, 1}, result.output
        held.append((cells(firm), state(firm)))
    commits = answer("history", firm)["commits"][1:]
    assert [one["command"] for one in commits] == list(commands)
    for commit, before in zip(reversed(commits), reversed(held[:-1]), strict=True):
        result = ltc("undo", firm, commit["commit"], "--as-of", DEMO_DAY)
        assert result.exit_code == 0, (commit, result.output)
        assert (cells(firm), state(firm)) == before, commit


def _takes_a_lead_away(hand: Hand) -> None:
    """Take a lead from its owner, note on it, and type a lead below."""
    taken = hand.book.rows("leads").filter(owner="王芳")[UID].item()
    hand.writes("leads", taken, owner=None, note="打过电话")
    hand.adds("leads", company="码头厂", mobile="13900001111", created_on=DEMO_DAY)


# ---------------------------------------------------------------- somebody saves meanwhile


def saving(firm: Path, times: int, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Have somebody save the workbook while a sync works on it; return one entry for every attempt."""
    attempts: list[int] = []
    people = importlib.import_module("ltc_xl.sync")

    def slow(book: Book, rulebook: Rulebook, as_of: date) -> Outcome:
        attempts.append(len(attempts))
        if len(attempts) <= times:
            uid = book.rows("leads")[UID][0]
            typing(firm, lambda hand: hand.writes("leads", uid, contact=f"周工{len(attempts)}"))
        return today(book, rulebook, as_of)

    monkeypatch.setattr(people, "today", slow)
    return attempts


def test_a_workbook_saved_during_the_sync_is_read_again(
    small_firm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = saving(small_firm, 1, monkeypatch)
    result = ltc("sync", small_firm, "--as-of", DEMO_DAY, "--lang", "zh")
    assert (result.exit_code, len(attempts)) == (1, 2), result.output
    assert "提交号 3" in result.output
    assert read_book(small_firm).rows("leads")["contact"][0] == "周工1"


@pytest.mark.parametrize(("lang", "words"), [("zh", ("试了 5 次", "请保存并关闭")), ("en", ("5", "close"))])
def test_a_workbook_saved_again_and_again_ends_in_a_sentence(
    lang: Lang, words: Sequence[str], small_firm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts, held = saving(small_firm, 9, monkeypatch), state(small_firm)
    result = ltc("sync", small_firm, "--as-of", DEMO_DAY, "--lang", lang)
    assert (result.exit_code, len(attempts), result.stdout) == (3, 5, ""), result.output
    (sentence,) = result.stderr.strip().splitlines()
    assert all(word in sentence for word in words)
    assert state(small_firm) == held
    assert read_book(small_firm).rows("leads")["contact"][0] == "周工5"


# ---------------------------------------------------------------- two machines


SHUFFLED = ("leads", "customers", "activities", "opportunities", "contracts", "lines", "members")


def test_two_machines_give_the_same_grades_owners_and_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two copies of a workbook that no store knows and whose rows have no identity yet.

    Numbers go by the order of new rows; so only rows that have one stand in another order on the second.
    """
    new_firm_book(tmp_path / "firm.xlsx", "zh", DEMO_DAY)
    by_openpyxl(tmp_path / "firm.xlsx", _without_ids)
    answers = []
    for machine in ("first", "second"):
        folder = tmp_path / machine
        folder.mkdir()
        monkeypatch.setenv("LTC_XL_STATE", str(folder / "state"))
        book = Path(shutil.copy(tmp_path / "firm.xlsx", folder))
        if machine == "second":
            by_openpyxl(book, _backwards)
        done = sync(book, DEMO_DAY, session.How(papers=False))
        answers.append((_content(book), _told(done)))
    assert answers[0] == answers[1]
    leads = read_book(tmp_path / "first" / "firm.xlsx").rows("leads")
    assert leads["assigned_at"].count()
    assert not leads.filter(pl.col("lead_id").is_null()).height


def _without_ids(book: Any) -> None:  # noqa: ANN401  openpyxl's
    """Leave the identities of rows out, as a firm's own list has none."""
    for piece in pieces(book):
        left, top, right, bottom = piece.area
        for column in range(left, right + 1):
            if piece.sheet.cell(top, column).value == UID:
                for row in range(top + 1, bottom + 1):
                    piece.sheet.cell(row, column).value = None


def _backwards(book: Any) -> None:  # noqa: ANN401  openpyxl's
    """Turn the rows upside down that have their numbers."""
    for piece in pieces(book, SHUFFLED):
        left, top, _, bottom = piece.area
        if all(piece.sheet.cell(row, left).value for row in range(top + 1, bottom + 1)):
            piece.lay_out(rows=lambda count: range(count - 1, -1, -1))


def _content(book: Path) -> Mapping[str, list[str]]:
    rows = read_book(book)
    return {name: sorted(map(str, rows.rows(name).drop(UID, "_row").rows())) for name in SHUFFLED}


def _told(done: session.Result) -> Mapping[str, list[str]]:
    data: Any = done.outcome.data
    return {
        kind: sorted(str({**one, "uid": None}) for one in data["assign"][kind])
        for kind in ("assigned", "unassigned")
    }
