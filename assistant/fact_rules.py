"""Facts that a note tells in so many words, found by rules in milliseconds; what they miss, `extraction` asks a model.

Every fact's words are a piece of the note itself.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator

from assistant.money.costs import cost_in
from assistant.money.paper_kinds import not_taken
from knowledge.days import SPAN, Day, days_in, later, puts_day_first
from knowledge.facts import Fact, Name
from knowledge.money import DOLLARS, written
from knowledge.readers.columns import PAID

HEADED = 4
"""Lines from which a note is taken for a paper with a head."""
_BUSINESS = re.compile(
    r"\b(?:invoice|receipt|statement|service date|visit date|service (?:record|report|ticket)|credit note|"
    r"estimate|quote|proposal|\w*rechnung\w*|gutschrift|quittung|angebot|kassenbon|facture|devis|avoir|factura|presupuesto|"
    r"fattura|ricevuta|factuur|fatura|faktura)\b",
    re.IGNORECASE,
)
"""Words without which a text of many lines is a list, and no paper."""
_SUM = re.compile(
    r"\b(?:total|order|ticket|amount|paid|pays|owe|visa|charge|summe|gesamt\w*|totale)\b"
    r"\D{0,60}(?:(?<=[$€£])|(?<=[$€£] )|(?=\d+[.,]\d\d\b))\d",
    re.IGNORECASE,
)
"""The same by its money: a recipe's total is none."""
_TOLD = re.compile(
    r"(?<!inc)(?<!ltd)(?<!corp)(?<!\bco)(?<!bros)(?<!\.\w)[.!?]$|\b(?:we|was|is|came)\b|^[\w ]{2,25}:", re.IGNORECASE
)
"""A line that is a sentence, not a name."""
_CAPITAL = "A-ZÀ-ÖØ-Þ"
_WORD = (
    r"(?:(?:[A-Z]|St|Mr|Mrs|Ms|Dr|Mt|Ft)\.|(?:Inc|Ltd|Co|Corp|Bros)\.(?![ ]+[A-Z])|"
    rf"[{_CAPITAL}][\w&’'-]*(?:\.\w[\w&’'-]*)*)"
)
"""A word of a name; a point ends the name unless it only shortens the word."""
_NAME = rf"{_WORD}(?:[ ]+(?:&|and|of|the|{_WORD})){{0,7}}"
_LABELLED = re.compile(rf"^[ \t]*(?:{'|'.join(PAID)})[ \t]*:[ \t]*(.+)$", re.I | re.M)
"""What stands before a vendor's name, on papers and in the rows of tables that became notes."""
_FROM = re.compile(
    rf"\b(?:[Rr]eceipt|[Ii]nvoice|[Oo]rder|[Qq]uote|[Ee]stimate|[Bb]ill|[Ss]tatement)(?: [#\w/-]*\d[\w/-]*)?"
    rf" (?:from|by|at|with) (?:the )?({_NAME})"
    rf"|\b[Ss]hopping (?:at|with) ({_NAME})"
)
_DID = re.compile(
    rf"(?:^(?:[\d/.-]+:?[ ]+)?|[.!:;][ ]+)({_NAME})[ ]+(?:"
    r"(?:came(?! (?:with|off|loose|apart)\b)|did|put in|dug|took|built|sent|quoted|charged|finished|visited)\b|"
    r"(?:rebuilt|redid|replaced|repaired|installed|fixed|cleaned|washed|serviced|swapped|snaked|removed|painted|stained|"
    r"inspected|delivered|treated|sprayed|trimmed|wired|sealed|descaled|winteri[sz]ed|opened|closed|pumped|tuckpointed|"
    r"repointed|hung|moved|patched)"
    # 'Pool Pump replaced on May 3' is the thing that it was done to.
    r" (?!(?:by|on|in|at|for|again|and|with|from|after|before|during|this|last|today|yesterday)\b)[a-z])",
    re.M,
)
_SENT = re.compile(
    rf"\b({_NAME})['’]s (?:apprentice|helper|man|men|guys?|crew|team|people|technician|tech|foreman|"
    r"plumber|electrician|painter|mason|roofer|carpenter|gardener|installer)\b"
)
_BOUGHT = re.compile(
    rf"\b(?:[Bb]ought|[Oo]rdered|[Gg]ot|[Nn]ew)\b[^.\n]{{0,60}}?\b(?:at|from) ({_NAME})"
    rf"|\b(?:[Pp]aid|[Gg]ave|[Hh]ired) ({_NAME})[ ]"
    rf"|\b(?:[Pp]aid|[Ss]ent) [$€£][\d.,]+(?: [A-Z]{{3}})? to ({_NAME})"
    rf"|\bfrom ({_NAME})(?= (?:on|in)\b|[,.]|$)"
    rf"|\bby (?=\S+ [A-Z&])({_NAME})(?= (?:on|in|for)\b|[,.]| [\d$€£(]|$)",
    re.M,
)
_PAYABLE = re.compile(rf"\b[Pp]ay(?:able)? to(?: the order of)?:?[ ]+(?:the )?({_NAME})")
_FORWARDED = re.compile(
    r"^[>\- ]*(?:begin forwarded message|forwarded message|weitergeleitete nachricht|message transféré)\b", re.I | re.M
)
_PRIVATE = re.compile(
    r"@(?:gmail|googlemail|yahoo|hotmail|outlook|live|icloud|me|aol|gmx|web|t-online|proton(?:mail)?|comcast)\.", re.I
)
"""Where people have their mail, and few businesses."""
_CUSTOMER = re.compile(
    r"^(?:bill(?:ed)? to|sold to|ship(?:ped)? to|customer|client|kunde|rechnung an)\W*$", re.IGNORECASE
)
"""A line above the customer's name."""
_PAPER = re.compile(
    r"^(?:invoice|receipt|statement|estimate|quote|quotation|proposal|order|refund|credit note|"
    r"service (?:record|ticket|report)|work order|repair order|confirmation|bill|to|date|re|subject|your|thank|thanks|"
    r"customer|from(?=\W*$)|sold|ship(?:ped)?|che(?:ck|que)(?=\W*(?:no\b|number|\d|$))|page|paid|tel|phone|fax|total|"
    r"account|visit|tech(?:nician)?|unit|model|due|attn|"
    r"best(?= regards| wishes|\W*$)|(?:(?:kind|warm) )?regards|sincerely|cheers|good (?:morning|afternoon|evening)|"
    r"dear|hi|hello|hey|hallo|sehr geehrte\w*|liebe\w?|mit freundlichen|bonjour|"
    r"\w*rechnung|gutschrift|quittung|angebot|kassenbon|facture|devis|avoir|factura|fattura|ricevuta|factuur|fatura|"
    r"faktura|datum|fecha|kunde|client)\b",
    re.IGNORECASE,
)
_PAPER_OF = re.compile(
    r"\b(?:invoice|receipt|statement|estimate|quotation|report|order|confirmation|certificate|agreement|contract|slip|"
    r"notice|summary|ticket|bill|memo|warranty)$",
    re.IGNORECASE,
)
"""What a line ends with that names a kind of paper, such as 'AutoPay Receipt'."""
_NO_NAME = frozenset(
    """we i he she they it the a an our my bought new paid had got spring summer autumn fall winter replaced fixed
    called today yesterday this last monday tuesday wednesday thursday friday saturday sunday january february march
    april may june july august september october november december mom dad finally both there visa mastercard amex
    when after before in on at for and but if what every each all jan feb mar apr jun jul aug sep sept oct nov
    dec""".split()
)
_NO_FIRST = _NO_NAME - {"the", "a", "an"}
"""Words that no line begins with which is a name."""
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
_WARRANTY = re.compile(
    r"(?<!back[ -])(?<!price )(?<!match )(?<!satisfaction )"
    r"\b(?:warrant(?!y deed)\w*|guarant\w*|garant\w*|garanz\w*|gewährleistung\w*)",
    re.IGNORECASE,
)
"""A promise for a time; money back within some days, or the lowest price, is another."""
_ENDS = re.compile(
    r"\b(?:until|till?|to|so|through|thru|expir\w*|exp|ends?|ending|valid|bis|läuft|jusqu\S*|hasta)\b"
    r"(?:\W{1,3}(?:on|in|the|at|end|of|date|am|zum|le|el|au)\b){0,3}[^\w,]{1,3}\Z"
    rf"|(?<!under )(?<!in ){_WARRANTY.pattern}(?: (?:end|period|date|coverage))?(?: ?\([^)\n]{{1,20}}\))?"
    r"[^\w,]{1,3}\Z",
    re.IGNORECASE,
)
"""What stands before the day that a warranty ends on."""
_BEGINS = re.compile(
    r"\b(?:from|since|starts?|starting|begins?|beginning|effective|bought|purchased?|installed|ab|vom|seit|gekauft|depuis|"
    r"desde)(?:\W{1,3}(?:on|in|the|date|am)\b){0,2}\W{1,3}\Z",
    re.IGNORECASE,
)
"""What stands before the day that it is counted from."""
_TO = re.compile(r" ?(?:-|–|to|through|thru|until|bis|au) ?", re.IGNORECASE)
_NO_NEW_WARRANTY = re.compile(
    r"\b(?:under|out of|no|without|ohne|sans)(?: [\w-]+){0,4} (?:warrant|guarant|garant)|"
    r"\bwarranty (?:repair|work|call)\b|"
    r"\b(?:void\w*|expired|ended|ran out|lapsed|declined|offered|claims?|abgelaufen)\b",
    re.IGNORECASE,
)
"""Where a warranty is spoken of that did not begin on the note's day."""
_OTHER_SPAN_BEFORE = re.compile(r"\b(?:every|each|within|in|after|last|past|next|first|over|alle)\W+\Z", re.IGNORECASE)
"""What makes a time another one than a warranty's."""
_OTHER_SPAN_AFTER = re.compile(
    r"\W{1,2}(?:after|ago|later|old|before|(?:of |in )?(?:experience|service|business))\b", re.IGNORECASE
)
REACH = 60
"""Characters before a day or a time that may say what it is."""
_SENTENCE = re.compile(
    # No sentence ends with '24 mo. warranty', 'Sep. 30', 'exp. 11/2026' or '3. Mai 2027'.
    r"[^\n.;]+(?:\.(?:(?=\S)|(?<=\b[^\W\d]{2}\.)(?=[ ][a-z])|(?<=\b[^\W\d]{3}\.)(?=[ ]\d)|"
    r"(?<=\d\.)(?=[ ][^\W\d]+[ ]\d{4}))[^\n.;]*)*"
)
_IN = re.compile(rf"\b(?:in|dans)[ ]{SPAN.pattern}", re.IGNORECASE | re.VERBOSE)
_NEXT = re.compile(
    r"\b(?:next(?! (?:to|door)\b)|again|due (?:again|by|on|in|for)|is due|renew(?:als?|s)?|"
    r"renewed (?:until|till|through|thru|to)|re-?(?:inspect|test)\w*|"
    r"nächste\w*|prochaine?|próxim[ao]|expires?|recommended)\b",
    re.IGNORECASE,
)
_MONEY_DUE = re.compile(
    r"\b(?:pay|paid|payment|payable|amount|balance|invoice|bill|total|due date|autopay|tax(?:es)?|rent|fees?|"
    r"instal+ments?|dues|tuition|statement|quote|estimate|proposal|offer|coupon|voucher|gift|sale|promo\w*|"
    r"card|visa|mastercard|amex|link|code|password|"
    r"delivery|arriv\w*|warrant\w*|guarant\w*|return\w*|pick up)\b|^\W*due(?: by| on)?\W*$",
    re.IGNORECASE,
)
"""What makes a day one to pay on, or the last one of something that does not come round again."""


def read_facts(
    title: str, text: str, date: dt.date | None, *, currency: str = DOLLARS, day_first: bool = False
) -> dict[Name, Fact]:
    """Return what a note tells in so many words.

    Args:
        date: the note's own, which 'a two-year warranty' counts from.
        currency: what a bare number means where the text names none.
        day_first: whether 03/04/2021 is the third of April.
    """
    found = {fact.name: fact for fact in _read(title, text, date, day_first or puts_day_first(text))}
    # A title may say that it is a quote.
    cost = None if not_taken(f"{title}\n{text}") else cost_in(text, currency)
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
    if (forwarded := _FORWARDED.search(text)) and (name := vendor_in(title, text[forwarded.end() :])):
        return name
    for match in _LABELLED.finditer(text):
        name = _cleaned(match[1])
        if name and not (_PRIVATE.search(match[1]) and len(name.split()) <= 2):
            return name
    for match in (*_FROM.finditer(f"{title}\n{text}"), *_PAYABLE.finditer(text)):
        name = _trimmed(next(group for group in match.groups() if group))
        if name.split()[0].casefold() not in _NO_NAME and not _PAPER.match(name):
            return name
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) >= HEADED and (_BUSINESS.search(text) or _SUM.search(text)):
        for above, line in zip(["", *lines], lines[:3], strict=False):
            told = _PAPER.match(line) or _TOLD.search(line) or _CUSTOMER.match(above)
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
    capital = re.match(rf"[{_CAPITAL}\d]", name)
    if not 1 <= len(words) <= 7 or "@" in name or not capital or not re.search(r"[^\W\d_]{2}", name):
        return ""
    if _PAPER.match(name) or _PAPER_OF.search(name) or days_in(name) or words[0].casefold() in _NO_FIRST:
        return ""
    return name if name in line else ""


def _titled(name: str) -> bool:
    """Whether the words of a name are written as names are."""
    return all(word[:1].isupper() for word in re.findall(r"[^\W\d_]{4,}", name)) and not re.search(r"\d", name)


def _trimmed(name: str) -> str:
    """A name without the words that only join it to what follows."""
    return re.sub(r"(?:[ ]+(?:and|of|the|&))+$", "", name.strip()).rstrip(".,;:")


def _sentences(text: str) -> Iterator[str]:
    """Pieces of a text that say one thing."""
    for match in _SENTENCE.finditer(text):
        yield match[0]


def _warranty(text: str, date: dt.date | None, day_first: bool) -> Fact | None:
    pieces = [(match, piece) for piece in _sentences(text) if (match := _WARRANTY.search(piece))]
    for match, piece in pieces:
        end = _warranty_day(piece, days_in(piece, day_first=day_first))
        if end is not None and (date is None or end.last > date):
            return Fact("warranty_end", end.last.isoformat(), _from_to(piece, match.span(), (end.start, end.end)))
    if not_taken(text):
        return None
    for match, piece in pieces:
        span = _warranty_span(piece)
        if span is None:
            continue
        days = days_in(piece, day_first=day_first)
        begins = [day.first for day in days if _BEGINS.search(_before(piece, day.start))]
        start = begins[0] if begins else date
        if start is not None and (end_date := later(start, span[0])) is not None:
            return Fact("warranty_end", end_date.isoformat(), _from_to(piece, match.span(), span.span()))
    return None


def _before(piece: str, start: int) -> str:
    return piece[max(start - REACH, 0) : start]


def _from_to(piece: str, *places: tuple[int, int]) -> str:
    """The words from the first to the last of some places."""
    return piece[min(start for start, _ in places) : max(end for _, end in places)].strip()


def _warranty_day(piece: str, days: list[Day]) -> Day | None:
    """The day that a piece names as a warranty's last one."""
    for day, following in itertools.zip_longest(days, days[1:]):
        if following is not None and _TO.fullmatch(piece[day.end : following.start]):
            return following
        if _ENDS.search(_before(piece, day.start)):
            return day
    return None


def _warranty_span(piece: str) -> re.Match[str] | None:
    """How long a piece says that a warranty lasts from now on."""
    if _NO_NEW_WARRANTY.search(piece):
        return None
    for span in SPAN.finditer(piece):
        if not _OTHER_SPAN_BEFORE.search(_before(piece, span.start())) and not _OTHER_SPAN_AFTER.match(
            piece, span.end()
        ):
            return span
    return None


def _next_due(text: str, date: dt.date | None, day_first: bool) -> Fact | None:
    if not_taken(text):
        return None
    for piece in _sentences(text):
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
