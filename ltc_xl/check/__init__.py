"""Check: every problem of a book at once, worded, placed and written to its Problems sheet."""

from ltc_xl.check.problems import SHEET_LIMIT
from ltc_xl.check.rule_tests import try_rules
from ltc_xl.check.rules import check_rules
from ltc_xl.check.service import check

__all__ = ["SHEET_LIMIT", "check", "check_rules", "try_rules"]
