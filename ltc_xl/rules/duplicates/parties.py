"""Who is compared: one row per way in which a lead or a customer is known, with what tells it apart."""

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.tables import UID
from ltc_xl.rules.aliases import aliases
from ltc_xl.rules.duplicates.entered import full_name, taken_apart, without_extension
from ltc_xl.rules.duplicates.names import with_names
from ltc_xl.rules.duplicates.sounds import sound, spelled
from ltc_xl.rules.duplicates.trades import with_brands
from ltc_xl.rules.name_keys import name_key, phone_key
from ltc_xl.rules.waiting import open_leads

FREE_MAIL = frozenset(
    {
        *("qq.com", "foxmail.com", "vip.qq.com", "163.com", "vip.163.com", "126.com", "yeah.net", "139.com"),
        *("189.cn", "wo.cn", "aliyun.com", "sina.com", "sina.cn", "vip.sina.com", "sohu.com", "tom.com"),
        *("21cn.com", "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "live.cn"),
        *("msn.com", "yahoo.com", "yahoo.cn", "yahoo.com.cn", "icloud.com", "me.com", "aol.com", "gmx.de"),
        *("gmx.net", "web.de", "mail.ru", "proton.me", "protonmail.com", "mail.example", "example.com"),
    }
)
"""Where anybody may have a mailbox: two with one domain have nothing in common."""

_SAID = ("name", "city", "contact", "mobile", "email", "uscc")
_COMPARED = (
    *("full", "core", "brand", "sound", "spelled", "place", "province", "branch", "unit"),
    *("contact", "mobile", "email", "domain", "uscc"),
)


def parties(book: Book) -> pl.DataFrame:
    """Return the ways in which open leads and customers are known, numbered by ``party``.

    Customers are known by their names, their aliases, and the people on file with them. ``row`` is the
    place of their ``_uid`` among all; ``kind`` is the table, ``as`` how the row came here.
    """
    leads = open_leads(book).select(UID, *_said(book.rows("leads"), name="company"), kind=pl.lit("leads"))
    customers = book.rows("customers").filter(pl.col("merged_into").is_null())
    named = customers.select(UID, *_said(customers), kind=pl.lit("customers"))
    called = aliases(customers).join(named.drop("kind"), on="name", maintain_order="left")
    alias = called.with_columns(name="alias", kind=pl.lit("customers")).drop("alias")
    people = (
        book.rows("contacts")
        .select("customer", contact="name", mobile="mobile", email="email")
        .join(named.select(UID, "name", "city"), left_on="customer", right_on="name", maintain_order="left")
        .select(UID, "contact", "mobile", "email", "city", name="customer", kind=pl.lit("contacts"))
    )
    return told_apart(pl.concat([leads, named, alias, people], how="diagonal"))


def _said(rows: pl.DataFrame, **renamed: str) -> list[pl.Expr]:
    """Return the columns of a table by the names of a party's; null where the table has none."""
    columns = ((code, renamed.get(code, code)) for code in _SAID)
    return [
        (pl.col(own) if own in rows.columns else pl.lit(None, pl.String)).alias(code) for code, own in columns
    ]


def told_apart(said: pl.DataFrame) -> pl.DataFrame:
    """Return parties with everything that is compared.

    Args:
        said: ``_uid``, ``kind``, ``name``, ``city``, ``contact``, ``mobile``, ``email``, ``uscc`` as typed.
    """
    mail = pl.col("email").str.normalize("NFKC").str.to_lowercase().str.replace_all(r"\s", "")
    domain = mail.str.extract(r"@(.+)$")
    numbered = (
        taken_apart(said)
        .with_columns(
            email=pl.when(mail.str.contains("@")).then(mail),
            domain=pl.when(~domain.is_in(FREE_MAIL)).then(domain),
            mobile=phone_key(without_extension(pl.col("mobile"))),
            uscc=pl.col("uscc").str.normalize("NFKC").str.to_uppercase().str.replace_all(r"[\s-]", ""),
            contact=full_name(name_key(pl.col("contact"))),
        )
        .with_row_index("party")
    )
    known = (
        with_brands(with_names(numbered))
        .sort("party")
        .with_columns(sound=sound(pl.col("core")), spelled=spelled(pl.col("brand")))
    )
    blank = [pl.when(pl.col(code) != "").then(code).alias(code) for code in _COMPARED]
    return known.with_columns(blank).select("party", UID, "kind", "name", *_COMPARED)
