"""The questions within one question: 'who laid the roof, and when was the fence stained?'; by its words alone, pure."""

from __future__ import annotations

import datetime as dt
import re

from assistant.leaning import leaning
from assistant.pronouns import names_other
from knowledge.tense import is_present
from knowledge.timing import SENTENCE_END, timing

_ASKING = r"(?:who|whom|whose|what|when|where|which|how|why)(?:[’']?s)?\b"
_WHETHER = (
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\s+"
    r"(?:it|they|he|she|we|i|you|the|our|my|that|this|there|those|these|his|her|their|any\w*|some\w*)\b"
)
_ASKS = re.compile(rf"\b(?:{_ASKING}|{_WHETHER})", re.IGNORECASE)
_BEGINS_ASKING = re.compile(rf"\W*(?:{_ASKING}|{_WHETHER})", re.IGNORECASE)
_AND = re.compile(
    rf"(?:^\W*|[,;]\s*|\s+)(?:and|but|plus|&)\s+(?:also\s+|then\s+)?(?={_ASKING}|{_WHETHER})", re.IGNORECASE
)
_WORD = re.compile(r"\w+")  # two in "what's"
_OURS = r"(?:the|our|my|his|her|their)"
_DOING = re.compile(
    rf"had\s+{_OURS}\b|(?:did|has|have)\s+{_OURS}\s+[\w’'-]+\s*(?:$|[?.!,;]|\b(?:in|on|at|for|last|this|since)\b)",
    re.IGNORECASE,
)
"""What tells more of whoever is asked for: 'who was it that came and did the gutters?'."""
_SETTING = re.compile(
    rf"\W*(?:in|on|at|for|by|during|before|after|since|until|between|from|inside|outside|over|under|last|this|next)\b"
    rf"[^,;:.?!]*,\s*(?={_ASKING}|{_WHETHER})",
    re.IGNORECASE,
)
"""A date or a place that all parts of a sentence have: 'in 2019, who …', 'at the cottage, where …'."""
_ERRAND = re.compile(
    r"\W*(?:(?:and|also|oh|btw|ps|then|please)\W+)*"
    r"(?:remind\s+(?:me|us|him|her|them)\s+to|do\s?n[’']?t\s+let\s+(?:me|us|him|her|them)\s+forget)\b",
    re.IGNORECASE,
)
_TWO = re.compile(r"\b(?:and|both|each|versus|vs|than|compared?|difference)\b", re.IGNORECASE)
_LEADING_AND = re.compile(r"^\W*and\b", re.IGNORECASE)
LEAST_WORDS = 3
"""Words of a question of its own: 'and when?' asks more of what was asked before it, 'when and' of what follows."""


def parts(question: str) -> tuple[str, ...]:
    """Return the questions that a question asks, in order; itself where it asks one.

    What only tells something between them is left out, and a date or a place that a sentence begins with is put before
    each of its questions. They need not stand alone: the second one of 'who put in the pump, and what did it cost?'
    does not. Two are told apart in English alone, and in any language by their marks.
    """
    found: list[str] = []
    for sentence in SENTENCE_END.split(question):
        for at, piece in enumerate(_pieces(sentence)):
            if found and len(piece.split()) < LEAST_WORDS:
                found[-1] = f"{found[-1]} {piece}"
            elif _asks(piece):
                found.append(_setting(sentence) + piece if at else piece)
    return tuple(found) if len(found) > 1 else (question,)


def asks_for_two(question: str) -> bool:
    """Whether the last sentence of a question that asks may want two things, or the two compared."""
    return bool(_TWO.search(_LEADING_AND.sub("", asking_sentence(question)[1])))


def without_remark(question: str) -> str:
    """Return a question up to its last sentence that asks: 'how wide is the crack? He says the gutters are fine.'

    A question that no sentence of asks, and one that ends asking, is itself.
    """
    sentences = SENTENCE_END.split(question)
    asking = [at for at, sentence in enumerate(sentences, start=1) if _asks(sentence)]
    return " ".join(sentences[: asking[-1]]) if asking and asking[-1] < len(sentences) else question


def without_errands(question: str) -> str:
    """Return a question without what else it wants to be reminded of, which no note tells: 'also remind me to …'."""
    sentences = SENTENCE_END.split(question)
    kept = [sentence for sentence in sentences if _asks(sentence) or not _ERRAND.match(sentence)]
    return " ".join(kept) if any(map(_asks, kept)) and len(kept) < len(sentences) else question


def asking_sentence(question: str) -> tuple[str, str]:
    """Return what stands before a question's last sentence that asks, and that sentence, without a remark behind it."""
    *before, last = SENTENCE_END.split(without_remark(question))
    return " ".join(before), last


def stand_alone(asked: tuple[str, ...]) -> bool:
    """Whether each of several questions names a thing of its own, and is understood without those before it."""
    return all(_stands_alone(part, asked[0], " ".join(asked[:at])) for at, part in enumerate(asked) if at)


def shares_date(asked: tuple[str, ...], today: dt.date) -> bool:
    """Whether the last question's date may be that of all: 'who painted the hall and who fixed the roof in 2019?'.

    So it may where none of them asks how things are, has a date of its own, or ends before the last one begins.

    Args:
        asked: the parts of one question.
        today: what 'last year' counts from.
    """
    *before, last = asked
    if is_present(last) or not timing(last, today).ranged:
        return False
    return not any(is_present(part) or part.endswith((".", "!", "?")) or timing(part, today).ranged for part in before)


def _stands_alone(part: str, first: str, before: str) -> bool:
    return leaning(part, first, before) == "no" and names_other(part, than=before)


def _pieces(sentence: str) -> list[str]:
    """A sentence cut where a question goes on with another one; one that tells something first is not cut there."""
    starts, ends = [0], []
    for joint in _AND.finditer(sentence):
        before = sentence[starts[-1] : joint.start()]
        if not before.strip():
            starts[-1] = joint.end()
        elif (
            _ASKS.search(before)
            and len(_WORD.findall(before)) >= LEAST_WORDS
            and not _DOING.match(sentence, joint.end())
        ):
            ends.append(joint.start())
            starts.append(joint.end())
    return [sentence[start:end] for start, end in zip(starts, [*ends, len(sentence)], strict=True)]


def _setting(sentence: str) -> str:
    """The date or place that a sentence begins with, for all that it asks; empty where it does not."""
    found = _SETTING.match(sentence)
    return found[0] if found and not _ASKS.search(found[0]) else ""


def _asks(piece: str) -> bool:
    if piece.rstrip().endswith("?") or _BEGINS_ASKING.match(piece):
        return True
    return not piece.rstrip().endswith(".") and bool(_ASKS.search(piece))
