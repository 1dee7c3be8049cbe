"""Assistants asked the same questions in turn, so that what else runs here hits them alike, and their figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.exams.answers import Case, Reply, examined, summary
from assistant.models.chat_models import Message
from assistant.pipeline import Assistant
from assistant.prompts import RULES

BETWEEN = (Message("system", RULES), Message("user", "Good morning."))
"""Asked before each question, so that no way finds the notes in the model's cache which another way has just read."""


def compare(ways: Mapping[str, Assistant], cases: Sequence[Case], misses: bool) -> None:
    """Ask, and print the figures of all ways side by side.

    Args:
        misses: whether the answers that were wrong are printed, too.
    """
    replies: dict[str, list[Reply]] = {way: [] for way in ways}
    for done, case in enumerate(cases, start=1):
        for way, assistant in ways.items():
            list(assistant.model.stream(BETWEEN, 1))
            replies[way] += examined(assistant, [case], lambda *_: None)
        print(f"{done} of {len(cases)}", end="\r", flush=True)
    for way, given in replies.items():
        for reply in (each for each in given if misses and not each.right):
            print(f"- {reply.case.question} ({reply.case.kind})\n    {way}: {reply.answer.text}")
    found = {way: summary(given) for way, given in replies.items()}
    for name in next(iter(found.values())):
        print(f"{name:28} {'   '.join(f'{way}: {figures[name]}' for way, figures in found.items())}")
