"""A question in a scope to ranked hits: by meaning, by words and by codes; the scope is decided by the caller."""

from __future__ import annotations

import datetime as dt
import logging
import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from knowledge.codes import codes_asked
from knowledge.errors import RerankerUnavailable
from knowledge.note import Hit, Moment, Passage, evidence
from knowledge.notebook import Notebook
from knowledge.ranking import Candidate, history, ranked
from knowledge.rereading import PASSAGES, reread
from knowledge.timing import Timing, timing
from knowledge.words import STOP_WORDS, stem, words_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from knowledge.index import PassageIndex
    from knowledge.reranker import Reranker

logger = logging.getLogger(__name__)

CANDIDATES = 40
"""Passages taken by meaning, and as many by words, before they are ranked together."""
READ = 12
"""Notes, the first of them, that are read with the question, sentence by sentence; each costs 40 ms."""
LONGEST = 16
"""Passages of the longest note that is read whole when it is among those found; of a longer one, what led to it."""
COMMON = 3_000
"""Passages that may hold a question's words before its commonest words are left out of the looking up: they tell
little, and cost the most."""
RARE = 0.03
"""Share of a house's passages, and three, that may hold a code before it is taken for a mere number."""
LETTERS_A_SLIP = 4
"""A word may have one slip (a letter wrong, missing, too many, or two exchanged) for so many letters."""


@dataclass(frozen=True)
class Asked:
    """A question as it is searched."""

    question: str
    vector: NDArray[np.float32]
    """The question's unit vector, of shape (dimension,)."""
    categories: Sequence[str] | None
    """The scope, None for the whole house; notes without a category belong to every scope."""
    prior: Mapping[str, float]
    """How likely the question is about each category; empty where nothing is known."""
    today: dt.date


def search(
    notebook: Notebook, index: PassageIndex, asked: Asked, limit: int, reranker: Reranker | None = None
) -> list[Hit]:
    """Return the notes of a scope that may answer a question, best first, each counted once.

    Args:
        limit: how many notes at most.
        reranker: who reads the first ones with the question; None where their vectors and words are all there is.

    Raises:
        IndexUnavailable, NotebookUnavailable: the notes cannot be searched.
    """
    found = candidates(notebook, index, asked)
    time = resolved(notebook, timing(asked.question, asked.today))
    if reranker is not None:
        found = with_first_read(found, time, asked, reranker)
    best = ranked(found, time, asked.prior)[:limit]
    shown = {} if reranker is None else _read_whole(notebook, [each for each, _ in best], asked, reranker)
    return [_hit(shown.get(each.note_id, each), score, history(each, found)) for each, score in best]


def candidates(notebook: Notebook, index: PassageIndex, asked: Asked) -> list[Candidate]:
    """Return the notes of a scope that meaning, words or codes lead to, in no order; raises as `search`."""
    size = notebook.passages.count()
    counts = _counts(notebook, [word for word in words_of(asked.question) if word not in STOP_WORDS])
    lexical = notebook.passages.lexical(_telling(counts), asked.categories, CANDIDATES)
    codes = _codes(notebook, asked, size)
    neighbours = index.nearest(
        asked.vector, asked.categories, CANDIDATES, [*(passage_id for passage_id, _ in lexical), *codes]
    )
    weights = _weights(counts, size)
    near = {neighbour.passage_id: neighbour for neighbour in neighbours}
    # What the index lacks for the moment counts as the farthest.
    farthest = min((neighbour.similarity for neighbour in neighbours), default=0.0)
    by_note: dict[str, list[Passage]] = {}
    for passage in notebook.passages.select([*near, *(passage_id for passage_id in codes if passage_id not in near)]):
        # The index may still hold the category that a note had before; the record knows better.
        if asked.categories is None or passage.category is None or passage.category in asked.categories:
            by_note.setdefault(passage.note_id, []).append(passage)
    found = []
    for note_id, passages in by_note.items():
        similarity = {each.id: near[each.id].similarity if each.id in near else farthest for each in passages}
        title = _stems(passages[0].title)
        overlap = {each.id: _overlap(title | _stems(f"{each.heading} {each.text}"), weights) for each in passages}
        best = sorted(passages, key=lambda each: (-evidence(similarity[each.id], overlap[each.id]), each.place))
        kept = sorted(best[:PASSAGES], key=lambda each: each.place)
        found.append(
            Candidate(
                note_id=note_id,
                title=best[0].title,
                category=best[0].category,
                date=best[0].date,
                passages=tuple(kept),
                best=kept.index(best[0]),
                similarity=max(similarity.values()),
                overlap=max(overlap.values()),
                titled=_overlap(title, weights),
                coded=max((codes.get(each.id, 0.0) for each in passages), default=0.0),
                vector=_mean([near[each.id].vector for each in passages if each.id in near]),
            )
        )
    return found


def with_first_read(found: Sequence[Candidate], time: Timing, asked: Asked, reranker: Reranker) -> list[Candidate]:
    """Return the candidates, the first `READ` of their ranking read with the question, where that can be done."""
    first = [each for each, _ in ranked(found, time, asked.prior)[:READ]]
    read = _read(asked.question, first, reranker)
    return [read.get(each.note_id, each) for each in found]


def _read_whole(
    notebook: Notebook, best: Sequence[Candidate], asked: Asked, reranker: Reranker
) -> dict[str, Candidate]:
    """The long ones among the best candidates, read to their ends: what answers may stand where nothing led to.

    Which notes are best does not change by it, as was seen on the tuning half of the second house: their order is that
    of the passages that were found.
    """
    whole = []
    for each in (each for each in best if each.deciding):
        passages = notebook.passages.select(note_id=each.note_id)
        places = {passage.id: at for at, passage in enumerate(passages)}
        # The note may have been changed since it was found.
        if len(each.passages) < len(passages) <= LONGEST and (found := each.passages[each.best].id) in places:
            whole.append(replace(each, passages=tuple(passages), best=places[found]))
    return _read(asked.question, whole, reranker)


def _read(question: str, candidates: Sequence[Candidate], reranker: Reranker) -> dict[str, Candidate]:
    """The candidates as they were read, by their notes' ids; none where they cannot be."""
    try:
        return {each.note_id: each for each in reread(question, candidates, reranker)}
    except RerankerUnavailable as error:
        logger.warning("%s The notes stay as they were found.", error)
        return {}


def _hit(candidate: Candidate, score: float, told_again: Sequence[Candidate]) -> Hit:
    return Hit(
        note_id=candidate.note_id,
        title=candidate.title,
        category=candidate.category,
        date=candidate.date,
        passages=candidate.passages,
        score=max(0.0, min(1.0, score)),
        similarity=candidate.similarity,
        overlap=candidate.overlap,
        best=candidate.best,
        coded=candidate.coded,
        deciding=candidate.deciding,
        history=tuple(Moment(each.note_id, each.title, each.date) for each in told_again if each.date),
    )


def _mean(vectors: Sequence[NDArray[np.float32]]) -> NDArray[np.float32] | None:
    import numpy as np

    if not vectors:
        return None
    mean: NDArray[np.float32] = np.sum(vectors, axis=0, dtype=np.float32)
    length = np.float32(np.linalg.norm(mean))
    return mean / length if length else None


def _counts(notebook: Notebook, words: Sequence[str]) -> dict[str, int]:
    """In how many passages each word of a question occurs.

    One that occurs in none is taken for a slip of one that does; numbers and short words stay as they are.
    """
    counts = dict(notebook.passages.document_frequency(words))
    for word in [word for word, count in counts.items() if not count]:
        if meant := slip_of(notebook, word):
            del counts[word]
            counts |= notebook.passages.document_frequency([meant])
    return counts


def slip_of(notebook: Notebook, word: str) -> str | None:
    """Return the stem in the notes that a word which no note has is most likely a slip of, if it may be one."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    if len(word) < LETTERS_A_SLIP or not word.isalpha():
        return None
    known = notebook.passages.vocabulary(word[0])
    slips = (
        process.extractOne(spelt, known, scorer=OSA.distance, score_cutoff=max(1, len(spelt) // LETTERS_A_SLIP))
        for spelt in (word, stem(word))
    )
    nearest = min((slip for slip in slips if slip), key=lambda slip: slip[1], default=None)
    return nearest[0] if nearest else None


def _codes(notebook: Notebook, asked: Asked, size: int) -> dict[str, float]:
    """The passages that hold a code of the question, each with how telling its longest one is, 0 to 1."""
    telling: dict[str, float] = {}
    most = max(3.0, RARE * size)
    for code, holders in notebook.passages.coded(codes_asked(asked.question), asked.categories).items():
        if len(holders) <= most:
            for passage_id in holders:
                telling[passage_id] = max(telling.get(passage_id, 0.0), min(1.0, len(code) / 5))
    return telling


def resolved(notebook: Notebook, time: Timing) -> Timing:
    """Put the date of the event in, where a question names one in the place of a date: 'before the remodel'."""
    words = [word for word in words_of(time.event) if word not in STOP_WORDS]
    if not words:
        return time
    found = [passage_id for passage_id, _ in notebook.passages.lexical(words, None, CANDIDATES)]
    dates = {
        passage.date
        for passage in notebook.passages.select(found)
        if passage.date is not None and {stem(word) for word in words} <= _stems(passage.title)
    }
    if not dates:
        return time
    if time.side == "until":
        return replace(time, end=min(dates))
    return replace(time, start=max(dates) if time.often else min(dates))


def _telling(counts: Mapping[str, int]) -> list[str]:
    """The words of a question that are worth looking up: the rarest, until they lead to enough passages."""
    held = 0
    kept: list[str] = []
    for word, count in sorted(counts.items(), key=lambda each: each[1]):
        held += count
        if kept and held > COMMON:
            break
        kept.append(word)
    return kept


def _weights(counts: Mapping[str, int], size: int) -> dict[str, float]:
    """How telling each stem of the question's words is in this house: its inverse document frequency."""
    weights: dict[str, float] = {}
    for word, found in counts.items():
        weight = math.log(1 + (max(size, found) - found + 0.5) / (found + 0.5))
        weights[stem(word)] = weights.get(stem(word), 0.0) + weight
    return weights


def _overlap(held: Set[str], weights: Mapping[str, float]) -> float:
    """The share of the question's stems, by weight, that are among those of a text."""
    total = sum(weights.values())
    return sum(weight for each, weight in weights.items() if each in held) / total if total else 0.0


def _stems(text: str) -> set[str]:
    return {stem(word) for word in words_of(text)}
