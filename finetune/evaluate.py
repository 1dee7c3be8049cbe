"""Systems that label, asked the same questions one by one: what each said, how sure it was, and how long it took.

Writing it down is left to `finetune.report`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.taxonomy import NONE
from finetune.figures import INVALID, figures

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classifier.decision import Decision, Router
    from finetune.baselines import PromptedModel
    from finetune.examples import Example


@dataclass(frozen=True)
class System:
    """Something that labels questions, and how the report names it."""

    title: str
    kind: str
    """`base`, `fine-tuned`, `encoder`, `words` or `fused`."""
    name: str
    """The model, or the version."""
    mode: str
    """What it answers with: `code`, `category`, or `head`."""
    ask: Callable[[str], Reply]


@dataclass(frozen=True)
class Reply:
    """What a system said to one question."""

    label: str | None
    """A category, or `none`; None where it is no label at all."""
    written: str = ""
    """In the system's own words, where it writes freely."""
    probabilities: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What a system said to all the questions."""

    system: System
    replies: tuple[Reply, ...]
    seconds: tuple[float, ...]


def routed(router: Router) -> Callable[[str], Reply]:
    """Return how a router is asked."""

    def ask(question: str) -> Reply:
        (decision,) = router.classify([question])
        return replied(decision)

    return ask


def replied(decision: Decision) -> Reply:
    """Return a decision as a reply."""
    return Reply(decision.category or NONE, probabilities=dict(decision.probabilities))


def written(model: PromptedModel) -> Callable[[str], Reply]:
    """Return how a model is asked that writes freely."""

    def ask(question: str) -> Reply:
        text = model.write(question)
        return Reply(model.label(text), written=text)

    return ask


def asked(
    system: System, examples: Sequence[Example], on_progress: Callable[[int, int], None] = lambda done, total: None
) -> Outcome:
    """Ask a system every question, one by one."""
    system.ask("warm-up")
    replies, seconds = [], []
    for at, example in enumerate(examples):
        began = time.perf_counter()
        replies.append(system.ask(example.question))
        seconds.append(time.perf_counter() - began)
        on_progress(at + 1, len(examples))
    return Outcome(system, tuple(replies), tuple(seconds))


def outcome_figures(outcome: Outcome, examples: Sequence[Example]) -> dict[str, Any]:
    """Return a system's figures (`finetune.figures.figures`), with the median and 95th percentile of its seconds."""
    labels = labels_of(examples, [outcome])
    target = np.array([labels.index(example.category) for example in examples])
    found = [INVALID if reply.label is None else labels.index(reply.label) for reply in outcome.replies]
    return {
        **figures(examples, labels, target, np.array(found), outcome_probabilities(outcome, labels)),
        "seconds_median": round(float(np.median(outcome.seconds)), 4),
        "seconds_95th": round(float(np.quantile(outcome.seconds, 0.95)), 4),
    }


def outcome_probabilities(outcome: Outcome, labels: Sequence[str]) -> NDArray[np.float64] | None:
    """Return a system's probabilities, of shape (questions, labels); None where it has none."""
    if not all(reply.probabilities for reply in outcome.replies):
        return None
    return np.array([[reply.probabilities.get(label, 0.0) for label in labels] for reply in outcome.replies])


def labels_of(examples: Sequence[Example], outcomes: Sequence[Outcome]) -> list[str]:
    """Return every label that was expected or said, `none` last."""
    names = {example.category for example in examples}
    for outcome in outcomes:
        for reply in outcome.replies:
            names |= {*reply.probabilities, *([reply.label] if reply.label else [])}
    return [*sorted(names - {NONE}), NONE]
