"""Which two notes tell of one payment, a bill and the receipt for it; pure rules."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.money.paper_kinds import is_bill, is_receipt
from knowledge.facts import Fact
from knowledge.note import Note

LATEST = dt.timedelta(days=45)
"""After a bill, that the receipt for it comes."""
EARLIEST = dt.timedelta(days=-3)
"""A bill may be written down after it was paid."""


_TO_WHOM = re.compile(r"\b(?i:to|sent|paid) ((?:[A-Z][\w’'&-]* ?)+)")
"""Who was paid, in words that the rules for vendors leave alone: 'Check 1123 to Bluefin'."""


@dataclass(frozen=True)
class Told:
    """A note with what it says was paid, and to whom."""

    note: Note
    cost: Fact
    vendor: str = ""


def told_twice(told: Sequence[Told]) -> list[tuple[Told, Told]]:
    """Return pairs of a bill and the receipt for it, each note in one pair at the most.

    Both are of one vendor and one amount, and the receipt is not much younger.
    """
    receipts = sorted((each for each in told if is_receipt(each.note.title, each.note.text)), key=_day)
    bills = [each for each in told if is_bill(each.note.title, each.note.text)]
    pairs = []
    for bill in sorted(bills, key=_day):
        receipt = next((each for each in receipts if _pays(each, bill)), None)
        if receipt is not None:
            receipts.remove(receipt)
            pairs.append((bill, receipt))
    return pairs


def _day(told: Told) -> dt.date:
    return told.note.date or dt.date.min


def _pays(receipt: Told, bill: Told) -> bool:
    paid, billed = receipt.note.date, bill.note.date
    if paid is None or billed is None or not EARLIEST <= paid - billed <= LATEST:
        return False
    same = (receipt.cost.cents, receipt.cost.currency) == (bill.cost.cents, bill.cost.currency)
    text = f"{receipt.note.title}\n{receipt.note.text}"
    names = [receipt.vendor] if receipt.vendor else [text, *_TO_WHOM.findall(text)]
    return same and any(_is_one(name, bill.vendor) for name in names)


def _is_one(vendor: str, other: str) -> bool:
    """Whether two names are of one vendor: 'Ray' is of Ray's Pools."""
    one, two = (" ".join(["", *re.findall(r"\w+", name.casefold()), ""]) for name in (vendor, other))
    return bool(one.strip() and two.strip()) and (one in two or two in one)
