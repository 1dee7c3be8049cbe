"""Which questions of money ask for a sum, and not for one price, a rate or a plan, by their words; pure."""

from __future__ import annotations

import calendar
import re

from knowledge.money import amounts_in
from knowledge.timing import EVER, SENTENCE_END, Timing

_SPENT = re.compile(r"\b(?:spen[dt]|spending)\b", re.IGNORECASE)
PAID = re.compile(
    r"\b(?:paid|pay|cost|costs|costing|charged|bills|invoices|expenses?|expenditures?|fees|payments)\b", re.IGNORECASE
)
_OVER_TIME = re.compile(
    r"\bhow much(?: money)?(?: (?:have|has)|[’']ve) (?:\S+ ){1,4}?(?:paid|charged|(?<!the )cost)\b", re.IGNORECASE
)
"""The perfect tense, which asks of all that was paid until now: 'how much has the pool cost us?'."""
_PAYMENTS = re.compile(r"\b(?:paid|bills|invoices|expenses|expenditures|fees|payments)\b", re.IGNORECASE)
SINCE_EVER = re.compile(
    r"\bsince (?:we|i) (?:\w+ )?(?:moved in|(?:bought|got|own|have) (?:the|this|our) (?:house|place|home|flat))\b",
    re.IGNORECASE,
)
_TOGETHER = re.compile(
    r"\b(?:in all|in total|total(?:ly)?|altogether|all together|so far|over the years|all told|sum|add up|added up)\b",
    re.IGNORECASE,
)
_EACH = re.compile(
    r"\b(?:per|apiece|(?:each|every|a|an) (?:time|visit|month|year|week|day|gallon|hour|bag|foot|piece)|"
    r"monthly|weekly|yearly|annually|by (?:month|year))\b",
    re.IGNORECASE,
)
_OF_OTHER_THINGS = re.compile(
    r"\b(?:more|less|most|least|than|compared?|versus|vs|average|usually|normally|typically|worth|quoted?|estimated?|"
    r"budget|limit|percent|split|left (?:of|over|to)|is left|how many|number of|how much time|gone (?:up|down)|risen|"
    r"(?:should|would|will|can|could) (?:we|i|it|the|they|he|she)|"
    r"(?:we|i|it|they|he|she) (?:should|would|will|can|could)|difference|first|for what|"
    r"against|\w+[’']ll|ow(?:e|ed|ing)|"
    r"(?:need|have|going|allowed|supposed|appropriate|maximum|like) to (?:be )?(?:spen[dt]|pa(?:y|id))|"
    r"(?:have|has|had|did|do|does)n[’']t (?:\w+ )?(?:spen[dt]|pa(?:y|id)|cost)|"
    r"do (?:we|i|you|they) (?:\w+ )?(?:spend|pay)|are (?:we|they) (?:\w+ )?(?:spending|paying)|"
    r"spen[dt] (?:(?:it|that|this|(?:the|our) \w+) on|(?:the|a) (?:night|day|week|weekend))|"
    r"and (?:who|whose|when|where|why|which|what|how)(?! much))\b",
    re.IGNORECASE,
)
"""What makes a question of money one that no sum answers: a comparison, a rate, a plan, or a second question."""
_PART_OF_ALL = re.compile(
    r"(?<=[\w,] )but\b(?! (?:how|what)\b)|\b(?:except(?:ing)?|besides|without|not|excluding|excluded|exclusive|"
    r"including|other than|apart from|aside from|rather than|instead of|ignoring|leaving out|minus|net of|save for|"
    r"outside of)\b",
    re.IGNORECASE,
)
"""What is left out of a sum, or put into it, for which no search has words."""
ASKER = re.compile(r"\b(?:(how much|what|total|sum|add)|(who|whose|when|where|why|which|how))\b", re.IGNORECASE)
"""The first word that asks, and whether a sum can be its answer."""
_YES_OR_NO = re.compile(
    r"\W*(?:and |so |but )?(?:is|are|was|were|do|does|did|has|have|may|must|should|would|will)\s+"
    r"(?!you\b|anyone\b|anybody\b)",
    re.IGNORECASE,
)
_GOING_ON = re.compile(
    r"\W*(?:and|or|also|plus|what about|how about|in|for|since|this|last|overall|altogether|ever)\b"
    r"(?!.*\b(?:it|its|he|his|she|her|they|their|them|him|that|those|one)\b)",
    re.IGNORECASE,
)
"""A sentence that asks what the one before it did, of something else: 'and in 2023?', 'what about the fence?'."""
ABOUT = re.compile(r"\b(?:what|how) about\b", re.IGNORECASE)
_SIDE = re.compile(r"\b(?:since|before|after)\b", re.IGNORECASE)
OF_DATES = {
    *(name.lower() for name in (*calendar.month_name, *calendar.month_abbr) if name),
    *"spring summer fall autumn winter last since until till before after during ago yesterday".split(),
}


def asks_for_sum(question: str, time: Timing) -> bool:
    """Whether a question asks what several things cost together, and not what one of them did, nor anything else.

    Of several sentences the last one that asks decides: a follow-up stands after what it leans on.
    """
    if amounts_in(question):
        return False  # it is a note, or asks about one payment
    asked = False
    for sentence in SENTENCE_END.split(question):
        together = _TOGETHER.search(sentence) and PAID.search(question)
        if _SPENT.search(sentence) or _OVER_TIME.search(sentence) or together:
            asked = _can_be_a_sum(sentence)
        elif not _GOING_ON.match(sentence) or not _can_be_a_sum(ABOUT.sub("", sentence)):
            asked = False
    return asked and _is_time_read(question, time)


def may_be_of_one(question: str) -> bool:
    """Whether a question that asks for a sum may well be of one thing: 'what did the patio cost in all?'."""
    return not any(pattern.search(question) for pattern in (_SPENT, _OVER_TIME, _PAYMENTS))


def _can_be_a_sum(sentence: str) -> bool:
    asker = ASKER.search(sentence)
    other = _EACH.search(sentence) or _OF_OTHER_THINGS.search(sentence) or _PART_OF_ALL.search(sentence)
    other = other or _YES_OR_NO.match(sentence)
    return not other and (asker is None or bool(asker[1]))


def _is_time_read(question: str, time: Timing) -> bool:
    """Whether no word of time was left over: what was spent 'since Easter' is not all that was ever spent."""
    if time.event or time.doubtful:
        return False
    if time.ranged:
        return not (_SIDE.search(question) and time.start and time.end)
    said = SINCE_EVER.sub("", _from_ever_on(question)).lower()
    words = (re.sub(r"[’']s?$", "", word) for word in re.findall(r"[\w’'&-]+", said))
    return OF_DATES.isdisjoint(words)


def _from_ever_on(question: str) -> str:
    """The sentences from the last one on that asks of all times, and so takes the dates before it back."""
    sentences = SENTENCE_END.split(question)
    return " ".join(sentences[max((n for n, each in enumerate(sentences) if EVER.search(each)), default=0) :])
