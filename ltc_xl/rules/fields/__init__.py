"""What the firm asks of its columns on the sheet 字段, read, held to the model, and ready to be checked."""

from ltc_xl.rules.fields.demand import FIELDS, Demand, FieldRules
from ltc_xl.rules.fields.sheet import field_rules

__all__ = ["FIELDS", "Demand", "FieldRules", "field_rules"]
