"""A question as it may be asked: on one line, neither empty nor too long; pure."""

from __future__ import annotations

from assistant.errors import QuestionRefused

MAX_QUESTION = 2_000
"""Characters of the longest question: more is a note, not a question."""


def checked(question: str) -> str:
    """Return the question without stray blanks; raises QuestionRefused."""
    question = tidied(question)
    if not question:
        raise QuestionRefused("The question is empty. Ask something about your house.")
    if len(question) > MAX_QUESTION:
        raise QuestionRefused(
            f"The question has {len(question):,} characters; the most is {MAX_QUESTION:,}. Ask it shorter, or keep the "
            "long text as a note."
        )
    return question


def tidied(question: str) -> str:
    """Return a question on one line, without stray blanks and what is no text."""
    return " ".join(question.encode(errors="ignore").decode().replace("\x00", " ").split())
