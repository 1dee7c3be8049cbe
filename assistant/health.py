"""How the router is doing in this house, reckoned from what was asked and told; showing it is the page's."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from classifier.memory import plain
from classifier.taxonomy import NONE, in_words

if TYPE_CHECKING:
    from assistant.conversation import Asked
    from assistant.corrections import Correction
    from classifier.encoder import Embed

WEEKS = 12
"""How far back the weekly figures go."""
DRIFT_OF = 200
"""The newest questions that are held against the training data."""
FAR = 0.1
"""Share by which more questions than usual must be far from the training data to be called drift."""
WORTH = 8
"""New corrections from which teaching them is worth its minutes."""
OFTEN = 3
"""Corrections of one kind that are a habit of the router's, and no slip."""


@dataclass(frozen=True)
class Week:
    """One week of questions."""

    monday: dt.date
    questions: int = 0
    corrected: int = 0
    """Tags that were changed."""
    unsure: int = 0
    """Questions that were put nowhere surely: two categories, or all notes, were searched."""
    none: int = 0
    """Questions that no category fitted."""


@dataclass(frozen=True)
class Drift:
    """Whether what the house asks has moved away from what the router was taught."""

    questions: int
    far: float
    """Share of them that are farther from the training data than nine in ten of its own questions are."""
    nearness: tuple[float, ...]
    """Each question's cosine with its nearest training question, sorted."""

    @property
    def drifted(self) -> bool:
        """Whether more are far than the one in ten that chance brings."""
        return self.questions >= 20 and self.far > 0.1 + FAR


@dataclass(frozen=True)
class Health:
    """How the router is doing."""

    weeks: tuple[Week, ...]
    """The last ones, oldest first."""
    confusions: tuple[tuple[str, str, int], ...]
    """What the router said, what it was, and how often; most often first."""
    repeated: int
    """Questions that were asked more than once of one router, with nothing told between."""
    repeated_same: int
    """How many of them had the same tag each time."""
    drift: Drift | None
    """None where it was not reckoned."""
    advice: tuple[str, ...]
    """In plain words; what to do comes first."""


def health(
    asked: Sequence[Asked],
    corrections: Sequence[Correction],
    untaught: int,
    today: dt.date,
    drift: Drift | None = None,
) -> Health:
    """Reckon how the router is doing.

    Args:
        asked: every question of the house, oldest first.
        corrections: all that was told.
        untaught: how many of those the serving router has not been taught.
        today: the last day of the last week.
        drift: reckoned by `drift_of`, or None.
    """
    weeks = _weeks(asked, corrections, today)
    confusions = Counter(
        (each.overruled, each.label) for each in corrections if each.overruled and each.overruled != each.label
    )
    repeated, same = _repeats(asked)
    ranked = tuple((said, was, count) for (said, was), count in confusions.most_common(8))
    return Health(weeks, ranked, repeated, same, drift, tuple(_advice(weeks, ranked, untaught, drift)))


def drift_of(questions: Sequence[str], training: Sequence[str], held_out: Sequence[str], embed: Embed) -> Drift:
    """Hold questions against the training data by their nearest neighbour in it.

    Args:
        questions: the house's, of which the newest are looked at.
        training: questions that the router was taught.
        held_out: questions of the same source that it was not: how near is usual.
        embed: texts to unit vectors.
    """
    newest = list(dict.fromkeys(questions))[-DRIFT_OF:]
    if not newest:
        return Drift(0, 0.0, ())
    known = embed(list(training))
    usual = np.quantile((embed(list(held_out)) @ known.T).max(axis=1), 0.1)
    near = (embed(newest) @ known.T).max(axis=1)
    return Drift(len(newest), float((near < usual).mean()), tuple(round(float(each), 3) for each in np.sort(near)))


def _weeks(asked: Sequence[Asked], corrections: Sequence[Correction], today: dt.date) -> tuple[Week, ...]:
    def monday(day: dt.date) -> dt.date:
        return day - dt.timedelta(days=day.weekday())

    def count(counts: Callable[[Asked], bool]) -> Counter[dt.date]:
        return Counter(monday(each.when.date()) for each in asked if counts(each))

    questions, none = count(lambda each: True), count(lambda each: each.label == NONE)
    unsure = count(lambda each: each.label != NONE and not each.sure)
    corrected = Counter(
        monday(each.created_at.date()) for each in corrections if each.created_at and each.provenance == "corrected"
    )
    last = monday(today)
    days = [last - dt.timedelta(weeks=back) for back in reversed(range(WEEKS))]
    return tuple(Week(day, questions[day], corrected[day], unsure[day], none[day]) for day in days)


def _repeats(asked: Sequence[Asked]) -> tuple[int, int]:
    """How many questions were asked again of the same router, and how many of those had the same tag each time."""
    labels: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in asked:
        if not each.told:
            labels[plain(each.question), each.router].append(each.label)
    again = [found for found in labels.values() if len(found) > 1]
    return len(again), sum(len(set(found)) == 1 for found in again)


def _advice(
    weeks: Sequence[Week], confusions: Sequence[tuple[str, str, int]], untaught: int, drift: Drift | None
) -> list[str]:
    advice = []
    if untaught >= WORTH:
        advice.append(f"{untaught} corrections are not taught yet: teaching them now is worth its minutes.")
    elif untaught:
        advice.append(
            f"{untaught} {'correction is' if untaught == 1 else 'corrections are'} not taught yet. "
            f"They work already; teaching pays from {WORTH} on."
        )
    for said, was, count in confusions:
        if count >= OFTEN:
            what = "What no category fits" if was == NONE else was
            advice.append(
                f"{what} is often taken for {in_words(said)} ({count} times): a few more such corrections help most."
            )
    if drift is not None and drift.drifted:
        advice.append(
            f"{drift.far:.0%} of what you ask is unlike what the router was taught (usual: 10%). Tick or correct more "
            "tags, then teach; perhaps a category of your own is missing."
        )
    questions = sum(week.questions for week in weeks[-4:])
    unsure = sum(week.unsure + week.none for week in weeks[-4:])
    if questions >= 20 and unsure > questions / 3:
        share = f"{unsure / questions:.0%}"
        advice.append(f"{share} of the last weeks' questions had no sure tag, so more notes were searched.")
    return advice or ["All is well: nothing waits to be taught, and no mistake repeats itself."]
