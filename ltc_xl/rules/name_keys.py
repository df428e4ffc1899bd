"""Names as columns compare them: width, case, blanks, brackets and the legal form make no other company."""

import polars as pl

_NOISE = r"[\s()\[\]<>{}·.,;:'\"‘’“”、，。&_/-]"
_LEGAL_FORM = (
    r"(股份有限公司|有限责任公司|集团有限公司|有限公司|co\.?,?\s*ltd\.?|company limited|limited"
    r"|ltd\.?|inc\.?|llc|corp\.?|gmbh|plc|s\.a\.)\s*$"
)
_PERSON = r"^(\p{Han}{2,4}|\p{Han}{1,8}·\p{Han}{1,8})$"
_FIRM = r"公司|集团|厂|店|行|所|院|校|局|部|中心|合作社|委员会|大学|协会"
_SHORTEST_PHONE = 7


def name_key(name: pl.Expr) -> pl.Expr:
    """Return a name without what is only typing: full width, case, blanks, brackets, punctuation."""
    return name.str.normalize("NFKC").str.to_lowercase().str.replace_all(_NOISE, "")


def company_key(name: pl.Expr) -> pl.Expr:
    """Return a company's name without typing and legal form, to find it under two spellings."""
    plain = name.str.normalize("NFKC").str.to_lowercase().str.strip_chars()
    return name_key(plain.str.replace(_LEGAL_FORM, ""))


def is_person(name: pl.Expr) -> pl.Expr:
    """Return whether a payer is a private person: two to four characters, no word for a firm."""
    return name.str.strip_chars().str.contains(_PERSON) & ~name.str.contains(_FIRM)


def phone_key(number: pl.Expr) -> pl.Expr:
    """Return the last eleven digits of a telephone number; null when there are too few to tell."""
    digits = number.str.replace_all(r"\D", "")
    return pl.when(digits.str.len_chars() >= _SHORTEST_PHONE).then(digits.str.tail(11))
