"""Categories that the household changed since a router was trained: renamed, merged or removed ones, and new ones."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from classifier.decision import Decision, Trained, ranked
from classifier.encoder import Embed
from classifier.taxonomy import NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

SURE_FROM = 0.6
"""From this probability of a new category on, a question belongs to it alone.

With three examples it recognises 70 % of its questions and with 60 all, and takes 2 in 1,000 from categories that it
was not cut out of (`benchmarks/newcomers.py`)."""
LIKELY_FROM = 0.3
"""From here on it is searched, too."""
STRENGTH = 10.0
"""Inverse of the L2 penalty of a new category's regression: its few examples must count."""


@dataclass(frozen=True)
class Newcomer:
    """A category that a router has not been taught yet."""

    name: str
    texts: tuple[str, ...]
    """Its definition, and questions that belong to it."""


class Newcomers(Protocol):
    """Where the new categories are kept."""

    def stamp(self) -> Hashable:
        """Return what changes whenever they do; cheap."""

    def newcomers(self, known: frozenset[str]) -> Sequence[Newcomer]:
        """Return the categories with none of these names."""


class AdaptedRouter:
    """A router in the household's own words: its labels by their present names, and new categories beside them.

    A new category is told from all others by a logistic regression on the sentence embedding, which a few examples and
    a background of other questions are enough for.
    """

    def __init__(
        self,
        router: Trained,
        present: Callable[[], Mapping[str, str | None]],
        source: Newcomers | None,
        embed: Embed,
        background: Callable[[], Sequence[str]],
    ) -> None:
        """Prepare; nothing is fitted before a category is new.

        Args:
            router: what was trained.
            present: the present name of each of its labels; None where the category is gone.
            source: where new categories are kept; None to know none.
            embed: texts to unit vectors of shape (texts, dimension).
            background: questions of all other kinds.
        """
        self.trained = router
        self._present = present
        self._source = source
        self._embed = embed
        self._background = background
        self._lock = threading.Lock()
        self._stamp: Hashable = None
        self._fitted: list[tuple[str, Any]] = []
        self._others: NDArray[np.float32] | None = None

    @property
    def version(self) -> str:
        """The name of the version that serves."""
        return self.trained.version

    def classify(self, questions: Sequence[str]) -> list[Decision]:
        """Return one decision a question, in order."""
        if not questions:
            return []
        present = self._present()
        decisions = [self._renamed(decision, present) for decision in self.trained.classify(questions)]
        known = frozenset(name for name in present.values() if name) | {NONE}
        models = self._fit(self._source, known) if self._source else []
        if not models:
            return decisions
        vectors = self._embed(questions)
        shares = {name: model.predict_proba(vectors)[:, 1] for name, model in models}
        return [
            joined(decision, {name: float(column[at]) for name, column in shares.items()})
            for at, decision in enumerate(decisions)
        ]

    def _renamed(self, decision: Decision, present: Mapping[str, str | None]) -> Decision:
        """What was trained decides anew of what its labels have together, where some became one or are gone."""
        if all(present.get(label, label) == label for label in decision.probabilities):
            return decision
        return self.trained.decide(renamed(decision.probabilities, present))

    def _fit(self, source: Newcomers, known: frozenset[str]) -> list[tuple[str, Any]]:
        with self._lock:
            stamp = (source.stamp(), known)
            if stamp != self._stamp:
                newcomers = [each for each in source.newcomers(known) if each.texts]
                if newcomers:
                    others = self._others = self._embed(self._background()) if self._others is None else self._others
                    self._fitted = [(each.name, fitted(each, self._embed, others)) for each in newcomers]
                else:
                    self._fitted = []
                self._stamp = stamp
            return self._fitted


def fitted(newcomer: Newcomer, embed: Embed, others: NDArray[np.float32]) -> Any:
    """Fit the regression that tells a new category from all others.

    Args:
        embed: texts to unit vectors of shape (texts, dimension).
        others: vectors of the background, of shape (questions, dimension).

    Returns:
        A model with `predict_proba`, whose second column is the category's.
    """
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    own = embed(list(newcomer.texts))
    vectors = np.concatenate([own, others])
    target = np.repeat([1, 0], [len(own), len(vectors) - len(own)])
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=500)
    with threadpool_limits(1):
        return model.fit(vectors, target)


def renamed(probabilities: Mapping[str, float], present: Mapping[str, str | None]) -> dict[str, float]:
    """Return probabilities by the present names of their labels, likeliest first.

    Those of categories that became one are added up; what a removed category had is `none`'s.
    """
    shares: dict[str, float] = {}
    for label, share in probabilities.items():
        now = present.get(label, label) or NONE
        shares[now] = shares.get(now, 0.0) + share
    return ranked(list(shares), shares.values())


def joined(decision: Decision, shares: Mapping[str, float]) -> Decision:
    """Return a decision among new categories, too, whose probabilities are each one's own against all others."""
    total = sum(shares.values())
    shrunk = {name: share / max(1.0, total) for name, share in shares.items()}
    left = 1.0 - sum(shrunk.values())
    together = {label: share * left for label, share in decision.probabilities.items()} | shrunk
    probabilities = ranked(list(together), together.values())
    newest = max(shrunk, key=lambda name: shrunk[name])
    if shrunk[newest] >= SURE_FROM:
        return replace(
            decision, category=newest, confidence=shrunk[newest], probabilities=probabilities, likely=(newest,)
        )
    confidence = probabilities[decision.category or NONE]
    if shrunk[newest] >= LIKELY_FROM and len(decision.likely) == 1:
        likely = (*decision.likely, newest)
        return replace(decision, confidence=confidence, probabilities=probabilities, likely=likely)
    return replace(decision, confidence=confidence, probabilities=probabilities)
