"""Whether what a search found answers the question at all, as a calibrated probability; pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.note import Hit


@dataclass(frozen=True)
class Relevance:
    """A logistic regression on how near the best notes are, by both searches, and on what the router says.

    Fitted by benchmarks/search.py on questions that the invented houses answer, on near misses that they do not, and on
    questions about nothing in any house.
    """

    intercept: float
    similarity: float
    """Weight of the greatest cosine among the hits."""
    overlap: float
    """Weight of the greatest share of the question's words that one of them holds."""
    none: float
    """Weight of the probability that the question belongs to no category."""
    enough: float
    """Probability below which nothing that was found answers."""

    def probability(self, hits: Sequence[Hit], none: float) -> float:
        """Return how likely it is that a question is answered by what was found for it, 0 to 1.

        Args:
            none: the probability that it belongs to no category of the house.
        """
        if not hits:
            return 0.0
        similarity = max(hit.similarity for hit in hits)
        overlap = max(hit.overlap for hit in hits)
        logit = self.intercept + self.similarity * max(0.0, similarity) + self.overlap * overlap + self.none * none
        return 1 / (1 + math.exp(-logit))

    def holds(self, hits: Sequence[Hit], none: float) -> bool:
        """Whether it may be worth asking a language model; arguments as of `probability`."""
        return bool(hits) and self.probability(hits, none) >= self.enough


LEARNED = Relevance(intercept=-5.55, similarity=8.39, overlap=1.86, none=-1.0, enough=0.05)
