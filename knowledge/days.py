"""Days that a text names, however they are written, and how long a time it names; what happens then is for others."""

from __future__ import annotations

import calendar
import contextlib
import datetime as dt
import re
from dataclasses import dataclass

from knowledge.errors import NoteRejected

EARLIEST = dt.date(1800, 1, 1)
"""The first day that a house could remember."""
_MONTHS = {
    name.casefold(): number
    for number in range(1, 13)
    for name in (calendar.month_name[number], calendar.month_abbr[number])
} | {
    "sept": 9, "januar": 1, "februar": 2, "märz": 3, "mai": 5, "juni": 6, "juli": 7, "oktober": 10, "dezember": 12,
    "janvier": 1, "février": 2, "mars": 3, "avril": 4, "juin": 6, "juillet": 7, "août": 8, "septembre": 9,
    "octobre": 10, "novembre": 11, "décembre": 12, "enero": 1, "febrero": 2, "marzo": 3, "abril": 4, "mayo": 5,
    "junio": 6, "julio": 7, "agosto": 8, "septiembre": 9, "octubre": 10, "noviembre": 11, "diciembre": 12,
}  # fmt: skip
_MONTH = "|".join(sorted(map(re.escape, _MONTHS), key=len, reverse=True))
_YEAR = r"(?:18|19|20)\d\d"
_DAY = re.compile(
    rf"""(?<![\w/.-])(?:
        (?P<iso>{_YEAR}(?P<part>[/.-])\d\d?(?P=part)\d\d?)
      | (?P<numbers>\d\d?(?P<mark>[/.-])\d\d?(?P=mark)(?:{_YEAR}|\d\d))
      | (?P<d1>\d\d?)(?:st|nd|rd|th|\.)?[ -]+(?:(?:of|de)[ ]+)?(?P<m1>{_MONTH})\.?[ ,-]+(?:de[ ]+)?(?P<y1>{_YEAR})
      | (?P<m2>{_MONTH})\.?[ ]+(?P<d2>\d\d?)(?:st|nd|rd|th)?,?[ ]+(?P<y2>{_YEAR})
      | (?P<m3>{_MONTH})\.?,?[ ]+(?:(?:of|de)[ ]+)?(?P<y3>{_YEAR})
      | (?P<m4>0?[1-9]|1[0-2])/(?P<y4>{_YEAR})
    )(?![\w/-]|\.\d)""",
    re.IGNORECASE | re.VERBOSE,
)
_LAST_CENTURY = 70
"""Years of two digits from which the one before is meant: no warranty ends in 2070, and no note tells of 1969."""
_COUNTS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "sixty": 60, "ninety": 90, "a": 1,
    "ein": 1, "eine": 1, "einem": 1, "einen": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "zehn": 10,
    "un": 1, "deux": 2, "trois": 3, "cinq": 5, "dix": 10, "dos": 2, "tres": 3, "cinco": 5, "diez": 10,
}  # fmt: skip
SPAN = re.compile(
    rf"""(?<![\w.,/])(?<!\d-)(?P<count>\d{{1,3}}|{"|".join(_COUNTS)})\)?[ -](?:
        (?P<days>days?|tage?n?|jours?|días?)
      | (?P<weeks>weeks?|wks?|wochen?|semaines?|semanas?)
      | (?P<months>months?|mos?|monate?n?|mois|mes(?:es)?)
      | (?P<years>years?|yrs?|jahre?n?|jährige?[nrs]?|ans|(?<=un[ ])an|années?|años?)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""How long a time is, as in 'two years', '24 mo', 'five (5) years' and 'zwei Jahre'."""
_DAY_FIRST = re.compile(
    r"\b(rechnung|datum|mwst|wartung|quittung|gutschrift|garantie|facture|devis|tva|factura|fecha|iva|fattura|factuur|btw|"
    r"vat|abn|eur|gbp|chf)\b|[€£]",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Day:
    """A day, or a month, in a text."""

    first: dt.date
    last: dt.date
    """The same as `first`, or the last day of the month that is named."""
    start: int
    end: int
    doubtful: bool = False
    """Whether only the household's setting tells the day from the month."""

    @property
    def whole_month(self) -> bool:
        """Whether the text names no day of it."""
        return self.first != self.last


def full_year(short: int) -> int:
    """Return the year that one of two digits means."""
    return (2000 if short < _LAST_CENTURY else 1900) + short


def days_in(text: str, *, day_first: bool = False) -> list[Day]:
    """Return the days and months of a text in their order.

    Args:
        day_first: whether 03/04/2021 is the third of April; papers in euros or pounds mean that in any case.
    """
    european = puts_day_first(text)
    found = []
    for match in _DAY.finditer(text):
        day = _read(match, day_first or european, doubtful=not european)
        if day is not None:
            found.append(day)
    return found


def puts_day_first(text: str) -> bool:
    """Whether a text's money or language is of a country where 03/04/2021 is the third of April."""
    return bool(_DAY_FIRST.search(text))


def later(date: dt.date, words: str) -> dt.date | None:
    """Return the day that lies as far after a date as words say, such as `two years`; None where they say nothing."""
    from dateutil.relativedelta import relativedelta

    match = SPAN.search(words)
    if match is None or match.lastgroup is None:
        return None
    count = _COUNTS.get(match["count"].casefold()) or int(match["count"])
    try:
        return date + relativedelta(**{match.lastgroup: count})  # type: ignore[arg-type]  # by its name
    except (ValueError, OverflowError):
        return None


def period(text: str, *, day_first: bool = False) -> tuple[dt.date, dt.date] | None:
    """Read a year, a month or a day as a person types it, as its first and last day; empty text is None.

    Raises:
        NoteRejected: it is none of them.
    """
    text = text.strip()
    if not text:
        return None
    if re.fullmatch(_YEAR, text):
        return dt.date(int(text), 1, 1), dt.date(int(text), 12, 31)
    if match := re.fullmatch(rf"({_YEAR})-(\d\d?)", text):
        return _month(int(match[1]), int(match[2]), text)
    days = days_in(text, day_first=day_first)
    if len(days) == 1 and (days[0].start, days[0].end) == (0, len(text)):
        return days[0].first, days[0].last
    date = parse_date(text, day_first=day_first)
    return (date, date) if date else None


def parse_date(text: str, *, day_first: bool = False) -> dt.date | None:
    """Read a date as people write it; empty text is None.

    Args:
        day_first: whether 03/04/2021 is the third of April.

    Raises:
        NoteRejected: it is not a date, or no date that a house could remember.
    """
    from dateutil import parser

    text = str(text).strip()
    if not text:
        return None
    with contextlib.suppress(ValueError):
        return _plausible(dt.date.fromisoformat(text), text)
    try:
        # Two different fillers: what the text leaves out then differs, and a bare '12' or 'March' is no date.
        first, second = (
            parser.parse(text, dayfirst=day_first, default=dt.datetime(year, month, day))
            for year, month, day in ((2000, 1, 1), (2004, 2, 2))
        )
    except (ValueError, OverflowError, TypeError) as error:
        raise NoteRejected(f"{text!r} is not a date. Write it like 2024-03-15.") from error
    if first.year != second.year:
        raise NoteRejected(f"{text!r} has no year. Write the date like 2024-03-15.")
    return _plausible(first.date(), text)


def _plausible(date: dt.date, text: str) -> dt.date:
    if not EARLIEST <= date <= dt.date.today() + dt.timedelta(days=366 * 50):
        raise NoteRejected(f"{text!r} is not a date of this house. Write it like 2024-03-15.")
    return date


def _month(year: int, month: int, text: str) -> tuple[dt.date, dt.date]:
    if not 1 <= month <= 12:
        raise NoteRejected(f"{text!r} is not a month. Write it like 2024-03.")
    return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])


def _read(match: re.Match[str], day_first: bool, *, doubtful: bool) -> Day | None:
    def day(first: dt.date, last: dt.date | None = None, *, doubtful: bool = False) -> Day:
        return Day(first, last or first, match.start(), match.end(), doubtful)

    try:
        if match["iso"]:
            year, month, number = map(int, match["iso"].split(match["part"]))
            return day(dt.date(year, month, number))
        if match["numbers"]:
            one, two, year = map(int, match["numbers"].split(match["mark"]))
            if year < 100:
                year = full_year(year)
            doubtful = doubtful and match["mark"] != "." and max(one, two) <= 12 and one != two
            # A point parts days from months only where the day comes first; a number over twelve decides, too.
            if two > 12 or (one <= 12 and not day_first and match["mark"] != "."):
                one, two = two, one
            return day(dt.date(year, two, one), doubtful=doubtful)
        for number_, month_, year_ in (("d1", "m1", "y1"), ("d2", "m2", "y2")):
            if match[month_]:
                return day(dt.date(int(match[year_]), _MONTHS[match[month_].casefold()], int(match[number_])))
        month = _MONTHS[match["m3"].casefold()] if match["m3"] else int(match["m4"])
        return day(*_month(int(match["y3"] or match["y4"]), month, match[0]))
    except ValueError:
        return None
