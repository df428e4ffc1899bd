"""Sixty customers and the people there."""

from collections.abc import Mapping
from random import Random

from stdnum.cn import uscc

from ltc_xl.demo.people import Staff, mobile
from ltc_xl.demo.telling import Row, Telling, facts, words

_REGISTERS = {"GOV": "11", "INSTITUTION": "12"}
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def credit_code(dice: Random, kind: str, place: str) -> str:
    """Return a credit code whose check character is right, but which no real firm can have.

    Characters 9 to 17 are the organisation code, with a check digit of its own; here it is wrong on purpose.
    """
    organisation = f"{dice.randint(0, 99_999_999):08d}"
    weighed = sum(w * int(d) for w, d in zip(_ORGANISATION_WEIGHTS, organisation, strict=True))
    own_check = -weighed % 11
    stem = f"{_REGISTERS.get(kind, '91')}{place}{organisation}{(own_check + 5) % 10}"
    return stem + uscc.calc_check_digit(stem)


def _tax_number(told: Telling, fact: Row) -> str | None:
    """Return the credit code of a customer; none abroad."""
    place = facts()["cities"][fact["city"]]["code"]
    if not place:
        return None
    code = credit_code(told.dice, fact["kind"], place)
    while "digits_only" in fact and not code.isdigit():
        code = credit_code(told.dice, fact["kind"], place)
    return code


def customers(told: Telling, people: Staff) -> Mapping[str, Row]:
    """Return key -> customer."""
    rows: dict[str, Row] = {}
    for place, (key, fact) in enumerate(facts()["customers"].items()):
        rows[key] = _customer(told, people, key, fact, place)
    told.numbered("customers", list(rows.values()))
    return rows


def _customer(told: Telling, people: Staff, key: str, fact: Row, place: int) -> Row:
    name, _ = told.words["customers"][key]
    city = told.word("cities", fact["city"])
    monthly = fact["trade"] == "integrator" or "group" in fact
    return {
        "name": name,
        "kind": fact["kind"],
        "owner": people.owner("contractor" if "group" in fact else fact["trade"], fact["city"], place),
        "city": city,
        "uscc": _tax_number(told, fact),
        "invoice_details": _bank(told, city),
        "terms": told.word("terms", "monthly" if monthly else "instalments"),
        "group_name": told.words["customers"]["group"][0] if "group" in fact else None,
        "aliases": told.word("customer_aliases", key) or None,
        "industry": told.word("trades", fact["trade"]),
        "region": told.word("regions", facts()["cities"][fact["city"]]["region"]),
        "credit_limit": told.dice.choice((None, None, "300000", "500000", "1000000")),
        "currency": fact.get("currency", "CNY"),
        "email": f"finance@{key.replace('_', '-')}.example",
    }


def _bank(told: Telling, city: str) -> str:
    account = f"{told.dice.randint(10**17, 10**18 - 1)}"
    return told.word("customer_accounts", "details").format(
        bank=told.pick("customer_accounts", "banks"), city=city, account=account
    )


def person(told: Telling) -> tuple[str, str]:
    """Return a person's name, and the same as it stands in an e-mail address."""
    names, latin = told.words["contact_names"], words("en")["contact_names"]
    family = told.dice.randrange(len(names["surnames"]))
    given = told.dice.randrange(len(names["given"]))
    shown = str(names["form"]).format(surname=names["surnames"][family], given=names["given"][given])
    return shown, f"{latin['given'][given]}.{latin['surnames'][family]}".lower()


def contacts(told: Telling, customer_rows: Mapping[str, Row]) -> list[Row]:
    """Return one to three people per customer; the finance person is the billing contact."""
    rows = []
    for key, customer in customer_rows.items():
        roles = ["FINANCE", "TECHNICAL", "DECISION"][: told.dice.choice((1, 1, 1, 2, 3))]
        held = [_contact(told, key, customer, role) for role in roles]
        customer["billing_contact"] = held[0]["name"]
        rows += held
    told.numbered("contacts", rows)
    return rows


def _contact(told: Telling, key: str, customer: Row, role: str) -> Row:
    name, login = person(told)
    return {
        "customer": customer["name"],
        "name": name,
        "title": told.pick("titles", role),
        "mobile": mobile(told),
        "email": f"{login}@{key.replace('_', '-')}.example" if role == "FINANCE" else None,
        "role": role,
        "stance": told.dice.choice(("NEUTRAL", "NEUTRAL", "SUPPORT", "CHAMPION", "AGAINST")),
    }
