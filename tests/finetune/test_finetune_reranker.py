"""A tiny encoder really taught to read two texts together: what answers, and whether anything does."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from finetune.reranker import Reading, RerankerConfig, changes, train_reranker
from knowledge.errors import RerankerUnavailable
from knowledge.reranker import CrossEncoder, changed, encoder

pytestmark = pytest.mark.usefixtures("one_thread")

QUICK = RerankerConfig(learning_rate=5e-3, head_rate=2e-2, epochs=25, batch=4, beside=4, rank=16)
SENTENCES = ("a wet b", "c hot d", "e f", "g h", "b d", "a g")


def reading(question: str, *answering: str) -> Reading:
    found = frozenset(SENTENCES.index(each) for each in answering)
    return Reading(question, SENTENCES, tuple(at / 10 for at in range(len(SENTENCES))), found)


LESSON = [
    *(reading(f"leak {letter}", "a wet b") for letter in "abcd"),
    *(reading(f"spark {letter}", "c hot d") for letter in "abcd"),
    *(reading(f"joke {letter}") for letter in "abcd"),
]


@pytest.fixture(scope="module")
def taught(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("reranker") / "made" / "reranker.safetensors"
    train_reranker(tiny_encoder, LESSON, file, QUICK)
    return file


def test_it_learns_which_sentence_answers_and_that_none_does(tiny_encoder: Path, taught: Path) -> None:
    reranker = CrossEncoder(tiny_encoder, taught)
    told = {each.question: reranker.scores(each.question, SENTENCES) for each in LESSON}

    answered = [each for each in LESSON if each.answering]
    right = [int(told[each.question].argmax()) in each.answering for each in answered]
    assert sum(right) >= 7
    assert min(told[each.question].max() for each in answered) > max(told[f"joke {one}"].max() for one in "abcd")


def test_a_score_is_the_same_whatever_is_read_beside(tiny_encoder: Path, taught: Path) -> None:
    reranker = CrossEncoder(tiny_encoder, taught)
    many = ["a wet", "b hot a b c d e f g h", "c"] * 30

    together = reranker.scores("leak a", many)
    alone = [float(reranker.scores("leak a", [each])[0]) for each in many]
    np.testing.assert_allclose(together, alone, atol=0.1)  # in half precision
    assert reranker.scores("leak a", []).shape == (0,)


def test_the_same_seed_teaches_the_same_and_progress_is_heard(tiny_encoder: Path, tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    config = dataclasses.replace(QUICK, epochs=0.5)
    for name in ("one", "two"):
        train_reranker(
            tiny_encoder, LESSON, tmp_path / name, config, lambda done, total, loss: heard.append((done, total))
        )

    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert heard == [(1, 2), (2, 2)] * 2


def test_a_teaching_goes_on_from_what_was_taught_before(tiny_encoder: Path, taught: Path, tmp_path: Path) -> None:
    losses: list[float] = []
    config = dataclasses.replace(QUICK, epochs=0.34)  # one step
    for name, begin in (("anew", None), ("on", taught)):
        train_reranker(
            tiny_encoder, LESSON, tmp_path / name, config, lambda done, total, loss: losses.append(loss), begin=begin
        )
    anew, on = losses
    assert on < anew / 2
    with pytest.raises(RerankerUnavailable, match="nothing"):
        train_reranker(tiny_encoder, LESSON, tmp_path / "none", config, begin=tmp_path / "nothing")


def test_what_is_kept_is_what_was_changed(tiny_encoder: Path) -> None:
    model, _, head = encoder(tiny_encoder)
    before = {name: each.detach().clone() for name, each in model.named_parameters()}
    torch.manual_seed(1)
    with torch.no_grad():
        for each in model.parameters():
            change = torch.randn(each.shape)
            each += change[:, :1] @ change[:1] if each.dim() == 2 else change  # of rank one

    again, *_ = encoder(tiny_encoder)
    changed(again, changes(model, before, head, rank=2))
    for (name, now), kept in zip(model.named_parameters(), again.parameters(), strict=True):
        assert torch.allclose(now, kept, rtol=0.05, atol=0.05), name  # bfloat16


@pytest.mark.parametrize("content", [None, b"", b"not safetensors"])
def test_weights_that_cannot_be_read_are_said(tiny_encoder: Path, tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "reranker.safetensors"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(RerankerUnavailable, match="reranker cannot be read"):
        CrossEncoder(tiny_encoder, file).scores("Who?", ["Ray did."])


def test_what_answers_and_the_nearest_are_read_with_a_question() -> None:
    from random import Random

    from finetune.reranker import _beside

    each = reading("leak a", "a wet b")
    for seed in range(20):
        shown = _beside(each, QUICK, Random(seed))
        assert shown[0] == SENTENCES.index("a wet b")
        assert len(set(shown)) == len(shown) == QUICK.beside
    assert sorted(_beside(each, dataclasses.replace(QUICK, beside=99), Random(0))) == [*range(len(SENTENCES))]
