"""Qwen3's code paths with its real tokenizer on a tiny random model: training, scoring, a tied head, GGUF names.

Its weights are in no registry that every machine reaches. Its tokenizer is Qwen2.5's with four marks more, and so is
made of the one that `make test` has fetched; the outcome encodes as the published one does.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from assistant.models.catalogue import CATALOGUE
from assistant.models.weights import ModelStore
from assistant.settings import read_settings
from classifier.dense import dense_copy
from classifier.language_model import ADAPTER, CodeScorer, load_base
from classifier.prompt import code_tokens, router_prompt
from classifier.qwen3 import CONFIG, furnish
from classifier.taxonomy import DEFAULT_TAXONOMY
from finetune.config import TrainConfig
from finetune.examples import Example, Split
from finetune.export import adapter_to_gguf
from finetune.train import train

pytestmark = pytest.mark.models

FIRST_MARK = 151665
MORE_MARKS = ["<tool_response>", "</tool_response>", "<think>", "</think>"]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny random Qwen3 as `our-house models fetch qwen3-0.6b` leaves the real one: weights and tokenizer alone."""
    from transformers import Qwen3Config, Qwen3ForCausalLM

    settings, folder = read_settings(), tmp_path_factory.mktemp("qwen3")
    packed = ModelStore(settings.models, hub=settings.hub).ensure(CATALOGUE["qwen2.5-coder-0.5b"])
    tokenizer = json.loads((dense_copy(packed) / "tokenizer.json").read_text("utf-8"))
    vocabulary = tokenizer["model"]["vocab"]
    tokenizer["model"]["vocab"] = {word: at for word, at in vocabulary.items() if at < FIRST_MARK}
    for at, mark in enumerate(MORE_MARKS, start=FIRST_MARK):
        plain = tokenizer["added_tokens"][-1] | {"id": at, "content": mark, "special": False}
        tokenizer["added_tokens"].append(plain)
        tokenizer["model"]["vocab"][mark] = at
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False), "utf-8")
    torch.manual_seed(0)
    tiny: dict[str, Any] = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "head_dim": 16}
    heads: dict[str, Any] = {"num_attention_heads": 4, "num_key_value_heads": 2, "initializer_range": 0.3}
    Qwen3ForCausalLM(Qwen3Config(**{**CONFIG, **tiny, **heads, "dtype": "float32"})).save_pretrained(folder)
    return furnish(folder)


def test_the_prompt_is_chatml_with_an_empty_thought_and_every_code_is_one_token(base: Path) -> None:
    _, tokenizer = load_base(base)

    prompt = router_prompt(DEFAULT_TAXONOMY, "code", tokenizer)

    assert prompt.before.startswith("<|im_start|>system\n")
    assert prompt.before.endswith("<|im_start|>user\n")
    assert prompt.after == "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n"
    assert len(set(code_tokens(tokenizer, list(prompt.completions.values())))) == 19
    marks = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<think>", "</think>"]
    assert tokenizer.convert_tokens_to_ids(marks) == [151643, 151644, 151645, 151667, 151668]


def test_a_tied_head_is_trained_around_scored_and_exported(base: Path, tmp_path: Path) -> None:
    from gguf import GGUFReader

    words = {"pool": "chlorine", "fence": "boards", "none": "weather"}
    examples = [Example(f"{word} {at}", label, f"{label}{at}") for label, word in words.items() for at in range(16)]
    config = TrainConfig(
        mode="code", rank=4, alpha=4, untouched=0.0, learning_rate=0.03, epochs=20, batch=8, misspelt=0.0
    )

    losses = train(*load_base(base), DEFAULT_TAXONOMY, Split(examples, examples[::3], []), tmp_path, config)
    scorer = CodeScorer(*load_base(base, tmp_path / ADAPTER), DEFAULT_TAXONOMY)
    rows = scorer.log_probabilities(["chlorine 99", "boards 99", "weather 99"])
    adapter_to_gguf(tmp_path / ADAPTER, base, tmp_path / "router.gguf")

    assert losses["validation"][-1][1] < losses["validation"][0][1]
    assert [scorer.labels[at] for at in rows.argmax(axis=1)] == ["pool", "fence", "none"]
    np.testing.assert_allclose(np.exp(rows).sum(axis=1), 1, atol=1e-5)
    reader = GGUFReader(tmp_path / "router.gguf")
    names = {tensor.name for tensor in reader.tensors}
    assert {"blk.1.attn_q.weight.lora_a", "blk.1.ffn_down.weight.lora_b"} <= names
    assert reader.fields["general.architecture"].contents() == "qwen3"
