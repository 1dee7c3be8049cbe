"""What no note says in so many words and yet follows from them by counting: ages, how often, when a term ends; pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.fact_rules import read_facts
from assistant.numerals import WORDS, figures
from knowledge.days import SPAN, days_in, period
from knowledge.note import Hit
from knowledge.tense import is_past, is_perfect
from knowledge.timing import SENTENCE_END, asks_how_often

_TERM = r"warrant\w*|guarant\w*|cover\w*"
_ASKS_AGE = re.compile(r"\b(?:how old|what age|age of)\b", re.IGNORECASE)
_ASKS_HOW_LONG = re.compile(
    rf"{_ASKS_AGE.pattern}|\b(?:how long(?!.*\b(?:{_TERM})\b)|since when|ago|how many (?:years|months|weeks|days))\b",
    re.IGNORECASE,
)
"""But not how long a warranty is, which no day tells."""
_TELLS_HOW_LONG = re.compile(r"\b(?:old|aged?|ago|since|later|apart|lasted|left|remaining)\b", re.IGNORECASE)
_TELLS_END = re.compile(
    rf"\b(?:{_TERM}|until|till|ends?|ended|expir\w+|runs? out|lasts?|valid|due|next|again|renew\w*)\b", re.IGNORECASE
)
_YEAR = re.compile(r"(?<![\w.,/-])(?:19|20)\d\d(?![\w/-]|[.,]\d)")
_MONTH_OF_YEAR = re.compile(r"(?<![\w.,/-])(?:19|20)\d\d-(?:0[1-9]|1[0-2])(?![\w/-])")
_NUMBER = re.compile(r"(?<![\w.,:/$€£#-])\d{1,3}(?![\w:/%°\"”″-]|[.,]\d)")
_TIMES = re.compile(
    rf"(?<!\bat )(?<!\bfor )\b(?:(once|twice|thrice)|(\d{{1,3}}|{'|'.join(WORDS)}) times)\b"
    r"(?! (?:an?|per|every|each|the|it|we|you|they|he|she|more|again|daily|weekly|monthly|yearly)\b)",
    re.IGNORECASE,
)
"""How often something was done; 'twice a year' is how often it is to be."""
_FROM_TO = re.compile(r"\bfrom\b.+\bto\b", re.IGNORECASE | re.DOTALL)
"""Where what is counted lies between the notes: a price that rose from the one to the other."""
_HOW_OFTEN = re.compile(r"\bhow (?:often|many times)\b", re.IGNORECASE)
_NUMBERS = {"once": 1, "thrice": 3, **WORDS}

Days = tuple[dt.date, dt.date]
"""The first and the last day of what a text names: a day, a month or a year."""


@dataclass(frozen=True)
class Reckoning:
    """What can be counted from the notes that an answer stands on."""

    question: str
    notes: Sequence[Hit]
    today: dt.date | None = None
    """What ages are counted to; None where they are not."""
    cited: int = 0
    """How many of the notes, the first, the answer cites; the others count for no visit."""

    def uncounted(self, answer: str) -> str:
        """Return an answer without the numbers and the days that are counted rightly."""
        sentences = (self._without_ends(sentence) for sentence in SENTENCE_END.split(answer))
        answer = " ".join(self._without_ages(sentence) for sentence in sentences)
        counts = self._counts(answer)
        return _NUMBER.sub(lambda match: " " if int(match[0]) in counts else match[0], answer)

    def miscounted(self, answer: str) -> list[str]:
        """Return what an answer says of how many times something happened, where that is neither counted nor told."""
        if not self._asks_for_times:
            return []
        told = (figures(note.text) for note in self.notes[: self.cited])
        right = {str(count) for count in self._counts(answer)}.union(*told)
        return [match[0] for match in _TIMES.finditer(answer) if _times(match) not in right]

    def not_counting(self, answer: str) -> str:
        """Return an answer without what `miscounted` looks at."""
        return without_times(answer) if self._asks_for_times else answer

    @property
    def _asks_for_times(self) -> bool:
        """Whether something has happened so often, and is not only to be done so often."""
        return asks_how_often(self.question) and (is_past(self.question) or is_perfect(self.question))

    def _counts(self, answer: str) -> set[int]:
        """As often as something may have happened: as notes are cited, or as one of them or the answer lists days."""
        if not asks_how_often(self.question):
            return set()
        cited = [note for note in self.notes[: self.cited] if note.date is not None]
        listed = [_distinct(_days(answer)), *(len(note.history) for note in cited)]
        for note in cited:
            listed += [_distinct(_days(note.text)), _distinct(_days_of(note))]
        changes = len(cited) - 1 if _FROM_TO.search(answer) else 0
        return {len(cited), changes, *(count for count in listed if count > 1)} - {0}

    def _without_ends(self, sentence: str) -> str:
        """A sentence without the days on which a warranty ends or work is due, by the terms that the notes name."""
        if not _TELLS_END.search(f"{self.question} {sentence}"):
            return sentence
        for day in reversed(days_in(sentence)):
            if any(day.first <= end <= day.last for end in self._ends):
                sentence = f"{sentence[: day.start]} {sentence[day.end :]}"
        return _YEAR.sub(lambda match: " " if int(match[0]) in {end.year for end in self._ends} else match[0], sentence)

    @cached_property
    def _ends(self) -> list[dt.date]:
        """The days on which a warranty ends or work is due."""
        return [
            fact.date
            for note in self.notes
            for fact in read_facts(note.title, note.text, note.date).values()
            if fact.name in ("warranty_end", "next_due") and fact.date is not None
        ]

    def _without_ages(self, sentence: str) -> str:
        asks = _ASKS_HOW_LONG.search(self.question)
        if not asks and not _TELLS_HOW_LONG.search(sentence):
            return sentence

        def counted(match: re.Match[str]) -> str:
            unit = match.lastgroup or ""
            right = match["count"].isdecimal() and int(match["count"]) in self._spans(unit)
            return " " if right else match[0]

        sentence = SPAN.sub(counted, sentence)
        if not _ASKS_AGE.search(self.question):
            return sentence
        return _NUMBER.sub(lambda match: " " if int(match[0]) in self._spans("years") else match[0], sentence)

    def _spans(self, unit: str) -> set[int]:
        """How many of a unit lie between a day of a note and today, or between the days of two notes."""
        return {length for one, other in self._apart for length in _between(one, other, unit)}

    @cached_property
    def _apart(self) -> list[Days]:
        """Each two days that are counted between, the earlier one first."""
        own = [note.date for note in self.notes if note.date is not None]
        apart = [(one, other) for one in own for other in own if one < other]
        if (today := self.today) is not None:
            told = [day for note in self.notes for days in _days_of(note) for day in days]
            apart += [(min(day, today), max(day, today)) for day in told]
        return apart


def without_times(text: str) -> str:
    """Return a text without the words that tell or ask how often something happened."""
    return _HOW_OFTEN.sub(" ", _TIMES.sub(" ", text))


def _days_of(note: Hit) -> set[Days]:
    """The days that a note is of and tells of."""
    return _days(f"{note.title}\n{note.text}") | ({(note.date, note.date)} if note.date is not None else set())


def _days(text: str) -> set[Days]:
    """The days, months and years that a text names."""
    days = days_in(text)
    found = {(day.first, day.last) for day in days}
    for match in _MONTH_OF_YEAR.finditer(text):
        if (month := period(match[0])) is not None:
            found.add(month)
    for match in _YEAR.finditer(text):
        if not any(day.start <= match.start() < day.end for day in days):
            found.add((dt.date(int(match[0]), 1, 1), dt.date(int(match[0]), 12, 31)))
    return found


def _distinct(days: set[Days]) -> int:
    """How many days are named, where 'in 2025' and 'on 3 May 2025' are one."""
    return sum(not any(day != each and day[0] <= each[0] and each[1] <= day[1] for each in days) for day in days)


def _between(one: dt.date, other: dt.date, unit: str) -> set[int]:
    """How many of a unit lie between two days, as people count: full ones, rounded ones, or by the calendar."""
    days = (other - one).days
    months = 12 * (other.year - one.year) + other.month - one.month
    full = months - (other.day < one.day)
    match unit:
        case "years":
            return {full // 12, round(full / 12), other.year - one.year}
        case "months":
            return {full, months}
        case "weeks":
            return {days // 7, round(days / 7)}
        case _:
            return {days}


def _times(match: re.Match[str]) -> str:
    """How often it was, as a figure."""
    word = (match[1] or match[2]).lower()
    return str(_NUMBERS.get(word, word))
