"""What the words at an amount say of it: a price or a total, paid, due or come back; `costs` tells which counts."""

from __future__ import annotations

import re
from enum import IntEnum
from typing import Literal

from assistant.money.paper_kinds import REFUND
from knowledge.money import Amount

Role = Literal["paid", "back", "part", "due"]
"""What became of an amount: it was paid, it came back, it was paid of a larger one, it is still to be paid."""


class Tier(IntEnum):
    """How much its words speak for an amount's being what was paid for all of it."""

    AGAINST = 0
    """It is a quote or a part, somebody else paid it, or it is put on a price or taken off one."""
    BARE = 1
    """No word says anything."""
    PRICE = 2
    """What it cost, or was charged."""
    OWED = 3
    """What is to be paid."""
    PAID = 4
    """What was paid, or a total."""
    TOTAL = 5
    """The last of the totals."""


LABEL = 70
"""Characters before an amount that may say what it is for."""
REACH = 300
"""Characters before it in which its sentence is looked for: a line may be a whole book."""
_EXTRA = r"(?:sales )?tax(?:es)?|vat|gst|hst|mwst|ust|tva|iva|btw|tip|gratuity|shipping|discounts?|rebates?"
"""What is put on a price, or taken off it."""
_WHOLE = r"(?:total|price|amount|balance|paid|summe|(?:gesamt|rechnungs|end)\w*)"
_INSURER = r"insur(?:ance|ers?)(?: company)?"
_NOT_US = r"(?:(?!\b(?:we|i|all but)\b)[^:;])"
"""A letter of what somebody else does."""
_TO_COME = r"(?:could(?! not)|might|(?-i:will)|(?:is|are) going to)"
_LOAN = r"(?:loan|mortgage|credit card|heloc)"
_NOT_AND = r"(?:(?!\b(?:and|then|but)\b)[^.,:;]){0,40}"
"""Letters of one thing that somebody does."""
_LABELS: dict[Tier, tuple[str, ...]] = {
    Tier.AGAINST: (
        r"sub-?\s?total|zwischensumme|netto\w*|sous-total|total ht|before (?:tax|incentives|discount)",
        r"base imponible|imponibile|total (?:hours|hrs|gallons|miles|items|weight|quantity|qty|sq|savings)",
        r"(?:opening|closing|beginning|ending|starting|current|available|running|account) balance|balance forward",
        r"previous balance|payments?(?: received)?|deposit\w*(?: received| paid)?|down payment|up front|upfront|half",
        r"anzahlung|acompte|anticipo|acconto|rabatt|skonto|remise|descuento|sconto",
        # Money back at a till; an oil change is work.
        r"(?<![^\W\d_] )change|(?:your|total|cash) change|change due",
        rf"{_EXTRA}|cash(?: tendered)?|tendered|sav(?:es?|ed|ings)|credit(?! card)",
        r"quoted|quote|estimated?|list(?: price)?|msrp|regular(?: price)?|retail|originally|original \w+|marked",
        r"est(?:\.|imated) (?:\w+ )?(?:cost|price|total)",
        r"usually|normally|asks?|wants?|wanted|offered|up to|worth",
        # 'It was clogged' and 'around the house' say nothing of what comes after.
        r"(?:was|around|about|(?-i:plus))(?= (?:[\w’']+ ){0,2}\W*$)",
        r"(?:appraised|valued|insured|listed) (?:at|for)|allowed|(?:including|of which)(?=\W*$)",
        r"(?:would|should|could) have been|(?:supposed|meant) to (?:be|cost)|should be",
        r"(?:up|down) from|(?<!\bwe )(?<!\bI )sa(?:ys?|id)(?=\W*$)",
        r"would (?:be|cost|have been)|would\b.{0,40}? (?:for|charge|cost|run|be)",
        r"(?:would|could|should|might|may|can|will|to|have)\b[^.,:;]{0,20}? (?:cost|charged|paid)(?: us| me)? "
        r"(?:about|around)",
        # 'A hose that will reach the bed for $45' was bought.
        rf"{_TO_COME}(?: \w+)? (?:be|cost|run|charge)",
        rf"{_TO_COME}\b[^.,:;]{{0,30}}? (?:do|fix|make|build|paint) {_NOT_AND} for",
        rf"{_LOAN} balance|(?:balance|left) (?:of|on) (?:[\w’']+ ){{0,3}}{_LOAN}\b.{{0,30}}",
        r"(?:budget(?:ed)? (?:for|of|is|was)|thinking (?:of|about)|considering|saving (?:up )?for)\b.*",
        # What a thing costs whoever buys it.
        r"(?:it|that|this|(?:an?|the|another|one) (?:[\w-]+ ){1,4}?)\s?costs|costs (?:about|around)\b.*",
        # What it costs by now: in a list of prices.
        r"now(?=\W*$)",
        # What came in, not what went out.
        r"(?:paid|pays|gave|sent|owes?) (?:us|me)(?: back)?|(?:got|won|made|earned)(?=\W*$)",
        rf"(?:sold (?!by\b|to\b|out\b)|(?:lent|loaned|withdrew)\b){_NOT_AND}(?=\W*$)|claim paid",
        r"(?:(?:got|received|deposited|cashed) (?:[\w’']+ ){0,3}?|rebate |settlement |insurance |claim )check\b.{0,30}",
        rf"{_INSURER}\b{_NOT_US}{{0,20}}\b(?:sent|paid|gave|issued|mailed|wrote|cut|covered)\b{_NOT_US}{{0,40}}",
        rf"(?:instead of|rather than)\b{_NOT_AND}(?=[^\w.;:!?]*$)",
        # What it comes to for those who pay late.
        r"after (?:the )?due date|after \w{0,9}\.? ?\d[\d/.-]*(?:,? \d{4})?",
        r"another|other|rest|next",
        r"deduct(?:ible|\.)?|per hour|an hour|rate|@|each|covered|insurance paid|limit|fine",
    ),
    # What was paid, or is to be: the more it is about all of it, the higher.
    Tier.PRICE: (
        r"price(?: was| of)?|cost (?:us|me|was)|costs?|charged?|fee|for|came to|came down to|brought it (?:down )?to",
        r"(?:charged|cost)(?: us| me)? (?:about|around)",
        r"so|all in|all told|bill(?: was| of| came to)?|invoice(?: was| of)?|price|ended up (?:at|being|costing)",
    ),
    Tier.OWED: (
        r"amount|balance(?: due| paid| owed)?|new balance|owed?|zu zahlen|amount due|amount payable|restbetrag",
    ),
    Tier.PAID: (
        r"paid (?:about|around)",
        r"paid|pay|payment of|total|totals|together|zusammen|gesamt\w*|summe|total ttc|importe|totale|totaal|in all",
        r"(?:first|second|third|fourth|last|final|monthly) (?:of (?:the )?\w+ )?(?:payments?|instal?lments?)(?: was)?",
        r"paying|(?:paid|covered) all but|paid (?:[\w’']+ ){0,4}(?:rest|remaining|remainder|balance|other half)",
        rf"{_WHOLE}\b.{{0,30}}?\b(?:incl?\w*|inkl\w*|with|w/|after)\W{{1,2}}(?:\d+ ?% )?(?:{_EXTRA}|delivery)",
        r"(?:total|bill)\b.{0,40}? (?:was|is)|brutto\w*|endsumme|rechnungssumme|totaalbedrag",
        r"total (?:due|cost|price|parts and labou?r|amount|usd|eur|cad|gbp)|amount paid|contract price|job total",
    ),
    Tier.TOTAL: (
        r"grand total|order total|invoice total|sales total|total (?:paid|charged)(?: to (?:customer|you))?",
        r"net due|net à payer|total (?:à payer|à régler|a pagar|da pagare)|(?:totaal )?te betalen|att betala",
        r"rechnungsbetrag|gesamtbetrag|endbetrag|you (?:paid|pay|owe)|customer pays|total due|montant (?:total|ttc)",
        r"your payment of|paid in full|final price|invoice amount",
    ),
}
_RULES = tuple(
    (re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])", re.IGNORECASE), tier)
    for tier, labels in _LABELS.items()
    for words in labels
)
_SET_ASIDE = re.compile(
    r"[^\w\n]{0,2}(?:deposit|down\b|off\b|discount|saved|tax\b|tip\b|more\b|less\b|up front|upfront|credit\b|change\b|"
    r"covered|waived|coupon|rebate|voucher|trade-in|(?:plus|\+) (?:vat|tax|gst)\b|for (?:parts|materials|labou?r))"
    # In '$12, tip $3' it is told of the next amount.
    r"(?![:\s]*[$€£]\d)",
    re.IGNORECASE,
)
_ALTOGETHER = re.compile(
    r",? (?:out the door\b|(?:in )?(?:total|all in|altogether|in all|all told)(?=[ ]*(?:[.,;)\n]|$)))", re.IGNORECASE
)
_PER = re.compile(
    r"[^\w\n]{0,2}(?:/|per\b|pro\b|each\b|ea\b|apiece|[x×*] ?\d|(?:week|month|quarter|year)ly\b|every (?!time\b)|"
    # Behind a comma anything may begin: '$95, a bargain'.
    r"an? (?:hour|month|year|week|visit|session|foot|piece|yard|gallon|"
    r"(?:(?<=[\w€£)] a )|(?<=[\w€£)] an ))(?!(?:lot|few|bit|little|couple|while|second|third|total)\b)[^\W\d_]+)\b"
    r"(?! (?:ago|late|later|earlier|early|before|after|back|less|more|cheaper|too)\b))",
    re.IGNORECASE,
)
"""What says of the amount before it that it is the price of one of several."""
_TIMES = re.compile(
    r"(?<![\w.,/])(?:\d{1,3}|two|three|four|five|six|ten|twelve)"
    r"(?: ?[x×*]|(?: [^\W\d_]+)? [^\W\d_]+s(?: of(?: [^\W\d_]+){1,2})? (?:at|of|@)) ?$",
    re.IGNORECASE,
)
"""How often, before the amount of one."""
_CUT = re.compile(r"(?<!\binc)(?<!\bin[ck]l)(?<!\bex[ck]l)[.;!?:](?=\s+[A-Z])|\d[.,]\d\d(?=\D)|[$€£]\d[\d,.]*")
"""What parts an amount from words before it that are about something else."""
_ASIDE = re.compile(r"\([^()\n]*(?:\d[.,]\d\d|[$€£] ?\d|\d ?[€£])[^()\n]*\)")
"""An amount in parentheses, with what it is for."""

_REFUNDED = re.compile(r" (?:(?:was|were|has been|got|all|then) ){0,2}(?:refunded|credited)\b| refund\b", re.IGNORECASE)
_REFUNDED_ASIDE = re.compile(r",(?: (?:and|but|it|was|were|all|fully|later|then)){0,4} refunded\b", re.IGNORECASE)
"""The same after a comma, where it may as well be said of what was paid."""
_GIVEN = re.compile(r"\b(?:got|gave|sent|received)(?: (?:us|me))?(?: (?:the|a|our|my))?\W*\Z", re.IGNORECASE)
_GIVEN_BACK = re.compile(r" back\b", re.IGNORECASE)
"""Before and after an amount, as in 'they sent $20 back'."""
_NOT_YET = re.compile(
    r"\b(?:waiting|awaiting|expect\w*|promised|requested|ask(?:ed|ing) for|applied for|"
    r"(?:will|would|should|could|can|may|to) (?:be )?refund)\b",
    re.IGNORECASE,
)
RETURNED = re.compile(r"\b(?:returned|returning|(?:took|brought|sent|gave) (?:\S+ ){0,4}?back)\b", re.IGNORECASE)
"""After which an amount may be what the thing had cost, and be told in another note."""
_OTHERS_PAID = re.compile(r"(?:\bneighbou?rs?|\b(?!(?:We|I|You)\b)(?-i:[A-Z])[\w’'-]*) paid\W*\Z", re.IGNORECASE)
_FOR_THEIRS = re.compile(r"\bfor (?:theirs|hers|his(?! \w)|the same)\b", re.IGNORECASE)
"""Before and after an amount, that somebody else had the like done: 'Bob paid $4,000 for the same roof'."""
_PRICE_OF_IT = re.compile(r"\bof (?:the|our|my)\W*\Z", re.IGNORECASE)
"""What stands before an amount that a part came back of, as in 'refunded $45.99 of the $120.00'."""
_DEPOSIT = re.compile(r"\b(?:deposit|down(?: payment)?|up ?front|half|anzahlung|acompte|acconto)\b", re.IGNORECASE)
_REST = re.compile(r"\b(?:balance|rest|remaining|remainder|(?:other|second) half|still owe|owing)\b", re.IGNORECASE)
_DUE = re.compile(r"\b(?:due|owed?|owing|payable|to be paid|left to pay)\b", re.IGNORECASE)
_WHEN_DONE = re.compile(
    r"\b(?:on|upon|at|when|once|after|before|by) (?:[\w’']+ ){0,4}?"
    r"(?:complet\w+|finish\w*|done|deliver\w*|install\w*|arriv\w*|inspect\w*|pick-?up|walk-?through|the end)\b",
    re.IGNORECASE,
)
"""What is still to come where something is due."""
_TRANSFERRED = re.compile(
    r"\btransferred\b[^.;\n]{0,40}?\b(?:to|from|into) (?:(?:the|our|my|his|her|joint|bank|emergency|new) )*"
    r"(?:savings|checking|accounts?)\b",
    re.IGNORECASE,
)
"""What only went from one's own account to another."""
_MARKED = re.compile(r"[$€£] ?\d")
TOTAL = re.compile(r"\b(?:totals?|gesamt\w*|summe|together|in all)\b", re.IGNORECASE)
_WAS_PAID = re.compile(r"\b(?:paid|sent|gave)\b", re.IGNORECASE)
_PAID_BEFORE = re.compile(r"\A\W*(?:(?:was|were|is|already|all) )*paid\b[^,;]*?(?:[,;]|\band\b)", re.IGNORECASE)
"""Right behind an amount, that it is this one which was paid, and not the next: '$200 paid, balance $650'."""
_CLAUSE = re.compile(r"[^.;\n$€£]{0,60}")
"""What is said of an amount after it."""


def label_of(text: str, amount: Amount) -> tuple[str, int]:
    """Return what stands before an amount and says what it is for, and where that begins."""
    line = max(text.rfind("\n", 0, amount.start) + 1, amount.start - REACH)
    # What stands in parentheses tells of its own amounts only.
    before = _ASIDE.sub(lambda aside: " " * len(aside[0]), text[line : amount.start])
    cut = before.rfind("(") + 1
    if cut and (")" in before[cut:] or tier_of(before[cut:][-LABEL:]) is Tier.BARE):
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


def tier_of(label: str) -> Tier:
    """Return how much the words before an amount speak for it; what stands nearest counts."""
    best: tuple[int, int, Tier] | None = None
    for pattern, tier in _RULES:
        for match in pattern.finditer(label):
            rank = (match.end(), match.end() - match.start(), tier)
            if best is None or rank[:2] > best[:2]:
                best = rank
    return Tier.BARE if best is None else best[2]


def is_set_aside(text: str, amount: Amount) -> bool:
    """Whether the words after an amount say that it is a part of what was paid, or none of it."""
    return bool(_SET_ASIDE.match(text, amount.end))


def is_for_all(text: str, amount: Amount) -> bool:
    """Whether the words after an amount say that it is for all of it."""
    return bool(_ALTOGETHER.match(text, amount.end))


def is_of_one(text: str, amount: Amount) -> bool:
    """Whether an amount is the price of one of several: of a piece, an hour, a visit."""
    before = text[max(amount.start - 30, 0) : amount.start]
    return bool(_PER.match(text, amount.end) or _TIMES.search(before))


def role_of(text: str, amount: Amount, label: str) -> Role | None:
    """Return what became of an amount by the words around it; None where it is nothing that was paid."""
    after = _after(text, amount)
    is_aside = is_set_aside(text, amount)
    if REFUND.search(label) or _REFUNDED.match(after) or (_GIVEN.search(label) and _GIVEN_BACK.match(after)):
        return None if is_aside or _NOT_YET.search(label) else "back"
    if _REFUNDED_ASIDE.match(after):
        return "back" if RETURNED.search(text, 0, amount.start) else None
    if _PRICE_OF_IT.search(label) and REFUND.search(text, 0, amount.start):
        return None
    if _TRANSFERRED.search(label + after) or (_OTHERS_PAID.search(label) and _FOR_THEIRS.search(after)):
        return None
    behind_another = text[: amount.start - len(label)][-1:].isdigit()
    own = _PAID_BEFORE.sub("", label) if behind_another else label
    if _is_due(text, amount, own + after):
        return "due"
    if (is_for_all(text, amount) or not is_aside) and tier_of(label) is not Tier.AGAINST:
        return "paid"
    is_deposit = _DEPOSIT.search(label) or _DEPOSIT.match(after.lstrip())
    return "part" if is_deposit and not _DUE.search(label + after) else None


def _after(text: str, amount: Amount) -> str:
    match = _CLAUSE.match(text, amount.end)
    return match[0] if match else ""


def _is_due(text: str, amount: Amount, around: str) -> bool:
    """Whether an amount is the rest of another one, to be paid when the work is done, or with that one before it."""
    if amount.cents <= 0 or not _DUE.search(around) or _WAS_PAID.search(around):
        return False
    before = text[: amount.start]
    if not _REST.search(around) and not _DEPOSIT.search(before):
        return False
    *_, line = before.rpartition("\n")
    return bool(_WHEN_DONE.search(around)) or (bool(_MARKED.search(line)) and not TOTAL.search(text))
