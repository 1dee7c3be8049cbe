"""Notes under their categories, many at once: the router's quick half first, all of it where that is not sure."""

from __future__ import annotations

from collections.abc import Sequence

from classifier.decision import Decision, Router

LOOKED_AT = 400
"""Characters of a note that the slow half reads: what it is about stands at its beginning."""


class Filer:
    """A router for notes, which are longer than questions and come by the hundred."""

    def __init__(self, quick: Router, whole: Router) -> None:
        """Args: the encoder half of the serving router, and the serving router."""
        self._quick, self._whole = quick, whole

    @property
    def version(self) -> str:
        """The serving router's."""
        return self._whole.version

    def classify(self, questions: Sequence[str]) -> list[Decision]:
        """Return one decision a note, in order."""
        decisions = self._quick.classify(questions)
        unsure = [number for number, decision in enumerate(decisions) if len(decision.likely) != 1]
        second = self._whole.classify([questions[number][:LOOKED_AT] for number in unsure])
        for number, decision in zip(unsure, second, strict=True):
            decisions[number] = decision
        return decisions
