"""Voices as one router: weighed, bounded, kept on disk, and refused where they do not fit."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny_language_model import WATER_OR_FIRE, tiny_model, tiny_tokenizer

from classifier.decision import ranked
from classifier.encoder import Head
from classifier.errors import RouterUnavailable
from classifier.fused import FUSION_FILE, FusedRouter, Fusion, Voices
from classifier.language_model import CodeScorer
from classifier.words import WordHead
from finetune.examples import Example
from finetune.words import fit_words

LABELS = ("fire", "water", "none")
EVEN = Fusion(language_model=1.0, encoder=1.0, none_bias=0.0, none_from=0.5, sure_from=0.8)


def log(*rows: Sequence[float]) -> NDArray[np.float64]:
    return np.asarray(np.log(np.array(rows)))


def test_probabilities_are_the_weighted_product_of_all_voices() -> None:
    voices = Voices(log((0.6, 0.3, 0.1)), log((0.2, 0.7, 0.1)), log((0.3, 0.3, 0.4)))
    product = np.array([[0.6**2 * 0.2 * 0.3**3, 0.3**2 * 0.7 * 0.3**3, 0.1**2 * 0.1 * 0.4**3]])

    found = Fusion(2.0, 1.0, 0.0, 0.5, 0.8, words=3.0).probabilities(voices, LABELS)

    np.testing.assert_allclose(found, product / product.sum())


def test_the_bias_lifts_none_alone() -> None:
    rows = log((0.5, 0.25, 0.25))
    plain, lifted = (
        EVEN.probabilities(Voices(rows, rows), LABELS),
        Fusion(1, 1, 1.0, 0.5, 0.8).probabilities(Voices(rows, rows), LABELS),
    )

    assert lifted[0, 2] > plain[0, 2]
    assert lifted[0, 0] / lifted[0, 1] == pytest.approx(plain[0, 0] / plain[0, 1])


def test_weighing_leaves_the_voices_as_they_were() -> None:
    rows = log((0.5, 0.25, 0.25))
    before = rows.copy()
    Fusion(1, 1, 3.0, 0.5, 0.8, words=1).probabilities(Voices(rows, rows, rows), LABELS)

    np.testing.assert_array_equal(rows, before)


@pytest.mark.parametrize(
    ("row", "category", "likely"),
    [
        ((0.9, 0.06, 0.04), "fire", ("fire",)),
        ((0.5, 0.4, 0.1), "fire", ("fire", "water")),
        ((0.4, 0.2, 0.4), "fire", ()),
        ((0.1, 0.3, 0.6), None, ()),
        ((0.2, 0.3, 0.5), None, ()),
    ],
)
def test_a_decision_is_a_category_two_or_none(
    row: Sequence[float], category: str | None, likely: tuple[str, ...]
) -> None:
    decision = EVEN.decide(ranked(LABELS, row), "v1")

    assert (decision.category, decision.likely, decision.version) == (category, likely, "v1")
    assert decision.confidence == (row[2] if category is None else row[0])
    assert list(decision.probabilities.values()) == sorted(row, reverse=True)


def test_a_category_below_none_is_answered_where_the_bound_is_higher() -> None:
    decision = Fusion(1, 1, 0, none_from=0.7, sure_from=0.8).decide({"none": 0.6, "water": 0.3, "fire": 0.1}, "v1")

    assert (decision.category, decision.confidence) == ("water", 0.3)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    EVEN.save(tmp_path)

    assert Fusion.load(tmp_path) == EVEN


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"encoder": 1}',
        '{"language_model":1,"encoder":1,"none_bias":0,"none_from":2,"sure_from":1}',
    ],
)
def test_a_damaged_file_is_refused_with_what_to_do(tmp_path: Path, text: str) -> None:
    (tmp_path / FUSION_FILE).write_text(text)

    with pytest.raises(RouterUnavailable, match=r"damaged.*our-house routers list"):
        Fusion.load(tmp_path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RouterUnavailable):
        Fusion.load(tmp_path)


def head(labels: tuple[str, ...]) -> Head:
    weight = np.eye(len(labels), 4, dtype=np.float32)
    return Head(labels, weight, np.zeros(len(labels), np.float32), 1.0, 0.0, 0.9, "letters")


def by_letter(texts: Sequence[str]) -> NDArray[np.float32]:
    return np.array([[text.count(letter) for letter in "wfnx"] for text in texts], np.float32)


def test_the_router_matches_the_halves_columns_by_name() -> None:
    scorer = CodeScorer(tiny_model(), tiny_tokenizer(), WATER_OR_FIRE)
    deaf = Fusion(language_model=0.0, encoder=1.0, none_bias=0.0, none_from=0.5, sure_from=0.8)
    router = FusedRouter(scorer, head(("water", "fire", "none")), by_letter, deaf, "v1")

    decisions = router.classify(["wwwww", "fffff", "nnnnn"])

    assert [decision.category for decision in decisions] == ["water", "fire", None]
    assert router.classify([]) == []
    assert router.version == "v1"


def test_both_halves_are_heard() -> None:
    scorer = CodeScorer(tiny_model(), tiny_tokenizer(), WATER_OR_FIRE)
    said = scorer.log_probabilities(["w"])
    router = FusedRouter(scorer, head(("water", "fire", "none")), by_letter, EVEN, "v1")

    told = head(("water", "fire", "none")).log_probabilities(by_letter(["w"]))[:, [1, 0, 2]]
    expected = EVEN.probabilities(Voices(said, told), LABELS)[0]

    assert [router.classify(["w"])[0].probabilities[label] for label in LABELS] == pytest.approx(list(expected))


def test_parts_with_other_labels_are_refused_by_name() -> None:
    scorer = CodeScorer(tiny_model(), tiny_tokenizer(), WATER_OR_FIRE)

    with pytest.raises(RouterUnavailable, match="different labels: air, fire"):
        FusedRouter(scorer, head(("water", "air", "none")), by_letter, EVEN, "v1")


def hears(labels: tuple[str, ...]) -> WordHead:
    texts = [Example(f"{label} " * 3, label, label) for label in labels]
    return fit_words(texts, labels)


def test_words_are_heard_in_whatever_order_their_labels_stand() -> None:
    scorer = CodeScorer(tiny_model(), tiny_tokenizer(), WATER_OR_FIRE)
    by_word = Fusion(0.0, 0.0, 0.0, 0.5, 0.8, words=2.0)
    halves = scorer, head(("water", "fire", "none")), by_letter, by_word, "v1"
    router = FusedRouter(*halves, hears(("none", "water", "fire")))

    assert [each.category for each in router.classify(["water", "fire", "none"])] == ["water", "fire", None]


def test_words_with_other_labels_are_refused_by_name() -> None:
    scorer = CodeScorer(tiny_model(), tiny_tokenizer(), WATER_OR_FIRE)

    with pytest.raises(RouterUnavailable, match="different labels: air"):
        FusedRouter(scorer, head(("water", "fire", "none")), by_letter, EVEN, "v1", hears((*LABELS, "air")))


def test_a_router_that_lost_its_words_is_refused() -> None:
    scorer = CodeScorer(tiny_model(), tiny_tokenizer(), WATER_OR_FIRE)

    with pytest.raises(RouterUnavailable, match=r"lacks words\.safetensors"):
        FusedRouter(scorer, head(LABELS), by_letter, Fusion(1, 1, 0, 0.5, 0.8, words=1.0), "v1")
