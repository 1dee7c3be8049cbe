"""The range of days that a question names, however it is said: 'in 2023', 'since March', 'last winter'; pure.

Dates are read by dateparser; what leads to them, what lies between two of them and which of several years is meant is
told here.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Literal, NamedTuple

from knowledge.days import days_in
from knowledge.tense import is_ahead

Side = Literal["in", "since", "until"]
MONTHS = "|".join([*calendar.month_name[1:], "Sept", *(name for name in calendar.month_abbr[1:] if name != "May")])
SIDES: dict[str, Side] = {
    "in": "in", "during": "in", "around": "in", "on": "in", "from": "in", "since": "since", "after": "since",
    "before": "until", "prior to": "until", "pre": "until", "until": "until", "till": "until", "by": "until",
    "up to": "until", "earlier than": "until", "older than": "until", "post": "since", "later than": "since",
    "newer than": "since", "as of": "until", "as from": "since", "starting": "since",
    **{f"{no} {than} than": "since" for no in ("no", "not") for than in ("earlier", "older")},
    **{f"{no} {than} than": "until" for no in ("no", "not") for than in ("later", "newer")},
}  # fmt: skip
"""On which side of a date or an event the word before it points."""
_TODAY = (
    r"(?:right\s+)?(?:now|today|date|(?:the\s+)?present(?:\s+(?:day|time))?|this\s+(?:day|point)|the\s+current\s+day)\b"
)
_BETWEEN = re.compile(
    r"\b(between|from)\s+(.{3,30}?)\s+(and|(?:up\s+)?(?:to|until|till)|through|thru)\s+"
    r"(?:the\s+end\s+of\s+|end\s+of\s+)?(.{3,30})",
    re.IGNORECASE,
)
_TO_TODAY = re.compile(
    rf"(?<![\w/-])((?:(?:{MONTHS})\.?\s+)?(?:19|20)\d\d)\s*(?:-|–|\b(?:(?:up\s+)?(?:to|until|till)|through|thru)\b)\s*"
    rf"{_TODAY}",
    re.IGNORECASE,
)
_BEGINNING = re.compile(r"(?:the\s+)?(?:very\s+)?(?:start|beginning)\s+of\s+", re.IGNORECASE)
_EVER_SINCE = re.compile(r"(?:the\s+)?(?:very\s+)?(?:start|beginning|first day|day one)", re.IGNORECASE)
_ONWARDS = re.compile(r"\bfrom\s+(.{3,30}?)\s+(?:onwards?|on\s*(?=$|[?.!,;]))", re.IGNORECASE)
_OR_LATER = re.compile(
    rf"\b((?:(?:{MONTHS})\.?\s+)?(?:19|20)\d\d)"
    r"\s+(?:(onwards?|or (?:later|newer|after))|or (?:earlier|older|before))\b",
    re.IGNORECASE,
)
_WITHOUT = frozenset(["after", "post", "later than", "newer than"])
"""After what the date itself is left out of what is since it."""
_WITH = frozenset(lead for lead in SIDES if lead == "as of" or lead.startswith("no"))
"""After what it is part of what is until it."""
_TELLING = {"by": re.compile(r"\d|^(?:last|this)\b", re.IGNORECASE), "post": re.compile(r"^\d")}
"""What a date must have behind a word that mostly leads to something else."""
_PART = r"start|beginning|early|mid|middle|late|end"
_LEAD = "|".join(SIDES).replace(" ", r"\s+")
_LED = re.compile(
    rf"\b(?=({_LEAD})[\s-]+(?:the\s+(?=\d{{4}}))?(?:(?:the\s+)?({_PART})[\s-]+(?:of\s+)?)?"
    rf"([\w’'.,/-]+(?:\s+[\w’'.,/-]+){{0,3}}))",
    re.IGNORECASE,
)
"""Looked ahead for, since one may begin within another: 'on the pool in 2024'."""
_AGO = re.compile(
    r"\b((?:\w+\s+){1,2}ago|(?:last|this) (?:year|month|week)(?!\s+of)|yesterday)(?:[’']?s)?\b", re.IGNORECASE
)
_MONTH_LAST = re.compile(rf"\b((?:last|past|this) (?!may\b)(?:{MONTHS}))\b", re.IGNORECASE)
_MONTH = re.compile(rf"(?:(last|past|this)\s+)?({MONTHS})", re.IGNORECASE)
COUNTS = {
    **dict(zip("one two three four five six seven eight nine ten".split(), range(1, 11), strict=True)),
    "twelve": 12, "few": 3, "several": 3,
}  # fmt: skip
_WINDOW = re.compile(
    rf"\b(?:last|past)\s+(\d{{1,3}}|{'|'.join(COUNTS)})\s+(day|week|month|year)s\b"
    r"|\b(?:(?:in|over|within|during|for)\s+the\s+last|(?:the|this)\s+past)\s+(day|week|month|year)\b(?!\s+of)",
    re.IGNORECASE,
)
_SEASON = re.compile(
    r"\b(?:(last|past|this)\s+)?(spring|summer|fall|autumn|winter)\b(?:\s+(?:of\s+)?((?:19|20)\d\d))?", re.IGNORECASE
)
_SEASONS_AGO = re.compile(
    rf"\b(?!few|several)(\d{{1,2}}|{'|'.join(COUNTS)})\s+(spring|summer|fall|autumn|winter)s?\s+ago\b", re.IGNORECASE
)
SEASONS = {"spring": 3, "summer": 6, "fall": 9, "autumn": 9, "winter": 12}
"""The month that each begins with; it lasts three."""
UNITS = "|".join(["day", "week", "month", "year", *SEASONS])
_A_DAY = dt.timedelta(days=1)
_JUST_OVER = dt.timedelta(days=60)
"""For so long 'this winter' may still be the one that is over."""
_ALONE = re.compile(rf"(?:19|20)\d\d(?:-\d\d-\d\d)?|{MONTHS}|yesterday", re.IGNORECASE)
"""The single words that are a date: not 'sun', and no number under a thousand."""
_OF_DATES = re.compile(
    rf"\b(?:(?:19|20)\d\d|{MONTHS}|[a-z]{{3,6}}day|ago|(?:last|this|past) (?:year|month|week))\b",
    re.IGNORECASE,
)
"""What a date of several words has one of, and 'the one it came with' has not."""
_YEAR = r"(?:19[5-9]|20[0-4])\d"
_YEARS = re.compile(
    rf"(?<![\w/-])({_YEAR})(?:,\s*{_YEAR})*,?\s*(?:-|–|to|through|and|or|vs|versus)\s*({_YEAR})(?![\w/-])",
    re.IGNORECASE,
)
_BARE_YEAR = re.compile(
    rf"(?:\b(\w+)\.?\s+)?(?<![\w$€£#./:,-])({_YEAR})(?![\w%°\"/-]|[.,:]\d)"
    r"(?!\s+(?:[A-Z]|(?:w|watts?|btus?|psi|gal|gallons?|sq|sqft|square|feet|ft|lbs?|kg|l|lit(?:er|re)s?|miles?|km|hours?|"
    r"rpm|k|kelvin|lumens?|dollars|bucks|euros|pounds|mm|cm|m|mah|hp|cfm|kwh)\b))",
)
"""But for a quantity and the year of a model, as in '2000 gallons' and 'the 2015 Civic'."""
_NUMBERED = frozenset("model part code number no nr serial pin type series unit breaker room key zone".split())
"""Before a number that is no year."""
_FUNCTIONAL = (
    r"and|or|to|through|until|till|for|on|in|at|of|by|from|with|was|were|is|are|did|do|does|has|have|had|will|we|i|it|he|"
    r"she|they|you|who|what|when|where|how|that|which|vs|versus|but|than|alone|only|so|ones?|if|as"
)
_MODEL_YEAR = re.compile(
    r"(?<!since )(?<!after )(?<!before )(?<!until )(?<!till )(?<!during )(?<!by )(?<!prior to )"
    rf"\b(the|our|my|your|his|her|their)\s+{_YEAR}\s+(?=[a-z])(?!(?:{_FUNCTIONAL})\b)"
    r"(?!(?:[\w’'-]+\s+){0,2}?(?:\w+(?:ing|ion|ment|al)s?|\w*-?up|jobs?|services?|visits?|bills?|invoices?|receipts?|"
    r"quotes?|estimates?|reports?|notes?|records?|seasons?|spring|summer|fall|autumn|winter|holidays?|christmas|easter|years?|"
    rf"{MONTHS}|remodels?|repairs?|upgrades?|works?|projects?|fix(?:es)?|install|tests?|floods?|storms?|leaks?|fires?|"
    r"freeze|outages?|moves?|sales?|purchases?|tax(?:es)?|premiums?|budgets?|costs?|expenses?|fees?|payments?|prices?|"
    r"total|trips?|party)\b)",
    re.IGNORECASE,
)
"""As in 'the 2015 honda civic', but not 'the 2019 paint job', which tells when it was done."""
_YEAR_PAIR = re.compile(rf"(?<![\w/-])({_YEAR})\s?[/-]\s?(\d\d)(?![\w/-])")
"""Two years as a bill or a school writes them, as in '2023/24'."""
_OF_YEAR = re.compile(
    rf"\b({MONTHS}|spring|summer|autumn|(?<=the )fall),?(?: of)? "
    rf"(?:(last|this) year|(?!few|several)(\d{{1,2}}|{'|'.join(COUNTS)}) years? ago)\b",
    re.IGNORECASE,
)
_DECADE = re.compile(
    r"\b(?:(in|during|from|of|since|after|before|until)\s+)?the\s+(?:(early|mid|late)[\s-]+)?['’]?"
    r"((?:19|20)\d|(?(1)\d|(?!)))0['’]?s\b",
    re.IGNORECASE,
)
"""Of two figures only behind a word that leads to a date: 'do the 40s fit?' asks of lamps."""
_AT_CHRISTMAS = re.compile(
    r"\b(at|over|around|since|last|this|past)\s+(?:christmas|xmas)(?:\s+time)?\b"
    r"(?=\s*(?:$|[?.!,;]|\b(?:of\s+)?(?:19|20)\d\d\b|(?:last|this)\s+year|\w+\s+years?\s+ago|and\b|we\b|did\b|was\b))",
    re.IGNORECASE,
)
"""The days, and not the lights or the tree."""
_LONG_MONTHS = [name for name in calendar.month_name if len(name) > len("August")]
"""Those that no other word is spelt nearly like: Augusta is an aunt."""
_LIKE_A_MONTH = re.compile(r"\b[a-z]{6,10}\b", re.IGNORECASE)
_SHORT_YEAR = re.compile(r"(?<!\w)['’](\d\d)\b")
_MONTH_OF_SHORT_YEAR = re.compile(
    rf"\b(in\s+(?:{MONTHS}))\s+([1-4]\d)(?![\w/:,-]|\s+(?:19|20)\d\d\b|\s+(?:and|or|to)\s+\d)", re.IGNORECASE
)
"""'In June 24' is of 2024, and 'on June 24' a day."""
_MENTION = re.compile(
    rf"\b(?:\d{{4}}-\d\d-\d\d|\d\d?[/.]\d\d?[/.]\d{{2,4}}"
    rf"|(?:{MONTHS}|{'|'.join(SEASONS)})\b\.?(?:\s+\d\d?(?:st|nd|rd|th)?\b)?(?:,?\s+(?:of\s+)?{_YEAR}\b)?"
    rf"|{'|'.join(calendar.day_name)}|yesterday|ago"
    r"|(?:last|this|past)\s+(?:[\w-]+\s+)?(?:year|month|week|weekend|day)s?|last(?=\s*(?:$|[?.!,;])))\b",
    re.IGNORECASE,
)
"""A date, however it is said, or a season; a year alone is `_BARE_YEAR`'s."""
_PARTLY = re.compile(
    r"\b(?:(?:end|middle|start|beginning|half|quarter|part|days|weeks|months|week|weekend)\s+(?:of\s+)?(?:the\s+)?"
    rf"(?:{_YEAR}|(?:last|this|past)\s+\w+|year|{MONTHS}|{'|'.join(SEASONS)})"
    rf"|(?:early|mid|late)[\s-]+(?:in\s+)?(?:{_YEAR}|(?:last|this|past)\s+\w+|{MONTHS}|{'|'.join(SEASONS)})"
    r"|(?:first|second|third|fourth|last|1st|2nd|3rd|4th)\s+(?:half|quarter)|q[1-4]|year[\s-]end|inclusive"
    r"|(?:through|thru|up to and including)\s+(?:the\s+)?"
    rf"(?:{_YEAR}|(?:last|this)\s+\w+|{MONTHS}|{'|'.join(SEASONS)}))\b",
    re.IGNORECASE,
)
"""Less than the date that is named, or more."""
_FEW_OF = re.compile(
    rf"\b(?:(?:in|over|during|within|for|from)\s+)?(?:the\s+)?(?:last|past|final)\s+(?:(?:\d{{1,3}}|{'|'.join(COUNTS)})\s+)?"
    r"(?:day|week|weekend|month)s?\s+(?:of|in)\s+"
    rf"(?=(?:the\s+)?(?:(?:last|past|this)\s+)?(?:{_YEAR}|{MONTHS}|{'|'.join(SEASONS)}|(?<=last\s)year)\b)",
    re.IGNORECASE,
)
"""The last weeks of what is named, and not of the time until today."""
_COUNTED_FROM = re.compile(
    rf"(?<!each )(?<!every )(?<!per )\b(?:{UNITS})s?\s+(?:up\s+)?(?:before|after|to|prior\s+to|leading\s+up\s+to)\s+"
    rf"(?:the\s+)?(?:(?:last|past|this)\s+\w|{_YEAR}|\d|{MONTHS}|{'|'.join(SEASONS)}|yesterday)"
    r"|\beither\s+side\s+of\b",
    re.IGNORECASE,
)
"""So long a time before a date or after it, as in 'the year to March 2024'."""
_UNREAD = re.compile(
    r"(?<!to )(?<!until )(?<!till )(?<!as of )\btoday\b|\b(?:tonight|(?<!most )recently|lately|of late|[yqm]td"
    rf"|(?:year|quarter|month)[\s-]to[\s-]date|(?:prior|previous|earlier)\s+years|recent\s+(?:{UNITS})s?|decades?"
    r"|(?:this|last|past)\s+(?:morning|afternoon|evening|night|weekend|quarter)"
    r"|(?:this|last|that|past|previous|prior|recent)\s+(?:\w+\s+)?seasons?"
    rf"|(?:on|last|this|past)\s+(?:{'|'.join(calendar.day_name)})"
    r"|(?:in|for|during|since|this|last)\s+q[1-4]|(?:at|over|around|during|this|last)\s+(?:easter|thanksgiving)"
    r"|(?:in|since|during)\s+[’']?\d\d(?=\s*(?:$|[?.!,;]|(?:and|or|to)\b)))\b",
    re.IGNORECASE,
)
"""What names a time, and no range of days that is read here."""


class Range(NamedTuple):
    """The days that a sentence names, the first and the last; None where it is open on that side."""

    first: dt.date | None = None
    last: dt.date | None = None
    guessed: bool = False
    """Whether it names no year, so that another one may be meant."""
    doubtful: bool = False
    """Whether it names more of time than these two say."""


def in_full(question: str, today: dt.date) -> str:
    """Return a question with '23, yr, 'a couple of', 'the winter before last' and 'March last year' written out.

    A month that is misspelt is put right, 'in June 24' is of 2024, and Christmas is in December.
    """

    def year(match: re.Match[str]) -> str:
        return f"{20 if int(match[1]) <= today.year % 100 else 19}{match[1]}"

    def of_year(match: re.Match[str]) -> str:
        ago = count_of(match[3]) if match[3] else ("this", "last").index(match[2].lower())
        return f"{match[1]} {today.year - ago}"

    def december(match: re.Match[str]) -> str:
        lead = match[1].lower()
        return f"{'in' if lead in ('at', 'over', 'around') else lead} December"

    question = _AT_CHRISTMAS.sub(december, question)
    question = _SHORT_YEAR.sub(year, question)
    if (month := _MONTH_OF_SHORT_YEAR.search(question)) and int(month[2]) <= today.year % 100:
        question = _MONTH_OF_SHORT_YEAR.sub(r"\1 20\2", question)
    for short, unit in (("yr", "year"), ("wk", "week"), ("mn?th", "month")):
        question = re.sub(rf"\b{short}(s?)\b", rf"{unit}\1", question, flags=re.IGNORECASE)
    question = re.sub(r"\bhalf a year\b", "six months", question, flags=re.IGNORECASE)
    question = re.sub(r"\b(?:the )?day before yesterday\b", "two days ago", question, flags=re.IGNORECASE)
    question = re.sub(rf"\b(?:the )?({UNITS}) before last\b", r"two \1s ago", question, flags=re.IGNORECASE)
    question = re.sub(rf"\b(?:a )?couple(?: of)?(?= (?:{UNITS})s)", "two", question, flags=re.IGNORECASE)
    return _OF_YEAR.sub(of_year, _LIKE_A_MONTH.sub(_month_meant, question))


def _month_meant(match: re.Match[str]) -> str:
    """A word, or the month that it is a slip of."""
    from rapidfuzz.distance import OSA

    word = match[0]
    return next((month for month in _LONG_MONTHS if OSA.distance(word.capitalize(), month) == 1), word)


def count_of(word: str) -> int:
    """Return the number that a word of `COUNTS` or figures say."""
    return COUNTS.get(word.lower()) or int(word)


def range_named(sentence: str, today: dt.date) -> Range | None:
    """Return the days that a sentence of a question names.

    Args:
        sentence: written out by `in_full`.
        today: what 'last year' and 'two years ago' count from.

    Returns:
        The range, open on both sides and doubtful where a date cannot be read; None where the sentence names none.
    """
    dated = _FEW_OF.sub("in ", _MODEL_YEAR.sub(r"\1 ", sentence))
    found, mentions = _read(dated, today)
    if found is None:
        # A make is written large; in small letters 'the 2019 roof' may still be the one put on in 2019.
        model = _MODEL_YEAR.search(sentence)
        if model:
            return Range(doubtful=sentence[model.end()].islower())
        unread = _UNREAD.search(dated) or any(day.doubtful for day in days_in(dated))
        return Range(doubtful=True) if unread else None
    if _FEW_OF.search(sentence) or _COUNTED_FROM.search(dated):
        return found._replace(doubtful=True)
    if len(list(_MENTION.finditer(dated))) + len(list(_years(_MENTION.sub(" ", dated)))) > mentions:
        found = found._replace(doubtful=True)
    return found


def _read(sentence: str, today: dt.date) -> tuple[Range | None, int]:
    """The dates, and how many words or phrases they were read from."""
    ahead = is_ahead(sentence)
    if (match := _BETWEEN.search(sentence)) and (days := _between(match, today, ahead)):
        return days, 2
    if (match := _TO_TODAY.search(sentence)) and (found := _longest(match[1], today, False)):
        return Range(found[0].first), 1
    partly = bool(_PARTLY.search(sentence))
    if decades := list(_DECADE.finditer(sentence)):
        decade = _decade(decades[0], today)
        # No mention counts a decade, so that any other date beside it does.
        return decade._replace(doubtful=decade.doubtful or partly or len(decades) > 1), 0
    if (match := _YEARS.search(sentence)) and match[1] < match[2]:
        years = re.findall(_YEAR, match[0])
        listed = re.search(r"and|or|v", match[0], re.IGNORECASE) or len(years) > 2
        gaps = listed and years != [str(year) for year in range(int(match[1]), int(match[2]) + 1)]
        return Range(
            dt.date(int(match[1]), 1, 1),
            dt.date(int(match[2]), 12, 31),
            doubtful=bool(gaps or _PARTLY.search(sentence.replace(match[0], ""))),
        ), len(years)
    if match := _WINDOW.search(sentence):
        count = count_of(match[1]) if match[1] else 1
        return Range(earlier(today, count, (match[2] or match[3]).lower()), doubtful=partly), 1
    if (pairs := _year_pairs(sentence)) and _season(sentence, today, ahead) is None:
        # Which months of the two nobody knows; '2009-10' may be one month.
        return Range(dt.date(min(pairs), 1, 1), dt.date(max(pairs) + 1, 12, 31), doubtful=True), len(pairs)
    for words, lead, part in _phrases(sentence):
        side = SIDES[lead]
        tense = False if lead == "since" else ahead
        longest = _longest(words, today, tense)
        days = _season(words, today, tense) or (longest[0] if longest else None)
        if days is None or days.first is None or days.last is None:
            continue
        if side == "in":
            return days._replace(doubtful=partly), 1
        # Of 'since early 2024' nobody knows the day.
        first, last, doubtful = days.first, days.last, part in ("early", "mid", "middle", "late")
        if side == "until":
            within = part == "end" or lead in _WITH
            return Range(None, last if within else first - _A_DAY, days.guessed, doubtful), 1
        after = part == "end" or (lead in _WITHOUT and part not in ("start", "beginning"))
        return Range(last + _A_DAY if after else first, None, days.guessed, doubtful), 1
    named = _season(sentence, today, ahead) or _named(sentence)
    return (named._replace(doubtful=partly) if named else None), 1


def _decade(named: re.Match[str], today: dt.date) -> Range:
    """The days of 'the 90s', or since or until then."""
    lead, part, tens = (named[1] or "in").lower(), named[2], int(named[3])
    if tens < 10:
        tens += 200 if tens <= today.year % 100 // 10 else 190
    whole = Range(dt.date(tens * 10, 1, 1), dt.date(tens * 10 + 9, 12, 31), doubtful=part is not None)
    assert whole.first and whole.last
    match SIDES.get(lead):
        case "since":
            return whole._replace(first=whole.last + _A_DAY if lead in _WITHOUT else whole.first, last=None)
        case "until":
            return whole._replace(first=None, last=whole.first - _A_DAY)
        case _:
            return whole


def _between(match: re.Match[str], today: dt.date, ahead: bool | None) -> Range | None:
    """The days from one date to another; unread ones where only one end is a date, None where neither is."""
    word, began, link, ended = match.groups()
    listed = word.lower() == "from" and link.lower() == "and"
    until_today = not listed and re.match(_TODAY, ended, re.IGNORECASE)
    if until_today and _EVER_SINCE.fullmatch(began):
        return None
    began = _BEGINNING.sub("", began)
    last = _longest(ended, today, ahead)
    if last and last[0].last and not re.search(_YEAR, began) and re.search(_YEAR, ended):
        # 'Between March and June 2023' tells the year of both.
        first = _longest(f"{began} {last[0].last.year}", today, ahead) or _longest(began, today, ahead)
    else:
        first = _longest(began, today, False if until_today else ahead)
    start = first[0].first if first and not first[1] else None
    end = last[0].last if last else None
    if start and until_today:
        return Range(start)
    if start and end:
        # Without years, from November to February begins in the year before.
        guessed = bool(first and last and first[0].guessed and last[0].guessed)
        return Range(start if start <= end else earlier(start, 1, "year"), end, guessed)
    return Range(doubtful=True) if (start or end or until_today) and not listed else None


def earlier(date: dt.date, count: int, unit: str) -> dt.date:
    """Return the day that lies so many days, weeks, months or years before a date."""
    from dateutil.relativedelta import relativedelta

    return date - relativedelta(**{f"{unit}s": count})  # type: ignore[arg-type]  # by its name


def _phrases(sentence: str) -> Iterator[tuple[str, str, str]]:
    """The words that may be a date, each with what leads to it and which part of it is meant."""
    for match in _ONWARDS.finditer(sentence):
        yield match[1], "since", ""
    for match in _OR_LATER.finditer(sentence):
        yield (match[1], "since", "") if match[2] else (match[1], "until", "end")
    for match in _LED.finditer(sentence):
        # 'Put in by June' was Aunt June's work as likely as not, and 'the post in 2020' were letters.
        lead = " ".join(match[1].lower().split())
        telling = _TELLING.get(lead)
        if telling is None or match[2] or telling.search(match[3]):
            yield match[3], lead, (match[2] or "").lower()
    for match in (*_AGO.finditer(sentence), *_MONTH_LAST.finditer(sentence)):
        yield match[1], "in", ""


def _named(sentence: str) -> Range | None:
    """The days of a date that nothing leads to, as in 'gas bill jan 2025' and '2024 boiler service'."""
    days = [day for day in days_in(sentence) if not day.doubtful]
    if days:
        return Range(min(day.first for day in days), max(day.last for day in days))
    year = next(_years(sentence), None)
    return None if year is None else Range(dt.date(year, 1, 1), dt.date(year, 12, 31))


def _years(sentence: str) -> Iterator[int]:
    for match in _BARE_YEAR.finditer(sentence):
        if (match[1] or "").lower() not in _NUMBERED:
            yield int(match[2])


def _year_pairs(sentence: str) -> list[int]:
    """The first years of those that are named as two, such as '2023/24'."""
    pairs = [(int(match[1]), int(match[2])) for match in _YEAR_PAIR.finditer(sentence)]
    return [first for first, second in pairs if second == (first + 1) % 100]


def _longest(words: str, today: dt.date, ahead: bool | None) -> tuple[Range, str] | None:
    """The days of the date that a phrase begins with, and what follows it."""
    parts = words.replace("’", "'").split()
    if match := _SEASON.match(words.removeprefix("the ")):
        days = _season(match[0], today, ahead)
        return (days, words.removeprefix("the ")[match.end() :].strip()) if days else None
    for length in range(min(len(parts), 4), 0, -1):
        phrase = " ".join(parts[:length]).strip(".,;:?!'")
        if match := _MONTH.fullmatch(phrase):
            number = 1 + [name.lower() for name in calendar.month_abbr[1:]].index(match[2][:3].lower())
            return _occurring((match[1] or "").lower(), number, 1, today, ahead), " ".join(parts[length:])
        if (_ALONE.fullmatch(phrase) if length == 1 else _OF_DATES.search(phrase)) and (
            days := _period(phrase, today, ahead is True)
        ):
            return days, " ".join(parts[length:])
    return None


def _period(phrase: str, today: dt.date, ahead: bool) -> Range | None:
    # 'Last March 2024' is March 2024.
    phrase = re.sub(rf"^(?:last|past|this)\s+(?=(?:{MONTHS})\b)", "", phrase, flags=re.IGNORECASE)
    guessed = not re.search(r"\d{4}|\b(?:ago|yesterday|last|past|this)\b", phrase, re.IGNORECASE)
    found = _parser(today, "future" if ahead and guessed else "past").get_date_data(phrase)
    if found.date_obj is None:
        return None
    date = found.date_obj.date()
    match found.period:
        case "year":
            return Range(date.replace(month=1, day=1), date.replace(month=12, day=31), guessed)
        case "month":
            return _months(date.year, date.month, 1)._replace(guessed=guessed)
        case "week":
            monday = date - dt.timedelta(days=date.weekday())
            return Range(monday, monday + dt.timedelta(days=6), guessed)
        case _:
            return Range(date, date, guessed)


def _season(words: str, today: dt.date, ahead: bool | None) -> Range | None:
    """The days of a season; dateparser knows none."""
    if match := _SEASONS_AGO.search(words):
        count = count_of(match[1])
        first = _occurring("last", SEASONS[match[2].lower()], 3, today, ahead).first
        return _months(first.year - (count - 1), first.month, 3) if first else None
    match = _SEASON.search(words)
    if match is None or not (match[1] or match[3]):
        return None
    month = SEASONS[match[2].lower()]
    if match[3]:
        return _months(int(match[3]), month, 3)
    return _occurring(match[1].lower(), month, 3, today, ahead)


def _months(year: int, month: int, count: int) -> Range:
    after = year * 12 + month - 1 + count
    return Range(dt.date(year, month, 1), dt.date(after // 12, after % 12 + 1, 1) - _A_DAY)


def _occurring(which: str, month: int, count: int, today: dt.date, ahead: bool | None) -> Range:
    """The days of a season or month whose year nobody says, but perhaps that it is the last one or this one."""
    year = today.year if month <= today.month else today.year - 1
    end = _months(year, month, count).last
    assert end is not None
    if which in ("last", "past"):
        year -= end >= today
    elif end < today and (ahead or (which == "this" and ahead is None and today - end > _JUST_OVER)):
        year += 1
    return _months(year, month, count)._replace(guessed=which not in ("last", "past"))


@cache
def _parser(today: dt.date, prefer: Literal["past", "future"]) -> Any:
    from dateparser.date import DateDataParser

    noon = dt.datetime.combine(today, dt.time(12))
    return DateDataParser(languages=["en"], settings={"PREFER_DATES_FROM": prefer, "RELATIVE_BASE": noon})
