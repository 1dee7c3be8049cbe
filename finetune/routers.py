"""Examples to a whole router version: adapter, encoder head, words, what weighs them, and how well they do.

Which version serves, and where a base model is to be had, is left to others.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.encoder import Embed, EncoderRouter, Head
from classifier.errors import RouterUnavailable
from classifier.fused import ALONE_FILE, FUSION_FILE, WITHOUT_FILE, Fusion, ScorerRouter, Voices, heard
from classifier.language_model import ADAPTER, ADAPTER_WEIGHTS, CodeScorer, load_base
from classifier.prompt import Prompt
from classifier.taxonomy import NONE, Taxonomy
from classifier.tuned_encoder import ENCODER, TunedEncoder
from classifier.versions import CONFIG_FILE, REPORT_FILE, Version, Versions
from classifier.words import WORDS_FILE, WordHead
from finetune.calibrate import fit_fusion
from finetune.config import Base, TrainConfig
from finetune.course import told_facts
from finetune.encoder import EncoderConfig, train_encoder
from finetune.examples import Example, ExamplesRejected, Split, data_hash, split
from finetune.figures import decision_figures
from finetune.fitting import TrainProgress, ignore
from finetune.head import HeadConfig, calibrated, columns_of, fit, labels_of, regression
from finetune.texts import sentences
from finetune.train import train
from finetune.words import WordConfig, fit_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

WORK = ".training"
"""Where a run lies until it is a version; what was cut off goes on from there."""
RUN_FILE = "run.json"


def train_version(
    versions: Versions,
    examples: Sequence[Example] | Split,
    taxonomy: Taxonomy,
    base: Base,
    embed: Embed,
    embedder: str,
    config: TrainConfig | None = None,
    *,
    encoder: Path | None = None,
    texts: Sequence[Example] = (),
    household: Sequence[Example] = (),
    name: str = "",
    on_progress: Callable[[TrainProgress], None] = ignore,
    stop: Callable[[], bool] = lambda: False,
) -> Version:
    """Train all voices of a router, weigh them on the validation questions, and keep them as a version.

    Nothing serves until somebody promotes it. A run that was cut off, on the same examples, base and configuration,
    goes on from its last checkpoint.

    Args:
        examples: to be split here, or in their parts already.
        embed: texts to unit vectors of shape (texts, dimension).
        embedder: the name of what `embed` is.
        encoder: the folder of the model that `embed` is; where it is given, it is tuned for the head.
        texts: papers, notes and words that are heard beside the questions, of which the language model reads the
            sentences; those of other categories are left out.
        household: which of the examples the household told.
        name: of the version; by default the day and a fingerprint of all that goes into it.

    Raises:
        ExamplesRejected: the examples cannot be trained on, or name other categories than the taxonomy.
        RouterUnavailable: the base cannot be read, another run is under way, or the version cannot be written.
    """
    config = config or TrainConfig()
    check_free(versions, name)  # before it has cost anything
    every = examples.all if isinstance(examples, Split) else examples
    if odd := sorted({example.category for example in every} ^ {*taxonomy.names, NONE}):
        raise ExamplesRejected(f"The examples and the taxonomy differ in: {', '.join(odd)}.")
    parts, heard_texts = _in_parts(examples), within(texts, taxonomy)
    read = set(parts.training)
    made_of = {
        **asdict(config),
        "kind": "fused",
        "base": base.identity,
        "categories": taxonomy.rows,
        "data_hash": data_hash(every),
        **told_facts(household, [each for each in household if each not in read]),
        "embedder": embedder,
        "encoder": asdict(EncoderConfig(seed=config.seed)) if encoder else None,
        "words": {**asdict(WordConfig()), "texts_hash": data_hash(texts)},
        "sentences_hash": data_hash(sentences(heard_texts)),
    }
    fingerprint = fingerprint_of(made_of)
    with exclusive(versions.folder):
        work = cleared(versions.folder / WORK, fingerprint)
        if not has_language_model(work):
            model, tokenizer = load_base(base.folder)
            train(
                model, tokenizer, taxonomy, parts, work, config,
                base=base.identity, sentences=sentences(heard_texts), told=[each for each in household if each in read],
                on_progress=on_progress, stop=stop,
            )  # fmt: skip
            del model
        head, embed = _encoder_half(parts, embed, embedder, encoder, work, config.seed)
        scorer = CodeScorer(*load_base(base.folder, work / ADAPTER), taxonomy)
        words = fit_words([*parts.training, *heard_texts], taxonomy.labels)
        fusions, report = weighed(scorer, head, embed, words, parts)
        return kept(versions, name, fingerprint, work, head, words, fusions, made_of, scorer.prompt, report)


def adapter_config(folder: Path) -> dict[str, Any]:
    """Return what the adapter in a folder, a version's or `train_adapter`'s, says it was made of.

    Raises:
        RouterUnavailable: it does not say.
    """
    try:
        found = json.loads((folder / CONFIG_FILE).read_text("utf-8"))
        if not {"mode", "base", "data_hash", "seed"} <= found.keys():
            raise ValueError("it does not say what it was taught with")
    except (OSError, ValueError, AttributeError) as error:
        raise RouterUnavailable(f"{folder} holds no adapter of `our-house train --out` ({error}).") from error
    return dict(found)


def check_free(versions: Versions, name: str) -> None:
    """Raise RouterUnavailable where a new version cannot have a name; it can have none, and is given one then."""
    if not name:
        return
    versions.check_name(name)
    if name in {version.name for version in versions.all()}:
        raise RouterUnavailable(f"There is a router {name} already. Choose another name.")


def _in_parts(examples: Sequence[Example] | Split) -> Split:
    return examples if isinstance(examples, Split) else split(examples)


def within(texts: Sequence[Example], taxonomy: Taxonomy) -> list[Example]:
    """Return the texts that have a label of the taxonomy."""
    return [each for each in texts if each.category in taxonomy.labels]


def _encoder_half(
    parts: Split, embed: Embed, embedder: str, encoder: Path | None, work: Path, seed: int
) -> tuple[Head, Embed]:
    """Train the encoder half; return its head, and what makes the vectors that the head reads."""
    config = HeadConfig(seed=seed)
    if encoder is None:
        return fit(parts.training, embed, embedder, config)[0], embed
    labels = labels_of(parts.training)
    before = embed([example.question for example in parts.training])
    start = regression(before, columns_of(parts.training, labels), config)
    weight, bias = train_encoder(encoder, parts.training, labels, *start, work / ENCODER, EncoderConfig(seed=seed))
    tuned = TunedEncoder(encoder, work / ENCODER).embed
    return calibrated(weight, bias, parts.validation, tuned, embedder, labels, config), tuned


def train_adapter(
    folder: Path,
    examples: Sequence[Example] | Split,
    taxonomy: Taxonomy,
    base: Base,
    config: TrainConfig,
    *,
    texts: Sequence[Example] = (),
    on_progress: Callable[[TrainProgress], None] = ignore,
) -> None:
    """Train an adapter alone, in whatever mode, to be measured; it makes no version.

    Args:
        folder: receives `adapter/`, `train_config.json` and the losses.
        examples: to be split here, or in their parts already.
        texts: of which the sentences are read beside the questions.

    Raises:
        ExamplesRejected: the examples cannot be trained on.
        RouterUnavailable: the base cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = _in_parts(examples)
    model, tokenizer = load_base(base.folder)
    beside = sentences(within(texts, taxonomy))
    train(
        model, tokenizer, taxonomy, parts, folder, config,
        base=base.identity, sentences=beside, on_progress=on_progress,
    )  # fmt: skip


def weighed(
    scorer: CodeScorer, head: Head, embed: Embed, words: WordHead, parts: Split
) -> tuple[dict[str, Fusion], dict[str, Any]]:
    """Return what fuses the voices, all and fewer, each by its file's name, and the figures on the test questions."""
    labels = scorer.labels

    def said(examples: Sequence[Example]) -> tuple[dict[str, Voices], NDArray[np.int64]]:
        every = heard([example.question for example in examples], labels, scorer, head, embed, words)
        spoken = {
            FUSION_FILE: every,
            ALONE_FILE: Voices(every.language_model),
            WITHOUT_FILE: replace(every, language_model=None),
        }
        return spoken, columns_of(examples, labels)

    spoken, target = said(parts.validation)
    fusions = {file: fit_fusion(voices, target, labels) for file, voices in spoken.items()}
    spoken, _ = said(parts.test)
    questions = [example.question for example in parts.test]
    decided = {
        "fused": fusions[FUSION_FILE].decisions(spoken[FUSION_FILE], labels, ""),
        "language_model": fusions[ALONE_FILE].decisions(spoken[ALONE_FILE], labels, ""),
        "without_language_model": fusions[WITHOUT_FILE].decisions(spoken[WITHOUT_FILE], labels, ""),
        "encoder": EncoderRouter(head, embed, "").classify(questions),
        "words": ScorerRouter(words, None, "").classify(questions),
    }
    return fusions, {name: decision_figures(parts.test, labels, each) for name, each in decided.items()}


def fingerprint_of(made_of: Mapping[str, Any]) -> str:
    """Return what tells a run from those that are made of something else."""
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()


def has_language_model(work: Path) -> bool:
    """Whether the language model was taught before the run that worked in this folder was cut off."""
    return (work / ADAPTER / ADAPTER_WEIGHTS).is_file() and (work / CONFIG_FILE).is_file()


def cleared(folder: Path, fingerprint: str) -> Path:
    """Return a run's folder, with what the same run left there when it was cut off, and else empty."""
    try:
        if json.loads((folder / RUN_FILE).read_text("utf-8"))["fingerprint"] == fingerprint:
            return folder
    except (OSError, ValueError, KeyError, TypeError):
        pass  # there is none yet, or it is no run of ours
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / RUN_FILE).write_text(json.dumps({"fingerprint": fingerprint}), "utf-8")
    return folder


def kept(
    versions: Versions,
    name: str,
    fingerprint: str,
    work: Path,
    head: Head,
    words: WordHead | None,
    fusions: Mapping[str, Fusion],
    made_of: Mapping[str, Any],
    prompt: Prompt,
    report: Mapping[str, Any],
    beside: Mapping[str, Any] | None = None,
) -> Version:
    """Keep a run as a version, and clear its folder.

    Args:
        name: of the version; the day and the fingerprint where it is empty.
        fingerprint: of all that goes into it.
        work: the run's folder, with both adapters and the training's configuration.
        fusions: what weighs the voices, by the file's name.
        beside: further files, each a JSON value by its name.
    """

    def write(folder: Path) -> None:
        shutil.copytree(work, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(RUN_FILE))
        head.save(folder)
        if words is not None:
            words.save(folder / WORDS_FILE)
        for file, fusion in fusions.items():
            fusion.save(folder, file)
        trained = json.loads((work / CONFIG_FILE).read_text("utf-8"))
        # The prompt is for who serves it without its tokenizer.
        made = {**trained, **made_of, "prompt": [prompt.before, prompt.after]}
        for file, value in {CONFIG_FILE: made, REPORT_FILE: report, **(beside or {})}.items():
            (folder / file).write_text(json.dumps(value, indent=1, ensure_ascii=False), "utf-8")

    version = versions.add(name or f"{dt.date.today()}-{fingerprint[:8]}", write, replace=not name)
    shutil.rmtree(work, ignore_errors=True)
    return version


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Keep a second run out, and say what breaks this one off; raises as `alone` and `going_on` do."""
    with going_on(folder), alone(folder):
        yield


@contextmanager
def alone(folder: Path, patience: float = 0.0) -> Iterator[None]:
    """Keep a second run out.

    Args:
        patience: seconds to wait for another one's end.

    Raises:
        RouterUnavailable: another run is under way.
        OSError: the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / ".training.lock", timeout=patience)
    try:
        lock.acquire()
    except Timeout as error:
        raise RouterUnavailable("A router is being trained already. Wait for it, or stop it first.") from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def going_on(folder: Path) -> Iterator[None]:
    """Say what breaks a run off, and that it can be gone on with.

    Raises:
        RouterUnavailable: it cannot go on: the disk is full, such as.
    """
    from safetensors import SafetensorError

    try:
        yield
    except (OSError, SafetensorError, RuntimeError) as error:  # the last is torch's for a full disk, too
        raise RouterUnavailable(
            f"Training broke off ({error}). See that {folder} can be written and has room, and start again: it goes "
            "on where it stopped."
        ) from error
