"""Questions whose label a person told, applied at once to those that mean the same; keeping them is left to others."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from classifier.decision import Decision, Router
from classifier.encoder import Embed
from classifier.taxonomy import NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAME_WORDS = 1.0
"""The similarity of a question to itself."""
TOLD = 0.98
"""How sure a label is that a person gave to this very question; lower for one that only means the same."""


@dataclass(frozen=True)
class Remembered:
    """A question with the label that a person gave it."""

    question: str
    label: str
    """A category, or `none`."""
    overruled: str | None = None
    """What the router had said of it; None where nobody knows."""


@dataclass(frozen=True)
class Bounds:
    """From which cosine on two questions mean the same.

    Fitted by `benchmarks/memory.py` on the validation and test questions: a correction reaches at most one in 7,000
    questions of other families where the router repeats its mistake, and one in 60,000 where it says something else.
    """

    alike: float = 0.55
    """Where the router puts the question where it had put the remembered one: it repeats its mistake."""
    otherwise: float = 0.62
    """Where the router puts the question elsewhere."""


@dataclass(frozen=True)
class Recollection:
    """The remembered question that one means the same as."""

    remembered: Remembered
    similarity: float
    """Cosine of the two, up to 1."""


class Source(Protocol):
    """Where the remembered questions are kept."""

    def stamp(self) -> Hashable:
        """Return what changes whenever the remembered questions do; cheap."""

    def remembered(self) -> Sequence[Remembered]:
        """Return them, the newest last."""


class Memory:
    """Finds the remembered question that a new one means the same as; follows its source, whoever changes that."""

    def __init__(self, source: Source, embed: Embed, bounds: Bounds | None = None) -> None:
        """Args: where the remembered questions are, what makes unit vectors of texts, and how near is near enough."""
        self._source = source
        self._embed = embed
        self._bounds = bounds or Bounds()
        self._lock = threading.Lock()
        self._stamp: Hashable = object()
        self._known: Sequence[Remembered] = ()
        self._words: dict[str, Remembered] = {}
        self._vectors: NDArray[np.float32] = np.zeros((0, 1), np.float32)
        self._kept: dict[str, NDArray[np.float32]] = {}

    def recall(self, questions: Sequence[str], labels: Sequence[str]) -> list[Recollection | None]:
        """Return what each question recalls, or None.

        Args:
            labels: what the router says of each question; a category or `none`.
        """
        with self._lock:
            self._follow()
            known, words, vectors = self._known, self._words, self._vectors
        if not known:
            return [None] * len(questions)
        similarities = self._embed(questions) @ vectors.T
        return [
            Recollection(words[key], SAME_WORDS) if (key := plain(question)) in words else self._near(row, known, label)
            for question, row, label in zip(questions, similarities, labels, strict=True)
        ]

    def _near(self, similarities: NDArray[np.float32], known: Sequence[Remembered], label: str) -> Recollection | None:
        repeated = np.array([each.overruled in (None, label) for each in known])
        bounds = np.where(repeated, self._bounds.alike, self._bounds.otherwise)
        within = similarities >= bounds
        if not within.any():
            return None
        nearest = int(np.where(within, similarities, -1.0).argmax())
        return Recollection(known[nearest], min(float(similarities[nearest]), SAME_WORDS))

    def _follow(self) -> None:
        stamp = self._source.stamp()
        if stamp == self._stamp:
            return
        # The newest word on a question is the one that counts.
        words = {plain(each.question): each for each in self._source.remembered()}
        if missing := [each.question for key, each in words.items() if key not in self._kept]:
            self._kept |= dict(zip(map(plain, missing), self._embed(missing), strict=True))
        self._kept = {key: self._kept[key] for key in words}
        self._vectors = np.stack(list(self._kept.values())) if words else self._vectors[:0]
        self._known, self._words, self._stamp = list(words.values()), words, stamp


class RememberingRouter:
    """A router that a person's word overrules, for the question it was given to and for those that mean the same."""

    def __init__(self, router: Router, memory: Memory) -> None:
        """Args: what labels a question that nothing is remembered of, and the memory."""
        self._router = router
        self._memory = memory

    @property
    def version(self) -> str:
        """The name of the version that serves."""
        return self._router.version

    def classify(self, questions: Sequence[str]) -> list[Decision]:
        """Return one decision a question, in order."""
        decisions = self._router.classify(questions)
        recalled = self._memory.recall(questions, [each.category or NONE for each in decisions]) if questions else []
        return [
            decision if recollection is None else overruled(decision, recollection)
            for decision, recollection in zip(decisions, recalled, strict=True)
        ]


def overruled(decision: Decision, recollection: Recollection) -> Decision:
    """Return a decision as a remembered question changes it; the other labels share what certainty is left."""
    label = recollection.remembered.label
    confidence = TOLD * recollection.similarity
    rest = {name: share for name, share in decision.probabilities.items() if name != label}
    left = (1 - confidence) / (sum(rest.values()) or 1.0)
    shares = sorted(((name, share * left) for name, share in rest.items()), key=lambda pair: -pair[1])
    category = None if label == NONE else label
    return replace(
        decision,
        category=category,
        confidence=confidence,
        probabilities={label: confidence, **dict(shares)},
        likely=() if category is None else (category,),
        learned_from=recollection.remembered.question,
    )


def plain(question: str) -> str:
    """Return a question without what never changes its meaning: case, blanks, and the mark at its end."""
    return " ".join(question.casefold().split()).rstrip(" ?.!")
