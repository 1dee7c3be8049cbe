"""What a household's training reads, and what both routers are asked after it: its own questions and packaged ones.

Training on them is left to `finetune.household`, judging by the answers to `finetune.gate`.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.encoder import Embed
from classifier.memory import plain
from classifier.taxonomy import Taxonomy
from finetune.examples import Example, ExamplesRejected, Split

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
    alike: float = 0.45
    """A packaged question this near by cosine to one that was told of a new category may move there. Of 1,795, 85 are
    that near to 60 about cameras; of the 11 that an encoder head took for such, 9."""
    held_out: float = 0.2
    """Share of the corrections kept out of the training, to judge it by."""
    validated_on: int = 100
    """Packaged questions that the language model's training looks at."""
    judged_on: int = 450
    """Packaged test questions that both routers are asked, always the same."""
    seed: int = 0


@dataclass(frozen=True)
class Material:
    """All that a training draws on, as it was when the training began; what is renamed meanwhile changes none of it."""

    told: Sequence[Example]
    """The household's questions with their labels."""
    packaged: Split
    """What the router was first taught with, validated and tested on, by the household's names."""
    taxonomy: Taxonomy
    """The household's categories."""
    texts: Sequence[Example] = ()
    """What the words are learned from beside the questions, by the household's names."""


@dataclass(frozen=True)
class Course:
    """What is read and what is asked; no question is both."""

    taxonomy: Taxonomy
    """The categories that can be taught by now."""
    told: list[Example]
    """What the household told of them: all that is taught or held out."""
    taught: list[Example]
    held_out: list[Example]
    training: list[Example]
    """All packaged questions to train on."""
    replayed: list[Example]
    """Those of them that nothing contradicts."""
    validation: list[Example]
    tested: list[Example]
    """The packaged questions that both routers are asked."""
    read: list[Example]
    """What the language model reads, in its order."""

    @property
    def judged(self) -> list[Example]:
        """All that both routers are asked."""
        return [*self.held_out, *self.tested]


def course_of(material: Material, known: Collection[str], embed: Embed, config: HouseholdConfig) -> Course:
    """Draw from the material what is read and what is asked.

    Args:
        known: what the serving router was taught of the household's questions, as `plain` has them.
        embed: texts to unit vectors of shape (texts, dimension).

    Raises:
        ExamplesRejected: there is too little to learn from.
    """
    taxonomy, told = learnable(material.taxonomy, material.told, material.packaged.all)
    packaged = {plain(each.question) for each in material.packaged.training}
    held_out, taught = parted(told, config, {*known, *packaged})
    parts = apart(_drawn(material.packaged, taxonomy, config), material.told)
    embed = once(embed)
    # What is held out overrules only what is asked: what is read must not have been chosen by it.
    replayed = uncontradicted(parts.training, taught, embed, config.contradicted)
    validation, tested = (
        uncontradicted(asked, material.told, embed, config.contradicted, parts.training)
        for asked in (parts.validation, parts.test)
    )
    read = mixed(taught, replayed, config)
    return Course(taxonomy, told, taught, held_out, parts.training, replayed, validation, tested, read)


def _drawn(packaged: Split, taxonomy: Taxonomy, config: HouseholdConfig) -> Split:
    """Return the packaged questions of a taxonomy, of those to look at and to ask as many as there is time for."""
    parts, draw = packaged.only(lambda each: each.category in taxonomy.labels), random.Random(config.seed)
    validation = draw.sample(parts.validation, min(config.validated_on, len(parts.validation)))
    return Split(parts.training, validation, draw.sample(parts.test, min(config.judged_on, len(parts.test))))


def ripe(
    taxonomy: Taxonomy, told: Sequence[Example], packaged: Sequence[Example]
) -> tuple[Taxonomy, list[Example], dict[str, int]]:
    """Leave out the categories that have too few questions yet, and what was told of them.

    Returns:
        The others, what was told of them and of none, and how many questions each has that was left out.
    """
    sizes = Counter(each.category for each in (*packaged, *told))
    small = {name: sizes[name] for name in taxonomy.names if sizes[name] < LEAST_OF_CATEGORY}
    left = Taxonomy(tuple(each for each in taxonomy if each.name not in small))
    return left, [each for each in told if each.category not in small], small


def learnable(
    taxonomy: Taxonomy, told: Sequence[Example], packaged: Sequence[Example]
) -> tuple[Taxonomy, list[Example]]:
    """Return the categories and the questions that are `ripe`.

    Raises:
        ExamplesRejected: they are too little to learn from; the message says what is missing.
    """
    left, questions, small = ripe(taxonomy, told, packaged)
    if missing := too_little(questions, small):
        raise ExamplesRejected(missing)
    return left, questions


def too_little(told: Sequence[Example], small: Mapping[str, int]) -> str:
    """Return what is missing where what is `ripe` is too little to learn from; empty where it is enough.

    Args:
        told: the questions that are ripe.
        small: how many there are of each category that is not.
    """
    if len(told) >= LEAST:
        return ""
    wanting = "".join(
        f" The category {name} has {size} questions and needs {LEAST_OF_CATEGORY}."
        for name, size in sorted(small.items())
    )
    return (
        f"Too little data: {len(told)} corrections, and a training needs {LEAST}. Correct tags, or tick the "
        f"right ones, as you go; they work at once, trained or not.{wanting}"
    )


def apart(packaged: Split, told: Sequence[Example]) -> Split:
    """Leave out the packaged questions that the household told itself: one would be taught, and the other asked."""
    own = {plain(each.question) for each in told}
    return packaged.only(lambda each: plain(each.question) not in own)


def parted(
    told: Sequence[Example], config: HouseholdConfig, known: Collection[str] = ()
) -> tuple[list[Example], list[Example]]:
    """Return (held out, taught): of every label a share is kept back, where it has enough questions to spare one.

    A question's own words decide, so that it stays on its side however many others come. Of a few, one is held out
    that the words do not put aside, and never more than half.

    Args:
        known: questions, as `plain` has them, that a router was taught already: they are never held out.
    """
    by_label = defaultdict(list)
    for each in sorted(told, key=lambda each: _place(each.question)):
        by_label[each.category].append(each)
    held_out: list[Example] = []
    for questions in by_label.values():
        fresh = [each for each in questions if plain(each.question) not in known]
        aside = sum(_place(each.question) < config.held_out for each in fresh)
        least = min(1, round(config.held_out * len(questions)))
        held_out += fresh[: min(max(aside, least), len(questions) // 2)]
    kept_back = set(held_out)
    return held_out, [each for questions in by_label.values() for each in questions if each not in kept_back]


def _place(question: str) -> float:
    """Where a question stands among all that there could be, from 0 to 1, by its words alone."""
    digest = hashlib.sha256(plain(question).encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64


def told_facts(told: Sequence[Example], held_out: Sequence[Example]) -> dict[str, Any]:
    """Return what a version keeps of the household's questions that its training had; `taught_of` reads it."""
    return {
        "household": sorted([each.question, each.category] for each in told),
        "held_out": sorted(each.question for each in held_out),
    }


def taught_of(config: Mapping[str, Any]) -> set[str]:
    """Return the household's questions that a version was taught, as `plain` has them, by what it keeps of them.

    One that does not say which were held out is taken to have been taught all.
    """
    told = {plain(question) for question, _ in config.get("household", [])}
    return told - set(map(plain, config.get("held_out", [])))


def once(embed: Embed) -> Embed:
    """Return what embeds as `embed` does, each text once however often it is asked for."""
    known: dict[str, NDArray[np.float32]] = {}

    def embed_once(texts: Sequence[str]) -> NDArray[np.float32]:
        if missing := [text for text in dict.fromkeys(texts) if text not in known]:
            known.update(zip(missing, embed(missing), strict=True))
        return np.stack([known[text] for text in texts])

    return embed_once


def uncontradicted(
    packaged: Sequence[Example], told: Sequence[Example], embed: Embed, bound: float, others: Sequence[Example] = ()
) -> list[Example]:
    """Return the packaged questions but those that are nearest to a question that the household put elsewhere.

    Args:
        told: the household's questions.
        embed: texts to unit vectors of shape (texts, dimension).
        bound: the least cosine of what counts as near.
        others: further packaged questions, which one may be nearer to.
    """
    if not told or not packaged:
        return list(packaged)
    every = [*packaged, *others]
    known = embed([each.question for each in every])
    similar = known[: len(packaged)] @ embed([each.question for each in told]).T
    nearest = similar.argmax(axis=1)
    families = np.unique([each.family for each in every], return_inverse=True)[1]
    kept = []
    for at, example in enumerate(packaged):
        near = float(similar[at, nearest[at]])
        if near >= bound and told[nearest[at]].category != example.category:
            rivals: NDArray[np.float32] = np.where(families == families[at], -1.0, known @ known[at])
            if near > float(rivals.max()):
                continue
        kept.append(example)
    return kept


def near_to(
    labels: Collection[str], told: Sequence[Example], packaged: Sequence[Example], embed: Embed, bound: float
) -> dict[str, frozenset[str]]:
    """Return, for each of some labels, the packaged questions that are near one that the household told of it.

    Args:
        embed: texts to unit vectors of shape (texts, dimension).
        bound: the least cosine of what counts as near.
    """
    found: dict[str, frozenset[str]] = {}
    for label in labels:
        own = [each.question for each in told if each.category == label]
        asked = [each.question for each in packaged]
        near = (embed(asked) @ embed(own).T).max(axis=1) >= bound if own and asked else []
        found[label] = frozenset(question for question, is_near in zip(asked, near, strict=False) if is_near)
    return found


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
