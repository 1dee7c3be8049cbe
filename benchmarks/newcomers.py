"""How well a new category works before the router is taught it: `classifier.newcomers`.

    python -m benchmarks.newcomers --embedder DIR

A category for cameras at the door is described and given 3, 5, 10 or 60 examples. Prints, for each bound on its
probability, how many of 30 further questions it recognises, how many questions of the packaged test part it takes from
other categories than `doorbell`, and how many from `doorbell`, whose camera questions are rightly its own.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import click
import numpy as np

from assistant.retraining import background
from classifier.newcomers import Newcomer, fitted
from classifier.tuned_encoder import TunedEncoder
from finetune.examples import load, split

QUESTIONS = Path(__file__).parent / "data" / "security.jsonl"
DEFINITION = "cameras that watch the house, their recordings and their app"


@click.command()
@click.option("--embedder", type=click.Path(path_type=Path), required=True, help="The folder of MiniLM.")
def main(embedder: Path) -> None:
    """Print the table."""
    embed = TunedEncoder(embedder).embed
    others = embed(background())
    test = [each for each in split(load()).test if each.question not in set(background())]
    vectors = embed([each.question for each in test])
    doorbell = np.array([each.category == "doorbell" for each in test])
    rows = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    taught = [row["question"] for row in rows if row["part"] == "taught"]
    fresh = embed([row["question"] for row in rows if row["part"] == "fresh"])
    for count in (3, 5, 10, 60):
        texts = (DEFINITION, *random.Random(0).sample(taught, count))
        model = fitted(Newcomer("security", texts), embed, others)
        of_test, of_fresh = model.predict_proba(vectors)[:, 1], model.predict_proba(fresh)[:, 1]
        for bound in (0.3, 0.5, 0.6, 0.7):
            taken = of_test >= bound
            click.echo(
                f"{count:2} examples, from {bound}: recognised {(of_fresh >= bound).mean():4.0%}, "
                f"taken from others {taken[~doorbell].mean():.2%}, from doorbell {taken[doorbell].mean():.0%}"
            )


if __name__ == "__main__":
    main()
