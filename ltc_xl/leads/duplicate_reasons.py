"""Why two rows may be one, as a person would put it: 手机相同；公司名相同（恒远科技）；但联系人不同."""

from collections.abc import Iterator, Mapping

from ltc_xl.messages import say, topic
from ltc_xl.model.enums import Lang

_AGREEING = ("mobile", "email", "domain", "contact", "place")
_DIFFERING = ("mobile", "contact", "place")
_OWN = {
    "mobile": "mobile",
    "mobile_other": "mobile",
    "email": "email",
    "email_other": "email",
    "domain": "domain",
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

    def of(self, pair: Row) -> list[str]:
        """Return the reasons of a pair."""
        return list(dict.fromkeys(self._reasons(pair)))

    def _reasons(self, pair: Row) -> Iterator[str]:
        rule = str(pair["rule"])
        yield self._rules[rule].format(core=pair.get("core") or "", ratio=f"{pair.get('ratio') or 0:.0f}")
        said = {_OWN.get(rule), "place" if pair.get("band") == "duplicate" else None}
        yield from (self._same[code] for code in _AGREEING if code not in said and pair.get(f"same.{code}"))
        yield from (self._other[code] for code in _DIFFERING if pair.get(f"other.{code}"))

    def text(self, pair: Row) -> str:
        """Return them as one text."""
        return say("duplicates.between", self.lang).join(self.of(pair))
