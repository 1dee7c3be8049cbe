"""Which of a note's amounts is what was paid: a total before its parts, no quote that was not taken; pure rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import get_args

from assistant.money.amount_readings import Reading, readings_in
from assistant.money.amount_words import RETURNED, TOTAL, Role, Tier, is_for_all
from assistant.money.paper_kinds import is_of_account, is_refund, not_taken
from knowledge.money import DOLLARS, Amount, amounts_in, money

_PRICE_OF = re.compile(r"\b(?:is|are)\W*\Z", re.IGNORECASE)
"""What tells a price, and not that it was paid."""
_SETTLED = re.compile(
    r"\bpaid (?:in full|off)\b|\b(?:balance|rest|remainder) (?:(?:was|has been) )?paid\b(?!:? ?[$€£\d])"
    r"(?! (?:on|upon|at|when|once|after) (?!\w+ \d))",
    re.IGNORECASE,
)
"""What says that nothing is left to pay, though not what was paid last."""
_PAYMENT = r"(?:payment|instal?lment)"
_THERE = r"complet\w+|deliver\w*|pick-?up|install\w*|arriv\w*"
"""Of a thing that was ordered or made, when the rest is paid."""
_COUNT = r"(?:\d|two|three|four|five|six)"
_NTH = r"(?:first|second|third|fourth|fifth|\d(?:st|nd|rd|th))"
_UNFINISHED = re.compile(
    rf"\b(?:{_NTH} of (?:the )?{_COUNT}|(?:{_NTH}|last|final|next) {_PAYMENT}|"
    rf"{_PAYMENT} {_COUNT} of {_COUNT}|{_COUNT} (?:more )?(?:{_PAYMENT}s left|to go)|"
    r"(?:(?<=[$€£])[\d.,]*\d|\d+ ?€|dollars|euros|paid|spent|total)"
    r"(?: (?:to|by|for) (?:the )?[\w’']+)?,? so far(?! so\b)|"
    r"so far (?:(?:we|i|(?:we|i)[’']ve|have|has|been) )*(?:paid|spent)|"
    rf"(?<!\band )(?<!\band the )(?:rest|remainder|balance) (?:is )?(?:due )?(?:on|upon|at) (?:{_THERE}))\b",
    re.IGNORECASE,
)
"""What says that a payment was one of several."""
_TO_FOLLOW = re.compile(
    r"\b(?:so far|due|owed?|owing|payable|left|next|will|to go|"
    rf"(?:on|upon|at|when|after) (?:it[’']?s )?(?:{_THERE}|done|finish\w*))\b",
    re.IGNORECASE,
)
"""What says that not all of several payments were made."""
_OF_TOTAL = re.compile(rf"{TOTAL.pattern}(?!,.*\bpa(?:id|yment))", re.IGNORECASE)
"""Before the amount of a total, though not in '$3,600 total, paid $1,200'."""
_LAST_PAYMENT = re.compile(rf"\b(?:final|last) {_PAYMENT}\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[.;!?]\s|\n")
_SUMMED = re.compile(
    rf"{TOTAL.pattern}|=|\b(?:so|all in|all told|brutto\w*|endsumme|importe|totale|totaal|"
    r"(?:came|comes|brought it|down) (?:\w+ )?to|(?:ended|wound) up|(?:bill|invoice|price) (?:was|is))\b",
    re.IGNORECASE,
)
"""What says of an amount that it is what those before it come to."""
_AND_ANOTHER = re.compile(r"[^.;\n$€£]{0,40}\b(?:and|plus)\b[^.;\n$€£]{0,40}", re.IGNORECASE)
"""What stands between a payment and the next one: 'paid the plumber $180 and the electrician $240'."""
_AND_AS_MUCH = re.compile(r"[^.;\n$€£]{0,40}\b(?:and|plus) ", re.IGNORECASE)
"""The same, right before the next one."""
_FOR_IT = re.compile(r"\bfor \Z", re.IGNORECASE)
_PAYEE = r"(?:the|our) [\w’']+|(?-i:[A-Z])[\w’']+(?: (?-i:[A-Z])[\w’']+)?"
_PAID_WHOM = re.compile(rf"\b(?:paid|gave|sent|and|plus) (?P<who>{_PAYEE}) \Z", re.IGNORECASE)
_TO_WHOM = re.compile(rf" to (?P<who>{_PAYEE})", re.IGNORECASE)
"""Before and after an amount, who was paid."""
_BOUGHT = re.compile(r"\b(?:bought|ordered|purchased|picked up|also)\b", re.IGNORECASE)
_PAID_ALONE = re.compile(r"\bpa(?:id|ying) \Z", re.IGNORECASE)
_TO_OR_FOR = re.compile(r" (?:to|for)\b", re.IGNORECASE)
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


def cost_in(text: str, currency: str = DOLLARS) -> Cost | None:
    """Return what a note says was paid; None where it says nothing, or too much to tell.

    Args:
        currency: what a bare number means where the text names none.
    """
    if not_taken(text) or is_of_account(text):
        return None
    refund = is_refund(text)
    readings = list(readings_in(text, currency, refund))
    if all(each.role in ("part", "due") for each in readings) and (field := _field(text, currency)):
        return field
    chosen = _chosen(readings, text)
    if chosen is None:
        return None
    amount = chosen.amount
    cents = -abs(amount.cents) if refund or chosen.role == "back" else amount.cents
    return Cost(cents, amount.currency, text[chosen.start : amount.end].strip())


def _field(text: str, currency: str) -> Cost | None:
    fields = list(_FIELD.finditer(text))
    if len(fields) != 1:
        return None
    amount = money(f"{fields[0]['value'].strip()} {fields[0]['unit'] or ''}", currency)
    return None if amount is None else Cost(*amount, fields[0][0].strip())


# --- which of them counts ---------------------------------------------------------------------------------------------


def _chosen(readings: Sequence[Reading], text: str) -> Reading | None:
    """The reading that tells what was paid; None where none does, or nobody can tell which."""
    paid, back, parts, due = ([each for each in readings if each.role == role] for role in get_args(Role))
    settled = bool(_SETTLED.search(text))
    if due and len({each.amount.cents for each in parts}) == 1 and not settled:
        # The rest will be in another note.
        return parts[0]
    if back:
        return _less(paid, back[-1], text)
    if paid and not settled and _UNFINISHED.search(text) and len(amounts_in(text)) > 1:
        return _of_several([*paid, *parts], text)
    best = _best(paid, text)
    # Of what only a deposit is said to have been paid, other notes may tell the rest.
    return None if best is not None and best.tier is Tier.BARE and parts else best


def _of_several(readings: Sequence[Reading], text: str) -> Reading | None:
    """Of payments for one job, all of it where they come to that, else the only one; None where it is unclear.

    What else was paid of it other notes may tell.
    """

    def is_total(each: Reading) -> bool:
        return is_for_all(text, each.amount) or bool(_OF_TOTAL.search(text, each.start, each.amount.start))

    def is_payment(each: Reading) -> bool:
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


def _best(readings: Sequence[Reading], text: str) -> Reading | None:
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


def _is_another(one: Reading, other: Reading, text: str) -> bool:
    """Whether a second amount is surely of a second payment, in the same sentence or in its own."""
    first, second = sorted((one, other), key=lambda each: each.amount.start)
    if one.amount.cents == other.amount.cents:
        return first is not second and _is_as_much(first.amount, second.amount, text)
    if _AND_ANOTHER.fullmatch(text, one.amount.end, other.amount.start):
        return True
    apart = _SENTENCE.search(text, first.amount.end, second.amount.start)
    if not (apart and _BOUGHT.search(text, other.start, other.amount.start)):
        return False
    # 'Bought a faucet for $180. Paid $195 with tax.' is one purchase, whoever is paid for something else another.
    alone = _PAID_ALONE.search(text, one.start, one.amount.start) and not _TO_OR_FOR.match(text, one.amount.end)
    return other is second or not alone


def _is_as_much(first: Amount, second: Amount, text: str) -> bool:
    """Whether an amount that is told twice was paid twice: for two things, or to two people."""
    if _AND_AS_MUCH.fullmatch(text, first.end, second.start):
        return bool(_TO_OR_FOR.match(text, second.end))
    both = all(_FOR_IT.search(text, 0, each.start) for each in (first, second))
    if both and _AND_ANOTHER.fullmatch(text, first.end, second.start):
        return True
    payees = [_payee(each, text) for each in (first, second)]
    return all(payees) and payees[0] != payees[1]


def _payee(amount: Amount, text: str) -> str:
    match = _PAID_WHOM.search(text, max(amount.start - MOST_QUOTED, 0), amount.start)
    match = match or _TO_WHOM.match(text, amount.end)
    return match["who"].casefold() if match else ""


def _less(readings: Sequence[Reading], back: Reading, text: str) -> Reading | None:
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
