"""Language model, encoder head and words as one router, or the first alone; `finetune.calibrate` fits their weights."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from classifier.decision import Decision, likely_categories, ranked
from classifier.encoder import Embed, Head
from classifier.errors import RouterUnavailable
from classifier.taxonomy import NONE
from classifier.words import WORDS_FILE, WordHead

if TYPE_CHECKING:
    from numpy.typing import NDArray

FUSION_FILE = "fusion.json"
ALONE_FILE = "language_model.json"
"""The same for the language model alone, where all other weights are nought."""
WITHOUT_FILE = "without_language_model.json"
"""The same for a router whose language model cannot be had."""


class Scorer(Protocol):
    """What can label alone: `classifier.language_model.CodeScorer`, such as, or the same model behind an Ollama."""

    @property
    def labels(self) -> tuple[str, ...]:
        """One a column; `none` is among them."""

    def log_probabilities(self, questions: Sequence[str]) -> NDArray[np.float64]:
        """Return every label's log-probability, of shape (questions, labels)."""


@dataclass(frozen=True)
class Voices:
    """What each part of a router says of the same questions: log-probabilities, all of shape (questions, labels).

    One that has no say is None; not all are.
    """

    language_model: NDArray[np.float64] | None = None
    encoder: NDArray[np.float64] | None = None
    words: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Fusion:
    """How the voices' log-probabilities become one router's probabilities, and those a decision.

    A weighted product of experts (Hinton 1999) with a bias on `none`; each weight is an inverse temperature, too.
    """

    language_model: float
    encoder: float
    none_bias: float
    none_from: float
    """A question is of no category from this probability of `none` on."""
    sure_from: float
    """One category, or two together, with this probability are as good as sure; fewer than it, and all are searched."""
    words: float = 0.0
    """Nought where a version was trained before words were heard."""

    def __post_init__(self) -> None:
        if not np.isfinite([self.language_model, self.encoder, self.words, self.none_bias]).all():
            raise ValueError("its weights make no probabilities")
        if not (0 <= self.none_from <= 1 and 0 <= self.sure_from <= 1):
            raise ValueError("its bounds are no probabilities")

    def probabilities(self, voices: Voices, labels: Sequence[str]) -> NDArray[np.float64]:
        """Return calibrated probabilities, of shape (questions, labels)."""
        return np.exp(self.log_probabilities(voices, labels))

    def log_probabilities(self, voices: Voices, labels: Sequence[str]) -> NDArray[np.float64]:
        """Return the logarithms of `probabilities`."""
        from scipy.special import log_softmax

        heard = (
            (self.language_model, voices.language_model),
            (self.encoder, voices.encoder),
            (self.words, voices.words),
        )
        logits = np.asarray(sum(weight * voice for weight, voice in heard if voice is not None))
        logits[:, list(labels).index(NONE)] += self.none_bias
        return np.asarray(log_softmax(logits, axis=1))

    def decisions(self, voices: Voices, labels: Sequence[str], version: str) -> list[Decision]:
        """Make a decision a question."""
        return [self.decide(ranked(labels, row), version) for row in self.probabilities(voices, labels)]

    def decide(self, probabilities: Mapping[str, float], version: str) -> Decision:
        """Make a decision of one question's probabilities, likeliest first."""
        category = next((label for label in probabilities if label != NONE), None)
        if category is None or probabilities[NONE] >= self.none_from:
            return Decision(None, probabilities[NONE], probabilities, version)
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
    """Labels questions by what a fine-tuned language model, an encoder head and the words say together."""

    def __init__(
        self,
        scorer: Scorer | None,
        head: Head,
        embed: Embed,
        fusion: Fusion,
        version: str,
        words: WordHead | None = None,
    ) -> None:
        """Join the voices.

        Args:
            scorer: the language model; None where it cannot be had.
            head: the encoder's.
            embed: what makes vectors of the kind that the head was fitted on.
            fusion: what weighs the voices.
            version: the name.
            words: what hears the words; None where the version was trained before there was such a thing.

        Raises:
            RouterUnavailable: the parts know different labels, or the words are wanting.
        """
        if words is None and fusion.words:
            raise RouterUnavailable(f"The router {version} lacks {WORDS_FILE}.")
        for part in (scorer, words):
            if part and (odd := ", ".join(sorted({*part.labels} ^ {*head.labels}))):
                raise RouterUnavailable(f"The parts of the router {version} know different labels: {odd}.")
        self._scorer = scorer
        self._head = head
        self._embed = embed
        self._fusion = fusion
        self._words = words
        self.version = version

    def classify(self, questions: Sequence[str]) -> list[Decision]:
        """Return one decision a question, in order."""
        if not questions:
            return []
        labels = (self._scorer or self._head).labels
        voices = heard(questions, labels, self._scorer, self._head, self._embed, self._words)
        return self._fusion.decisions(voices, labels, self.version)

    def decide(self, probabilities: Mapping[str, float]) -> Decision:
        """Return the decision of one question whose probabilities these are, likeliest first."""
        return self._fusion.decide(probabilities, self.version)


def heard(
    questions: Sequence[str],
    labels: Sequence[str],
    scorer: Scorer | None,
    head: Head,
    embed: Embed,
    words: WordHead | None = None,
) -> Voices:
    """Return what each part of a router says of the questions, a column for each of `labels`."""

    def columns(known: Sequence[str]) -> list[int]:
        return [list(known).index(label) for label in labels]

    return Voices(
        scorer.log_probabilities(questions)[:, columns(scorer.labels)] if scorer else None,
        head.log_probabilities(embed(questions))[:, columns(head.labels)],
        words.log_probabilities(questions)[:, columns(words.labels)] if words else None,
    )


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
        return self._fusion.decisions(Voices(scores), labels, self.version)

    def _likeliest(self, probabilities: dict[str, float]) -> Decision:
        label, confidence = next(iter(probabilities.items()))
        if label == NONE:
            return Decision(None, confidence, probabilities, self.version)
        return Decision(label, confidence, probabilities, self.version, (label,))
