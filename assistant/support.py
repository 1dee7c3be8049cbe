"""Whether an answer stands on its notes: a second look, at its words and at what its writer says of it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.pointing import SENTENCE
from knowledge.note import Hit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Features = tuple[float, float, float, float, float]
_MARK = re.compile(r"\s*\[[\d, ]+\]")


@dataclass(frozen=True)
class Support:
    """A logistic regression on what an answer that stands on its notes looks like.

    Fitted by benchmarks/support.py on answers of Qwen2.5-Coder-1.5B to questions that the sample house answers, and to
    as many that it does not. An invented answer repeats its question more than it repeats any sentence of the notes.
    """

    intercept: float = 0.0
    quoted: float = 0.0
    """Weight of the cosine between the answer and the sentence of the notes that is nearest to it."""
    echoed: float = 0.0
    """Weight of the cosine between the answer and the question."""
    found: float = 0.0
    """Weight of the best hit's evidence."""
    asked: float = 0.0
    """Weight of the cosine between the question and that nearest sentence."""
    believed: float = 0.0
    """Weight of how far the model leans to yes, asked whether the notes tell it at all; see `ChatModel.leaning`."""
    enough: float = 0.0
    """Probability below which the answer is taken back."""

    def features(
        self,
        question: str,
        answer: str,
        hits: Sequence[Hit],
        embed: Callable[[Sequence[str]], NDArray[np.float32]],
        leaning: float,
    ) -> Features:
        """Return how near the answer is to the notes and to the question, and the rest, in the order of the weights."""
        sentences = [sentence for hit in hits for sentence in SENTENCE.split(hit.text) if len(sentence.split()) > 2]
        said, asked, *told = embed([_MARK.sub("", answer), question, *sentences])
        quoted, about = max(((float(each @ said), float(each @ asked)) for each in told), default=(0.0, 0.0))
        return quoted, float(said @ asked), max(hit.evidence for hit in hits), about, leaning

    def probability(self, features: Features) -> float:
        """Return how likely an answer with these features stands on its notes, 0 to 1."""
        weights = (self.quoted, self.echoed, self.found, self.asked, self.believed)
        logit = self.intercept + sum(weight * value for weight, value in zip(weights, features, strict=True))
        return 1 / (1 + math.exp(-logit))

    def holds(self, features: Features) -> bool:
        """Whether the answer may stand."""
        return self.probability(features) >= self.enough


LEARNED = Support(intercept=-1.82, quoted=1.20, echoed=-1.30, found=0.70, asked=2.14, believed=1.63, enough=0.34)
"""Learned from 88 answers of Qwen2.5-Coder-1.5B, 38 of them invented. In held-out tenths of them the bound keeps 33 of
36 right answers, and takes back 8 of 10 answers to what no note is about and 10 of 28 near misses. Asking the model
afterwards, whether the notes say what it said, told them apart less well: it believes itself."""
