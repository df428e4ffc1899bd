"""Every check, in the order it runs."""

from collections.abc import Callable

from ltc_xl.model.finding import Finding
from ltc_xl.rules.case import Case
from ltc_xl.rules.checks import (
    contracts,
    handover,
    invoices,
    keys,
    leads,
    members,
    opportunities,
    receipts,
    receivables,
    references,
    rulesets,
    versions,
)
from ltc_xl.rules.schema import check_cells

CHECKS: tuple[Callable[[Case], list[Finding]], ...] = (
    check_cells,
    *keys.CHECKS,
    *references.CHECKS,
    *members.CHECKS,
    *rulesets.CHECKS,
    *versions.CHECKS,
    *leads.CHECKS,
    *handover.CHECKS,
    *opportunities.CHECKS,
    *contracts.CHECKS,
    *receivables.CHECKS,
    *receipts.CHECKS,
    *invoices.CHECKS,
)
