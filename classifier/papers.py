"""A paper in, a Decision out: its words and the router's encoder half, heard together; `finetune.papers` fits it.

A router reads questions, which are one sentence; an invoice is addresses, terms and two lines that matter. Those lines
are told by their words.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from classifier.decision import Decision, Router, ranked
from classifier.errors import RouterUnavailable
from classifier.newcomers import joined, renamed
from classifier.taxonomy import NONE
from classifier.words import WordHead

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEIGHTS_FILE, BALANCE_FILE = "papers.safetensors", "papers.json"
LEAST = 1e-9
"""The probability below which none is told from another."""


@dataclass(frozen=True)
class Balance:
    """How a paper's words and the encoder half become one probability, fitted on papers that neither has seen."""

    words: float
    """Exponent of the words' probabilities."""
    encoder: float
    """Exponent of the encoder's."""
    none_bias: float
    sure_from: float
    """From this probability on, what is said is sure."""

    def probabilities(self, words: NDArray[np.float64], encoder: NDArray[np.float64], none: int) -> NDArray[np.float64]:
        """Return calibrated probabilities from log-probabilities, all of shape (papers, labels).

        Args:
            none: the column of `none`.
        """
        from scipy.special import softmax

        logits = self.words * words + self.encoder * encoder
        logits[:, none] += self.none_bias
        return np.asarray(softmax(logits, axis=1))


@dataclass(frozen=True)
class PaperHead:
    """What hears a paper's words, and how much that counts beside the encoder half."""

    words: WordHead
    balance: Balance

    def save(self, folder: Path) -> None:
        """Write the head; raises RouterUnavailable."""
        self.words.save(folder / WEIGHTS_FILE)
        try:
            (folder / BALANCE_FILE).write_text(json.dumps(asdict(self.balance), indent=1) + "\n", "utf-8")
        except OSError as error:
            raise RouterUnavailable(f"What files papers cannot be written into {folder} ({error}).") from error

    @classmethod
    def load(cls, folder: Path) -> PaperHead:
        """Read the head; raises RouterUnavailable."""
        words = WordHead.load(folder / WEIGHTS_FILE)
        try:
            return cls(words, Balance(**json.loads((folder / BALANCE_FILE).read_text("utf-8"))))
        except (OSError, ValueError, TypeError) as error:
            raise RouterUnavailable(f"What files papers is damaged: {folder} ({error}). Install again.") from error


class PaperRouter:
    """Labels papers by a head for papers and by a router of questions, in the household's present categories."""

    def __init__(self, head: PaperHead, router: Router, present: Callable[[], Mapping[str, str | None]]) -> None:
        """Args: what reads the words, what labels questions, and the present name of each of the head's labels.

        A category that the router knows and the head does not keeps what the router gives it.
        """
        self._head = head
        self._router = router
        self._present = present

    @property
    def version(self) -> str:
        """The name of the router version that is heard."""
        return self._router.version

    def classify(self, questions: Sequence[str]) -> list[Decision]:
        """Return one decision a paper, in order; `likely` names its category where that is sure, and nothing else."""
        if not questions:
            return []
        present = {label: name or NONE for label, name in self._present().items()}
        said = self._router.classify(questions)
        rows = np.exp(self._head.words.log_probabilities(questions))
        return [self._decide(row, decision, present) for row, decision in zip(rows, said, strict=True)]

    def _decide(self, row: NDArray[np.float64], said: Decision, present: Mapping[str, str]) -> Decision:
        words = renamed(ranked(self._head.words.labels, row), present)
        names = list(words)
        known = {name: max(said.probabilities.get(name, 0.0), LEAST) for name in names}
        total = sum(known.values())
        columns = [np.log([[max(share, LEAST) for share in words.values()]])]
        columns.append(np.log([[share / total for share in known.values()]]))
        shares = ranked(names, self._head.balance.probabilities(columns[0], columns[1], names.index(NONE))[0])
        label = next(iter(shares))
        heard = Decision(None if label == NONE else label, shares[label], shares, said.version)
        if new := {name: share for name, share in said.probabilities.items() if name not in words}:
            heard = joined(heard, new)
        sure = heard.category is not None and heard.confidence >= self._head.balance.sure_from
        return replace(heard, likely=(heard.category,) if sure and heard.category else ())
