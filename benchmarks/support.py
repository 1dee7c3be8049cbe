"""Fit the second look of assistant/support.py: real answers to questions that the notes answer, and that they do not.

    python -m benchmarks.support                   # asks all of tuning and relevance; an hour on two cores
    python -m benchmarks.support --every 2         # every second question

Prints the constants for `LEARNED`, and what they do on held-out parts of the same answers.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np

from assistant import sample
from assistant.build import House
from assistant.events import gathered
from assistant.pipeline import Assistant
from assistant.settings import read_settings
from assistant.support import Features, Support

FOLDER = Path(__file__).parent / "sample_house"
LOST = 0.05
"""Share of the answers that may stand which the second look may take back."""


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
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    files = ("tuning", "relevance")
    lines = [line for name in files for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()]
    look = Recording()
    features, answerable = [], []
    with tempfile.TemporaryDirectory() as home:
        house = House(read_settings(home=Path(home)))
        sample.put_in(house.library)
        assistant = Assistant(house.finder(), house.chat_model(), support=look)
        for case in map(json.loads, lines[:: options.every]):
            look.seen.clear()
            gathered(assistant.answer(case["question"]))
            features += look.seen
            answerable += [case["answerable"]] * len(look.seen)
    rows, stands = np.array(features), np.array(answerable)
    model = LogisticRegression(class_weight="balanced", C=3.0)
    folds = StratifiedKFold(8, shuffle=True, random_state=0)
    held_out = cross_val_predict(model, rows, stands, cv=folds, method="predict_proba")[:, 1]
    enough = float(np.quantile(held_out[stands], LOST))
    model.fit(rows, stands)
    weights = ", ".join(f"{value:.2f}" for value in (model.intercept_[0], *model.coef_[0]))
    print(f"Support({weights}, {enough:.2f})")
    print(f"{len(stands)} answers, AUROC {roc_auc_score(stands, held_out):.2f}")
    print(f"takes back {(held_out[~stands] < enough).mean():.0%} of the invented, {LOST:.0%} of the others")


if __name__ == "__main__":
    main()
