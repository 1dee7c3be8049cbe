"""An exported adapter on the publisher's own GGUF in llama.cpp, which Ollama runs, beside transformers."""

from pathlib import Path

import numpy as np
import pytest

from assistant.models.catalogue import CATALOGUE
from assistant.models.weights import ModelStore
from assistant.settings import read_settings
from benchmarks.exported import apart, in_llama, in_transformers
from classifier.dense import dense_copy
from classifier.language_model import ADAPTER
from classifier.taxonomy import DEFAULT_TAXONOMY
from finetune.baselines import PromptedModel
from finetune.code_rows import CodeRows, code_rows, writer_of_codes
from finetune.examples import load
from finetune.export import adapter_to_gguf
from finetune.packaged import FOLDER

pytestmark = [pytest.mark.models, pytest.mark.slow]

BASE = "qwen2.5-coder-0.5b"
(ADAPTED,) = FOLDER.glob(f"*/{ADAPTER}")
"""The packaged router's adapter, which answers through a head."""
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
def rows(dense: Path) -> CodeRows:
    """What the packaged adapter's head is in the base's output matrix."""
    return code_rows(dense, ADAPTED, DEFAULT_TAXONOMY)


def test_the_packaged_router_labels_in_llama_cpp_as_in_transformers(
    packed: Path, dense: Path, rows: CodeRows, tmp_path: Path
) -> None:
    adapter_to_gguf(ADAPTED, dense, tmp_path / "router.gguf", rows=rows)

    prompt, codes, expected = in_transformers(dense, ADAPTED, QUESTIONS)
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


def test_exported_it_writes_the_codes_of_itself(dense: Path, rows: CodeRows) -> None:
    """No token is forbidden here, as none is on an Ollama."""
    _, _, expected = in_transformers(dense, ADAPTED, QUESTIONS[:20])
    writer = PromptedModel(*writer_of_codes(dense, ADAPTED, rows), DEFAULT_TAXONOMY, "code", most=1)

    written = [writer.label(writer.write(question)) for question in QUESTIONS[:20]]

    assert None not in written
    chosen = [writer.labels[at] for at in expected.argmax(axis=1)]
    assert sum(one == other for one, other in zip(written, chosen, strict=True)) >= 19  # rounding may tip one
