"""All notes of one category as the beginning of a prompt, which stays the same from question to question; pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.models.chat_models import Message, count_tokens
from assistant.prompts import RULES, TEMPLATE_TOKENS, note_lines, spoken
from knowledge.note import Hit, Note, whole

QUESTION_TOKENS = 700
"""Left for a question, what points to its notes, and notes that are not in the dossier yet."""


@dataclass(frozen=True)
class Dossier:
    """The notes of a category, oldest first; the first of them is [1]."""

    category: str
    notes: tuple[Note, ...]

    @cached_property
    def beginning(self) -> list[Message]:
        """The messages that every question to it begins with; the last goes on with the question."""
        told = "\n\n".join(
            note_lines(number, note.title, note.date, "", note.text) for number, note in enumerate(self.notes, start=1)
        )
        return [Message("system", RULES), Message("user", f"All notes about {self.category}, oldest first:\n\n{told}")]

    def fits(self, budget: int, count: Callable[[str], int] = count_tokens) -> bool:
        """Whether a question fits behind it.

        Args:
            budget: tokens that a prompt may have.
            count: text to its number of tokens, erring upwards.
        """
        told = sum(count(message.content) for message in self.beginning)
        return told + TEMPLATE_TOKENS + QUESTION_TOKENS <= budget

    def lacks_only_news(self, notes: Sequence[Note]) -> bool:
        """Whether nothing in it was changed or deleted, given the notes of its category as they are now."""
        return {(note.id, note.revision) for note in self.notes} <= {(note.id, note.revision) for note in notes}

    def asked(
        self, question: str, hits: Sequence[Hit], deciding: Mapping[str, str], today: dt.date
    ) -> tuple[list[Message], tuple[Hit, ...]]:
        """Return the messages that ask a model to answer from it, and the notes they show, the first being [1].

        Args:
            hits: the notes found, best first; they are pointed to, and those that the dossier lacks are shown whole.
            deciding: the words of a hit to repeat beside the question, by its note's id.
        """
        numbers = {note.id: number for number, note in enumerate(self.notes, start=1)}
        new = [hit for hit in hits if hit.note_id not in numbers]
        numbers |= {hit.note_id: number for number, hit in enumerate(new, start=len(self.notes) + 1)}
        added = [note_lines(numbers[hit.note_id], hit.title, hit.date, hit.category or "", hit.text) for hit in new]
        *before, last = self.beginning
        request = "\n\n".join(
            [
                *added,
                _repeated(hits, numbers, deciding),
                f"Today is {spoken(today)}.\nQuestion: {question}",
            ]
        )
        shown = (*(whole(note) for note in self.notes), *new)
        return [*before, Message(last.role, f"{last.content}\n\n{request}")], shown


def dossier_of(category: str, notes: Sequence[Note]) -> Dossier:
    """Return the dossier of a category's notes, given in any order."""
    return Dossier(
        category, tuple(sorted(notes, key=lambda note: (note.date or dt.date.min, note.created_at, note.id)))
    )


def _repeated(hits: Sequence[Hit], numbers: Mapping[str, int], words: Mapping[str, str]) -> str:
    # Oldest first, so that what holds now stands nearest to the question.
    pointed = sorted(hits, key=lambda hit: (hit.date or dt.date.min, numbers[hit.note_id]))
    lines = (note_lines(numbers[hit.note_id], hit.title, hit.date, "", words.get(hit.note_id, "")) for hit in pointed)
    return "\n".join(["Look first at these:", *lines])
