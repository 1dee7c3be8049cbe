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


def reread(question: str, candidates: Sequence[Candidate], reranker: Reranker) -> list[Candidate]:
    """Return the candidates with the sentences of each that answer best."""
    rows = [
        (each.note_id, sentence, in_context(each.title, each.date, sentence))
        for each in candidates
        # The end of a passage is repeated at the head of the next.
        for sentence in dict.fromkeys(
            sentence for passage in each.passages for sentence in sentences(passage.text) or [each.title]
        )
    ]
    told: dict[str, list[Told]] = {}
    scores = reranker.scores(question, [shown for *_, shown in rows])
    for (note_id, sentence, _), score in zip(rows, map(float, scores), strict=True):
        told.setdefault(note_id, []).append(Told(sentence, 1 / (1 + math.exp(-score))))
    return [
        replace(each, deciding=tuple(sorted(told[each.note_id], key=lambda one: -one.answering)[:KEPT]))
        for each in candidates
    ]
