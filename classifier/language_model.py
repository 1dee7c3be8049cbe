"""A causal language model that scores every label in one pass, by its code or through a head over the labels.

`finetune.train` makes its adapter.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.errors import RouterUnavailable
from classifier.laid_out import give_memory_back, halve_embeddings, lay_out
from classifier.number_format import best_dtype
from classifier.packing import pack
from classifier.prompt import code_tokens, question_tokens, router_prompt, text_tokens

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from classifier.taxonomy import Taxonomy

ADAPTER = "adapter"
ADAPTER_WEIGHTS = "adapter_model.safetensors"
LABEL_HEAD = "lm_head"
"""What transformers calls the output matrix, which a linear head over the labels takes the place of."""
TOGETHER = 256
"""Tokens of waiting questions that are read in one pass: more gain little speed and take quadratic memory."""


def load_base(folder: Path, adapter: Path | None = None) -> tuple[Any, Any]:
    """Read a base model and its tokenizer, with an adapter merged into it where one is given.

    Args:
        folder: of the dense base: `config.json`, safetensors and the tokenizer's files.
        adapter: the folder of a LoRA adapter that peft wrote for this base.

    Raises:
        RouterUnavailable: something is missing, damaged, or does not fit together.
    """
    from transformers import AutoModelForCausalLM
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]
    tokenizer = load_tokenizer(folder)
    try:
        model = AutoModelForCausalLM.from_pretrained(
            folder, dtype=best_dtype(), local_files_only=True, use_safetensors=True
        )
        if adapter is not None:
            from peft import PeftModel

            if labels := label_head_size(adapter):
                use_label_head(model, labels)
            model = PeftModel.from_pretrained(model, adapter, use_safetensors=True).merge_and_unload()
    except Exception as error:  # transformers, peft and safetensors each raise what they like
        what = f"{folder} with {adapter}" if adapter else f"{folder}"
        raise RouterUnavailable(f"The router's language model cannot be read from {what} ({error}).") from error
    model.requires_grad_(False)  # an adapter brings what is trained
    return model.train(False), tokenizer


def load_tokenizer(folder: Path) -> Any:
    """Read a base's tokenizer; raises RouterUnavailable."""
    from transformers import AutoTokenizer

    try:
        if not (folder / "tokenizer.json").is_file():  # without it, transformers makes an empty one and says nothing
            raise FileNotFoundError("there is no tokenizer.json")
        return AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except Exception as error:  # transformers raises what it likes
        raise RouterUnavailable(f"The router's tokenizer cannot be read from {folder} ({error}).") from error


def use_label_head(model: Any, labels: int) -> None:
    """Give a model one output a label in the place of one a token: a linear head that is still to be trained."""
    import torch

    head = torch.nn.Linear(model.config.hidden_size, labels, bias=False)
    torch.nn.init.zeros_(head.weight)
    model.config.tie_word_embeddings = False
    model.set_output_embeddings(head)


def label_head_size(adapter: Path) -> int:
    """Return how many labels the head in an adapter's folder knows; 0 where it has none."""
    from safetensors import safe_open

    with safe_open(adapter / ADAPTER_WEIGHTS, framework="np") as tensors:
        heads = [name for name in tensors.keys() if LABEL_HEAD in name]  # noqa: SIM118  # it is no dict
        return int(tensors.get_slice(heads[0]).get_shape()[0]) if heads else 0


class CodeScorer:
    """Scores questions against the labels of a taxonomy; the prompt that all share is read once.

    What it scores is each label's code, or, where the model has a head over the labels, that head's outputs.
    """

    def __init__(self, model: Any, tokenizer: Any, taxonomy: Taxonomy) -> None:
        """Take a model over: it can be read from afterwards, and neither trained nor saved.

        Args:
            model: a causal language model of transformers.
            tokenizer: its tokenizer.
            taxonomy: the categories that it was taught; a head has a row for each in their order, and one for `none`.

        Raises:
            RouterUnavailable: a code of the taxonomy is no single token of this model, or its head knows other labels.
        """
        import torch

        self.prompt = prompt = router_prompt(taxonomy, "code", tokenizer)
        self.labels = tuple(prompt.completions)
        """One a column of what `log_probabilities` returns; `none` is the last."""
        outputs = model.get_output_embeddings().weight
        if len(outputs) == model.config.vocab_size:
            try:
                codes = code_tokens(tokenizer, list(prompt.completions.values()))
            except ValueError as error:
                raise RouterUnavailable(str(error)) from error
            outputs = outputs[torch.tensor(codes)]  # the others are not needed: an 8,000th of the matrix is left
        elif len(outputs) != len(self.labels):
            raise RouterUnavailable(
                f"The router's language model has a head over {len(outputs)} labels, and there are {len(self.labels)}."
            )
        # In float32: a row of many equal parts makes great logits, whose differences bfloat16 would not tell apart.
        self._outputs = outputs.detach().float()
        self._tokenizer = tokenizer
        self._prefix = text_tokens(tokenizer, prompt.before)
        self._after = text_tokens(tokenizer, prompt.after)
        self._body = model.get_decoder()
        self._alone = threading.Lock()
        with torch.inference_mode():
            self._cache = self._body(torch.tensor([self._prefix]), use_cache=True).cache
        lay_out(self._body)
        halve_embeddings(self._body)
        give_memory_back()

    def log_probabilities(self, questions: Sequence[str]) -> NDArray[np.float64]:
        """Return every label's log-probability, of shape (questions, labels).

        They are relative to the labels alone: no other token can be an answer.
        """
        import torch

        scores = np.zeros((len(questions), len(self.labels)))
        with self._alone, torch.inference_mode():
            for batch, hidden in self._hidden(questions):
                logits = hidden.float() @ self._outputs.T
                scores[batch] = torch.log_softmax(logits, dim=-1).numpy().astype(np.float64)
        return scores

    def vectors(self, questions: Sequence[str]) -> NDArray[np.float64]:
        """Return what the model makes of each question before its outputs, of shape (questions, hidden size)."""
        import torch

        vectors = np.zeros((len(questions), self._outputs.shape[1]))
        with self._alone, torch.inference_mode():
            for batch, hidden in self._hidden(questions):
                vectors[batch] = hidden.float().numpy().astype(np.float64)
        return vectors

    def _hidden(self, questions: Sequence[str]) -> Iterator[tuple[list[int], torch.Tensor]]:
        """Read questions in few passes; yields each pass's questions by their place, and their vectors."""
        rows = [question_tokens(self._tokenizer, question) + self._after for question in questions]
        order = sorted(range(len(rows)), key=lambda at: len(rows[at]))
        for batch in _batches(order, rows):
            yield batch, self._read([rows[at] for at in batch])

    def _read(self, rows: Sequence[Sequence[int]]) -> torch.Tensor:
        packed = pack(self._prefix, rows, self._body.dtype, cached=True)
        output = self._body(
            input_ids=packed.ids,
            position_ids=packed.positions,
            attention_mask=packed.mask,
            cache=self._cache,
            use_cache=True,
        )
        self._cache.crop(-packed.ids.shape[1])  # what is left is the prefix, as before
        hidden: torch.Tensor = output.last_hidden_state[0, packed.ends]
        return hidden


def _batches(order: Sequence[int], rows: Sequence[Sequence[int]]) -> list[list[int]]:
    """Group indices so that each group's rows have `TOGETHER` tokens or fewer, or are one row."""
    batches: list[list[int]] = []
    filled = TOGETHER
    for at in order:
        filled += len(rows[at])
        if filled > TOGETHER:
            batches.append([])
            filled = len(rows[at])
        batches[-1].append(at)
    return batches
