"""A serving router's two heads for the categories that a house has by now, which `finetune.household` trains on.

What a head knew stays as it was, a new category's row begins near what it is to be, and that of one that is gone is
left out.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.encoder import Embed, Head
from classifier.language_model import ADAPTER_WEIGHTS, LABEL_HEAD, CodeScorer, load_base, use_label_head
from finetune.examples import Example
from finetune.head import HeadConfig, columns_of, labels_of, regression

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classifier.taxonomy import Taxonomy

NEIGHBOURS = 2_000
"""Packaged questions that a new category's row of the encoder's head is told from."""
OTHERS = 300
"""Likewise of the language model's head: it reads some dozens a second."""
STRENGTH = 10.0
"""Inverse of the L2 penalty of a new row's distance from where it begins.

Untrained yet, a row of 5 questions recognises 94 % of fresh ones, and one of 48 99 %; they take 1 and 2 of 100 from
what the language model alone had right of other questions. The mean of learned rows recognises none."""


def grown_head(
    head: Head,
    labels: Sequence[str],
    taught: Sequence[Example],
    kept: Sequence[Example],
    embed: Embed,
    config: HeadConfig,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the serving head's weight and bias for `labels`; a new label's row is a regression's, of the same length.

    What the head knew stays as it was: a regression on all labels anew would forget what tuning had taught it.
    """
    weight = np.zeros((len(labels), head.weight.shape[1]), np.float32)
    bias = np.zeros(len(labels), np.float32)
    known = [at for at, label in enumerate(labels) if label in head.labels]
    rows = [head.labels.index(labels[at]) for at in known]
    weight[known], bias[known] = head.weight[rows], head.bias[rows]
    if len(known) < len(labels):
        sample = random.Random(config.seed).sample(list(kept), min(NEIGHBOURS, len(kept)))
        examples = [*sample, *taught]
        found = labels_of(examples)
        vectors = embed([each.question for each in examples])
        fitted, offset = regression(vectors, columns_of(examples, found), config)
        length = np.linalg.norm(head.weight, axis=1).mean() / np.linalg.norm(fitted, axis=1).mean()
        for at, label in enumerate(labels):
            if at not in known:
                weight[at], bias[at] = fitted[found.index(label)] * length, offset[found.index(label)] * length
    return weight, bias


def grown_adapter(
    adapter: Path,
    known: Sequence[str],
    taxonomy: Taxonomy,
    base: Path,
    taught: Sequence[Example],
    kept: Sequence[Example],
    out: Path,
    seed: int = 0,
) -> None:
    """Write an adapter anew with a head over the labels of now; all else of it stays.

    Args:
        adapter: the folder of an adapter with a head over the labels.
        known: what each of that head's rows stands for now; a name that is no label where its category is gone.
        taxonomy: the categories of now.
        base: the folder of the dense base.
        taught: the household's examples.
        kept: other examples, of which a sample is read where a label is new.
        out: the folder that is written.

    Raises:
        RouterUnavailable: the base or the adapter cannot be read.
        OSError, SafetensorError: the folder cannot be written.
    """
    import torch
    from safetensors.torch import load_file, save_file

    tensors = load_file(adapter / ADAPTER_WEIGHTS)
    (name,) = (each for each in tensors if LABEL_HEAD in each)
    learned = tensors[name]
    labels = taxonomy.labels
    head = torch.zeros(len(labels), learned.shape[1], dtype=learned.dtype)
    old = [at for at, label in enumerate(labels) if label in known]
    head[old] = learned[[known.index(labels[at]) for at in old]]
    new = [at for at in range(len(labels)) if at not in old]
    if new:
        draw = random.Random(seed)
        own = {at: [each for each in (*taught, *kept) if each.category == labels[at]][:OTHERS] for at in new}
        rest = [each for each in kept if each.category in known]
        others = [*draw.sample(rest, min(OTHERS, len(rest))), *(each for each in taught if each.category in known)]
        examples = [*others, *(each for questions in own.values() for each in questions)]
        vectors = _reader(base, adapter, taxonomy).vectors([each.question for each in examples])
        rows = head[old].double().numpy()
        for at in new:
            belongs = np.array([each.category == labels[at] for each in examples])
            if belongs.any():
                head[at] = torch.from_numpy(new_row(vectors, belongs, rows)).to(head.dtype)
    out.mkdir(parents=True, exist_ok=True)
    shutil.copytree(adapter, out, dirs_exist_ok=True, ignore=shutil.ignore_patterns(ADAPTER_WEIGHTS))
    save_file({**tensors, name: head}, out / ADAPTER_WEIGHTS, {"format": "pt"})


def new_row(vectors: NDArray[np.float64], belongs: NDArray[np.bool_], rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the row of a new label, which tells its examples from all others while the other rows stay as they are.

    It begins at the mean of the learned rows, each weighed by what its label has of the new label's examples so far,
    and goes on by a logistic regression against all of them together, in which its few examples count as much as all
    others.

    Args:
        vectors: of the examples, of shape (examples, hidden size).
        belongs: which of them are the new label's, of shape (examples,).
        rows: of the labels that are known, of shape (labels, hidden size).
    """
    from scipy.optimize import minimize
    from scipy.special import expit, logsumexp, softmax

    length = np.linalg.norm(vectors, axis=1).mean()
    unit, scaled = vectors / length, rows * length  # so that a penalty means the same for every model
    logits = unit @ scaled.T
    start = softmax(logits[belongs], axis=1).mean(axis=0) @ scaled
    others = logsumexp(logits, axis=1)
    sign = np.where(belongs, 1.0, -1.0)
    weights = np.where(belongs, (~belongs).sum() / belongs.sum(), 1.0)

    def loss(row: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (unit @ row - others)
        apart = row - start
        gradient = -(weights * sign * expit(-margin)) @ unit + apart / STRENGTH
        return float(weights @ np.logaddexp(0, -margin) + apart @ apart / (2 * STRENGTH)), gradient

    found: NDArray[np.float64] = minimize(loss, start, jac=True, method="L-BFGS-B").x / length
    return found


def _reader(base: Path, adapter: Path, taxonomy: Taxonomy) -> CodeScorer:
    """The model as it is, behind the prompt that it will be trained with; its outputs are none yet."""
    model: Any
    model, tokenizer = load_base(base, adapter)
    use_label_head(model, len(taxonomy.labels))
    return CodeScorer(model, tokenizer, taxonomy)
