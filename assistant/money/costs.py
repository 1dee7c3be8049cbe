"""Which of a note's amounts is what was paid: a total before its parts, no quote that was not taken; pure rules."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from assistant.money.amount_words import (
    RETURNED,
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
from assistant.money.paper_kinds import is_of_account, is_refund, not_taken
from knowledge.money import DOLLARS, Amount, amounts_in, money

_CREDIT = re.compile(r"\bcredit\b(?! card)", re.IGNORECASE)
_LEFT_TO_PAY = re.compile(r"\b(?:due|balance|owed?|owing|payable|restbetrag)\b", re.IGNORECASE)
_PAID = re.compile(r"\b(?:paid|payments?|deposit|bezahlt|anzahlung)\b", re.IGNORECASE)
_RANGE = re.compile(r" ?(?:-|–|to|or) ?")
"""What stands between the ends of a range, or two to choose from."""
_PRICE_OF = re.compile(r"\b(?:is|are)\W*\Z", re.IGNORECASE)
"""What tells a price, and not that it was paid."""
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
_SETTLED = re.compile(
    r"\bpaid (?:in full|off)\b|\b(?:balance|rest|remainder) (?:(?:was|has been) )?paid\b(?!:? ?[$€£\d])"
    r"(?! (?:on|upon|at|when|once|after) (?!\w+ \d))",
    re.IGNORECASE,
)
"""What says that nothing is left to pay, though not what was paid last."""
_COUNT = r"(?:\d|two|three|four|five|six)"
_NTH = r"(?:first|second|third|fourth|fifth|\d(?:st|nd|rd|th))"
_UNFINISHED = re.compile(
    rf"\b(?:{_NTH} of (?:the )?{_COUNT}|(?:{_NTH}|last|final|next) (?:payment|instal?lment)|"
    rf"(?:payment|instal?lment) {_COUNT} of {_COUNT}|{_COUNT} (?:more )?(?:(?:payment|instal?lment)s left|to go)|"
    r"(?:(?<=[$€£])[\d.,]*\d|\d+ ?€|dollars|euros|paid|spent|total)"
    r"(?: (?:to|by|for) (?:the )?[\w’']+)?,? so far(?! so\b)|"
    r"so far (?:(?:we|i|(?:we|i)[’']ve|have|has|been) )*(?:paid|spent)|"
    r"(?<!\band )(?<!\band the )(?:rest|remainder|balance) (?:is )?(?:due )?"
    r"(?:on|upon|at) (?:complet\w+|deliver\w*|pick-?up|install\w*|arriv\w*))\b",
    re.IGNORECASE,
)
"""What says that a payment was one of several."""
_TO_FOLLOW = re.compile(
    r"\b(?:so far|due|owed?|owing|payable|left|next|will|to go|"
    r"(?:on|upon|at|when|after) (?:it[’']?s )?(?:complet\w+|deliver\w*|pick-?up|install\w*|arriv\w*|done|finish\w*))\b",
    re.IGNORECASE,
)
"""What says that not all of several payments were made."""
_OF_TOTAL = re.compile(rf"{TOTAL.pattern}(?!,.*\bpa(?:id|yment))", re.IGNORECASE)
"""Before the amount of a total, though not in '$3,600 total, paid $1,200'."""
_LAST_PAYMENT = re.compile(r"\b(?:final|last) (?:payment|instal?lment)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[.;!?]\s|\n")
_SUMMED = re.compile(
    rf"{TOTAL.pattern}|=|\b(?:so|all in|all told|brutto\w*|endsumme|importe|totale|totaal|"
    r"(?:came|comes|brought it|down) (?:\w+ )?to|(?:ended|wound) up|(?:bill|invoice|price) (?:was|is))\b",
    re.IGNORECASE,
)
"""What says of an amount that it is what those before it come to."""
_AND_ANOTHER = re.compile(r"[^.;\n$€£]{0,40}\b(?:and|plus)\b[^.;\n$€£]{0,40}", re.IGNORECASE)
"""What stands between a payment and the next one: 'paid the plumber $180 and the electrician $240'."""
_BOUGHT = re.compile(r"\b(?:bought|ordered|purchased|picked up|also)\b", re.IGNORECASE)
_PAID_ALONE = re.compile(r"\bpa(?:id|ying) \Z", re.IGNORECASE)
_TO_OR_FOR = re.compile(r" (?:to|for)\b", re.IGNORECASE)
_EACH = re.compile(r" an? [^\W\d]+", re.IGNORECASE)
"""What may say of the amount before it that it is the price of one: '$32 a cylinder'."""
_FIELD = re.compile(
    r"^[ \t]*(?:total |amount )?(?:cost|amount|price|total|paid|betrag|preis|kosten|montant)[ \t]*"
    r"(?:\((?P<unit>[A-Za-z]{3}|[$€£])\))?[ \t]*:[ \t]*(?P<value>[-−]?\d[\d.,' ]*)[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
"""A row's own field, such as `cost: 180`, where a bare number is money."""
MOST_QUOTED = 200
"""Characters from one amount to another that are quoted together."""


@dataclass(frozen=True)
class Cost:
    """What was paid, and where the note says so."""

    cents: int
    currency: str
    words: str


@dataclass(frozen=True)
class _Reading:
    """An amount, or several added up, and what their words make of them."""

    amount: Amount
    tier: Tier
    role: Role
    start: int
    """Where the words begin that say so; they end with the amount."""


def cost_in(text: str, currency: str = DOLLARS) -> Cost | None:
    """Return what a note says was paid; None where it says nothing, or too much to tell.

    Args:
        currency: what a bare number means where the text names none.
    """
    if not_taken(text) or is_of_account(text):
        return None
    refund = is_refund(text)
    readings = list(_readings(text, currency, refund))
    if all(each.role in ("part", "due") for each in readings) and (field := _field(text, currency)):
        return field
    chosen = _chosen(readings, text)
    if chosen is None:
        return None
    amount = chosen.amount
    cents = -abs(amount.cents) if refund or chosen.role == "back" else amount.cents
    return Cost(cents, amount.currency, text[chosen.start : amount.end].strip())


# --- what each amount is ----------------------------------------------------------------------------------------------


def _readings(text: str, currency: str, refund: bool) -> Iterator[_Reading]:
    """The amounts that were paid, came back or are due, in their order.

    Args:
        refund: whether the paper as a whole is about money that came back, where nothing else is told apart.
    """
    amounts = amounts_in(text, currency)
    ranges = _between(text, amounts, _RANGE)
    usable = [each for each in amounts if each not in ranges and not is_of_one(text, each)]
    for run in _runs(text, usable):
        first, last = run[0], run[-1]
        label, start = label_of(text, first)
        tier, role = tier_of(label), role_of(text, first, label)
        if len(run) > 1:
            # What stands behind a part says what it is for, and takes nothing off.
            role = "back" if role == "back" else None if tier is Tier.AGAINST else "paid"
            if role and not _add_up(text, run, label):
                yield from (_Reading(each, Tier.BARE, role, start) for each in run)
                continue
            first = replace(first, cents=sum(each.cents for each in run), end=last.end)
        if refund and (role == "back" or _CREDIT.search(label)):
            role, tier = "paid", Tier.TOTAL
        elif role == "paid" and is_for_all(text, last):
            tier = Tier.TOTAL
        if role is None or _paid_off(text, first, label):
            continue
        if tier is not Tier.BARE or role != "paid" or (first.marked and first.cents > 0):
            yield _Reading(first, tier, role, start)


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
    if any(_EACH.match(text, each.end) for each in run):
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


def _field(text: str, currency: str) -> Cost | None:
    fields = list(_FIELD.finditer(text))
    if len(fields) != 1:
        return None
    amount = money(f"{fields[0]['value'].strip()} {fields[0]['unit'] or ''}", currency)
    return None if amount is None else Cost(*amount, fields[0][0].strip())


# --- which of them counts ---------------------------------------------------------------------------------------------


def _chosen(readings: Sequence[_Reading], text: str) -> _Reading | None:
    """The reading that tells what was paid; None where none does, or nobody can tell which."""
    paid, back, parts, due = ([each for each in readings if each.role == role] for role in get_args(Role))
    if due and len({each.amount.cents for each in parts}) == 1 and not _SETTLED.search(text):
        # The rest will be in another note.
        return parts[0]
    if not back and paid and _UNFINISHED.search(text) and not _SETTLED.search(text) and len(amounts_in(text)) > 1:
        return _of_several([*paid, *parts], text)
    if back:
        return _less(paid, back[-1], text)
    best = _best(paid, text)
    # Of what only a deposit is said to have been paid, other notes may tell the rest.
    return None if best is not None and best.tier is Tier.BARE and parts else best


def _of_several(readings: Sequence[_Reading], text: str) -> _Reading | None:
    """Of payments for one job, all of it where they come to that, else the only one; None where it is unclear.

    What else was paid of it other notes may tell.
    """

    def is_total(each: _Reading) -> bool:
        return is_for_all(text, each.amount) or bool(_OF_TOTAL.search(text, each.start, each.amount.start))

    def is_payment(each: _Reading) -> bool:
        return not is_total(each) and (each.role == "part" or each.tier >= Tier.PAID)

    *others, whole = sorted(readings, key=lambda each: (each.amount.cents, is_total(each), each.tier))
    if is_payment(whole):
        return None if others else whole
    below = [each.cents for each in amounts_in(text) if each.cents < whole.amount.cents]
    sums = (sum(below), sum(each.amount.cents for each in others))
    if whole.amount.cents in sums:
        return None if _TO_FOLLOW.search(text) else whole
    told = [each for each in others if is_payment(each)]
    if len(told) != 1 or (told[0].role == "part" and _LAST_PAYMENT.search(text)):
        return None
    return told[0]


def _best(readings: Sequence[_Reading], text: str) -> _Reading | None:
    """The one that says most of it; of two totals, the later one is the sum of what stands above it.

    Of two prices or payments neither is: they may be of two things, as may a price beside a higher amount without one.
    """
    best = max(readings, key=lambda each: (each.tier, each.amount.start), default=None)
    if best is None or best.tier in (Tier.OWED, Tier.TOTAL):
        return best
    if best.tier is Tier.BARE:
        best = readings[0]
        if _PRICE_OF.search(text, best.start, best.amount.start):
            return None
    elif _SUMMED.search(text, best.start, best.amount.start):
        return best
    cents = best.amount.cents
    differ = any(each.amount.cents != cents for each in readings if each.tier is best.tier)
    dearer = best.tier is Tier.PRICE and any(each.amount.cents > cents for each in readings)
    goes_on = any(_is_another(best, each, text) for each in readings)
    return None if differ or dearer or goes_on else best


def _is_another(one: _Reading, other: _Reading, text: str) -> bool:
    """Whether a second amount is surely of a second payment, in the same sentence or in its own."""
    if one.amount.cents == other.amount.cents:
        return False
    if _AND_ANOTHER.fullmatch(text, one.amount.end, other.amount.start):
        return True
    first, second = sorted((one, other), key=lambda each: each.amount.start)
    apart = _SENTENCE.search(text, first.amount.end, second.amount.start)
    if not (apart and _BOUGHT.search(text, other.start, other.amount.start)):
        return False
    # 'Bought a faucet for $180. Paid $195 with tax.' is one purchase, whoever is paid for something else another.
    alone = _PAID_ALONE.search(text, one.start, one.amount.start) and not _TO_OR_FOR.match(text, one.amount.end)
    return other is second or not alone


def _less(readings: Sequence[_Reading], back: _Reading, text: str) -> _Reading | None:
    """What is left of a payment of which a part came back; what came back, where the note tells of no payment."""
    returned = abs(back.amount.cents)
    if all(each.amount.cents < returned for each in readings):
        return back
    paid = _best(readings, text)
    if paid is None or paid.amount.currency != back.amount.currency:
        return None
    if back.amount.start < paid.amount.start:
        if paid.amount.cents == returned:
            return back
        if not TOTAL.search(text, paid.start, paid.amount.start):
            return None
        # The total of what came back, in the same sentence; else of what was left to pay.
        return paid if _SENTENCE.search(text, back.amount.end, paid.amount.start) else replace(paid, role="back")
    if RETURNED.search(text, 0, paid.amount.start):
        return back
    near = back.amount.end - paid.start <= MOST_QUOTED
    left = replace(paid.amount, cents=paid.amount.cents - returned, end=(back if near else paid).amount.end)
    return replace(paid, amount=left)
