"""What marketing has written down: points of a lead, and the track of those who only want to read."""

from ltc_xl.demo.people import Staff
from ltc_xl.demo.telling import Row, Telling

_SCORING = ("no", "channel", "budget", "touch_count", "points", "group", "reason")


def scoring(told: Telling) -> list[Row]:
    """Return the rows of the lead score."""
    return [dict(zip(_SCORING, row, strict=True)) for row in told.words["scoring"]["rows"]]


def nurture_tracks(told: Telling, people: Staff) -> list[Row]:
    """Return the steps of the firm's one nurture track."""
    track = told.words["nurturing"]
    return [
        {
            "track": track["track"],
            "tag": track["tag"],
            "day": int(day),
            "content": content,
            "kind": kind,
            "owner": people.of("marketing", 0),
            "verdict": "GOOD",
        }
        for day, kind, content in track["steps"]
    ]
