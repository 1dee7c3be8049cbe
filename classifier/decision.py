"""What a router answers, and what a router is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


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
    likely: tuple[str, ...] = ()
    """The one or two categories that the question belongs to as good as surely; none where it takes more."""

    @property
    def runner_up(self) -> str | None:
        """The second category, where the first alone is not sure but the two together are; else None."""
        return self.likely[1] if len(self.likely) > 1 else None


class Router(Protocol):
    """Anything that labels questions."""

    @property
    def version(self) -> str:
        """The name of the version that serves."""

    def classify(self, questions: Sequence[str]) -> list[Decision]:
        """Return one decision a question, in order."""
