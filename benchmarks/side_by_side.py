"""Assistants asked the same questions in turn, so that what else runs here hits them alike, and their figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.exams.answers import Case, Reply, examined, summary
from assistant.pipeline import Assistant


def compare(ways: Mapping[str, Assistant], cases: Sequence[Case], misses: bool) -> None:
    """Ask, and print the figures of all ways side by side.

    Args:
        misses: whether the answers that were wrong are printed, too.
    """
    replies: dict[str, list[Reply]] = {way: [] for way in ways}
    for done, case in enumerate(cases, start=1):
        for way, assistant in ways.items():
            replies[way] += examined(assistant, [case], lambda *_: None)
        print(f"{done} of {len(cases)}", end="\r", flush=True)
    for way, given in replies.items():
        for reply in (each for each in given if misses and not each.right):
            print(f"- {reply.case.question} ({reply.case.kind})\n    {way}: {reply.answer.text}")
    found = {way: summary(given) for way, given in replies.items()}
    for name in next(iter(found.values())):
        print(f"{name:28} {'   '.join(f'{way}: {figures[name]}' for way, figures in found.items())}")
