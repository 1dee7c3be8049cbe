"""Questions with the sentences that answer them to a reranker; `knowledge.reranker` serves it.

All layers are trained, which takes half the time of training low-rank factors on a processor; what changed is then kept
as low-rank factors, a tenth of the size (Eckart and Young 1936: the nearest of that rank).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.embedding import alike, processor_dtype
from knowledge.reranker import DOWN, HEAD, UP, become, encoder, pair_scores

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Reading:
    """A question, what there is to read, and what of it answers."""

    question: str
    sentences: tuple[str, ...]
    """As `knowledge.sentences.in_context` makes them."""
    nearness: tuple[float, ...]
    """Cosine of each with the question: the nearest ones that answer nothing teach most."""
    answering: frozenset[int]
    """Which of them answer; none where the question cannot be answered."""


@dataclass(frozen=True)
class RerankerConfig:
    """One training run of a reranker."""

    learning_rate: float = 1.2e-4
    head_rate: float = 3e-3
    epochs: float = 3.0
    batch: int = 8
    """Questions in one step."""
    beside: int = 12
    """Sentences that are read with each question, those that answer among them."""
    near: float = 0.75
    """Share of the others that are drawn from the nearest; the rest are drawn from all."""
    warm_up: float = 0.1
    rank: int = 64
    """Of the factors that are kept of each matrix."""
    seed: int = 0


def train_reranker(
    folder: Path,
    readings: Sequence[Reading],
    out: Path,
    config: RerankerConfig,
    on_progress: Callable[[int, int, float], None] = lambda done, total, loss: None,
    *,
    begin: Path | None = None,
) -> None:
    """Train a reranker and write what it was changed by.

    The loss is that of the right choice among the sentences and 'none of these', whose score is nought: so that a score
    tells both which sentence answers and whether any does.

    Args:
        folder: of the sentence encoder that it begins as.
        out: the safetensors file to write.
        on_progress: hears the steps done, of how many, and the loss of late.
        begin: a file that was written so before, to go on from.

    Raises:
        RerankerUnavailable: the encoder cannot be read, or `begin` is no such file.
    """
    import torch
    from safetensors.torch import save_file
    from transformers import get_cosine_schedule_with_warmup

    torch.manual_seed(config.seed)
    drawn = random.Random(config.seed)
    model, tokenizer, head = encoder(folder)
    model.requires_grad_(True)
    model.embeddings.requires_grad_(False)
    before = {name: each.detach().clone() for name, each in model.named_parameters() if each.requires_grad}
    if begin is not None:
        become(model, head, begin)
    trained = [each for each in model.parameters() if each.requires_grad]
    optimizer = torch.optim.AdamW(
        [
            {"params": trained, "lr": config.learning_rate},
            {"params": list(head.parameters()), "lr": config.head_rate},
        ],
        weight_decay=0.01,
    )
    steps = max(1, round(config.epochs * len(readings) / config.batch))
    schedule = get_cosine_schedule_with_warmup(optimizer, round(config.warm_up * steps), steps)
    model.train()
    waiting: list[Reading] = []
    late = 0.0
    for done in range(1, steps + 1):
        while len(waiting) < config.batch:
            waiting += drawn.sample(list(readings), len(readings))
        batch, waiting = waiting[: config.batch], waiting[config.batch :]
        loss = _loss(model, tokenizer, head, [(each, _beside(each, config, drawn)) for each in batch])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_([*trained, *head.parameters()], 1.0)
        optimizer.step()
        schedule.step()
        late = float(loss.detach()) if done == 1 else 0.95 * late + 0.05 * float(loss.detach())
        on_progress(done, steps, late)
    out.parent.mkdir(parents=True, exist_ok=True)
    save_file(changes(model, before, head, config.rank), out)


def _beside(reading: Reading, config: RerankerConfig, drawn: random.Random) -> list[int]:
    """Draw what is read with a question; what answers comes first."""
    others = sorted(
        (at for at in range(len(reading.sentences)) if at not in reading.answering),
        key=lambda at: -reading.nearness[at],
    )
    room = max(0, config.beside - len(reading.answering))
    nearest = others[: 2 * room]
    chosen = drawn.sample(nearest, min(len(nearest), int(room * config.near)))
    rest = [at for at in others if at not in chosen]
    return [*sorted(reading.answering), *chosen, *drawn.sample(rest, min(len(rest), room - len(chosen)))]


def _loss(model: Any, tokenizer: Any, head: Any, batch: Sequence[tuple[Reading, list[int]]]) -> torch.Tensor:
    import torch

    total = torch.zeros(())
    pairs = [(reading.question, reading.sentences[at]) for reading, shown in batch for at in shown]
    with torch.autocast("cpu", torch.bfloat16, enabled=processor_dtype() == torch.bfloat16):
        scores = _in_order(model, tokenizer, head, pairs)
    for (reading, _), own in zip(batch, torch.split(scores, [len(shown) for _, shown in batch]), strict=True):
        shares = torch.log_softmax(torch.cat([torch.zeros(1), own]), dim=0)
        answering = len(reading.answering)
        total = total - (torch.logsumexp(shares[1 : 1 + answering], dim=0) if answering else shares[0])
    return total / len(batch)


def _in_order(model: Any, tokenizer: Any, head: Any, pairs: Sequence[tuple[str, str]]) -> torch.Tensor:
    """Score pairs, those of like length together, which pads less."""
    import torch

    order: list[int] = []
    scores = []
    for batch in alike([f"{question} {sentence}" for question, sentence in pairs]):
        order += batch
        scores.append(pair_scores(model, tokenizer, head, [pairs[at] for at in batch]))
    return torch.cat(scores)[torch.argsort(torch.tensor(order))]


def changes(model: Any, before: dict[str, torch.Tensor], head: Any, rank: int) -> dict[str, torch.Tensor]:
    """Return what an encoder was changed by, as `knowledge.reranker.changed` adds it, in bfloat16.

    Args:
        before: the weights that it began with, by name.
        rank: of the factors of each matrix; vectors are kept whole.
    """
    import torch

    found = {}
    for name, parameter in model.named_parameters():
        if name not in before:
            continue
        change = (parameter.detach() - before[name]).float()
        if change.dim() == 2 and min(change.shape) > rank:
            left, sizes, right = torch.linalg.svd(change, full_matrices=False)
            root = sizes[:rank].sqrt()
            found[name + UP] = left[:, :rank] * root
            found[name + DOWN] = root[:, None] * right[:rank]
        else:
            found[name] = change
    found |= {HEAD + name: each.detach() for name, each in head.state_dict().items()}
    return {name: each.to(torch.bfloat16).contiguous() for name, each in found.items()}
