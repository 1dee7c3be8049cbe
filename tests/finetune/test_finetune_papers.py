from dataclasses import replace

import numpy as np
import pytest

from classifier.taxonomy import NONE
from finetune.examples import Example
from finetune.papers import Material, PaperConfig, balanced, fit, held_out

LABELS = ("car", "pool", NONE)
WORDS = {"car": "tyres oil brakes", "pool": "chlorine skimmer liner", NONE: "school dentist taxes"}


def small() -> Material:
    writers = [
        [
            Example(f"Invoice {number}\n{said} total due {number}", category, f"{category}-{number}")
            for category, said in WORDS.items()
            for number in range(first, first + 3)
        ]
        for first in (0, 3)
    ]
    return Material(writers, [], [], [Example("When was the liner replaced?", "pool", "q")])


def test_a_head_learns_which_words_set_papers_apart() -> None:
    material, config = small(), PaperConfig()
    words = held_out(material, config)

    head = fit(material, words, np.zeros_like(words), config)

    rows = head.words.log_probabilities(["Bill: brakes, total due 9", "Bill: chlorine, total due 9", "dentist"])
    assert [head.words.labels[at] for at in rows.argmax(axis=1)] == ["car", "pool", NONE]


def test_the_glossary_tells_words_that_no_paper_has() -> None:
    material = replace(small(), glossary=[Example("sprocket crankshaft", "car", "glossary")])
    words = held_out(material, PaperConfig())

    head = fit(material, words, np.zeros_like(words), PaperConfig())

    (row,) = head.words.log_probabilities(["crankshaft"])
    assert head.words.labels[int(row.argmax())] == "car"


def test_held_out_papers_are_told_by_heads_that_saw_none_of_their_writers() -> None:
    material = small()
    stranger = [Example("the one word zugzwang", category, f"{category}-alone") for category in LABELS]
    material = Material([*material.writers, stranger], [], [], material.questions)

    words = held_out(material, PaperConfig())

    assert np.exp(words[-3:]).max() < 0.9
    assert words[-1] == pytest.approx(words[-2])


def test_a_label_that_only_one_writer_has_cannot_be_held_out() -> None:
    alone = [Example("a gate", "fence", "fence")]

    with pytest.raises(ValueError, match="one writer"):
        held_out(Material([*small().writers, alone], [], [], []), PaperConfig())


def test_what_is_sure_is_right_often_enough() -> None:
    random = np.random.default_rng(0)
    target = random.integers(0, 3, 400)
    logits = random.normal(size=(400, 3)) + 2 * np.eye(3)[target]
    words = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))

    balance = balanced(words, np.zeros_like(words), target, np.zeros_like(target), LABELS, PaperConfig())

    rows = balance.probabilities(words, np.zeros_like(words), 2)
    sure = (rows.max(axis=1) >= balance.sure_from) & (rows.argmax(axis=1) != 2)
    assert 0.2 < sure.mean() < 1
    assert (rows.argmax(axis=1) == target)[sure].mean() >= PaperConfig().right


def test_nothing_is_sure_where_nothing_is_right_often_enough() -> None:
    words, target = np.log(np.tile([0.8, 0.1, 0.1], (60, 1))), np.tile([0, 1, 2], 20)

    assert balanced(words, words, target, np.zeros_like(target), LABELS, PaperConfig()).sure_from == 1


def test_what_is_sure_is_right_often_enough_of_the_hardest_writer() -> None:
    random = np.random.default_rng(0)
    target, writer = random.integers(0, 3, 800), np.repeat([0, 1], 400)
    logits = random.normal(size=(800, 3)) + np.where(writer == 0, 4.0, 1.0)[:, None] * np.eye(3)[target]
    words = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))

    both, as_one = (
        balanced(words, np.zeros_like(words), target, each, LABELS, PaperConfig()) for each in (writer, 0 * writer)
    )

    rows = both.probabilities(words, np.zeros_like(words), 2)
    sure = (rows.max(axis=1) >= both.sure_from) & (rows.argmax(axis=1) != 2) & (writer == 1)
    assert both.sure_from > as_one.sure_from
    assert (rows.argmax(axis=1) == target)[sure].mean() >= PaperConfig().right


def test_how_many_papers_are_of_no_category_does_not_move_the_others() -> None:
    words = np.log(np.tile([[0.6, 0.2, 0.2], [0.2, 0.6, 0.2], [0.2, 0.2, 0.6]], (30, 1)))
    target = np.tile([0, 1, 2], 30)
    more = np.concatenate([np.arange(90), np.tile(np.arange(2, 90, 3), 9)])

    even, many = (
        balanced(words[rows], np.zeros_like(words[rows]), target[rows], 0 * rows, LABELS, PaperConfig())
        for rows in (np.arange(90), more)
    )

    assert even.none_bias == pytest.approx(many.none_bias, abs=0.05)
