"""Amounts of money that a text names, in whole cents with their currency; what an amount was for is left to others."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

DOLLARS = "USD"
MOST_CENTS = 10**12
"""A longer number is none that a household pays."""
_SIGNS = {"€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "US$": "USD", "CA$": "CAD", "C$": "CAD", "A$": "AUD", "AU$": "AUD", "NZ$": "NZD", "$": ""}  # fmt: skip  # noqa: E501
_CODES = ("USD", "EUR", "GBP", "CAD", "AUD", "NZD", "CHF", "JPY", "INR", "SEK", "NOK", "DKK", "PLN", "CZK")
_WORDS = {
    "dollars": "", "dollar": "", "bucks": "", "euros": "EUR", "euro": "EUR", "pounds": "GBP", "quid": "GBP",
    "francs": "CHF",
}  # fmt: skip
_MEASURE = (
    r"(?:cups?|tsp|tbsp|oz|lbs?|kg|g|mg|t|gal|gallons?|l|ml|lit(?:er|re)s?|ft|feet|foot|inch(?:es)?|cm|mm|m|km|miles?|"
    r"yd|yards?|sq|acres?|hrs?|hours?|h|Std|Stunden|heures?|minutes|days|kWh|watts?|amps?|volts?|psi|ppm)"
)
"""What makes a measure of a bare number before it; capital letters alone may be a till's marks of the tax."""
_STERLING = re.compile(r"£|\b(?:GBP|quid|pence|sterling)\b")
"""Without which pounds are a weight, in a house that pays in another money."""
_SIGN = r"(?:US|CA|AU|NZ|C|A)?\$|[€£¥₹]"


def _number(mark: str) -> str:
    """A number with or without marks between its thousands, always the same one, called `mark` in the pattern."""
    grouped = rf"\d{{1,3}}(?P<{mark}>[,.'’\u00a0\u202f ])\d{{3}}(?:(?P={mark})\d{{3}})*(?:[.,]\d{{2}})?"
    return rf"(?:{grouped}|\d+(?:[.,]\d{{1,2}})?)(?!\d)"


_AMOUNT = re.compile(
    rf"""(?<![\w.,])(?P<open>\()?(?P<minus>[-−–](?=\S))?
    (?:
      (?P<sign>{_SIGN}|(?:{"|".join(_CODES)})(?![A-Za-z]))[ \u00a0]?\$?(?P<minus2>[-−])?
        (?P<n1>{_number("a")})(?P<k>[kK]\b)?
      | (?P<n2>{_number("b")})[ \u00a0]?
        (?P<after>[€£]|\$(?![ \u00a0\t]*\d)|(?:{"|".join(_CODES)}|(?i:{"|".join(_WORDS)}))\b|,-\s?€)
      | (?P<n3>\d{{1,3}}(?:[,.']\d{{3}})*[.,]\d{{2}}|\d+[.,]\d{{2}})(?![ \u00a0]?{_MEASURE}\b)
    )(?P<close>\))?(?![\w%]|[.,/-]\d)""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Amount:
    """An amount in a text."""

    cents: int
    """In the smallest coin; negative where it is written so."""
    currency: str
    """As ISO 4217 abbreviates it."""
    start: int
    end: int
    marked: bool
    """Whether a sign or a word says that it is money; a bare number with two decimals may be something else."""


def amounts_in(text: str, currency: str = DOLLARS) -> list[Amount]:
    """Return the amounts of a text in their order.

    Args:
        currency: what a bare number means where the text names no currency at all, and a plain dollar sign always.
    """
    sterling = currency == "GBP" or _STERLING.search(text)
    found = [
        (match, _cents(match))
        for match in _AMOUNT.finditer(text)
        if (match["after"] or "").casefold() != "pounds" or sterling
    ]
    dollars = _dollars(text, currency)
    named = Counter(_currency(match, dollars) for match, cents in found if cents is not None and not match["n3"])
    usual = named.most_common(1)[0][0] if named else dollars if "$" in text else currency
    return [
        Amount(
            cents,
            usual if match["n3"] else _currency(match, dollars),
            match.start(),
            match.end(),
            marked=match["n3"] is None,
        )
        for match, cents in found
        if cents is not None
    ]


def money(text: str, currency: str = DOLLARS) -> tuple[int, str] | None:
    """Read one amount as a person types it, such as `1,150`, `-45.99 EUR` or `£80`; None where it is none."""
    typed = re.sub(r"\bpounds$", "GBP", text.strip(), flags=re.IGNORECASE)
    if re.fullmatch(r"[-−]?[\d.,' ]*\d", typed):
        typed = f"{typed} {currency}"
    amounts = amounts_in(typed, currency)
    if len(amounts) != 1 or re.search(r"\w", typed[: amounts[0].start] + typed[amounts[0].end :]):
        return None
    return amounts[0].cents, amounts[0].currency


def written(cents: int, currency: str) -> str:
    """Return an amount as the house writes it: `$1,150.00`, `-€45.99`, `CHF 80.00`."""
    sign = {"USD": "$", "EUR": "€", "GBP": "£"}.get(currency, f"{currency} ")
    return f"{'-' * (cents < 0)}{sign}{abs(cents) // 100:,}.{abs(cents) % 100:02}"


def _cents(match: re.Match[str]) -> int | None:
    number = match["n1"] or match["n2"] or match["n3"]
    # The last mark before one or two digits is the decimal one; a mark before three digits parts thousands.
    decimal = re.search(r"[.,](\d{1,2})$", number)
    whole, part = (number[: decimal.start()], decimal[1]) if decimal else (number, "")
    marks = re.sub(r"\d", "", whole)
    if len(set(marks)) > 1 or (decimal and marks and number[decimal.start()] in marks):
        return None
    digits = re.sub(r"\D", "", whole)
    if not digits or len(digits) > 10:
        return None
    cents = int(digits) * 100 + int((part + "0")[:2] if part else 0)
    if match["k"]:
        cents *= 1000
    negative = match["minus"] or match["minus2"] or _in_books(match)
    return None if cents > MOST_CENTS else -cents if negative else cents


def _in_books(match: re.Match[str]) -> bool:
    """Whether an amount stands alone in parentheses, as books write less than nothing; in a sentence it is an aside."""
    if not (match["open"] and match["close"]):
        return False
    text, start, end = match.string, match.start(), match.end()
    before, after = text[max(start - 2, 0) : start], text[end : end + 2]
    return bool(re.search(r"(?:^|\n|\s\s|[\t|] ?)\Z", before) and re.match(r" ?(?:\Z|\n|[\t|])|\s\s", after))


def _currency(match: re.Match[str], dollars: str) -> str:
    mark = (match["sign"] or match["after"] or "").lstrip(",- ")
    return _SIGNS.get(mark, _WORDS.get(mark.casefold(), mark)) or dollars


def _dollars(text: str, currency: str) -> str:
    """Whose dollars a plain sign means: the text's, where it names one country's alone, else the household's."""
    named = set(re.findall(r"\b(USD|CAD|AUD|NZD)\b", text)) | {
        f"{country}D" for country in re.findall(r"\b(CA|AU|NZ)(?=\$)", text)
    }
    return named.pop() if len(named) == 1 else currency if currency.endswith("D") else DOLLARS
