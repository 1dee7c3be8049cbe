"""The figures of a text, in each way that they can be read: numbers, amounts, dates, times and codes; pure."""

from __future__ import annotations

import calendar
import datetime as dt
import math
import re
from collections.abc import Iterator, Sequence, Set

from assistant.weekdays import said_weekdays, weekdays
from knowledge.days import days_in, full_year
from knowledge.note import Hit

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_MONTH = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTH |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name and name != "May"}
_MONTH["sept"] = 9
_NAMES = "|".join(sorted(_MONTH, key=len, reverse=True))
_NAMED_MONTH = re.compile(rf"\b({_NAMES})\b", re.IGNORECASE)
_SAID_MONTH = re.compile(
    rf"\b({_NAMES})\b\.?(?=\s+\d)|(?<=\d )\b({_NAMES})\b"
    r"|\b(?:in|of|since|until|till|by|last|next|early|late|mid|each|every|through)[ -]"
    rf"((?-i:Mar|March|May)\b|(?!may\b|mar)(?:{_NAMES})\b)",
    re.IGNORECASE,
)
"""A month beside a figure, or behind a word of time: 'may' alone is none."""
_OF_MONTH = re.compile(
    rf"\b({_NAMES})\b\.?,?\s+(?:the\s+)?(\d\d?)(?:st|nd|rd|th)?\b(?![:/.,]\d)"
    rf"|(?<![\d:/.,-])(\d\d?)(?:st|nd|rd|th|\.)?\s+(?:of\s+)?({_NAMES})\b"
    r"|(?<![\d:/.,-])(\d\d?)(?:st|nd|rd|th)\b",
    re.IGNORECASE,
)
"""A number that may be a day: beside a month's name, or the 18th."""

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
WORDS = {
    **{word: number for number, word in enumerate(_ONES)},
    **{word: number for number, word in enumerate(_ORDINALS, start=1)},
    **{word: 10 * number for number, word in enumerate(_TENS, start=2)},
    "twice": 2,
}
"""The numbers that are words."""
_SCALES = {"dozen": 12, "hundred": 100, "thousand": 1000}
_PART = re.compile(r"\b(?:(\w{1,12}) and (?:a|one) )?(half|quarter|three[ -]quarters?)\b", re.IGNORECASE)
_PARTS = {"half": 0.5, "quarter": 0.25, "three quarter": 0.75}
_SIGNS = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8"}
_FRACTION = re.compile(r"(?<![\d/.,])(?:(\d{1,4})[ -])?(\d{1,2})/(2|4|8|16)(?![\d/])")
_THOUSANDS = re.compile(r"(?<![\d.,])(\d{1,6}(?:\.\d{1,3})?) ?k\b", re.IGNORECASE)
_SPACED = re.compile(r"(?<![\d.,])(\d{1,3}(?:[ '’\u00a0\u202f]\d{3})+)(?:[.,](\d\d?))?(?!\d)")
_DIGITS = re.compile(r"\d+")
_TELEPHONE = re.compile(r"(?<!\d)\(?\d{3}\)?[ .–-]{1,2}\d{3}[ .–-]\d{4}(?!\d)")
"""Ten digits that belong together: with the last four of another number it is another number."""
_GROUPED = re.compile(r"(?<!\d)\d+(?:[ \u00a0\u202f()./–-]{1,3}\d+)+")
"""Figures side by side, which may be one: a telephone number, a serial."""
_SPELT_CODE = re.compile(r"(?<!\d)(?<!\d[-.,/])\d([ \u00a0]|[ \u00a0]?[–-][ \u00a0]?)\d(?:\1\d){2,}(?![\d/]|[.,-]\d)")
"""A code told digit by digit, as 4-7-1-9 is."""
LEAST_JOINED, MOST_JOINED = 6, 5
"""Digits that such a number has at least, and groups of them at most."""
_CLOCK = re.compile(
    r"(?<![\d.,:/])([01]?\d|2[0-4])(?:[:.h]([0-5]\d)(?![\d%]|[.,:]\d)|(?=\s?(?:[ap]\.?m|uhr|o[’']clock)\b))",
    re.IGNORECASE,
)
_SAID_CLOCK = re.compile(
    rf"\b(half past|quarter past|quarter to) (\d{{1,2}}|{'|'.join(_ONES[1:13])})\b|\b(?:noon|midday|midnight)\b",
    re.IGNORECASE,
)
_AFTER = {"half past": 30, "quarter past": 15, "quarter to": -15}
_SHORT_YEAR = re.compile(
    rf"(?:(?<!\w)['’]|\b\d\d?[-./ ]{{1,2}}(?:{_NAMES})[-./ ]{{1,2}}|\b(?:{_NAMES})[-/])(\d\d)\b(?![-/])", re.IGNORECASE
)
_TWO_PARTS = re.compile(
    r"(?<![\d/.])(\d\d?)/(\d\d?)(?![\d/]|[ -]?(?:[\"”″]|inch|cup|gal|t(?:ea|able)?sp))"
    r"|(?<![\d/.])(\d\d?)\.(\d\d?)\.(?=[,;)]| [a-z\d])"
)
"""A day and a month, or a month and a year of two digits: 9/15, 15.9., 11/29; no 7.4 that ends a sentence."""
_MONTH_OF_YEAR = re.compile(
    r"(?<![\d/.-])(?:(0?[1-9]|1[0-2])[-./]((?:19|20)\d\d)|((?:19|20)\d\d)[-./](0?[1-9]|1[0-2]))(?![\d/-]|\.\d)"
)
"""A month of a year, with nothing but numbers: 11-2029, 2031-06."""


def figures(text: str) -> set[str]:
    """Return what a text tells: its numbers in each way that they can be read, its months, its times of day."""
    text = _plainly(text)
    found = _spelt(text).union(*(tokens for _, tokens in _compound(text)))
    for match in _FIGURE.finditer(text):
        readings = _readings(match[0])
        found.update(*readings)
        if re.search(r"[.,]\d\d$", match[0]):
            # An answer may round 85.50 to 85, or to 86.
            found |= {f"{round_(float(token))}" for token in readings[0] for round_ in (math.floor, math.ceil)}
    return found | {f"month {_MONTH[match[1].lower()]}" for match in _NAMED_MONTH.finditer(text)} | weekdays(text)


def missing(text: str, told: Set[str]) -> list[str]:
    """Return the figures of a text that are not among those told, as they are written."""
    said = _plainly(text)
    held = [span for span, tokens in _compound(said) if tokens <= told]

    def is_held(match: re.Match[str]) -> bool:
        return any(start <= match.start() and match.end() <= end for start, end in held)

    numbers = (match for match in _FIGURE.finditer(said) if not is_held(match))
    strays = [match[0] for match in numbers if not any(reading <= told for reading in _readings(match[0]))]
    months = (month for match in _SAID_MONTH.finditer(said) if not is_held(match) for month in match.groups() if month)
    strays += [month for month in months if f"month {_MONTH[month.lower()]}" not in told]
    strays += [match[0] for match in _TELEPHONE.finditer(said) if _number(re.sub(r"\D", "", match[0])) not in told]
    return strays + [day for day, token in said_weekdays(said).items() if token not in told]


def told_in(note: Hit) -> set[str]:
    """Return the figures that a note tells, those of its date among them."""
    told = figures(f"{note.title}\n{note.text}")
    return told if note.date is None else told | of_day(note.date)


def of_day(date: dt.date) -> set[str]:
    """Return what a date tells as a figure of a text does: its day is no other number, such as how deep a well is."""
    return {str(date.year), f"month {date.month}", f"day {date.day}", f"weekday {date.weekday()}"}


def _plainly(text: str) -> str:
    """A text with 1½ written as 1 1/2, and .5 as 0.5."""
    for sign, fraction in _SIGNS.items():
        text = text.replace(sign, f" {fraction}")
    return re.sub(r"(?<![\w.])\.(?=\d)", "0.", text)


def _readings(figure: str) -> list[set[str]]:
    """What a figure may be: 1,150.00 is 1150, 1.150 is that or 1.15, 7,8 is 7.8 or two numbers, 18.4.2023 is three."""
    found = []
    if match := re.fullmatch(r"(\d{1,3}([.,])\d{3}(?:\2\d{3})*)(?:[.,](\d\d?))?", figure):
        found.append({_number(re.sub(r"[.,]", "", match[1]), match[3] or "")})
    if match := re.fullmatch(r"(\d+)(?:\.(\d+)|,(\d\d?))?", figure):
        found.append({_number(match[1], match[2] or match[3] or "")})
    if not found or re.fullmatch(r"\d+(?:,\d\d?)+", figure):
        found.append({_number(part) for part in re.split(r"[.,]", figure)})
    return found


def _number(whole: str, part: str = "") -> str:
    """A number without idle zeros."""
    part = part.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{part}" if part else "")


def _compound(text: str) -> Iterator[tuple[tuple[int, int], set[str]]]:
    """What several figures of a text tell together, each with where it stands."""
    for match in _FRACTION.finditer(text):
        yield match.span(), {f"{int(match[1] or 0) + int(match[2]) / int(match[3]):g}"}
    for match in _THOUSANDS.finditer(text):
        yield match.span(), {f"{1000 * float(match[1]):.0f}"}
    for match in _SPACED.finditer(text):
        yield match.span(), {_number(re.sub(r"\D", "", match[1]), match[2] or "")}
    for match in _GROUPED.finditer(text):
        yield from _joined(list(_DIGITS.finditer(text, *match.span())))
    for match in _SPELT_CODE.finditer(text):
        yield match.span(), {_number(re.sub(r"\D", "", match[0]))}
    for match in _CLOCK.finditer(text):
        yield match.span(), {f"at {(60 * int(match[1]) + int(match[2] or 0)) % 720}"}
        if match[2] == "00":
            yield match.span(), {_number(match[1])}
    for match in _SAID_CLOCK.finditer(text):
        hour = match[2] and (WORDS.get(match[2].lower()) or int(match[2]))
        yield match.span(), {f"at {(60 * hour + _AFTER[match[1].lower()]) % 720 if hour else 0}"}
    for match in _SHORT_YEAR.finditer(text):
        yield match.span(1), {str(full_year(int(match[1])))}
    for match in _TWO_PARTS.finditer(text):
        yield from ((match.span(), tokens) for tokens in _dated(match))
    for match in _MONTH_OF_YEAR.finditer(text):
        yield match.span(), {f"month {int(match[1] or match[4])}", match[2] or match[3]}
    for match in _OF_MONTH.finditer(text):
        month, day = match[1] or match[4], match[2] or match[3] or match[5]
        yield match.span(), {f"day {int(day)}", *([f"month {_MONTH[month.lower()]}"] if month else [])}
    for date in (*days_in(text), *days_in(text, day_first=True)):
        tokens = {str(date.first.year), f"month {date.first.month}"}
        yield (date.start, date.end), tokens if date.whole_month else tokens | {f"day {date.first.day}"}


def _dated(match: re.Match[str]) -> Iterator[set[str]]:
    """What two parts of a date may be: 3/4 is in March or in April, 11/29 on a day or in 2029."""
    one, two = match[1] or match[3], match[2] or match[4]
    # A point stands after the day.
    for day, month in ((one, two), (two, one)) if match[1] else ((one, two),):
        if 1 <= int(month) <= 12 and 1 <= int(day) <= 31:
            yield {f"month {int(month)}", f"day {int(day)}"}
    if match[1] and 1 <= int(one) <= 12 and len(two) == 2:
        yield {f"month {int(one)}", str(full_year(int(two)))}


def _joined(figures: Sequence[re.Match[str]]) -> Iterator[tuple[tuple[int, int], set[str]]]:
    """Neighbouring figures as one number, each few of them that are long enough."""
    for at, first in enumerate(figures):
        digits = first[0]
        for figure in figures[at + 1 : at + MOST_JOINED]:
            digits += figure[0]
            if len(digits) >= LEAST_JOINED:
                yield (first.start(), figure.end()), {_number(digits)}


def _spelt(text: str) -> set[str]:
    """The numbers that a text tells in words: twenty-five, a hundred and twenty, two dozen, one and a half."""
    found = set()
    number = 0
    for word in re.findall(r"[a-z]+|[.,;:]", text.lower()):
        if (value := WORDS.get(word)) is not None:
            goes_on = number % 100 == 0 or (number % 10 == 0 and number % 100 > 10 and value < 10)
            number = number + value if goes_on else value
            found |= {str(value), str(number)}
        elif scale := _SCALES.get(word):
            number = (number or 1) * scale
            found.add(str(number))
        elif word != "and":
            number = 0
    for match in _PART.finditer(text):
        word = (match[1] or "").lower()
        whole = int(word) if word.isdecimal() else WORDS.get(word, 0)
        found.add(f"{whole + _PARTS[match[2].lower().replace('-', ' ').removesuffix('s')]:g}")
    return found
