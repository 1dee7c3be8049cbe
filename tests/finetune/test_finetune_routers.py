"""A whole router made from examples: both halves, their weights, their figures; and what becomes of a run cut off."""

import json
import resource
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny_language_model import WATER_OR_FIRE, Cut

from classifier.encoder import Head
from classifier.errors import RouterUnavailable
from classifier.fused import ALONE_FILE, FusedRouter, Fusion
from classifier.language_model import ADAPTER, CodeScorer, load_base
from classifier.taxonomy import Taxonomy
from classifier.versions import Version, Versions
from classifier.words import words_in
from finetune.config import Base, TrainConfig
from finetune.examples import Example, ExamplesRejected, Split, split
from finetune.fitting import TrainProgress
from finetune.routers import WORK, adapter_config, train_adapter, train_version

pytestmark = pytest.mark.usefixtures("one_thread")

QUICK = TrainConfig(rank=4, alpha=4, untouched=0.0, learning_rate=0.03, epochs=8, batch=8, evaluations=2, misspelt=0.0)
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def embed(texts: Sequence[str]) -> NDArray[np.float32]:
    """How often each letter stands in a text, as a unit vector."""
    counts = np.array([[text.count(letter) for letter in LETTERS] for text in texts], np.float32) + 0.01
    return np.asarray(counts / np.linalg.norm(counts, axis=1, keepdims=True), np.float32)


def examples(families: int = 24) -> list[Example]:
    made = []
    for at in range(families):
        filler = LETTERS[at % 5] * (1 + at // 5)
        made.append(Example(f"{filler} wwww", "water", f"w{at}", "plain"))
        made.append(Example(f"{filler} ffff", "fire", f"f{at}", "odd"))
        made.append(Example(f"{filler} xxxx", "none", f"x{at}"))
    return made


@pytest.fixture(scope="module")
def base(tiny_base: Path) -> Base:
    return Base("tiny", "0" * 64, tiny_base)


@pytest.fixture(scope="module", params=["head", "code"])
def trained(
    base: Base, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> tuple[Versions, Version]:
    versions, config = Versions(tmp_path_factory.mktemp("house") / "routers"), replace(QUICK, mode=request.param)
    version = train_version(versions, examples(), WATER_OR_FIRE, base, embed, "letters", config, name="first")
    assert version.mode == request.param
    return versions, version


def test_a_trained_version_labels_questions_it_never_saw(trained: tuple[Versions, Version], base: Base) -> None:
    _, version = trained
    scorer = CodeScorer(*load_base(base.folder, version.folder / ADAPTER), WATER_OR_FIRE)
    halves = scorer, Head.load(version.folder), embed
    router = FusedRouter(*halves, Fusion.load(version.folder), version.name, words_in(version.folder))

    decisions = router.classify(["zz wwww", "yyy ffff", "vv xxxx"])

    assert [decision.category for decision in decisions] == ["water", "fire", None]


def test_it_is_whole_says_what_it_is_made_of_and_does_not_serve(trained: tuple[Versions, Version]) -> None:
    versions, version = trained

    assert versions.whole("first") == version
    assert not version.serving
    assert version.config["kind"] == "fused"
    assert version.config["base"] == {"name": "tiny", "sha256": "0" * 64}
    assert [name for name, _, _ in version.config["categories"]] == WATER_OR_FIRE.names
    assert version.config["examples"]["test"] > 0
    assert set(version.report) == {"fused", "language_model", "without_language_model", "encoder", "words"}
    assert version.report["fused"]["invalid_labels"] == 0
    assert {"odd", "plain"} == set(version.report["fused"]["accuracy_by_style"])
    assert Fusion.load(version.folder, ALONE_FILE).none_from > 0
    assert not (versions.folder / WORK).exists()


def test_its_words_are_learned_from_texts_beside_the_questions(base: Base, tmp_path: Path) -> None:
    texts = [Example("sprinkler hydrant", "water", "t"), Example("kindling", "fire", "t"), Example("rye", "bread", "t")]

    version = train_version(
        Versions(tmp_path), examples(), WATER_OR_FIRE, base, embed, "letters", QUICK, texts=texts, name="with texts"
    )

    words = words_in(version.folder)
    assert words is not None
    assert {*words.labels} == {"water", "fire", "none"}
    (row,) = words.log_probabilities(["hydrant"])
    assert words.labels[int(row.argmax())] == "water"


def test_its_language_model_reads_the_sentences_of_the_texts_and_what_was_told(
    base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, term = Example("hydrant hisses", "water", "t", "said"), Example("kindling", "fire", "t", "term")
    told = Example("zz wwww of ours", "water", "household: a")
    parts = split(examples())
    read: dict[str, Any] = {}

    def train(*_: Any, **given: Any) -> None:
        read.update(given)
        raise Cut

    monkeypatch.setattr("finetune.routers.train", train)
    with pytest.raises(Cut):
        train_version(
            Versions(tmp_path), replace(parts, training=[*parts.training, told]), WATER_OR_FIRE, base, embed,
            "letters", QUICK, texts=[said, term, Example("rye", "bread", "t", "said")], household=[told],
        )  # fmt: skip
    assert (read["sentences"], read["told"]) == ([said], [told])


def test_it_keeps_to_the_parts_it_is_given_and_says_what_the_household_told(base: Base, tmp_path: Path) -> None:
    told = [Example("zz wwww of ours", "water", "household: a"), Example("yy wwww of ours", "water", "household: b")]
    parts = split(examples())
    parts = Split([*parts.training, told[0]], parts.validation, [*parts.test, told[1]])

    version = train_version(
        Versions(tmp_path), parts, WATER_OR_FIRE, base, embed, "letters", QUICK, household=told, name="ours"
    )

    assert version.config["examples"]["training"] == len(parts.training)
    assert version.config["household"] == [["yy wwww of ours", "water"], ["zz wwww of ours", "water"]]
    assert version.config["held_out"] == ["yy wwww of ours"]


@pytest.mark.parametrize("seed", [0, 1])
def test_the_seed_of_a_training_does_not_change_what_is_kept_from_it(
    base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    read: list[Example] = []

    def train(model: Any, tokenizer: Any, taxonomy: Taxonomy, parts: Split, *_: Any, **__: Any) -> None:
        read.extend(parts.training)
        raise Cut

    monkeypatch.setattr("finetune.routers.train", train)
    with pytest.raises(Cut):
        config = replace(QUICK, seed=seed)
        train_version(Versions(tmp_path), examples(), WATER_OR_FIRE, base, embed, "letters", config)

    assert read == split(examples()).training


def test_a_run_cut_off_leaves_the_serving_router_alone_and_goes_on(base: Base, tmp_path: Path) -> None:
    versions = Versions(tmp_path)
    versions.add("old", lambda folder: None)
    versions.promote("old")
    steps: list[int] = []

    def cut(progress: TrainProgress) -> None:
        if progress.step > progress.steps // 2:
            raise Cut

    with pytest.raises(Cut):
        train_version(versions, examples(), WATER_OR_FIRE, base, embed, "letters", QUICK, on_progress=cut)
    assert [version.name for version in versions.all()] == ["old"]
    assert versions.get().name == "old"

    version = train_version(
        versions, examples(), WATER_OR_FIRE, base, embed, "letters", QUICK,
        on_progress=lambda progress: steps.append(progress.step),
    )  # fmt: skip

    assert steps[0] > 1
    assert versions.get().name == "old"
    assert versions.whole(version.name).report["fused"]["accuracy"] > 0.5


def test_other_examples_do_not_go_on_from_a_run_that_was_cut_off(base: Base, tmp_path: Path) -> None:
    versions = Versions(tmp_path)
    folder = versions.folder / WORK / ADAPTER
    folder.mkdir(parents=True)
    (folder / "adapter_model.safetensors").write_bytes(b"of another run")
    (versions.folder / WORK / "run.json").write_text(json.dumps({"fingerprint": "another"}), "utf-8")

    version = train_version(versions, examples(), WATER_OR_FIRE, base, embed, "letters", QUICK)

    assert versions.whole(version.name)


def test_a_second_run_at_the_same_time_is_refused(base: Base, tmp_path: Path) -> None:
    versions, said = Versions(tmp_path), list[str]()

    def again(progress: TrainProgress) -> None:
        with pytest.raises(RouterUnavailable) as caught:
            train_version(versions, examples(), WATER_OR_FIRE, base, embed, "letters", QUICK)
        said.append(str(caught.value))
        raise Cut

    with pytest.raises(Cut):
        train_version(versions, examples(), WATER_OR_FIRE, base, embed, "letters", QUICK, on_progress=again)
    assert "trained already" in said[0]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([*examples(), Example("q", "earth", "e")], "differ in: earth"),
        ([each for each in examples() if each.category != "fire"], "differ in: fire"),
    ],
)
def test_examples_of_other_categories_are_refused(base: Base, tmp_path: Path, given: list[Example], said: str) -> None:
    with pytest.raises(ExamplesRejected, match=said):
        train_version(Versions(tmp_path), given, WATER_OR_FIRE, base, embed, "letters", QUICK)


@pytest.mark.parametrize(("name", "said"), [("first", "already"), ("../first", "cannot name")])
def test_a_name_that_cannot_be_had_is_said_before_anything_is_trained(
    trained: tuple[Versions, Version], base: Base, name: str, said: str
) -> None:
    def never(progress: TrainProgress) -> None:
        raise Cut

    with pytest.raises(RouterUnavailable, match=said):
        train_version(
            trained[0], examples(), WATER_OR_FIRE, base, embed, "letters", QUICK, name=name, on_progress=never
        )


def test_a_base_that_is_not_there_is_said(tmp_path: Path) -> None:
    nowhere = Base("gone", "", tmp_path / "gone")
    with pytest.raises(RouterUnavailable, match="cannot be read"):
        train_version(Versions(tmp_path / "routers"), examples(), WATER_OR_FIRE, nowhere, embed, "letters", QUICK)


def test_a_full_disk_is_said_and_leaves_the_serving_router_alone(base: Base, tmp_path: Path) -> None:
    versions = Versions(tmp_path)
    versions.add("old", lambda folder: None)
    versions.promote("old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill_up(progress: TrainProgress) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))

    try:
        with pytest.raises(RouterUnavailable, match="has room, and start again"):
            train_version(versions, examples(), WATER_OR_FIRE, base, embed, "letters", QUICK, on_progress=fill_up)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert versions.get().name == "old"
    assert train_version(versions, examples(), WATER_OR_FIRE, base, embed, "letters", QUICK)


def test_a_classification_head_is_trained_kept_and_scores_its_labels(base: Base, tmp_path: Path) -> None:
    config = replace(QUICK, epochs=16)
    train_adapter(tmp_path, examples(), WATER_OR_FIRE, base, config)

    scorer = CodeScorer(*load_base(base.folder, tmp_path / ADAPTER), WATER_OR_FIRE)
    rows = scorer.log_probabilities(["zz wwww", "yyy ffff", "vv xxxx"])

    assert [scorer.labels[at] for at in rows.argmax(axis=1)] == ["water", "fire", "none"]
    np.testing.assert_allclose(np.exp(rows).sum(axis=1), 1, atol=1e-6)


def test_a_folder_without_an_adapter_is_said(tmp_path: Path) -> None:
    with pytest.raises(RouterUnavailable, match="holds no adapter"):
        adapter_config(tmp_path)
