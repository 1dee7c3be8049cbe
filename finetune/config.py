"""What a training run depends on; it is saved beside what the run produced."""

from __future__ import annotations

from dataclasses import dataclass

from classifier.prompt import Mode


@dataclass(frozen=True)
class TrainConfig:
    """One training run of a language model's adapter (LoRA, Hu et al. 2021)."""

    mode: Mode = "code"
    rank: int = 8
    """Of the two low-rank factors of every linear layer; 8 keeps the adapter of a 0.5B model under 9 MB in bfloat16."""
    alpha: int = 16
    """What the factors' product is multiplied with, times `rank`."""
    learning_rate: float = 3e-4
    epochs: float = 2.0
    batch: int = 32
    """Questions behind one prefix, and so in one step."""
    warm_up: float = 0.06
    """Share of the steps in which the learning rate rises; it then falls along a cosine."""
    clip: float = 1.0
    """Longest gradient."""
    evaluations: int = 8
    """How often the run looks at the validation questions; the best look's adapter is kept."""
    patience: int = 3
    """Looks in a row without gain after which the run stops."""
    misspelt: float = 0.15
    """Share of the training questions that are read with slips of the keyboard, drawn anew each time."""
    seed: int = 0
