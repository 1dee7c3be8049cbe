import dataclasses
import json
import struct
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import save_file

from classifier.decision import Decision, Router, likely_categories
from classifier.encoder import CALIBRATION_FILE, WEIGHTS_FILE, EncoderRouter, Head
from classifier.errors import RouterUnavailable
from classifier.taxonomy import NONE
from knowledge.embedding import Embedder

LABELS = ("appliances", "car", "pool", NONE)


def head(seed: int = 0, labels: Sequence[str] = LABELS, dimension: int = 16, **changes: Any) -> Head:
    random = np.random.default_rng(seed)
    made = Head(
        labels=tuple(labels),
        weight=random.normal(size=(len(labels), dimension)).astype(np.float32),
        bias=random.normal(size=len(labels)).astype(np.float32),
        temperature=0.7,
        abstain_below=0.4,
        sure_from=0.8,
        embedder="words",
    )
    return dataclasses.replace(made, **changes)


def unit_vectors(count: int = 20, dimension: int = 16) -> NDArray[np.float32]:
    vectors = np.random.default_rng(1).normal(size=(count, dimension)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def decide(probabilities: Mapping[str, float], abstain_below: float = 0.4, sure_from: float = 0.8) -> Decision:
    """What a router answers whose head gives exactly these probabilities: the logits are their logarithms."""
    made = head(
        labels=tuple(probabilities),
        weight=np.eye(len(probabilities), dtype=np.float32),
        bias=np.zeros(len(probabilities), np.float32),
        temperature=1.0,
        abstain_below=abstain_below,
        sure_from=sure_from,
    )
    logits = np.log([list(probabilities.values())]).astype(np.float32)
    return EncoderRouter(made, lambda questions: logits, "v1").classify(["?"])[0]


# --- probabilities --------------------------------------------------------------------------------------------


def test_probabilities_are_the_softmax_of_the_logits_over_the_temperature() -> None:
    made = head(weight=np.eye(4, dtype=np.float32), bias=np.array([0, 1, 0, 0], np.float32), temperature=0.5)

    row = made.probabilities(np.array([[1, 0, 0, 0]], np.float32))[0]

    e2 = np.exp(2.0)  # logits 1, 1, 0, 0 over 0.5
    assert row == pytest.approx(np.array([e2, e2, 1, 1]) / (2 * e2 + 2))


def test_probabilities_sum_to_one_over_all_labels() -> None:
    rows = head().probabilities(unit_vectors())

    assert rows.shape == (20, len(LABELS))
    assert rows.min() > 0
    assert rows.sum(axis=1) == pytest.approx(np.ones(20), abs=1e-12)


def test_a_huge_logit_makes_no_nan() -> None:
    rows = head(weight=np.full((4, 16), 1e6, np.float32) * np.arange(4, dtype=np.float32)[:, None]).probabilities(
        np.full((1, 16), 0.25, np.float32)
    )

    assert rows[0] == pytest.approx([0, 0, 0, 1])


def test_a_higher_temperature_is_less_confident_of_the_same_order() -> None:
    vectors = unit_vectors()
    cold, warm = (head(temperature=temperature).probabilities(vectors) for temperature in (0.5, 2.0))

    assert (cold.max(axis=1) > warm.max(axis=1)).all()
    assert (cold.argsort(axis=1) == warm.argsort(axis=1)).all()


# --- decisions ------------------------------------------------------------------------------------------------


def test_a_decision_tells_the_label_and_how_likely_every_label_is() -> None:
    decision = decide({"car": 0.04, "pool": 0.9, NONE: 0.05, "appliances": 0.01})

    assert decision.category == "pool"
    assert decision.confidence == pytest.approx(0.9)
    assert list(decision.probabilities) == ["pool", NONE, "car", "appliances"]  # likeliest first
    assert decision.probabilities["car"] == pytest.approx(0.04)
    assert sum(decision.probabilities.values()) == pytest.approx(1)
    assert decision.version == "v1"


def test_one_category_is_likely_when_it_alone_is_sure() -> None:
    decision = decide({"pool": 0.85, "car": 0.1, NONE: 0.05})

    assert decision.likely == ("pool",)


def test_two_categories_are_likely_when_only_both_together_are_sure() -> None:
    decision = decide({"car": 0.35, "pool": 0.55, "appliances": 0.06, NONE: 0.04})

    assert decision.category == "pool"
    assert decision.likely == ("pool", "car")


def test_no_category_is_likely_when_even_two_together_are_not_sure() -> None:
    decision = decide({"pool": 0.45, "car": 0.3, "appliances": 0.2, NONE: 0.05})

    assert decision.category == "pool"
    assert decision.likely == ()


def test_none_is_never_among_the_likely_categories() -> None:
    decision = decide({"pool": 0.5, NONE: 0.4, "car": 0.1})

    assert decision.category == "pool"
    assert decision.likely == ()  # 0.5 + 0.4 would be sure, but nothing can be searched in none
    assert decide({"pool": 0.5, NONE: 0.4, "car": 0.1}, sure_from=0.6).likely == ("pool", "car")


def test_a_question_that_belongs_to_no_category_has_no_label() -> None:
    decision = decide({"pool": 0.1, "car": 0.05, NONE: 0.85})

    assert decision.category is None
    assert decision.confidence == pytest.approx(0.85)
    assert decision.likely == ()


def test_the_router_abstains_below_its_bound_although_a_category_leads() -> None:
    undecided = {"pool": 0.39, "car": 0.3, NONE: 0.31}

    abstained = decide(undecided, abstain_below=0.4, sure_from=0.5)
    answered = decide(undecided, abstain_below=0.38, sure_from=0.5)

    assert (abstained.category, abstained.likely) == (None, ())
    assert next(iter(abstained.probabilities)) == "pool"  # what it would have said is still told
    assert (answered.category, answered.likely) == ("pool", ("pool", "car"))


def test_a_probability_on_the_bound_is_enough() -> None:
    assert likely_categories({"pool": 0.75, "car": 0.25, NONE: 0.0}, 0.75) == ("pool",)
    assert likely_categories({"pool": 0.5, "car": 0.25, NONE: 0.25}, 0.75) == ("pool", "car")
    assert likely_categories({"pool": 0.5, "car": 0.25, NONE: 0.25}, 0.76) == ()


def test_a_house_with_a_single_category_is_labelled_too() -> None:
    assert decide({"pool": 0.9, NONE: 0.1}).likely == ("pool",)
    assert decide({"pool": 0.6, NONE: 0.4}).likely == ()


def test_questions_are_answered_in_their_order(embedder: Embedder) -> None:
    weight = embedder.embed(["fridge oven", "tyres brakes", "pump chlorine", "hello"])
    router: Router = EncoderRouter(
        head(weight=weight, bias=np.zeros(4, np.float32), temperature=0.1), embedder.embed, "encoder-1"
    )

    decisions = router.classify(["chlorine for the pump", "hello hello", "new tyres", "the oven"])

    assert [decision.category for decision in decisions] == ["pool", None, "car", "appliances"]
    assert {decision.version for decision in decisions} == {router.version} == {"encoder-1"}


def test_a_question_is_labelled_alike_alone_and_among_others(embedder: Embedder) -> None:
    router = EncoderRouter(head(dimension=256), embedder.embed, "v1")
    questions = ["new tyres", "", "pump " * 2000]

    together = router.classify(questions)

    for question, decision in zip(questions, together, strict=True):
        alone = router.classify([question])[0]
        assert alone.category == decision.category
        assert alone.probabilities == pytest.approx(decision.probabilities)


def test_no_questions_have_no_decisions_and_reach_no_embedder() -> None:
    def embed(questions: Sequence[str]) -> NDArray[np.float32]:
        raise AssertionError("there is nothing to embed")

    assert EncoderRouter(head(), embed, "v1").classify([]) == []


# --- on disk --------------------------------------------------------------------------------------------------


def strided(array: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same numbers, every second one of a larger buffer."""
    buffer = np.full([2 * size for size in array.shape], 7, np.float32)
    view = buffer[tuple(slice(None, None, 2) for _ in array.shape)]
    view[...] = array
    return view


@pytest.mark.parametrize("layout", [np.ascontiguousarray, np.asfortranarray, strided])
def test_a_head_comes_back_the_same_however_its_numbers_lie_in_memory(
    tmp_path: Path, layout: Callable[[NDArray[np.float32]], NDArray[np.float32]]
) -> None:
    plain = head()
    saved = dataclasses.replace(plain, weight=layout(plain.weight), bias=layout(plain.bias))
    vectors = unit_vectors()

    saved.save(tmp_path)
    loaded = Head.load(tmp_path)

    assert np.array_equal(loaded.weight, plain.weight)
    assert np.array_equal(loaded.bias, plain.bias)
    assert np.array_equal(loaded.probabilities(vectors), plain.probabilities(vectors))


def test_a_head_comes_back_with_its_calibration(tmp_path: Path) -> None:
    labels = ("appliances", "Küche", "pool", NONE)

    head(labels=labels, temperature=0.123456789, abstain_below=0.25, sure_from=0.62, embedder="MiniLM").save(tmp_path)
    loaded = Head.load(tmp_path)

    assert loaded.labels == labels
    assert (loaded.temperature, loaded.abstain_below, loaded.sure_from) == (0.123456789, 0.25, 0.62)
    assert loaded.embedder == "MiniLM"


def test_a_folder_that_takes_no_head_is_named(tmp_path: Path) -> None:
    with pytest.raises(RouterUnavailable, match=r"cannot be written into .*missing"):
        head().save(tmp_path / "missing")


def calibration(**changes: object) -> Callable[[Path], object]:
    def change(folder: Path) -> object:
        fields = {**json.loads((folder / CALIBRATION_FILE).read_text("utf-8")), **changes}
        return (folder / CALIBRATION_FILE).write_text(json.dumps(fields), "utf-8")

    return change


def calibration_text(content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / CALIBRATION_FILE).write_bytes(content)


def weights(**tensors: NDArray[Any]) -> Callable[[Path], object]:
    return lambda folder: save_file(tensors, folder / WEIGHTS_FILE)


def weights_bytes(content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / WEIGHTS_FILE).write_bytes(content)


def without(field: str) -> Callable[[Path], object]:
    def change(folder: Path) -> object:
        fields = json.loads((folder / CALIBRATION_FILE).read_text("utf-8"))
        del fields[field]
        return (folder / CALIBRATION_FILE).write_text(json.dumps(fields), "utf-8")

    return change


def cut_weights(folder: Path) -> None:
    content = (folder / WEIGHTS_FILE).read_bytes()
    (folder / WEIGHTS_FILE).write_bytes(content[: len(content) // 2])


# A sound file, in eight-bit floats that numpy does not have.
EIGHT_BIT = json.dumps({"weight": {"dtype": "F8_E4M3", "shape": [4], "data_offsets": [0, 4]}}).encode()
EIGHT_BIT = struct.pack("<Q", len(EIGHT_BIT)) + EIGHT_BIT + bytes(4)
FULL, BIAS = np.ones((4, 16), np.float32), np.ones(4, np.float32)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        pytest.param(lambda folder: (folder / WEIGHTS_FILE).unlink(), WEIGHTS_FILE, id="weights missing"),
        pytest.param(lambda folder: (folder / CALIBRATION_FILE).unlink(), CALIBRATION_FILE, id="calibration missing"),
        pytest.param(cut_weights, "not fully covered", id="weights cut short"),
        pytest.param(weights_bytes(b""), "header", id="weights empty"),
        pytest.param(weights_bytes(b"a pickle?" * 9), "header", id="weights noise"),
        pytest.param(weights_bytes(EIGHT_BIT), "float8", id="weights of a foreign type"),
        pytest.param(weights(lora_A=FULL), "no 'weight'", id="weights of another model"),
        pytest.param(weights(weight=FULL), "no 'bias'", id="weights without bias"),
        pytest.param(weights(weight=FULL[:3], bias=BIAS[:3]), "do not fit its labels", id="fewer rows than labels"),
        pytest.param(weights(weight=BIAS, bias=BIAS), "do not fit its labels", id="weights not a matrix"),
        pytest.param(weights(weight=FULL, bias=FULL), "do not fit its labels", id="bias a matrix"),
        pytest.param(weights(weight=FULL * np.float32("nan"), bias=BIAS), "no probabilities", id="weights not numbers"),
        pytest.param(calibration_text(b'{"labels": ["pool"'), "line 1", id="calibration cut short"),
        pytest.param(calibration_text(b"\xff\xfe{}"), "utf-8", id="calibration not UTF-8"),
        pytest.param(calibration_text(b"[1, 2]"), "list", id="calibration another JSON"),
        pytest.param(calibration_text(b'{"r": 8, "lora_alpha": 16}'), "no 'labels'", id="calibration of another model"),
        pytest.param(without("sure_from"), "no 'sure_from'", id="calibration of an older version"),
        pytest.param(calibration(labels=["car", "fence", "pool", "roof"]), "lack 'none'", id="labels without none"),
        pytest.param(calibration(labels=["pool", "car", "pool", NONE]), "doubled", id="labels doubled"),
        pytest.param(calibration(labels=[["pool"], "car", "fence", NONE]), "list", id="labels not text"),
        pytest.param(calibration(temperature=0), "no probabilities", id="temperature zero"),
        pytest.param(calibration(temperature=-1), "no probabilities", id="temperature negative"),
        pytest.param(calibration(temperature=float("nan")), "no probabilities", id="temperature not a number"),
        pytest.param(calibration(temperature="warm"), "'warm'", id="temperature a word"),
    ],
)
def test_a_damaged_head_is_refused_with_its_folder_the_reason_and_the_remedy(
    tmp_path: Path, spoil: Callable[[Path], object], reason: str
) -> None:
    head().save(tmp_path)
    spoil(tmp_path)

    with pytest.raises(RouterUnavailable) as refusal:
        Head.load(tmp_path)

    message = str(refusal.value)
    assert str(tmp_path) in message
    assert reason in message
    assert "Delete that folder" in message


def test_a_folder_without_a_head_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RouterUnavailable, match="nowhere"):
        Head.load(tmp_path / "nowhere")
