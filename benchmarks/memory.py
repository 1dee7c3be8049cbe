"""How near is near enough for a corrected question to be recalled: `classifier.memory.Bounds`.

    python -m benchmarks.memory --embedder DIR

Every validation and test question is remembered in turn, and all others are asked. Prints, for each bound on the
cosine, how many rewordings (questions of the same family) it recalls, and how many questions of other families it
reaches; apart for those that the router puts where it put the remembered one, and those that it puts elsewhere. The
bounds are the lowest ones that reach at most one in 4,000 questions of other families in each case.
"""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from classifier.encoder import EncoderRouter, Head
from classifier.taxonomy import NONE
from classifier.tuned_encoder import ENCODER, TunedEncoder
from finetune.examples import load, split
from finetune.packaged import FOLDER

REACHED = 1 / 4_000
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
        bound = next(bound for bound in GRID if (others >= bound).sum() / total <= REACHED)
        click.echo(f"{name}: {bound:.2f}")


if __name__ == "__main__":
    main()
