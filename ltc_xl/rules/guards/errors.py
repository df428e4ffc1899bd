"""What is wrong with the text of a rule. Its words live in ``messages`` (topic ``guards``)."""

from collections.abc import Mapping

_FINDINGS: Mapping[str, str] = {
    "unlike_kinds": "R-03", "no_order": "R-03", "no_range": "R-03", "not_number": "R-03", "not_date": "R-03",
    "not_yes_no": "R-03", "no_sum": "R-03", "no_condition": "R-03", "needs_percent": "R-03",
    "too_big": "R-03", "unlike_lists": "R-03", "not_whole": "R-03", "no_days": "R-03", "numerals": "R-03",
    "day_for_number": "R-03", "said_blank": "R-03", "quoted_number": "R-03", "no_percent": "R-03",
    "long_number": "R-03", "unlike_results": "R-03", "text_field": "R-03", "not_share": "R-03",
    "blank_order": "R-03", "joined_words": "R-04",
    "no_word": "R-04", "no_word_near": "R-04", "reversed": "R-05", "empty_range": "R-05",
}  # fmt: skip


class GuardError(Exception):
    """A rule's text that cannot be taken as it stands.

    Attributes:
        key: name of its sentence.
        position: the character it is about, from 1.
        values: what fills the sentence.
    """

    def __init__(self, key: str, position: int, **values: object) -> None:
        super().__init__(f"{key} at {position}: {values}")
        self.key = key
        self.position = position
        self.values = values

    @property
    def finding(self) -> str:
        """Return the code of the finding that reports it: R-02 where the text cannot be read at all."""
        return _FINDINGS.get(self.key, "R-02")

    @property
    def problem(self) -> dict[str, object]:
        """Return it as the value of a finding."""
        return {"key": self.key, "position": self.position, **self.values}
