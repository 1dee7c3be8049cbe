"""Whether an answer stands on its notes: a second look, at its words and at what its writer says of it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.pointing import sentences
from knowledge.note import Hit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Features = tuple[float, float, float, float, float, float]
UNREAD = 0.8
"""Taken for how likely a sentence answers where nobody has read the notes: what it is on average."""
UNTOLD = 0.46
"""Taken for how far a model leans to yes where it tells no odds: how far it does on average."""
LEANINGS = (-0.84, 1.94)
"""The least and the most that the model leaned on the answers that the weights were fitted on: beyond, the one word of
a surer model would outweigh all else."""
_MARK = re.compile(r"\s*\[[\d, ]+\]")


@dataclass(frozen=True)
class Support:
    """A logistic regression on what an answer that stands on its notes looks like.

    Fitted by benchmarks/support.py on answers of Qwen2.5-Coder-1.5B to questions that the invented houses answer, and
    to others that they do not. An invented answer repeats its question more than it repeats any sentence of the notes.
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
    read: float = 0.0
    """Weight of how likely a sentence of the notes answers the question, the two read together; see `Hit.answering`."""
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
        leaning: float | None,
    ) -> Features:
        """Return how near the answer is to the notes and to the question, and the rest, in the order of the weights.

        Args:
            leaning: how far the model leans to yes; None where it tells no odds.
        """
        long = [each for hit in hits for each in sentences(hit) if len(each.split()) > 2]
        said, asked, *told = embed([_MARK.sub("", answer), question, *long])
        quoted, about = max(((float(vector @ said), float(vector @ asked)) for vector in told), default=(0.0, 0.0))
        found = max(hit.evidence for hit in hits)
        read = max((hit.answering for hit in hits if hit.deciding), default=UNREAD)
        least, most = LEANINGS
        believed = UNTOLD if leaning is None else min(max(leaning, least), most)
        return quoted, float(said @ asked), found, about, read, believed

    def probability(self, features: Features) -> float:
        """Return how likely an answer with these features stands on its notes, 0 to 1."""
        weights = (self.quoted, self.echoed, self.found, self.asked, self.read, self.believed)
        logit = self.intercept + sum(weight * value for weight, value in zip(weights, features, strict=True))
        return 1 / (1 + math.exp(-logit))

    def holds(self, features: Features) -> bool:
        """Whether the answer may stand."""
        return self.probability(features) >= self.enough


LEARNED = Support(
    intercept=-1.90, quoted=1.12, echoed=-1.43, found=0.35, asked=1.07, read=1.48, believed=1.40, enough=0.32
)
"""The mean of two fits on answers of Qwen2.5-Coder-1.5B: to 88 about the sample house, which knew nothing of the
search's reader, and to 135 to half of both houses' tuning questions. The bound was then set on these 135 and on 158
answers about the jottings of three more families, read by a reader that was taught on short notes, too: it takes back
34 of 68 to what no note answers, 1 of 175 right ones and 4 of the 50 wrong ones; the area under the ROC curve is 0.87.
A fit on all of them, measured on each house by the others, gains 0.03 and takes back no more at that price. Asking the
model afterwards, whether the notes say what it said, told them apart less well: it believes itself."""
