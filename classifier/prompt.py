"""The one prompt by which a language model labels a question, in training and in serving; others run it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from classifier.taxonomy import NONE, Taxonomy

Mode = Literal["code", "category", "head"]
"""Whether the model answers with a category's opaque code, with its name, or through a linear head of its own."""

NONE_CODE = "ZZ"
LONGEST = 192
"""Tokens of a question that are read: a longer one is read at both ends, where the matter usually is named."""

_PLACE = "\ue000"
_TASK = "Which household matter is the question about? Answer with its {what} alone."


@dataclass(frozen=True)
class Prompt:
    """Everything around a question, and what the model is to write for each label."""

    before: str
    """The same for every question, so that its work is done once."""
    after: str
    completions: Mapping[str, str]
    """What stands for each label; in code mode it is one token. A head over the labels has their order."""


def task(taxonomy: Taxonomy, mode: Mode) -> tuple[str, dict[str, str]]:
    """Return what the model is told to do, and what it is to write for each label; `none` is the last."""
    codes = {**{category.name: category.code for category in taxonomy}, NONE: NONE_CODE}
    names = {**{category.name: category.name for category in taxonomy}, NONE: "none of these"}
    if mode == "category":
        return "\n".join([_TASK.format(what="name"), *names.values()]), names
    return "\n".join([_TASK.format(what="code"), *(f"{names[label]}: {codes[label]}" for label in codes)]), codes


def router_prompt(taxonomy: Taxonomy, mode: Mode, tokenizer: Any) -> Prompt:
    """Lay out the prompt in the model's own chat form, without thinking.

    Args:
        taxonomy: the categories; `none` is added.
        mode: what the model answers with.
        tokenizer: the base's, for its chat template.
    """
    told, completions = task(taxonomy, mode)
    turns = [{"role": "system", "content": told}, {"role": "user", "content": _PLACE}]
    text = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True, enable_thinking=False)
    before, _, after = text.partition(_PLACE)
    return Prompt(before, after, completions)


def question_tokens(tokenizer: Any, question: str) -> list[int]:
    """Return a question's token ids; what looks like the chat form's own marks is read as plain text."""
    words = " ".join(question.split())
    ids: list[int] = tokenizer(words, add_special_tokens=False, split_special_tokens=True)["input_ids"]
    if len(ids) > LONGEST:
        ids = ids[: LONGEST // 2] + ids[-LONGEST // 2 :]
    return ids


def text_tokens(tokenizer: Any, text: str) -> list[int]:
    """Return the token ids of the prompt's own text, the chat form's marks among them."""
    ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    return ids


def code_tokens(tokenizer: Any, codes: Sequence[str]) -> list[int]:
    """Return each code's one token; raises ValueError where a code takes more."""
    tokens = [text_tokens(tokenizer, code) for code in codes]
    for code, ids in zip(codes, tokens, strict=True):
        if len(ids) != 1:
            raise ValueError(f"The code {code} takes {len(ids)} tokens of this model; choose another one.")
    return [ids[0] for ids in tokens]
