"""Examples to an adapter of the sentence encoder and a linear head on its vectors, trained together.

`classifier.tuned_encoder` and `classifier.encoder` serve them; calibrating the head is left to `finetune.head`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.number_format import processor_dtype
from classifier.tuned_encoder import load_encoder, vectors
from finetune.misspell import misspell

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finetune.examples import Example


@dataclass(frozen=True)
class EncoderConfig:
    """One training run of the encoder's adapter (LoRA, Hu et al. 2021)."""

    rank: int = 16
    alpha: int = 32
    learning_rate: float = 1e-3
    head_rate: float = 1e-2
    """Of the linear head, which starts where a regression on the untouched vectors ends."""
    epochs: int = 2
    batch: int = 32
    warm_up: float = 0.1
    misspelt: float = 0.2
    """Share of the questions that are read with slips of the keyboard, drawn anew each time."""
    smoothing: float = 0.05
    """Of the labels (Szegedy et al. 2016): the questions it trains on are never quite sure."""
    dropout: float = 0.1
    seed: int = 0


def train_encoder(
    folder: Path,
    examples: Sequence[Example],
    labels: Sequence[str],
    weight: NDArray[np.float32],
    bias: NDArray[np.float32],
    out: Path,
    config: EncoderConfig,
    start_from: Path | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Train the adapter and the head together; write the adapter, return the head.

    Args:
        folder: of the encoder.
        labels: one a row of the head.
        weight: where the head starts, of shape (labels, dimension).
        bias: likewise, of shape (labels,).
        out: receives the adapter.
        start_from: the folder of an adapter to go on from; a new one is begun without.
        on_progress: hears the steps done, of how many.

    Returns:
        The head's weight and bias.

    Raises:
        RouterUnavailable: the encoder cannot be read.
    """
    import torch
    from peft import LoraConfig, PeftModel, get_peft_model
    from transformers import get_cosine_schedule_with_warmup

    torch.manual_seed(config.seed)
    drawn = random.Random(config.seed)
    model, tokenizer = load_encoder(folder)
    if start_from is not None:
        model.requires_grad_(False)
        wrapped: Any = PeftModel.from_pretrained(model, start_from, is_trainable=True, use_safetensors=True)
    else:
        wrapped = get_peft_model(
            model,
            LoraConfig(
                r=config.rank, lora_alpha=config.alpha, lora_dropout=config.dropout, target_modules="all-linear"
            ),
        )
    head = torch.nn.Linear(weight.shape[1], weight.shape[0])
    with torch.no_grad():
        head.weight.copy_(torch.from_numpy(np.ascontiguousarray(weight)))
        head.bias.copy_(torch.from_numpy(np.ascontiguousarray(bias)))
    adapter = [parameter for parameter in wrapped.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(
        [
            {"params": adapter, "lr": config.learning_rate},
            {"params": list(head.parameters()), "lr": config.head_rate},
        ],
        weight_decay=0.01,
    )
    steps = config.epochs * -(-len(examples) // config.batch)
    schedule = get_cosine_schedule_with_warmup(optimizer, round(config.warm_up * steps), steps)
    wrapped.train()
    done = 0
    for _ in range(config.epochs):
        order = drawn.sample(list(examples), len(examples))
        for start in range(0, len(order), config.batch):
            batch = order[start : start + config.batch]
            questions = [
                misspell(each.question, drawn) if drawn.random() < config.misspelt else each.question for each in batch
            ]
            target = torch.tensor([labels.index(each.category) for each in batch])
            with torch.autocast("cpu", torch.bfloat16, enabled=processor_dtype() == torch.bfloat16):
                logits = head(vectors(wrapped, tokenizer, questions))
            loss = torch.nn.functional.cross_entropy(logits.float(), target, label_smoothing=config.smoothing)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_([*adapter, *head.parameters()], 1.0)
            optimizer.step()
            schedule.step()
            done += 1
            on_progress(done, steps)
    wrapped.train(False)
    wrapped.peft_config["default"].base_model_name_or_path = ""  # where it lay on this machine is no matter
    wrapped.to(torch.bfloat16).save_pretrained(str(out))
    (out / "README.md").unlink(missing_ok=True)
    return head.weight.detach().numpy().copy(), head.bias.detach().numpy().copy()
