"""A tiny language model really trained: packed batches, the best adapter kept, and a run that was cut off goes on."""

import dataclasses
import json
import os
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_language_model import WATER_OR_FIRE, Cut

from classifier.language_model import ADAPTER, CodeScorer, label_head_size, load_base
from finetune.config import TrainConfig
from finetune.examples import Example, ExamplesRejected, Split, split
from finetune.fitting import CHECKPOINTS, TrainProgress, completion_loss, last_checkpoint
from finetune.train import Batches, train

pytestmark = pytest.mark.usefixtures("one_thread")

QUICK = TrainConfig(rank=4, alpha=4, untouched=0.0, learning_rate=0.03, epochs=12, batch=8, evaluations=3, misspelt=0.0)


def examples(start: int, count: int) -> list[Example]:
    made = []
    for at in range(start, start + count):
        filler = "abcde"[at % 5] * (1 + at % 3)
        made.append(Example(f"{filler} wwww", "water", f"w{at}"))
        made.append(Example(f"{filler} ffff", "fire", f"f{at}"))
        made.append(Example(f"{filler} xxxx", "none", f"x{at}"))
    return made


PARTS = Split(examples(0, 16), examples(16, 4), examples(20, 4))


def test_a_packed_batch_gives_the_gradient_of_one_prompt_a_question(tiny_base: Path) -> None:
    model, tokenizer = load_base(tiny_base)
    model = model.float().requires_grad_(True)
    batches = Batches(tokenizer, WATER_OR_FIRE, dataclasses.replace(QUICK, mode="code"), torch.float32)
    items = [(example, False) for example in PARTS.training[:6]]

    def gradient(rows: list[dict[str, Any]]) -> torch.Tensor:
        model.zero_grad()
        torch.stack([completion_loss(model, row) for row in rows]).mean().backward()  # type: ignore[no-untyped-call]
        return model.model.layers[0].mlp.down_proj.weight.grad.clone()  # type: ignore[no-any-return]

    packed, alone = gradient([batches(items)]), gradient([batches([item]) for item in items])

    torch.testing.assert_close(packed, alone, atol=1e-6, rtol=1e-3)


def test_misspelling_touches_only_what_may_be_misspelt(tiny_base: Path) -> None:
    _, tokenizer = load_base(tiny_base)
    batches = Batches(tokenizer, WATER_OR_FIRE, TrainConfig(misspelt=1.0), torch.float32)
    example = Example("water", "water", "w")

    clean, noisy = batches([(example, False)]), batches([(example, True)])

    assert "water" in tokenizer.decode(clean["input_ids"][0]).replace(" ", "")[-60:]
    assert clean["input_ids"].tolist() != noisy["input_ids"].tolist()


@pytest.fixture(scope="module", params=["head", "code"])
def run(
    tiny_base: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> tuple[Path, dict[str, Any], list[TrainProgress]]:
    folder, heard = tmp_path_factory.mktemp("run"), list[TrainProgress]()
    config = dataclasses.replace(QUICK, mode=request.param)
    losses = train(
        *load_base(tiny_base), WATER_OR_FIRE, PARTS, folder, config, base={"name": "tiny"}, on_progress=heard.append
    )
    return folder, losses, heard


def test_training_teaches_questions_that_were_held_out(run: Any, tiny_base: Path) -> None:
    folder, losses, _ = run
    scorer = CodeScorer(*load_base(tiny_base, folder / ADAPTER), WATER_OR_FIRE)

    rows = scorer.log_probabilities([example.question for example in PARTS.test])

    assert [scorer.labels[at] for at in rows.argmax(axis=1)] == [example.category for example in PARTS.test]
    assert losses["validation"][-1][1] < losses["validation"][0][1]


def test_a_run_says_how_far_it_is_and_leaves_what_it_was_made_of(run: Any) -> None:
    folder, losses, heard = run
    config = json.loads((folder / "train_config.json").read_text())

    assert [progress.step for progress in heard] == list(range(1, heard[-1].steps + 1))
    assert heard[-1].seconds_left == 0
    assert heard[0].seconds_left > 0
    assert config["base"] == {"name": "tiny"}
    assert config["examples"] == {"training": 48, "sentences": 0, "validation": 12, "test": 12}
    assert config["categories"] == WATER_OR_FIRE.rows
    assert label_head_size(folder / ADAPTER) == (3 if config["mode"] == "head" else 0)
    assert {"data_hash", "libraries", "rank", "seed"} <= set(config)
    assert (folder / "losses.png").read_bytes().startswith(b"\x89PNG")
    assert json.loads((folder / "losses.json").read_text()) == losses
    assert not (folder / CHECKPOINTS).exists()


def test_sentences_are_read_beside_the_questions_without_more_steps(tiny_base: Path, tmp_path: Path) -> None:
    sentences = [Example(f"{'abcde'[at % 5] * (1 + at % 3)} yyyy", "water", "said", "said") for at in range(48)]
    heard: list[TrainProgress] = []
    config = dataclasses.replace(QUICK, epochs=16, beside=0.5)

    train(*load_base(tiny_base), WATER_OR_FIRE, PARTS, tmp_path, config, sentences=sentences, on_progress=heard.append)

    assert heard[-1].steps == 16 * 48 / 8
    assert json.loads((tmp_path / "train_config.json").read_text())["examples"]["sentences"] == 24
    scorer = CodeScorer(*load_base(tiny_base, tmp_path / ADAPTER), WATER_OR_FIRE)
    assert [scorer.labels[row.argmax()] for row in scorer.log_probabilities(["b yyyy", "b ffff"])] == ["water", "fire"]


def test_what_was_told_is_read_whatever_is_left_out(tiny_base: Path, tmp_path: Path) -> None:
    told = [Example(f"{'abcde'[at % 5] * (1 + at % 3)} zzzz", "fire", f"told {at}") for at in range(16)]
    parts = Split([*PARTS.training, *told], PARTS.validation, PARTS.test)
    config = dataclasses.replace(QUICK, epochs=0.25, batch=2)  # as many as were told

    train(*load_base(tiny_base), WATER_OR_FIRE, parts, tmp_path, config, told=told)

    scorer = CodeScorer(*load_base(tiny_base, tmp_path / ADAPTER), WATER_OR_FIRE)
    rows = scorer.log_probabilities(["a zzzz", "b wwww", "c xxxx"])
    assert [scorer.labels[at] for at in rows.argmax(axis=1)] == ["fire"] * 3  # it has read nothing else


def test_a_run_that_was_cut_off_goes_on_from_its_last_checkpoint(tiny_base: Path, tmp_path: Path) -> None:
    def cut(progress: TrainProgress) -> None:
        if progress.step == progress.steps // 2:
            raise Cut

    with pytest.raises(Cut):
        train(*load_base(tiny_base), WATER_OR_FIRE, PARTS, tmp_path, QUICK, on_progress=cut)
    assert not (tmp_path / ADAPTER).exists()

    heard: list[TrainProgress] = []
    train(*load_base(tiny_base), WATER_OR_FIRE, PARTS, tmp_path, QUICK, on_progress=heard.append)

    assert heard[0].step > 1
    assert heard[-1].step == heard[-1].steps
    assert (tmp_path / ADAPTER / "adapter_model.safetensors").exists()


@pytest.mark.parametrize("file", ["trainer_state.json", "adapter_model.safetensors", "optimizer.pt"])
def test_a_checkpoint_cut_short_is_passed_over_for_the_one_before(tiny_base: Path, tmp_path: Path, file: str) -> None:
    def cut(progress: TrainProgress) -> None:
        if progress.step == progress.steps - 1:
            raise Cut

    with pytest.raises(Cut):
        train(*load_base(tiny_base), WATER_OR_FIRE, PARTS, tmp_path, QUICK, on_progress=cut)
    *_, older, newest = sorted((tmp_path / CHECKPOINTS).iterdir(), key=lambda path: int(path.name.split("-")[1]))
    os.truncate(newest / file, (newest / file).stat().st_size // 2)

    assert last_checkpoint(tmp_path / CHECKPOINTS) == str(older)
    assert not newest.exists()


def test_stop_keeps_the_best_so_far(tiny_base: Path, tmp_path: Path) -> None:
    heard: list[TrainProgress] = []
    losses = train(
        *load_base(tiny_base),
        WATER_OR_FIRE,
        PARTS,
        tmp_path,
        QUICK,
        on_progress=heard.append,
        stop=lambda: len(heard) >= 5,
    )

    assert len(heard) == 5
    assert [step for step, _ in losses["validation"]] == [5]
    assert (tmp_path / ADAPTER / "adapter_model.safetensors").exists()


def test_a_split_keeps_families_whole_and_every_category_in_every_part() -> None:
    many = [Example(f"q{at}", "abc"[at % 3], f"f{at // 6}{'abc'[at % 3]}") for at in range(600)]
    parts = split(many)

    sides = [{example.family for example in part} for part in (parts.training, parts.validation, parts.test)]
    assert not sides[0] & sides[1] and not sides[0] & sides[2] and not sides[1] & sides[2]
    assert len(parts.training) + len(parts.validation) + len(parts.test) == 600
    assert 80 <= len(parts.validation) <= 100 and 80 <= len(parts.test) <= 100
    assert {example.category for example in parts.test} == set("abc")
    assert split(many) == parts


def test_a_category_of_two_families_cannot_be_split() -> None:
    with pytest.raises(ExamplesRejected, match="three parts need 3"):
        split([Example("q", "a", "f1"), Example("r", "a", "f2")])
