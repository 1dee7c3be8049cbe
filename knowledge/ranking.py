"""Notes that may answer a question, in the order in which they answer it best; finding them is left to others; pure.

The weights were fitted by benchmarks/search.py (a softmax over each question's notes) on the tuning questions of both
invented houses and of three families' jottings, in their own category and in all. What makes `evidence` and `prior` is
older than the rest, and kept its proportions: how far notes are heard (assistant/listening.py) was fitted with it.
What the questions hardly tell was then set as far as they allow: `alike` lower than fitted, the signs of time higher,
so that an old fact does not beat its replacement, nor another year's note the one of the year that is named. Weights
fitted on the other houses alone put a note that answers first for 83 of 100 questions of the second house; those that
knew nothing of `sureness`, though fitted on that house, too, for 79.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from knowledge.note import SUREST, Passage, Told
from knowledge.timing import Timing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WEIGHTS: Mapping[str, float] = {
    "similarity": 0.59,  # of the question and the best passage
    "overlap": 0.41,  # with the words of the question
    "coded": 0.30,  # with a code of the question
    "titled": 0.16,  # of the title alone with the words
    "answering": 0.48,  # of its best sentence, read together with the question
    "sureness": 0.45,  # that it answers, where it is likely
    "alike": 0.25,  # to the lead of the series, less one
    "ranged": 0.40,  # within the dates that the question names
    "newest, asked how it is now": 0.52,
    "newer, asked how it is now": 0.25,
    "newest, asked in the present": 0.26,
    "newer, asked in the present": 0.14,
    "newer, asked of the past": 0.09,
    "first, asked of the first": 0.20,
    "prior": 0.08,  # the logarithm of the category's probability over the likeliest one's
}
"""What each sign of a note adds to its score. `newest` and `first` are of a series, `newer` is the place in it."""
LEAST_LIKELY = 1e-3

LEADING = 0.4
"""Weight of the sureness that it answers in which note leads the series, beside its evidence and its category's chance.
By evidence alone the lead is often a note that only sounds like the question, and what is unlike it is put down."""
SERIES, CHAINED = 0.55, 0.70
"""Cosine from which a note belongs to the best one's series, and to that of another member."""
NEAR = 0.2
"""Share of the best note's evidence that a member of its series must have."""
AS_NEAR, ANSWERS = 0.9, 0.85
"""Share of the best note's evidence from where on a note of its category belongs to its series whatever its words,
where both are at least this likely to answer: "both go to Quay Street now" takes the place of "Marlon's does them"."""
AS_LIKELY = 0.7
"""Share of the likelihood to answer of the likeliest member of a series that a member has that counts."""
SAME = 0.70
"""Cosine from which two notes are shown to a person as telling of the same thing."""
HISTORY = 3
"""Dates that make a history."""


@dataclass(frozen=True)
class Candidate:
    """A note that may answer a question, and what speaks for it, each from 0 to 1."""

    note_id: str
    title: str
    category: str | None
    date: dt.date | None
    passages: tuple[Passage, ...]
    best: int
    similarity: float
    """Cosine of the question and the best passage, -1 to 1."""
    overlap: float
    titled: float
    """The overlap with the title alone."""
    coded: float
    vector: NDArray[np.float32] | None
    """The mean of its passages' vectors, of length one; None where the index has none yet."""
    deciding: tuple[Told, ...] = ()
    """Its sentences that answer best, best first, read together with the question; none where nobody read it."""

    @property
    def answering(self) -> float:
        """How likely its best sentence answers; nought where nobody read it."""
        return self.deciding[0].answering if self.deciding else 0.0

    @property
    def sureness(self) -> float:
        """How sure it is that its best sentence answers, 0 (as likely as not, or less) to 1, by its log-odds."""
        return max(0.0, self.deciding[0].log_odds) / SUREST if self.deciding else 0.0

    @cached_property
    def evidence(self) -> float:
        """What speaks for it whatever the others are."""
        signs = {"similarity": max(0.0, self.similarity), "overlap": self.overlap, "coded": self.coded}
        return _weighed({**signs, "titled": self.titled})


def ranked(
    candidates: Sequence[Candidate], time: Timing, prior: Mapping[str, float] | None = None
) -> list[tuple[Candidate, float]]:
    """Return the candidates with their scores, best first; arguments as of `signs`."""
    scored = [(each, _weighed(found)) for each, found in signs(candidates, time, prior)]
    # Rounded, so that equal notes come in one order whatever the last digit of their vectors.
    return sorted(scored, key=lambda pair: (-round(pair[1], 6), pair[0].note_id))


def signs(
    candidates: Sequence[Candidate], time: Timing, prior: Mapping[str, float] | None = None
) -> list[tuple[Candidate, dict[str, float]]]:
    """Return what speaks for each candidate, under the names of `WEIGHTS`; signs that are nought are left out.

    Args:
        candidates: in any order.
        time: what the question asks for, in time.
        prior: how likely the question is about each category; empty where nothing is known.
    """
    if not candidates:
        return []
    ordered = sorted(candidates, key=lambda each: (-each.evidence, each.note_id))
    lead = max(ordered, key=lambda each: _leading(each, prior))
    places = _places(_answering(series(lead, ordered)))
    return [
        (
            each,
            {
                "similarity": max(0.0, each.similarity),
                "overlap": each.overlap,
                "coded": each.coded,
                "titled": each.titled,
                "answering": each.answering,
                "sureness": each.sureness,
                "alike": 0.0 if time.often else _likeness(lead, each) - 1,
                "ranged": float(time.holds(each.date)),
                "prior": _prior(each, prior),
                **_timely(places.get(each.note_id), time),
            },
        )
        for each in ordered
    ]


def _leading(candidate: Candidate, prior: Mapping[str, float] | None) -> float:
    return candidate.evidence + LEADING * candidate.sureness + WEIGHTS["prior"] * _prior(candidate, prior)


def series(lead: Candidate, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the notes that tell of the same thing again and again as one of them does, itself among them.

    A fence stained in 2018, in 2022 and in 2025 makes three notes that differ in little but their dates.
    """
    of_kind = [
        each
        for each in candidates
        if each.category == lead.category and each.evidence >= NEAR * lead.evidence and each is not lead
    ]
    direct = [each for each in of_kind if _likeness(lead, each) >= SERIES or _answers_as_well(lead, each)]
    chained = [
        each for each in of_kind if each not in direct and any(_likeness(member, each) >= CHAINED for member in direct)
    ]
    return [lead, *direct, *chained]


def _answers_as_well(lead: Candidate, other: Candidate) -> bool:
    near = lead.category is not None and other.evidence >= AS_NEAR * lead.evidence
    return near and min(lead.answering, other.answering) >= ANSWERS


def _answering(members: Sequence[Candidate]) -> list[Candidate]:
    """Those of a series that answer, where they were read: a newer note beside them that does not is not the newest."""
    most = max(each.answering for each in members)
    return [each for each in members if each.answering >= AS_LIKELY * most]


def history(of: Candidate, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the dated notes that tell of the same thing as one of them does, itself among them, oldest first.

    None where they have fewer than `HISTORY` dates. It is stricter than `series`: it is shown, and not weighed.
    """
    alike = (
        each
        for each in candidates
        if each.date is not None and each.category == of.category and _likeness(of, each) >= SAME
    )
    told = sorted(alike, key=lambda each: (each.date or dt.date.min, each.note_id))
    return told if of in told and len({each.date for each in told}) >= HISTORY else []


def _weighed(found: Mapping[str, float]) -> float:
    return sum(WEIGHTS[name] * value for name, value in found.items())


def _places(members: Sequence[Candidate]) -> dict[str, float]:
    """Each member's place in time, 0 for the first and 1 for the newest; empty where there is no series.

    Notes of one date share a place; those without one are the oldest.
    """
    dates = sorted({each.date or dt.date.min for each in members})
    if len(dates) < 2:
        return {}
    return {each.note_id: dates.index(each.date or dt.date.min) / (len(dates) - 1) for each in members}


def _timely(place: float | None, time: Timing) -> dict[str, float]:
    if place is None:
        return {}
    match time.aim:
        case "first":
            return {"first, asked of the first": float(place == 0)}
        case "earlier":
            return {}  # neither the newest nor, where there are three, the first
        case "past":
            return {"newer, asked of the past": place}
        case "now":
            return {"newest, asked how it is now": float(place == 1), "newer, asked how it is now": place}
        case "present":
            return {"newest, asked in the present": float(place == 1), "newer, asked in the present": place}


def _prior(candidate: Candidate, prior: Mapping[str, float] | None) -> float:
    """Nothing for a note without a category, which may be about anything."""
    if not prior or candidate.category is None:
        return 0.0
    most = max(prior.values())
    return math.log(max(prior.get(candidate.category, 0.0), LEAST_LIKELY) / max(most, LEAST_LIKELY))


def _likeness(one: Candidate, other: Candidate) -> float:
    if one is other:
        return 1.0
    if one.vector is None or other.vector is None:
        return 0.0
    return float(one.vector @ other.vector)
