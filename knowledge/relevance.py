"""Whether what a search found answers the question at all, as a calibrated probability; pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.note import Hit

LONG_CODE = 1.0
"""How telling a code is that vouches for its note: one of five letters and figures, or more."""


@dataclass(frozen=True)
class Relevance:
    """A logistic regression on how near the best notes are, by both searches.

    Fitted by benchmarks/search.py on questions that the invented houses answer, on near misses that they do not, and on
    questions about nothing in any house.
    """

    intercept: float
    similarity: float
    """Weight of the greatest cosine among the hits."""
    overlap: float
    """Weight of the greatest share of the question's words that one of them holds."""
    answering: float
    """Weight of the log-odds that one of their sentences answers, read with the question; see `Hit.log_odds`."""
    enough: float
    """Probability below which nothing that was found answers."""
    vouched: float
    """The same where a person named the category: they say that it holds the answer, which few do of what it lacks."""
    unread: Relevance | None = None
    """What takes its place where nobody read the notes with the question."""

    def probability(self, hits: Sequence[Hit]) -> float:
        """Return how likely it is that a question is answered by what was found for it, 0 to 1."""
        if not hits:
            return 0.0
        if self.unread is not None and not _read(hits):
            return self.unread.probability(hits)
        similarity = max(hit.similarity for hit in hits)
        overlap = max(hit.overlap for hit in hits)
        answering = max(hit.log_odds for hit in hits)
        logit = self.intercept + self.similarity * max(0.0, similarity) + self.overlap * overlap
        logit += self.answering * answering
        return 1 / (1 + math.exp(-logit))

    def holds(self, hits: Sequence[Hit], vouched: bool = False) -> bool:
        """Whether it may be worth asking a language model; `vouched` where a person named the category.

        A note that holds a long code of the question is, whatever its words: nothing else is so rare.
        """
        if any(hit.coded >= LONG_CODE for hit in hits):
            return True
        if self.unread is not None and not _read(hits):
            return self.unread.holds(hits, vouched)
        return self.probability(hits) >= (self.vouched if vouched else self.enough)


def _read(hits: Sequence[Hit]) -> bool:
    return any(hit.deciding for hit in hits)


UNREAD = Relevance(intercept=-5.56, similarity=8.37, overlap=2.02, answering=0.0, enough=0.04, vouched=0.04)
"""Fewer than one in a hundred answerable questions fall below the bound. It hardly knows near misses, which only
reading the notes tells apart: the area under the ROC curve is 0.60."""
LEARNED = Relevance(
    intercept=-3.46, similarity=4.79, overlap=0.43, answering=0.44, enough=0.13, vouched=0.04, unread=UNREAD
)
"""Fitted on 366 questions that five invented houses answer, on 157 near misses and, each a quarter, on 150 of other
houses. One in a hundred of the first fall below the bound, 38 % of the near misses (20 % at that price before the
log-odds were asked for) and 5 % of the others: the second look at an answer is to tell the rest. The area under the ROC
curve is 0.91 among near misses (0.82 before) and 0.73 among the others, which the reader takes for answered. A higher
bound loses questions that a drawer's papers answer in lines rather than sentences."""
