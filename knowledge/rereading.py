"""The first notes of a ranking read sentence by sentence with the question; ranking them anew is left to others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from knowledge.note import Told
from knowledge.ranking import Candidate
from knowledge.reranker import Reranker
from knowledge.sentences import in_context, sentences

KEPT = 4
"""Sentences of a note that are kept, of those that answer best."""
PASSAGES = 3
"""Passages of a note that are shown."""


def reread(question: str, candidates: Sequence[Candidate], reranker: Reranker) -> list[Candidate]:
    """Return the candidates with the sentences of each that answer best, and the `PASSAGES` of each that hold such.

    Raises:
        RerankerUnavailable: nothing can be read.
    """
    rows = [
        (each.note_id, at, sentence, in_context(each.title, each.date, sentence))
        for each in candidates
        for sentence, at in _where(each).items()
    ]
    told: dict[str, list[tuple[Told, int]]] = {}
    scores = reranker.scores(question, [shown for *_, shown in rows])
    for (note_id, at, sentence, _), score in zip(rows, map(float, scores), strict=True):
        told.setdefault(note_id, []).append((Told(sentence, 1 / (1 + math.exp(-score))), at))
    return [_with(each, sorted(told[each.note_id], key=lambda one: -one[0].answering)) for each in candidates]


def _where(candidate: Candidate) -> dict[str, int]:
    """The sentences of a note, each with its passage's place; the end of one is repeated at the head of the next."""
    where: dict[str, int] = {}
    for at, passage in enumerate(candidate.passages):
        for sentence in sentences(passage.text) or [candidate.title]:
            where.setdefault(sentence, at)
    return where


def _with(candidate: Candidate, told: Sequence[tuple[Told, int]]) -> Candidate:
    """The candidate with what was read of it, best first, each with the place of its passage."""
    best_first = dict.fromkeys([candidate.best, *(at for _, at in told), *range(len(candidate.passages))])
    shown = sorted(list(best_first)[:PASSAGES])
    return replace(
        candidate,
        passages=tuple(candidate.passages[at] for at in shown),
        best=shown.index(candidate.best),
        deciding=tuple(each for each, _ in told[:KEPT]),
    )
