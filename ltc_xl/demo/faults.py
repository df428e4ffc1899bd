"""The planted faults: what goes wrong in such a firm, each with the code and the cell a check must find.

Most are rows and values; a few only a workbook can hold (an error cell, a number where a code belongs) and
are typed into its cells after it was built.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from ltc_xl.demo.garden import Garden, cell_of
from ltc_xl.model.enums import Lang
from ltc_xl.model.ids import business_number, stable_uids
from ltc_xl.model.tables import UID
from ltc_xl.workbook.edits import Formula

Frames = Mapping[str, pl.DataFrame]

ORPHANED_LEADS = 23
_HALF_A_MILLION = Decimal(500_000)
_OPEN_FOLLOWED = pl.col("state") == "FOLLOWING"


# ---------------------------------------------------------------- leads


def _same_lead_from_fair_and_search(garden: Garden) -> None:
    channels = [garden.word("channels", key) for key in ("fair", "baidu_sem")]
    from_fair = garden.row(
        "leads", _OPEN_FOLLOWED, pl.col("company").is_not_null(), pl.col("channel") == channels[0]
    )
    later = pl.col("created_on") > from_fair["created_on"]
    from_search = garden.row(
        "leads", pl.col("state").is_in(["NURTURE", "FOLLOWING"]), pl.col("channel") == channels[1], later
    )
    same = ("company", "contact", "mobile", "city", "region", "industry", "need", "product")
    garden.set("leads", from_search, **{code: from_fair[code] for code in same})
    garden.expect("fair_and_search", "L-05", cell_of("leads", from_search, "company"))


def _salesperson_gone(garden: Garden) -> None:
    gone = garden.row("members", pl.col("left_on").is_not_null())
    for _ in range(ORPHANED_LEADS):
        lead = garden.row("leads", _OPEN_FOLLOWED)
        garden.set("leads", lead, owner=gone["member"])
        garden.expect("salesperson_gone", "L-03", cell_of("leads", lead, "owner"))


def _budget_in_ten_thousands(garden: Garden) -> None:
    lead = garden.row("leads", pl.col("budget") == _HALF_A_MILLION, pl.col("state") != "CONVERTED")
    garden.set("leads", lead, budget=Decimal(50))
    garden.expect("budget_50", "L-04", cell_of("leads", lead, "budget"))


# ---------------------------------------------------------------- contracts


def _retention_forgotten(garden: Garden) -> None:
    contract = garden.note("baoli_cabinets", "retention_note")
    garden.set("contracts", contract, warranty_months=12)
    line = garden.row(
        "lines", pl.col("contract_no") == contract["contract_no"], pl.col("item") == "RETENTION"
    )
    garden.expect("retention_forgotten", "RC-11", cell_of("lines", line, "triggered_on"))


def _promised_orally(garden: Garden) -> None:
    written = garden.word("handovers", "written")
    item = garden.row("handovers", pl.col("item") == written)
    garden.set("handovers", item, item=garden.word("handovers", "oral"), in_contract="NO")
    garden.note("hengsi_retrofit", "oral_note")
    garden.expect("oral_promise", "C-11", cell_of("handovers", item, "in_contract"))


def _deposit_kept(garden: Garden) -> None:
    deposit = garden.row("deposits", pl.col("payee") == garden.customer("tcm_hospital"))
    garden.set("deposits", deposit, returned_on=None, note=garden.word("stories", "deposit_note"))
    garden.expect("deposit_kept", "C-12", cell_of("deposits", deposit, "returned_on"))


def _lines_do_not_add_up(garden: Garden) -> None:
    contract = garden.contract("yunlu_warehouse")
    garden.set("contracts", contract, gross=Decimal(138_600))
    garden.expect("lines_do_not_add_up", "C-01", cell_of("contracts", contract, "gross"))


# ---------------------------------------------------------------- money


def _group_pays_for_a_branch(garden: Garden) -> None:
    receipt = garden.row("receipts", pl.col("customer") == garden.customer("group_suzhou"), last=True)
    garden.set("receipts", receipt, payer=garden.customer("group"), note=garden.word("stories", "group_note"))
    garden.expect("group_pays", "P-04", cell_of("receipts", receipt, "payer"))


def _owner_pays_privately(garden: Garden) -> None:
    receipt = garden.row("receipts", pl.col("customer") == garden.customer("jinsuo"), last=True)
    payer, note = garden.word("stories", "private_payer"), garden.word("stories", "private_note")
    garden.set("receipts", receipt, payer=payer, note=note)
    garden.expect(
        "owner_pays", "P-05" if garden.lang == "zh" else "P-03", cell_of("receipts", receipt, "payer")
    )


def _paid_twice_in_a_week(garden: Garden) -> None:
    receipts = garden.frames["receipts"]
    first = garden.row("receipts", pl.col("customer") == garden.customer("luming"))
    number = business_number("P", "SZ", receipts.height + 1)
    again = {
        "receipt_id": number,
        "on": first["on"] + timedelta(days=4),  # type: ignore[operator]  # a receipt has its day
        "bank_ref": None,
        "note": garden.word("stories", "twice_again_note"),
        "match_why": None,
        UID: stable_uids("demo", "receipts", receipts.height + 1)[-1],
    }
    row = pl.DataFrame([{**first, **again}], schema=receipts.schema)
    garden.frames["receipts"] = pl.concat([receipts, row])
    garden.expect("paid_twice", "P-09", cell_of("receipts", row.row(0, named=True), "amount"))


def _bill_dishonoured(garden: Garden) -> None:
    bill = garden.row("bills", pl.col("kind") == "BILL_COMMERCIAL")
    garden.set("bills", bill, status="DISHONOURED")
    garden.note("fangda_cabinets", "dishonour_note")
    garden.expect("bill_dishonoured", "P-11", cell_of("bills", bill, "receipt"))


# ---------------------------------------------------------------- what only a workbook can hold


def _tax_number_as_number(garden: Garden) -> None:
    customer = garden.row("customers", pl.col("uscc").str.contains(r"^\d{18}$"))
    as_excel_keeps_it = int(str(customer["uscc"])[:15]) * 1000
    garden.type("tax_number", "V-05", cell_of("customers", customer, "uscc"), as_excel_keeps_it)


def _error_cell(garden: Garden) -> None:
    contract = garden.contract("lantian_boilers")
    value = Formula("#REF!+90", "#REF!")
    garden.type("error_cell", "V-01", cell_of("contracts", contract, "planned_delivery"), value)


def _formula_without_value(garden: Garden) -> None:
    opp = garden.row("opportunities", pl.col("stage") == "PROPOSAL")
    cost = Formula(f"{opp['amount']:f}*0.62")
    garden.type("no_cached_value", "V-02", cell_of("opportunities", opp, "cost_est"), cost)


def _amount_in_words(garden: Garden) -> None:
    opp = garden.row("opportunities", pl.col("stage") == "VALIDATING", pl.col("amount").is_null())
    text = "约12万" if garden.lang == "zh" else "about 12k"
    garden.type("about_twelve", "V-03", cell_of("opportunities", opp, "amount"), text)


def _day_that_cannot_be(garden: Garden) -> None:
    lead = garden.row("leads", pl.col("state") == "NURTURE")
    garden.type("no_such_day", "V-04", cell_of("leads", lead, "next_on"), f"{garden.as_of.year + 1}-02-30")


def _word_not_in_the_list(garden: Garden) -> None:
    lead = garden.row("leads", pl.col("state") == "NURTURE", pl.col("timeline").is_not_null())
    text = "等老板回来" if garden.lang == "zh" else "when the boss is back"
    garden.type("unlisted_word", "V-06", cell_of("leads", lead, "timeline"), text)


def _mobile_too_short(garden: Garden) -> None:
    lead = garden.row("leads", pl.col("state") == "NURTURE")
    garden.set("leads", lead, mobile=str(lead["mobile"])[:-1])
    garden.expect("short_mobile", "V-14", cell_of("leads", lead, "mobile"))


def _misspelt_customer(garden: Garden) -> None:
    opp = garden.row("opportunities", pl.col("stage") == "NEGOTIATING")
    name = str(opp["customer"])
    garden.set("opportunities", opp, customer=name[:4] + name[5:])
    garden.expect("misspelt_customer", "K-06", cell_of("opportunities", opp, "customer"))


FAULTS: tuple[Callable[[Garden], None], ...] = (
    _group_pays_for_a_branch,
    _owner_pays_privately,
    _paid_twice_in_a_week,
    _retention_forgotten,
    _bill_dishonoured,
    _same_lead_from_fair_and_search,
    _salesperson_gone,
    _promised_orally,
    _deposit_kept,
    _budget_in_ten_thousands,
    _tax_number_as_number,
    _lines_do_not_add_up,
    _error_cell,
    _formula_without_value,
    _amount_in_words,
    _day_that_cannot_be,
    _word_not_in_the_list,
    _mobile_too_short,
    _misspelt_customer,
)

STORIES = ("back_to_back", "after_audit", "quality_deduction", "wrong_title", "rounding", "partial_dispute")
"""What such a firm lives with and has booked rightly: in the data, and no fault of the data."""


def plant(frames: Frames, as_of: date, lang: Lang) -> Garden:
    """Return the frames with every fault planted, what must be found, and what is typed over cells."""
    garden = Garden(dict(frames), as_of, lang)
    for fault in FAULTS:
        fault(garden)
    return garden
