"""The days of the week that a text tells, and those that an answer says; pure."""

from __future__ import annotations

import re

from knowledge.days import days_in

_DAYS = ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")
_WHOLE = rf"(?:{'|'.join(_DAYS)})days?"
_ANY = rf"{_WHOLE}|mon|tues?|wed|thu(?:rs?)?|fri|sat|sun"
_SAID = re.compile(rf"\b{_WHOLE}\b", re.IGNORECASE)
_TOLD = re.compile(rf"\b(?:{_ANY})\b", re.IGNORECASE)
_FROM_TO = re.compile(rf"\b({_ANY})\.?\s?(?:-|–|to|thru|through|until|till)\s?({_ANY})\b", re.IGNORECASE)
_WEEK = re.compile(r"\bweek(?:(days?)|ends?)\b|\b(?:daily|every ?day|each day)\b", re.IGNORECASE)


def weekdays(text: str) -> set[str]:
    """Return the days of the week that a text tells, those between two and those of its dates among them."""
    found = {_token(_number(match[0])) for match in _TOLD.finditer(text)}
    for match in _FROM_TO.finditer(text):
        first, last = _number(match[1]), _number(match[2])
        found |= {_token((first + after) % 7) for after in range((last - first) % 7)}
    for match in _WEEK.finditer(text):
        weekend = match[0].lower().startswith("weekend")
        found |= {_token(day) for day in ((5, 6) if weekend else range(5 if match[1] else 7))}
    return found | {_token(day.first.weekday()) for day in days_in(text) if not day.whole_month}


def said_weekdays(text: str) -> dict[str, str]:
    """Return the days of the week that an answer says: as they are written, and as `weekdays` has them.

    "Sun" and "sat" are words of their own.
    """
    return {match[0]: _token(_number(match[0])) for match in _SAID.finditer(text)}


def _number(name: str) -> int:
    """Of a day's name, from 0 for Monday."""
    return [day[:3] for day in _DAYS].index(name[:3].lower())


def _token(number: int) -> str:
    return f"weekday {number}"
