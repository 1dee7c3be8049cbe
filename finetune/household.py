"""A household's corrections to a candidate router: trained on from the serving one, beside a replay of what that knew.

What is read and what is asked is `finetune.course`'s, judging the candidate `finetune.gate`'s, and making it serve a
person's.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from classifier.encoder import Embed, EncoderRouter, Head
from classifier.fused import ALONE_FILE, FUSION_FILE, WITHOUT_FILE, FusedRouter, Fusion
from classifier.language_model import ADAPTER, CodeScorer, load_base
from classifier.taxonomy import NONE, Taxonomy
from classifier.tuned_encoder import ENCODER, TunedEncoder
from classifier.versions import Version, Versions
from classifier.words import WORDS_FILE, WordHead
from finetune.config import Base, TrainConfig
from finetune.course import Course, HouseholdConfig, Material, course_of, lesson_steps, near_to, taught_of, told_facts
from finetune.encoder import EncoderConfig, train_encoder
from finetune.examples import Example, Split, data_hash
from finetune.figures import decision_figures
from finetune.fitting import TrainProgress, ignore
from finetune.gate import GATE_FILE, Verdict, compared
from finetune.growing import grown_adapter, grown_head
from finetune.head import HeadConfig, calibrated, columns_of, labels_of, regression
from finetune.routers import (
    WORK,
    check_free,
    cleared,
    fingerprint_of,
    going_on,
    has_language_model,
    kept,
    within,
)
from finetune.train import train
from finetune.words import fit_words

if TYPE_CHECKING:
    from classifier.decision import Decision, Router


@dataclass(frozen=True)
class Serving:
    """The router to go on from, a fused one."""

    version: Version
    names: Mapping[str, str]
    """What the material calls each of its labels; those of categories that are gone are missing."""
    load: Callable[[], Router]
    """Loads it for the comparison, answering by these names."""


@dataclass(frozen=True)
class EncoderBase:
    """What the encoder half of a router reads by."""

    embed: Embed
    """Texts to unit vectors of shape (texts, dimension)."""
    name: str
    folder: Path | None = None
    """Of the model that it is; None where a router's encoder is not tuned."""


def retrain(
    versions: Versions,
    serving: Serving,
    material: Material,
    base: Base,
    encoder: EncoderBase,
    config: HouseholdConfig | None = None,
    *,
    name: str = "",
    on_stage: Callable[[str], None] = lambda stage: None,
    on_progress: Callable[[TrainProgress], None] = ignore,
    stop: Callable[[], bool] = lambda: False,
) -> tuple[Version, Verdict]:
    """Train a candidate and judge it; the serving router is untouched.

    Who calls keeps every other training out meanwhile (`finetune.routers.alone`).

    Args:
        serving: the router to go on from; the candidate answers as it does, by codes or through a head.
        material: what is taught, replayed and asked, all by the same names.
        name: of the candidate; by default the day and a fingerprint.
        on_stage: hears what is being done.
        on_progress: hears how far the language model's training is.
        stop: asked after every step; true ends the language model's training with the best adapter so far.

    Returns:
        The candidate, kept as a version, and the verdict, which is kept beside it in `gate.json`.

    Raises:
        ExamplesRejected: there is too little to learn from, or nothing.
        RouterUnavailable: the serving router cannot be gone on from, the name is taken, or the disk is full.
    """
    config = config or HouseholdConfig()
    check_free(versions, name)
    course = course_of(material, taught_of(serving.version.config), encoder.embed, config)
    made_of = {
        **asdict(config),
        "kind": "fused",
        "base": base.identity,
        "categories": course.taxonomy.rows,
        "data_hash": data_hash([*course.training, *course.told]),
        "embedder": encoder.name,
        "continues": serving.version.name,
        **told_facts(course.told, course.held_out),
    }
    fingerprint = fingerprint_of(made_of)
    with going_on(versions.folder):
        work = cleared(versions.folder / WORK, fingerprint)
        run = _Run(serving.version, base, encoder, course, config, work)
        if not has_language_model(work):
            on_stage("teaching the language model")
            run.teach_language_model(on_progress, stop)
        on_stage("teaching the encoder")
        head, head_embed = run.teach_encoder()
        words = run.teach_words(material.texts)
        on_stage("comparing with the serving router")
        fusions = run.fusions()
        questions = [each.question for each in course.judged]
        scorer = CodeScorer(*load_base(base.folder, work / ADAPTER), course.taxonomy)
        prompt = scorer.prompt
        candidate = FusedRouter(scorer, head, head_embed, fusions[FUSION_FILE], "candidate", words).classify(questions)
        half = EncoderRouter(head, head_embed, "candidate").classify(questions)
        del scorer  # the serving router takes its place in memory
        verdict = _judged(serving, course, candidate, encoder.embed, config)
        labels = course.taxonomy.labels
        report = {
            "fused": decision_figures(course.judged, labels, candidate),
            "encoder": decision_figures(course.judged, labels, half),
        }
        beside = {GATE_FILE: verdict.fields()}
        version = kept(versions, name, fingerprint, work, head, words, fusions, made_of, prompt, report, beside)
    return version, verdict


def _judged(
    serving: Serving, course: Course, candidate: Sequence[Decision], embed: Embed, config: HouseholdConfig
) -> Verdict:
    """Ask the serving router what the candidate was asked, and compare the two."""
    own = set(course.taxonomy.names) - set(serving.names.values())
    return compared(
        course.judged,
        serving.load().classify([each.question for each in course.judged]),
        candidate,
        household=frozenset(each.question for each in course.held_out),
        own=near_to(own, course.told, course.tested, embed, config.alike),
    )


def present_names(serving: Version, taxonomy: Taxonomy) -> dict[str, str]:
    """Return what each category that a version was trained for is called now; a code never changes its meaning."""
    now = {category.code: category.name for category in taxonomy}
    return {name: now[code] for name, code, _ in serving.config.get("categories", []) if code in now}


@dataclass(frozen=True)
class _Run:
    """One training: what it goes on from, what it reads, and where it works."""

    serving: Version
    base: Base
    encoder: EncoderBase
    course: Course
    config: HouseholdConfig
    work: Path

    def teach_language_model(self, on_progress: Callable[[TrainProgress], None], stop: Callable[[], bool]) -> None:
        """Go on with the serving router's adapter; the candidate's is left where the run works."""
        course = self.course
        lm_config = replace(
            TrainConfig(seed=self.config.seed, mode="head" if self.serving.mode == "head" else "code"),
            learning_rate=self.config.learning_rate,
            epochs=lesson_steps(len(course.told), self.config) * 32 / len(course.read),
            evaluations=2,
            looked_at=self.config.validated_on,
        )
        parts = Split(course.read, [*course.held_out, *course.validation], [])
        with self._start() as adapter:
            model, tokenizer = load_base(self.base.folder)
            train(
                model, tokenizer, course.taxonomy, parts, self.work, lm_config, base=self.base.identity,
                adapter=adapter, on_progress=on_progress, stop=stop,
            )  # fmt: skip

    @contextmanager
    def _start(self) -> Iterator[Path]:
        """Yield the folder of the adapter to go on from: the serving one, or one whose head has the labels of now."""
        taxonomy, course, adapter = self.course.taxonomy, self.course, self.serving.folder / ADAPTER
        known = self._known(self.serving.taxonomy.labels) if self.serving.mode == "head" else taxonomy.labels
        if known == taxonomy.labels:
            yield adapter
            return
        with tempfile.TemporaryDirectory() as temporary:
            grown_adapter(adapter, known, taxonomy, self.base.folder, course.taught, course.replayed, Path(temporary))
            yield Path(temporary)

    def _known(self, labels: Sequence[str]) -> list[str]:
        """What the labels of the serving router are called now.

        Those of categories that are gone get names that none can have; so do those of merged ones, whose questions are
        the other category's to learn.
        """
        names = {NONE: NONE, **present_names(self.serving, self.course.taxonomy)}
        return [names.get(label, f" gone: {label}") for label in labels]

    def teach_encoder(self) -> tuple[Head, Embed]:
        """Go on with the encoder half; return its head, and what makes the vectors that the head reads."""
        course, config, encoder = self.course, self.config, self.encoder
        examples = [*course.replayed, *course.taught]
        labels = labels_of(examples)
        head_config = HeadConfig(seed=config.seed)
        adapter = self.serving.folder / ENCODER
        if encoder.folder is None or not adapter.is_dir():
            vectors = encoder.embed([each.question for each in examples])
            weight, bias = regression(vectors, columns_of(examples, labels), head_config)
            head = calibrated(weight, bias, course.validation, encoder.embed, encoder.name, labels, head_config)
            return head, encoder.embed
        before = TunedEncoder(encoder.folder, adapter).embed
        head = Head.load(self.serving.folder)
        head = replace(head, labels=tuple(self._known(head.labels)))
        start = grown_head(head, labels, course.taught, course.replayed, before, head_config)
        encoder_config = replace(
            EncoderConfig(seed=config.seed), epochs=1, learning_rate=config.encoder_rate, head_rate=config.head_rate
        )
        weight, bias = train_encoder(
            encoder.folder, course.read, labels, *start, self.work / ENCODER, encoder_config, start_from=adapter
        )
        grown = replace(head, labels=tuple(labels), weight=weight, bias=bias)  # its calibration, too, stays as it was
        return grown, TunedEncoder(encoder.folder, self.work / ENCODER).embed

    def teach_words(self, texts: Sequence[Example]) -> WordHead | None:
        """Hear the words anew, each correction as often as it is read; None where the serving router hears none."""
        if not (self.serving.folder / WORDS_FILE).is_file():
            return None
        once, often = [*self.course.replayed, *within(texts, self.course.taxonomy)], self.course.taught
        weights = np.repeat([1.0, float(self.config.repeats)], [len(once), len(often)])
        return fit_words([*once, *often], self.course.taxonomy.labels, weights=weights)

    def fusions(self) -> dict[str, Fusion]:
        """Return what weighs the serving router's voices.

        They have moved little, and it was fitted on many more questions than there is time for.
        """
        files = [file for file in (FUSION_FILE, ALONE_FILE, WITHOUT_FILE) if (self.serving.folder / file).is_file()]
        return {file: Fusion.load(self.serving.folder, file) for file in files}
