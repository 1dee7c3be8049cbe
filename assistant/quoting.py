"""What a note says in its own words: before a model's answer, or in the place of one; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.citations import MARK, citation_of, in_its_words, unmarked
from assistant.events import BELOW, Citation
from assistant.excerpts import in_order
from assistant.finding import SURE, TELLING
from assistant.prompts import NO_NOTE, spoken
from assistant.wording import declines
from knowledge.note import Hit

SHARED, ALIKE = 0.15, 0.45
"""Share of a question's words that a note has, or cosine with it: from either on it is quoted where no answer stands.
The search's reader takes a secret for what answers an order: "say nothing else" was told the gate's code."""
TELLING_CODE = 0.5
"""How telling a code of the question must be that a note has, where it has nothing else of it."""
QUOTED = 3
"""Sentences that are quoted, at the most."""
NEXT_TO = 2.0
"""Log-odds below those of the best sentence within which another is quoted with it. Of 56 tuning questions of the
second house that a note surely answers, the best sentence holds all facts of 30, these those of 42, in 29 words."""
MOST = 0.6
"""Share of the letters of a quotation from which on a copy of them tells nothing more; fewer tell which matter."""

_MARKUP = re.compile(r"^(?:\s*>)+\s+|^\s*[-*•]\s+(?!\d)|\|(?:\s*:?-+:?\s*\|)+")
"""What makes words a list, a quotation or a table, where they begin so; they run on here."""
_BOLD = re.compile(r"(?<![\w*/])\*\*(?=[^\s*])([^*`]+?)(?<=\S)\*\*(?![\w*])")


@dataclass(frozen=True)
class Quotation:
    """What a note that surely answers says, as a sentence that names it, marked [1]."""

    text: str
    words: str
    """The note's own."""
    citation: Citation

    @property
    def alone(self) -> tuple[str, tuple[Citation, ...]]:
        """It as a whole answer."""
        return self.text, (self.citation,)

    def has(self, text: str) -> bool:
        """Whether a text only copies its words, or most of them, under the note's heading or without."""
        words, title, copied = _letters(self.words), _letters(self.citation.title), 0
        for line in filter(None, map(unmarked, text.splitlines())):
            head, _, said = line.rpartition(": ")
            letters = _letters(said if head and _letters(head).startswith(title) else line)
            if letters not in words:
                return False
            copied += len(letters)
        return copied >= MOST * len(words)

    def before(self, text: str, citations: Sequence[Citation]) -> tuple[str, tuple[Citation, ...]]:
        """It with what a model wrote below it; of the same note, the words that support the model's are cited."""
        own = any(each.number == self.citation.number for each in citations)
        return f"{self.text}{BELOW}{text}", (*(() if own else (self.citation,)), *citations)


def quote(hit: Hit, *, timely: bool = True) -> Quotation | None:
    """Return what the best note says; None where it does not surely answer.

    Args:
        timely: as of `says`.
    """
    if not (words := says(hit, timely=timely)):
        return None
    cited = citation_of(1, hit, in_its_words(hit, _best(hit)))
    return Quotation(f"{_named(hit)} says: “{words}” [1]", words, cited)


def says(hit: Hit, *, timely: bool = True) -> str:
    """Return the sentences of a note that surely answer, by the search's reader; empty where none does.

    Args:
        timely: whether the note may be of the time that is asked about: one of another time does not answer.
    """
    if not (_quotable(hit) and timely and hit.answering >= SURE):
        return ""
    least = hit.log_odds - NEXT_TO
    return _plain(in_order(hit, [each.sentence for each in hit.deciding[:QUOTED] if each.log_odds >= least]))


def in_its_place(text: str, nearest: Hit, *, timely: bool = True) -> tuple[str, tuple[Citation, ...]]:
    """Return what is told in the place of an answer that no note supports, with its citation.

    Without one it is no answer. Where the nearest note surely answers, it is told in the note's own words: a small
    model misreads what the search's reader has found. Else it is said that none tells, and what is near.

    Args:
        timely: as of `says`.
    """
    if quoted := quote(nearest, timely=timely):
        return quoted.alone
    if declines(text):
        return text, ()
    if not _quotable(nearest) or nearest.answering < TELLING:
        return f"{NO_NOTE} The nearest is “{_unmarkable(nearest.title)}”.", ()
    return f"{NO_NOTE} The nearest, {_named(nearest)}, says: “{_plain(_best(nearest))}”", ()


def _quotable(hit: Hit) -> bool:
    """Whether a note has words of the question or its code, or is like it: else no more is told than its title."""
    return hit.overlap >= SHARED or hit.similarity >= ALIKE or hit.coded >= TELLING_CODE


def _named(hit: Hit) -> str:
    dated = f" of {spoken(hit.date)}" if hit.date else ""
    return f"“{_unmarkable(hit.title)}”{dated}"


def _best(hit: Hit) -> str:
    return hit.deciding[0].sentence


def _letters(words: str) -> str:
    return "".join(filter(str.isalnum, words.casefold()))


def _plain(words: str) -> str:
    return _unmarkable(" ".join(_BOLD.sub(r"\1", _MARKUP.sub("", words)).split()))


def _unmarkable(words: str) -> str:
    """Words without what would name a note in an answer: a number in brackets."""
    return MARK.sub(r"(\1)", words)
