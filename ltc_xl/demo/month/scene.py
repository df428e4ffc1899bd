"""A scene of the month: what was done on a day, what the script expects of it, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from ltc_xl.messages import say
from ltc_xl.model.enums import Lang


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene.

    Attributes:
        name: of its words, ``demo.month.<name>``.
        day: on which it happened; ``number`` counts from the day the firm began.
        commands: what a person would type at the console.
        expected: what the script expects; ``seen`` holds the same keys.
        values: what its words name.
    """

    name: str
    day: date
    number: int
    commands: tuple[str, ...]
    expected: Mapping[str, object]
    seen: Mapping[str, object]
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Return whether everything came as the script has it."""
        return dict(self.seen) == dict(self.expected)

    def title(self, lang: Lang) -> str:
        """Return the day and what it was about."""
        title = say(f"demo.month.{self.name}.title", lang)
        return say("demo.lines.day", lang, number=self.number, day=self.day, title=title)

    def told(self, lang: Lang) -> list[str]:
        """Return the scene in two or three lines."""
        return say(f"demo.month.{self.name}.told", lang, **self.values).strip().splitlines()

    def surprises(self, lang: Lang) -> list[str]:
        """Return what came otherwise than the script has it, a line each."""
        names = dict.fromkeys([*self.expected, *self.seen])
        return [
            say("demo.lines.surprise", lang, what=name, expected=str(want), seen=str(got))
            for name in names
            if (want := self.expected.get(name)) != (got := self.seen.get(name))
        ]

    def data(self, lang: Lang) -> dict[str, object]:
        """Return the machine form."""
        return {
            "day": self.day.isoformat(),
            "scene": self.name,
            "title": say(f"demo.month.{self.name}.title", lang),
            "commands": list(self.commands),
            "expected": dict(self.expected),
            "seen": dict(self.seen),
            "ok": self.ok,
        }
