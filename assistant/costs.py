"""Which of a note's amounts is what was paid: a total before its parts, no quote that was not taken; pure rules."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.money import DOLLARS, Amount, amounts_in, money

_LABELS: tuple[tuple[str, int], ...] = (
    # Nothing that was paid for all of it.
    (r"sub-?\s?total|zwischensumme|netto|sous-total|total ht|before (?:tax|incentives|discount)", 0),
    (r"(?:opening|closing|beginning|ending|starting|current|available|running|account) balance|balance forward", 0),
    (r"previous balance|payments?(?: received)?|deposit\w*(?: received| paid)?|down payment|up front|upfront|half", 0),
    (r"change|tax|vat|mwst|tva|hst|gst|tip|shipping|cash(?: tendered)?|tendered|sav(?:e|ed|ings)|discount|credit", 0),
    (r"quoted|quote|estimated?|list(?: price)?|msrp|regular(?: price)?|retail|originally|original \w+|marked", 0),
    (r"usually|would (?:be|cost|have been)|asks?|wanted|offered|around|about|up to|worth|was|plus", 0),
    (r"another|other|rest|next", 0),
    (r"deductible|per hour|an hour|rate|@|each|covered|insurance paid|limit|fine", 0),
    # What was paid, or is to be: the more it is about all of it, the higher.
    (r"price(?: was| of)?|costs?|cost (?:us|me|was)|charged?|fee|for|came to|came down to|brought it (?:down )?to", 2),
    (r"so|all in|all told|bill(?: was| of| came to)?|invoice(?: was| of)?|price", 2),
    (r"amount|balance(?: due| paid| owed)?|new balance|owed?|zu zahlen|amount due|amount payable|restbetrag", 3),
    (r"paid|pay|payment of|paid us|total|totals|gesamt\w*|summe|total ttc|importe|totale|totaal|in all", 4),
    (r"total (?:due|cost|price|parts and labou?r|amount|usd|eur|cad|gbp)|amount paid|contract price|job total", 4),
    (r"grand total|order total|invoice total|sales total|total (?:paid|charged)(?: to (?:customer|you))?", 5),
    (r"rechnungsbetrag|gesamtbetrag|endbetrag|you (?:paid|pay|owe)|customer pays|total due|montant (?:total|ttc)", 5),
    (r"your payment of|paid in full|final price|invoice amount", 5),
)
_RULES = tuple((re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])", re.IGNORECASE), tier) for words, tier in _LABELS)
_REFUND = re.compile(r"\brefund(?:ed|s)?\b|\bcredit note\b|\bcredited\b|\bmoney back\b|\bgutschrift\b", re.IGNORECASE)
_AFTER = re.compile(
    r"[^\w\n]{0,2}(?:deposit|down\b|off\b|discount|saved|tax\b|tip\b|more\b|less\b|up front|upfront|credit\b|change\b|"
    r"covered|waived|/|per\b|each\b|an hour|a (?:month|year|week)|for (?:parts|materials))",
    re.IGNORECASE,
)
_QUOTE = re.compile(
    r"\b(?:quote|quotation|estimate|proposal|bid|angebot|kostenvoranschlag|devis|presupuesto)\b", re.IGNORECASE
)
_TAKEN = re.compile(
    r"(?<!\bnot )(?<!\bnot an )(?<!\bno )(?<!\bif )(?<!\bwhen )(?<!\bonce )(?<!\buntil )"
    r"\b(?:accepted|paid|completed|invoice|receipt|refund|rechnung|finished|installed|charged)\b",
    re.IGNORECASE,
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
    if not_taken(text):
        return None
    best: tuple[int, int, Amount, str] | None = None
    plain = []
    for amount in amounts_in(text, currency):
        label, words_start = _label(text, amount)
        tier = _tier(label)
        if tier == 0 or _AFTER.match(text, amount.end):
            continue
        if _REFUND.search(label):
            tier = 5
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
        if len({amount.cents for amount, _ in plain}) != 1:
            return None
        amount, start = plain[0]
        best = (1, amount.start, amount, text[start : amount.end])
    _, _, amount, words = best
    return Cost(_signed(text, amount, words), amount.currency, words.strip())


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


def _signed(text: str, amount: Amount, words: str) -> int:
    head = "\n".join([line for line in text.splitlines() if line.strip()][:HEAD])
    back = bool(_REFUND.search(words) or _REFUND.search(head))
    return -abs(amount.cents) if back else amount.cents


def _label(text: str, amount: Amount) -> tuple[str, int]:
    """What stands before an amount and says what it is for, and where that begins."""
    line = text.rfind("\n", 0, amount.start) + 1
    before = text[line : amount.start]
    cut = 0
    for match in re.finditer(r"[.;!?:](?=\s+[A-Z])|\d[.,]\d\d(?=\D)|[$€£]\d[\d,.]*", before):
        cut = match.end()
    label = before[cut:]
    if not re.search(r"[^\W\d_]{2}", label) and not re.search(r"[^\W\d_]{2}", before):
        # Alone on its line: what it is for stands above.
        above = text.rfind("\n", 0, max(line - 1, 0)) + 1
        return text[above:line], above
    if len(label) > 70:
        cut += len(label) - 70
        label = label[-70:]
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
