import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from classifier.encoder import EncoderRouter
from classifier.taxonomy import NONE
from finetune.calibrate import fit_temperature
from finetune.examples import Example
from finetune.head import HeadConfig, fit
from knowledge.embedding import Embedder

WORDS = {
    "car": "tyres brakes oil sedan battery mechanic",
    "fence": "gate posts boards stain picket latch",
    "pool": "pump chlorine skimmer spa heater filter",
    NONE: "weather poem capital football joke planet",
}
CONFIG = HeadConfig()


def learnable(seed: int = 0, families: int = 10) -> list[Example]:
    """Questions that tell their label by two of its words; held-out families share words, not sentences."""
    random_ = random.Random(seed)
    return [
        Example(
            " ".join(random_.sample([*random_.sample(words.split(), 2), *"when did we do the last".split()], 6)),
            label,
            f"{label}-{family}",
            style,
        )
        for label, words in WORDS.items()
        for family in range(families * 2 if label == NONE else families)
        for style in ("plain", "terse")
    ]


@dataclass
class CountingEmbedder:
    """An embedder that knows how many texts it was given."""

    embedder: Embedder
    texts: int = 0

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts += len(texts)
        return self.embedder.embed(texts)


# --- fitting --------------------------------------------------------------------------------------------------


def test_a_fitted_head_beats_chance_on_families_it_has_not_seen(embedder: Embedder) -> None:
    examples = learnable()
    chance = max(Counter(example.category for example in examples).values()) / len(examples)

    head, report = fit(examples, embedder.embed, embedder.name, CONFIG)

    assert chance == pytest.approx(0.4)
    assert report["accuracy"] > 0.8
    assert report["accuracy_household"] > 0.8
    assert report["none_auroc"] > 0.9
    router = EncoderRouter(head, embedder.embed, "v1")
    decisions = router.classify(["brakes and tyres", "the latch of the gate", "chlorine, skimmer", "a poem, a joke"])
    assert [decision.category for decision in decisions] == ["car", "fence", "pool", None]


def test_what_cannot_be_learned_is_not_reported_as_learned(embedder: Embedder) -> None:
    # Every family has a word of its own and a label by lot: only a family on both sides could be told by its words.
    random_ = random.Random(5)
    labels = [label for label in WORDS for _ in range(20)]
    random_.shuffle(labels)
    examples = [
        Example(f"{'word' * 2}{at} {wording}", label, f"family-{at}")
        for at, label in enumerate(labels)
        for wording in ("when", "who", "where")
    ]

    _, report = fit(examples, embedder.embed, embedder.name, CONFIG)

    assert report["accuracy"] < 0.4


def test_fitting_twice_gives_the_same_head_and_the_same_report(embedder: Embedder) -> None:
    first, first_report = fit(learnable(), embedder.embed, embedder.name, CONFIG)
    second, second_report = fit(learnable(), embedder.embed, embedder.name, CONFIG)

    assert np.array_equal(first.weight, second.weight)
    assert np.array_equal(first.bias, second.bias)
    assert first_report == second_report
    for number in ("temperature", "abstain_below", "sure_from"):
        assert getattr(first, number) == getattr(second, number)


def test_the_head_answers_the_categories_by_name_with_none_last(embedder: Embedder) -> None:
    examples = learnable()
    random.Random(3).shuffle(examples)

    head, _ = fit(examples, embedder.embed, embedder.name, CONFIG)

    assert head.labels == ("car", "fence", "pool", NONE)
    assert head.embedder == "words"
    assert head.weight.dtype == head.bias.dtype == np.float32
    assert 0 < head.abstain_below < 1
    assert 0 < head.sure_from <= 1


def test_the_report_has_its_figures_and_they_are_shares(embedder: Embedder) -> None:
    examples = learnable()

    _, report = fit(examples, embedder.embed, embedder.name, CONFIG)

    assert report.pop("held_out_questions") == len(examples)
    styles = report.pop("accuracy_by_style")
    assert set(styles) == {"plain", "terse"}
    assert report.pop("invalid_labels") == 0
    assert set(report) == {
        "accuracy",
        "accuracy_household",
        "accuracy_none",
        "macro_precision",
        "macro_recall",
        "macro_f1",
        "wrong_none",
        "none_auroc",
        "calibration_error",
    }
    for figure in (*report.values(), *styles.values()):
        assert 0 <= figure <= 1
    # Two halves and three fifths household: the parts make the whole.
    assert report["accuracy"] == pytest.approx((styles["plain"] + styles["terse"]) / 2, abs=1e-3)
    assert report["accuracy"] == pytest.approx(
        0.6 * report["accuracy_household"] + 0.4 * report["accuracy_none"], abs=1e-3
    )


def test_abstaining_loses_about_the_share_of_household_questions_that_the_config_allows(embedder: Embedder) -> None:
    examples = learnable()

    (eager, eager_report), (careful, careful_report) = (
        fit(examples, embedder.embed, embedder.name, replace(CONFIG, wrong_none=share)) for share in (0.0, 0.4)
    )

    assert eager.abstain_below < careful.abstain_below
    assert careful_report["wrong_none"] - eager_report["wrong_none"] == pytest.approx(0.4, abs=0.1)
    assert careful_report["accuracy_none"] >= eager_report["accuracy_none"]


def test_a_higher_scope_recall_asks_for_more_sureness(embedder: Embedder) -> None:
    examples = learnable(families=6)
    # Every fifth question bears a wrong label, so that recall costs something.
    wrong = {"car": "pool", "pool": "fence", "fence": "car", NONE: NONE}
    examples = [
        replace(example, category=wrong[example.category], family=f"wrong-{example.family}")
        if int(example.family.rsplit("-")[-1]) % 5 == 0
        else example
        for example in examples
    ]

    lax, strict = (
        fit(examples, embedder.embed, embedder.name, replace(CONFIG, folds=2, scope_recall=recall))[0].sure_from
        for recall in (0.5, 1.0)
    )

    assert lax < strict


def test_a_timid_fit_is_made_as_confident_as_it_is_right(embedder: Embedder) -> None:
    head, report = fit(learnable(), embedder.embed, embedder.name, replace(CONFIG, strength=0.1))

    assert head.temperature < 0.1  # its own logits hardly differ
    assert report["accuracy"] > 0.8
    assert report["calibration_error"] < 0.1


def test_a_weaker_penalty_allows_larger_weights(embedder: Embedder) -> None:
    weak, strong = (
        fit(learnable(), embedder.embed, embedder.name, replace(CONFIG, strength=strength))[0] for strength in (4, 1)
    )

    assert np.linalg.norm(weak.weight) > np.linalg.norm(strong.weight)


def test_the_seed_decides_what_is_held_out_and_not_what_is_fitted(embedder: Embedder) -> None:
    first, second = (fit(learnable(), embedder.embed, embedder.name, replace(CONFIG, seed=seed))[0] for seed in (1, 2))

    assert np.array_equal(first.weight, second.weight)
    assert first.temperature != second.temperature


@pytest.mark.parametrize("true", [0.02, 0.4, 1.0, 2.5, 40.0])
def test_fit_temperature_recovers_the_temperature_that_made_the_labels(true: float) -> None:
    random_ = np.random.default_rng(0)
    logits = random_.normal(scale=2.0, size=(20_000, 5))
    # Gumbel noise on logits draws from their softmax.
    target = (logits + random_.gumbel(size=logits.shape)).argmax(axis=1)

    assert fit_temperature(logits * true, target) == pytest.approx(true, rel=0.05)


def test_fit_temperature_stays_finite_where_every_answer_is_right() -> None:
    assert 0 < fit_temperature(np.eye(4), np.arange(4)) < 0.1


# --- versions -------------------------------------------------------------------------------------------------
