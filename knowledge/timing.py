"""What a question asks for in time: how it is now, was first or before, within which dates, how often; pure."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from knowledge.preceding import asks_before, names_former, names_old
from knowledge.ranges import MONTHS, SIDES, Range, Side, in_full, range_named
from knowledge.shifts import counts_from_others, shifted
from knowledge.tense import is_past, is_perfect, is_present

Aim = Literal["now", "present", "past", "first", "earlier"]
_HOUSE = r"(?:house|place|home|flat|apartment|property)"
_NOW = re.compile(
    r"\b(now|nowadays|today|currently|current|presently|at present|at the moment|atm|these days|still|anymore|"
    r"latest|newest|most recent|recently|lately)\b"
    r"|(?<!before )\blast\b(?!\s+(?:year|month|week|weekend|night|spring|summer|autumn|fall|winter|name|"
    rf"{MONTHS})\b)(?!\s+(?:\w+\s+){{0,3}}(?:days|weeks|months|years)\b)",
    re.IGNORECASE,
)
_LASTING = re.compile(
    r"\b(?:how (?:long|many \w+) did|do|does|will|would|should|can|could|might|may)(?:n[’']t)?\s+(?:[\w’'-]+\s+){1,6}?"
    r"last(?=\s*(?:$|[?.!,;])|\s+(?:in|on|at|for|with|without|before|after|if|when|once|under|out|and|or)\b|"
    r"(?<!the last)(?<!in last)(?<!over last)\s+[\w-]+\s+(?:days|weeks|months|years)\b)"
    r"|\blast(?=\s+(?:long|longer|longest|forever|through|throughout)\b)",
    re.IGNORECASE,
)
"""The verb, and what is done last of several things: 'how long do the filters last?'."""
_FIRST = re.compile(
    r"\b(first(?!\s+(?:floor|storey|story|aid|alert|name|of|step|coat|gear|class|thing|half|quarter|grade|"
    r"language|direct|national|line|communion)\b)|"
    r"original(?!\s+(?:manuals?|receipt|invoice|box|packaging|paperwork|papers|documents?|copy)\b)|"
    r"originally|initially|earliest(?!\s+(?:\w+\s+){0,4}?(?:can|could|may|possible)\b)|"
    r"(?<!our )(?<!my )oldest|to begin with|in the beginning|back then|"
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
_EACH_TIME = re.compile(r"\b(?:each|every) time\b", re.IGNORECASE)
"""Asked in the present, 'what do we pay him each time?' is of one value: the one that holds now."""
_DONE = r"(?:was|were|did|had|ha(?:s|ve)(?!\s+to\b))"
_GREETING = r"(?:and|so|but|or|also|then|hi|hello|hey|oh|ok|okay|um+|well|please|pls|thanks|sorry|quick question)"
_WHEN = re.compile(
    rf"^\W*(?:{_GREETING}\b\W*){{0,3}}wh?e?n\s+{_DONE}\b"
    r"|\b(?:know|remember|recall|remind|tell|say|see|sure|idea|check|find out|look up)\s+(?:(?:me|us|him|her)\s+)?"
    rf"when\s+(?:[\w’'-]+\s+){{0,5}}?(?:{_DONE}|came|got|went)\b"
    rf"|(?<!to\s)(?<!from\s)(?<!until\s)(?<!till\s)\b(?:what|which)\s+(?:date|day|month|year)\s+{_DONE}\b|\bhow\s+long\s+ago\b"
    r"|(?<!since\s)(?<!to\s)(?<!from\s)(?<!til\s)(?<!till\s)(?<!until\s)\bwhen\W*$",
    re.IGNORECASE,
)
"""A sentence that asks when it was; of something done more than once, that asks for the last time."""
_HOW_LONG_SINCE = re.compile(
    r"\bhow\s+long(?:['’]s|\s+is|\s+has)?(?:\s+it)?(?:['’]s)?(?:\s+been)?\s+since\b", re.IGNORECASE
)
_SHORTENED = "".join(rf"(?<!\b{short}\.)" for short in ("dr", "mr", "mrs", "ms", "st", r"e\.g", r"i\.e"))
_ABBREVIATED = "no nr tel acct ref reg ser apt approx max min temp sq ft co inc ltd ave".split()
_GOING_ON = r"(?!(?<=\b[^\W\d]\.[^\W\d]\.)\s+(?-i:[a-z]))" + "".join(
    rf"(?!(?<=\b{short}\.)\s+(?-i:(?!wh|(?:how|is|are|did|do|does|can|could|should|i)\b)[a-z]))"
    for short in _ABBREVIATED
)
SENTENCE_END = re.compile(rf"(?<=[?!])\s+|(?<=\.){_SHORTENED}{_GOING_ON}\s+(?=[^\W\d])", re.IGNORECASE)
"""Between the sentences of a question; 'Mr.' ends none, nor do 'M.O.T.' and 'serial no.' where a sentence goes on."""
EVER = re.compile(
    r"\b(?:in all(?!\s+(?:of|the|our|[a-z]+s)\b)|overall|ever|of all time|over the years)\b"
    r"|^\W*and (?:in total|altogether|all together|so far)\b",
    re.IGNORECASE,
)
"""What takes the dates of the sentences before it back, as does `_NOWADAYS`."""
_NOWADAYS = re.compile(
    r"\b(?:now|nowadays|today|currently|presently|at present|at the moment|these days)\b", re.IGNORECASE
)
_NEW = re.compile(r"\bnew(?:er)?\b", re.IGNORECASE)
"""In a follow-up, what holds now: 'What was the old code? And the new one?'."""
_ANEW = re.compile(
    r"^\W*(?:(?:and|but|so)\s+)?(?:what|which|when|who|whom|where|how)\b(?=.*\b(?:do|does|next|due)\b)"
    r"|^\W*(?:(?:and|but|so)\s+)?who\s+(?!is\b|was\b|has\b|does\b)[a-z]+s\b",
    re.IGNORECASE,
)
"""A follow-up that asks how it is, and not of the time that was named before it: 'What does it cost?'."""
_EVENT = re.compile(
    r"(?<!look )(?<!looks )(?<!looked )\b(before|after|since|until)\s+(?:the|our)\s+"
    r"(?!(?:current|present|latest|newest)\b|(?:(?:new|old|other)\s+)?ones?\s*(?:$|[?.!,;]))"
    r"([a-z’'-]+(?:\s+[a-z’'-]+){0,3})\s*(?=$|[?.!,;])",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Timing:
    """What a question asks for, in time."""

    aim: Aim = "past"
    """`now` where it says so, `present` where only its tense does, or where it asks when; `first`; `earlier`, of what
    something took the place of; else `past`."""
    start: dt.date | None = None
    end: dt.date | None = None
    """First and last day of the dates that it names; None where it is open on that side, or names none."""
    often: bool = False
    """Whether it asks for all of a series: how often, how much in all."""
    event: str = ""
    """What it names in the place of a date, such as `kitchen remodel`."""
    side: Side = "in"
    """On which side of the event."""
    doubtful: bool = False
    """Whether it names more of time than `start` and `end` say: a second date, half a year, an end that is no date."""
    old: bool = False
    """Whether it names something old, which may be there no more."""

    @property
    def before(self) -> bool:
        """Whether it asks for what holds no more."""
        return self.aim in ("first", "earlier") or self.old

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

    def is_of_newest(self, date: dt.date | None) -> bool:
        """Whether a note of a date, the newest of its kind, answers before the older ones do."""
        if self.before:
            return False
        return self.holds(date) if self.ranged else not (self.event and self.side == "until")


@lru_cache(maxsize=64)
def timing(question: str, today: dt.date) -> Timing:
    """Read a question's words of time.

    Args:
        today: what 'last year' and 'two years ago' count from.
    """
    question = in_full(question, today)
    sentences = _read(question, today)
    dates = _dates(sentences)
    over = dates.last is not None and dates.last < today
    past = is_past(question)
    event, side = "", SIDES["in"]
    if dates[:2] == (None, None) and (match := _EVENT.search(_HOW_LONG_SINCE.sub("", question))):
        named = SIDES[match[1].lower()]
        # What is to be done before the service is in no note from before it.
        to_come = named == "until" and is_present(question) and not (past or is_perfect(question))
        if not to_come or match.string[: match.start()].endswith("from "):
            event, side = match[2].strip(), named
    aim, count = _aim_said(sentences, past)
    if aim is None:
        asked_last = not over and any(_asks_when(sentence) for sentence, _ in sentences)
        # A guess at the year takes no question out of its tense.
        in_tense = (not over or dates.guessed) and is_present(question) and not past
        aim = "present" if asked_last or in_tense else "past"
    often = asks_how_often(question)
    old = any(names_old(sentence) for sentence, _ in (sentences[:count] if aim == "now" else sentences))
    return Timing(aim, dates.first, dates.last, often, event, side, dates.doubtful, old)


def asks_how_often(question: str) -> bool:
    """Whether a question asks for all of a series, as `Timing.often` says."""
    told = _HOW_LONG_SINCE.sub("", question)
    asked = _OFTEN.search(_EACH_TIME.sub("", told) if is_present(question) and not is_past(question) else told)
    return asked is not None


def _asks_anew(sentence: str, before: list[tuple[str, Range | None]]) -> bool:
    """Whether a sentence asks how it is, after one that asked how it was at some time."""
    asked_then = any(days is not None and not each.endswith(".") for each, days in before)
    return asked_then and bool(_ANEW.search(sentence)) and not is_past(sentence) and not is_perfect(sentence)


def _asks_for_new(sentence: str, before: list[tuple[str, Range | None]]) -> bool:
    """Whether a sentence asks for what is new, after one that asked for what is old."""
    asked_old = any(names_former(each) or names_old(each) for each, _ in before)
    return asked_old and bool(_NEW.search(sentence)) and not is_past(sentence)


def _asks_when(sentence: str) -> bool:
    return bool(_WHEN.search(sentence) or _HOW_LONG_SINCE.search(sentence))


def _read(question: str, today: dt.date) -> list[tuple[str, Range | None]]:
    """The sentences of a question, the last one first, each with the days that it names or counts from others."""
    read: list[tuple[str, Range | None]] = []
    for sentence in SENTENCE_END.split(question):
        days = range_named(_LASTING.sub(_without_last, sentence), today)
        if counts_from_others(sentence):
            before = _dates(read)
            if days is not None:
                days = days._replace(doubtful=True)
            elif before.first or before.last:
                days = shifted(sentence, before)
        read.insert(0, (sentence, days))
    return read


def _without_last(lasting: re.Match[str]) -> str:
    return lasting[0].removesuffix("last")


def _dates(sentences: list[tuple[str, Range | None]]) -> Range:
    """The dates of the last sentence that names any: a follow-up stands after the question that it leans on."""
    for number, (sentence, days) in enumerate(sentences):
        if days is not None:
            return days
        if EVER.search(sentence):
            break
        if _NOWADAYS.search(sentence) or _asks_anew(sentence, sentences[number:]):
            return Range(doubtful=any(before for _, before in sentences[number:]))
    return Range()


def _aim_said(sentences: list[tuple[str, Range | None]], past: bool) -> tuple[Aim | None, int]:
    """What the last sentence that says anything of time asks for; None where only its tense may tell.

    And how many sentences, from the last one on, were read to tell.
    """
    for number, (sentence, days) in enumerate(sentences, start=1):
        before = sentences[number:]
        if _FIRST.search(_USED_FOR.sub("", sentence)) and (past or not _FIRST_OF_STEPS.search(sentence)):
            return "first", number
        # 'Before 2019', 'before the move', and 'the year before' where the year is known.
        dated = (days is not None and (days.first is None or counts_from_others(sentence))) or _EVENT.search(sentence)
        # Of several sentences, 'The old code fails.' asks for nothing.
        asks = not dated and (number == 1 or not sentence.endswith("."))
        if asks and names_former(sentence):
            return "earlier", number
        if _NOW.search(_LASTING.sub("", sentence)) or _asks_for_new(sentence, before):
            return "now", number
        if asks and asks_before(sentence, follows=number < len(sentences)):
            return "earlier", number
        if days is not None:
            return None, number
        if _asks_anew(sentence, before):
            return "present", number
    return None, len(sentences)
