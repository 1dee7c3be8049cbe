"""Systems compared on the same questions, and the report that says how they did."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_language_model import WATER_OR_FIRE, tiny_model, tiny_tokenizer

from classifier.decision import Decision
from classifier.prompt import question_tokens, router_prompt, text_tokens
from finetune.baselines import PromptedModel
from finetune.evaluate import Outcome, Reply, System, asked, outcome_figures, routed, written
from finetune.examples import Example
from finetune.figures import INVALID, figures, reliability
from finetune.report import cases, write_report

EXAMPLES = [
    Example("a leak", "water", "f1", "plain"),
    Example("a flame", "fire", "f2", "plain"),
    Example("damp", "water", "f3", "hard"),
    Example("hello", "none", "f4", "hard"),
]


class Parrot:
    """A router that says what it was told to."""

    version = "parrot"

    def __init__(self, said: dict[str, tuple[str | None, float]]) -> None:
        self.said = said

    def classify(self, questions: list[str]) -> list[Decision]:
        decisions = []
        for question in questions:
            label, sure = self.said.get(question, ("water", 1.0))
            others = [name for name in ("water", "fire", "none") if name != (label or "none")]
            probabilities = {label or "none": sure, **dict.fromkeys(others, (1 - sure) / 2)}
            decisions.append(Decision(label, sure, probabilities, self.version))
        return decisions


def outcome(said: dict[str, tuple[str | None, float]]) -> Outcome:
    return asked(System("parrot", "encoder", "p1", "", routed(Parrot(said))), EXAMPLES)  # type: ignore[arg-type]


ALL_RIGHT: dict[str, tuple[str | None, float]] = {
    "a leak": ("water", 0.9), "a flame": ("fire", 0.9), "damp": ("water", 0.9), "hello": (None, 0.9)
}  # fmt: skip


def test_figures_of_what_is_all_right() -> None:
    found = outcome_figures(outcome(ALL_RIGHT), EXAMPLES)

    assert found["accuracy"] == found["macro_f1"] == found["none_auroc"] == 1
    assert found["invalid_labels"] == found["wrong_none"] == 0
    assert found["calibration_error"] == pytest.approx(0.1)
    assert found["accuracy_by_style"] == {"hard": 1, "plain": 1}
    assert 0 <= found["seconds_median"] <= found["seconds_95th"]


def test_each_kind_of_mistake_is_counted_for_itself() -> None:
    found = outcome_figures(outcome({**ALL_RIGHT, "damp": (None, 0.6), "a flame": ("water", 0.6)}), EXAMPLES)

    assert found["accuracy"] == 0.5
    assert found["accuracy_household"] == 0.3333
    assert found["wrong_none"] == 0.3333
    assert found["accuracy_by_style"] == {"hard": 0.5, "plain": 0.5}
    assert found["macro_f1"] < 0.5


def test_what_is_no_label_is_wrong_and_counted() -> None:
    target = np.array([0, 1, 2])
    found = figures(EXAMPLES[:3], ["fire", "water", "none"], target, np.array([0, INVALID, 2]))

    assert found["invalid_labels"] == 1
    assert found["accuracy"] == 0.6667
    assert "none_auroc" not in found


@pytest.mark.parametrize(
    ("kept", "missing", "there"),
    [(EXAMPLES[:3], "accuracy_none", "accuracy_household"), (EXAMPLES[3:], "accuracy_household", "accuracy_none")],
)
def test_a_kind_of_question_that_was_not_asked_has_no_figures(
    kept: list[Example], missing: str, there: str, tmp_path: Path
) -> None:
    said = asked(System("parrot", "encoder", "p1", "", routed(Parrot(ALL_RIGHT))), kept)  # type: ignore[arg-type]

    found = write_report([said], kept, tmp_path)["parrot"]

    assert (found[missing], found["none_auroc"], found[there]) == (None, None, 1)
    assert "NaN" not in (tmp_path / "report.json").read_text()
    row = next(line for line in (tmp_path / "report.md").read_text().splitlines() if line.startswith("| parrot"))
    assert row.count("–") == (2 if missing == "accuracy_none" else 3)  # and with it the share that was lost to none


def test_reliability_weighs_each_bin_by_its_questions() -> None:
    probabilities = np.array([[0.95, 0.05], [0.95, 0.05], [0.95, 0.05], [0.55, 0.45]])

    bins = reliability(probabilities, np.array([0, 0, 1, 1]))

    np.testing.assert_allclose(bins, [(0.25, 0.55, 0.0), (0.75, 0.95, 2 / 3)])


def test_a_report_holds_every_case_the_misses_and_the_pictures(tmp_path: Path) -> None:
    free = System("free", "base", "tiny", "code", lambda question: Reply(None, written="| pond |"))
    outcomes = [asked(free, EXAMPLES), outcome({**ALL_RIGHT, "damp": ("fire", 0.6)})]

    found = write_report(outcomes, EXAMPLES, tmp_path / "report", "On a test.")

    text = (tmp_path / "report" / "report.md").read_text()
    lines = [json.loads(line) for line in (tmp_path / "report" / "cases.jsonl").read_text().splitlines()]
    assert found == json.loads((tmp_path / "report" / "report.json").read_text())
    assert found["free"]["invalid_labels"] == 4
    assert "| parrot | 75.0 % |" in text
    assert "- damp *(hard)*: water, not fire" in text
    assert "On a test." in text
    assert len(lines) == 8
    assert {
        "case_id", "question", "expected_category", "scenario", "model_kind", "model_name", "label_mode",
        "predicted_category", "correct",
    } <= set(lines[0])  # fmt: skip
    assert (lines[0]["predicted_category"], lines[0]["correct"], lines[0]["written"]) == (None, False, "| pond |")
    for picture in ("confusion.png", "reliability.png"):
        assert (tmp_path / "report" / picture).read_bytes().startswith(b"\x89PNG")


def test_cases_number_the_same_question_alike_for_each_system() -> None:
    numbered = {(case["case_id"], case["question"]) for case in cases([outcome(ALL_RIGHT), outcome({})], EXAMPLES)}
    assert len(numbered) == len(EXAMPLES)


@pytest.fixture(scope="module")
def prompted() -> PromptedModel:
    return PromptedModel(tiny_model(), tiny_tokenizer(), WATER_OR_FIRE, "category")


def test_scored_names_are_those_of_one_prompt_a_name(prompted: PromptedModel) -> None:
    model, tokenizer = tiny_model(), tiny_tokenizer()
    prompt = router_prompt(WATER_OR_FIRE, "category", tokenizer)
    questions = ["is it hot?", "wet"]

    rows = prompted.log_probabilities(questions)

    for question, row in zip(questions, rows, strict=True):
        asked_ids = text_tokens(tokenizer, prompt.before) + question_tokens(tokenizer, question)
        asked_ids += text_tokens(tokenizer, prompt.after)
        scores = []
        for name in prompt.completions.values():
            ids = [*text_tokens(tokenizer, name), tokenizer.eos_token_id]
            with torch.inference_mode():
                logits = torch.log_softmax(model(torch.tensor([asked_ids + ids])).logits[0].float(), -1)
            scores.append(sum(float(logits[len(asked_ids) + at - 1, token]) for at, token in enumerate(ids)))
        expected = np.array(scores) - np.logaddexp.reduce(scores)
        np.testing.assert_allclose(row, expected, atol=1e-3)


def test_a_free_answer_is_the_models_own_greedy_one_and_leaves_no_trace(prompted: PromptedModel) -> None:
    model, tokenizer = tiny_model(), tiny_tokenizer()
    prompt = router_prompt(WATER_OR_FIRE, "category", tokenizer)
    ids = (
        text_tokens(tokenizer, prompt.before) + question_tokens(tokenizer, "wet") + text_tokens(tokenizer, prompt.after)
    )
    whole = model.generate(
        torch.tensor([ids]),
        attention_mask=torch.ones(1, len(ids), dtype=torch.long),
        max_new_tokens=12,
        do_sample=False,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=0,
    )

    first = prompted.write("wet")

    assert first == tokenizer.decode(whole[0, len(ids) :], skip_special_tokens=True)
    assert prompted.write("wet") == first


def test_only_a_whole_label_is_one(prompted: PromptedModel) -> None:
    assert prompted.label(" Water.") == "water"
    assert prompted.label("none of these") == "none"
    assert prompted.label("watery") is None
    assert prompted.label("") is None
    reply = written(prompted)("wet")
    assert reply.label == prompted.label(reply.written)
