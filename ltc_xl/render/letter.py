"""A letter in words, as its template sets it: every text ready, every amount formatted."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from ltc_xl.messages import say
from ltc_xl.messages.papers import cell_words
from ltc_xl.model.enums import Lang, label
from ltc_xl.model.letter import Apart, Asked, Letter
from ltc_xl.render.columns import breakable, column_width
from ltc_xl.render.rmb import rmb_words

INVOICES_SHOWN = 4
WIDEST = {"contract_no": 20, "invoices": 20, "item": 12, "apart_why": 40}
"""In half-width characters: what is longer wraps."""

Texts = Mapping[str, object]

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def letter_texts(letter: Letter, lang: Lang) -> dict[str, object]:
    """Return what stands on a letter, for ``letter.typ``."""
    words = _Words(letter, lang)
    return {
        "title": words.title,
        "firm": letter.sender.company,
        "firm_lines": list(words.firm_lines()),
        "number": words.number,
        "date": words.day(letter.as_of),
        "to": list(words.to()),
        "greeting": words.say("letter.greeting"),
        "opening": words.opening(),
        "table": words.asked(),
        "apart": words.apart(),
        "request": words.request(),
        "bank": list(words.bank()),
        "paid": words.paid(),
        "close": words.say("letter.close"),
        "signature": list(filter(None, words.signature())),
        "slip": words.slip(),
        "page": words.say("letter.page", page="{page}", pages="{pages}"),
    }


class _Words:
    """Says the parts of one letter."""

    def __init__(self, letter: Letter, lang: Lang) -> None:
        self.letter, self.lang, self.sender = letter, lang, letter.sender
        self.title = self.say(f"title.level{letter.level}")
        day, _, rest = letter.number.partition("-")
        self.number = self.say("letter.number", year=day[:4], rest=f"{day[4:]}-{rest}")
        self.total = self.amount("letter")

    def say(self, key: str, **values: object) -> str:
        return say(f"letters.{key}", self.lang, **values)

    def money(self, amount: Decimal) -> str:
        return cell_words(amount, "money", self.lang)

    def amount(self, part: str) -> str:
        """Return what is asked for, as a part of the letter writes it: renminbi in capitals too."""
        currency, amount = self.letter.currency, self.letter.amount
        if currency != "CNY":
            return self.say(f"{part}.total_other", amount=self.money(amount), currency=currency)
        return self.say(f"{part}.total_cny", amount=self.money(amount), words=rmb_words(amount))

    def day(self, day: date) -> str:
        month = day.month if self.lang == "zh" else _MONTHS[day.month - 1]
        return self.say("letter.day", year=day.year, month=month, day=day.day)

    def firm_lines(self) -> Iterator[str]:
        """Yield the small print under the firm's name."""
        for name in ("address", "phone"):
            value = getattr(self.sender, name)
            if value:
                yield self.say(f"firm.{name}", value=value)

    def to(self) -> Iterator[str]:
        """Yield the lines of the address."""
        yield self.say("letter.to", customer=self.letter.customer)
        if self.letter.contact:
            yield self.say("letter.contact", contact=self.letter.contact)

    def opening(self) -> str:
        """Return the first paragraph."""
        count = len(self.letter.asked)
        one = "_one" if count == 1 and self.lang == "en" else ""
        as_of = self.day(self.letter.as_of)
        return self.say(f"letter.opening{one}", as_of=as_of, count=count, total=self.total)

    def asked(self) -> Texts:
        """Return the table of what is asked; columns without any entry are left out."""
        letter = self.letter
        filled = {
            "contract_no": any(line.contract_no for line in letter.asked),
            "invoices": any(line.invoices for line in letter.asked),
        }
        names = ("contract_no", "item", "invoices", "due_on", "days_overdue", "amount", "asked")
        columns = [name for name in names if filled.get(name, True)]
        total = [self.say("columns.total"), *[""] * (len(columns) - 2), self.money(letter.amount)]
        return self.table(columns, [self.line(line) for line in letter.asked]) | {"total": total}

    def table(self, names: Sequence[str], lines: Sequence[Mapping[str, str]]) -> dict[str, object]:
        """Return columns with heading, side and width, and the cells below them."""
        right = {"days_overdue", "amount", "asked", "apart_amount"}
        headings = {name: self.say(f"columns.{name}") for name in names}
        widths = {
            name: column_width(headings[name], [line[name] for line in lines], WIDEST.get(name))
            for name in names
        }
        return {
            "columns": [
                {"heading": headings[name], "right": name in right, "width": widths[name]} for name in names
            ],
            "rows": [[line[name] for name in names] for line in lines],
        }

    def line(self, line: Asked) -> Mapping[str, str]:
        """Return a line of the table."""
        return {
            "contract_no": breakable(line.contract_no, WIDEST["contract_no"]),
            "item": label("line_item", line.item, self.lang),
            "invoices": "\n".join(self.invoices(line.invoices)),
            "due_on": line.due_on.isoformat(),
            "days_overdue": str(line.days_overdue),
            "amount": self.money(line.amount),
            "asked": self.money(line.asked),
        }

    def invoices(self, numbers: Sequence[str]) -> Iterator[str]:
        """Yield the first numbers, then how many there are."""
        yield from (breakable(number, WIDEST["invoices"]) for number in numbers[:INVOICES_SHOWN])
        if len(numbers) > INVOICES_SHOWN:
            count = len(numbers) - (INVOICES_SHOWN if self.lang == "en" else 0)
            yield self.say("letter.more_invoices", count=count)

    def apart(self) -> Texts | None:
        """Return the short table of what is not asked for, or None."""
        if not self.letter.apart:
            return None
        contract = ["contract_no"] if any(part.contract_no for part in self.letter.apart) else []
        columns = [*contract, "item", "apart_amount", "apart_why"]
        lines = [self.part(part) for part in self.letter.apart]
        return self.table(columns, lines) | {"text": self.say("letter.apart")}

    def part(self, part: Apart) -> Mapping[str, str]:
        """Return a line of what is not asked for."""
        day = self.day(part.promised_on) if part.promised_on else ""
        return {
            "contract_no": breakable(part.contract_no, WIDEST["contract_no"]),
            "item": label("line_item", part.item, self.lang),
            "apart_amount": self.money(part.amount),
            "apart_why": self.say(f"why.{part.reason}", promised_on=day),
        }

    def request(self) -> str:
        """Return what is asked, with or without an account to pay into."""
        plain = "" if self.sender.bank_account else "_plain"
        return self.say(f"letter.request{plain}", pay_by=self.day(self.letter.pay_by), total=self.total)

    def bank(self) -> Iterator[list[str]]:
        """Yield the account, term and value; nothing where its number is not known."""
        if self.sender.bank_account:
            for name in ("company", "bank", "bank_account", "tax_no"):
                value = getattr(self.sender, name)
                if value:
                    yield [self.say(f"bank.{name}"), value]

    def paid(self) -> str:
        """Return what to do about a payment that crossed the letter."""
        if self.letter.receipts_to is None:
            return self.say("letter.paid_none")
        return self.say("letter.paid", receipts_to=self.day(self.letter.receipts_to))

    def signature(self) -> Iterator[str]:
        """Yield the lines of the signature."""
        if self.sender.company:
            yield self.sender.company + self.say("letter.seal")
        yield self.say("letter.department")
        yield self.say("letter.joint").join(self.reachable_at())
        yield self.say("letter.signature_day", day=self.day(self.letter.as_of))

    def reachable_at(self) -> Iterator[str]:
        """Yield who answers questions and by what telephone."""
        if self.sender.finance_contact:
            yield self.say("letter.sender_contact", contact=self.sender.finance_contact)
        if self.sender.phone:
            yield self.say("letter.sender_phone", phone=self.sender.phone)

    def slip(self) -> Texts:
        """Return the reply slip."""
        texts = {name: self.say(f"slip.{name}") for name in ("title", "objection", "stamp", "by", "date")}
        number = self.number.partition("：")[2] or self.number.partition(": ")[2]
        received = self.say("slip.received", title=self.title, number=number, total=self.amount("slip"))
        return texts | {
            "to": self.say("slip.to", company=self.sender.company) if self.sender.company else "",
            "received": received,
            "answers": [self.say("slip.will_pay"), self.say("slip.have_paid")],
        }
