"""The language of rules in cells: text to one typed tree, and from it to frames and rows."""

from ltc_xl.rules.guards.cells import cell_values
from ltc_xl.rules.guards.errors import GuardError
from ltc_xl.rules.guards.fields import Field, Fields, field_of, fields_of
from ltc_xl.rules.guards.guard import Guard, Verdict, cell_test, guard
from ltc_xl.rules.guards.lexicon import Lexicon, lexicon
from ltc_xl.rules.guards.names import Names, names_of

__all__ = [
    "Field",
    "Fields",
    "Guard",
    "GuardError",
    "Lexicon",
    "Names",
    "Verdict",
    "cell_test",
    "cell_values",
    "field_of",
    "fields_of",
    "guard",
    "lexicon",
    "names_of",
]
