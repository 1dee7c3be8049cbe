"""The packaged router as `our-house export router` writes it, in llama.cpp, beside the one that serves.

    python -m benchmarks.exported

Every question of the second set is asked both: the adapter in GGUF on the publisher's own 4-bit file, whose next token
is any of its vocabulary, and the dense model with its head over the labels. Prints how often the first token is a code
at all, how often both choose the same label, how often each is right, and how far apart their probabilities are.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from assistant.build import House
from assistant.settings import read_settings
from classifier.language_model import ADAPTER, CodeScorer, load_base
from classifier.ollama import context_tokens, plain_question
from classifier.prompt import Prompt, code_tokens, router_prompt
from classifier.taxonomy import DEFAULT_TAXONOMY
from finetune.code_rows import code_rows
from finetune.examples import SECOND_SET, read
from finetune.export import adapter_to_gguf
from finetune.head import columns_of
from finetune.packaged import FOLDER

if TYPE_CHECKING:
    from numpy.typing import NDArray

TOLD = 40
"""Tokens whose probability is read: all codes are among them, unless other tokens are likelier."""


@click.command()
@click.option("--every", default=1, show_default=True, help="Ask every so many questions only.")
def main(every: int) -> None:
    """Print how far the exported router is from the one that serves."""
    base = House(read_settings()).router_base()
    (adapter,) = FOLDER.glob(f"*/{ADAPTER}")
    examples = read(SECOND_SET)[::every]
    questions = [example.question for example in examples]
    prompt, codes, served = in_transformers(base.folder, adapter, questions)
    with tempfile.TemporaryDirectory() as folder:
        router = Path(folder) / "router.gguf"
        adapter_to_gguf(adapter, base.folder, router, rows=code_rows(base.folder, adapter, DEFAULT_TAXONOMY))
        size = router.stat().st_size
        exported = in_llama(base.packed or base.folder, router, prompt, codes, questions)
    target = columns_of(examples, DEFAULT_TAXONOMY.labels)
    click.echo(f"{len(questions)} questions; router.gguf has {size / 1e6:.1f} MB")
    click.echo(f"first token a code: {(exported.sum(axis=1) > 0.5).mean():.1%}")
    click.echo(f"same label: {(served.argmax(axis=1) == exported.argmax(axis=1)).mean():.1%}")
    for name, found in (("serving", served), ("exported", exported)):
        click.echo(f"{name} right: {(found.argmax(axis=1) == target).mean():.1%}")
    click.echo(f"mean total variation: {apart(served, exported):.3f}")


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
    """Every code's probability among all tokens, one token of the whole prompt's text a question."""
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
                "n_probs": TOLD,
                "post_sampling_probs": True,
                "samplers": ["temperature"],
                "temperature": 1.0,
                "seed": 1,
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


if __name__ == "__main__":
    main()
