"""The amounts of a note, each with what its words make of it: paid, back, a part or due; pure rules.

Which of them is the note's cost is left to `assistant.money.costs`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.money.amount_words import (
    TOTAL,
    Role,
    Tier,
    is_for_all,
    is_of_one,
    is_set_aside,
    label_of,
    role_of,
    tier_of,
)
from knowledge.money import Amount, amounts_in

_CREDIT = re.compile(r"\bcredit\b(?! card)", re.IGNORECASE)
_LEFT_TO_PAY = re.compile(r"\b(?:due|balance|owed?|owing|payable|restbetrag)\b", re.IGNORECASE)
_PAID = re.compile(r"\b(?:paid|payments?|deposit|bezahlt|anzahlung)\b", re.IGNORECASE)
_RANGE = re.compile(r" ?(?:-|–|to|or) ?")
"""What stands between the ends of a range, or two to choose from."""
_JOB_PART = (
    r"(?:labou?r|parts?|materials?|(?:\w+ )?(?:fees?|charges?|calls?)|call-?outs?|delivery|shipping|freight|"
    r"(?:sales )?tax(?:es)?|vat|gst|tip|install(?:ation)?|permits?|disposal|haul(?:ing|-?away)|removal|set-?up|"
    r"travel|mileage|surcharge)"
)
"""What one bill is made of."""
_LINK = re.compile(
    r"(?: [^.;:,()\n$€£]{1,40}?)?,? (?P<by>and|plus|\+) (?:an? |(?:the )?(?P<rest>rest|remaining|another) )?"
)
"""What stands between two parts of a sum that is not told: each has what it is for behind it."""
_LISTED = re.compile(rf",?(?: and| plus)? (?:the )?{_JOB_PART}:? ", re.IGNORECASE)
"""The same, where each has it before it: 'labor $240, parts $85'."""
_PART_BEFORE = re.compile(rf"\b{_JOB_PART}:? \Z", re.IGNORECASE)
_PART_BEHIND = re.compile(rf" (?:for )?(?:(?:the|an?|his|her|their) )?{_JOB_PART}\b", re.IGNORECASE)
_WITH_TAX = re.compile(
    r" ?(?:\+|plus|and) (?:sales )?(?:tax|vat|gst)[,:=]? ?(?:(?:was|is|came to|so) )?", re.IGNORECASE
)
"""What stands between a price and, where this is higher, what it came to."""
_PAYMENT = re.compile(
    r"(?:(?!\b(?:got|received|insurance|claim|settlement|rebate|down|next)\b).)*\bpayment:? ", re.IGNORECASE | re.DOTALL
)
"""Before the only amount of a text, what was paid; beside others it may be a part of it."""


@dataclass(frozen=True)
class Reading:
    """An amount, or several added up, and what their words make of them."""

    amount: Amount
    tier: Tier
    role: Role
    start: int
    """Where the words begin that say so; they end with the amount."""


def readings_in(text: str, currency: str, refund: bool) -> Iterator[Reading]:
    """Yield the amounts that were paid, came back or are due, in their order.

    Args:
        currency: what a bare number means where the text names none.
        refund: whether the paper as a whole is about money that came back, where nothing else is told apart.
    """
    amounts = amounts_in(text, currency)
    ranges = _between(text, amounts, _RANGE)
    for run in _runs(text, [each for each in amounts if each not in ranges]):
        if any(is_of_one(text, each) for each in run):
            # What is put on the price of one tells nothing of all.
            run = [each for each in run if is_for_all(text, each)]
            if not run:
                continue
        first, last = run[0], run[-1]
        label, start = label_of(text, first)
        tier, role = tier_of(label), role_of(text, first, label)
        if len(run) > 1:
            # What stands behind a part says what it is for, and takes nothing off.
            role = "back" if role == "back" else None if tier is Tier.AGAINST else "paid"
            if role and not _add_up(text, run, label):
                yield from (Reading(each, Tier.BARE, role, start) for each in run)
                continue
            first = replace(first, cents=sum(each.cents for each in run), end=last.end)
        if refund and (role == "back" or _CREDIT.search(label)):
            role, tier = "paid", Tier.TOTAL
        elif role == "paid" and is_for_all(text, last):
            tier = Tier.TOTAL
        elif role is None and (told := _tier_among(text, first, label, amounts)):
            role, tier = "paid", told
        if role is None or _paid_off(text, first, label):
            continue
        if tier is not Tier.BARE or role != "paid" or (first.marked and first.cents > 0):
            yield Reading(first, tier, role, start)


def _tier_among(text: str, amount: Amount, label: str, amounts: Sequence[Amount]) -> Tier | None:
    """What speaks for an amount after all, by those beside it: there are no others, or it is a price with its tax."""
    if amount.cents <= 0:
        return None
    before = next((each for each in reversed(amounts) if each.end <= amount.start), None)
    if before is not None and before.cents < amount.cents and _WITH_TAX.fullmatch(text, before.end, amount.start):
        return Tier.TOTAL
    return Tier.PAID if len(amounts) == 1 and _PAYMENT.fullmatch(label) else None


def _runs(text: str, amounts: Sequence[Amount]) -> list[list[Amount]]:
    """The amounts, those together that are parts of one sum or may be."""
    runs: list[list[Amount]] = []
    for amount in amounts:
        if runs and _is_linked(text, runs[-1][-1], amount):
            runs[-1].append(amount)
        else:
            runs.append([amount])
    return runs


def _is_linked(text: str, one: Amount, other: Amount) -> bool:
    """Whether nothing but what they are for stands between two amounts."""
    if not all(each.marked and each.cents > 0 and not _is_no_part(text, each) for each in (one, other)):
        return False
    if _LINK.fullmatch(text, one.end, other.start):
        return True
    return bool(
        _LISTED.fullmatch(text, one.end, other.start) and _PART_BEFORE.search(text, max(one.start - 30, 0), one.start)
    )


def _is_no_part(text: str, amount: Amount) -> bool:
    return is_set_aside(text, amount) and not _PART_BEHIND.match(text, amount.end)


def _add_up(text: str, run: Sequence[Amount], label: str) -> bool:
    """Whether amounts that are linked are surely parts of one sum, and not the prices of two things."""
    if TOTAL.search(label) or len({each.currency for each in run}) > 1:
        return False
    for one, other in itertools.pairwise(run):
        link = _LINK.fullmatch(text, one.end, other.start)
        named = any(_PART_BEHIND.match(text, each.end) for each in (one, other))
        if link and link["by"] == "and" and not link["rest"] and not named:
            return False
    return True


def _between(text: str, amounts: Sequence[Amount], by: re.Pattern[str]) -> set[Amount]:
    """The amounts between which nothing but such words stand."""
    return {
        amount
        for pair in itertools.pairwise(amounts)
        if by.fullmatch(text, pair[0].end, pair[1].start)
        for amount in pair
    }


def _paid_off(text: str, amount: Amount, label: str) -> bool:
    """Whether nothing is left to pay because it was paid, which says nothing of how much it was."""
    return amount.cents == 0 and bool(_LEFT_TO_PAY.search(label)) and bool(_PAID.search(text))
