"""Fit the second look of assistant/support.py: real answers to questions that the notes answer, and that they do not.

    python -m benchmarks.support                   # asks the tuning questions of all houses; over an hour on two cores
    python -m benchmarks.support --every 2         # every second question

Prints a fit, and what it does on held-out parts of the same answers; `LEARNED` is the mean of two such.
"""

from __future__ import annotations

import argparse
import functools
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant import sample
from assistant.build import House
from assistant.events import gathered
from assistant.exams.answers import Case, read_cases, right
from assistant.incoming.ingest import ingest
from assistant.pipeline import Assistant
from assistant.settings import read_settings
from assistant.support import Features, Support
from knowledge.library import Library

HERE = Path(__file__).parent
LOST = 0.04
"""Share of the right answers that the second look may take back."""


@dataclass(frozen=True)
class Seen:
    """What an answer looked like, and whether it was right."""

    features: Features
    answerable: bool
    right: bool


class Recording(Support):
    """Lets every answer stand, and keeps what it looked like."""

    seen: list[Features]

    def __init__(self) -> None:
        super().__init__()
        object.__setattr__(self, "seen", [])

    def holds(self, features: Features) -> bool:
        """Remember."""
        self.seen.append(features)
        return True


def main() -> None:
    """Ask, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    first = [case for name in ("tuning", "relevance") for case in read_cases(HERE / "sample_house" / f"{name}.jsonl")]
    second = read_cases(HERE / "house" / "tuning.jsonl")
    asked = [
        *_asked(sample.put_in, first[:: options.every]),
        *_asked(functools.partial(_bring_in, HERE / "house" / "notes"), second[:: options.every]),
    ]
    for folder in sorted((HERE / "jottings").glob("tuning-*")):
        cases = read_cases(folder / "questions.jsonl")
        asked += _asked(functools.partial(_bring_in, folder / "notes.jsonl"), cases[:: options.every])
    fit(asked)


def _bring_in(notes: Path, library: Library) -> None:
    for _ in ingest([notes], library):
        pass


def _asked(fill: Callable[[Library], object], cases: Sequence[Case]) -> list[Seen]:
    """Ask the questions of a house; the answers that the second look would look at."""
    look = Recording()
    found = []
    with tempfile.TemporaryDirectory() as home:
        house = House(read_settings(home=Path(home)))
        fill(house.library)
        assistant = Assistant(house.finder(), house.chat_model(), support=look)
        for done, case in enumerate(cases, start=1):
            look.seen.clear()
            _, _, answer = gathered(assistant.answer(case.question, case.history))
            is_right = right(answer.text, answer.answered, case)
            found += [Seen(features, case.answerable, is_right) for features in look.seen]
            print(f"{done} of {len(cases)}", end="\r")
    return found


def fit(seen: Sequence[Seen]) -> None:
    """Print the regression, and how well it tells answers apart that it was not fitted on."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    rows = np.array([each.features for each in seen])
    stands = np.array([each.answerable for each in seen])
    correct = np.array([each.right and each.answerable for each in seen])
    model = LogisticRegression(class_weight="balanced", C=1.0)
    folds = StratifiedKFold(8, shuffle=True, random_state=0)
    held_out = cross_val_predict(model, rows, stands, cv=folds, method="predict_proba")[:, 1]
    enough = float(np.quantile(held_out[correct], LOST))
    model.fit(rows, stands)
    weights = ", ".join(f"{value:.2f}" for value in (model.intercept_[0], *model.coef_[0]))
    print(f"Support({weights}, {enough:.2f})")
    print(f"{len(stands)} answers, {correct.sum()} right, {(~stands).sum()} to what no note answers")
    print(f"AUROC {roc_auc_score(stands, held_out):.2f}")
    taken = held_out < enough
    print(
        f"takes back {taken[~stands].mean():.0%} of the invented, {taken[correct].mean():.0%} of the right ones, "
        f"{taken[stands & ~correct].mean():.0%} of the wrong ones"
    )


if __name__ == "__main__":
    main()
