"""What is told of the rows of a chain, table by table, and what each hangs below."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from ltc_xl.model.links import Target, link_of


@dataclass(frozen=True)
class Shape:
    """What is told of a table's rows: day, amount, owner, state, and what else stands there.

    ``below`` says where a row hangs, as links do: the first row there is whose column holds what ours does.
    """

    day: str = ""
    amount: str = ""
    owner: str = ""
    state: str = ""
    told: str = ""
    below: str = ""

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """Return the columns that are told besides."""
        return tuple(self.told.split())

    @cached_property
    def parents(self) -> tuple[Target, ...]:
        """Return where a row hangs."""
        return link_of(" ".join(self.below.split())).targets if self.below else ()


SHAPES: Mapping[str, Shape] = {
    "customers": Shape(owner="owner", told="kind city overdue_amount"),
    "leads": Shape(
        day="created_on",
        amount="budget",
        owner="owner",
        state="state",
        told="""channel campaign need grade assigned_at assign_why accepted_at return_count returned_from
        reason touched_on next_step next_on""",
        below="leads.lead_id = merged_into, customers.name = customer",
    ),
    "touches": Shape(day="on", told="channel campaign content", below="leads.lead_id = lead"),
    "activities": Shape(
        day="on",
        owner="member",
        told="kind summary",
        below="""opportunities.opp_id = object_id, leads.lead_id = object_id, opportunities._uid = object_id,
        leads._uid = object_id""",
    ),
    "opportunities": Shape(
        day="created_on",
        amount="amount",
        owner="owner",
        state="stage",
        told="""customer product ati_result ati_on ati_by stage_since expected_close closed_on lost_reason
        next_step next_on""",
        below="leads.lead_id = lead, customers.name = customer",
    ),
    "reviews": Shape(
        day="decided_on",
        amount="reviewed_amount",
        owner="decided_by",
        state="decision",
        told="gate round packet_on valid_until",
        below="opportunities.opp_id = object_id, contracts.contract_no = object_id",
    ),
    "contracts": Shape(
        day="signed_on",
        amount="gross",
        owner="owner",
        state="state",
        told="customer kind terms fr delivered_on accepted_on",
        below="""contracts.contract_no = frame_no, opportunities.opp_id = opportunity,
        opportunities.contract_no = contract_no, customers.name = customer""",
    ),
    "lines": Shape(
        day="due_on",
        amount="amount",
        owner="owner",
        told="item trigger triggered_on promised_on disputed_amount dun_level",
        below="contracts.contract_no = contract_no, customers.name = customer",
    ),
    "invoices": Shape(
        day="issued_on",
        amount="gross",
        told="kind red_of",
        below="lines.line_id = line, lines.invoice_no = invoice_no, contracts.contract_no = contract_no",
    ),
    "allocations": Shape(
        day="effective_on", amount="amount", told="receipt payer method why", below="lines.line_id = line"
    ),
    "adjustments": Shape(
        day="effective_on",
        amount="amount",
        owner="approved_by",
        told="kind note",
        below="lines.line_id = line",
    ),
    "receipts": Shape(
        day="on",
        amount="amount",
        told="payer method allocated",
        below="contracts.contract_no = contract_no, customers.name = customer",
    ),
}
"""In the order in which the children of one row stand."""

OF_RECEIPT = ("payer", "method")
"""What an allocation tells of its receipt."""
