"""A head over the labels as rows of a model's output matrix, so that any program that runs the model can ask it.

A head has a row for each label, the output matrix one for each token. Put in the place of its code's row, a label's row
makes the model write that code. One direction is added to all of them alike: it lifts the codes above every other
token, and between the codes it changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.errors import RouterUnavailable
from classifier.language_model import CodeScorer, load_base
from classifier.prompt import code_tokens
from finetune.examples import load

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classifier.taxonomy import Taxonomy

EVERY = 200
"""Every which packaged question is read: sixty are enough, and take seconds."""
LIFT = 10.0
"""By how many nats the likeliest code is above every other token: so few that a 4-bit model keeps their distances."""


@dataclass(frozen=True)
class CodeRows:
    """What stands in a model's output matrix, one row a label in their order, `none` last."""

    tokens: tuple[int, ...]
    """Each label's code."""
    rows: NDArray[np.float32]
    """Of shape (labels, hidden size)."""
    before: NDArray[np.float32]
    """The rows of the base that they stand in the place of, of the same shape."""
    vocabulary: int
    """Rows of the whole matrix."""


def code_rows(base: Path, adapter: Path, taxonomy: Taxonomy) -> CodeRows:
    """Return the output rows of the codes of an adapter that answers through a head.

    Some packaged questions are read, by which the codes are lifted.

    Args:
        base: the folder of the dense base that the adapter was taught on.
        adapter: the folder of the adapter.
        taxonomy: the categories that it was taught.

    Raises:
        RouterUnavailable: the parts do not fit together, a code is no single token, or the base's output matrix is its
            input matrix, too, in which a row cannot be changed for answering alone.
    """
    model, tokenizer = load_base(base)
    if model.config.tie_word_embeddings:
        raise RouterUnavailable(
            f"The base in {base} writes with the matrix that it reads with, so that a head cannot become a part of it. "
            "Teach a router that writes codes of itself, `our-house train --mode code --out FOLDER`, and export that: "
            "`our-house export router OUT --adapter FOLDER`."
        )
    outputs = model.get_output_embeddings().weight.float().numpy()
    model, tokenizer = load_base(base, adapter)
    head = model.get_output_embeddings().weight.float().numpy()
    scorer = CodeScorer(model, tokenizer, taxonomy)
    try:
        tokens = code_tokens(tokenizer, list(scorer.prompt.completions.values()))
    except ValueError as error:
        raise RouterUnavailable(str(error)) from error
    vectors = scorer.vectors([example.question for example in load()[::EVERY]]).astype(np.float32)
    rows = head + lift(vectors, head, np.delete(outputs, tokens, axis=0))
    return CodeRows(tuple(tokens), rows, outputs[tokens], len(outputs))


def lift(vectors: NDArray[np.float32], head: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what is added to every row of a head, so that its best is `LIFT` above all other rows, of shape (hidden,).

    It points along the mean of the vectors, to which all of a language model's are near.

    Args:
        vectors: what the model makes of some questions, of shape (questions, hidden size).
        head: of shape (labels, hidden size).
        others: the rows of all other tokens.
    """
    mean = vectors.mean(axis=0)
    direction = mean / (mean @ mean)
    missing = (vectors @ others.T).max(axis=1) + LIFT - (vectors @ head.T).max(axis=1)
    raised: NDArray[np.float32] = direction * max(0.0, float((missing / (vectors @ direction)).max()))
    return raised


def with_code_rows(model: Any, rows: CodeRows, outputs: Any) -> None:
    """Give a model that has a head its whole output matrix back, with the codes' rows in it.

    Args:
        outputs: the base's output matrix, which is changed.
    """
    import torch

    whole = torch.nn.Linear(outputs.shape[1], outputs.shape[0], bias=False, dtype=outputs.dtype)
    outputs[torch.tensor(rows.tokens)] = torch.from_numpy(rows.rows).to(outputs.dtype)
    whole.weight = torch.nn.Parameter(outputs, requires_grad=False)
    model.set_output_embeddings(whole)


def writer_of_codes(base: Path, adapter: Path, rows: CodeRows) -> tuple[Any, Any]:
    """Return the model, and its tokenizer, that of itself writes the codes that an adapter's head would choose.

    Raises:
        RouterUnavailable: the parts cannot be read or do not fit together.
    """
    plain, _ = load_base(base)
    outputs = plain.get_output_embeddings().weight.detach().clone()
    del plain
    model, tokenizer = load_base(base, adapter)
    with_code_rows(model, rows, outputs)
    return model, tokenizer
