"""Leads: cleaned, graded and nurtured by the firm's rules, and given to those who can take them."""

from ltc_xl.leads.accepting import accept
from ltc_xl.leads.assigning import assign
from ltc_xl.leads.cleaning import clean
from ltc_xl.leads.converting import convert
from ltc_xl.leads.day import has_rules, proposing, run, steps
from ltc_xl.leads.deduping import dedupe
from ltc_xl.leads.grades import grade
from ltc_xl.leads.nurturing import nurture
from ltc_xl.leads.recycling import recycle
from ltc_xl.leads.returning import give_back
from ltc_xl.leads.unmerging import unmerge

__all__ = [
    "accept",
    "assign",
    "clean",
    "convert",
    "dedupe",
    "give_back",
    "grade",
    "has_rules",
    "nurture",
    "proposing",
    "recycle",
    "run",
    "steps",
    "unmerge",
]
