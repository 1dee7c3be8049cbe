"""How well papers are filed: the category that the review suggests for each, and how honest its confidence is.

    python -m benchmarks.filing                   # the drawer's notes, filed as in a new house
    python -m benchmarks.filing --by questions    # the same by the encoder half of the question router alone
    python -m benchmarks.filing --papers          # the papers it is fitted on, by heads without their writers
    python -m benchmarks.filing --fit             # that, and the head that comes with the product is made anew

A suggestion is right where it is the note's category, and where it is none for papers about other matters. What is not
sure, the review puts first. The drawer is the final exam: nothing is fitted on it, and its misses are not printed.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from assistant.build import House
from assistant.incoming.filing import Filing, filed
from assistant.incoming.parting import parted
from assistant.sample import drafts
from assistant.settings import read_settings
from benchmarks.bring_in import plain
from benchmarks.drawer.build import build
from benchmarks.drawer.source import outer
from benchmarks.drawer.truth import read_truth
from classifier.decision import Router
from classifier.papers import LEAST
from classifier.taxonomy import DEFAULT_TAXONOMY, NONE
from finetune.examples import Example, load
from finetune.head import columns_of
from finetune.packaged import FOLDER
from finetune.papers import Material, PaperConfig, balanced, fit, held_out
from finetune.texts import FOREIGN, read_glossary, read_papers, read_workbooks, read_writers
from knowledge.errors import Unreadable
from knowledge.note import Draft
from knowledge.readers import read

HOUSE_NOTES = Path(__file__).parent / "house" / "notes"
BOUNDS = (0.0, 0.5, 0.7, 0.85, 0.95, 1.01)
"""Of the confidences that are set beside how often they were right."""


@dataclass(frozen=True)
class Suggestion:
    """What the review says of one paper, and what is true."""

    said: str
    true: str
    confidence: float
    sure: bool

    @property
    def right(self) -> bool:
        """Whether it names the paper's category."""
        return self.said == self.true


def drawer(folder: Path, router: Router) -> list[tuple[Draft, str]]:
    """Make the drawer's files and read them; returns a note of each truth, its own category off, and the true.

    Args:
        router: tells which documents are about several matters, and become several notes.
    """
    build(folder)
    whole = [each for path in sorted(folder.rglob("*")) if path.is_file() for each in _read(path)]
    made = [part for parts in parted(whole, router) for part, _ in parts]
    found = []
    for file in (file for file in read_truth() if file.verdict == "read"):
        own = [draft for draft in made if file.path.name in draft.source]
        own = own or [draft for draft in made if outer(file.path).name in draft.source]
        for truth in file.notes:
            about = [draft for draft in own if plain(truth.holds) in plain(f"{draft.title} {draft.text}")]
            found += [(replace(draft, category=None), truth.category or NONE) for draft in about[:1]]
    return found


def _read(path: Path) -> Iterator[Draft]:
    try:
        for each in read(path):
            if isinstance(each, Draft):
                yield each
    except Unreadable:
        return


def suggested(filing: Filing, true: str) -> Suggestion:
    """Read what the review would show of a filing."""
    said = filing.draft.category or filing.likeliest or NONE
    return Suggestion(said, true, filing.confidence or 0.0, filing.sure)


def of_papers(router: Router, *, save: bool) -> list[Suggestion]:
    """File each paper by a head that saw none of its writer's, weighed on the others; with `save`, make the head anew.

    Of the two houses, whose notes count as papers, each is a writer, too.
    """
    config, labels = PaperConfig(), DEFAULT_TAXONOMY.labels
    houses = [
        [Example(f"{each.title}\n{each.text}", each.category or NONE, "") for each in notes]
        for notes in (drafts(), _notes(HOUSE_NOTES))
    ]
    writers = [*read_writers(), *houses]
    material = Material(writers, read_workbooks(DEFAULT_TAXONOMY), read_papers(FOREIGN), load(), read_glossary())
    papers, target = material.papers, columns_of(material.papers, labels)
    said = router.classify([paper.question for paper in papers])
    encoder = np.log([[max(each.probabilities.get(label, 0.0), LEAST) for label in labels] for each in said])
    words = held_out(material, config)
    if save:
        fit(material, words, encoder, config).save(FOLDER)
    found = []
    for training, out in material.turns():
        balance = balanced(
            words[training], encoder[training], target[training], material.writer[training], labels, config
        )
        rows = balance.probabilities(words[out], encoder[out], labels.index(NONE))
        right = np.mean(rows.argmax(axis=1) == target[out])
        print(f"held out {len(out)}, right {right:.1%}")
        for at, row in zip(out, rows, strict=True):
            name, share = labels[int(row.argmax())], float(row.max())
            found.append(Suggestion(name, papers[at].category, share, name != NONE and share >= balance.sure_from))
    return found


def _notes(folder: Path) -> Iterator[Draft]:
    for path in sorted(folder.glob("*.jsonl")):
        yield from _read(path)


def report(found: Sequence[Suggestion]) -> None:
    """Print how much was right, and how honest the confidence was."""
    right = np.array([each.right for each in found])
    sure = np.array([each.sure for each in found])
    confidence = np.array([each.confidence for each in found])
    none = np.array([each.true == NONE for each in found])
    print(
        f"right {right.sum()} of {len(found)} ({right.mean():.1%}); of no category {right[none].sum()} of {none.sum()}"
    )
    print(f"sure  {sure.sum()} ({sure.mean():.1%}), of which right {right[sure].mean() if sure.any() else 0:.1%}")
    error = 0.0
    for low, high in pairwise(BOUNDS):
        within = (confidence >= low) & (confidence < high)
        if within.any():
            error += within.mean() * abs(confidence[within].mean() - right[within].mean())
            said, was = confidence[within].mean(), right[within].mean()
            print(f"  from {low:.2f}: {within.sum():3}, said {said:.2f}, was {was:.2f}")
    print(f"calibration error {error:.3f}")


def main() -> None:
    """Print the figures that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--by", choices=("papers", "questions"), default="papers", help="what files the drawer")
    parser.add_argument("--papers", action="store_true", help="the papers that it is fitted on instead")
    parser.add_argument("--fit", action="store_true", help="make the packaged head anew")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as folder:
        house = House(read_settings(home=Path(home)))
        quick = house.load_router(house.ensure_router(), quick=True)
        if options.papers or options.fit:
            report(of_papers(quick, save=options.fit))
            return
        filer = quick if options.by == "questions" else house.filer(quick)
        notes = drawer(Path(folder), filer)
        began = time.perf_counter()
        report([suggested(filed(draft, house.library, filer), true) for draft, true in notes])
        print(f"{len(notes) / (time.perf_counter() - began):.1f} notes a second")


if __name__ == "__main__":
    main()
