"""The benchmark of intents on an invented file in CLINC150's form, with a tiny language model as its base."""

import importlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
LETTERS = {"get_wet": "w", "catch_fire": "f", "oos": "x"}


@pytest.fixture
def intents(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT))
    return importlib.import_module("benchmarks.intents")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    def questions(start: int, count: int, *of: str) -> list[list[str]]:
        return [
            [f"{'abcde'[at % 5] * (1 + at // 5)} {LETTERS[intent] * 4}", intent]
            for intent in of
            for at in range(start, start + count)
        ]

    parts = {"train": (0, 20), "val": (20, 5), "test": (25, 5)}
    made = {name: questions(*span, "get_wet", "catch_fire") for name, span in parts.items()}
    made |= {f"oos_{name}": questions(*span, "oos") for name, span in parts.items()}
    path = tmp_path / "clinc.json"
    path.write_text(json.dumps(made), "utf-8")
    return path


def test_as_many_of_each_intent_are_drawn_and_every_question_out_of_scope(intents: Any, data: Path) -> None:
    parts = intents.read(data, 10, 4, None, 0)

    assert Counter(each.category for each in parts.training) == {"get wet": 10, "catch fire": 10, "none": 20}
    assert Counter(each.category for each in parts.validation) == {"get wet": 2, "catch fire": 2, "none": 5}
    assert len(parts.test) == 15
    assert parts == intents.read(data, 10, 4, None, 0)
    assert len(intents.read(data, None, 4, 6, 0).test) == 6


def test_a_half_that_is_right_has_figures_of_one(intents: Any) -> None:
    labels, target = ["a", "b", "none"], np.array([0, 1, 2] * 8)
    right = np.log(np.eye(3)[target] * 0.9 + 0.03)
    said = intents.Voices(np.zeros_like(right), right), target

    figures = intents.measured("encoder", labels, said, said, 1.0)

    assert (figures.in_scope, figures.likeliest, figures.auroc, figures.recall, figures.precision) == (1, 1, 1, 1, 1)


def test_a_language_model_is_taught_and_measured(
    intents: Any,
    data: Path,
    tiny_base: Path,
    tmp_path: Path,
    one_thread: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = f"intents --base {tiny_base} --data {data} --parts language_model --examples full --validation 10"
    arguments += f" --epochs 2 --batch 8 --work {tmp_path / 'work'} --json {tmp_path / 'f.json'}"
    monkeypatch.setattr("sys.argv", arguments.split())

    intents.main()
    first = json.loads((tmp_path / "f.json").read_text())
    intents.main()  # finds the adapter
    second = json.loads((tmp_path / "f.json").read_text())

    assert "| language model |" in capsys.readouterr().out
    assert first["questions"] == {"training": 60, "validation": 15, "test": 15}
    assert [figures["router"] for figures in first["figures"]] == ["language_model"]
    assert {**second["figures"][0], "ms": 0} == {**first["figures"][0], "ms": 0}
    assert second["seconds_to_teach"]["language_model"] < first["seconds_to_teach"]["language_model"]
