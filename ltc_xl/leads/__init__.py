"""Leads: graded by the firm's rules, and given to those who can take them."""

from ltc_xl.leads.assigning import assign
from ltc_xl.leads.converting import convert
from ltc_xl.leads.grades import grade

__all__ = ["assign", "convert", "grade"]
