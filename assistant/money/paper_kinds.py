"""What kind of paper a note is, by its words: a quote, an account, a refund, a bill, a receipt; pure rules."""

from __future__ import annotations

import re

HEAD = 3
"""Lines at the top of a paper that say what it is."""
TITLE = 6
"""Words of a line that may be a title; more are a sentence."""
LETTERHEAD = 8
"""Lines within which one says so that begins with it: a name, an address and a day may stand above."""
REFUND = re.compile(
    r"(?<!\bno )(?<!\bnot )(?<!non-)\brefund(?:ed|s)?\b(?! (?:polic|with|if|only|or|and))|"
    r"\bcredit (?:note|memo)\b|\bcredited\b|\bmoney back\b(?! guarant)|"
    r"\bgutschrift\b|\berstatte(?:t|n)\b|\berstattung\b|\bstornorechnung\b|\bavoir n\W|"
    r"\brembours(?:é|ée|ement)\b|\bnot[ae] di credito\b|\bnota de crédito\b|\breembolso\b|\brimborso\b",
    re.IGNORECASE,
)
"""Money that came back; what a shop says of refunds in general is none."""
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
    # What it came to in the end, beside what it was to come to.
    r"|\b(?:ended|wound) up (?:paying|costing|at)\b"
    r"|\b(?:bill|invoice|final (?:price|cost|total)|actual (?:price|cost)) (?:was|came)\b"
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
_BILL = re.compile(
    r"\b(?:invoices?|bills?|billed|order confirmation|\w*rechnung|facture|factura|fattura|factuur)\b", re.IGNORECASE
)
_RECEIPT = re.compile(
    r"(?<!\bon )(?<!\bupon )\breceipts?\b|(?<!\bbe )\bpaid\b|\bpayment (?:of|made|received|sent)\b|"
    r"\bche(?:ck|que) (?:no\.? ?|number |#)?\d+ (?:to|for)\b|"
    r"\bsent (?:(?!\b(?:invoices?|bills?|quotes?|estimates?|us|me)\b)[^.\n]){0,40}[$€£]\d|"
    r"[$€£]\d[\d,.]* (?:(?!\b(?:pay|payable|due|or)\b)[^.\n]){0,40}?\b(?:by|via|with) (?:zelle|venmo)\b|"
    r"\b(?:quittung|bezahlt|reçu|recibo|ricevuta|kwitantie)\b",
    re.IGNORECASE,
)


def not_taken(text: str) -> bool:
    """Whether a note is a quote or an estimate that nothing came of, as far as it says."""
    quoted = bool(_QUOTE.search("\n".join(_head(text)))) or any(
        _QUOTE.match(line.strip(" \t#*|>_")) for line in _head(text, LETTERHEAD)
    )
    return quoted and (bool(_LEFT.search(text)) or not _TAKEN.search(text))


def is_of_account(text: str) -> bool:
    """Whether a note is a bank's or a card's statement, whose sums are of what other papers tell."""
    return bool(_ACCOUNT.search(text))


def is_refund(text: str) -> bool:
    """Whether a note is about money that came back, by its head."""
    return any(REFUND.search(line) and len(line.split()) <= TITLE for line in _head(text))


def is_receipt(title: str, text: str) -> bool:
    """Whether a note says at its top that something was paid."""
    return bool(_RECEIPT.search(_top(title, text)))


def is_bill(title: str, text: str) -> bool:
    """Whether a note asks for money at its top, and does not say there that it was paid."""
    return bool(_BILL.search(_top(title, text))) and not is_receipt(title, text)


def _head(text: str, lines: int = HEAD) -> list[str]:
    return [line for line in text.splitlines() if line.strip()][:lines]


def _top(title: str, text: str) -> str:
    return "\n".join([title, *_head(text, LETTERHEAD)])
