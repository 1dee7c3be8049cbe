"""A candidate router beside the serving one, on the same questions: what it fixes and breaks, and whether that will do.

Asking the questions is left to others, and promoting a router to a person.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.taxonomy import NONE, in_words
from finetune.figures import decision_figures

if TYPE_CHECKING:
    from classifier.decision import Decision
    from finetune.examples import Example

GATE_FILE = "gate.json"
"""Holds a version's verdict, in its folder."""
TOLERATED = 2
"""Questions that a category may lose, net, whatever its size: fewer are chance."""
TOLERATED_SHARE = 0.1
"""Of a category's questions that it may lose, net."""
CHANCE = 0.1
"""A category's loss that comes by chance more often than this is none (McNemar's test within it)."""


@dataclass(frozen=True)
class Change:
    """A question that the two routers label differently, one of them rightly."""

    question: str
    expected: str
    serving: str
    candidate: str
    household: bool
    """Whether the household told its label."""


@dataclass(frozen=True)
class Verdict:
    """How the candidate did beside the serving router."""

    questions: int
    household: int
    """How many of them the household told, held out of the training."""
    fixed: tuple[Change, ...]
    broken: tuple[Change, ...]
    moved: int
    """Packaged questions that the household's own new categories took over, as they should: they are like what was told
    of these, and count for nothing."""
    chance: float
    """Probability of so uneven a split, or a more uneven one, were both routers as good: McNemar's exact test."""
    per_category: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)
    """Of each label: questions, fixed, broken."""
    serving: Mapping[str, Any] = field(default_factory=dict)
    """Its figures (`finetune.figures`)."""
    candidate: Mapping[str, Any] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    """Why it should not serve, in plain words; none where it should."""

    @property
    def passed(self) -> bool:
        """Whether it fixes more than it breaks and loses no category."""
        return not self.reasons

    def fields(self) -> dict[str, Any]:
        """Return it as JSON takes it."""
        return {**asdict(self), "passed": self.passed}


def compared(
    examples: Sequence[Example],
    serving: Sequence[Decision],
    candidate: Sequence[Decision],
    household: frozenset[str] = frozenset(),
    own: Mapping[str, Collection[str]] | None = None,
) -> Verdict:
    """Judge a candidate.

    Args:
        examples: questions that neither router was trained on.
        serving: the serving router's decisions, one an example.
        candidate: the candidate's.
        household: the questions whose label the household told.
        own: the categories that only the candidate knows, each with the packaged questions that are like what the
            household told of it: one of those that moves there is not broken, while any other is.
    """
    own = own or {}
    fixed, broken, moved = [], [], 0
    sizes: Counter[str] = Counter(example.category for example in examples)
    for example, before, after in zip(examples, serving, candidate, strict=True):
        told = example.question in household
        labels = before.category or NONE, after.category or NONE
        if not told and example.question in own.get(labels[1], ()):
            moved += 1
            continue
        right = [label == example.category for label in labels]
        change = Change(example.question, example.category, *labels, told)
        if right == [False, True]:
            fixed.append(change)
        elif right == [True, False]:
            broken.append(change)
    gained, lost = Counter(each.expected for each in fixed), Counter(each.expected for each in broken)
    per_category = {name: (size, gained[name], lost[name]) for name, size in sorted(sizes.items())}
    known = sorted(sizes.keys() | {label for each in (*serving, *candidate) for label in each.probabilities})
    return Verdict(
        questions=len(examples),
        household=sum(example.question in household for example in examples),
        fixed=tuple(fixed),
        broken=tuple(broken),
        moved=moved,
        chance=mcnemar(len(fixed), len(broken)),
        per_category=per_category,
        serving=decision_figures(examples, known, serving),
        candidate=decision_figures(examples, known, candidate),
        reasons=(*_reasons(len(fixed), len(broken), per_category), *_seized(own, per_category, broken)),
    )


def mcnemar(fixed: int, broken: int) -> float:
    """Return the two-sided probability of McNemar's exact test (McNemar 1947): a fair coin's for this split."""
    total = fixed + broken
    tail = sum(math.comb(total, each) for each in range(min(fixed, broken) + 1)) / 2**total
    return float(min(1.0, 2 * tail))


def _reasons(fixed: int, broken: int, per_category: Mapping[str, tuple[int, int, int]]) -> list[str]:
    reasons = []
    if fixed <= broken:
        reasons.append(
            "it changes nothing for the better" if not broken else f"it breaks {broken} questions and fixes {fixed}"
        )
    for name, (size, gained, lost) in per_category.items():
        if _too_many(lost, gained, size):
            reasons.append(f"it loses {lost - gained} of {size} questions of {in_words(name)}")
    return reasons


def _seized(
    own: Collection[str], per_category: Mapping[str, tuple[int, int, int]], broken: Sequence[Change]
) -> Iterator[str]:
    """Say which new categories take more that is not theirs than they gain, wherever they take it from."""
    for name in sorted(own):
        size, gained, _ = per_category.get(name, (0, 0, 0))
        taken = sum(each.candidate == name for each in broken)
        if _too_many(taken, gained, size):
            yield f"your new category {name} takes {taken} questions that are unlike all that you told of it"


def _too_many(lost: int, gained: int, size: int) -> bool:
    """Whether more is lost than chance explains, or than a category of this size may lose."""
    return lost - gained > max(TOLERATED, TOLERATED_SHARE * size) and mcnemar(gained, lost) < CHANCE


def read_verdict(folder: Path) -> dict[str, Any]:
    """Read a version's verdict as JSON has it; empty where nobody compared it, or the file is damaged."""
    try:
        found = json.loads((folder / GATE_FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
