"""The questions within one question: 'who laid the roof, and when was the fence stained?'; by its words alone, pure."""

from __future__ import annotations

import re

from knowledge.timing import SENTENCE_END

_ASKING = r"(?:who|whom|whose|what|when|where|which|how|why)(?:[’']s)?\b"
_WHETHER = (
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\s+"
    r"(?:it|they|he|she|we|i|you|the|our|my|that|this|there|those|these|his|her|their|any\w*|some\w*)\b"
)
_ASKS = re.compile(rf"\b(?:{_ASKING}|{_WHETHER})", re.IGNORECASE)
_AND = re.compile(rf"(?:[,;]\s*|\s+)(?:and|but|plus)\s+(?:also\s+|then\s+)?(?={_ASKING}|{_WHETHER})", re.IGNORECASE)
LEAST_WORDS = 3
"""Words of a question of its own: 'and when?' asks more of what was asked of before it."""


def parts(question: str) -> tuple[str, ...]:
    """Return the questions that a question asks, in order; itself where it asks one.

    What only tells something between them is left out. They need not stand alone: the second one of 'who put in the
    pump, and what did it cost?' does not.
    """
    found: list[str] = []
    for sentence in SENTENCE_END.split(question):
        asked: list[str] = []
        for piece in _AND.split(sentence):
            if asked and (len(piece.split()) < LEAST_WORDS or not _ASKS.search(asked[-1])):
                asked[-1] = f"{asked[-1]} and {piece}"
            else:
                asked.append(piece)
        found += [each for each in asked if _ASKS.search(each) or each.rstrip().endswith("?")]
    return tuple(found) if len(found) > 1 else (question,)
