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
from knowledge.readers.sections import shortened
from knowledge.readers.source import Source, draft_or_refusal

FEWEST = 3
"""Entries and days from which a text is a diary, and no note that tells of a few; a chat has two days."""
STRAY = 0.1
"""The share of a chat's lines that may begin with a day otherwise, and of entries out of order, or of days to come."""
OPENING = 0.2
"""The share of a text that may stand before the first day."""
_WEEKDAY = (
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun|die|mit|don|sam|son|lun|mar|mer|jeu|ven|dim|mié|jue|vie|sáb|dom|gio|sab|din|woe|"
    r"vri|zat|zon)[^\W\d_]*|mo|di|mi|do|fr|sa|so|wo|vr|za|zo|ma)\.?,?[ ]+"
)
_BEFORE = re.compile(rf"\u200e?(?:\#+[ \t]+|[-*+•][ \t]+)?[\[(*_]{{0,3}}(?P<weekday>{_WEEKDAY})?", re.IGNORECASE)
"""What may stand before the day that a line begins with."""
_CLOCK = re.compile(
    r",?[ ]*(?:at |um |à )?(?:[01]?\d|2[0-3])[:.][0-5]\d(?:[:.][0-5]\d)?"
    r"(?:[ \u202f\xa0]?(?:[ap]\.?[ ]?m\.?|uhr))?(?!\w)",
    re.IGNORECASE,
)
"""The time behind a day; with points and no word of time, it may be an amount."""
_SPEAKER = re.compile(r"(?:\]|[ ]?[-–])[ \u200e]+[^\s\d:][^:\n]{0,60}:(?!\S)")
"""Who wrote a message of a chat, behind its time."""
_HEADING = re.compile(r"^(#{1,6})[ \t]+\S", re.MULTILINE)
_NUMBERS = re.compile(r"(\d\d?)[/.-](\d\d?)[/.-]")
_LONGEST_NAME = 80
_SUM = re.compile(
    r"^\W*(?:sub-?total|total|balance|zwischensumme|summe|gesamt\w*|saldo|solde)\b|"
    r"\b(?:(?:sub|grand )total|total due|(?:opening|beginning|starting|previous|closing|ending|new) balance)\b",
    re.IGNORECASE | re.MULTILINE,
)
"""What an invoice and an account come to."""
_LIST = re.compile(
    r"\b(?:invoices?|receipts?|statements?|accounts?|prices?|rates|balances?|amounts?|bills|budget|due|deadlines?|"
    r"birthdays?|warrant(?:y|ies)|expir\w+|renewals?|meters?|readings?|\w*(?:rechnung|konto|kontoauszug)|preise?|"
    r"preisliste|geburtstage?|fällig\w*|garantien?|zählerst[aä]nde?|factures?|relevé|anniversaires?|prix)\b",
    re.IGNORECASE,
)
"""What a list of days is of that is no diary."""
_CENTS = re.compile(r"\W*\d[\d.,]*[.,]\d\d\b.*|.*\d[.,]\d\d\W*(?:[a-z]{2,3}\W*)?", re.IGNORECASE)
"""A line of an account: an amount to the cent before or behind what it was for."""
_TITLE = r"(?![ \t]|[-+*•>][ \t])(?=.*[^\W\d_]).{1,60}(?<![.!?,;\s])[ \t]*(?:\n[-=~*_]{3,}[ \t]*)?"
_ABOVE_NEXT = re.compile(rf"\n(?:[ \t]*\n{_TITLE}\s*|{_TITLE}\n)\Z")
"""A short line at the end of an entry, that is no sentence and not the end of its paragraph: the next one's heading."""


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
    spoken: bool
    """Whether somebody is named behind its time, as in a chat."""


def diary(source: Source, fields: Mapping[str, Any], text: str) -> list[Draft | Unreadable]:
    """Return a draft of each entry of a diary, or each day of a chat; none where a text is neither.

    What stands before the first entry goes with it, and is said in the titles of all.
    """
    found = _entries(text, day_first=source.day_first)
    if not _is_whole(found, text):
        return []
    if not _is_chat(found) and not _tells(source, f"{fields['title']}\n{text[: found[0].place]}", found, text):
        return []
    return list(_drafts(source, fields, text, found))


def _drafts(
    source: Source, fields: Mapping[str, Any], text: str, found: Sequence[_Entry]
) -> Iterator[Draft | Unreadable]:
    first = [entry for before, entry in pairwise([None, *found]) if entry and not _goes_on(before, entry)]
    starts = [entry.place for entry in first]
    above = " ".join(" ".join(line.strip("#*_=~-|>: \t") for line in text[: first[0].place].splitlines()).split())
    about = _named(re.sub(rf"^{re.escape(str(fields['title']))}(?!\w)", "", above))
    named = f"{fields['title']}: {about}".removesuffix(": ")
    for entry, start, end in zip(first, [0, *starts[1:]], [*starts[1:], len(text)], strict=True):
        title = f"{named}: {_named(text[entry.day.end + entry.clock : end])}".removesuffix(": ")
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
    return shortened(re.sub(r"^[\W_]+", "", told).partition("\n")[0].strip("*_ "), _LONGEST_NAME)


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
            spoken = bool(clock and _SPEAKER.match(text, clock.end()))
            timed = clock and (spoken or re.search(r":|[^\W\d_]", clock[0]))
            level = len(line[0]) - len(line[0].lstrip("#"))
            entries.append(_Entry(day, line.start(), level, len(clock[0]) if clock and timed else 0, spoken))
    messages = [entry for entry in entries if entry.clock]
    # A day in a message of several lines begins no entry.
    return messages if len(messages) > (1 - STRAY) * len(entries) else entries


def _opening(line: re.Match[str], *, day_first: bool) -> Day | None:
    """The day that a line begins with, by its place in the text, whatever else of its line would have it mean."""
    before = _BEFORE.match(line[0])
    day = next(iter(days_in(line[0][:60])), None)
    if before is None or day is None or day.whole_month:
        return None
    if day.start not in (before.end(), before.start("weekday")):  # 'mar' is a day of some, and a month of others
        return None
    alone = next(iter(days_in(line[0][day.start : day.end], day_first=day_first)), day)
    return replace(alone, start=line.start() + day.start, end=line.start() + day.end)


def _is_chat(found: Sequence[_Entry]) -> bool:
    return sum(entry.spoken for entry in found) * 2 > len(found)


def _is_whole(found: Sequence[_Entry], text: str) -> bool:
    """Whether entries are in the order of their days, and are all that a text holds."""
    days = [entry.day.first for entry in found]
    fewest = 2 if _is_chat(found) else FEWEST
    back = min(sum(map(order, days, days[1:])) for order in (operator.gt, operator.lt))
    if len(found) < FEWEST or len(set(days)) < fewest or back > STRAY * len(days):
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


def _tells(source: Source, above: str, found: Sequence[_Entry], text: str) -> bool:
    """Whether entries tell what happened under one heading, and are no lines of an invoice, an account or a list.

    Args:
        above: the title of all, and what stands before the first.
    """
    ends = [*(entry.place for entry in found[1:]), len(text)]
    told = [text[each.day.end + each.clock : end] for each, end in zip(found, ends, strict=True)]
    if _SUM.search(text) or _LIST.search(above) or 2 * sum(bool(_LIST.search(each)) for each in told) >= len(told):
        return False
    if sum(entry.day.first > source.today for entry in found) > STRAY * len(found):
        return False
    for each, after in zip(told, found[1:], strict=False):
        heads = _ABOVE_NEXT.search(each)
        if heads and not after.level and re.search(r"\w", each[: heads.start()]):
            return False
    return 2 * sum(map(_is_prose, told)) > len(told)


def _is_prose(told: str) -> bool:
    """Whether an entry says something: three words, or four beside a number, and is no line of an account."""
    fewest = 4 if re.search(r"\d", told) else 3
    return len(re.findall(r"[^\W\d_]{2,}", told)) >= fewest and not _CENTS.fullmatch(told.strip())
