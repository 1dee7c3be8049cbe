from collections import Counter

import numpy as np

from classifier.taxonomy import DEFAULT_TAXONOMY, NONE
from finetune.examples import Example, check
from finetune.papers import FOREIGN, Material, PaperConfig, balanced, fit, held_out, read_papers

LABELS = ("car", "pool", NONE)


def small() -> Material:
    words = {"car": "tyres oil brakes", "pool": "chlorine skimmer liner", NONE: "school dentist taxes"}
    papers = [
        Example(f"Invoice {number}\n{said} total due {number}", category, f"{category}-{number}")
        for category, said in words.items()
        for number in range(6)
    ]
    return Material(papers, [], [Example("When was the liner replaced?", "pool", "q")])


def test_the_packaged_papers_can_be_held_out_by_family_and_cover_every_category() -> None:
    papers = read_papers()

    assert not check(papers)
    assert len(papers) >= 200
    assert set(Counter(paper.category for paper in papers)) == set(DEFAULT_TAXONOMY.labels)
    assert {row.category for row in read_papers(FOREIGN)} == set(DEFAULT_TAXONOMY.labels)


def test_a_head_learns_which_words_set_papers_apart() -> None:
    material, config = small(), PaperConfig(folds=3)
    words = held_out(material, config)

    head = fit(material, words, np.zeros_like(words), config)

    rows = head.log_probabilities(["Bill: brakes, total due 9", "Bill: chlorine, total due 9", "dentist"])
    assert [head.labels[at] for at in rows.argmax(axis=1)] == ["car", "pool", NONE]


def test_held_out_papers_are_told_by_heads_that_did_not_see_them() -> None:
    material = small()
    unlike = Example("the one word zugzwang", "car", "alone")

    words = held_out(Material([*material.papers, unlike], [], material.questions), PaperConfig(folds=3))

    assert np.exp(words[-1]).max() < 0.9


def test_what_is_sure_is_right_often_enough() -> None:
    random = np.random.default_rng(0)
    target = random.integers(0, 3, 400)
    logits = random.normal(size=(400, 3)) + 2 * np.eye(3)[target]
    words = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    config = PaperConfig(sure_from=0.0)

    balance = balanced(words, np.zeros_like(words), target, LABELS, config)

    rows = balance.probabilities(words, np.zeros_like(words), 2)
    sure = rows.max(axis=1) >= balance.sure_from
    assert 0.3 < sure.mean() < 1
    assert (rows.argmax(axis=1) == target)[sure].mean() >= config.right


def test_nothing_is_sure_below_the_least_confidence() -> None:
    words = np.log(np.tile([0.8, 0.1, 0.1], (50, 1)))

    assert balanced(words, words, np.zeros(50, np.int64), LABELS, PaperConfig(sure_from=0.97)).sure_from >= 0.97
