"""The commands that make routers, compare them, choose one and hand one on, on a house whose base is tiny."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from taught_house import TaughtHouse, examples

from assistant.cli import cli
from assistant.corrections import Correction
from assistant.models.weights import Report
from assistant.settings import Settings
from finetune.config import Base

Run = Callable[..., Result]


@pytest.fixture
def run(taught: TaughtHouse) -> Run:
    """Calls the command line on the house."""

    def run(*arguments: str | Path) -> Result:
        def open_house(settings: Settings, report: Report) -> TaughtHouse:
            return taught

        result = CliRunner().invoke(cli, [str(each) for each in arguments], obj=open_house)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def data(tmp_path: Path) -> tuple[str, Path, str, Path]:
    """The options that name examples and their categories."""
    questions, categories = tmp_path / "questions.jsonl", tmp_path / "categories.jsonl"
    questions.write_text("\n".join(json.dumps(dataclasses.asdict(each)) for each in examples()))
    categories.write_text('{"name": "water", "code": "AA"}\n{"name": "fire", "code": "BB"}\n')
    return "--data", questions, "--taxonomy", categories


def lines(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_new_house_lists_the_packaged_router_which_serves(run: Run) -> None:
    (version,) = lines(run("routers", "list", "--json"))

    assert (version["name"], version["kind"], version["serving"]) == ("first", "fused", True)
    assert version["base"] == "tiny"
    assert 0 <= version["figures"]["accuracy"] <= 1
    assert run("routers", "list").stdout.startswith("* first\tfused\taccuracy ")


def test_a_damaged_router_is_listed_and_said(run: Run, taught: TaughtHouse) -> None:
    (taught.ensure_router().folder / "fusion.json").unlink()

    result = run("routers", "list")

    assert result.stdout.startswith("* first")
    assert "lacks fusion.json" in result.stderr


def test_a_trained_router_serves_once_it_is_promoted_and_can_be_rolled_back(run: Run, data: tuple[Any, ...]) -> None:
    run("routers", "list")

    (made,) = lines(run("train", *data, "--epochs", "0.1", "--name", "second", "--json"))
    assert (made["name"], made["serving"]) == ("second", False)
    (promoted,) = lines(run("routers", "promote", "second", "--json"))
    assert promoted["serving"]
    (back,) = lines(run("routers", "rollback", "--json"))
    assert (back["name"], back["serving"]) == ("first", True)
    assert "No other router" in run("routers", "rollback").stderr


def test_training_says_how_far_it_is_and_what_to_do_next(run: Run, data: tuple[Any, ...]) -> None:
    result = run("train", *data, "--epochs", "0.1", "--name", "second")

    assert "training 1 of 1, 0:00:00 left" in result.stderr
    assert "our-house routers promote second" in result.stdout


def test_promote_in_one_go(run: Run, data: tuple[Any, ...]) -> None:
    (made,) = lines(run("train", *data, "--epochs", "0.1", "--name", "second", "--promote", "--json"))
    assert made["serving"]


def test_a_router_of_other_categories_is_refused_before_it_has_cost_a_training(
    run: Run, data: tuple[Any, ...], taught: TaughtHouse
) -> None:
    data[3].write_text('{"name": "water", "code": "XX"}\n{"name": "fire", "code": "BB"}\n')

    result = run("train", *data, "--epochs", "0.1", "--name", "second", "--promote")

    assert result.exit_code == 1
    assert "This house never had these categories: water (XX)." in result.stderr
    assert [version.name for version in taught.versions.all()] == []


def test_a_router_of_other_categories_is_listed_with_what_keeps_it_from_serving(
    run: Run, data: tuple[Any, ...], taught: TaughtHouse
) -> None:
    data[3].write_text('{"name": "water", "code": "XX"}\n{"name": "fire", "code": "BB"}\n')
    lines(run("train", *data, "--epochs", "0.1", "--name", "second", "--json"))

    result = run("routers", "list")

    assert "second" in result.stdout
    assert "The router second cannot label here." in result.stderr


def test_a_router_of_other_categories_labels_by_its_own_where_it_is_asked_for_by_name(
    run: Run, data: tuple[Any, ...]
) -> None:
    data[1].write_text(data[1].read_text("utf-8").replace('"water"', '"well"'), "utf-8")
    data[3].write_text('{"name": "well", "code": "XX"}\n{"name": "fire", "code": "BB"}\n')
    lines(run("train", *data, "--epochs", "0.1", "--name", "second", "--json"))

    (said,) = lines(run("classify", "where is the leak", "--router", "second", "--json"))

    assert set(said["probabilities"]) == {"well", "fire", "none"}


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (["--mode", "category"], 2, "Give --out"),
        (["--base", "gpt"], 1, "No router's base is called 'gpt'"),
        (["--data", "missing.jsonl"], 2, "cannot be read"),
        (["--taxonomy", "missing.jsonl"], 1, "holds no categories"),
        (["--epochs", "0"], 2, "--epochs"),
    ],
)
def test_a_wrong_call_of_train_costs_nothing(run: Run, options: list[str], status: int, said: str) -> None:
    result = run("train", *options)

    assert result.exit_code == status
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_router_that_is_not_there_cannot_be_promoted(run: Run) -> None:
    result = run("routers", "promote", "nobody")

    assert result.exit_code == 1
    assert "no router nobody" in result.stderr


def test_an_evaluation_compares_the_router_with_its_halves_and_with_what_it_is_to_beat(
    run: Run, data: tuple[Any, ...], tmp_path: Path
) -> None:
    for mode in ("category", "code"):
        lines(run("train", *data, "--epochs", "0.1", "--mode", mode, "--out", tmp_path / mode, "--json"))
    asked = tmp_path / "asked.jsonl"
    asked.write_text("".join(data[1].read_text("utf-8").splitlines(keepends=True)[::8]), "utf-8")

    (found,) = lines(
        run(
            "evaluate", "router", "--file", asked, "--out", tmp_path / "report", "--baselines", "--json",
            "--adapter", tmp_path / "category", "--adapter", tmp_path / "code",
        )
    )  # fmt: skip

    assert list(found["systems"]) == [
        "base, writing names",
        "base, writing codes",
        "base, scored names",
        "base, scored codes",
        "fine-tuned, writing codes",
        "fine-tuned, writing names",
        "fine-tuned, code",
        "fine-tuned, classification head",
        "encoder head",
        "words",
        "encoder and words",
        "fused",
    ]
    for title in ("base, scored codes", "fine-tuned, code", "fused"):
        assert found["systems"][title]["invalid_labels"] == 0
    assert (tmp_path / "report" / "report.md").is_file()


def test_an_adapter_of_the_routers_own_mode_has_a_row_of_its_own(
    run: Run, data: tuple[Any, ...], tmp_path: Path
) -> None:
    ours = tmp_path / "ours"
    lines(run("train", *data, "--epochs", "0.1", "--out", ours, "--json"))

    (found,) = lines(
        run("evaluate", "router", "--file", data[1], "--out", tmp_path / "report", "--adapter", ours,
            "--adapter", ours, "--json")
    )  # fmt: skip

    assert list(found["systems"]) == [
        f"fine-tuned, classification head, in {ours}",
        "fine-tuned, classification head",
        "encoder head",
        "words",
        "encoder and words",
        "fused",
    ]


def test_an_evaluation_without_examples_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n")

    result = run("evaluate", "router", "--file", tmp_path / "empty.jsonl", "--out", tmp_path / "report")

    assert result.exit_code == 2
    assert "holds no examples" in result.stderr
    assert not (tmp_path / "report").exists()


@pytest.mark.parametrize("options", [(), ("--mode", "head")])
def test_a_router_is_taught_through_a_head_unless_told_otherwise(
    run: Run, data: tuple[Any, ...], taught: TaughtHouse, options: tuple[str, ...]
) -> None:
    lines(run("train", *data, "--epochs", "0.1", "--name", "second", *options, "--json"))

    assert taught.versions.get("second").mode == "head"


def test_a_named_mode_begins_anew_where_the_household_told_something(run: Run, taught: TaughtHouse) -> None:
    run("routers", "list")
    told = [Correction(f"wind {at} blows", "fire", "corrected") for at in range(12)]
    taught.corrections.tell_all(told)

    assert "Give --out" in run("train", "--mode", "category").stderr
    lines(run("train", "--mode", "code", "--epochs", "0.05", "--name", "codes", "--json"))

    assert taught.versions.get("codes").mode == "code"
    assert "continues" not in taught.versions.get("codes").config


@pytest.mark.parametrize(("name", "said"), [("first", "There is a router first already"), ("../first", "cannot name")])
def test_a_name_that_cannot_be_had_is_said_before_the_corrections_are_taught(
    run: Run, taught: TaughtHouse, name: str, said: str
) -> None:
    run("routers", "list")
    taught.corrections.tell_all([Correction(f"wind {at} blows", "fire") for at in range(12)])

    result = run("train", "--name", name)

    assert result.exit_code == 1
    assert said in result.stderr
    assert "teaching" not in result.stderr


def test_a_router_begun_anew_knows_what_the_household_told(run: Run, taught: TaughtHouse) -> None:
    run("routers", "list")
    taught.corrections.tell_all([Correction(f"wind {at} blows", "fire") for at in range(12)])

    lines(run("train", "--afresh", "--epochs", "0.05", "--name", "anew", "--json"))

    config = taught.versions.get("anew").config
    assert config["household"] == sorted([f"wind {at} blows", "fire"] for at in range(12))
    assert 0 < len(config["held_out"]) < 12


def test_an_evaluation_on_one_kind_of_question_says_nothing_of_the_other(
    run: Run, data: tuple[Any, ...], tmp_path: Path
) -> None:
    asked = tmp_path / "asked.jsonl"
    rows = data[1].read_text("utf-8").splitlines()
    for label in ("none", "water"):
        asked.write_text("\n".join(row for row in rows if json.loads(row)["category"] == label), "utf-8")
        result = run("evaluate", "router", "--file", asked, "--out", tmp_path / "report")
        assert result.exit_code == 0, result.stderr
        assert ("household" in result.stdout) == (label == "water")


def test_an_adapter_is_exported_without_a_version(run: Run, data: tuple[Any, ...], tmp_path: Path) -> None:
    codes = tmp_path / "codes"
    lines(run("train", *data, "--epochs", "0.1", "--mode", "code", "--out", codes, "--json"))
    (made,) = lines(run("export", "router", tmp_path / "out", "--adapter", codes, "--json"))
    assert {Path(each).name for each in made["files"]} == {"router.gguf", "Modelfile"}
    assert "water: AA" in (tmp_path / "out" / "Modelfile").read_text()

    assert run("export", "router", tmp_path / "out", "--adapter", codes, "--router", "first").exit_code == 2
    assert "holds no adapter" in run("export", "router", tmp_path / "out", "--adapter", tmp_path / "no").stderr


@pytest.mark.parametrize("mode", ["head", "code"])
def test_a_router_is_exported_for_ollama_with_the_line_that_makes_it_known(
    run: Run, data: tuple[Any, ...], tmp_path: Path, mode: str
) -> None:
    run("train", *data, "--epochs", "0.1", "--mode", mode, "--name", "codes", "--promote")
    (made,) = lines(run("export", "router", tmp_path / "out", "--ollama-base", "tiny:1b", "--json"))

    assert {Path(each).name for each in made["files"]} == {"router.gguf", "Modelfile"}
    assert made["create"].startswith("ollama create our-house-router -f ")
    assert "FROM tiny:1b" in (tmp_path / "out" / "Modelfile").read_text()
    assert "ollama create" in run("export", "router", tmp_path / "out").stdout


@pytest.mark.parametrize("form", ["alpaca", "messages"])
def test_training_questions_are_exported_for_other_trainers(
    run: Run, data: tuple[Any, ...], tmp_path: Path, form: str
) -> None:
    (made,) = lines(run("export", "training", tmp_path / "out.json", *data, "--format", form, "--json"))

    assert made["examples"] == len(examples())
    assert (tmp_path / "out.json").is_file()


def test_a_base_of_another_kind_is_refused_when_it_is_to_serve(run: Run, taught: TaughtHouse) -> None:
    run("routers", "list")
    taught.base = Base("tiny", "1" * 64, taught.base.folder)

    result = run("classify", "when pump", "--router", "first")

    assert result.exit_code == 1
    assert "trained for another tiny" in result.stderr
