"""What a router answers, what a router is, and how probabilities are read; making them is left to the routers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from classifier.taxonomy import NONE


@dataclass(frozen=True)
class Matter:
    """One of several questions in one."""

    question: str
    """In the words that it was asked in."""
    categories: tuple[str, ...]
    """The one or two that it belongs to as good as surely, likeliest first."""


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
    """The one or two categories that the question belongs to as good as surely; none where it takes more. Of several
    questions in one, those of each."""
    learned_from: str = ""
    """The question whose label a person told, where this one means the same; empty where the router decided."""
    matters: tuple[Matter, ...] = ()
    """What it asks, where it is several questions in one of different categories; none mostly."""


class Router(Protocol):
    """Anything that labels questions."""

    @property
    def version(self) -> str:
        """The name of the version that serves."""

    def classify(self, questions: Sequence[str]) -> list[Decision]:
        """Return one decision a question, in order."""


class Trained(Router, Protocol):
    """A router as it was trained, whose bounds say what other probabilities than its own would come to."""

    def decide(self, probabilities: Mapping[str, float]) -> Decision:
        """Return the decision of one question whose probabilities these are, likeliest first."""


def ranked(labels: Sequence[str], row: Iterable[float]) -> dict[str, float]:
    """Return a row of probabilities by label, likeliest first."""
    return likeliest_first(dict(zip(labels, map(float, row), strict=True)))


def likeliest_first(probabilities: Mapping[str, float]) -> dict[str, float]:
    """Return probabilities by label, likeliest first."""
    return dict(sorted(probabilities.items(), key=lambda pair: -pair[1]))


def likely_categories(probabilities: Mapping[str, float], sure_from: float) -> tuple[str, ...]:
    """Return the one or two likeliest categories that reach `sure_from` together; none where they do not.

    Args:
        probabilities: of all labels, likeliest first.
    """
    top = [name for name in probabilities if name != NONE][:2]
    for likely in (top[:1], top):
        if sum(probabilities[name] for name in likely) >= sure_from:
            return tuple(likely)
    return ()
