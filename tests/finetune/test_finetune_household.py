"""A household's corrections really trained on: what is held out, replayed and left out, and what comes of a bad set."""

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import WordEmbedder
from numpy.typing import NDArray
from taught_house import TaughtHouse, examples
from tiny_language_model import WATER_OR_FIRE

from classifier.encoder import EncoderRouter
from classifier.errors import RouterUnavailable
from classifier.fused import Fusion
from classifier.taxonomy import Category, Taxonomy
from classifier.versions import CONFIG_FILE, Version
from classifier.words import WORDS_FILE, words_in
from finetune.examples import Example, ExamplesRejected
from finetune.gate import GATE_FILE, Verdict
from finetune.household import (
    HouseholdConfig,
    learnable,
    lesson_steps,
    mixed,
    parted,
    present_names,
    retrain,
    uncontradicted,
)

QUICK = HouseholdConfig(repeats=2, least_steps=2, most_steps=4, validated_on=20, judged_on=30)
AIR = Taxonomy((*WATER_OR_FIRE, Category("air", "CC", "what blows")))


def told(count: int = 12, label: str = "fire") -> list[Example]:
    return [Example(f"wind {at} blows", label, f"household: {label} {at}", "corrected") for at in range(count)]


Retrain = Callable[..., tuple[Version, Verdict]]


@pytest.fixture
def retrained(taught: TaughtHouse) -> Retrain:
    """Trains a candidate in the tiny house."""

    def run(
        questions: Sequence[Example], taxonomy: Taxonomy = WATER_OR_FIRE, **options: Any
    ) -> tuple[Version, Verdict]:
        serving = taught.ensure_router()
        return retrain(
            taught.versions, serving, lambda: taught.load_router(serving), questions, examples(), taxonomy,
            taught.base, taught.embedder.embed, taught.embedder.name, None, QUICK, **options,
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
    assert verdict.household == 2
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


def test_a_category_with_too_few_questions_is_left_for_later() -> None:
    taxonomy, left = learnable(AIR, [*told(10), *told(4, "air")], examples())
    assert taxonomy.names == ["fire", "water"]
    assert {each.category for each in left} == {"fire"}


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


def test_a_second_training_is_refused(taught: TaughtHouse, retrained: Retrain) -> None:
    from finetune.routers import exclusive

    with exclusive(taught.versions.folder), pytest.raises(RouterUnavailable, match="being trained already"):
        retrained(told())


# --- what is read ---------------------------------------------------------------------------------------------------


def test_a_share_of_every_label_is_held_out_and_the_same_each_time() -> None:
    questions = [*told(20, "fire"), *told(10, "water"), *told(2, "air")]
    held_out, taught = parted(questions, HouseholdConfig())
    assert sorted(each.category for each in held_out) == ["fire"] * 4 + ["water"] * 2
    assert sorted(map(str, [*held_out, *taught])) == sorted(map(str, questions))
    assert set(parted(questions[::-1], HouseholdConfig())[0]) == set(held_out)


def test_corrections_are_read_often_among_a_replay_of_the_packaged_questions() -> None:
    config = HouseholdConfig(repeats=3, replay=2.0, least_steps=1)
    lesson = mixed(told(4), examples(), config)
    assert sum(each.style == "corrected" for each in lesson) == 12
    assert len(lesson) == 36
    assert lesson == mixed(told(4), examples(), config)


def test_a_packaged_question_that_the_household_puts_elsewhere_is_left_out() -> None:
    packaged = [
        Example("camera door battery", "doorbell", "a"),
        Example("camera door battery please", "doorbell", "b"),
        Example("chime rings twice", "doorbell", "c"),
        Example("pool pump", "pool", "d"),
    ]
    ours = [Example("please: camera, door, battery", "security", "x"), Example("pool pump new", "pool", "y")]
    kept = uncontradicted(packaged, ours, WordEmbedder().embed, 0.5)
    # The first is as near to its own like; the second is nearest to what the household told.
    assert [each.family for each in kept] == ["a", "c", "d"]
    assert uncontradicted(packaged, [], WordEmbedder().embed, 0.5) == packaged


def test_the_nearest_decides_and_one_that_is_far_does_not() -> None:
    def embed(texts: Sequence[str]) -> NDArray[np.float32]:
        turned = [float(text) for text in texts]
        return np.array([[np.cos(angle), np.sin(angle)] for angle in turned], np.float32)

    packaged = [Example("0.0", "fire", "a"), Example("1.5", "fire", "b")]
    assert [each.family for each in uncontradicted(packaged, [Example("0.2", "water", "x")], embed, 0.5)] == ["b"]
    assert len(uncontradicted(packaged, [Example("3.1", "water", "x")], embed, 0.5)) == 2


def test_the_steps_grow_with_what_was_told_within_bounds() -> None:
    config = HouseholdConfig()
    assert lesson_steps(8, config) == config.least_steps
    assert config.least_steps < lesson_steps(60, config) < config.most_steps
    assert lesson_steps(1000, config) == config.most_steps


def test_the_present_names_follow_the_codes(taught: TaughtHouse) -> None:
    serving = taught.ensure_router()
    renamed = Taxonomy.of([("wet", "AA", ""), ("air", "CC", "")])
    assert present_names(serving, renamed) == {"water": "wet"}
