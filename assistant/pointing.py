"""The sentence of each note that is nearest to a question, for a small reader's eyes; embedding is handed in."""

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


def deciding(
    question: str, hits: Sequence[Hit], embed: Callable[[Sequence[str]], NDArray[np.float32]]
) -> Mapping[str, str]:
    """Return the nearest sentence of each hit, by the hit's note id.

    Args:
        embed: texts to vectors of length one.
    """
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
