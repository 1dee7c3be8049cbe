"""The sentence of each note that decides a question, for a small reader's eyes; embedding is handed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from knowledge.note import Hit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SENTENCE = re.compile(r"(?<=[.!?:;])\s+|\n+")
LONGEST = 240
"""Characters of a sentence that is shown; every one costs time."""


def sentences(hit: Hit) -> list[str]:
    """Return a note's sentences, to be compared with a question or an answer: a heading above them is none."""
    return [said for passage in hit.passages for each in _SENTENCE.split(passage.text) if (said := each.strip())]


def deciding(
    question: str, hits: Sequence[Hit], embed: Callable[[Sequence[str]], NDArray[np.float32]]
) -> Mapping[str, str]:
    """Return the deciding sentence of each hit, by its note's id.

    It is the one that answers best, where the search has read the note with the question, and else the nearest.

    Args:
        embed: texts to vectors of length one.
    """
    read = {hit.note_id: hit.deciding[0].sentence for hit in hits if hit.deciding}
    found = {**read, **_nearest(question, [hit for hit in hits if hit.note_id not in read], embed)}
    return {note_id: sentence[:LONGEST] for note_id, sentence in found.items()}


def _nearest(
    question: str, hits: Sequence[Hit], embed: Callable[[Sequence[str]], NDArray[np.float32]]
) -> Mapping[str, str]:
    told = [(hit.note_id, sentence) for hit in hits for sentence in sentences(hit)]
    if not told:
        return {}
    asked, *vectors = embed([question, *(sentence for _, sentence in told)])
    nearest: dict[str, tuple[float, str]] = {}
    for (note_id, sentence), vector in zip(told, vectors, strict=True):
        nearest[note_id] = max(nearest.get(note_id, (-1.0, "")), (float(asked @ vector), sentence))
    return {note_id: sentence for note_id, (_, sentence) in nearest.items()}
