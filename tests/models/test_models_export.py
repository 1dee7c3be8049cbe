"""An exported adapter on the publisher's own GGUF in llama.cpp, which Ollama runs, beside transformers."""

import json
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from assistant.catalogue import CATALOGUE
from assistant.settings import read_settings
from assistant.weights import ModelStore
from classifier.dense import dense_copy
from classifier.language_model import ADAPTER, CodeScorer, load_base
from classifier.ollama import context_tokens, plain_question
from classifier.prompt import Prompt, code_tokens, router_prompt
from classifier.taxonomy import DEFAULT_TAXONOMY
from classifier.versions import CONFIG_FILE
from finetune.examples import load
from finetune.export import adapter_to_gguf

pytestmark = [pytest.mark.models, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
BASE = "qwen2.5-coder-0.5b"
QUESTIONS = [example.question for example in load()[::40]][:60]
LEAD = 0.05
"""By how much a label must be the likeliest: 4-bit weights may well tip what is nearer to a draw."""


@pytest.fixture(scope="module")
def packed() -> Path:
    """The base's GGUF file, which `make test` has fetched."""
    settings = read_settings()
    return ModelStore(settings.models, hub=settings.hub).ensure(CATALOGUE[BASE])


@pytest.fixture(scope="module")
def dense(packed: Path) -> Path:
    return dense_copy(packed)


@pytest.fixture(scope="module")
def adapter(dense: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packaged adapter of this base that writes codes; else one of seeded noise, which changes most labels."""
    for path in sorted(ROOT.glob(f"*/packaged/*/{CONFIG_FILE}")):
        config = json.loads(path.read_text("utf-8"))
        if config.get("mode") == "code" and config.get("base", {}).get("name") == BASE:
            return path.parent / ADAPTER
    return _noise(dense, tmp_path_factory.mktemp("adapter"))


def _noise(dense: Path, folder: Path) -> Path:
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(0)
    targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    wrapped = get_peft_model(load_base(dense)[0], LoraConfig(r=8, lora_alpha=16, target_modules=targets))
    for name, weight in wrapped.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.02)
    wrapped.to(torch.bfloat16).save_pretrained(str(folder))
    return folder


def in_transformers(
    dense: Path, adapter: Path | None, questions: Sequence[str]
) -> tuple[Prompt, list[int], NDArray[np.float64]]:
    """The prompt, the codes' tokens, and every code's probability."""
    model, tokenizer = load_base(dense, adapter)
    prompt = router_prompt(DEFAULT_TAXONOMY, "code", tokenizer)
    scorer = CodeScorer(model, tokenizer, DEFAULT_TAXONOMY)
    codes = code_tokens(tokenizer, list(prompt.completions.values()))
    return prompt, codes, np.exp(scorer.log_probabilities(questions))


def in_llama(
    packed: Path, router: Path, prompt: Prompt, codes: Sequence[int], questions: Sequence[str]
) -> NDArray[np.float64]:
    """Every code's probability, one token of the whole prompt's text a question."""
    import xllamacpp

    lora = xllamacpp.CommonAdapterLoraInfo()
    lora.path, lora.scale = str(router), 1.0
    params = xllamacpp.CommonParams()
    params.model.path = str(packed)
    params.lora_adapters = [lora]
    params.n_ctx = context_tokens(prompt)
    params.n_parallel = 1
    params.warmup = False
    params.verbosity = -1
    params.api_keys = [secrets.token_urlsafe(32)]
    params.endpoint_slots = False
    params.ui = False
    server = xllamacpp.Server(params)
    rows = []
    for question in questions:
        reply: dict[str, Any] = server.handle_completions(
            {
                "prompt": prompt.before + plain_question(question) + prompt.after,
                "n_predict": 1,
                "n_probs": len(codes),
                "post_sampling_probs": True,
                "samplers": ["temperature"],
                "temperature": 1.0,
                "seed": 1,
                "logit_bias": [[code, 60.0] for code in codes],  # alike for all, and no other token is left
                "cache_prompt": True,
            }
        )
        tops = reply["choices"][0]["logprobs"]["content"][0]["top_probs"]
        told = {each["id"]: each["prob"] for each in tops}
        rows.append([told.get(code, 0.0) for code in codes])
    return np.array(rows)


def apart(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """The mean total variation of two sets of distributions: 0 where they are the same, 1 where nothing is."""
    return float(np.abs(first - second).sum(axis=1).mean() / 2)


def test_an_exported_adapter_labels_in_llama_cpp_as_in_transformers(
    packed: Path, dense: Path, adapter: Path, tmp_path: Path
) -> None:
    adapter_to_gguf(adapter, dense, tmp_path / "router.gguf")

    prompt, codes, expected = in_transformers(dense, adapter, QUESTIONS)
    found = in_llama(packed, tmp_path / "router.gguf", prompt, codes, QUESTIONS)

    ordered = np.sort(expected, axis=1)
    decided = ordered[:, -1] - ordered[:, -2] >= LEAD
    same = expected.argmax(axis=1) == found.argmax(axis=1)
    assert decided.sum() >= 30
    assert same[decided].mean() >= 0.98
    assert apart(expected, found) < 0.06
    # And it is the adapter that they have in common.
    _, _, plain = in_transformers(dense, None, QUESTIONS[:12])
    assert apart(plain, found[:12]) > 3 * apart(expected[:12], found[:12])
