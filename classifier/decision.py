"""What a router answers, and what a router is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from classifier.taxonomy import NONE

CLOSE = 0.25
"""The top two are close when the runner-up has at least this probability and half of the winner's."""


@dataclass(frozen=True)
class Decision:
    """A question's label, with how likely every label was."""

    category: str | None
    """None where the question belongs to no category, or the router cannot tell."""
    confidence: float
    """Calibrated probability of the likeliest label, 0 to 1."""
    probabilities: Mapping[str, float]
    """Every category's and `none`'s probability, likeliest first; they sum to 1."""
    version: str
    """The router version that decided."""

    @property
    def runner_up(self) -> str | None:
        """The second category, where it is nearly as likely as the first; else None."""
        if self.category is None:
            return None
        others = [(p, name) for name, p in self.probabilities.items() if name not in (self.category, NONE)]
        if not others:
            return None
        probability, name = max(others)
        return name if probability >= CLOSE and 2 * probability >= self.probabilities[self.category] else None


class Router(Protocol):
    """Anything that labels questions."""

    @property
    def version(self) -> str:
        """The name of the version that serves."""

    def classify(self, questions: Sequence[str]) -> list[Decision]:
        """Return one decision a question, in order."""
