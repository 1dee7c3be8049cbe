"""A tiny language model really taught to read: what it is to say depends on a note that all its questions share."""

import dataclasses
import json
from pathlib import Path

import pytest
import torch

from classifier.language_model import ADAPTER, load_base
from finetune.config import ReaderConfig
from finetune.fitting import completion_loss
from finetune.reader import Exercise, Lesson, LessonRows, train_reader

pytestmark = pytest.mark.usefixtures("one_thread")

QUICK = ReaderConfig(rank=8, alpha=16, untouched=0.0, learning_rate=0.02, epochs=30, evaluations=2)


def lesson(letter: str) -> Lesson:
    told = f"note {letter}{letter}{letter}"
    return Lesson(
        tuple(
            Exercise(({"role": "user", "content": f"{told} {asked}"},), reply)
            for asked, reply in (("which", letter), ("what", f"{letter}!"), ("who", "none"))
        )
    )


LESSONS = [lesson(letter) for letter in "abcd"]


def test_a_row_teaches_what_each_exercise_alone_would(tiny_base: Path) -> None:
    model, tokenizer = load_base(tiny_base)
    model = model.float()
    rows = LessonRows(tokenizer, torch.float32)
    whole = rows([LESSONS[0]])

    assert tokenizer.decode(whole["input_ids"][0]).count("note aaa") == 1  # what all three prompts begin with
    losses, tokens = 0.0, 0
    for exercise in LESSONS[0].exercises:
        alone = rows([Lesson((exercise,))])
        losses += float(completion_loss(model, alone)) * alone["targets"].numel()
        tokens += alone["targets"].numel()
    assert float(completion_loss(model, whole)) == pytest.approx(losses / tokens, rel=1e-4)


def test_it_learns_to_say_what_the_lessons_say_and_saves_its_adapter(tiny_base: Path, tmp_path: Path) -> None:
    model, tokenizer = load_base(tiny_base)
    model = model.float()
    rows = LessonRows(tokenizer, torch.float32)
    before = float(completion_loss(model, rows([LESSONS[0]])))

    losses = train_reader(model, tokenizer, LESSONS, LESSONS[:1], tmp_path, QUICK, base={"name": "tiny"})

    assert losses["validation"][-1][1] < before / 2
    taught, _ = load_base(tiny_base, tmp_path / ADAPTER)
    assert float(completion_loss(taught.float(), rows([LESSONS[0]]))) < before / 2
    config = json.loads((tmp_path / "train_config.json").read_text())
    assert (config["base"], config["exercises"], config["rank"]) == ({"name": "tiny"}, 12, 8)
    assert dataclasses.asdict(QUICK).items() <= config.items()

    again, _ = load_base(tiny_base)
    once = dataclasses.replace(QUICK, epochs=0.25, learning_rate=1e-5, evaluations=1)
    further = train_reader(
        again.float(), tokenizer, LESSONS, LESSONS[:1], tmp_path / "on", once, adapter=tmp_path / ADAPTER
    )
    assert further["validation"][0][1] < before / 2  # it goes on from what it knew
