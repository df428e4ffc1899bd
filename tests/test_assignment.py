"""The desk where leads are given out: who is asked, in which order, and who comes first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl
import pytest
from conftest import typed_rows, written_book
from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st

from ltc_xl.model.book import Book
from ltc_xl.model.tables import UID
from ltc_xl.rules import bind_rulebook
from ltc_xl.rules.assignment import assignment
from ltc_xl.rules.lead_desk import Desk, Given, Kept, Lead, Limits, Route
from ltc_xl.rules.members import Crew, Member, crew_of
from ltc_xl.rules.waiting import waiting_leads
from ltc_xl.rules.workload import Workload, workloads

DAY = date(2026, 11, 21)
ROUTE = Route("A01", "直销组")


def lead(row_id: str = "L", customer: str | None = None, owner: str | None = None) -> Lead:
    return Lead(row_id, "直销", None, 0, customer, owner)


def member(name: str, **own: object) -> Member:
    return Member(name, **{"teams": ("直销组",), **own})  # type: ignore[arg-type]  # a test names the fields it needs


def desk(*members: Member, **loads: Workload) -> Desk:
    return Desk(Crew(tuple(sorted(members, key=lambda one: one.key))), loads, DAY)


def owners(at: Desk, count: int, route: Route = ROUTE) -> list[str | None]:
    answers = [at.give(lead(), [route]) for _ in range(count)]
    return [one.chosen.member.name if isinstance(one, Given) else None for one in answers]


def ago(days: int) -> date:
    return DAY - timedelta(days)


# ---------------------------------------------------------------- who comes first


def test_whoever_has_the_fewest_in_hand_gets_the_lead() -> None:
    at = desk(member("A"), member("B"), member("C"), a=Workload(5), b=Workload(3), c=Workload(4))
    assert owners(at, 6) == ["B", "C", "B", "A", "C", "B"]


@pytest.mark.parametrize(
    ("first", "second", "owner"),
    [
        (Workload(3, month=4), Workload(3, month=5), "A"),
        (Workload(3, month=8), Workload(3, month=5), "B"),
        (Workload(3, month=5, last_on=ago(2)), Workload(3, month=5, last_on=ago(3)), "B"),
        (Workload(3, month=5, last_on=ago(2)), Workload(3, month=5), "B"),
        (
            Workload(3, month=5, last_on=DAY, last_count=2),
            Workload(3, month=5, last_on=DAY, last_count=1),
            "B",
        ),
        (Workload(3, month=5, last_on=ago(2)), Workload(3, month=5, last_on=ago(2)), "A"),
    ],
)
def test_among_equals_the_share_of_30_days_decides_then_the_wait_then_the_name(
    first: Workload, second: Workload, owner: str
) -> None:
    at = desk(member("A", capacity=20), member("B", capacity=20), a=first, b=second)
    assert owners(at, 1) == [owner]


def test_the_share_of_30_days_is_measured_by_each_ones_own_limit() -> None:
    at = desk(member("A", capacity=10), member("B", capacity=40), a=Workload(3, 5), b=Workload(3, 10))
    assert owners(at, 1) == ["B"]


def test_in_turn_whoever_waited_longest_is_next_however_much_they_have_in_hand() -> None:
    loads = {"a": Workload(0, last_on=ago(1)), "b": Workload(9, last_on=ago(5)), "c": Workload(50)}
    at = desk(member("A"), member("B"), member("C"), **loads)
    route = Route("A03", "直销组", "IN_TURN")
    assert owners(at, 7, route) == ["C", "B", "A", "A", "B", "C", "A"]


# ---------------------------------------------------------------- who is not asked


@pytest.mark.parametrize(
    ("own", "load", "why"),
    [
        ({"left_on": DAY}, Workload(), "left"),
        ({"leave_from": DAY, "leave_to": DAY}, Workload(), "leave"),
        ({"leave_from": ago(3)}, Workload(), "leave"),
        ({"leave_to": DAY}, Workload(), "leave"),
        ({"capacity": 4}, Workload(month=4), "month"),
        ({"capacity": 0}, Workload(), "month"),
        ({}, Workload(week=10), "week"),
    ],
)
def test_the_absent_and_those_at_a_limit_are_passed_over(
    own: Mapping[str, object], load: Workload, why: str
) -> None:
    at = desk(member("A", **own), member("B"), a=load, b=Workload(99))
    answer = at.give(lead(), [Route("A01", "直销组", cap=10)])
    assert isinstance(answer, Given)
    assert answer.chosen.member.name == "B"
    assert answer.standings[0].out(10) == why


@pytest.mark.parametrize(
    ("limits", "load", "why"),
    [
        (Limits(DAY, day=2), Workload(last_on=DAY, last_count=2), "day"),
        (Limits(DAY, stock=5), Workload(in_hand=5), "stock"),
        (Limits(DAY, day=0), Workload(), "day"),
        (Limits(DAY, day=2), Workload(last_on=ago(1), last_count=9), None),
        (Limits(DAY, stock=5), Workload(in_hand=4), None),
    ],
)
def test_nobody_is_given_more_than_the_pool_lets_them_have(
    limits: Limits, load: Workload, why: str | None
) -> None:
    at = Desk(Crew((member("A"), member("B"))), {"a": load, "b": Workload(1, last_on=ago(1))}, DAY, limits)
    assert at.standings["a"].out(None) == why
    assert at.standings["a"].out(None, limited=False) is None


def test_the_lowest_limit_of_the_pool_counts_and_the_fallback_and_a_customers_owner_know_none() -> None:
    pool = """
    pools
    | no  | idle_days | day_limit | stock_limit |
    | P01 | 30        | 2         |             |
    | P02 | 60        | 1         | 9           |
    """
    people = "members\n| member | team | roles |\n| 王磊 | 直销组 | |\n| 周凯 | 别的组 | 销售经理 |\n"
    leads = "leads\n| lead_id | company | need | budget | state | grade |\n" + "".join(
        f"| L-{place} | 厂{place} | 配电 | 300,000.00 | NEW | C |\n" for place in range(3)
    )
    book = written_book(pool + people + leads)
    found = assignment(book, bind_rulebook(book), DAY)
    assert [one.chosen.member.name for one in found.given] == ["王磊", "周凯", "周凯"]
    assert [[two.out(None) for two in one.tried or ()] for one in found.given] == [[], ["day"], ["day"]]


@pytest.mark.parametrize(
    ("own", "load"),
    [
        ({"left_on": DAY + timedelta(1)}, Workload()),
        ({"leave_from": ago(9), "leave_to": ago(1)}, Workload()),
        ({"leave_from": DAY, "leave_to": ago(1)}, Workload()),
        ({"capacity": 4}, Workload(month=3)),
        ({}, Workload(month=999, week=9)),
    ],
)
def test_those_who_are_here_and_below_their_limit_are_asked(
    own: Mapping[str, object], load: Workload
) -> None:
    assert owners(desk(member("A", **own), a=load), 1, Route("A01", "直销组", cap=10)) == ["A"]


def test_limits_count_the_leads_of_this_very_run() -> None:
    at = desk(member("A", capacity=2), member("B"), b=Workload(9))
    assert owners(at, 5, Route("A01", "直销组", cap=3)) == ["A", "A", "B", "B", "B"]
    assert owners(at, 1, Route("A01", "直销组", cap=3)) == [None]


@pytest.mark.parametrize("fallback", ["内勤组", "销售经理", "周经理", "没有的组；周经理"])
def test_where_nobody_is_free_the_fallback_gets_it_without_regard_to_limits(fallback: str) -> None:
    boss = Member("周经理", ("内勤组",), ("销售经理",), capacity=1)
    away = Member("吴经理", ("内勤组",), ("销售经理",), leave_from=DAY)
    at = desk(member("A", leave_from=DAY), boss, away, 周经理=Workload(7, month=7, week=7))
    answer = at.give(lead(), [Route("A01", "直销组", cap=1, fallback=fallback)])
    assert isinstance(answer, Given)
    assert (answer.chosen.member.name, [one.member.name for one in answer.tried or ()]) == ("周经理", ["A"])


@pytest.mark.parametrize(
    ("group", "fallback", "why"),
    [
        ("直销组", None, "nobody_free"),
        ("直销组", "B", "nobody_free"),
        ("没有的组", "B", "nobody_free"),
        ("没有的组", None, "empty_group"),
        ("没有的组", "没有的人", "empty_group"),
    ],
)
def test_a_lead_that_nobody_can_take_stays_and_says_why(group: str, fallback: str | None, why: str) -> None:
    at = desk(member("A", left_on=ago(9)), Member("B", leave_from=ago(1)))
    answer = at.give(lead(), [Route("A01", group, fallback=fallback)])
    assert isinstance(answer, Kept)
    assert answer.why == why


def test_while_the_rules_are_off_nobody_gets_anything() -> None:
    at = desk(member("A"))
    answer = at.give(lead(customer="客户甲", owner="A"), None)
    assert isinstance(answer, Kept)
    assert answer.why == "rules_off"


# ---------------------------------------------------------------- customers


def test_a_customers_lead_goes_to_the_customers_owner_even_beyond_the_limit() -> None:
    at = desk(member("A", capacity=1), member("B"), a=Workload(9, month=9))
    answer = at.give(lead(customer="客户甲", owner=" ａ "), [ROUTE])
    assert isinstance(answer, Given)
    assert (answer.rule, answer.chosen.member.name) == ("customer", "A")


def test_a_customer_needs_no_queue() -> None:
    at = desk(member("A"))
    known = lead(customer="客户甲", owner="A")._replace(doubt="grading_off", route=None)
    assert isinstance(at.give(known, [ROUTE]), Given)
    assert isinstance(at.give(known._replace(doubt="no_grade"), [ROUTE]), Kept)


@pytest.mark.parametrize(("owner", "why"), [("A", "leave"), ("陌生人", None)])
def test_a_customers_owner_who_is_away_or_unknown_leaves_the_lead_to_the_rules(
    owner: str, why: str | None
) -> None:
    at = desk(member("A", leave_from=DAY), member("B"))
    answer = at.give(lead(customer="客户甲", owner=owner), [ROUTE])
    assert isinstance(answer, Given)
    assert (answer.rule, answer.chosen.member.name) == ("A01", "B")
    assert answer.refusal
    assert (answer.refusal.owner, answer.refusal.away and answer.refusal.away.why) == (owner, why)


# ---------------------------------------------------------------- laws


@dataclass(frozen=True)
class Case:
    """A firm and its leads: members, what each took and when, and the rule of each lead."""

    members: tuple[Member, ...]
    taken: tuple[tuple[str, int], ...]
    routes: tuple[Route, ...]
    leads: tuple[int, ...]

    def desk(self) -> Desk:
        days = {one.key: [d for name, d in self.taken if name == one.key] for one in self.members}
        return Desk(Crew(self.members), {key: load_of(found) for key, found in days.items()}, DAY)


def load_of(days: Sequence[int]) -> Workload:
    """Return the workload of somebody who took an open lead so many days ago, each."""
    last = min(days, default=None)
    return Workload(
        len(days),
        sum(d < 30 for d in days),
        sum(d < 7 for d in days),
        None if last is None else ago(last),
        sum(d == last for d in days),
    )


TEAMS = ("东", "西")
names = [f"m{n}" for n in range(5)]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    days = st.none() | st.integers(-3, 3).map(ago)
    one = st.builds(
        Member,
        teams=st.lists(st.sampled_from(TEAMS), unique=True).map(tuple),
        capacity=st.none() | st.integers(0, 4),
        leave_from=days,
        leave_to=days,
        left_on=days,
        name=st.just(""),
    )
    members = [
        Member(name, m.teams, (), m.capacity, m.leave_from, m.leave_to, m.left_on)
        for name in names
        for m in [draw(one)]
    ]
    routes = st.builds(
        Route,
        st.just("A"),
        st.sampled_from(TEAMS),
        st.sampled_from(["LEAST_OPEN", "IN_TURN"]),
        st.none() | st.integers(0, 4),
        st.none() | st.sampled_from([*TEAMS, *names]),
    )
    taken = st.lists(st.tuples(st.sampled_from(names), st.integers(0, 40)), max_size=8)
    return Case(
        tuple(members),
        tuple(draw(taken)),
        tuple(draw(st.lists(routes, min_size=1, max_size=3))),
        tuple(draw(st.lists(st.integers(0, 2), max_size=12))),
    )


@over(cases())
@settings(max_examples=150, deadline=None)
def test_every_answer_is_what_counting_everything_anew_says(case: Case) -> None:
    at, taken = case.desk(), list(case.taken)
    by_name = {one.key: one for one in case.members}

    def here(name: str) -> bool:
        who = by_name[name]
        on_leave = (who.leave_from or who.leave_to) and (who.leave_from or DAY) <= DAY <= (
            who.leave_to or DAY
        )
        return not on_leave and not (who.left_on and who.left_on <= DAY)

    def free(name: str, cap: int | None) -> bool:
        month = sum(who == name and d < 30 for who, d in taken)
        week = sum(who == name and d < 7 for who, d in taken)
        limit = by_name[name].capacity
        return here(name) and (limit is None or month < limit) and (cap is None or week < cap)

    def in_hand(name: str) -> int:
        return sum(who == name for who, _ in taken)

    for number in case.leads:
        route = case.routes[number % len(case.routes)]
        answer = at.give(lead(), [route])
        anybody = not any(who.teams for who in case.members)
        group = [n for n, who in by_name.items() if anybody or route.group in who.teams]
        able = [n for n in group if free(n, route.cap)]
        spare = [n for n, who in by_name.items() if route.fallback in {n, *who.teams} and here(n)]
        pool = able or spare
        if isinstance(answer, Kept):
            assert not pool
            continue
        name = answer.chosen.member.key
        assert name in pool
        assert (answer.tried is None) == bool(able)
        if route.method == "LEAST_OPEN":
            assert in_hand(name) == min(map(in_hand, pool))
        else:
            waits = {n: min((d for who, d in taken if who == n), default=999) for n in pool}
            assert waits[name] == max(waits.values())
        taken.append((name, 0))


@over(st.integers(1, 6), st.integers(0, 40), st.sampled_from(["LEAST_OPEN", "IN_TURN"]))
@settings(max_examples=60, deadline=None)
def test_equal_members_share_evenly(members: int, leads: int, method: str) -> None:
    at = desk(*(member(f"m{n}", capacity=100) for n in range(members)))
    route = Route("A01", "直销组", method)  # type: ignore[arg-type]  # drawn from the methods there are
    got = owners(at, leads, route)
    counts = [got.count(f"m{n}") for n in range(members)]
    assert max(counts) - min(counts) <= 1


@over(cases(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_the_people_does_not_matter(case: Case, dice: object) -> None:
    rows = pl.DataFrame(
        {
            "member": [m.name for m in case.members],
            "team": ["；".join(m.teams) for m in case.members],
            "roles": None,
            "capacity_30d": pl.Series([m.capacity for m in case.members], dtype=pl.Int64),
            "leave_from": pl.Series([m.leave_from for m in case.members], dtype=pl.Date),
            "leave_to": pl.Series([m.leave_to for m in case.members], dtype=pl.Date),
            "left_on": pl.Series([m.left_on for m in case.members], dtype=pl.Date),
        }
    )
    shuffled = rows.sample(fraction=1, shuffle=True, seed=dice.randrange(99))  # type: ignore[attr-defined]  # a Random
    assert crew_of(rows) == crew_of(shuffled)
    assert {m.name for m in crew_of(rows).members} == set(names)


# ---------------------------------------------------------------- people and loads


def test_people_are_found_by_team_role_and_name_however_spelled() -> None:
    crew = crew_of(
        typed_rows(
            "members",
            """
            | member | team           | roles            |
            | 王磊   | 大客户组；直销组 | 客户责任人       |
            | Ａnn   | direct sales, KA | Sales Manager    |
            | 陈静   | 直销组           | 销售经理;客户责任人 |
            | 王磊   | 直销组           |                  |
            """,
        )
    )
    assert [one.name for one in crew.group("直销组")] == ["王磊", "陈静"]
    assert [one.name for one in crew.group("DIRECT SALES")] == ["Ａnn"]
    assert [one.name for one in crew.known_as("销售经理、ann")] == ["Ａnn", "陈静"]
    assert crew.group(None) == crew.known_as("") == ()


def test_where_nobody_has_a_team_everybody_is_of_every_team() -> None:
    alone = crew_of(typed_rows("members", "| member | roles |\n| 王磊 | 销售 |\n| 陈静 | 财务 |"))
    assert [one.name for one in alone.group("直销组")] == ["王磊", "陈静"]
    assert [one.name for one in alone.known_as("销售")] == ["王磊"]
    assert not crew_of(typed_rows("members", "| member |\n|  |")).is_one_team


def test_a_lead_counts_from_the_day_it_was_assigned_else_entered(book: Book) -> None:
    """
    leads
    | lead_id | owner | state     | created_on | assigned_at         |
    | L-1     | 王磊  | FOLLOWING | 2026-11-21 |                     |
    | L-2     | 王磊  | CONVERTED | 2026-11-15 |                     |
    | L-3     | 王 磊 | FOLLOWING | 2026-11-15 |                     |
    | L-4     | 王磊  | INVALID   | 2026-11-14 |                     |
    | L-5     | 王磊  | NURTURE   | 2026-01-10 | 2026-10-23 09:30    |
    | L-6     | 王磊  | NURTURE   | 2026-10-22 |                     |
    | L-7     | 王磊  | NEW       | 2026-11-22 |                     |
    | L-8     | Ann   | NEW       |            |                     |
    | L-9     | ａｎｎ | NEW       | 2026-11-20 |                     |
    | L-0     |       | NEW       | 2026-11-20 |                     |
    """
    loads = workloads(book.rows("leads"), DAY)
    assert loads["王磊"] == Workload(in_hand=4, month=4, week=2, last_on=DAY, last_count=1)
    assert loads["王 磊"] == Workload(1, 1, 1, date(2026, 11, 15), 1)
    assert loads["ann"] == Workload(2, 1, 1, date(2026, 11, 20), 1)
    assert set(loads) == {"王磊", "王 磊", "ann"}


def test_one_person_spelled_in_two_ways_has_the_leads_of_both() -> None:
    one, two = Workload(1, 1, 0, ago(9), 1), Workload(2, 2, 1, ago(2), 1)
    assert one + two == two + one == Workload(3, 3, 1, ago(2), 1)
    assert one + Workload() == one
    assert (two + two).last_count == 2


# ---------------------------------------------------------------- the leads that wait


LEADS = """
    leads
    | lead_id | company | state     | owner | score | created_on | need |
    | L-1     | 甲      | NEW       |       | 80    | 2026-11-02 |      |
    | L-2     | 乙      | QUALIFIED |       | 95    | 2026-11-09 |      |
    |         | 丙      | NEW       |       | 80    | 2026-11-02 | b    |
    |         | 丙      | NEW       |       | 80    | 2026-11-02 | a    |
    | L-5     | 丁      | NURTURE   |       |       | 2026-11-01 |      |
    | L-6     | 戊      | NEW       |       | 80    |            |      |
    | L-7     | 己      | FOLLOWING | 王磊  | 99    | 2026-11-01 |      |
    | L-8     | 庚      | INVALID   |       | 99    | 2026-11-01 |      |
    | L-0     | 辛      | RETURNED  |       | 80    | 2026-11-01 |      |
    """


def served(book: Book) -> list[tuple[str, str | None]]:
    return waiting_leads(book).select("company", "need").rows()


def test_the_best_score_is_served_first_then_the_oldest_then_the_number_then_what_it_says() -> None:
    expected = [
        ("乙", None),
        ("辛", None),
        ("甲", None),
        ("丙", "a"),
        ("丙", "b"),
        ("戊", None),
        ("丁", None),
    ]
    assert served(written_book(LEADS)) == expected


@pytest.mark.parametrize("seed", range(4))
def test_places_and_identities_of_rows_do_not_matter(seed: int) -> None:
    book = written_book(LEADS)
    moved = book.rows("leads").sample(fraction=1, shuffle=True, seed=seed)
    renamed = moved.with_columns(pl.format("v{}x", pl.int_range(pl.len())).alias(UID))
    assert served(book.with_rows("leads", renamed)) == served(book)


def test_customers_are_known_by_link_by_name_and_by_alias_without_legal_form(book: Book) -> None:
    """
    leads
    | lead_id | company              | customer     | state | score |
    | L-1     | 宏拓汽车部件         |              | NEW   | 9     |
    | L-2     | 宏拓                 |              | NEW   | 8     |
    | L-3     | 宏拓二厂             | 宏拓汽车部件有限公司 | NEW   | 7     |
    | L-4     | 无主公司             |              | NEW   | 6     |
    | L-5     | 生人                 |              | NEW   | 5     |
    | L-6     |                      |              | NEW   | 4     |
    | L-7     | 有限公司             |              | NEW   | 3     |
    customers
    | name                 | owner | aliases      |
    | 宏拓汽车部件有限公司 | 王磊  | 宏拓；HT     |
    | 无主公司             |       |              |
    | 有限公司             | 陈静  |              |
    """
    found = waiting_leads(book).select("lead_id", "known_customer", "customer_owner").rows()
    hongtuo = "宏拓汽车部件有限公司"
    assert found[:3] == [(number, hongtuo, "王磊") for number in ("L-1", "L-2", "L-3")]
    assert found[3:] == [(f"L-{n}", None, None) for n in (4, 5, 6, 7)]


def test_times_of_a_run_are_days_not_moments() -> None:
    rows = typed_rows("leads", "| owner | state |\n| A | NEW |").with_columns(
        assigned_at=pl.lit(datetime(2026, 11, 21, 23, 59), pl.Datetime("us"))  # noqa: DTZ001  a workbook's times have no zone
    )
    assert workloads(rows, DAY)["a"].last_on == DAY
