"""What goes together: values of one kind compared and reckoned, words of a list, conditions joined."""

from decimal import Decimal

from ltc_xl.model.money import MONEY
from ltc_xl.rules.guards.errors import GuardError
from ltc_xl.rules.guards.fields import Field
from ltc_xl.rules.guards.marks import folded_marks
from ltc_xl.rules.guards.scanner import Scanner
from ltc_xl.rules.guards.tree import (
    QUOTIENT_PLACES,
    Among,
    Blank,
    Called,
    Column,
    Compare,
    Condition,
    Const,
    Either,
    Every,
    Node,
    Not,
    Order,
    Reckoned,
    Size,
    Sum,
    Value,
)
from ltc_xl.rules.guards.values import date_at

_YES = {"yes": True, "是": True, "true": True, "no": False, "否": False, "false": False}
_MOST_DAYS_DIGITS = 5
_MOST_WORDS = 8
_CONDITIONS = (Compare, Among, Blank, Not, Every, Either)


def compared(order: Order, left: Value, right: Value, at: int) -> Condition:
    """Return a comparison of two values.

    Raises:
        GuardError: they are not of one kind, a word is not in its list, or words were to have an order.
    """
    left, right = _suited(left, right), _suited(right, left)
    if isinstance(left, Const) and isinstance(right, Column):
        left, right, order = right, left, _turned(order)
    _must_be_alike(left, right, at)
    if order not in {"=", "<>"} and left.kind not in {"number", "date"}:
        raise GuardError("no_order", at, order=order, field=_place(left), kind=left.kind)
    if isinstance(left, Column) and isinstance(right, Const) and right.value == "":
        return Blank(left) if order == "=" else Not(Blank(left))
    return Compare(order, left, right)


def field_of(value: Value) -> Field | None:
    """Return the field whose texts or words a value may be compared with unquoted."""
    if isinstance(value, Called) and value.name == "LEFT":
        value = value.parts[0]
    return value.field if isinstance(value, Column) else None


def _turned(order: Order) -> Order:
    turned: dict[Order, Order] = {">=": "<=", "<=": ">=", ">": "<", "<": ">"}
    return turned.get(order, order)


def _suited(value: Value, beside: Value) -> Value:
    """Return a value as the field beside it holds such: a text as its word, its day, or yes and no."""
    if not isinstance(value, Const) or not isinstance(beside, Column):
        return value
    return suited(value, beside.field)


def suited(value: Const, field: Field) -> Const:
    """Return a value as a field holds it.

    Raises:
        GuardError: the field can hold no such value.
    """
    if field.kind in {"word", "text"}:
        return _suited_text(value, field)
    if field.kind == "flag":
        return _suited_flag(value, field)
    if field.kind == "date" and value.kind == "text":
        return _suited_day(value, field)
    if field.kind == "number":
        _must_suit_shares(value, field)
    return value


def _suited_text(value: Const, field: Field) -> Const:
    """Return a text as its list has it; a number may be the name of something, a quoted text always is."""
    text = value.written if value.kind in {"number", "date"} else value.value
    if not isinstance(text, str):
        return value
    if field.words is None:
        return value
    if not text and value.kind == "text":
        return value
    code = field.words.get(text)
    if code is not None:
        return Const(code, field.kind, value.written, value.at)
    near = field.words.near(text)
    listed = field.words.listed
    shown = listed[:_MOST_WORDS] + ["…"] * (len(listed) > _MOST_WORDS)
    told: dict[str, object] = {"found": text, "field": field.place, "words": shown}
    raise (
        GuardError("no_word_near", value.at, **told, near=near)
        if near
        else GuardError("no_word", value.at, **told)
    )


def _suited_flag(value: Const, field: Field) -> Const:
    known = _YES.get(value.written.lower())
    if value.kind == "flag":
        return value
    if known is None:
        raise GuardError("not_yes_no", value.at, found=value.written, field=field.place)
    return Const(known, "flag", value.written, value.at)


def _suited_day(value: Const, field: Field) -> Const:
    scan = Scanner(folded_marks(str(value.value)))
    day = date_at(scan)
    if day is None or not scan.at_end:
        raise GuardError("not_date", value.at, found=value.written, field=field.place)
    return Const(day.value, "date", value.written, value.at)


def _must_suit_shares(value: Const, field: Field) -> None:
    """Raise for 80 beside a field of percentages, which would be 8000 %, and for 80 % beside any other."""
    is_percent = "%" in value.written
    if field.is_share and isinstance(value.value, Decimal) and abs(value.value) > 1 and not is_percent:
        raise GuardError("needs_percent", value.at, found=value.written)
    if is_percent and not field.is_share and _counts_or_costs(field):
        raise GuardError("no_percent", value.at, found=value.written, field=field.place)


def _counts_or_costs(field: Field) -> bool:
    return field.dtype.is_integer() or field.dtype == MONEY


def misfit(found: str, field: Field, at: int) -> GuardError:
    """Return the error that a text is no value of a field."""
    share = "not_share" if field.is_share else "not_number"
    keys = {"number": share, "date": "not_date", "flag": "not_yes_no"}
    return GuardError(keys.get(field.kind, "unlike_kinds"), at, found=found, field=field.place)


def _must_be_alike(left: Value, right: Value, at: int) -> None:
    if left.kind != right.kind:
        if isinstance(left, Column) and isinstance(right, Const) and left.kind in {"number", "date"}:
            raise misfit(right.written, left.field, right.at)
        if isinstance(left, Column) and left.kind == "text":
            raise GuardError("text_field", at, field=left.field.place, kind=right.kind)
        raise GuardError("unlike_kinds", at, left=left.kind, right=right.kind)
    lists = [side.field.words for side in (left, right) if isinstance(side, Column) and side.kind == "word"]
    if len(lists) > 1 and lists[0] != lists[1]:
        raise GuardError("unlike_lists", at)
    if left.kind == "number" and not common(left, right).fits:
        raise GuardError("too_big", at)


def _place(value: Value) -> str:
    return value.field.place if isinstance(value, Column) else ""


def common(*found: Value) -> Size:
    """Return the room in which several numbers stand side by side."""
    return Size(max(one.size.whole for one in found), max(one.size.places for one in found))


def reckoned(sign: Sum, left: Value, right: Value, at: int) -> Value:
    """Return a sum, difference, product or quotient.

    Raises:
        GuardError: one of the two is neither number nor day, or the result needs more than 38 digits.
    """
    kinds = (left.kind, right.kind)
    if kinds == ("date", "date") and sign == "-":
        return Reckoned(sign, left, right, "number", at, Size(7, 0))
    if kinds == ("date", "number") and sign in "+-":
        _must_be_days(right, at)
        return Reckoned(sign, left, right, "date", at)
    if kinds != ("number", "number"):
        wrong = next(kind for kind in (*kinds, "condition") if kind != "number")
        raise GuardError("no_sum", at, sign=sign, kind=wrong)
    size = _size(sign, left, right)
    if not size.fits:
        raise GuardError("too_big", at)
    return Reckoned(sign, left, right, "number", at, size)


def _must_be_days(value: Value, at: int) -> None:
    if not isinstance(value, Const) or value.size.places or value.size.whole > _MOST_DAYS_DIGITS:
        raise GuardError("whole_days", at)


def _size(sign: Sum, left: Value, right: Value) -> Size:
    one, other = left.size, right.size
    if sign == "*":
        return Size(one.whole + other.whole, one.places + other.places)
    if sign == "/":
        return Size(one.whole + other.places, max(QUOTIENT_PLACES, one.places, other.places))
    both = common(left, right)
    return Size(both.whole + 1, both.places)


def is_condition(node: Node) -> bool:
    """Return whether a node is a condition as it stands."""
    return isinstance(node, _CONDITIONS)


def condition(node: Node, at: int) -> Condition:
    """Return a node as a condition; a field of yes and no is one.

    Raises:
        GuardError: it is a number, a day or a text.
    """
    if isinstance(node, _CONDITIONS):
        return node
    if isinstance(node, Column) and node.field.is_yes_no:
        yes: str | bool = True if node.kind == "flag" else "YES"
        return Compare("=", node, Const(yes, node.kind, "yes", at))
    raise GuardError("no_condition", at, kind=node.kind)


def value(node: Node, at: int) -> Value:
    """Return a node as a value.

    Raises:
        GuardError: it is a condition.
    """
    if isinstance(node, _CONDITIONS):
        raise GuardError("no_value", at)
    return node
