"""Who works at the firm, what it sells, where leads come from: members, products, channels, settings."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from ltc_xl.demo.telling import Row, Telling, facts, words
from ltc_xl.model.defaults import settings_rows
from ltc_xl.model.ids import stable_uids
from ltc_xl.model.tables import UID

_KEY_TRADES = {"park", "hospital", "contractor"}
_TEAM_OF_TRADE = {"integrator": "partners"} | dict.fromkeys(_KEY_TRADES, "key_accounts")


@dataclass(frozen=True)
class Staff:
    """Members by team, in the order they joined; the one who left stands apart."""

    teams: Mapping[str, list[str]]
    rows: list[Row]
    gone: str

    def of(self, team: str, place: int) -> str:
        """Return a member of a team, in turn."""
        members = self.teams[team]
        return members[place % len(members)]

    def team_of(self, member: str) -> str:
        """Return the name of a member's team."""
        return str(next(row["team"] for row in self.rows if row["member"] == member))

    def owner(self, trade: str, city: str, place: int) -> str:
        """Return who looks after a customer of a trade in a city."""
        region = str(facts()["cities"][city]["region"])
        return self.of(_TEAM_OF_TRADE.get(trade, region), place)


def staff(told: Telling) -> Staff:
    """Return the 38 people of the firm, and the salesperson who left."""
    names = list(told.words["firm"]["members"])
    logins = list(words("en")["firm"]["members"])
    teams: dict[str, list[str]] = {}
    rows: list[Row] = []
    for post in facts()["teams"]:
        for place in range(post["count"]):
            row = _member(told, post, names[len(rows)], logins[len(rows)])
            if "leave" in post and place == post["count"] - 1:
                row |= dict(zip(("leave_from", "leave_to"), map(told.day, post["leave"]), strict=True))
            rows.append(row)
            if "left_on" not in row:
                teams.setdefault(post["team"], []).append(row["member"])
    return Staff(teams, rows, gone=names[-1])


def _member(told: Telling, post: Row, name: str, login: str) -> Row:
    row: Row = {
        "member": name,
        "team": told.word("teams", post["team"]),
        "roles": told.word("roles", post["role"]),
        "mobile": mobile(told),
        "email": f"{login.lower().replace(' ', '.')}@hengyuan.example",
    }
    if post["team"] in told.words["regions"]:
        row["regions"] = told.word("regions", post["team"])
    if post["role"] in {"ar", "sales_head"}:
        row["capacity_30d"] = 20
    if "left_days" in post:
        row["left_on"] = told.day(post["left_days"])
    return row


def mobile(told: Telling) -> str:
    """Return a mobile number of the right shape."""
    prefix = told.dice.choice(
        ("138", "139", "137", "136", "135", "150", "151", "158", "159", "186", "188", "189", "177", "199")
    )
    return f"{prefix}{told.dice.randint(0, 99_999_999):08d}"


def products(told: Telling) -> list[Row]:
    """Return the products at list price."""
    return [
        {
            "product": told.word("products", key),
            "list_price": product["price"],
            "unit": told.word("units", product["unit"]),
            "tax_rate": product["tax"],
        }
        for key, product in facts()["products"].items()
    ]


def channels(told: Telling, people: Staff) -> list[Row]:
    """Return the channels; the people channels belong to the partner team, the rest to marketing."""
    return [
        {
            "channel": told.word("channels", key),
            "family": told.word("channel_families", channel["family"]),
            "owner": people.of("partners" if channel["family"] == "people" else "marketing", place),
            "note": told.word("channel_notes", key),
        }
        for place, (key, channel) in enumerate(facts()["channels"].items())
    ]


def assignment(told: Telling) -> list[Row]:
    """Return the firm's own rules of assignment: its teams, by the queues of the shipped grading."""
    return [
        {
            "no": rule["no"],
            "queue": told.word("queues", rule["queue"]),
            "region": told.word("regions", rule.get("region", "")) or "-",
            "industry": "-",
            "team": told.word("teams", rule["team"]),
            "method": told.word("methods", rule["method"]),
            "cap": rule.get("cap"),
            "fallback": told.word("roles", "sales_head").split(";")[0],
        }
        for rule in facts()["assignment"]
    ]


def settings(told: Telling) -> pl.DataFrame:
    """Return the settings of the firm: who it is, its letterhead and bank, how far receipts are complete."""
    firm = facts()["firm"]
    rows = settings_rows(
        told.lang,
        tax_no=str(firm["tax_no"]),
        bank_account=str(firm["bank_account"]),
        **{key: str(text) for key, text in told.words["letterhead"].items()},
        company=str(told.words["firm"]["company"]),
        site=told.site,
        receipts_complete_to=told.day(1).isoformat(),
    )
    return rows.with_columns(pl.Series(UID, stable_uids("demo", "settings", rows.height)))
