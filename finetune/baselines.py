"""The plain ways of labelling with a language model, kept to be measured against: free generation, and scored names.

What serves is `classifier.language_model.CodeScorer`; nothing here does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.laid_out import lay_out
from classifier.packing import pack
from classifier.prompt import Mode, question_tokens, router_prompt, text_tokens

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from classifier.taxonomy import Taxonomy

MOST_WRITTEN = 12
"""Tokens after which a free answer is cut: the longest name takes 4."""


class PromptedModel:
    """A causal language model with the router's prompt read once, asked without any help."""

    def __init__(self, model: Any, tokenizer: Any, taxonomy: Taxonomy, mode: Mode, most: int = MOST_WRITTEN) -> None:
        """Take a model over: it can be read from afterwards, and neither trained nor saved.

        Args:
            model: a causal language model of transformers.
            tokenizer: its tokenizer.
            taxonomy: the labels.
            mode: what it is told to answer with.
            most: tokens that it may write; one, where it was taught to write a code and not when to end.
        """
        import torch

        prompt = router_prompt(taxonomy, mode, tokenizer)
        self.labels = tuple(prompt.completions)
        """One a column of what `log_probabilities` returns; `none` is the last."""
        self._completions = dict(prompt.completions)
        self._most = most
        self._model = model
        self._tokenizer = tokenizer
        self._prefix = text_tokens(tokenizer, prompt.before)
        self._after = text_tokens(tokenizer, prompt.after)
        with torch.inference_mode():
            self._cache = model(torch.tensor([self._prefix]), use_cache=True, logits_to_keep=1).cache
        lay_out(model)

    def write(self, question: str) -> str:
        """Return what the model writes of itself, word by word the likeliest."""
        import torch

        with torch.inference_mode():
            asked = question_tokens(self._tokenizer, question) + self._after
            logits, read = self._read(asked), len(asked)
            written: list[int] = []
            while (token := int(logits[-1].argmax())) != self._tokenizer.eos_token_id and len(written) < self._most:
                written.append(token)
                logits, read = self._read([token]), read + 1
            self._cache.crop(-read)
        text: str = self._tokenizer.decode(written, skip_special_tokens=True)
        return text

    def label(self, written: str) -> str | None:
        """Return the label that a free answer is, but for case and a full stop; None where it is none."""
        said = written.strip().strip(".").casefold()
        return next((label for label, text in self._completions.items() if text.casefold() == said), None)

    def log_probabilities(self, questions: Sequence[str]) -> NDArray[np.float64]:
        """Return each label's log-probability of being written in full, of shape (questions, labels), over all labels.

        Every token of a label is scored, and the end after it.
        """
        from scipy.special import log_softmax

        return np.asarray(log_softmax(np.array([self._scores(question) for question in questions]), axis=1))

    def _scores(self, question: str) -> list[float]:
        import torch

        end = [self._tokenizer.eos_token_id]
        completions = [text_tokens(self._tokenizer, text) + end for text in self._completions.values()]
        asked = question_tokens(self._tokenizer, question) + self._after
        with torch.inference_mode():
            first = torch.log_softmax(self._read(asked)[-1], dim=-1)
            row = pack(self._prefix + asked, [each[:-1] for each in completions], self._model.dtype, cached=True)
            later = torch.log_softmax(self._pass(row.ids, row.positions, row.mask), dim=-1)
            self._cache.crop(-(len(asked) + row.ids.shape[1]))
        scores, start = [], 0
        for each in completions:
            rest = later[torch.arange(start, start + len(each) - 1), torch.tensor(each[1:])]
            scores.append(float(first[each[0]] + rest.sum()))
            start += len(each) - 1
        return scores

    def _read(self, ids: Sequence[int]) -> torch.Tensor:
        """The logits after the last of the tokens, which all stay in the cache, of shape (1, vocabulary)."""
        import torch

        start = self._cache.get_seq_length()
        return self._pass(torch.tensor([list(ids)]), torch.arange(start, start + len(ids))[None], None, keep=1)

    def _pass(
        self, ids: torch.Tensor, positions: torch.Tensor, mask: torch.Tensor | None, keep: int = 0
    ) -> torch.Tensor:
        output = self._model(
            input_ids=ids,
            position_ids=positions,
            attention_mask=mask,
            cache=self._cache,
            use_cache=True,
            logits_to_keep=keep,
        )
        logits: torch.Tensor = output.logits[0].float()
        return logits
