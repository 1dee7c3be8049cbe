"""What systems said to the same questions, written down: a table, every case, the misses, and pictures."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from finetune.evaluate import Outcome, labels_of, outcome_figures, outcome_probabilities
from finetune.figures import reliability

if TYPE_CHECKING:
    from finetune.examples import Example

_COLUMNS = (
    ("accuracy", "accuracy"),
    ("accuracy_household", "household"),
    ("accuracy_none", "none"),
    ("macro_precision", "macro P"),
    ("macro_recall", "macro R"),
    ("macro_f1", "macro F1"),
    ("invalid_labels", "invalid"),
    ("calibration_error", "calibration error"),
    ("none_auroc", "none AUROC"),
    ("wrong_none", "wrong none"),
    ("seconds_median", "median"),
    ("seconds_95th", "95th"),
)
_SHARES = {"accuracy", "accuracy_household", "accuracy_none", "wrong_none"}


def write_report(
    outcomes: Sequence[Outcome], examples: Sequence[Example], folder: Path, about: str = ""
) -> dict[str, Any]:
    """Write `report.md`, `report.json`, `cases.jsonl` and, of the last system, pictures into a folder.

    Args:
        outcomes: what each system said; the last one's misses are listed and drawn.
        about: a sentence on what was measured, and where.

    Returns:
        What `report.json` holds: each system's figures by its title.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = {outcome.system.title: outcome_figures(outcome, examples) for outcome in outcomes}
    (folder / "report.json").write_text(json.dumps(found, indent=1), "utf-8")
    with (folder / "cases.jsonl").open("w", encoding="utf-8") as file:
        for case in cases(outcomes, examples):
            file.write(json.dumps(case, ensure_ascii=False) + "\n")
    (folder / "report.md").write_text(_markdown(outcomes, examples, found, about), "utf-8")
    draw_confusion(outcomes[-1], examples, folder / "confusion.png")
    draw_reliability(outcomes, examples, folder / "reliability.png")
    return found


def cases(outcomes: Sequence[Outcome], examples: Sequence[Example]) -> Iterator[dict[str, Any]]:
    """Yield one line a question and system."""
    for outcome in outcomes:
        for at, (example, reply, seconds) in enumerate(
            zip(examples, outcome.replies, outcome.seconds, strict=True), start=1
        ):
            yield {
                "case_id": f"{at:04}",
                "question": example.question,
                "expected_category": example.category,
                "scenario": example.style,
                "family": example.family,
                "model_kind": outcome.system.kind,
                "model_name": outcome.system.name,
                "label_mode": outcome.system.mode,
                "system": outcome.system.title,
                "predicted_category": reply.label,
                "valid": reply.label is not None,
                "correct": reply.label == example.category,
                "written": reply.written,
                "confidence": round(max(reply.probabilities.values(), default=0.0), 4) or None,
                "seconds": round(seconds, 4),
            }


def _markdown(
    outcomes: Sequence[Outcome], examples: Sequence[Example], found: dict[str, dict[str, Any]], about: str
) -> str:
    styles = sorted({example.style for example in examples if example.style})
    last = outcomes[-1]
    misses = [
        f"- {example.question} *({example.style or 'no style'})*: {example.category}, not "
        f"{reply.label or repr(reply.written)}"
        for example, reply in zip(examples, last.replies, strict=True)
        if reply.label != example.category
    ]
    return "\n".join(
        [
            "# Routers compared",
            "",
            f"{len(examples)} questions, the same for all. {about}".strip(),
            "",
            *_table(["system", *(title for _, title in _COLUMNS)], [_row(each, found[each]) for each in found]),
            "",
            "Times are seconds a question, asked one by one.",
            "",
            "## Right, by style",
            "",
            *_table(
                ["system", *styles],
                [[each, *(_percent(found[each]["accuracy_by_style"][style]) for style in styles)] for each in found],
            ),
            "",
            "![confusion](confusion.png)",
            "",
            "![reliability](reliability.png)",
            "",
            f"## What “{last.system.title}” missed",
            "",
            *(misses or ["Nothing."]),
            "",
        ]
    )


def _row(title: str, found: dict[str, Any]) -> list[str]:
    def told(name: str) -> str:
        value = found.get(name)
        if value is None:
            return "–"
        return _percent(value) if name in _SHARES else str(value) if isinstance(value, int) else f"{value:.3f}"

    return [title, *(told(name) for name, _ in _COLUMNS)]


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    rule = ["---", *("---:" for _ in head[1:])]
    return [f"| {' | '.join(cells)} |" for cells in (head, rule, *rows)]


def draw_confusion(outcome: Outcome, examples: Sequence[Example], path: Path) -> None:
    """Draw how often each label was taken for each other into a PNG file."""
    from matplotlib.figure import Figure

    labels = labels_of(examples, [outcome])
    counts = np.zeros((len(labels), len(labels) + 1), dtype=int)
    for example, reply in zip(examples, outcome.replies, strict=True):
        column = labels.index(reply.label) if reply.label else len(labels)
        counts[labels.index(example.category), column] += 1
    shown = [*labels, "no label"] if counts[:, -1].any() else labels
    figure = Figure(figsize=(9, 8), layout="constrained")
    axes = figure.subplots()
    axes.imshow(np.sqrt(counts[:, : len(shown)]), cmap="Blues")
    axes.set_xticks(range(len(shown)), shown, rotation=90)
    axes.set_yticks(range(len(labels)), labels)
    axes.set(xlabel="said", ylabel="right", title=outcome.system.title)
    for row, column in zip(*np.nonzero(counts[:, : len(shown)]), strict=True):
        dark = counts[row, column] > counts.max() / 3
        axes.text(column, row, counts[row, column], ha="center", va="center", color="white" if dark else "black")
    figure.savefig(path, dpi=100)


def draw_reliability(outcomes: Sequence[Outcome], examples: Sequence[Example], path: Path) -> None:
    """Draw how often each system is right against how sure it was into a PNG file."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 6), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="grey", linestyle="dotted")
    for outcome in outcomes:
        labels = labels_of(examples, [outcome])
        probabilities = outcome_probabilities(outcome, labels)
        if probabilities is not None:
            target = np.array([labels.index(example.category) for example in examples])
            _, sure, right = zip(*reliability(probabilities, target), strict=True)
            axes.plot(sure, right, marker="o", label=outcome.system.title)
    axes.set(xlabel="confidence", ylabel="share that is right", xlim=(0, 1), ylim=(0, 1))
    axes.legend(fontsize="small")
    figure.savefig(path, dpi=100)
