"""What a question says of time: how things are now, how they were first, within which dates, how often; pure."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

Aim = Literal["now", "present", "past", "first"]
Side = Literal["in", "since", "until"]

_NOW = re.compile(
    r"\b(now|nowadays|today|currently|current|presently|at present|at the moment|these days|still|anymore|"
    r"latest|newest|most recent|most recently)\b"
    r"|\blast\b(?!\s+(?:year|month|week|weekend|night|spring|summer|autumn|fall|winter|january|february|march|april|may|"
    r"june|july|august|september|october|november|december|name)\b)",
    re.IGNORECASE,
)
_FIRST = re.compile(
    r"\b(first|original|originally|initially|earliest|oldest|to begin with|in the beginning|moved in|came with|"
    r"back then|used to)\b",
    re.IGNORECASE,
)
_OFTEN = re.compile(
    r"\b(how often|how many times|how many|in all|in total|altogether|so far|over the years|(?:each|every) time|"
    r"history of|since we)\b",
    re.IGNORECASE,
)
_PRESENT = re.compile(
    r"\b(is|are|do|does|has|have|can|should|must|may|am|gets?|takes?|needs?)\b|\b(?:what|who|where|how|which)[’']s\b",
    re.IGNORECASE,
)
_WHEN = re.compile(r"\s*(?:and |so )?when (?:was|were|did|has|have)\b", re.IGNORECASE)
"""Of something done more than once, that asks for the last time."""
_PAST = re.compile(
    r"\b(did|was|were|had|didn[’']?t|wasn[’']?t|got|went|came|paid|charged|put in|installed|bought|replaced|ever|"
    r"back)\b",
    re.IGNORECASE,
)
_SIDES: dict[str, Side] = {
    "in": "in", "during": "in", "around": "in", "on": "in", "from": "since", "since": "since", "after": "since",
    "before": "until", "until": "until", "till": "until", "by": "until", "up to": "until",
}  # fmt: skip
_BETWEEN = re.compile(r"\b(?:between|from)\s+(.{3,30}?)\s+(?:and|to|until|till)\s+(.{3,30})", re.IGNORECASE)
_LED = re.compile(rf"\b(?=({'|'.join(_SIDES)})\s+([\w’'.,/-]+(?:\s+[\w’'.,/-]+){{0,3}}))", re.IGNORECASE)
"""Looked ahead for, since one may begin within another: 'on the pool in 2024'."""
_AGO = re.compile(r"\b((?:[\w]+\s+){1,2}ago|last (?:year|month|week)|yesterday)\b", re.IGNORECASE)
_SEASON = re.compile(
    r"\b(?:(last|this)\s+)?(spring|summer|fall|autumn|winter)\b(?:\s+(?:of\s+)?((?:19|20)\d\d))?", re.IGNORECASE
)
_SEASONS = {"spring": 3, "summer": 6, "fall": 9, "autumn": 9, "winter": 12}
"""The month that each begins with; it lasts three."""
_ALONE = re.compile(rf"(19|20)\d\d|{'|'.join(calendar.month_name[1:])}|yesterday", re.IGNORECASE)
"""The single words that are a date: not 'may', not 'sun', and no number under a thousand."""
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
    start, end = _range(question, today)
    event, side = "", _SIDES["in"]
    if start is None and end is None and (match := _EVENT.search(question)):
        event, side = match[2].strip(), _SIDES[match[1].lower()]
    ranged = start is not None or end is not None
    if _FIRST.search(question):
        aim: Aim = "first"
    elif _NOW.search(question):
        aim = "now"
    elif not ranged and (_WHEN.match(question) or (_PRESENT.search(question) and not _PAST.search(question))):
        aim = "present"
    else:
        aim = "past"
    return Timing(aim, start, end, bool(_OFTEN.search(question)), event, side)


def _range(question: str, today: dt.date) -> tuple[dt.date | None, dt.date | None]:
    if match := _BETWEEN.search(question):
        first, last = _longest(match[1], today), _longest(match[2], today)
        if first and last:
            return first[0], last[1]
    for words, side in _phrases(question):
        if period := _season(words, today) or _longest(words, today):
            match side:
                case "in":
                    return period
                case "since":
                    return period[0], None
                case "until":
                    return None, period[0] - dt.timedelta(days=1)
    if period := _season(question, today):
        return period
    return None, None


def _phrases(question: str) -> Iterator[tuple[str, Side]]:
    for match in _LED.finditer(question):
        yield match[2], _SIDES[match[1].lower()]
    for match in _AGO.finditer(question):
        yield match[1], "in"


def _longest(words: str, today: dt.date) -> tuple[dt.date, dt.date] | None:
    """The days of the date that a phrase begins with."""
    parts = words.replace("’", "'").split()
    for length in range(min(len(parts), 4), 0, -1):
        phrase = " ".join(parts[:length]).strip(".,;:?!'")
        # Alone, a number under a thousand or a word like 'us' or 'sun' is no date of a house.
        if not re.search(r"(19|20)\d\d|[a-z]{3}", phrase, re.IGNORECASE):
            continue
        if length == 1 and not re.fullmatch(
            rf"(19|20)\d\d|{'|'.join(calendar.month_name[1:])}|yesterday", phrase, re.I
        ):
            continue
        if period := _period(phrase, today):
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
