"""The rules: frames in, findings and computed columns out. They know the model alone."""

from ltc_xl.rules.derived import derived
from ltc_xl.rules.rulebook import bind_rulebook

__all__ = ["bind_rulebook", "derived"]
