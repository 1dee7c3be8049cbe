"""Facts that a note tells in so many words, found by rules in milliseconds; what they miss, `extraction` asks a model.

Every fact's words are a piece of the note itself.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from assistant.costs import cost_in, not_taken
from knowledge.days import days_in, later
from knowledge.facts import Fact, Name
from knowledge.money import DOLLARS, written
from knowledge.readers.columns import PAID

HEADED = 4
"""Lines from which a note is taken for a paper with a head."""
_BUSINESS = re.compile(
    r"\b(?:invoice|receipt|total|order|statement|ticket|amount|paid|pays|owe|service date|visit date|credit note|"
    r"estimate|quote|proposal|rechnung\w*|facture|factura|visa|cash|charge)\b",
    re.IGNORECASE,
)
"""Words without which a text of many lines is a list, and no paper."""
_TOLD = re.compile(r"(?<!inc)(?<!ltd)(?<!corp)(?<!\bco)[.!?]$|\b(?:we|was|is|came)\b|^[\w ]{2,25}:", re.IGNORECASE)
"""A line that is a sentence, not a name."""
_NAME = r"[A-Z][\w&.’'-]*(?:[ ]+(?:&|and|of|the|[A-Z&][\w&.’'-]*))*"
_LABELLED = re.compile(rf"^[ \t]*(?:{'|'.join(PAID)})[ \t]*:[ \t]*(.+)$", re.I | re.M)
"""What stands before a vendor's name, on papers and in the rows of tables that became notes."""
_FROM = re.compile(
    rf"\b(?:[Rr]eceipt|[Ii]nvoice|[Oo]rder|[Qq]uote|[Ee]stimate|[Bb]ill|[Ss]tatement)(?: [#\w/-]*\d[\w/-]*)?"
    rf" (?:from|by|at|with) (?:the )?({_NAME})"
    rf"|\b[Ss]hopping (?:at|with) ({_NAME})"
)
_DID = re.compile(
    rf"(?:^(?:[\d/.-]+:?[ ]+)?|[.!:;][ ]+)({_NAME})[ ]+(?:came|did|put in|dug|took|built|sent|rebuilt|"
    r"redid|quoted|charged|replaced|"
    r"repaired|installed|fixed|cleaned|washed|serviced|finished|visited|swapped|snaked|removed|painted|stained|"
    r"inspected|delivered|treated|sprayed|trimmed|wired|sealed|descaled|winteri[sz]ed|opened|closed|rebuilt|pumped|"
    r"tuckpointed|repointed|hung|moved|patched)\b",
    re.M,
)
_SENT = re.compile(
    rf"\b({_NAME})['’]s (?:apprentice|helper|man|men|guys?|crew|team|people|technician|tech|foreman|"
    r"plumber|electrician|painter|mason|roofer|carpenter|gardener|installer)\b"
)
_BOUGHT = re.compile(
    rf"\b(?:[Bb]ought|[Oo]rdered|[Gg]ot|[Nn]ew)\b[^.\n]{{0,60}}?\b(?:at|from) ({_NAME})"
    rf"|\b(?:[Pp]aid|[Gg]ave|[Hh]ired) ({_NAME})[ ]"
    rf"|\b(?:from ({_NAME})|by (?=\S+ [A-Z&])({_NAME}))(?= on\b|,|\.| in\b|$)",
    re.M,
)
_PAPER = re.compile(
    r"^(?:invoice|receipt|statement|estimate|quote|proposal|order|refund|credit note|service (?:record|ticket|report)|"
    r"work order|repair order|order confirmation|confirmation|bill|to|date|re|subject|your|thank|thanks|customer|"
    r"rechnung|facture|factura|fattura|page|paid|dear|hi|hello|tel|phone|fax|total|account|visit|tech(?:nician)?|unit|model|due|attn)\b",
    re.IGNORECASE,
)
_NO_NAME = frozenset(
    """we i he she they it the a an our my bought new paid had got spring summer autumn fall winter replaced fixed
    called today yesterday this last monday tuesday wednesday thursday friday saturday sunday january february march
    april may june july august september october november december mom dad finally both there visa mastercard amex
    when after before in on at for and but if what every each all jan feb mar apr jun jul aug sep sept oct nov
    dec""".split()
)
_AFTER_NAME = re.compile(
    r"\s{2,}|\t|\s[-–—|·]\s|,\s*(?=\d)|\s(?:store|reg)\s+\d|\s#\d|\s\(|\s\d{1,2}[/.-]\d|:|\s(?:tel|phone)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"\b(?i:technician|tech|contact|service advisor|advisor|serviced by|performed by|salesperson|salesman(?: was)?|"
    r"ask for|estimator|foreman)\b[ ]?[:#.]?[ ]+([A-Z][\w.’'-]*[^\W.](?:[ ](?!on\b)[A-Z][\w’'-]+){0,2})"
)
_PHONE = re.compile(
    r"""(?<![\w.$€£/-])(?:
        \+\d{1,3}(?:[ .()-]{1,2}\d{1,5}){2,5}
      | (?:1[-. ])?\(\d{3}\)[ ]?\d{3}[-. ]\d{4}
      | (?:1[-. ])?\d{3}([-. ])\d{3}\1\d{4}
      | \d{3}[-.]\d{4}
    )(?![\w-]|\.\d)""",
    re.VERBOSE,
)
_NUMBERED = re.compile(
    r"\b(?:tel(?:efon|\.|:|ephone)?|phone|mobile|cell|call|text|fon|tél)\b[ .:]*(?:is |at |on )?"
    r"(\+?\d[\d ().-]{5,18}\d)",
    re.I,
)
_SERIAL = re.compile(
    r"\b(?:serial(?:[ ]?(?:number|no\.?|nr\.?|\#))?|s/n)[ :#=.]*(?:is )?((?=[A-Z0-9-]*\d)[A-Z0-9][A-Z0-9-]{3,})\b", re.I
)
_MODEL = re.compile(
    r"\b(?:model|modell|modelo|modèle)(?:[ ]?(?:number|no\.?|nr\.?|\#))?[ :#=.]*"
    r"((?:[A-Z][\w.-]*[ ]){0,2}[\w.-]*\d[\w/-]*)",
    re.I,
)
_WARRANTY = re.compile(r"warrant\w*|guarant\w*|garantie|gewährleistung|garantía", re.IGNORECASE)
_SPAN = re.compile(
    r"\b(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|a)[ -](?:day|week|month|year)s?\b", re.I
)
_IN = re.compile(rf"\bin {_SPAN.pattern}", re.IGNORECASE)
_NEXT = re.compile(
    r"\b(?:next|again|due (?:again|by|on|in|for)|is due|renew(?:al|s|ed)?|re-?(?:inspect|test)\w*|"
    r"nächste\w*|prochaine?|próxim[ao]|expires?|recommended)\b",
    re.IGNORECASE,
)
_MONEY_DUE = re.compile(
    r"\b(?:pay|payment|payable|amount|balance|invoice|total|due date|autopay|statement|quote|estimate|offer|coupon|"
    r"delivery|arriv\w*|warrant\w*|guarant\w*|return\w*|pick up)\b|^\W*due\W*$",
    re.IGNORECASE,
)


def read_facts(
    title: str, text: str, date: dt.date | None, *, currency: str = DOLLARS, day_first: bool = False
) -> dict[Name, Fact]:
    """Return what a note tells in so many words.

    Args:
        date: the note's own, which 'a two-year warranty' counts from.
        currency: what a bare number means where the text names none.
        day_first: whether 03/04/2021 is the third of April.
    """
    found = {fact.name: fact for fact in _read(title, text, date, day_first)}
    cost = cost_in(text, currency)
    if cost is not None:
        found["cost"] = Fact(
            "cost", written(cost.cents, cost.currency), cost.words, cents=cost.cents, currency=cost.currency
        )
    return found


def _read(title: str, text: str, date: dt.date | None, day_first: bool) -> Iterator[Fact]:
    if vendor := vendor_in(title, text):
        yield Fact("vendor", vendor, vendor)
    for name, pattern in (("person", _PERSON), ("serial", _SERIAL), ("model", _MODEL)):
        if match := pattern.search(text):
            value = match[1].strip(" .,;")
            yield Fact(name, value, value)  # type: ignore[arg-type]  # three of the names
    if phone := phone_in(text):
        yield Fact("phone", phone, phone)
    if warranty := _warranty(text, date, day_first):
        yield warranty
    if due := _next_due(text, date, day_first):
        yield due


def vendor_in(title: str, text: str) -> str:
    """Return who was paid, as the note names them; empty where no rule can tell."""
    for match in _LABELLED.finditer(text):
        if name := _cleaned(match[1]):
            return name
    for match in _FROM.finditer(f"{title}\n{text}"):
        name = _trimmed(match[1] or match[2])
        if name.split()[0].casefold() not in _NO_NAME:
            return name
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) >= HEADED and _BUSINESS.search(text):
        for line in lines[:3]:
            told = _PAPER.match(line) or _TOLD.search(line)
            if not told and (name := _cleaned(line)) and _titled(name):
                return name
    for match in _DID.finditer(text):
        name = _trimmed(match[1])
        # One word alone may be anybody, or the thing itself.
        if len(name.split()) > 1 and name.split()[0].casefold() not in _NO_NAME:
            return name
    for match in _SENT.finditer(text):
        if match[1].split()[0].casefold() not in _NO_NAME:
            return match[1]
    for match in _BOUGHT.finditer(text):
        name = _trimmed(next(group for group in match.groups() if group))
        if name.split()[0].casefold() not in _NO_NAME:
            return name
    return ""


def phone_in(text: str) -> str:
    """Return a phone number as the note writes it; empty where it has none. One that is called so comes first."""
    for match in _NUMBERED.finditer(text):
        number = match[1].strip(" .-")
        if 7 <= len(re.sub(r"\D", "", number)) <= 15 and not days_in(number):
            return number
    match_ = _PHONE.search(text)
    return match_[0].strip() if match_ else ""


def _cleaned(line: str) -> str:
    """A line's name, without what follows it; empty where it holds none."""
    name = re.sub(r"<[^>]*>|\*+|^#+", " ", line).strip(' .,;:|*"“”')
    name = _AFTER_NAME.split(name, maxsplit=1)[0].strip(" .,;:-–—")
    words = name.split()
    if not 1 <= len(words) <= 7 or "@" in name or not re.match(r"[A-Z\d]", name) or not re.search(r"[^\W\d_]{2}", name):
        return ""
    if _PAPER.match(name) or days_in(name) or words[0].casefold() in _NO_NAME - {"the", "a", "an"}:
        return ""
    return name if name in line else ""


def _titled(name: str) -> bool:
    """Whether the words of a name are written as names are."""
    return all(word[:1].isupper() for word in re.findall(r"[^\W\d_]{4,}", name)) and not re.search(r"\d", name)


def _trimmed(name: str) -> str:
    """A name without the words that only join it to what follows."""
    return re.sub(r"(?:[ ]+(?:and|of|the|&))+$", "", name.strip()).rstrip(".,;:")


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    """Pieces of a text that say one thing, with where they begin."""
    for match in re.finditer(r"[^\n.;]+(?:[.](?=[\S])[^\n.;]*)*", text):
        yield match.start(), match[0]


def _warranty(text: str, date: dt.date | None, day_first: bool) -> Fact | None:
    spans = []
    for _, piece in _sentences(text):
        match = _WARRANTY.search(piece)
        if match is None:
            continue
        days = days_in(piece, day_first=day_first)
        if ahead := [day for day in days if day.start > match.start()] or (
            [] if re.search(r"\b(?:from|since)\b", piece) else days
        ):
            end = ahead[0]
            if date is None or end.last > date:
                start, stop = min(match.start(), end.start), max(match.end(), end.end)
                return Fact("warranty_end", end.last.isoformat(), piece[start:stop].strip())
        if span := _SPAN.search(piece):
            spans.append((match, span, piece))
    if date is not None and spans:
        match, span, piece = spans[0]
        if (end_date := later(date, span[0])) is not None:
            start, stop = min(match.start(), span.start()), max(match.end(), span.end())
            return Fact("warranty_end", end_date.isoformat(), piece[start:stop].strip())
    return None


def _next_due(text: str, date: dt.date | None, day_first: bool) -> Fact | None:
    if not_taken(text):
        return None
    for _, piece in _sentences(text):
        days = days_in(piece, day_first=day_first)
        for match in _NEXT.finditer(piece):
            ahead = [day for day in days if day.start >= match.end()]
            before = piece[: ahead[0].start] if ahead else piece
            if _MONEY_DUE.search(before):
                continue
            if ahead and (date is None or ahead[0].first > date):
                return Fact("next_due", ahead[0].first.isoformat(), piece[match.start() : ahead[0].end].strip())
            span = _IN.search(piece, match.start())
            if date and span and (when := later(date, span[0])):
                return Fact("next_due", when.isoformat(), piece[match.start() : span.end()].strip())
    return None
