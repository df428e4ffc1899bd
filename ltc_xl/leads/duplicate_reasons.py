"""Why two rows may be one, as a person would put it: 手机相同；公司名相同（恒远科技）；但联系人不同."""

from collections.abc import Iterator, Mapping

from ltc_xl.messages import say, topic
from ltc_xl.model.enums import Lang

_AGREEING = ("mobile", "line", "email", "domain", "contact", "place")
_DIFFERING = ("mobile", "contact", "place", "unit")
_ONE_IS = ("group", "branch", "unit")
_ALONE = {
    "mobile": "mobile_alone",
    "line_other": "line_alone",
    "email": "email_alone",
}
_OWN = {
    **{rule: rule.removesuffix("_alone") for rule in _ALONE.values()},
    "mobile": "mobile",
    "mobile_other": "mobile",
    "line": "line",
    "line_other": "line",
    "email": "email",
    "email_other": "email",
    "domain": "domain",
    "domain_scripts": "domain",
}

Row = Mapping[str, object]


class DuplicateReasons:
    """Says why, in a language; what two have in common comes first."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        rules = topic("duplicates", lang)["rule"]
        self._rules = {key: str(text) for key, text in rules.items()} if isinstance(rules, dict) else {}
        self._same = {code: say(f"duplicates.same.{code}", lang) for code in _AGREEING}
        self._other = {code: say(f"duplicates.other.{code}", lang) for code in _DIFFERING}
        self._one_is = {code: say(f"duplicates.one_is.{code}", lang) for code in _ONE_IS}

    def of(self, pair: Row) -> list[str]:
        """Return the reasons of a pair."""
        return list(dict.fromkeys(self._reasons(pair)))

    def _reasons(self, pair: Row) -> Iterator[str]:
        rule = _rule(pair)
        yield self._rules[rule].format(core=pair.get("core") or "", ratio=f"{pair.get('ratio') or 0:.0f}")
        said = {_OWN.get(rule), "place" if pair.get("band") == "duplicate" else None}
        yield from (self._same[code] for code in _AGREEING if code not in said and _is_same(pair, code))
        yield from (self._other[code] for code in _DIFFERING if pair.get(f"other.{code}"))
        yield from (self._one_is[code] for code in _ONE_IS if pair.get(f"one_is_{code}"))

    def text(self, pair: Row) -> str:
        """Return them as one text."""
        return say("duplicates.between", self.lang).join(self.of(pair))


def _rule(pair: Row) -> str:
    """Return why; a switchboard's number is nobody's mobile, names in two scripts are not alike."""
    rule = str(pair["rule"])
    if pair.get("line"):
        rule = rule.replace("mobile", "line")
    if pair.get("nameless") and rule in _ALONE:
        return _ALONE[rule]
    return "domain_scripts" if rule == "domain" and pair.get("two_scripts") else rule


def _is_same(pair: Row, code: str) -> bool:
    """Return whether both say the same; a number is a mobile or a switchboard's."""
    if code in {"mobile", "line"}:
        return bool(pair.get("same.mobile")) and bool(pair.get("line")) == (code == "line")
    return bool(pair.get(f"same.{code}"))
