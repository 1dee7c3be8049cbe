"""Exercises in reading notes to an adapter of the model that answers; what it is asked comes as chat messages.

All exercises of a lesson begin with the same notes, so that a step reads these once for all of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.packing import pack
from classifier.versions import CONFIG_FILE
from finetune.config import ReaderConfig
from finetune.fitting import TrainProgress, fit, ignore, libraries, with_adapter

if TYPE_CHECKING:
    import torch

ChatMessage = Mapping[str, str]
"""`role` and `content`."""


@dataclass(frozen=True)
class Exercise:
    """A whole prompt and the right reply to it."""

    messages: tuple[ChatMessage, ...]
    reply: str


@dataclass(frozen=True)
class Lesson:
    """Exercises, one or more, whose prompts begin alike."""

    exercises: tuple[Exercise, ...]


class LessonRows:
    """Lessons as packed rows: what Trainer calls a data collator."""

    def __init__(self, tokenizer: Any, dtype: torch.dtype) -> None:
        """Args: the base's tokenizer, which knows its chat template; the model's number format."""
        self._tokenizer = tokenizer
        self._dtype = dtype

    def __call__(self, lessons: Sequence[Lesson]) -> dict[str, torch.Tensor]:
        """Return the one lesson as a row; `targets` holds the token to be written after each place of `places`."""
        import torch

        (lesson,) = lessons
        prompts = [self._prompt(exercise.messages) for exercise in lesson.exercises]
        shared = _shared(prompts)
        rows: list[list[int]] = []
        places: list[int] = []
        targets: list[int] = []
        start = shared
        for exercise, prompt in zip(lesson.exercises, prompts, strict=True):
            reply = [*self._tokens(exercise.reply), self._tokenizer.eos_token_id]
            own = prompt[shared:]
            rows.append(own + reply[:-1])
            places += range(start + len(own) - 1, start + len(rows[-1]))
            targets += reply
            start += len(rows[-1])
        packed = pack(prompts[0][:shared], rows, self._dtype)
        return {
            "input_ids": packed.ids,
            "position_ids": packed.positions,
            "attention_mask": packed.mask,
            "places": torch.tensor([places]),
            "targets": torch.tensor([targets]),
        }

    def _prompt(self, messages: Sequence[ChatMessage]) -> list[int]:
        told = [dict(message) for message in messages]
        return self._tokens(self._tokenizer.apply_chat_template(told, tokenize=False, add_generation_prompt=True))

    def _tokens(self, text: str) -> list[int]:
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])


def _shared(prompts: Sequence[Sequence[int]]) -> int:
    """How many tokens all prompts begin with, leaving each at least one of its own."""
    alike = sum(1 for _ in takewhile(lambda tokens: len(set(tokens)) == 1, zip(*prompts, strict=False)))
    return min(alike, *(len(prompt) - 1 for prompt in prompts))


def train_reader(
    model: Any,
    tokenizer: Any,
    training: Sequence[Lesson],
    validation: Sequence[Lesson],
    folder: Path,
    config: ReaderConfig | None = None,
    *,
    base: Mapping[str, str] | None = None,
    adapter: Path | None = None,
    on_progress: Callable[[TrainProgress], None] = ignore,
) -> dict[str, Any]:
    """Train an adapter that answers as the lessons do, and write it with its configuration and losses.

    Args:
        model: the base, a causal language model of transformers, with its tokenizer.
        training, validation: the lessons; the adapter that does best on the second is kept.
        folder: receives `adapter/`, `train_config.json`, `losses.json` and `losses.png`; a run that was cut off goes
            on from the checkpoints it left there.
        base: what the base is: its name and the hash of its weights.
        adapter: the folder of one to go on from; a new one is begun without.

    Returns:
        The losses, as `finetune.fitting.fit` returns them.
    """
    import torch

    config = config or ReaderConfig()
    torch.manual_seed(config.seed)
    losses = fit(
        with_adapter(model, config, adapter),
        LessonRows(tokenizer, model.dtype),
        training,
        validation,
        folder,
        config,
        on_progress=on_progress,
    )
    made_of = {
        **asdict(config),
        "base": dict(base or {}),
        "lessons": {"training": len(training), "validation": len(validation)},
        "exercises": sum(len(lesson.exercises) for lesson in training),
        "libraries": libraries(),
    }
    (folder / CONFIG_FILE).write_text(json.dumps(made_of, indent=1), "utf-8")
    return losses
