"""The language model and the encoder head as one router, or the first alone; `finetune.calibrate` fits the weights."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from classifier.decision import Decision, likely_categories, ranked
from classifier.encoder import Embed, Head
from classifier.errors import RouterUnavailable
from classifier.taxonomy import NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

FUSION_FILE = "fusion.json"
ALONE_FILE = "language_model.json"
"""The same for the language model alone, where the encoder's weight is nought."""


class Scorer(Protocol):
    """The language model half: `classifier.language_model.CodeScorer`, or the same model behind an Ollama."""

    labels: tuple[str, ...]
    """One a column; `none` is among them."""

    def log_probabilities(self, questions: Sequence[str]) -> NDArray[np.float64]:
        """Return every label's log-probability, of shape (questions, labels)."""


@dataclass(frozen=True)
class Fusion:
    """How two halves' log-probabilities become one router's probabilities, and those a decision.

    A weighted product of experts (Hinton 1999) with a bias on `none`; each weight is an inverse temperature, too.
    """

    language_model: float
    encoder: float
    none_bias: float
    none_from: float
    """A question is of no category from this probability of `none` on."""
    sure_from: float
    """One category, or two together, with this probability are as good as sure; fewer than it, and all are searched."""

    def __post_init__(self) -> None:
        if not np.isfinite([self.language_model, self.encoder, self.none_bias]).all():
            raise ValueError("its weights make no probabilities")
        if not (0 <= self.none_from <= 1 and 0 <= self.sure_from <= 1):
            raise ValueError("its bounds are no probabilities")

    def probabilities(
        self, language_model: NDArray[np.float64], encoder: NDArray[np.float64], labels: Sequence[str]
    ) -> NDArray[np.float64]:
        """Return calibrated probabilities, of shape (questions, labels), from log-probabilities of the same shape."""
        return np.exp(self.log_probabilities(language_model, encoder, labels))

    def log_probabilities(
        self, language_model: NDArray[np.float64], encoder: NDArray[np.float64], labels: Sequence[str]
    ) -> NDArray[np.float64]:
        """Return the logarithms of `probabilities`."""
        from scipy.special import log_softmax

        logits = self.language_model * language_model + self.encoder * encoder
        logits[:, list(labels).index(NONE)] += self.none_bias
        return np.asarray(log_softmax(logits, axis=1))

    def decisions(
        self,
        language_model: NDArray[np.float64],
        encoder: NDArray[np.float64],
        labels: Sequence[str],
        version: str,
    ) -> list[Decision]:
        """Make a decision a question of log-probabilities, each of shape (questions, labels)."""
        rows = self.probabilities(language_model, encoder, labels)
        return [self.decide(labels, row, version) for row in rows]

    def decide(self, labels: Sequence[str], row: NDArray[np.float64], version: str) -> Decision:
        """Make a decision of one question's probabilities, of shape (labels,)."""
        probabilities = ranked(labels, row)
        if probabilities[NONE] >= self.none_from:
            return Decision(None, probabilities[NONE], probabilities, version)
        category = next(label for label in probabilities if label != NONE)
        likely = likely_categories(probabilities, self.sure_from)
        return Decision(category, probabilities[category], probabilities, version, likely)

    def save(self, folder: Path, file: str = FUSION_FILE) -> None:
        """Write it into a router version's folder; raises RouterUnavailable."""
        try:
            (folder / file).write_text(json.dumps(asdict(self), indent=1), "utf-8")
        except OSError as error:
            raise RouterUnavailable(f"The router cannot be written into {folder} ({error}).") from error

    @classmethod
    def load(cls, folder: Path, file: str = FUSION_FILE) -> Fusion:
        """Read it from a router version's folder; raises RouterUnavailable."""
        try:
            return cls(**{name: float(value) for name, value in json.loads((folder / file).read_text()).items()})
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise RouterUnavailable(
                f"The router in {folder} is damaged ({error}). Choose another one: `our-house routers list`."
            ) from error


class FusedRouter:
    """Labels questions by what a fine-tuned language model and an encoder head say together."""

    def __init__(self, scorer: Scorer, head: Head, embed: Embed, fusion: Fusion, version: str) -> None:
        """Args: the two halves, what makes vectors of the kind the head was fitted on, their weights, and the name.

        Raises:
            RouterUnavailable: the halves know different labels.
        """
        if set(scorer.labels) != set(head.labels):
            odd = ", ".join(sorted(set(scorer.labels) ^ set(head.labels)))
            raise RouterUnavailable(f"The halves of the router {version} know different labels: {odd}.")
        self._scorer = scorer
        self._head = head
        self._embed = embed
        self._fusion = fusion
        self.version = version
        self._columns = [head.labels.index(label) for label in scorer.labels]

    def classify(self, questions: Sequence[str]) -> list[Decision]:
        """Return one decision a question, in order."""
        if not questions:
            return []
        encoder = self._head.log_probabilities(self._embed(questions))[:, self._columns]
        scores = self._scorer.log_probabilities(questions)
        return self._fusion.decisions(scores, encoder, self._scorer.labels, self.version)


class ScorerRouter:
    """Labels questions by what a language model alone says."""

    def __init__(self, scorer: Scorer, fusion: Fusion | None, version: str) -> None:
        """Args: the language model, what calibrates it (None: the likeliest label is the answer), and the name."""
        self._scorer = scorer
        self._fusion = fusion
        self.version = version

    def classify(self, questions: Sequence[str]) -> list[Decision]:
        """Return one decision a question, in order."""
        if not questions:
            return []
        labels, scores = self._scorer.labels, self._scorer.log_probabilities(questions)
        if self._fusion is None:
            return [self._likeliest(ranked(labels, row)) for row in np.exp(scores)]
        return self._fusion.decisions(scores, np.zeros_like(scores), labels, self.version)

    def _likeliest(self, probabilities: dict[str, float]) -> Decision:
        label, confidence = next(iter(probabilities.items()))
        if label == NONE:
            return Decision(None, confidence, probabilities, self.version)
        return Decision(label, confidence, probabilities, self.version, (label,))
