"""A household's corrections to a candidate router: trained on from the serving one, beside a replay of what that knew.

`finetune.gate` judges the candidate; making it serve is left to a person.
"""

from __future__ import annotations

import hashlib
import json
import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from classifier.encoder import Embed, EncoderRouter, Head
from classifier.fused import ALONE_FILE, FUSION_FILE, WITHOUT_FILE, FusedRouter, Fusion
from classifier.language_model import ADAPTER, ADAPTER_WEIGHTS, CodeScorer, load_base
from classifier.taxonomy import NONE, Taxonomy
from classifier.tuned_encoder import ENCODER, TunedEncoder
from classifier.versions import CONFIG_FILE, Version, Versions
from classifier.words import WORDS_FILE, WordHead
from finetune.config import Base, TrainConfig
from finetune.encoder import EncoderConfig, train_encoder
from finetune.examples import Example, ExamplesRejected, Split, data_hash, split
from finetune.figures import decision_figures
from finetune.fitting import TrainProgress, ignore
from finetune.gate import GATE_FILE, Verdict, compared
from finetune.growing import grown_adapter, grown_head
from finetune.head import HeadConfig, calibrated, columns_of, labels_of, regression
from finetune.routers import WORK, cleared, exclusive, kept, within
from finetune.train import train
from finetune.words import fit_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classifier.decision import Router

LEAST = 8
"""Corrections that a training must have to be worth its minutes."""
LEAST_OF_CATEGORY = 5
"""Questions without which a new category cannot be told from the others."""


@dataclass(frozen=True)
class HouseholdConfig:
    """A short training that goes on from the serving router."""

    repeats: int = 4
    """How often each correction is read."""
    replay: float = 2.0
    """Packaged questions read for each reading of a correction, so that what was known is not forgotten (rehearsal,
    Robins 1995)."""
    least_steps: int = 12
    most_steps: int = 30
    """30 steps of 32 questions take 5 minutes on 2 busy cores."""
    learning_rate: float = 5e-5
    """A tenth of the first training's, as the next two: more of it forgets (`benchmarks/teaching.py`)."""
    encoder_rate: float = 1e-4
    head_rate: float = 1e-3
    contradicted: float = 0.5
    """A packaged question whose nearest neighbour, at least this near by cosine, the household put elsewhere is left
    out: the household's word wins (editing by nearest neighbour, Wilson 1972)."""
    held_out: float = 0.2
    """Share of the corrections kept out of the training, to judge it by."""
    validated_on: int = 100
    """Packaged questions that the language model's training looks at."""
    judged_on: int = 450
    """Packaged test questions that both routers are asked, always the same."""
    seed: int = 0


def retrain(
    versions: Versions,
    serving: Version,
    serving_router: Callable[[], Router],
    told: Sequence[Example],
    packaged: Sequence[Example],
    taxonomy: Taxonomy,
    base: Base,
    embed: Embed,
    embedder: str,
    encoder: Path | None,
    config: HouseholdConfig | None = None,
    *,
    texts: Sequence[Example] = (),
    name: str = "",
    on_stage: Callable[[str], None] = lambda stage: None,
    on_progress: Callable[[TrainProgress], None] = ignore,
    stop: Callable[[], bool] = lambda: False,
) -> tuple[Version, Verdict]:
    """Train a candidate and judge it; the serving router is untouched.

    Args:
        serving: the version to go on from, a fused one; the candidate answers as it does, by codes or through a head.
        serving_router: loads it, for the comparison.
        told: the household's questions with their labels.
        packaged: the questions that the router was first taught with, their labels the household's names.
        taxonomy: the household's categories.
        embed: texts to unit vectors of shape (texts, dimension).
        embedder: the name of what `embed` is.
        encoder: the folder of the model that `embed` is; None where the router's encoder is not tuned.
        texts: what the words are learned from beside the questions, its labels the household's names.
        name: of the candidate; by default the day and a fingerprint.
        on_stage: hears what is being done.
        on_progress: hears how far the language model's training is.
        stop: asked after every step; true ends the language model's training with the best adapter so far.

    Returns:
        The candidate, kept as a version, and the verdict, which is kept beside it in `gate.json`.

    Raises:
        ExamplesRejected: there is too little to learn from, or nothing.
        RouterUnavailable: the serving router cannot be gone on from, another training runs, or the disk is full.
    """
    config = config or HouseholdConfig()
    taxonomy, told = learnable(taxonomy, told, packaged)
    names = present_names(serving, taxonomy)
    own = frozenset(taxonomy.names) - set(names.values())
    parts = split([each for each in packaged if each.category in {*taxonomy.names, NONE}], seed=config.seed)
    held_out, taught = parted(told, config)
    replayed = uncontradicted(parts.training, taught, embed, config.contradicted)
    lesson = mixed(taught, replayed, config)
    steps = lesson_steps(len(told), config)
    lm_config = replace(
        TrainConfig(seed=config.seed, mode="head" if serving.mode == "head" else "code"),
        learning_rate=config.learning_rate,
        epochs=steps * 32 / len(lesson),
        evaluations=2,
        looked_at=config.validated_on,
    )
    made_of = {
        **asdict(config),
        "kind": "fused",
        "base": base.identity,
        "categories": taxonomy.rows,
        "data_hash": data_hash([*parts.training, *told]),
        "embedder": embedder,
        "continues": serving.name,
        "household": sorted([each.question, each.category] for each in told),
    }
    fingerprint = hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()
    draw = random.Random(config.seed)
    validation = draw.sample(parts.validation, min(config.validated_on, len(parts.validation)))
    judged = [*held_out, *draw.sample(parts.test, min(config.judged_on, len(parts.test)))]
    with exclusive(versions.folder):
        work = cleared(versions.folder / WORK, fingerprint)
        if not ((work / ADAPTER / ADAPTER_WEIGHTS).is_file() and (work / CONFIG_FILE).is_file()):
            on_stage("teaching the language model")
            looked_at = Split(lesson, [*held_out, *validation], [])
            with _start(serving, names, taxonomy, base, taught, replayed) as adapter:
                model, tokenizer = load_base(base.folder)
                train(
                    model, tokenizer, taxonomy, looked_at, work, lm_config, base=base.identity,
                    adapter=adapter, on_progress=on_progress, stop=stop,
                )  # fmt: skip
            del model
        on_stage("teaching the encoder")
        head, head_embed = _encoder_half(
            serving, names, lesson, replayed, taught, validation, embed, embedder, encoder, work, config
        )
        scorer = CodeScorer(*load_base(base.folder, work / ADAPTER), taxonomy)
        words = _words(serving, [*replayed, *within(texts, taxonomy)], taught, taxonomy, config)
        # The voices have moved little: what weighs them was fitted on many more questions than there is time for.
        files = [file for file in (FUSION_FILE, ALONE_FILE, WITHOUT_FILE) if (serving.folder / file).is_file()]
        fusions = {file: Fusion.load(serving.folder, file) for file in files}
        on_stage("comparing with the serving router")
        questions = [each.question for each in judged]
        candidate = FusedRouter(scorer, head, head_embed, fusions[FUSION_FILE], "candidate", words).classify(questions)
        report = {
            "fused": decision_figures(judged, scorer.labels, candidate),
            "encoder": decision_figures(
                judged, scorer.labels, EncoderRouter(head, head_embed, "candidate").classify(questions)
            ),
        }
        prompt = scorer.prompt
        del scorer  # the serving router takes its place in memory
        verdict = compared(
            judged,
            serving_router().classify(questions),
            candidate,
            household=frozenset(each.question for each in held_out),
            own=own,
        )
        beside = {GATE_FILE: verdict.fields()}
        version = kept(versions, name, fingerprint, work, head, words, fusions, made_of, prompt, report, beside)
    return version, verdict


def learnable(
    taxonomy: Taxonomy, told: Sequence[Example], packaged: Sequence[Example]
) -> tuple[Taxonomy, list[Example]]:
    """Leave out the categories that have too few questions yet, and what was told of them.

    Raises:
        ExamplesRejected: what is left is too little to learn from; the message says what is missing.
    """
    sizes = Counter(each.category for each in (*packaged, *told))
    small = {name for name in taxonomy.names if sizes[name] < LEAST_OF_CATEGORY}
    left = [each for each in told if each.category not in small]
    if len(left) < LEAST:
        wanting = "".join(
            f" The category {name} has {sizes[name]} questions and needs {LEAST_OF_CATEGORY}." for name in sorted(small)
        )
        raise ExamplesRejected(
            f"Too little data: {len(left)} corrections, and a training needs {LEAST}. Correct tags, or tick the right "
            f"ones, as you go; they work at once, trained or not.{wanting}"
        )
    return Taxonomy(tuple(each for each in taxonomy if each.name not in small)), left


def parted(told: Sequence[Example], config: HouseholdConfig) -> tuple[list[Example], list[Example]]:
    """Return (held out, taught): of every label a share is kept back, where it has enough questions to spare one."""
    by_label = defaultdict(list)
    for each in sorted(told, key=lambda each: hashlib.sha256(f"{config.seed} {each.question}".encode()).digest()):
        by_label[each.category].append(each)
    held_out: list[Example] = []
    for label, questions in by_label.items():
        spare = round(config.held_out * len(questions))
        held_out += questions[:spare]
        by_label[label] = questions[spare:]
    return held_out, [each for questions in by_label.values() for each in questions]


def uncontradicted(packaged: Sequence[Example], told: Sequence[Example], embed: Embed, bound: float) -> list[Example]:
    """Return the packaged questions but those that are nearest to a question that the household put elsewhere."""
    if not told or not packaged:
        return list(packaged)
    known = embed([each.question for each in packaged])
    similar = known @ embed([each.question for each in told]).T
    nearest = similar.argmax(axis=1)
    families = np.unique([each.family for each in packaged], return_inverse=True)[1]
    kept = []
    for at, example in enumerate(packaged):
        near = float(similar[at, nearest[at]])
        if near >= bound and told[nearest[at]].category != example.category:
            others: NDArray[np.float32] = np.where(families == families[at], -1.0, known @ known[at])
            if near > float(others.max()):
                continue
        kept.append(example)
    return kept


def mixed(taught: Sequence[Example], kept: Sequence[Example], config: HouseholdConfig) -> list[Example]:
    """Return what is read: every correction several times, among a replay of packaged questions of all labels."""
    draw = random.Random(config.seed)
    lesson = [each for _ in range(config.repeats) for each in taught]
    wanted = max(int(config.replay * len(lesson)), config.least_steps * 32 - len(lesson))
    replayed = draw.sample(list(kept), min(wanted, len(kept)))
    return draw.sample([*lesson, *replayed], len(lesson) + len(replayed))


def lesson_steps(told: int, config: HouseholdConfig) -> int:
    """Return how many steps of 32 questions a training on so many corrections has."""
    readings = config.repeats * (1 - config.held_out) * told * (1 + config.replay)
    return max(config.least_steps, min(config.most_steps, round(readings / 32)))


def present_names(serving: Version, taxonomy: Taxonomy) -> dict[str, str]:
    """Return what each category that a version was trained for is called now; a code never changes its meaning."""
    now = {category.code: category.name for category in taxonomy}
    return {name: now[code] for name, code, _ in serving.config.get("categories", []) if code in now}


@contextmanager
def _start(
    serving: Version,
    names: Mapping[str, str],
    taxonomy: Taxonomy,
    base: Base,
    taught: Sequence[Example],
    kept: Sequence[Example],
) -> Iterator[Path]:
    """Yield the folder of the adapter to go on from: the serving one, or one whose head has the labels of now."""
    adapter = serving.folder / ADAPTER
    known = _known(serving.taxonomy.labels, names) if serving.mode == "head" else taxonomy.labels
    if known == taxonomy.labels:
        yield adapter
        return
    with tempfile.TemporaryDirectory() as temporary:
        grown_adapter(adapter, known, taxonomy, base.folder, taught, kept, Path(temporary))
        yield Path(temporary)


def _known(labels: Sequence[str], names: Mapping[str, str]) -> list[str]:
    """What the labels of a router are called now; those of categories that are gone get names that none can have."""
    return [{NONE: NONE, **names}.get(label, f" gone: {label}") for label in labels]


def _words(
    serving: Version, kept: Sequence[Example], taught: Sequence[Example], taxonomy: Taxonomy, config: HouseholdConfig
) -> WordHead | None:
    """Hear the words anew, each correction as often as it is read; None where the serving router hears none."""
    if not (serving.folder / WORDS_FILE).is_file():
        return None
    weights = np.repeat([1.0, float(config.repeats)], [len(kept), len(taught)])
    return fit_words([*kept, *taught], taxonomy.labels, weights=weights)


def _encoder_half(
    serving: Version,
    names: Mapping[str, str],
    lesson: Sequence[Example],
    kept: Sequence[Example],
    taught: Sequence[Example],
    validation: Sequence[Example],
    embed: Embed,
    embedder: str,
    encoder: Path | None,
    work: Path,
    config: HouseholdConfig,
) -> tuple[Head, Embed]:
    """Go on with the encoder half; return its head, and what makes the vectors that the head reads."""
    examples = [*kept, *taught]
    labels = labels_of(examples)
    head_config = HeadConfig(seed=config.seed)
    adapter = serving.folder / ENCODER
    if encoder is None or not adapter.is_dir():
        vectors = embed([each.question for each in examples])
        weight, bias = regression(vectors, columns_of(examples, labels), head_config)
        return calibrated(weight, bias, validation, embed, embedder, labels, head_config), embed
    before = TunedEncoder(encoder, adapter).embed
    head = Head.load(serving.folder)
    head = replace(head, labels=tuple(_known(head.labels, names)))
    start = grown_head(head, labels, taught, kept, before, head_config)
    encoder_config = replace(
        EncoderConfig(seed=config.seed), epochs=1, learning_rate=config.encoder_rate, head_rate=config.head_rate
    )
    weight, bias = train_encoder(encoder, lesson, labels, *start, work / ENCODER, encoder_config, start_from=adapter)
    grown = replace(head, labels=tuple(labels), weight=weight, bias=bias)  # its calibration, too, stays as it was
    return grown, TunedEncoder(encoder, work / ENCODER).embed
