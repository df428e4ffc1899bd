"""How strongly operators bind."""

from collections.abc import Mapping

OR, AND, NOT, TEST, SUM, PRODUCT, SIGN = range(10, 80, 10)

POWERS: Mapping[str, int] = {
    "or": OR, "and": AND, "in": TEST, "not in": TEST, "blank": TEST, "filled": TEST,
    **dict.fromkeys(("=", "<>", ">=", "<=", ">", "<"), TEST),
    "+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT,
}  # fmt: skip
