"""What the Teach tab shows as HTML, everything foreign escaped; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from assistant.corrections import Correction
from assistant.prompts import spoken
from assistant.retraining import News, Progress
from assistant.startup import Status
from assistant.web.render import button, progress
from classifier.taxonomy import NONE, in_words
from classifier.versions import Version
from finetune.course import LEAST_OF_CATEGORY

SHOWN = 200
"""Corrections in the list; the newest first."""
NAMED = 30
"""Questions of a comparison that are named."""
SAID = {
    "corrected": "you corrected it",
    "confirmed": "you confirmed it",
    "imported": "brought in",
    "example": "example",
}


def told(corrections: Sequence[Correction], labels: Sequence[str], disputed: Sequence[Sequence[Correction]]) -> str:
    """What the household told, the newest first, what contradicts itself above it."""
    if not corrections:
        return (
            '<p class="oh-empty">Nothing yet. In the chat, press a wrong tag and choose the right one, or tick a right '
            "one with ✓. It works at once, and is listed here to be taught.</p>"
        )
    contradictions = "".join(_dispute(group) for group in disputed)
    rows = "".join(_row(each, labels) for each in list(reversed(corrections))[:SHOWN])
    more = f'<p class="oh-empty">… and {len(corrections) - SHOWN} older ones.</p>' if len(corrections) > SHOWN else ""
    return f'{contradictions}<ul class="oh-list oh-told-list">{rows}</ul>{more}'


def _row(each: Correction, labels: Sequence[str]) -> str:
    gone = each.label not in labels
    tag = button(
        "tell",
        {"told": each.id, "label": each.label},
        "oh-tag" + " oh-tag-none" * (gone or each.label == NONE),
        "the category is gone: choose another one" if gone else "press to change it",
        f"{each.label} (gone)" if gone else in_words(each.label),
    )
    was = f", was {escape(in_words(each.overruled))}" if each.overruled and each.overruled != each.label else ""
    day = f" on {escape(spoken(each.created_at.date()))}" if each.created_at else ""
    return (
        f'<li><div class="oh-lesson">{tag}<span>{escape(each.question)}</span>'
        f"<small>{SAID[each.provenance]}{day}{was}</small></div>"
        f'<button class="oh-delete" data-act="remove" data-id="{escape(each.id)}" title="Take it back" '
        f'aria-label="Take back: {escape(each.question)}">×</button></li>'
    )


def _dispute(group: Sequence[Correction]) -> str:
    sides = "".join(
        f'<button class="oh-tag" data-act="settle" data-id="{escape(each.id)}">{escape(in_words(each.label))}</button> '
        for each in group
    )
    return (
        f'<div class="oh-dispute" role="alert">“{escape(group[-1].question)}” was told to be different things. '
        f"Which is right? {sides}</div>"
    )


def news(found: News) -> str:
    """What a training would learn, and how long it takes."""
    if found.problem:
        return f'<p class="oh-empty">{escape(found.problem)}</p>'
    waits = "".join(
        f'<p class="oh-empty">{escape(label)} waits for more: it has {count} of the {LEAST_OF_CATEGORY} questions that '
        "teaching it takes.</p>"
        for label, count in sorted(found.waiting.items())
    )
    if not found.changes:
        what = "all else" if waits else "all"
        return f'<p class="oh-empty">{escape(found.since)} has been taught {what} that you told.</p>{waits}'
    each = ", ".join(f"{escape(in_words(label))} {count}" for label, count in sorted(found.per_label.items()))
    new = f"<b>{found.new} new</b> since {escape(found.since)}: {each}."
    back = f"<b>{found.taken_back} taken back</b> that {escape(found.since)} was taught."
    changed = " ".join([new] * bool(found.new) + [back] * bool(found.taken_back))
    minutes = max(1, round(found.seconds / 60))
    return (
        f"<p>{changed}<br>Teaching takes about {minutes} "
        f"{'minute' if minutes == 1 else 'minutes'} here; the chat goes on answering meanwhile.</p>{waits}"
    )


def training(found: Progress | None, stopping: bool) -> str:
    """How a training is, with its losses drawn."""
    if found is None:
        return ""
    if found.state in ("failed", "broken off"):
        return f'<div class="oh-trouble" role="alert">{escape(found.message)}</div>'
    curve = losses(found)
    if found.state == "done":
        return f'<details class="oh-used"><summary>How {escape(found.version)} was taught</summary>{curve}</details>'
    stage = f"{found.stage}: step {found.step} of {found.steps}" if found.steps else found.stage
    share = found.step / found.steps if found.steps else None
    if stopping:
        stage = "stopping, and keeping the best"
    left = ""
    if found.seconds_left is not None and found.step < found.steps:
        left = f'<p class="oh-empty">about {max(1, round(found.seconds_left / 60))} min left</p>'
    return f"{progress(Status(stage, share))}{left}{curve}"


def losses(found: Progress) -> str:
    """Both loss curves as a drawing; the lower, the better."""
    curves = [("training", found.losses), ("validation", found.validation_losses)]
    points = [point for _, curve in curves for point in curve]
    if len(points) < 2:
        return ""
    most = max(found.steps, 1)
    top = max(loss for _, loss in points) or 1.0
    drawn = ""
    for name, curve in curves:
        places = [(10 + 280 * step / most, 90 - 80 * loss / top) for step, loss in curve]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        dots = "".join(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5"><title>{name} {loss:.2f} after {step} steps</title></circle>'
            for (x, y), (step, loss) in zip(places, curve, strict=True)
        )
        drawn += f'<g class="oh-curve-{name}"><polyline points="{line}"/>{dots}</g>'
    key = "".join(f'<span class="oh-key-{name}">{name} loss</span>' for name, curve in curves if curve)
    return (
        '<figure class="oh-losses"><svg viewBox="0 0 300 100" role="img" aria-label="losses while training">'
        f'<path d="M10 5V90H290"/>{drawn}</svg><figcaption>{key}</figcaption></figure>'
    )


def verdict(name: str, found: Mapping[str, Any]) -> str:
    """How a candidate did beside the serving router."""
    if not found:
        return ""
    fixed, broken = found["fixed"], found["broken"]
    if found["passed"]:
        head = f"<b>{escape(name)} is better:</b> it fixes {len(fixed)} questions and breaks {len(broken)}."
    else:
        why = "; ".join(found["reasons"])
        head = f"<b>{escape(name)} should not serve:</b> {escape(why)}."
    before, after = found["serving"], found["candidate"]
    rows = "".join(
        f"<tr><th>{title}</th><td>{_share(before.get(key))}</td><td>{_share(after.get(key))}</td></tr>"
        for title, key in (
            ("right", "accuracy"),
            ("right, of the house", "accuracy_household"),
            ("right, of no category", "accuracy_none"),
            ("calibration error", "calibration_error"),
        )
    )
    moved = f" {found['moved']} packaged questions moved into your own categories." if found["moved"] else ""
    chance = f"So uneven a split comes by chance in {found['chance']:.1%} of cases (McNemar)."
    klass = "oh-passed" if found["passed"] else "oh-refused-verdict"
    return (
        f'<div class="oh-verdict {klass}"><p>{head}</p><p class="oh-empty">Asked {found["questions"]} questions that '
        f"neither was taught, {found['household']} of them yours.{moved} {chance}</p>"
        f"<table><tr><th></th><td>serving</td><td>new</td></tr>{rows}</table>{_changes('fixes', fixed)}"
        f"{_changes('breaks', broken)}{_categories(found['per_category'])}</div>"
    )


def _changes(what: str, changes: Sequence[Mapping[str, Any]]) -> str:
    if not changes:
        return ""
    rows = "".join(
        f"<li>{escape(each['question'])} <small>{escape(in_words(each['serving']))} → "
        f"{escape(in_words(each['candidate']))}{', yours' if each['household'] else ''}</small></li>"
        for each in changes[:NAMED]
    )
    more = f"<li>… and {len(changes) - NAMED} more</li>" if len(changes) > NAMED else ""
    opened = " open" if what == "breaks" else ""
    return f'<details class="oh-used"{opened}><summary>{what} {len(changes)}</summary><ul>{rows}{more}</ul></details>'


def _categories(per_category: Mapping[str, Sequence[int]]) -> str:
    rows = "".join(
        f"<tr><th>{escape(in_words(name))}</th><td>{size}</td><td>{gained or ''}</td><td>{lost or ''}</td></tr>"
        for name, (size, gained, lost) in per_category.items()
        if gained or lost
    )
    if not rows:
        return ""
    return (
        '<details class="oh-used"><summary>by category</summary><table><tr><th></th><td>asked</td><td>fixed</td>'
        f"<td>broken</td></tr>{rows}</table></details>"
    )


def versions(found: Sequence[Version], comparisons: Mapping[str, Mapping[str, Any]]) -> str:
    """The routers of the house, the serving one marked."""
    rows = []
    for each in sorted(found, key=lambda version: (not version.serving, version.name)):
        figures = each.report.get("fused") or each.report
        facts = []
        if "accuracy" in figures:
            facts.append(f"{_share(figures['accuracy'])} right on held-out questions")
        if household := each.config.get("household"):
            facts.append(f"knows {len(household)} of your corrections")
        if gate := comparisons.get(each.name):
            facts.append(f"fixed {len(gate['fixed'])}, broke {len(gate['broken'])} when compared")
        act = (
            '<span class="oh-tag oh-tag-told">serving</span>'
            if each.serving
            else f'<button class="oh-serve" data-act="promote" data-id="{escape(each.name)}" '
            f'aria-label="Let it serve: {escape(each.name)}">Let it serve</button>'
        )
        name = f"<b>{escape(each.name)}</b>"
        rows.append(f'<li><div class="oh-lesson">{name}<small>{", ".join(facts)}</small></div>{act}</li>')
    return f'<ul class="oh-list oh-told-list">{"".join(rows)}</ul>'


def definitions(categories: Sequence[tuple[str, str, str]], notes: Mapping[str | None, int]) -> str:
    """The categories with what they cover and how many notes they hold."""
    rows = "".join(
        f"<li><div class='oh-lesson'><b>{escape(name)}</b><small>{escape(definition)}</small>"
        f"<small>{_notes(notes.get(name, 0))}</small></div></li>"
        for name, _, definition in categories
    )
    return f'<ul class="oh-list oh-told-list">{rows}</ul>'


def _notes(count: int) -> str:
    return "1 note" if count == 1 else f"{count} notes"


def _share(value: Any) -> str:
    return f"{value:.1%}" if isinstance(value, int | float) else "–"
