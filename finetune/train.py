"""Examples to the adapter of a language model that labels questions; serving it is left to `classifier.language_model`.

Every step reads a whole batch behind one shared prefix (`classifier.packing`), which gives the gradient of one prompt a
question at a sixth of the work.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.language_model import use_label_head
from classifier.packing import pack
from classifier.prompt import question_tokens, router_prompt, text_tokens
from classifier.versions import CONFIG_FILE
from finetune.config import TrainConfig
from finetune.examples import Example, Split, data_hash
from finetune.fitting import TrainProgress, fit, ignore, libraries, with_adapter
from finetune.misspell import misspell

if TYPE_CHECKING:
    import torch

    from classifier.taxonomy import Taxonomy


class Batches:
    """Examples as packed rows: what Trainer calls a data collator."""

    def __init__(self, tokenizer: Any, taxonomy: Taxonomy, config: TrainConfig, dtype: torch.dtype) -> None:
        """Args: the base's tokenizer, the labels, the run, and the model's number format."""
        prompt = router_prompt(taxonomy, config.mode, tokenizer)
        self._tokenizer = tokenizer
        self._dtype = dtype
        self._misspelt = config.misspelt
        self._random = random.Random(config.seed)
        self._prefix = text_tokens(tokenizer, prompt.before)
        self._after = text_tokens(tokenizer, prompt.after)
        if config.mode == "head":  # its outputs are the labels themselves
            self._completions = {label: [at] for at, label in enumerate(prompt.completions)}
        else:
            end = [tokenizer.eos_token_id] if config.mode == "category" else []  # one token needs no end
            self._completions = {
                label: text_tokens(tokenizer, text) + end for label, text in prompt.completions.items()
            }

    def __call__(self, items: Sequence[tuple[Example, bool]]) -> dict[str, torch.Tensor]:
        """Return one row; `targets` holds the token to be written after each place of `places`.

        Args:
            items: examples, each with whether it may be misspelt.
        """
        import torch

        rows: list[list[int]] = []
        places: list[int] = []
        targets: list[int] = []
        start = len(self._prefix)
        for example, noisy in items:
            question = example.question
            if noisy and self._random.random() < self._misspelt:
                question = misspell(question, self._random)
            completion = self._completions[example.category]
            own = question_tokens(self._tokenizer, question) + self._after
            rows.append(own + completion[:-1])
            places += range(start + len(own) - 1, start + len(rows[-1]))
            targets += completion
            start += len(rows[-1])
        packed = pack(self._prefix, rows, self._dtype)
        return {
            "input_ids": packed.ids,
            "position_ids": packed.positions,
            "attention_mask": packed.mask,
            "places": torch.tensor([places]),
            "targets": torch.tensor([targets]),
        }


def train(
    model: Any,
    tokenizer: Any,
    taxonomy: Taxonomy,
    parts: Split,
    folder: Path,
    config: TrainConfig | None = None,
    *,
    base: dict[str, str] | None = None,
    adapter: Path | None = None,
    sentences: Sequence[Example] = (),
    told: Sequence[Example] = (),
    on_progress: Callable[[TrainProgress], None] = ignore,
    stop: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Train an adapter and write it with its configuration, its losses and their picture.

    Args:
        model: the base, a causal language model of transformers.
        parts: what to train and to validate on; the test part is only counted.
        folder: receives `adapter/`, `train_config.json`, `losses.json` and `losses.png`; checkpoints of a run that
            was cut off are found there, and it goes on from the last.
        base: what the base is: its name and the hash of its weights.
        adapter: the folder of an adapter to go on from; a new one is begun without. In head mode it has a row for each
            label (`finetune.growing`).
        sentences: what can be read beside the questions to train on; `config` says how many of them are.
        told: those of the questions that are read whatever is left out, such as a household's own.
        stop: asked after every step; true ends the run, and the best adapter so far is kept.

    Returns:
        The losses: `training` and `validation` as lists of [step, loss], and the seconds of the run.
    """
    import torch

    config = config or TrainConfig()
    torch.manual_seed(config.seed)
    if config.mode == "head":
        use_label_head(model, len(taxonomy) + 1)
    draw = random.Random(config.seed)
    looked_at = draw.sample(parts.validation, min(config.looked_at, len(parts.validation)))
    beside = draw.sample(list(sentences), min(len(sentences), round(config.beside * len(parts.training))))
    read, times = _reading([*parts.training, *beside], told, round(config.epochs * len(parts.training)), draw)
    losses = fit(
        with_adapter(model, config, adapter, headed=config.mode == "head"),
        Batches(tokenizer, taxonomy, config, model.dtype),
        [(example, True) for example in read],
        [(example, False) for example in looked_at],
        folder,
        replace(config, epochs=times),
        on_progress=on_progress,
        stop=stop,
    )
    _write_config(folder, taxonomy, parts, len(beside), config, base or {})
    return losses


def _reading(
    every: Sequence[Example], told: Sequence[Example], readings: int, draw: random.Random
) -> tuple[Sequence[Example], float]:
    """What is read, and how often each: where there is no time for everything, what was told comes first."""
    if not told or readings >= len(every):
        return every, readings / len(every)
    first = set(told)
    others = [each for each in every if each not in first]
    return [*told, *draw.sample(others, min(len(others), max(0, readings - len(told))))], 1.0


def _write_config(
    folder: Path, taxonomy: Taxonomy, parts: Split, beside: int, config: TrainConfig, base: dict[str, str]
) -> None:
    made_of = {
        **asdict(config),
        "base": base,
        "categories": taxonomy.rows,
        "data_hash": data_hash(parts.all),
        "examples": {
            "training": len(parts.training),
            "sentences": beside,
            "validation": len(parts.validation),
            "test": len(parts.test),
        },
        "libraries": libraries(),
    }
    (folder / CONFIG_FILE).write_text(json.dumps(made_of, indent=1), "utf-8")
