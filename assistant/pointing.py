"""The sentence of each note that decides a question, for a small reader's eyes; embedding is handed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from knowledge.note import Hit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SENTENCE = re.compile(r"(?<=[.!?:;])\s+|\n+")
LONGEST = 240
"""Characters of a sentence that is shown; every one costs time."""
POINTED = 4
"""Sentences that are shown, of the notes that the search has read with the question."""
NEAREST = 2
"""Notes of which one is shown, where it has read none."""
WORTH = 0.2
"""Share of the best sentence's probability below which another one is not worth its time."""


def deciding(
    question: str, hits: Sequence[Hit], embed: Callable[[Sequence[str]], NDArray[np.float32]]
) -> Mapping[str, str]:
    """Return the words that decide a question, by the id of their note: those that answer best, of all hits.

    Where the search has read none of them, it is the sentence of each of the first that is nearest to the question.

    Args:
        embed: texts to vectors of length one.
    """
    read = sorted(
        ((told.answering, hit.note_id, told.sentence) for hit in hits for told in hit.deciding),
        key=lambda each: -each[0],
    )
    if not read:
        return _nearest(question, hits[:NEAREST], embed)
    found: dict[str, str] = {}
    for answering, note_id, sentence in read[:POINTED]:
        if answering >= WORTH * read[0][0]:
            found[note_id] = " … ".join(filter(None, [found.get(note_id, ""), sentence[:LONGEST]]))
    return found


def _nearest(
    question: str, hits: Sequence[Hit], embed: Callable[[Sequence[str]], NDArray[np.float32]]
) -> Mapping[str, str]:
    told = [
        (hit.note_id, sentence.strip()) for hit in hits for sentence in SENTENCE.split(hit.text) if sentence.strip()
    ]
    if not told:
        return {}
    asked, *vectors = embed([question, *(sentence for _, sentence in told)])
    nearest: dict[str, tuple[float, str]] = {}
    for (note_id, sentence), vector in zip(told, vectors, strict=True):
        nearest[note_id] = max(nearest.get(note_id, (-1.0, "")), (float(asked @ vector), sentence))
    return {note_id: sentence[:LONGEST] for note_id, (_, sentence) in nearest.items()}
