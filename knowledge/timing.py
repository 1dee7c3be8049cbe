"""What a question says of time: how things are now, how they were first, within which dates, how often; pure."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from knowledge.days import days_in

Aim = Literal["now", "present", "past", "first"]
Side = Literal["in", "since", "until"]

_MONTHS = "|".join([*calendar.month_name[1:], "Sept", *(name for name in calendar.month_abbr[1:] if name != "May")])
_HOUSE = r"(?:house|place|home|flat|apartment|property)"
_NOW = re.compile(
    r"\b(now|nowadays|today|currently|current|presently|at present|at the moment|atm|these days|still|anymore|"
    r"latest|newest|most recent|recently|lately)\b"
    r"|(?<!before )\blast\b(?!\s+(?:year|month|week|weekend|night|spring|summer|autumn|fall|winter|name|"
    rf"{_MONTHS})\b)(?!\s+(?:\w+\s+){{0,3}}(?:days|weeks|months|years)\b)",
    re.IGNORECASE,
)
_FIRST = re.compile(
    r"\b(first(?!\s+(?:floor|storey|story|aid|alert|name|of|step|coat|gear|class|thing|half|quarter)\b)|"
    r"original(?!\s+(?:manuals?|receipt|invoice|box|packaging|paperwork|papers|documents?|copy)\b)|"
    r"originally|initially|earliest|oldest|to begin with|in the beginning|back then|"
    r"(?<!since we )(?<!since we first )moved in|came with (?:the|this|our) (?:\w+ )?HOUSE|HOUSE c[ao]me with|"
    r"(?<!since we )bought (?:the|this|our) HOUSE|used to)\b".replace("HOUSE", _HOUSE),
    re.IGNORECASE,
)
_USED_FOR = re.compile(r"(?:\b(?:is|are|was|were|be|been|gets?|got)|[’'](?:m|s))\s+(?:\w+\s+)?used to\b", re.IGNORECASE)
_FIRST_OF_STEPS = re.compile(r"\bfirst\s*(?=$|[?.!,;]|\b(?:if|when|before|in case)\b)", re.IGNORECASE)
"""Of what is to be done, an order: 'who do I call first if it leaks?'."""
_OFTEN = re.compile(
    r"\b(how often|how many times|in all|in total|altogether|so far|over the years|(?:each|every) time|all the times|"
    r"history of|since we)\b|\bhow many\b(?=.*\b(?:did|was|were|had|been)\b)",
    re.IGNORECASE,
)
_PRESENT = re.compile(
    r"\b(is|are|do|does|has|have|can|should|must|may|am|gets?|takes?|needs?|goes|comes|costs|charges|opens|works|runs|"
    r"holds|fits|keeps|owns|who\s+[a-z]+s)\b|\b(?:what|who|where|when|how|which)[’']?s\b",
    re.IGNORECASE,
)
_WHEN = re.compile(r"\s*(?:and |so )?when (?:was|were|did|has|have)\b", re.IGNORECASE)
"""Of something done more than once, that asks for the last time."""
_PAST = re.compile(
    r"\b(did|was|were|had|didn[’']?t|wasn[’']?t|got|went|came|paid|charged|put in|installed|bought|replaced|ever|"
    r"back (?:in|when|then))\b",
    re.IGNORECASE,
)
_POSSESSING = re.compile(r"(?:\b(?:have|has)|[’'](?:ve|s))\s+(?:\w+\s+)?got\b", re.IGNORECASE)
_PASSIVE = re.compile(
    r"\b(is|are|be|gets?)\s+(?:\w+\s+){0,2}?(?:charged|paid|put in|installed|bought|replaced)\b", re.IGNORECASE
)
_SIDES: dict[str, Side] = {
    "in": "in", "during": "in", "around": "in", "on": "in", "from": "in", "since": "since", "after": "since",
    "before": "until", "prior to": "until", "pre": "until", "until": "until", "till": "until", "by": "until",
    "up to": "until",
}  # fmt: skip
_BETWEEN = re.compile(r"\b(?:between|from)\s+(.{3,30}?)\s+(?:and|to|until|till|through)\s+(.{3,30})", re.IGNORECASE)
_ONWARDS = re.compile(r"\bfrom\s+(.{3,30}?)\s+(?:onwards?|on\s*(?=$|[?.!,;]))", re.IGNORECASE)
_LED = re.compile(
    rf"\b(?=({'|'.join(_SIDES)})[\s-]+(?:the\s+(?=\d{4}))?(?:(?:the\s+)?(?:start|beginning|early|mid|late)[\s-]+(?:of\s+)?)?"
    rf"(?:(?:last|this|past)\s+(?=(?:{_MONTHS})\b))?([\w’'.,/-]+(?:\s+[\w’'.,/-]+){{0,3}}))",
    re.IGNORECASE,
)
"""Looked ahead for, since one may begin within another: 'on the pool in 2024'."""
_AGO = re.compile(
    r"\b((?:\w+\s+){1,2}ago|(?:last|this) (?:year|month|week)(?!\s+of)|yesterday)(?:[’']?s)?\b", re.IGNORECASE
)
_MONTH_LAST = re.compile(rf"\b(?:last|this) (?!may\b)({_MONTHS})\b", re.IGNORECASE)
_COUNTS = {
    **dict(zip("one two three four five six seven eight nine ten".split(), range(1, 11), strict=True)),
    "twelve": 12, "few": 3, "several": 3,
}  # fmt: skip
_WINDOW = re.compile(
    rf"\b(?:last|past)\s+(\d{{1,3}}|{'|'.join(_COUNTS)})\s+(day|week|month|year)s\b"
    r"|\b(?:(?:in|over|within|during|for)\s+the\s+last|(?:the|this)\s+past)\s+(day|week|month|year)\b(?!\s+of)",
    re.IGNORECASE,
)
_SEASON = re.compile(
    r"\b(?:(last|past|this)\s+)?(spring|summer|fall|autumn|winter)\b(?:\s+(?:of\s+)?((?:19|20)\d\d))?", re.IGNORECASE
)
_SEASONS = {"spring": 3, "summer": 6, "fall": 9, "autumn": 9, "winter": 12}
"""The month that each begins with; it lasts three."""
_ALONE = re.compile(rf"(?:19|20)\d\d(?:-\d\d-\d\d)?|{_MONTHS}|yesterday", re.IGNORECASE)
"""The single words that are a date: not 'sun', and no number under a thousand."""
_OF_DATES = re.compile(
    rf"\b(?:(?:19|20)\d\d|{_MONTHS}|[a-z]{{3,6}}day|ago|(?:last|this|past) (?:year|month|week))\b",
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
_SHORT_YEAR = re.compile(r"(?<!\w)['’](\d\d)\b")
SENTENCE_END = re.compile(r"(?<=[?!])\s+|(?<=\.)\s+(?=[^\W\d])")
"""Between the sentences of a question."""
_EVENT = re.compile(
    r"(?<!look )(?<!looks )(?<!looked )\b(before|after|since|until)\s+(?:the|our)\s+"
    r"([a-z’'-]+(?:\s+[a-z’'-]+){0,3})\s*(?=$|[?.!,;])",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Timing:
    """What a question asks for, in time."""

    aim: Aim = "past"
    """`now` where it says so, `present` where only its tense does, or where it asks when; `first`; else `past`."""
    start: dt.date | None = None
    end: dt.date | None = None
    """First and last day of the dates that it names; None where it is open on that side, or names none."""
    often: bool = False
    """Whether it asks for all of a series: how often, how much in all."""
    event: str = ""
    """What it names in the place of a date, such as `kitchen remodel`."""
    side: Side = "in"
    """On which side of the event."""

    @property
    def ranged(self) -> bool:
        """Whether it names dates."""
        return self.start is not None or self.end is not None

    def holds(self, date: dt.date | None) -> bool:
        """Whether a date lies within the dates it names."""
        return (
            self.ranged
            and date is not None
            and (self.start is None or self.start <= date)
            and (self.end is None or date <= self.end)
        )


def timing(question: str, today: dt.date) -> Timing:
    """Read a question's words of time.

    Args:
        today: what 'last year' and 'two years ago' count from.
    """
    question = _in_full(question, today)
    start, end = _range(question, today)
    over = end is not None and end < today
    event, side = "", _SIDES["in"]
    if start is None and end is None and (match := _EVENT.search(question)):
        event, side = match[2].strip(), _SIDES[match[1].lower()]
    past = _is_past(question)
    if _FIRST.search(_USED_FOR.sub("", question)) and (past or not _FIRST_OF_STEPS.search(question)):
        aim: Aim = "first"
    elif _NOW.search(question):
        aim = "now"
    elif not over and (_WHEN.match(question) or (_PRESENT.search(question) and not past)):
        aim = "present"
    else:
        aim = "past"
    return Timing(aim, start, end, bool(_OFTEN.search(question)), event, side)


def _is_past(question: str) -> bool:
    """Whether a question is in the past tense, which neither 'is installed' is nor 'have we got'."""
    return bool(_PAST.search(_PASSIVE.sub(r"\1", _POSSESSING.sub("have", question))))


def _range(question: str, today: dt.date) -> tuple[dt.date | None, dt.date | None]:
    """The dates of the last sentence that names any: a follow-up stands after the question that it leans on."""
    for sentence in reversed(SENTENCE_END.split(question)):
        if period := _range_of(sentence, today):
            return period
    return None, None


def _in_full(question: str, today: dt.date) -> str:
    """A question with '23, yr and 'a couple of' written out."""

    def year(match: re.Match[str]) -> str:
        return f"{20 if int(match[1]) <= today.year % 100 else 19}{match[1]}"

    question = re.sub(r"\byr(s?)\b", r"year\1", _SHORT_YEAR.sub(year, question), flags=re.IGNORECASE)
    return re.sub(r"\b(?:a )?couple(?: of)?(?= (?:day|week|month|year)s)", "two", question, flags=re.IGNORECASE)


def _range_of(sentence: str, today: dt.date) -> tuple[dt.date | None, dt.date | None] | None:
    if match := _BETWEEN.search(sentence):
        first, last = _longest(match[1], today), _longest(match[2], today)
        if last and not re.search(_YEAR, match[1]) and re.search(_YEAR, match[2]):
            # 'Between March and June 2023' tells the year of both.
            first = _longest(f"{match[1]} {last[0].year}", today)
        if first and last:
            # Without years, from November to February begins in the year before.
            return first[0] if first[0] <= last[1] else _earlier(first[0], 1, "year"), last[1]
    if (match := _YEARS.search(sentence)) and match[1] < match[2]:
        return dt.date(int(match[1]), 1, 1), dt.date(int(match[2]), 12, 31)
    if match := _WINDOW.search(sentence):
        count = _COUNTS.get(match[1].lower()) or int(match[1]) if match[1] else 1
        return _earlier(today, count, (match[2] or match[3]).lower()), None
    for words, lead in _phrases(sentence):
        if period := _season(words, today) or _longest(words, today):
            match lead, _SIDES[lead]:
                case "after", _:
                    return period[1] + dt.timedelta(days=1), None
                case _, "in":
                    return period
                case _, "since":
                    return period[0], None
                case _, "until":
                    return None, period[0] - dt.timedelta(days=1)
    return _season(sentence, today) or _named(sentence)


def _earlier(date: dt.date, count: int, unit: str) -> dt.date:
    from dateutil.relativedelta import relativedelta

    return date - relativedelta(**{f"{unit}s": count})  # type: ignore[arg-type]  # by its name


def _phrases(sentence: str) -> Iterator[tuple[str, str]]:
    """The words that may be a date, each with what leads to it."""
    for match in _ONWARDS.finditer(sentence):
        yield match[1], "since"
    for match in _LED.finditer(sentence):
        # 'Put in by June' was Aunt June's work as likely as not.
        if match[1].lower() != "by" or re.search(r"\d", match[2]):
            yield match[2], match[1].lower()
    for match in (*_AGO.finditer(sentence), *_MONTH_LAST.finditer(sentence)):
        yield match[1], "in"


def _named(sentence: str) -> tuple[dt.date, dt.date] | None:
    """The days of a date that nothing leads to, as in 'gas bill jan 2025' and '2024 boiler service'."""
    days = [day for day in days_in(sentence) if not day.doubtful]
    if days:
        return min(day.first for day in days), max(day.last for day in days)
    for match in _BARE_YEAR.finditer(sentence):
        if (match[1] or "").lower() not in _NUMBERED:
            year = int(match[2])
            return dt.date(year, 1, 1), dt.date(year, 12, 31)
    return None


def _longest(words: str, today: dt.date) -> tuple[dt.date, dt.date] | None:
    """The days of the date that a phrase begins with."""
    parts = words.replace("’", "'").split()
    for length in range(min(len(parts), 4), 0, -1):
        phrase = " ".join(parts[:length]).strip(".,;:?!'")
        if (_ALONE.fullmatch(phrase) if length == 1 else _OF_DATES.search(phrase)) and (
            period := _period(phrase, today)
        ):
            return period
    return None


def _period(phrase: str, today: dt.date) -> tuple[dt.date, dt.date] | None:
    found = _parser(today).get_date_data(phrase)
    if found.date_obj is None:
        return None
    date = found.date_obj.date()
    match found.period:
        case "year":
            return date.replace(month=1, day=1), date.replace(month=12, day=31)
        case "month":
            return date.replace(day=1), date.replace(day=calendar.monthrange(date.year, date.month)[1])
        case "week":
            return date - dt.timedelta(days=date.weekday()), date + dt.timedelta(days=6 - date.weekday())
        case _:
            return date, date


def _season(words: str, today: dt.date) -> tuple[dt.date, dt.date] | None:
    """The days of a season; dateparser knows none."""
    match = _SEASON.search(words)
    if match is None or not (match[1] or match[3]):
        return None
    month = _SEASONS[match[2].lower()]
    year = int(match[3]) if match[3] else today.year
    start = dt.date(year, month, 1)
    if not match[3] and start > today:
        start = start.replace(year=year - 1)
    months = start.year * 12 + start.month + 2
    end = dt.date(months // 12, months % 12 + 1, 1) - dt.timedelta(days=1)
    return start, end


@cache
def _parser(today: dt.date) -> Any:
    from dateparser.date import DateDataParser

    noon = dt.datetime.combine(today, dt.time(12))
    return DateDataParser(languages=["en"], settings={"PREFER_DATES_FROM": "past", "RELATIVE_BASE": noon})
