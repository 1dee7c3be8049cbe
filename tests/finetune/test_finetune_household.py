"""A household's corrections really trained on: what is held out, replayed and left out, and what comes of a bad set."""

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from taught_house import TaughtHouse, examples
from tiny_language_model import WATER_OR_FIRE

from classifier.decision import Decision
from classifier.encoder import EncoderRouter
from classifier.errors import RouterUnavailable
from classifier.fused import FusedRouter, Fusion
from classifier.taxonomy import Category, Taxonomy
from classifier.versions import CONFIG_FILE, Version
from classifier.words import WORDS_FILE, words_in
from finetune.course import HouseholdConfig, Material
from finetune.examples import Example, ExamplesRejected, split
from finetune.gate import GATE_FILE, Verdict
from finetune.household import EncoderBase, Serving, present_names, retrain

QUICK = HouseholdConfig(repeats=2, least_steps=2, most_steps=4, validated_on=20, judged_on=30)
AIR = Taxonomy((*WATER_OR_FIRE, Category("air", "CC", "what blows")))


def told(count: int = 12, label: str = "fire") -> list[Example]:
    return [Example(f"wind {at} blows", label, f"household: {label} {at}", "corrected") for at in range(count)]


Retrain = Callable[..., tuple[Version, Verdict]]


@pytest.fixture
def retrained(taught: TaughtHouse) -> Retrain:
    """Trains a candidate in the tiny house."""

    def run(
        questions: Sequence[Example],
        taxonomy: Taxonomy = WATER_OR_FIRE,
        texts: Sequence[Example] = (),
        **options: Any,
    ) -> tuple[Version, Verdict]:
        version = taught.ensure_router()
        serving = Serving(version, present_names(version, taxonomy), lambda: taught.load_router(version))
        return retrain(
            taught.versions, serving, Material(questions, split(examples()), taxonomy, texts), taught.base,
            EncoderBase(taught.embedder.embed, taught.embedder.name), QUICK, **options,
        )  # fmt: skip

    return run


def test_a_candidate_is_a_version_of_its_own_and_the_serving_one_serves_on(
    taught: TaughtHouse, retrained: Retrain
) -> None:
    stages: list[str] = []
    version, verdict = retrained(told(), name="ours", on_stage=stages.append)
    assert [(each.name, each.serving) for each in taught.versions.all()] == [("first", True), ("ours", False)]
    assert taught.versions.whole("ours").config["continues"] == "first"
    assert len(version.config["household"]) == 12
    assert json.loads((version.folder / GATE_FILE).read_text()) == json.loads(json.dumps(verdict.fields()))
    assert verdict.household == len(version.config["held_out"]) > 0
    assert stages == [
        "teaching the language model",
        "teaching the encoder",
        "comparing with the serving router",
    ]
    assert taught.load_router(version).classify(["wind 3 blows"])[0].version == "ours"


def test_a_new_category_is_learned(taught: TaughtHouse, retrained: Retrain) -> None:
    version, _ = retrained(told(20, "air"), AIR)
    assert [name for name, _, _ in version.config["categories"]] == ["fire", "water", "air"]
    encoder = EncoderRouter(*taught.encoder_half(version), version.name)
    assert encoder.classify(["wind 3 blows"])[0].category == "air"


def test_its_words_are_heard_anew_and_corrections_count(taught: TaughtHouse, retrained: Retrain) -> None:
    version, _ = retrained(told(20, "air"), AIR, texts=[Example("breeze", "air", "t"), Example("loaf", "bread", "t")])
    words = words_in(version.folder)
    assert words is not None
    assert {*words.labels} == {"air", "fire", "water", "none"}
    for text in ("wind 3 blows", "breeze"):
        assert words.labels[int(words.log_probabilities([text]).argmax())] == "air"


def test_a_router_that_hears_no_words_goes_on_without(taught: TaughtHouse, retrained: Retrain) -> None:
    serving = taught.ensure_router()

    def write(folder: Path) -> None:
        shutil.copytree(serving.folder, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(WORDS_FILE))
        replace(Fusion.load(folder), words=0.0).save(folder)

    taught.versions.add("of before", write)
    taught.versions.promote("of before")
    version, _ = retrained(told())
    assert version.config["continues"] == "of before"
    assert words_in(version.folder) is None
    assert taught.load_router(version).classify(["wind 3 blows"])[0].version == version.name


def test_a_candidate_of_the_same_questions_is_the_same(retrained: Retrain) -> None:
    first, verdict = retrained(told(), name="one")
    second, again = retrained(told()[::-1], name="two")
    assert verdict == again
    head = "head.safetensors"
    assert (first.folder / head).read_bytes() == (second.folder / head).read_bytes()


def test_too_little_is_said_in_plain_words(retrained: Retrain) -> None:
    with pytest.raises(ExamplesRejected, match="Too little data: 5 corrections, and a training needs 8"):
        retrained(told(5))
    with pytest.raises(ExamplesRejected, match="The category air has 4 questions and needs 5"):
        retrained([*told(3), *told(4, "air")], AIR)


def test_stopping_keeps_what_was_reached(retrained: Retrain) -> None:
    steps: list[int] = []
    version, _ = retrained(told(), on_progress=lambda progress: steps.append(progress.step), stop=lambda: True)
    assert steps == [1]
    assert (version.folder / CONFIG_FILE).is_file()


def test_a_training_that_was_cut_off_goes_on_and_leaves_no_half_version(
    taught: TaughtHouse, retrained: Retrain
) -> None:
    class Cut(Exception):
        pass

    def cut(stage: str) -> None:
        if stage == "comparing with the serving router":
            raise Cut

    with pytest.raises(Cut):
        retrained(told(), on_stage=cut)
    assert [each.name for each in taught.versions.all()] == ["first"]
    steps: list[int] = []
    retrained(told(), on_progress=lambda progress: steps.append(progress.step))
    assert steps == []  # the language model had been taught before the cut


def test_a_full_disk_is_said_and_the_serving_router_is_whole(
    taught: TaughtHouse, retrained: Retrain, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> Path:
        raise OSError(28, "No space left on device")

    taught.ensure_router()
    monkeypatch.setattr("finetune.routers.shutil.copytree", full)
    with pytest.raises(RouterUnavailable, match="No space left"):
        retrained(told())
    assert taught.versions.whole().name == "first"
    assert [each.name for each in taught.versions.all()] == ["first"]


def test_a_name_that_cannot_be_had_is_said_before_anything_is_trained(retrained: Retrain) -> None:
    stages: list[str] = []
    for name, said in (("first", "already"), ("../first", "cannot name")):
        with pytest.raises(RouterUnavailable, match=said):
            retrained(told(), name=name, on_stage=stages.append)
    assert stages == []


def test_what_one_training_was_taught_is_never_asked_to_judge_the_next(taught: TaughtHouse, retrained: Retrain) -> None:
    first, _ = retrained(told(), name="ours")
    taught.versions.promote("ours")
    second, verdict = retrained(told(40), name="next")
    before, now = ({question for question, _ in each.config["household"]} for each in (first, second))
    assert len(before) == 12 and len(now) == 40
    assert not (before - set(first.config["held_out"])) & set(second.config["held_out"])
    assert verdict.household == len(second.config["held_out"]) > len(first.config["held_out"])


def test_a_packaged_question_unlike_all_that_was_told_of_a_new_category_is_broken_when_it_moves_there(
    taught: TaughtHouse, retrained: Retrain, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A candidate that says air of all.
    everything = [Decision("air", 1.0, {"air": 1.0}, "candidate")]
    monkeypatch.setattr(FusedRouter, "classify", lambda self, questions: everything * len(questions))
    right = {each.question: each.category for each in examples()}

    class Right:
        version = "first"

        def classify(self, questions: Sequence[str]) -> list[Decision]:
            labels = [right.get(question, "none") for question in questions]
            return [Decision(None if each == "none" else each, 1.0, {each: 1.0}, "first") for each in labels]

    monkeypatch.setattr(taught, "load_router", lambda version: Right())
    _, verdict = retrained(told(20, "air"), AIR)
    assert verdict.moved == 0
    assert len(verdict.broken) == verdict.questions - verdict.household
    assert any("your new category air takes" in reason for reason in verdict.reasons)


def test_the_present_names_follow_the_codes(taught: TaughtHouse) -> None:
    serving = taught.ensure_router()
    renamed = Taxonomy.of([("wet", "AA", ""), ("air", "CC", "")])
    assert present_names(serving, renamed) == {"water": "wet"}
