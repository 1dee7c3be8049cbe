"""Workbooks (an invented family's notes with questions and right answers) to what a reranker is taught with.

Which sentence answers is found by what an answer says and its question does not: a figure tells most.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from assistant.lessons import Asked, Workbook
from finetune.reranker import Reading
from knowledge.codes import has_digit
from knowledge.sentences import in_context, sentences
from knowledge.words import STOP_WORDS, words_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FIGURE, ECHO = 2.0, 0.1
"""What a word with a figure counts, and one of the question, where another word of the answer counts one."""
_CLAIM = re.compile(r"(?P<words>[^\[\]]*)\[(?P<note>[a-z])\]")


def readings(book: Workbook, embed: Callable[[Sequence[str]], NDArray[np.float32]]) -> list[Reading]:
    """Return each question of a workbook with all its sentences, and those that answer.

    Args:
        embed: texts to vectors of length one.
    """
    told = [(note.id, sentence) for note in book.notes for sentence in sentences(note.text) or [note.title]]
    notes = {note.id: note for note in book.notes}
    shown = tuple(in_context(notes[letter].title, notes[letter].date, each) for letter, each in told)
    nearness = embed([each.question for each in book.asked]) @ embed(shown).T
    return [
        Reading(each.question, shown, tuple(map(float, row)), answering(each, told))
        for each, row in zip(book.asked, nearness, strict=True)
    ]


def answering(asked: Asked, told: Sequence[tuple[str | None, str]]) -> frozenset[int]:
    """Return which sentences an answer was taken from, one for each mark of a note.

    Args:
        told: each sentence with its note's letter.
    """
    question, found, last = _telling(asked.question), set(), ""
    for claim in _CLAIM.finditer(asked.answer):
        # Two marks in a row stand behind the same words.
        last = claim["words"] if _telling(claim["words"]) - question else last or asked.answer
        wanted = _telling(last) - question or _telling(last)
        own = [at for at, (letter, _) in enumerate(told) if letter == claim["note"]]
        found.add(max(own, key=lambda at: _worth(told[at][1], wanted, question)))
    return frozenset(found)


def _worth(sentence: str, wanted: set[str], question: set[str]) -> float:
    held = _telling(sentence)
    figures = sum(map(has_digit, wanted & held))
    return len(wanted & held) + (FIGURE - 1) * figures + ECHO * len(question & held)


def _telling(text: str) -> set[str]:
    return {word for word in words_of(text.replace(",", "")) if word not in STOP_WORDS}
