"""A linear head on the sentence embedding that the search computes anyway; fitting it is left to `finetune.head`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from classifier.decision import Decision, likely_categories, ranked
from classifier.errors import RouterUnavailable
from classifier.taxonomy import NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

Embed = Callable[[Sequence[str]], "NDArray[np.float32]"]
"""Texts to unit vectors, of shape (texts, dimension)."""

WEIGHTS_FILE = "head.safetensors"
CALIBRATION_FILE = "calibration.json"


@dataclass(frozen=True)
class Head:
    """The weights of a multinomial logistic regression, with what makes its probabilities honest."""

    labels: tuple[str, ...]
    """One a row of `weight`; `none` is among them."""
    weight: NDArray[np.float32]
    """Of shape (labels, dimension)."""
    bias: NDArray[np.float32]
    """Of shape (labels,)."""
    temperature: float
    """Divides the logits (Guo et al. 2017, 'On Calibration of Modern Neural Networks'); fitted on held-out data."""
    abstain_below: float
    """A likeliest category with a lower probability is no answer: the label is then none."""
    sure_from: float
    """One category, or two together, with this probability are as good as sure; fewer than it, and all are searched."""
    embedder: str
    """The embedder whose vectors it reads; it means nothing on any other's."""

    def __post_init__(self) -> None:
        if NONE not in self.labels or len(set(self.labels)) != len(self.labels):
            raise ValueError(f"its labels lack {NONE!r} or are doubled")
        if self.weight.ndim != 2 or len(self.weight) != len(self.labels) or self.bias.shape != (len(self.labels),):
            raise ValueError("its weights do not fit its labels")
        if not (np.isfinite(self.weight).all() and np.isfinite(self.bias).all() and 0 < self.temperature < np.inf):
            raise ValueError("its weights or its temperature make no probabilities")

    def probabilities(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return calibrated probabilities of shape (vectors, labels) for unit vectors of shape (vectors, dimension)."""
        return np.exp(self.log_probabilities(vectors))

    def log_probabilities(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the logarithms of `probabilities`, which stay apart where those would all be nought."""
        from scipy.special import log_softmax

        logits = (vectors @ self.weight.T + self.bias).astype(np.float64) / self.temperature
        return np.asarray(log_softmax(logits, axis=1))

    def save(self, folder: Path) -> None:
        """Write the head into a router version's folder; raises RouterUnavailable."""
        from safetensors import SafetensorError
        from safetensors.numpy import save_file

        # safetensors writes the buffer as it lies in memory, and scrambles an array that is not in C order.
        tensors = {"weight": np.ascontiguousarray(self.weight), "bias": np.ascontiguousarray(self.bias)}
        calibration = {
            "labels": self.labels,
            "temperature": self.temperature,
            "abstain_below": self.abstain_below,
            "sure_from": self.sure_from,
            "embedder": self.embedder,
        }
        try:
            save_file(tensors, folder / WEIGHTS_FILE)
            (folder / CALIBRATION_FILE).write_text(json.dumps(calibration, indent=1), "utf-8")
        except (OSError, SafetensorError) as error:
            raise RouterUnavailable(f"The router cannot be written into {folder} ({error}).") from error

    @classmethod
    def load(cls, folder: Path) -> Head:
        """Read the head from a router version's folder; raises RouterUnavailable."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            tensors = load_file(folder / WEIGHTS_FILE)
            calibration = json.loads((folder / CALIBRATION_FILE).read_text("utf-8"))
            return cls(
                labels=tuple(calibration["labels"]),
                weight=tensors["weight"],
                bias=tensors["bias"],
                temperature=float(calibration["temperature"]),
                abstain_below=float(calibration["abstain_below"]),
                sure_from=float(calibration["sure_from"]),
                embedder=str(calibration["embedder"]),
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError, SafetensorError) as error:
            why = f"it has no {error}" if isinstance(error, KeyError) else error
            raise RouterUnavailable(
                f"The router in {folder} is damaged ({why}). Delete that folder, and a new router is taught."
            ) from error


class EncoderRouter:
    """Labels questions by their embedding alone: one matrix product a question beyond the search's own work."""

    def __init__(self, head: Head, embed: Embed, version: str) -> None:
        """Args: the fitted head, what makes vectors of the kind it was fitted on, and the version's name."""
        self._head = head
        self._embed = embed
        self.version = version

    def classify(self, questions: Sequence[str]) -> list[Decision]:
        """Return one decision a question, in order."""
        if not questions:
            return []
        rows = self._head.probabilities(self._embed(questions))
        return [self.decide(ranked(self._head.labels, row)) for row in rows]

    def decide(self, probabilities: Mapping[str, float]) -> Decision:
        """Return the decision of one question whose probabilities these are, likeliest first."""
        likeliest, confidence = next(iter(probabilities.items()))
        if likeliest == NONE or confidence < self._head.abstain_below:
            return Decision(None, confidence, probabilities, self.version)
        likely = likely_categories(probabilities, self._head.sure_from)
        return Decision(likeliest, confidence, probabilities, self.version, likely)
