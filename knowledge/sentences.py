"""A note's text to the sentences that questions are answered by, each with what it is about; pure."""

from __future__ import annotations

import datetime as dt
import re

LEAST_WORDS, MOST_WORDS = 8, 45
"""A shorter sentence is joined to the next one, since it says little by itself; a longer one is cut."""

_END = re.compile(r"(?<=[.!?:;])\s+|\n+")


def sentences(text: str) -> list[str]:
    """Return a text's sentences, lines and rows in order, the short ones joined, on one line each."""
    found: list[str] = []
    for part in _END.split(text):
        words = part.split()
        while len(words) > MOST_WORDS:
            found.append(" ".join(words[:MOST_WORDS]))
            words = words[MOST_WORDS:]
        if not words:
            continue
        if found and len(found[-1].split()) < LEAST_WORDS and _fits(found[-1], words):
            found[-1] = " ".join([found[-1], *words])
        else:
            found.append(" ".join(words))
    if len(found) > 1 and len(found[-1].split()) < LEAST_WORDS and _fits(found[-2], found[-1].split()):
        last = found.pop()
        found[-1] = f"{found[-1]} {last}"
    return found


def in_context(title: str, date: dt.date | None, sentence: str) -> str:
    """Return a sentence as it is read beside a question: with its note's title and date."""
    about = f"{title} ({date:%d %B %Y})" if date else title
    return f"{about}: {sentence}"


def _fits(before: str, words: list[str]) -> bool:
    return len(before.split()) + len(words) <= MOST_WORDS
