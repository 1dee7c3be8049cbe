"""Tiny language models really trained on: a category that is new, gone or renamed, in both modes of a router."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from conftest import WordEmbedder
from numpy.typing import NDArray
from safetensors.torch import load_file
from taught_house import TaughtHouse
from taught_house import examples as words
from tiny_language_model import Cut

from classifier.decision import Router
from classifier.encoder import Head
from classifier.fused import FusedRouter, Fusion
from classifier.language_model import ADAPTER, ADAPTER_WEIGHTS, LABEL_HEAD, CodeScorer, label_head_size, load_base
from classifier.taxonomy import NONE, Taxonomy
from classifier.versions import Version, Versions
from classifier.words import words_in
from finetune.config import Base, TrainConfig
from finetune.course import HouseholdConfig, Material
from finetune.examples import Example, split
from finetune.fitting import TrainProgress
from finetune.growing import grown_adapter, grown_head, new_row
from finetune.head import HeadConfig, columns_of, regression
from finetune.household import EncoderBase, Serving, present_names, retrain
from finetune.routers import train_version

pytestmark = pytest.mark.usefixtures("one_thread")

QUICK = TrainConfig(rank=4, alpha=4, untouched=0.0, learning_rate=0.02, epochs=16, batch=8, evaluations=2, misspelt=0.0)
SHORT = HouseholdConfig(repeats=2, least_steps=40, most_steps=40, learning_rate=0.01, validated_on=20, judged_on=30)
LETTERS = "abcdefghijklmnopqrstuvwxyz"
LABELS = [("water", "AA", "what is wet"), ("fire", "BB", "what is hot"), ("air", "CC", "what blows")]
TAUGHT = Taxonomy.of(LABELS)
MORE = Taxonomy.of([*LABELS, ("ice", "DD", "what is cold")])
ASKED = {"water": "zz wwww", "fire": "yyy ffff", "air": "uu gggg", NONE: "vv xxxx", "ice": "tt hhhh"}


def embed(texts: Sequence[str]) -> NDArray[np.float32]:
    """How often each letter stands in a text, as a unit vector."""
    counts = np.array([[text.count(letter) for letter in LETTERS] for text in texts], np.float32) + 0.01
    return np.asarray(counts / np.linalg.norm(counts, axis=1, keepdims=True), np.float32)


def questions(letter: str, label: str, count: int = 24) -> list[Example]:
    return [Example(f"{LETTERS[at % 5] * (1 + at // 5)} {letter * 4}", label, f"{letter}{at}") for at in range(count)]


def lesson(water: str = "water") -> list[Example]:
    return [*questions("w", water), *questions("f", "fire"), *questions("g", "air"), *questions("x", NONE)]


@pytest.fixture(scope="module")
def base(tiny_base: Path) -> Base:
    return Base("tiny", "0" * 64, tiny_base)


@pytest.fixture(scope="module")
def versions(base: Base, tmp_path_factory: pytest.TempPathFactory) -> Versions:
    """A house with a router of each mode, called like it."""
    versions = Versions(tmp_path_factory.mktemp("house") / "routers")
    for mode in ("head", "code"):
        config = TrainConfig(**{**vars(QUICK), "mode": mode})
        train_version(versions, lesson(), TAUGHT, base, embed, "letters", config, name=mode)
    return versions


Retrain = Callable[..., Version]


@pytest.fixture
def retrained(versions: Versions, base: Base, tmp_path: Path) -> Retrain:
    """Goes on from one of the routers, in a house of its own."""

    def run(
        serving: Version | str,
        told: Sequence[Example],
        packaged: Sequence[Example],
        taxonomy: Taxonomy,
        **options: Any,
    ) -> Version:
        version = versions.get(serving) if isinstance(serving, str) else serving
        names = present_names(version, taxonomy)
        return retrain(
            Versions(tmp_path), Serving(version, names, lambda: router(version, base)),
            Material(told, split(packaged), taxonomy), base, EncoderBase(embed, "letters"), SHORT, **options,
        )[0]  # fmt: skip

    return run


def scorer(version: Version, base: Base) -> CodeScorer:
    return CodeScorer(*load_base(base.folder, version.folder / ADAPTER), version.taxonomy)


def router(version: Version, base: Base) -> Router:
    halves = scorer(version, base), Head.load(version.folder), embed
    return FusedRouter(*halves, Fusion.load(version.folder), version.name, words_in(version.folder))


def answers(scorer: CodeScorer, asked: Sequence[str]) -> list[str]:
    """What the language model alone says."""
    return [scorer.labels[at] for at in scorer.log_probabilities(asked).argmax(axis=1)]


# --- a training that goes on ----------------------------------------------------------------------------------------


def test_a_new_category_is_learned_and_the_others_are_known_still(retrained: Retrain, base: Base) -> None:
    version = retrained("head", questions("h", "ice"), lesson(), MORE)

    assert version.mode == "head"
    assert label_head_size(version.folder / ADAPTER) == 5
    model = scorer(version, base)
    assert model.labels == ("air", "fire", "ice", "water", NONE)
    assert answers(model, list(ASKED.values())) == list(ASKED)
    decided = router(version, base).classify(list(ASKED.values()))
    assert [each.category or NONE for each in decided] == list(ASKED)


def test_a_category_that_was_removed_is_answered_no_more(retrained: Retrain, base: Base) -> None:
    left = Taxonomy(tuple(each for each in TAUGHT if each.name != "fire"))
    packaged = [each for each in lesson() if each.category != "fire"]
    version = retrained("head", questions("g", "air", 34)[24:], packaged, left)

    assert label_head_size(version.folder / ADAPTER) == 3
    model = scorer(version, base)
    assert model.labels == ("air", "water", NONE)
    assert answers(model, ["zz wwww", "uu gggg", "vv xxxx"]) == ["water", "air", NONE]


def test_a_category_that_was_renamed_keeps_its_row_wherever_it_stands_now(retrained: Retrain, base: Base) -> None:
    renamed = Taxonomy.of([("a wet thing", "AA", "what is wet"), *LABELS[1:]])
    version = retrained("head", questions("w", "a wet thing", 34)[24:], lesson(water="a wet thing"), renamed)

    model = scorer(version, base)
    assert model.labels == ("a wet thing", "air", "fire", NONE)
    assert answers(model, ["zz wwww", "uu gggg", "yyy ffff", "vv xxxx"]) == ["a wet thing", "air", "fire", NONE]


def test_a_training_with_a_new_category_that_was_cut_off_goes_on(retrained: Retrain, base: Base) -> None:
    def cut(progress: TrainProgress) -> None:
        if progress.step == progress.steps - 1:
            raise Cut

    with pytest.raises(Cut):
        retrained("head", questions("h", "ice"), lesson(), MORE, on_progress=cut)
    heard: list[TrainProgress] = []
    version = retrained("head", questions("h", "ice"), lesson(), MORE, on_progress=heard.append)

    assert heard[0].step > 1
    assert answers(scorer(version, base), list(ASKED.values())) == list(ASKED)


def test_a_router_that_writes_codes_is_gone_on_from_as_one(retrained: Retrain, base: Base) -> None:
    version = retrained("code", questions("h", "ice"), lesson(), MORE)

    assert version.mode == "code"
    assert label_head_size(version.folder / ADAPTER) == 0
    said = answers(scorer(version, base), list(ASKED.values()))
    assert said[-1] == "ice"
    assert sum(one == other for one, other in zip(said, ASKED, strict=True)) >= 4


# --- the language model's head --------------------------------------------------------------------------------------

GONE = ["gone: air", "fire", "water", NONE]


def lm_head(adapter: Path) -> torch.Tensor:
    return next(rows for name, rows in load_file(adapter / ADAPTER_WEIGHTS).items() if LABEL_HEAD in name)


def grown(versions: Versions, base: Base, known: Sequence[str], taxonomy: Taxonomy, out: Path) -> CodeScorer:
    told = questions("g", "air")[:5]
    packaged = [each for each in lesson() if each.category != "air"]
    grown_adapter(versions.get("head").folder / ADAPTER, known, taxonomy, base.folder, told, packaged, out)
    return CodeScorer(*load_base(base.folder, out), taxonomy)


def test_five_questions_begin_a_row_and_leave_the_others_as_they_were(
    versions: Versions, base: Base, tmp_path: Path
) -> None:
    model = grown(versions, base, GONE, TAUGHT, tmp_path)

    before, after = lm_head(versions.get("head").folder / ADAPTER), lm_head(tmp_path)
    assert torch.equal(after[1:], before[1:])
    assert not torch.equal(after[0], before[0])
    assert answers(model, list(ASKED.values())[:4]) == list(ASKED)[:4]
    assert (tmp_path / "adapter_config.json").is_file()


def test_a_category_without_a_question_begins_at_nought(versions: Versions, base: Base, tmp_path: Path) -> None:
    model = grown(versions, base, GONE, MORE, tmp_path)

    assert model.labels == ("air", "fire", "ice", "water", NONE)
    assert not lm_head(tmp_path)[2].any()


def test_rows_follow_their_labels_into_another_order(versions: Versions, base: Base, tmp_path: Path) -> None:
    turned = Taxonomy(TAUGHT.categories[::-1])
    model = grown(versions, base, TAUGHT.labels, turned, tmp_path)

    before, after = lm_head(versions.get("head").folder / ADAPTER), lm_head(tmp_path)
    assert model.labels == ("water", "fire", "air", NONE)
    assert torch.equal(after, before[[2, 1, 0, 3]])


def test_a_new_row_is_told_from_others_that_are_far_more() -> None:
    draw = np.random.default_rng(0)
    centres = 3 * np.eye(4, 16)
    vectors = np.concatenate([centres[at] + draw.normal(size=(count, 16)) for at, count in enumerate((90, 90, 90, 4))])
    belongs = np.arange(len(vectors)) >= 270
    rows = centres[:3] / 2

    row = new_row(vectors, belongs, rows)

    fresh = np.concatenate([centres[at] + draw.normal(size=(50, 16)) for at in range(4)])
    said = (fresh @ np.vstack([rows, row]).T).argmax(axis=1)
    right = (said == np.repeat(np.arange(4), 50)).reshape(4, 50).mean(axis=1)
    assert right.min() > 0.8


# --- the encoder's head ---------------------------------------------------------------------------------------------


def test_the_head_keeps_what_it_knew_and_grows_a_row_for_a_new_category() -> None:
    embed, known = WordEmbedder().embed, words()
    labels = ["fire", "water", "none"]
    before = embed([each.question for each in known])
    weight, bias = regression(before, columns_of(known, labels), HeadConfig())
    head = Head(tuple(labels), 3 * weight, 3 * bias, 1.0, 0.0, 1.0, "words")
    told = [Example(f"wind {at} blows", "air", f"household: {at}", "corrected") for at in range(12)]
    grown = ["air", "fire", "water", "none"]

    weight, bias = grown_head(head, grown, told, known, embed, HeadConfig())

    np.testing.assert_array_equal(weight[1:], head.weight)
    np.testing.assert_array_equal(bias[1:], head.bias)
    scores = embed(["wind 3 blows", "when stove", "who pump"]) @ weight.T + bias
    assert [grown[at] for at in scores.argmax(axis=1)] == ["air", "fire", "water"]


def test_a_category_that_is_gone_leaves_the_head(taught: TaughtHouse) -> None:
    head = Head.load(taught.ensure_router().folder)
    kept = grown_head(head, ["fire", "none"], [], words(), WordEmbedder().embed, HeadConfig())[0]
    assert kept.shape == (2, head.weight.shape[1])
