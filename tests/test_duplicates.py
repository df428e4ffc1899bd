"""Duplicates: what names are made of, and what makes two entries one, maybe one, or two."""

import polars as pl
import pytest
from conftest import written_book

from ltc_xl.rules.duplicates.evidence import suspicions
from ltc_xl.rules.duplicates.names import with_names
from ltc_xl.rules.duplicates.parties import parties

FIRST = ("苏州恒远电子科技有限公司", "陈敏", "13812345678", "chen@hengyuan.cn", None)


def told(*leads: tuple[str | None, ...]) -> list[tuple[str, str]]:
    """Return rule and band of the pairs among leads of company, contact, mobile, e-mail and city."""
    lines = [" | ".join(value or "" for value in lead) for lead in leads]
    table = "\n".join(f"| L-{n} | {line} | NEW |" for n, line in enumerate(lines))
    book = written_book(f"leads\n| lead_id | company | contact | mobile | email | city | state |\n{table}")
    return suspicions(parties(book)).pairs.select("rule", "band").rows()


def parted(*names: str) -> list[tuple[str, str | None]]:
    rows = pl.DataFrame({"n": range(len(names)), "name": names, "city": [None] * len(names)})
    return with_names(rows.cast({"city": pl.String})).sort("n").select("core", "place").rows()


def test_place_and_legal_form_are_no_part_of_the_core_wherever_they_stand() -> None:
    assert set(
        parted(
            "苏州恒远电子科技有限公司",
            "恒远（苏州）电子科技有限公司",
            "江苏省苏州市恒远电子科技股份有限公司",
            "（昆山） 恒远 电子科技",
            "ＳＵＺＨＯＵ",
        )
    ) == {("恒远电子科技", "苏州"), ("suzhou", None)}


def test_a_name_that_is_all_place_or_legal_form_keeps_it() -> None:
    assert parted("上海公司", "Group Ltd") == [("上海", "上海"), ("group", None)]


def test_english_names_lose_article_marks_and_legal_form() -> None:
    assert parted("The ACME-Tech Co., Ltd.", "Acme Tech GmbH") == [("acme tech", None)] * 2


@pytest.mark.parametrize(
    ("second", "rule"),
    [
        (("苏州恒远电子科技有限公司", "李强", "13900000001", None, None), "full"),
        (("恒远电子科技", "陈敏", "+86 138-1234-5678", None, None), "mobile"),
        ((None, "陈敏", "138 1234 5678", None, None), "mobile"),
        (("恒远电子", "李强", None, "CHEN@hengyuan.cn", None), "email"),
        (("苏州恒源电子科技有限公司", "李强", None, "chen@hengyuan.cn", None), "email"),
    ],
)
def test_what_belongs_to_one_alone_decides(second: tuple[str | None, ...], rule: str) -> None:
    assert told(FIRST, second) == [(rule, "duplicate")]


@pytest.mark.parametrize(
    ("second", "rule"),
    [
        (("恒远（苏州）电子科技有限公司", "李强", "13900000001", None, None), "core"),
        (("恒远电子科技", "李强", "13900000001", None, "苏州"), "core"),
        (("苏州衡源电子科技有限公司", "李强", "13900000001", None, None), "sound"),
        (("苏州恒达电子科技有限公司", "陈敏", None, None, None), "near"),
        (("苏州恒远科技有限公司", None, None, "li@hengyuan.cn", None), "domain"),
        (("上海远望贸易有限公司", "陈敏", "13812345678", None, None), "mobile_other"),
    ],
)
def test_names_that_are_alike_and_numbers_with_another_name_propose(
    second: tuple[str | None, ...], rule: str
) -> None:
    assert told(FIRST, second) == [(rule, "suspect")]


@pytest.mark.parametrize(
    "second",
    [
        ("无锡恒远电子科技有限公司", "李强", "13900000001", None, None),
        ("恒远电子科技有限公司", "李强", "13900000001", None, "南京"),
        ("苏州恒达电子科技有限公司", "李强", "13900000001", None, None),
        ("苏州恒远电子科技有限公司无锡分公司", "李强", "13900000001", None, None),
        ("苏州恒科技", "李强", "13900000001", "li@qq.com", None),
    ],
)
def test_another_city_another_branch_and_a_likeness_alone_are_nothing(second: tuple[str | None, ...]) -> None:
    assert told(FIRST, second) == []


def test_two_registered_numbers_are_two_firms_whatever_they_are_called() -> None:
    book = written_book(
        """
        leads
        | lead_id | company  | uscc               | mobile      | state |
        | L-1     | 恒远科技 | 91110000600037341L | 13812345678 | NEW   |
        | L-2     | 恒远科技 | 11320000MB151840XJ | 13812345678 | NEW   |
        | L-3     | 衡达     | 91110000600037341l |             | NEW   |
        """
    )
    assert suspicions(parties(book)).pairs.select("a", "b", "rule").rows() == [(0, 2, "uscc")]


def test_two_without_a_company_are_alike_in_nothing_but_their_numbers() -> None:
    assert told((None, "陈敏", "13812345678", None, "苏州"), (None, "陈敏", None, None, "苏州")) == []
    assert told((None, "陈敏", None, "a@b.cn", None), (None, "陈敏", None, "A@b.cn", None)) == [
        ("email", "duplicate")
    ]


def test_a_free_mailer_is_no_domain_that_two_share() -> None:
    assert (
        told(("甲乙丙丁贸易", None, None, "a@qq.com", None), ("甲乙丙戊贸易", None, None, "b@qq.com", None))
        == []
    )


def test_a_name_without_a_city_is_where_its_telephone_is() -> None:
    """恒远 is in 苏州 and in 无锡; an entry without a city has the number of the one in 苏州."""
    pairs = told(
        FIRST,
        ("恒远电子科技有限公司", None, "13812345678", None, None),
        ("无锡恒远电子科技有限公司", "李强", "13900000001", None, None),
    )
    assert pairs == [("mobile", "duplicate")]


def test_customers_are_known_by_their_aliases_and_their_people() -> None:
    book = written_book(
        """
        leads
        | lead_id | company | mobile      | state | city |
        | L-1     | 恒能    |             | NEW   | 苏州 |
        | L-2     |         | 13812345678 | NEW   |      |
        customers
        | name                 | aliases   | city |
        | 苏州恒远科技有限公司 | 恒能；HY  | 苏州 |
        contacts
        | customer             | name | mobile        |
        | 苏州恒远科技有限公司 | 陈敏 | 138-1234-5678 |
        """
    )
    known = parties(book)
    pairs = suspicions(known).pairs
    met = [(known["name"][a], known["kind"][b], rule) for a, b, rule in pairs.select("a", "b", "rule").rows()]
    assert met == [("恒能", "customers", "full"), (None, "contacts", "mobile")]


def test_a_number_that_hundreds_share_still_finds_the_first() -> None:
    many = [(f"恒远电子科技{n}号店", None, "13812345678", None, None) for n in range(80)]
    assert len(told(*many)) >= len(many) - 1


def test_a_city_that_is_a_brand_and_a_brand_that_begins_like_a_city_are_no_places() -> None:
    assert parted(
        "东方雨虹股份有限公司", "东方市雨虹有限公司", "杭州海东金机械", "金山软件", "苏州电子有限公司"
    ) == [
        ("东方雨虹", None),
        ("雨虹", "东方"),
        ("海东金机械", "杭州"),
        ("金山软件", None),
        ("苏州电子", "苏州"),
    ]


@pytest.mark.parametrize(
    ("city", "told_of"), [("高新区", 1), ("江苏", 1), ("Suzhou", 1), ("浙江", 0), ("Shanghai", 0)]
)
def test_a_district_is_no_city_and_another_province_speaks_against(city: str, told_of: int) -> None:
    assert len(told(FIRST, ("恒远电子科技有限公司", "陈敏", None, None, city))) == told_of


def test_a_letter_that_differs_is_no_evidence_where_many_names_differ_by_it() -> None:
    """Forty firms 恒?达电子 in each of five cities: none is another's typing error; a lone pair may be."""
    letters = "远信瑞盛泰金鑫联创智云新东海正德宏腾飞龙凯嘉美康博睿凌锐晨星元航亿科通天中华成安"
    cities = ("苏州", "无锡", "南京", "杭州", "宁波")
    many = [
        (f"{city}恒{letter}达电子有限公司", f"员工{city}{letter}", f"138{n:08d}", None, None)
        for n, (city, letter) in enumerate((city, letter) for city in cities for letter in letters)
    ]
    assert told(*many) == []
    lone = [("苏州恒远达电子有限公司", None, None, None, None), ("苏州恒元达电子", None, None, None, None)]
    assert told(*lone) == [("sound", "suspect")]
    typed = [
        ("苏州恒远达能电子有限公司", None, None, None, None),
        ("苏州恒远迖能电子", None, None, None, None),
    ]
    assert told(*typed)[0][1] == "suspect"
