"""A small firm whose papers are the samples: every kind of line that an ageing paper must tell apart."""

from dataclasses import replace
from datetime import date

from conftest import written_book

from ltc_xl.model.book import Book
from ltc_xl.model.enums import Lang
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rules import bind_rulebook

DAY = date(2026, 4, 30)
_NAMES = {
    "zh": ("恒立汽配", "市第一医院", "苏杭食品", "总包甲", "官网", "工博会", "陈晓", "王磊"),
    "en": (
        "Hengli Parts",
        "City Hospital",
        "Suhang Foods",
        "Contractor A",
        "Website",
        "Fair",
        "Chen",
        "Wang",
    ),
}
_FIRM = {"zh": "苏州衡远能控科技（虚构）", "en": "Hengyuan Energy Control (invented)"}
_TABLES = """
    lines
    | line_id | customer | contract_no | item       | amount     | triggered_on | days | disputed_amount |
    | RC-01   | {0}      | HY-01       | PREPAY     | 126,000.00 | 2025-03-03   | 30   |                 |
    | RC-02   | {0}      | HY-01       | DELIVERY   | 168,000.00 | 2025-09-01   | 30   | 20,000.00       |
    | RC-03   | {0}      | HY-01       | ACCEPTANCE | 105,000.00 | 2026-01-05   | 30   |                 |
    | RC-04   | {0}      | HY-01       | RETENTION  | 21,000.00  | 2026-01-05   | 365  |                 |
    | RC-05   | {1}      | HY-02       | DELIVERY   | 86,000.00  | 2026-02-02   | 30   |                 |
    | RC-06   | {1}      | HY-02       | ACCEPTANCE | 55,000.50  | 2026-03-02   | 30   |                 |
    | RC-07   | {2}      | HY-03       | MONTHLY    | 42,000.00  | 2026-04-20   | 60   |                 |
    | RC-08   | {2}      | HY-03       | MONTHLY    | 42,000.00  | 2026-03-20   | 30   |                 |
    | RC-09   | {3}      | HY-04       | PROGRESS   | 310,000.00 |              | 30   |                 |
    customers
    | name | owner |
    | {0}  | {6}   |
    | {1}  | {7}   |
    | {2}  | {7}   |
    | {3}  | {6}   |
    receipts
    | receipt_id | on         | amount     | customer |
    | P-01       | 2025-04-10 | 126,000.00 | {0}      |
    | P-02       | 2026-04-08 | 40,000.00  | {1}      |
    | P-03       | 2026-04-15 | 42,000.00  | {2}      |
    allocations
    | receipt | line  | amount     | effective_on |
    | P-01    | RC-01 | 126,000.00 | 2025-04-10   |
    | P-02    | RC-05 | 40,000.00  | 2026-04-08   |
    adjustments
    | line  | kind    | amount   | effective_on |
    | RC-05 | QUALITY | 3,200.00 | 2026-04-08   |
    invoices
    | invoice_no | issued_on  | line  | gross      |
    | F-01       | 2025-03-03 | RC-01 | 126,000.00 |
    | F-02       | 2025-09-10 | RC-02 | 168,000.00 |
    | F-05       | 2026-02-05 | RC-05 | 86,000.00  |
    leads
    | lead_id | channel | state     | owner | created_on |
    | L-1     | {4}     | CONVERTED | {6}   | 2026-01-05 |
    | L-2     | {4}     | FOLLOWING | {6}   | 2026-02-05 |
    | L-3     | {5}     | CONVERTED | {7}   | 2026-02-09 |
    | L-4     | {5}     | NEW       | {7}   | 2026-04-01 |
    | L-5     | {5}     | INVALID   | {7}   | 2026-04-02 |
    opportunities
    | opp_id | customer | stage       | amount     | list_price | owner | lead | created_on | stage_since | expected_close | closed_on  | currency |
    | O-1    | {0}      | WON         | 210,000.00 |            | {6}   | L-1  | 2026-01-08 | 2026-03-10  | 2026-03-15     | 2026-03-10 |          |
    | O-2    | {0}      | NEGOTIATING | 86,000.00  |            | {6}   | L-2  | 2026-02-10 | 2026-03-01  | 2026-04-20     |            |          |
    | O-3    | {1}      | LOST        | 38,000.00  |            | {7}   | L-3  | 2026-02-12 | 2026-04-01  | 2026-05-20     | 2026-04-01 |          |
    | O-4    | {2}      | APPROVED    |            | 280,000.00 | {7}   | L-4  | 2026-04-02 | 2026-04-10  | 2026-06-30     |            |          |
    | O-5    | {3}      | PROPOSAL    | 30,000.00  |            | {7}   |      | 2026-04-03 | 2026-04-15  | 2026-05-15     |            | USD      |
    contacts
    | customer | name | role    | mobile      |
    | {1}      | {7}  | FINANCE | 13900000001 |
"""  # noqa: E501  a table as people read it


def firm(lang: Lang) -> Book:
    """Return the firm's book, its names in the language of the reader."""
    return written_book(_TABLES.format(*_NAMES[lang]), lang)


def rulebook(lang: Lang) -> Rulebook:
    """Return the shipped rules with the firm's name."""
    usual = bind_rulebook(firm(lang))
    return replace(usual, settings={**usual.settings, "company": _FIRM[lang]})
