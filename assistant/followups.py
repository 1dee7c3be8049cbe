"""A follow-up made a question that stands alone, by its words and, where they leave it open, by the router; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from assistant.conversation import Question, Turn
from assistant.leaning import is_remark, is_short, leaning, names_enough
from assistant.pronouns import points

if TYPE_CHECKING:
    from classifier.decision import Decision

CLEARER = 0.15
"""How much surer the router is of a question with what was said before it, where it needs that to be understood."""


def standalone(question: str, history: Sequence[Turn], decide: Callable[[str], Decision] | None = None) -> str:
    """Return the question as it is searched: a follow-up gets what it leans on put in front.

    'And who did it?' after 'When did we replace the pool pump?' becomes both sentences, which route and search as the
    second one was meant; each has a mark at its end. A question that leans on nothing stays as it is.

    Args:
        decide: the router; asked only of what may lean, by its words, and may not: whether it is surer of what the
            question is about with what was said before it.
    """
    asked = [turn for turn in history if isinstance(turn, Question) and not is_remark(turn.content)]
    if not asked:
        return question
    # A follow-up to a follow-up: the question that all of them go back to, and the last one.
    subject = _subject(asked)
    *before, last = dict.fromkeys([subject, asked[-1].content, question])
    together = " ".join(map(_ended, [*before, last]))
    leans = leaning(question, subject, " ".join(before))
    if leans == "surely":
        return together
    if decide is None or not (is_short(question) or points(question)):
        return question
    return together if _belongs(question, together, decide, sounds_so=leans == "perhaps") else question


def _ended(question: str) -> str:
    """A question with a mark at its end, so that the next one begins a sentence of its own."""
    return question if question.rstrip().endswith((".", "!", "?")) else f"{question}?"


def _subject(asked: Sequence[Question]) -> str:
    """The last question that leaned on none before it, and names what it is about; else the first one."""
    subject = asked[0].content
    for before, turn in pairwise(asked):
        if names_enough(turn.content) and _stood_alone(turn, subject, before.content):
            subject = turn.content
    return subject


def _stood_alone(turn: Question, subject: str, before: str) -> bool:
    if searched := turn.details.standalone:  # the router may have had a say
        return len(searched) <= len(turn.content)
    return leaning(turn.content, subject, f"{subject} {before}") == "no"


def _belongs(question: str, together: str, decide: Callable[[str], Decision], *, sounds_so: bool) -> bool:
    """Whether the router has a question belong to what was said before it.

    Args:
        sounds_so: whether it sounds like a follow-up: then it is one, too, where its own matter is that of the others.
    """
    alone = decide(question)
    if alone.likely and not sounds_so:
        return False
    joined = decide(together)
    if sounds_so and (alone.category, alone.likely) == (joined.category, joined.likely):
        return True
    return not alone.likely and joined.category is not None and joined.confidence >= alone.confidence + CLEARER
