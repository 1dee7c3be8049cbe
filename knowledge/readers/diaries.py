"""A log, a diary or a chat to a note an entry: a text whose lines or headings begin with days, in their order."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from knowledge.dating import found_in
from knowledge.days import Day, days_in, puts_day_first
from knowledge.errors import Unreadable
from knowledge.note import Draft
from knowledge.readers.source import Source, draft_or_refusal

FEWEST = 3
"""Days from which a text is a diary, and no note that tells of a few; a chat has two."""
STRAY = 0.1
"""The share of a chat's lines that may begin with a day otherwise, and of all entries that may be out of order."""
OPENING = 0.2
"""The share of a text that may stand before the first day."""
_WEEKDAY = (
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun|die|mit|don|sam|son|lun|mar|mer|jeu|ven|dim|mié|jue|vie|sáb|dom|gio|sab|din|woe|"
    r"vri|zat|zon)[^\W\d_]*|mo|di|mi|do|fr|sa|so|wo|vr|za|zo|ma)\.?,?[ ]+"
)
_BEFORE = re.compile(rf"\u200e?(?:\#+[ \t]+|[-*+•][ \t]+)?[\[(*_]{{0,3}}(?P<weekday>{_WEEKDAY})?", re.IGNORECASE)
"""What may stand before the day that a line begins with."""
_CLOCK = re.compile(
    r",?[ ]*(?:at |um |à )?\d\d?[:.]\d\d(?:[:.]\d\d)?(?:[ \u202f\xa0]?[ap]\.?[ ]?m\.?)?(?!\w)", re.IGNORECASE
)
"""The time behind a day."""
_HEADING = re.compile(r"^(#{1,6})[ \t]+\S", re.MULTILINE)
_NUMBERS = re.compile(r"(\d\d?)[/.-](\d\d?)[/.-]")
_LONGEST_NAME = 80


@dataclass(frozen=True)
class _Entry:
    """What a text tells of a day."""

    day: Day
    """With its place in the text."""
    place: int
    """Where its line begins."""
    level: int
    """That of its heading; 0 where it is none."""
    clock: int
    """Letters of the time behind its day, as each message of a chat has one."""


def diary(source: Source, fields: Mapping[str, Any], text: str) -> list[Draft | Unreadable]:
    """Return a draft of each entry of a diary, or each day of a chat; none where a text is neither.

    What stands before the first entry goes with it.
    """
    found = _entries(text, day_first=source.day_first)
    return list(_drafts(source, fields, text, found)) if _is_diary(found, text) else []


def _drafts(
    source: Source, fields: Mapping[str, Any], text: str, found: Sequence[_Entry]
) -> Iterator[Draft | Unreadable]:
    first = [entry for before, entry in pairwise([None, *found]) if entry and not _goes_on(before, entry)]
    starts = [entry.place for entry in first]
    for entry, start, end in zip(first, [0, *starts[1:]], [*starts[1:], len(text)], strict=True):
        title = f"{fields['title']}: {_named(text[entry.day.end + entry.clock : end])}".removesuffix(": ")
        where = f"{source.name}, {entry.day.first}"
        draft = draft_or_refusal(source, {**fields, "title": title}, text[start:end].strip(), where)
        if isinstance(draft, Draft):
            said = found_in("text", doubtful=entry.day.doubtful, day_first=source.day_first)
            draft = replace(draft, date=entry.day.first, dated_by=said)
        yield draft


def _goes_on(before: _Entry | None, entry: _Entry) -> bool:
    """Whether an entry belongs to the one before it: a chat's messages of a day are told together."""
    return bool(before and before.clock and entry.clock and before.day.first == entry.day.first)


def _named(told: str) -> str:
    """What an entry is called: its first words."""
    name = re.sub(r"^[\W_]+", "", told).partition("\n")[0].strip("*_ ")
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME].rsplit(' ', 1)[0]} …"


def _entries(text: str, *, day_first: bool) -> list[_Entry]:
    """The entries that a text seems to have.

    One hand wrote all: a day over twelve in one of them tells how the others are meant.
    """
    lines = list(re.finditer(r"^\S.*\d.*$", text, re.MULTILINE))
    days = [day for line in lines if (day := _opening(line, day_first=day_first))]
    numbers = [match for day in days if (match := _NUMBERS.match(text[day.start : day.end]))]
    first, second = (any(int(match[group]) > 12 for match in numbers) for group in (1, 2))
    european = puts_day_first(text)
    told = first or (not second and (european or day_first))
    entries = []
    for line in lines:
        if day := _opening(line, day_first=told):
            day = replace(day, doubtful=day.doubtful and not (first or second or european))
            clock = _CLOCK.match(text, day.end)
            level = len(line[0]) - len(line[0].lstrip("#"))
            entries.append(_Entry(day, line.start(), level, len(clock[0]) if clock else 0))
    messages = [entry for entry in entries if entry.clock]
    # A day in a message of several lines begins no entry.
    return messages if len(messages) > (1 - STRAY) * len(entries) else entries


def _opening(line: re.Match[str], *, day_first: bool) -> Day | None:
    """The day that a line begins with, by its place in the text."""
    before = _BEFORE.match(line[0])
    day = next(iter(days_in(line[0][:60], day_first=day_first)), None)
    if before is None or day is None or day.whole_month:
        return None
    if day.start not in (before.end(), before.start("weekday")):  # 'mar' is a day of some, and a month of others
        return None
    return replace(day, start=line.start() + day.start, end=line.start() + day.end)


def _is_diary(found: Sequence[_Entry], text: str) -> bool:
    """Whether entries are in the order of their days, and are all that a text holds."""
    days = [entry.day.first for entry in found]
    fewest = FEWEST if any(not entry.clock for entry in found) else 2
    back = min(sum(map(order, days, days[1:])) for order in (operator.gt, operator.lt))
    if len(set(days)) < fewest or back > STRAY * len(days):
        return False
    places = [entry.place for entry in found]
    if places[0] > max(_LONGEST_NAME, OPENING * len(text)):
        return False
    own = min(entry.level for entry in found) or 6
    others = (heading for heading in _HEADING.finditer(text, places[0]) if heading.start() not in places)
    if any(len(heading[1]) <= own for heading in others):
        return False  # a section of it is of no day
    *before, last = (text[slice(*cut)].strip() for cut in pairwise([*places, len(text)]))
    return "\n\n" not in last or any("\n\n" in entry for entry in before)  # else what stands at its end is of no day
