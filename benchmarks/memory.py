"""How near is near enough for a corrected question to be recalled: `classifier.memory.Bounds`.

    python -m benchmarks.memory --embedder DIR

Every validation and test question is remembered in turn, and all others are asked. Prints, for each bound on the
cosine, how many rewordings (questions of the same family) it recalls, and how many questions of other families it
reaches; apart for those that the router puts where it put the remembered one, and those that it puts elsewhere. The
bounds are the lowest ones that reach at most one in 7,000 questions of other families in the first case, and one in
60,000 in the second, where the router's own word speaks against it. Then ten questions are corrected, one at a time,
to a label that no router gives them: how many of their thirty rewordings follow, and how many of 200 other questions
are led astray.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from classifier.decision import Router
from classifier.encoder import Embed, EncoderRouter, Head
from classifier.memory import Memory, Remembered, RememberingRouter
from classifier.taxonomy import NONE
from classifier.tuned_encoder import ENCODER, TunedEncoder
from finetune.examples import load, split
from finetune.packaged import FOLDER

REACHED = {"alike": 1 / 7_000, "otherwise": 1 / 60_000}
REWORDINGS = Path(__file__).parent / "data" / "rewordings.jsonl"
GRID = np.arange(0.4, 0.9, 0.01)


@click.command()
@click.option("--embedder", type=click.Path(path_type=Path), required=True, help="The folder of MiniLM.")
def main(embedder: Path) -> None:
    """Print the table and the bounds."""
    parts = split(load())
    examples = [*parts.validation, *parts.test]
    questions = [each.question for each in examples]
    (version,) = (path for path in FOLDER.iterdir() if path.is_dir())
    router = EncoderRouter(Head.load(version), TunedEncoder(embedder, version / ENCODER).embed, "packaged")
    said = np.array([decision.category or NONE for decision in router.classify(questions)])
    vectors = TunedEncoder(embedder).embed(questions)
    similar = vectors @ vectors.T
    np.fill_diagonal(similar, -1)
    families = np.unique([each.family for each in examples], return_inverse=True)[1]
    same = families[:, None] == families[None, :]
    rewordings = similar[same & (similar > -1)]
    alike = said[:, None] == said[None, :]
    total = (~same).sum()
    click.echo(f"{len(questions)} questions; rewordings recalled, and others reached (alike, otherwise), per bound")
    for bound in GRID[::5]:
        reached = [((similar >= bound) & ~same & where).sum() / total for where in (alike, ~alike)]
        click.echo(f"{bound:.2f}  {(rewordings >= bound).mean():6.1%}  {reached[0]:.5%}  {reached[1]:.5%}")
    for name, where in (("alike", alike), ("otherwise", ~alike)):
        others = similar[~same & where]
        bound = next(bound for bound in GRID if (others >= bound).sum() / total <= REACHED[name])
        click.echo(f"{name}: {bound:.2f}")
    rewordings_follow(router, TunedEncoder(embedder).embed, questions[:: len(questions) // 200][:200])


def rewordings_follow(router: Router, embed: Embed, others: Sequence[str]) -> None:
    """Print how many rewordings of ten corrected questions are recalled, and how many other questions."""
    cases = [json.loads(line) for line in REWORDINGS.read_text("utf-8").splitlines()]
    follow = astray = 0
    for case in cases:
        (said,) = router.classify([case["question"]])
        told = Told([Remembered(case["question"], "elsewhere", said.category or NONE)])
        taught = RememberingRouter(router, Memory(told, embed))
        follow += sum(decision.category == "elsewhere" for decision in taught.classify(case["rewordings"]))
        astray += sum(decision.category == "elsewhere" for decision in taught.classify(others))
    asked = sum(len(case["rewordings"]) for case in cases)
    click.echo(f"{follow} of {asked} rewordings follow; {astray} of {len(cases)} x {len(others)} others are led astray")


@dataclass(frozen=True)
class Told:
    """Corrections that do not change."""

    corrections: list[Remembered]

    def stamp(self) -> Hashable:
        """Return the same each time."""
        return 0

    def remembered(self) -> Sequence[Remembered]:
        """Return them."""
        return self.corrections


if __name__ == "__main__":
    main()
