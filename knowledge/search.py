"""A question in a scope to ranked hits: dense and lexical search, fused; the scope itself is decided by the caller."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from knowledge.note import Hit, Passage
from knowledge.notebook import Notebook, words_of
from knowledge.recency import newest_first, wants_newest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from knowledge.index import PassageIndex

CANDIDATES = 40
"""Passages taken from each of the two searches before they are fused."""
PASSAGES_PER_NOTE = 3
LEXICAL_WEIGHT = 0.4
"""Share of the word overlap in a score: the best of 0 to 0.5 on the tuning questions of benchmarks/retrieval.py."""
STOP_WORDS = frozenset(
    "a about all an and any are as at be been but by can could did do does for from get got had has have "
    "he her his how i if in is it its just last me my need of on or our please she should so tell that "
    "the their them then there they this to up us was we were what when where which who whom whose why "
    "will with would you your".split()
)


def search(
    notebook: Notebook,
    index: PassageIndex,
    question: str,
    vector: NDArray[np.float32],
    categories: Sequence[str] | None,
    limit: int,
) -> list[Hit]:
    """Return the notes of a scope that may answer a question, best first, each counted once.

    Args:
        vector: the question's unit vector, of shape (dimension,).
        categories: the scope, None for the whole house; notes without a category belong to every scope.
        limit: how many notes at most.

    Raises:
        IndexUnavailable: the index cannot be read.
    """
    similarities = {
        neighbour.passage_id: neighbour.similarity for neighbour in index.nearest(vector, categories, CANDIDATES)
    }
    words = [word for word in words_of(question) if word not in STOP_WORDS]
    lexical = notebook.lexical(words, categories, CANDIDATES)
    candidates = [
        passage
        for passage in notebook.passages(list({*similarities, *(passage_id for passage_id, _ in lexical)}))
        # The index may still hold the category that a note had before; the record knows better.
        if categories is None or passage.category is None or passage.category in categories
    ]
    weights = _weights(notebook, words)
    # A passage that only the words found was too far away for the vectors: it counts as the farthest one seen.
    farthest = min(similarities.values(), default=0.0)
    scored = [(passage, similarities.get(passage.id, farthest), _overlap(passage, weights)) for passage in candidates]
    hits = _hits(scored)
    return (newest_first(hits) if wants_newest(question) else hits)[:limit]


def _hits(scored: Sequence[tuple[Passage, float, float]]) -> list[Hit]:
    by_note: dict[str, list[tuple[float, Passage, float, float]]] = {}
    for passage, similarity, overlap in scored:
        score = (1 - LEXICAL_WEIGHT) * max(0.0, similarity) + LEXICAL_WEIGHT * overlap
        by_note.setdefault(passage.note_id, []).append((score, passage, similarity, overlap))
    hits = []
    for note_id, found in by_note.items():
        found.sort(key=lambda each: (-each[0], each[1].id))
        best = found[0][1]
        kept = sorted((each[1] for each in found[:PASSAGES_PER_NOTE]), key=_position)
        hits.append(
            Hit(
                note_id=note_id,
                title=best.title,
                category=best.category,
                date=best.date,
                passages=tuple(kept),
                score=found[0][0],
                similarity=max(each[2] for each in found),
                overlap=max(each[3] for each in found),
                best=kept.index(best),
            )
        )
    return sorted(hits, key=lambda hit: (-hit.score, hit.note_id))


def _position(passage: Passage) -> int:
    return int(passage.id.rpartition("#")[2])


def _weights(notebook: Notebook, words: Sequence[str]) -> Mapping[str, float]:
    """How telling each word of the question is in this house: its inverse document frequency."""
    passages = max(1, notebook.passage_count())
    return {
        word: math.log(1 + (passages - found + 0.5) / (found + 0.5))
        for word, found in notebook.document_frequency(words).items()
    }


def _overlap(passage: Passage, weights: Mapping[str, float]) -> float:
    total = sum(weights.values())
    if not total:
        return 0.0
    held = {_stem(word) for word in words_of(f"{passage.title} {passage.heading} {passage.text}")}
    return sum(weight for word, weight in weights.items() if _stem(word) in held) / total


def _stem(word: str) -> str:
    """A word without its commonest endings: enough to match 'replaced' with 'replace' and 'filters' with 'filter'."""
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word
