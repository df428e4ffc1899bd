"""Every check, in the order it runs."""

from collections.abc import Callable

from ltc_xl.model.finding import Finding
from ltc_xl.rules.case import Case
from ltc_xl.rules.checks import (
    cells,
    contracts,
    declared,
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

CHECKS: tuple[Callable[[Case], list[Finding]], ...] = (
    cells.check_cells,
    *keys.CHECKS,
    *references.CHECKS,
    *members.CHECKS,
    *rulesets.CHECKS,
    *declared.CHECKS,
    *versions.CHECKS,
    *leads.CHECKS,
    *handover.CHECKS,
    *opportunities.CHECKS,
    *contracts.CHECKS,
    *receivables.CHECKS,
    *receipts.CHECKS,
    *invoices.CHECKS,
)
