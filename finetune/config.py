"""What a training run depends on; it is saved beside what the run produced."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from classifier.prompt import Mode


@dataclass(frozen=True)
class Base:
    """The language model that an adapter is trained for, and means nothing without."""

    name: str
    sha256: str
    """Of the publisher's file."""
    folder: Path
    """Where its dense copy lies on this machine."""
    packed: Path | None = None
    """Its GGUF file, where it was made of one."""

    @property
    def identity(self) -> dict[str, str]:
        """What is saved of it."""
        return {"name": self.name, "sha256": self.sha256}


@dataclass(frozen=True)
class FitConfig:
    """One training run of a language model's adapter (LoRA, Hu et al. 2021), whatever it learns."""

    rank: int = 12
    """Of the two low-rank factors of each linear layer; 12 keeps the adapter of a 0.5B model under 9 MB in bfloat16."""
    alpha: int = 24
    """The factors' product is multiplied with alpha / rank."""
    untouched: float = 1 / 3
    """Share of the layers, the lowest ones, that are left as they are: no gradient has to go down to them."""
    learning_rate: float = 5e-4
    epochs: float = 1.0
    """How often every example is read."""
    batch: int = 1
    """Examples in one step."""
    warm_up: float = 0.06
    """Share of the steps in which the learning rate rises; it then falls along a cosine."""
    clip: float = 1.0
    """Longest gradient."""
    evaluations: int = 3
    """How often the run looks at the validation examples; the best look's adapter is kept."""
    patience: int = 3
    """Looks in a row without gain after which the run stops."""
    seed: int = 0


@dataclass(frozen=True)
class TrainConfig(FitConfig):
    """One training run of the router's language model."""

    mode: Mode = "head"
    """A head learns the same questions better in the same minutes than the codes' own rows of the output matrix."""
    epochs: float = 0.9
    """How many examples are read for each training question, sentences among them: as many different ones as 25
    minutes on 2 cores allow teach more than fewer, twice. With 1.25 sentences a question, 40 % of both are read."""
    beside: float = 1.25
    """Sentences of the texts for each question, where there are so many: shorter ones, which tell of more things."""
    batch: int = 32
    """Questions behind one prefix, and so in one step."""
    looked_at: int = 200
    """How many validation questions are looked at, drawn once."""
    misspelt: float = 0.15
    """Share of what is trained on that is read with slips of the keyboard, drawn anew each time."""


@dataclass(frozen=True)
class ReaderConfig(FitConfig):
    """One training run of the chat model's reading."""

    untouched: float = 1 / 2
    """The upper half learns to read; the lower half takes no time then but that of reading."""
    learning_rate: float = 3e-4
