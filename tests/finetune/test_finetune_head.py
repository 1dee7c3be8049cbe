import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from classifier.encoder import WEIGHTS_FILE, EncoderRouter, Head
from classifier.errors import RouterUnavailable
from classifier.taxonomy import NONE
from classifier.versions import CONFIG_FILE, REPORT_FILE, Versions
from finetune.calibrate import fit_temperature
from finetune.examples import Example, ExamplesRejected, data_hash
from finetune.head import HeadConfig, fit, write_version
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
    assert set(report) == {
        "accuracy",
        "accuracy_household",
        "accuracy_none",
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


@dataclass
class Training:
    """A house's versions, its questions, and an embedder that counts."""

    versions: Versions
    examples_path: Path
    embedder: CountingEmbedder
    examples: list[Example] = field(default_factory=learnable)

    def write(self, name: str = "words", config: HeadConfig | None = None) -> str:
        return write_version(self.versions, self.embedder.embed, name, self.examples_path, config).name

    @property
    def names(self) -> list[str]:
        return [version.name for version in self.versions.all()]


@pytest.fixture
def training(tmp_path: Path, embedder: Embedder) -> Training:
    made = Training(Versions(tmp_path / "routers"), tmp_path / "mine.jsonl", CountingEmbedder(embedder))
    made.examples_path.write_text("\n".join(json.dumps(vars(example)) for example in made.examples), "utf-8")
    return made


def test_a_written_version_serves_and_answers_like_the_head_that_was_fitted(
    training: Training, embedder: Embedder
) -> None:
    written = write_version(training.versions, embedder.embed, embedder.name, training.examples_path)

    fitted, report = fit(training.examples, embedder.embed, embedder.name, CONFIG)
    loaded = Head.load(training.versions.get().folder)
    vectors = embedder.embed(["new tyres for the sedan", "tell me a joke"])
    assert written.serving
    assert written.report == report
    assert np.array_equal(loaded.probabilities(vectors), fitted.probabilities(vectors))


def test_a_written_version_keeps_what_it_was_made_of(training: Training) -> None:
    config = replace(CONFIG, strength=1.0, seed=7)

    training.write("words", config)

    kept = training.versions.get().config
    assert {key: kept[key] for key in asdict(config)} == asdict(config)
    assert (kept["kind"], kept["embedder"], kept["examples"]) == ("encoder", "words", len(training.examples))
    assert kept["data_hash"] == data_hash(training.examples)
    assert set(kept["libraries"]) == {"scikit-learn", "numpy"}


def test_writing_the_same_version_again_changes_nothing_and_embeds_nothing(training: Training) -> None:
    first = training.write()
    before = {path.name: path.read_bytes() for path in training.versions.get().folder.iterdir()}
    embedded = training.embedder.texts

    second = training.write()

    assert second == first
    assert training.names == [first]
    assert {path.name: path.read_bytes() for path in training.versions.get().folder.iterdir()} == before
    assert training.embedder.texts == embedded


def test_writing_the_same_version_again_lets_it_serve_again(training: Training) -> None:
    first = training.write()
    training.versions.add("other", lambda folder: None)
    training.versions.promote("other")

    training.write()

    assert training.versions.get().name == first


@pytest.mark.parametrize("file", [WEIGHTS_FILE, "calibration.json"])
def test_a_damaged_version_is_made_anew(training: Training, file: str) -> None:
    name = training.write()
    (training.versions.get().folder / file).write_bytes(b"{}")

    assert training.write() == name

    assert training.names == [name]
    Head.load(training.versions.get().folder)
    assert (training.versions.get().folder / CONFIG_FILE).exists()
    assert (training.versions.get().folder / REPORT_FILE).exists()


def test_another_embedder_another_config_or_other_questions_make_another_version(training: Training) -> None:
    names = [training.write(), training.write("other words"), training.write(config=replace(CONFIG, strength=1.0))]
    lines = training.examples_path.read_text("utf-8").splitlines()
    training.examples_path.write_text("\n".join(lines[1:]), "utf-8")
    names.append(training.write())

    assert len(set(names)) == 4
    assert training.names == sorted(names)
    assert training.versions.get().name == names[-1]
    assert Head.load(training.versions.get(names[1]).folder).embedder == "other words"


def test_questions_that_cannot_be_trained_on_leave_the_serving_version_alone(training: Training) -> None:
    serving = training.write()
    training.examples_path.write_text('{"question": "when?", "category": "pool", "family": "a"}', "utf-8")

    with pytest.raises(ExamplesRejected, match="needs 5 to be split"):
        training.write()

    assert training.names == [serving]
    assert training.versions.get().name == serving


def test_more_folds_than_families_are_refused_before_anything_is_written(training: Training) -> None:
    with pytest.raises(ExamplesRejected, match="they cannot make 11 folds"):
        training.write(config=replace(CONFIG, folds=11))

    assert not training.versions.folder.exists()


def test_a_house_that_cannot_be_written_to_is_said(training: Training) -> None:
    training.versions.folder.write_text("not a folder", "utf-8")

    with pytest.raises(RouterUnavailable, match="cannot be kept"):
        training.write()


def test_the_packaged_questions_are_what_a_new_house_is_taught(training: Training, embedder: Embedder) -> None:
    # Two folds and a strong penalty: a bag of words learns too little for its figures to matter, but quickly.
    config = replace(CONFIG, folds=2, strength=0.1)

    written = write_version(training.versions, embedder.embed, embedder.name, config=config)

    assert written.config["examples"] == written.report["held_out_questions"] >= 3000
    assert len(Head.load(written.folder).labels) == 19
    assert written.report["accuracy"] > 0.3  # chance is 0.16
