"""What hears words: counted, weighed by how rare they are, kept on disk, and refused where it is damaged."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from classifier.errors import RouterUnavailable
from classifier.taxonomy import NONE
from classifier.words import DIMENSION, WORDS_FILE, counts, weighed, words_in
from finetune.examples import Example
from finetune.words import fit_words

LABELS = ("car", "pool", NONE)
TEXTS = [
    Example("When were the tyres rotated and the brakes bled?", "car", "a"),
    Example("The chlorine is low and the skimmer is full of leaves", "pool", "b"),
    Example("When is the dentist?", NONE, "c"),
]


def test_a_word_that_all_texts_share_says_less() -> None:
    found = counts(["total chlorine"])
    rarity = np.ones(2 * DIMENSION, np.float32)
    rarity[counts(["total"]).indices] = 0.1

    vector = weighed(found, rarity)

    assert np.sqrt((vector.data**2).sum()) == pytest.approx(1)
    (common,) = set(counts(["total"]).indices[counts(["total"]).indices < DIMENSION])
    (rare,) = set(counts(["chlorine"]).indices[counts(["chlorine"]).indices < DIMENSION])
    assert vector[0, common] < vector[0, rare] / 5


@pytest.mark.parametrize(
    ("text", "label"),
    [("brakes squeal", "car"), ("clorine too low", "pool"), ("Chlorinator", "pool"), ("dentist", NONE)],
)
def test_it_hears_words_parts_of_words_and_slips_of_the_keyboard(text: str, label: str) -> None:
    (row,) = fit_words(TEXTS, LABELS).log_probabilities([text])

    assert LABELS[int(row.argmax())] == label
    assert np.exp(row).sum() == pytest.approx(1)


def test_a_text_that_counts_more_is_heard_more() -> None:
    texts = [*TEXTS, Example("leak", "car", "d"), Example("leak", "pool", "e")]

    (even,) = fit_words(texts, LABELS).log_probabilities(["leak"])
    (leaning,) = fit_words(texts, LABELS, weights=np.array([1.0, 1.0, 1.0, 1.0, 4.0])).log_probabilities(["leak"])

    assert even[0] == pytest.approx(even[1], abs=0.2)
    assert leaning[1] > leaning[0] + 0.5


def test_a_label_without_texts_is_refused() -> None:
    with pytest.raises(ValueError, match="no texts"):
        fit_words(TEXTS[:2], LABELS)


def test_a_text_without_words_is_told_by_what_is_usual() -> None:
    words = fit_words(TEXTS, LABELS)

    assert np.isfinite(words.log_probabilities(["?!", ""])).all()


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    words = fit_words(TEXTS, LABELS)

    words.save(tmp_path / WORDS_FILE)
    read = words_in(tmp_path)

    assert read is not None
    assert read.labels == words.labels
    assert read.log_probabilities(["skimmer"]) == pytest.approx(words.log_probabilities(["skimmer"]), abs=0.01)


def test_a_version_of_before_has_none(tmp_path: Path) -> None:
    assert words_in(tmp_path) is None


def test_a_damaged_file_says_so(tmp_path: Path) -> None:
    (tmp_path / WORDS_FILE).write_bytes(b"no weights")

    with pytest.raises(RouterUnavailable, match="damaged"):
        words_in(tmp_path)


def test_weights_that_do_not_fit_their_labels_are_damaged(tmp_path: Path) -> None:
    few = np.zeros((2, 2 * DIMENSION), np.float16)
    tensors = {"weight": few, "bias": np.zeros(2, np.float32), "rarity": few[0]}
    save_file(tensors, tmp_path / WORDS_FILE, {"labels": json.dumps(LABELS)})

    with pytest.raises(RouterUnavailable, match="do not fit"):
        words_in(tmp_path)


def test_a_file_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(RouterUnavailable, match="cannot be written"):
        fit_words(TEXTS, LABELS).save(tmp_path / "nowhere" / WORDS_FILE)
