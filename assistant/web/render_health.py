"""What the Health tab shows as HTML, with its drawings; pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.health import Drift, Health, Week
from classifier.taxonomy import in_words

BINS = 10


def health(found: Health) -> str:
    """How the router is doing: the advice first, then a drawing for each thing that it stands on."""
    advice = "".join(f"<li>{escape(each)}</li>" for each in found.advice)
    parts = [
        _panel("Corrections a week", _corrections(found.weeks), _week_words(found.weeks)),
        _panel("Questions without a sure tag", _unsure(found.weeks), _unsure_words(found.weeks)),
        _panel("What is taken for what", _confusions(found.confusions), _confusion_words(found.confusions)),
        _panel("Asked as it was taught?", _drift(found.drift), _drift_words(found.drift)),
    ]
    return f'<ul class="oh-advice">{advice}</ul><div class="oh-panels">{"".join(parts)}{_repeats(found)}</div>'


def _panel(title: str, drawing: str, words: str) -> str:
    return f'<section class="oh-panel"><h4>{title}</h4>{drawing}<p>{words}</p></section>'


def _corrections(weeks: Sequence[Week]) -> str:
    return _bars([(f"{week.monday:%d %b}", week.corrected) for week in weeks], "corrections")


def _week_words(weeks: Sequence[Week]) -> str:
    questions, corrected = sum(week.questions for week in weeks), sum(week.corrected for week in weeks)
    if not questions:
        return "Nothing was asked in the last weeks."
    return f"{corrected} of {questions} questions were corrected in {len(weeks)} weeks ({corrected / questions:.0%})."


def _unsure(weeks: Sequence[Week]) -> str:
    shares = [(week.unsure + week.none) / week.questions if week.questions else 0.0 for week in weeks]
    labels = [f"{week.monday:%d %b}" for week in weeks]
    return _bars([(label, round(100 * share)) for label, share in zip(labels, shares, strict=True)], "%", 100)


def _unsure_words(weeks: Sequence[Week]) -> str:
    questions = sum(week.questions for week in weeks)
    if not questions:
        return "Nothing was asked in the last weeks."
    unsure, none = sum(week.unsure for week in weeks), sum(week.none for week in weeks)
    return (
        f"Of {questions}, {unsure} ({unsure / questions:.0%}) lay between categories, and no category fitted {none} "
        f"({none / questions:.0%})."
    )


def _confusions(confusions: Sequence[tuple[str, str, int]]) -> str:
    if not confusions:
        return ""
    most = max(count for _, _, count in confusions)
    rows = "".join(
        f"<tr><th>{escape(in_words(said))} → {escape(in_words(was))}</th>"
        f"<td><div class='oh-bar' style='width:{100 * count / most:.0f}%'></div></td><td>{count}</td></tr>"
        for said, was, count in confusions
    )
    return f'<table class="oh-bars">{rows}</table>'


def _confusion_words(confusions: Sequence[tuple[str, str, int]]) -> str:
    return "What the router said, and what you made of it." if confusions else "No tag was corrected yet."


def _drift(found: Drift | None) -> str:
    if found is None or not found.questions:
        return ""
    counts = [0] * BINS
    for near in found.nearness:
        counts[min(BINS - 1, max(0, int(near * BINS)))] += 1
    return _bars([(f"{at / BINS:.1f}", count) for at, count in enumerate(counts)], "questions")


def _drift_words(found: Drift | None) -> str:
    if found is None:
        return "Being reckoned …"
    if not found.questions:
        return "Nothing was asked yet."
    return (
        f"How near your last {found.questions} questions are to the nearest one that the router was taught (1 is the "
        f"same). {found.far:.0%} are far from all of them; 10% is usual."
    )


def _repeats(found: Health) -> str:
    if not found.repeated:
        words = "No question was asked twice yet."
    else:
        words = f"{found.repeated_same} of {found.repeated} questions that were asked again had the same tag each time."
    return _panel("The same question, the same tag", "", words)


def _bars(values: Sequence[tuple[str, int]], unit: str, top: int | None = None) -> str:
    """A bar chart; each bar says its value."""
    most = top or max(max(value for _, value in values), 1)
    width = 300 / len(values)
    bars = "".join(
        f'<rect x="{at * width + 2:.1f}" y="{80 - 70 * value / most:.1f}" width="{width - 4:.1f}" '
        f'height="{70 * value / most:.1f}"><title>{escape(label)}: {value} {unit}</title></rect>'
        for at, (label, value) in enumerate(values)
    )
    first, last = escape(values[0][0]), escape(values[-1][0])
    return (
        f'<svg class="oh-chart" viewBox="0 0 300 95" role="img" aria-label="{unit}"><path d="M0 80H300"/>{bars}'
        f'<text x="0" y="93">{first}</text><text x="300" y="93" text-anchor="end">{last}</text>'
        f'<text x="0" y="8">{most} {unit}</text></svg>'
    )
