"""A causal language model small enough to be trained in a test: two Qwen2 layers and a tokenizer of single bytes."""

import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from classifier.taxonomy import Taxonomy

MARKS = ["<|im_start|>", "<|im_end|>", "<|endoftext|>"]
CHAT = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
WATER_OR_FIRE = Taxonomy.of([("water", "AA", "what is wet"), ("fire", "BB", "what is hot")])


class Cut(Exception):
    """What stands for a power cut in the middle of a training."""


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """Threads that wait for one another take ten times the work of steps this small, where cores are busy."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def tiny_tokenizer() -> Any:
    """Qwen2's tokenizer with single bytes and the doubled capitals that are codes for its vocabulary."""
    from tokenizers import pre_tokenizers
    from transformers import Qwen2Tokenizer

    codes = [letter * 2 for letter in string.ascii_uppercase]
    tokens = [*MARKS, *codes, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    tokenizer = Qwen2Tokenizer(
        vocab={token: at for at, token in enumerate(tokens)},
        merges=[(letter, letter) for letter in string.ascii_uppercase],  # type: ignore[misc]  # so the docs ask
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        additional_special_tokens=MARKS[:1],
    )
    tokenizer.chat_template = CHAT
    return tokenizer


def tiny_model(seed: int = 0) -> Any:
    """A seeded random Qwen2 of two layers in float32."""
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(seed)
    config = Qwen2Config(
        vocab_size=len(tiny_tokenizer()),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=1024,
        tie_word_embeddings=False,
        initializer_range=0.3,  # so that a frozen output matrix this small can tell tokens apart
    )
    model = Qwen2ForCausalLM(config).requires_grad_(False)
    return model.train(False)


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny base model, as `load_base` reads it."""
    folder = tmp_path_factory.mktemp("base")
    tiny_model().save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    return folder
