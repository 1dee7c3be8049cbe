"""Which of a note's amounts is what was paid: a total before its parts, no quote that was not taken; pure rules."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.money import DOLLARS, Amount, amounts_in, money

_EXTRA = r"(?:sales )?tax(?:es)?|vat|gst|hst|mwst|ust|tva|iva|btw|tip|gratuity|shipping|discounts?|rebates?"
"""What is put on a price, or taken off it."""
_WHOLE = r"(?:total|price|amount|balance|paid|summe|(?:gesamt|rechnungs|end)\w*)"
_LABELS: tuple[tuple[str, int], ...] = (
    # Nothing that was paid for all of it.
    (r"sub-?\s?total|zwischensumme|netto\w*|sous-total|total ht|before (?:tax|incentives|discount)", 0),
    (r"base imponible|imponibile|total (?:hours|hrs|gallons|miles|items|weight|quantity|qty|sq|savings)", 0),
    (r"(?:opening|closing|beginning|ending|starting|current|available|running|account) balance|balance forward", 0),
    (r"previous balance|payments?(?: received)?|deposit\w*(?: received| paid)?|down payment|up front|upfront|half", 0),
    (r"anzahlung|acompte|anticipo|acconto|rabatt|skonto|remise|descuento|sconto", 0),
    # Money back at a till; an oil change is work.
    (r"(?<![^\W\d_] )change|(?:your|total|cash) change|change due", 0),
    (rf"{_EXTRA}|cash(?: tendered)?|tendered|sav(?:e|ed|ings)|credit(?! card)", 0),
    (r"quoted|quote|estimated?|list(?: price)?|msrp|regular(?: price)?|retail|originally|original \w+|marked", 0),
    (r"usually|normally|asks?|wants?|wanted|offered|around|about|up to|worth|was|(?-i:plus)", 0),
    (r"(?:appraised|valued|insured|listed) (?:at|for)", 0),
    (r"would (?:be|cost|have been)|would\b.{0,40}? (?:for|charge|cost|run|be)", 0),
    (r"(?:budget(?:ed)? (?:for|of|is|was)|thinking (?:of|about)|considering|saving (?:up )?for)\b.*", 0),
    # What came in, not what went out.
    (r"(?:paid|pays|gave|sent|owes?) (?:us|me)(?: back)?|(?:got|won|made|earned)(?=\W*$)", 0),
    (r"sold (?:the|our|my|his|her|an?|it|old)\b.{0,40}? for", 0),
    # What it comes to for those who pay late.
    (r"after (?:the )?due date|after \w{0,9}\.? ?\d[\d/.-]*(?:,? \d{4})?", 0),
    (r"another|other|rest|next", 0),
    (r"deductible|per hour|an hour|rate|@|each|covered|insurance paid|limit|fine", 0),
    # What was paid, or is to be: the more it is about all of it, the higher.
    (r"price(?: was| of)?|costs?|cost (?:us|me|was)|charged?|fee|for|came to|came down to|brought it (?:down )?to", 2),
    (r"so|all in|all told|bill(?: was| of| came to)?|invoice(?: was| of)?|price", 2),
    (r"amount|balance(?: due| paid| owed)?|new balance|owed?|zu zahlen|amount due|amount payable|restbetrag", 3),
    (r"paid|pay|payment of|total|totals|together|zusammen|gesamt\w*|summe|total ttc|importe|totale|totaal|in all", 4),
    (rf"{_WHOLE}\b.{{0,30}}?\b(?:incl?\w*|inkl\w*|with|w/|after)\W{{1,2}}(?:\d+ ?% )?(?:{_EXTRA}|delivery)", 4),
    (r"(?:total|bill)\b.{0,40}? (?:was|is)|brutto\w*|endsumme|rechnungssumme|totaalbedrag", 4),
    (r"total (?:due|cost|price|parts and labou?r|amount|usd|eur|cad|gbp)|amount paid|contract price|job total", 4),
    (r"grand total|order total|invoice total|sales total|total (?:paid|charged)(?: to (?:customer|you))?", 5),
    (r"net due|net à payer|total (?:à payer|à régler|a pagar|da pagare)|(?:totaal )?te betalen|att betala", 5),
    (r"rechnungsbetrag|gesamtbetrag|endbetrag|you (?:paid|pay|owe)|customer pays|total due|montant (?:total|ttc)", 5),
    (r"your payment of|paid in full|final price|invoice amount", 5),
)
_RULES = tuple((re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])", re.IGNORECASE), tier) for words, tier in _LABELS)
_REFUND = re.compile(
    r"(?<!\bno )(?<!\bnot )(?<!non-)\brefund(?:ed|s)?\b(?! (?:polic|with|if|only|or|and))|"
    r"\bcredit (?:note|memo)\b|\bcredited\b|\bmoney back\b(?! guarant)|"
    r"\bgutschrift\b|\berstatte(?:t|n)\b|\berstattung\b|\bstornorechnung\b|\bavoir n\W|"
    r"\brembours(?:é|ée|ement)\b|\bnot[ae] di credito\b|\bnota de crédito\b|\breembolso\b|\brimborso\b",
    re.IGNORECASE,
)
"""Money that came back; what a shop says of refunds in general is none."""
_AFTER = re.compile(
    r"[^\w\n]{0,2}(?:deposit|down\b|off\b|discount|saved|tax\b|tip\b|more\b|less\b|up front|upfront|credit\b|change\b|"
    r"covered|waived|coupon|rebate|voucher|trade-in|(?:plus|\+) (?:vat|tax|gst)\b|for (?:parts|materials|labou?r))"
    # In '$12, tip $3' it is told of the next amount.
    r"(?![:\s]*[$€£]\d)",
    re.IGNORECASE,
)
_PER = re.compile(
    r"[^\w\n]{0,2}(?:/|per\b|pro\b|each\b|ea\b|apiece|[x×*] ?\d|an hour|(?:week|month|quarter|year)ly\b|"
    r"a (?:month|year|week|visit|session|foot|piece|yard|gallon)\b)",
    re.IGNORECASE,
)
"""What says of the amount before it that it is the price of one of several."""
_CUT = re.compile(r"(?<!\binc)(?<!\bin[ck]l)(?<!\bex[ck]l)[.;!?:](?=\s+[A-Z])|\d[.,]\d\d(?=\D)|[$€£]\d[\d,.]*")
"""What parts an amount from words before it that are about something else."""
_ASIDE = re.compile(r"\([^()\n]*(?:\d[.,]\d\d|[$€£] ?\d|\d ?[€£])[^()\n]*\)")
"""An amount in parentheses, with what it is for."""
_TIMES = re.compile(
    r"(?<![\w.,/])(?:\d{1,3}|two|three|four|five|six|ten|twelve)(?: ?[x×*]|(?: [^\W\d_]+)? [^\W\d_]+s (?:at|of|@)) ?$",
    re.IGNORECASE,
)
"""How often, before the amount of one."""
_PLUS = re.compile(r"(?: for [^.;\n$€£]{1,30})? (?:and|plus|\+) (?:an? )?")
"""What stands between two parts of a sum that is not told."""
_RANGE = re.compile(r" ?(?:-|–|to|or) ?")
"""What stands between the ends of a range, or two to choose from."""
_PRICE_OF = re.compile(r"\b(?:is|are)\W*\Z", re.IGNORECASE)
"""What tells a price, and not that it was paid."""
_LEFT_TO_PAY = re.compile(r"\b(?:due|balance|owed?|owing|payable|restbetrag)\b", re.IGNORECASE)
_PAID = re.compile(r"\b(?:paid|payments?|deposit|bezahlt|anzahlung)\b", re.IGNORECASE)
_CREDIT = re.compile(r"\bcredit\b(?! card)", re.IGNORECASE)
_ALTOGETHER = re.compile(
    r",? (?:in )?(?:total|all in|altogether|in all|all told|out the door)(?=[ ]*(?:[.,;)\n]|$))", re.IGNORECASE
)
_ACCOUNT = re.compile(
    r"\b(?:minimum payment|credit limit|available credit|withdrawals|kontoauszug|kontostand|relevé de compte)\b|"
    r"\b(?:opening|beginning|starting) balance\b.*\b(?:closing|ending) balance\b",
    re.IGNORECASE | re.DOTALL,
)
"""Words of a bank's or a card's statement."""
_QUOTE = re.compile(
    r"\b(?:quotes?|quotation|estimates?|proposals?|bids?|angebot|kostenvoranschlag|devis|presupuesto)\b", re.IGNORECASE
)
_DONE = r"(?:installed|finished|completed|done)"
_TAKEN = re.compile(
    r"(?<!\bnot )(?<!\bnot an )(?<!\bno )(?<!\bif )(?<!\bwhen )(?<!\bonce )(?<!\buntil )(?<!\bbe )(?<!\bis )"
    r"(?:\b(?:paid|charged|refund|rechnung|went with|hired)\b"
    # Neither the line to sign on, nor what may be paid with.
    r"|(?<!cards )(?<!checks )(?<!visa )\baccepted\b(?! by\b|[ :]*_|:? *$)"
    # Nor the invoice that is to come.
    r"|(?<!\bof )\binvoice\b(?! (?:will|may|upon|on|after|follows|to follow))"
    r"|(?<!\bon )(?<!\bupon )(?<!\bof )\breceipt\b"
    # Nor what is offered, such as 'a water heater, installed'.
    rf"|\b(?:was|were|got|had|been|they|he|she|we|all) {_DONE}\b"
    rf"|\b{_DONE}:? (?:on )?(?:it|them|today|yesterday|last|\d\d?[/.-]\d\d?[/.-]|"
    r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))",
    re.IGNORECASE | re.MULTILINE,
)
_LEFT = re.compile(
    r"\b(?:did(?:n[’']?t| not) (?:take|accept|go)|not taken|too (?:much|expensive)|declined|turned (?:it|them) down)\b",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"^[ \t]*(?:total |amount )?(?:cost|amount|price|total|paid|betrag|preis|kosten|montant)[ \t]*"
    r"(?:\((?P<unit>[A-Za-z]{3}|[$€£])\))?[ \t]*:[ \t]*(?P<value>[-−]?\d[\d.,' ]*)[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
"""A row's own field, such as `cost: 180`, where a bare number is money."""
HEAD = 3
"""Lines at the top of a paper that say what it is."""
TITLE = 6
"""Words of a line that may be a title; more are a sentence."""
LABEL = 70
"""Characters before an amount that may say what it is for."""
REACH = 300
"""Characters before it in which its sentence is looked for: a line may be a whole book."""
LETTERHEAD = 8
"""Lines within which one says so that begins with it: a name, an address and a day may stand above."""


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
    best: tuple[int, int, Amount, str] | None = None
    plain = []
    refund = _is_refund(text)
    amounts = amounts_in(text, currency)
    ranges, parts = _joined(text, amounts, _RANGE), _joined(text, amounts, _PLUS)
    for amount in amounts:
        if amount in ranges or _of_one(text, amount):
            continue
        label, words_start = _label(text, amount)
        tier = _tier(label)
        back = _REFUND.search(label) or (refund and _CREDIT.search(label))
        if back or (tier != 0 and _ALTOGETHER.match(text, amount.end)):
            tier = 5
        elif amount in parts:
            tier = None
        if tier == 0 or _AFTER.match(text, amount.end) or _paid_off(text, amount, label):
            continue
        if tier is None:
            if amount.marked and amount.cents > 0:
                plain.append((amount, words_start))
            continue
        # Of two that say the same, the later one is the sum of what stands above it.
        if best is None or (tier, amount.start) >= (best[0], best[1]):
            best = (tier, amount.start, amount, text[words_start : amount.end])
    if best is None:
        if not plain:
            return _field(text, currency)
        amount, start = plain[0]
        if any(other.cents != amount.cents for other, _ in plain) or _PRICE_OF.search(text, start, amount.start):
            return None
        best = (1, amount.start, amount, text[start : amount.end])
    _, _, amount, words = best
    cents = -abs(amount.cents) if refund or _REFUND.search(words) else amount.cents
    return Cost(cents, amount.currency, words.strip())


def _field(text: str, currency: str) -> Cost | None:
    fields = list(_FIELD.finditer(text))
    if len(fields) != 1:
        return None
    amount = money(f"{fields[0]['value'].strip()} {fields[0]['unit'] or ''}", currency)
    return None if amount is None else Cost(*amount, fields[0][0].strip())


def not_taken(text: str) -> bool:
    """Whether a note is a quote or an estimate that nothing came of, as far as it says."""
    lines = [line for line in text.splitlines() if line.strip()]
    quoted = bool(_QUOTE.search("\n".join(lines[:HEAD]))) or any(
        _QUOTE.match(line.strip(" \t#*|>_")) for line in lines[:LETTERHEAD]
    )
    return quoted and (bool(_LEFT.search(text)) or not _TAKEN.search(text))


def is_of_account(text: str) -> bool:
    """Whether a note is a bank's or a card's statement, whose sums are of what other papers tell."""
    return bool(_ACCOUNT.search(text))


def _is_refund(text: str) -> bool:
    head = [line for line in text.splitlines() if line.strip()][:HEAD]
    return any(_REFUND.search(line) and len(line.split()) <= TITLE for line in head)


def _joined(text: str, amounts: Sequence[Amount], by: re.Pattern[str]) -> set[Amount]:
    """The amounts between which nothing but such words stand."""
    return {
        amount
        for pair in itertools.pairwise(amounts)
        if by.fullmatch(text, pair[0].end, pair[1].start)
        for amount in pair
    }


def _of_one(text: str, amount: Amount) -> bool:
    """Whether an amount is the price of one of several: of a piece, an hour, a visit."""
    before = text[max(amount.start - 30, 0) : amount.start]
    return bool(_PER.match(text, amount.end) or _TIMES.search(before))


def _paid_off(text: str, amount: Amount, label: str) -> bool:
    """Whether nothing is left to pay because it was paid, which says nothing of how much it was."""
    return amount.cents == 0 and bool(_LEFT_TO_PAY.search(label)) and bool(_PAID.search(text))


def _label(text: str, amount: Amount) -> tuple[str, int]:
    """What stands before an amount and says what it is for, and where that begins."""
    line = max(text.rfind("\n", 0, amount.start) + 1, amount.start - REACH)
    # What stands in parentheses tells of its own amounts only.
    before = _ASIDE.sub(lambda aside: " " * len(aside[0]), text[line : amount.start])
    cut = before.rfind("(") + 1
    if cut and (")" in before[cut:] or _tier(before[cut:][-LABEL:]) is None):
        cut = 0
    for match in _CUT.finditer(before):
        per = _PER.match(before, match.end())
        cut = max(cut, per.end() if per else match.end())
    label = before[cut:]
    if not re.search(r"[^\W\d_]{2}", label) and not re.search(r"[^\W\d_]{2}", before):
        # Alone on its line: what it is for stands above.
        above = max(text.rfind("\n", 0, max(line - 1, 0)) + 1, line - REACH)
        return text[above:line], above
    if len(label) > LABEL:
        cut += len(label) - LABEL
        label = label[-LABEL:]
    start = line + cut
    return label, start + len(label) - len(label.lstrip(" .,;:!?·"))


def _tier(label: str) -> int | None:
    """How much a label speaks for its amount: 0 against it, None nothing at all. What stands nearest counts."""
    best: tuple[int, int, int] | None = None
    for pattern, tier in _RULES:
        for match in pattern.finditer(label):
            rank = (match.end(), match.end() - match.start(), tier)
            if best is None or rank[:2] > best[:2]:
                best = rank
    return None if best is None else best[2]
