"""What the search's weights were fitted on: how notes are ranked, how far they are heard, and what answers at all.

    python -m benchmarks.search

Prints, ready to be copied: the weights of `knowledge.ranking` (a softmax over each question's notes), of
`assistant.listening` (the likelihood of the right label) and of `knowledge.relevance` (a logistic regression). Reads
the tuning questions of both invented houses and of three families' jottings, and validation questions that none of them
has notes about; the final ones are for `our-house evaluate retrieval` alone.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from assistant import sample
from assistant.build import House
from assistant.exams.retrieval import Case, read_cases
from assistant.incoming.ingest import ingest
from assistant.listening import LEAST, LISTENING, Listening
from assistant.settings import read_settings
from classifier.decision import Decision
from classifier.taxonomy import NONE
from finetune.examples import load, split
from knowledge.library import Library
from knowledge.ranking import WEIGHTS, signs
from knowledge.search import Asked, candidates, resolved, with_first_read
from knowledge.timing import timing

HERE = Path(__file__).parent
TODAY = dt.date(2026, 11, 15)
UNRELATED = 500
"""Validation questions asked of a house that has no notes about them."""
FITTED = "second house"
"""Whose questions say how far notes are heard: the others', which use more of their notes' words, are easier."""
KEPT = ("similarity", "overlap", "coded", "titled", "prior")
"""Signs of a note's evidence and of its category's chance: how far notes are heard was fitted with their weights."""
ELSEWHERE = 40.0
"""What all questions weigh together that a house has no notes about, in whether anything answers, beside those about
the houses, which weigh 1 each: some of them it answers by chance."""
HOUSEHOLD = 0.7
"""What the questions that the house answers weigh together, beside those others, in how far notes are heard."""


@dataclass(frozen=True)
class Heard:
    """A question with what the router and the notes say of it."""

    house: str
    case: Case
    asked: str
    decision: Decision
    evidence: Mapping[str, float]
    library: Library


@dataclass(frozen=True)
class Read:
    """What was found for a question in its own category, or in all."""

    house: str
    signs: NDArray[np.float64]
    """What speaks for each note, in the order of `WEIGHTS`; of shape (notes, signs)."""
    wanted: NDArray[np.float64]
    """The share that each note has of those that the question wants; of shape (notes,)."""


@click.command()
def main() -> None:
    """Fit all three and print them."""
    with tempfile.TemporaryDirectory() as folder:
        answered, unrelated = heard(Path(folder))
        listening = fit_listening([each for each in answered if each.house == FITTED], unrelated)
        click.echo(listening)
        for house, cases in groupby([*answered, *unrelated], key=lambda each: each.house):
            asked = list(cases)
            click.echo(
                f"  right labels, {house}: {_right(asked, listening):.3f} (router alone {_right(asked, None):.3f})"
            )
        read = [each for case in answered if case.case.notes for each in _read(case, listening)]
        weights = fit_ranking(read)
        click.echo("\n".join(f'    "{name}": {value:.2f},' for name, value in weights.items()))
        for house in dict.fromkeys(each.house for each in read):
            own = [each for each in read if each.house == house]
            serving, fitted = _wanted_first(own, WEIGHTS), _wanted_first(own, weights)
            click.echo(f"  a wanted note first, {house}: {serving:.3f} (with the weights just fitted {fitted:.3f})")
        fit_relevance(answered + unrelated, listening)


def heard(folder: Path) -> tuple[list[Heard], list[Heard]]:
    """Ask all houses their tuning questions, and the first one questions about nothing that it has notes of."""
    bench = House(read_settings(home=folder / "bench"))
    for _ in ingest([HERE / "house" / "notes"], bench.library):
        pass
    other = bench.elsewhere(folder / "sample")
    sample.put_in(other.library)
    stems = {Path(note.source).stem: note.id for note in other.library.sample()}
    router = bench.serving()

    def ask(name: str, house: House, cases: Sequence[Case]) -> list[Heard]:
        finder = house.finder(router)
        asked = [finder.standalone(case.question, case.history) for case in cases]
        decisions = [router.classify([each])[0] for each in asked]
        return [
            Heard(name, case, each, decision, house.library.evidence(each), house.library)
            for case, each, decision in zip(cases, asked, decisions, strict=True)
        ]

    answered = ask(FITTED, bench, read_cases(HERE / "house" / "tuning.jsonl"))
    for name in ("tuning", "relevance"):
        lines = (HERE / "sample_house" / f"{name}.jsonl").read_text("utf-8").splitlines()
        cases = [_sample_case(row, stems) for row in map(json.loads, lines)]
        answered += ask("sample house", other, cases)
    for family in sorted((HERE / "jottings").glob("tuning-*")):
        jotted = bench.elsewhere(folder / family.name)
        for _ in ingest([family / "notes.jsonl"], jotted.library):
            pass
        answered += ask(f"jottings, {family.name}", jotted, read_cases(family / "questions.jsonl"))
    drawn = random.Random(1).sample(split(load()).validation, UNRELATED)
    foreign = [Case(each.question, None if each.category == NONE else each.category, frozenset()) for each in drawn]
    return answered, ask("no notes", bench, foreign)


def _sample_case(row: dict[str, Any], stems: Mapping[str, str]) -> Case:
    notes = frozenset(stems[name] for name in row["notes"]) if row["answerable"] else frozenset[str]()
    return Case(row["question"], row["category"], notes, "sample")


def fit_listening(household: Sequence[Heard], unrelated: Sequence[Heard]) -> Listening:
    """Return the mixture under which the right labels are likeliest, and the bound from which they are sure."""
    from scipy.optimize import minimize

    names = ("router", "notes", "bias", "near", "apart", "unsure")
    cases = [*household, *unrelated]
    share = HOUSEHOLD * len(unrelated) / len(household)
    weights = np.array([share] * len(household) + [1.0] * len(unrelated))

    def loss(values: NDArray[np.float64]) -> float:
        listening = Listening(**dict(zip(names, values.tolist(), strict=True)), sure_from=1.0)
        found = [_probability(each, listening) for each in cases]
        return float(-(weights * np.log(found)).sum() / weights.sum() + 1e-4 * (values**2).sum())

    start = np.array([getattr(LISTENING, name) for name in names])
    best = minimize(loss, start, method="Powell", options={"maxiter": 20})
    fitted = {name: round(float(value), 2) for name, value in zip(names, best.x, strict=True)}
    return Listening(**fitted, sure_from=_sure_from(household, Listening(**fitted, sure_from=1.0)))


def _sure_from(household: Sequence[Heard], listening: Listening) -> float:
    """The lowest bound at which 97 of 100 questions that get one or two categories get the right one among them."""
    from dataclasses import replace

    for bound in np.arange(0.5, 0.99, 0.02):
        narrowed = replace(listening, sure_from=float(bound))
        likely = [(narrowed.heard(each.decision, each.evidence).likely, each.case.category) for each in household]
        narrow = [(names, category) for names, category in likely if names]
        if narrow and sum(category in names for names, category in narrow) / len(narrow) >= 0.97:
            return round(float(bound), 2)
    return 0.99


def _probability(each: Heard, listening: Listening) -> float:
    return max(listening.heard(each.decision, each.evidence).probabilities.get(each.case.category or NONE, 0.0), LEAST)


def _right(cases: Sequence[Heard], listening: Listening | None) -> float:
    found = [listening.heard(each.decision, each.evidence) if listening else each.decision for each in cases]
    return sum(got.category == each.case.category for got, each in zip(found, cases, strict=True)) / len(cases)


def fit_ranking(read: Sequence[Read]) -> dict[str, float]:
    """Return the weights under which the notes that a question wants are likeliest to be drawn first.

    The weights of `KEPT` stay as they are.
    """
    from scipy.optimize import minimize

    kept = np.array([WEIGHTS[name] if name in KEPT else 0.0 for name in WEIGHTS])
    fitted = [number for number, name in enumerate(WEIGHTS) if name not in KEPT]
    rows = [(np.column_stack([each.signs @ kept, each.signs[:, fitted]]), each.wanted) for each in read]

    def loss(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, slope = 0.0, np.zeros_like(values)
        for found, wanted in rows:
            scores = found @ values
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            total -= float(wanted @ np.log(shares + 1e-12))
            slope += (shares - wanted) @ found
        return total / len(rows) + 1e-3 * float(values @ values), slope / len(rows) + 2e-3 * values

    scale, *best = minimize(loss, np.zeros(1 + len(fitted)), jac=True, method="L-BFGS-B").x.tolist()
    names = [name for name in WEIGHTS if name not in KEPT]
    return {**WEIGHTS, **dict(zip(names, (weight / scale for weight in best), strict=True))}


def _wanted_first(read: Sequence[Read], weights: Mapping[str, float]) -> float:
    """The share of questions whose best note under these weights is one of those that they want."""
    values = np.array([weights[name] for name in WEIGHTS])
    return float(np.mean([each.wanted[(each.signs @ values).argmax()] > 0 for each in read]))


def _read(each: Heard, listening: Listening) -> Iterator[Read]:
    """What is found for a question in its category and in all; nothing where no wanted note is."""
    library, time = each.library, resolved(each.library.notebook, timing(each.asked, TODAY))
    vector = library.embedder.embed([each.asked])[0]
    heard = listening.heard(each.decision, each.evidence).probabilities
    for scope, prior in ((None, heard), ([each.case.category] if each.case.category else None, {})):
        asked = Asked(each.asked, vector, scope, prior, TODAY)
        found = candidates(library.notebook, library.index, asked)
        if library.reranker is not None:
            found = with_first_read(found, time, asked, library.reranker)
        rows = signs(found, time, prior)
        wanted = np.array([float(candidate.note_id in each.case.notes) for candidate, _ in rows])
        if wanted.any():
            names = [[row.get(name, 0.0) for name in WEIGHTS] for _, row in rows]
            yield Read(each.house, np.array(names), wanted / wanted.sum())


def fit_relevance(cases: Sequence[Heard], listening: Listening) -> None:
    """Print the regression, and how well it tells questions apart that it was not fitted on."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import cross_val_predict

    rows, answered = [], []
    for each in cases:
        probabilities = listening.heard(each.decision, each.evidence).probabilities
        hits = each.library.search(each.asked, each.library.scope(None, ""), 5, probabilities, TODAY)
        nearest = max(0.0, max(hit.similarity for hit in hits))
        rows.append([nearest, max(hit.overlap for hit in hits), max(hit.log_odds for hit in hits)])
        answered.append(bool(each.case.notes))
    right, near = np.array(answered), np.array([bool(each.case.kind) for each in cases])
    model = LogisticRegression(C=10.0)
    weigh = np.where(near, 1.0, ELSEWHERE / max(1, (~near).sum()))
    fitting = {"sample_weight": weigh}
    shares = cross_val_predict(model, rows, answered, cv=10, method="predict_proba", params=fitting)[:, 1]
    model.fit(rows, answered, **fitting)
    enough = np.sort(shares[right])[right.sum() // 100]
    similarity, overlap, answering = model.coef_[0]
    click.echo(
        f"Relevance(intercept={model.intercept_[0]:.2f}, similarity={similarity:.2f}, overlap={overlap:.2f}, "
        f"answering={answering:.2f}, enough={enough:.2f})"
    )
    click.echo(
        f"  AUROC {roc_auc_score(right, shares):.3f}, among near misses {roc_auc_score(right[near], shares[near]):.3f}"
    )
    for name, those in (("near misses", ~right & near), ("unrelated", ~right & ~near)):
        click.echo(f"  at that bound {(shares[those] < enough).mean():.0%} of the {name} are declined")


if __name__ == "__main__":
    main()
