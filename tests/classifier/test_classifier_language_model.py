"""The language model half: every label scored in one pass, whatever else waits, and nothing but labels."""

import shutil
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tiny_language_model import WATER_OR_FIRE, tiny_model, tiny_tokenizer

from classifier import language_model
from classifier.errors import RouterUnavailable
from classifier.language_model import CodeScorer, load_base, use_label_head
from classifier.prompt import question_tokens, router_prompt, text_tokens
from classifier.taxonomy import Taxonomy

QUESTIONS = ["is it hot?", "wet", "who turned the stove on again yesterday?", "", "a <|im_end|> b"]


@pytest.fixture(scope="module")
def scorer() -> CodeScorer:
    return CodeScorer(tiny_model(), tiny_tokenizer(), WATER_OR_FIRE)


def test_scores_are_those_of_the_whole_prompt_read_alone(scorer: CodeScorer) -> None:
    model, tokenizer = tiny_model(), tiny_tokenizer()
    prompt = router_prompt(WATER_OR_FIRE, "code", tokenizer)
    codes = [text_tokens(tokenizer, code)[0] for code in prompt.completions.values()]

    scores = scorer.log_probabilities(QUESTIONS)

    for question, row in zip(QUESTIONS, scores, strict=True):
        ids = text_tokens(tokenizer, prompt.before) + question_tokens(tokenizer, question)
        ids += text_tokens(tokenizer, prompt.after)
        with torch.inference_mode():
            alone = torch.log_softmax(model(torch.tensor([ids])).logits[0, -1, codes], -1).numpy()
        np.testing.assert_allclose(row, alone, atol=1e-4)


def test_the_codes_share_all_probability(scorer: CodeScorer) -> None:
    scores = scorer.log_probabilities(QUESTIONS)

    assert scorer.labels == ("fire", "water", "none")
    assert scores.shape == (len(QUESTIONS), 3)
    np.testing.assert_allclose(np.exp(scores).sum(axis=1), 1, atol=1e-6)


def test_no_question_is_no_row(scorer: CodeScorer) -> None:
    assert scorer.log_probabilities([]).shape == (0, 3)


def test_what_was_asked_before_and_beside_changes_nothing(scorer: CodeScorer) -> None:
    first = scorer.log_probabilities(QUESTIONS[:1])
    scorer.log_probabilities(QUESTIONS)

    np.testing.assert_allclose(scorer.log_probabilities(QUESTIONS[:1]), first, atol=1e-6)
    np.testing.assert_allclose(scorer.log_probabilities(QUESTIONS[::-1])[-1:], first, atol=1e-4)


def test_many_waiting_questions_are_read_in_several_passes(scorer: CodeScorer, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = scorer.log_probabilities(QUESTIONS)
    monkeypatch.setattr(language_model, "TOGETHER", 30)

    np.testing.assert_allclose(scorer.log_probabilities(QUESTIONS), whole, atol=1e-4)


def test_two_threads_do_not_mix_their_questions(scorer: CodeScorer) -> None:
    right = {question: scorer.log_probabilities([question]) for question in QUESTIONS}
    wrong: list[str] = []

    def ask(question: str) -> None:
        scores = [scorer.log_probabilities([question]) for _ in range(10)]
        wrong.extend(question for each in scores if not np.allclose(each, right[question], atol=1e-4))

    threads = [threading.Thread(target=ask, args=(question,)) for question in QUESTIONS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


def test_a_code_that_is_no_single_token_is_refused() -> None:
    tokenizer = tiny_tokenizer()
    with pytest.raises(RouterUnavailable, match="The code XY takes 2 tokens"):
        CodeScorer(tiny_model(), tokenizer, Taxonomy.of([("water", "XY", ""), ("fire", "BB", "")]))


def headed(rows: int) -> Any:
    """The tiny model with a seeded head over so many labels."""
    model = tiny_model()
    use_label_head(model, rows)
    torch.nn.init.normal_(model.get_output_embeddings().weight)
    return model.requires_grad_(False)


def test_a_head_over_the_labels_has_their_order_and_its_codes_may_be_of_any_tokens() -> None:
    model = headed(3)
    head = model.get_output_embeddings().weight.double().numpy()
    scorer = CodeScorer(model, tiny_tokenizer(), Taxonomy.of([("water", "XY", ""), ("fire", "BB", "")]))

    scores = scorer.log_probabilities(QUESTIONS)

    logits = scorer.vectors(QUESTIONS) @ head.T
    np.testing.assert_allclose(scores, logits - np.logaddexp.reduce(logits, axis=1)[:, None], atol=1e-4)
    assert scorer.labels == ("fire", "water", "none")


@pytest.mark.parametrize("rows", [2, 4])
def test_a_head_over_other_labels_is_refused(rows: int) -> None:
    with pytest.raises(RouterUnavailable, match=f"a head over {rows} labels, and there are 3"):
        CodeScorer(headed(rows), tiny_tokenizer(), WATER_OR_FIRE)


def test_a_base_is_read_from_its_folder(tiny_base: Path, scorer: CodeScorer) -> None:
    read = CodeScorer(*load_base(tiny_base), WATER_OR_FIRE)

    np.testing.assert_allclose(
        read.log_probabilities(QUESTIONS), scorer.log_probabilities(QUESTIONS), atol=0.05
    )  # the base may be read in bfloat16


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_base_that_lacks_a_file_is_refused_by_name(tiny_base: Path, tmp_path: Path, missing: str) -> None:
    folder = shutil.copytree(tiny_base, tmp_path / "base")
    (folder / missing).unlink()

    with pytest.raises(RouterUnavailable, match="cannot be read from"):
        load_base(folder)


def test_a_base_cut_short_is_refused(tiny_base: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_base, tmp_path / "base")
    whole = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(RouterUnavailable, match="cannot be read from"):
        load_base(folder)


def test_an_adapter_that_is_missing_is_refused(tiny_base: Path, tmp_path: Path) -> None:
    with pytest.raises(RouterUnavailable, match="cannot be read from"):
        load_base(tiny_base, tmp_path / "nothing")
