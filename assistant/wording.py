"""An answer's wording: whether it says something, repeats its question or declines, and what is told instead; pure."""

from __future__ import annotations

import re

from assistant.citations import citation_of, in_its_words, telling, unmarked
from assistant.events import Citation
from assistant.finding import SURE, TELLING
from assistant.prompts import NO_NOTE, spoken
from knowledge.note import Hit
from knowledge.timing import SENTENCE_END

LEAST_ECHOED = 3
"""Telling words of an answer that only repeats its question."""

_ASKS_FOR = re.compile(
    r"\W*(?:(?:and|so|but|or|ok|okay|in|at|on|by|for|from|to|with|until|since)\s+)*"
    r"(?:who|whom|whose|what|when|where|which|why|how)\b(?!.*(?:\bor\b|,))",
    re.IGNORECASE,
)
"""Begins so, and gives no choice."""
_ADDED = re.compile(r"\b(?:all|any|both|each|every|none|no|not|never|only|yes|you|we)\b|n[’']t\b", re.IGNORECASE)
"""Words that are common, and tell something all the same."""
_HANGING = re.compile(r"\b(?:is|are|was|were|at|by|costs|reads|called|named|(?-i:the|an?))$", re.IGNORECASE)
"""What an answer breaks off with; a capital A is a zone or a blood type."""
_NAME = re.compile(r"(?<=\s)(?:[A-Z]\S*|\S*\d\S*)")
"""What may answer in the words of another question: a name or a figure."""
_ASIDE = re.compile(
    r"[.!?;:]\s|\b(?:what|where|who|how|which|that|as|than)\b|^\W*(?:yes|no|yeah|yep|nope)\b", re.IGNORECASE
)
"""Something else is said before, or the sentence may well end so: "under the pot, where it always is", "yes, it is"."""


def says_something(text: str) -> bool:
    """Whether an answer has a word, and does not break off before what was asked for.

    Small models put a note's number where its words belong: "[1]." alone, or "The gate code is [1].".
    """
    said = unmarked(text).rstrip(" .:")
    return any(letter.isalnum() for letter in said) and (not _HANGING.search(said) or bool(_ASIDE.search(said)))


def echoes(text: str, question: str) -> bool:
    """Whether an answer repeats a question that asks for something, and adds no word: "the controller is on the wall".

    One who is given a choice, or asked whether something is so, is answered in the question's own words.

    Args:
        question: of whose sentences the last one asks; a follow-up stands behind what it leans on, and whom or what
            that names may answer it.
    """
    said = telling(unmarked(text))
    *before, last = SENTENCE_END.split(question)
    leant_on = {word for sentence in before for word in telling(_NAME.sub(" ", sentence))}
    echoed = len(said) >= LEAST_ECHOED and said <= telling(last) | leant_on and not _ADDED.search(text)
    return echoed and bool(_ASKS_FOR.match(last))


def declines(text: str) -> bool:
    """Whether an answer says that no note tells."""
    return NO_NOTE.rstrip(".").lower() in text.lower() and len(text) < len(NO_NOTE) + 40


def in_its_place(text: str, nearest: Hit) -> tuple[str, tuple[Citation, ...]]:
    """Return what is told in the place of an answer that no note supports, with its citation.

    Without one it is no answer. Where the nearest note surely answers, it is told in the note's own words: a small
    model misreads what the search's reader has found. Else it is said that none tells, and what is near.
    """
    dated = f" of {spoken(nearest.date)}" if nearest.date else ""
    if nearest.answering >= SURE:
        sentence = nearest.deciding[0].sentence
        quote = in_its_words(nearest, sentence)
        return f"“{nearest.title}”{dated} says: “{sentence}” [1]", (citation_of(1, nearest, quote),)
    if declines(text):
        return text, ()
    if nearest.answering < TELLING:
        return f"{NO_NOTE} The nearest is “{nearest.title}”.", ()
    return f"{NO_NOTE} The nearest, “{nearest.title}”{dated}, says: “{nearest.deciding[0].sentence}”", ()
