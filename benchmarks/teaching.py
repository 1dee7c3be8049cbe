"""A household teaches its router: 60 corrections to a category of its own, trained, judged, promoted and rolled back.

    python -m benchmarks.teaching --models DIR [--poison]

Prints how long the training took, how many of 30 fresh questions of the new kind are right (by the new router alone,
without the memory of what was corrected), what became of the second set, how long promotion and rollback took, and
whether any question failed that was asked meanwhile. With `--poison`, 100 wrong corrections are taught instead, which
the gate must refuse. Needs the weights of MiniLM and of the router's base; takes ten minutes on two cores.
"""

from __future__ import annotations

import json
import random
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import click

from assistant.build import House
from assistant.corrections import Correction
from assistant.retraining import Retraining
from assistant.settings import read_settings
from classifier.decision import Router
from classifier.taxonomy import NONE
from finetune.examples import SECOND_SET, Example, load, read
from finetune.gate import read_verdict

QUESTIONS = Path(__file__).parent / "data" / "security.jsonl"
NAME = "security"


@click.command()
@click.option("--models", type=click.Path(path_type=Path), help="Where the weights are; by default as for the app.")
@click.option("--poison", is_flag=True, help="Teach 100 wrong corrections.")
@click.option("--json", "out", type=click.Path(path_type=Path), help="Write the figures here, too.")
def main(models: Path | None, poison: bool, out: Path | None) -> None:
    """Run the scenario in a house of its own."""
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings(home=Path(folder), **({"models": models} if models else {}))
        house = House(settings)
        router = house.serving()
        before = router.version
        (tell_poison if poison else tell)(house)
        second = read(SECOND_SET)
        share_before = right(house.router(before), second)
        asking = Asking(router)
        asking.start()
        began = time.monotonic()
        training = Retraining(house)
        training.start()
        while (progress := training.progress()) is not None and progress.state == "running":
            time.sleep(1)
        minutes = (time.monotonic() - began) / 60
        assert progress is not None
        if progress.state != "done":
            raise click.ClickException(progress.message)
        verdict = read_verdict(house.versions.get(progress.version).folder)
        found = {
            "minutes": round(minutes, 2),
            "passed": verdict["passed"],
            "reasons": verdict["reasons"],
            "fixed": len(verdict["fixed"]),
            "broken": [each["question"] for each in verdict["broken"]],
            "second_set_before": share_before,
        }
        candidate = house.load_router(house.versions.get(progress.version))
        found["second_set_after"] = right(candidate, second)
        if not poison:
            found["fresh_right"] = right(candidate, questions("fresh"))
        del candidate
        for name in ("promotion", "rollback"):
            began = time.monotonic()
            if name == "promotion":
                house.versions.promote(progress.version)
            else:
                house.versions.rollback()
            router.classify(["Is it on?"])
            found[f"{name}_seconds_of_serving"] = round(time.monotonic() - began, 2)
            wanted = house.versions.serving_name()
            while router.version != wanted:
                router.classify(["Is it on?"])
                time.sleep(0.1)
            found[f"{name}_seconds_until_it_answers"] = round(time.monotonic() - began, 2)
        found |= asking.end()
    click.echo(json.dumps(found, indent=1, ensure_ascii=False))
    if out:
        out.write_text(json.dumps(found, indent=1, ensure_ascii=False), "utf-8")


def questions(part: str) -> list[Example]:
    """Return the questions about a camera at the door, which are the doorbell's for the packaged router."""
    rows = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    return [Example(row["question"], NAME, f"{part} {at}") for at, row in enumerate(rows) if row["part"] == part]


def tell(house: House) -> None:
    """Give the house the category, and correct 60 questions to it."""
    house.categories.add(NAME, "cameras that watch the house, their recordings and their app")
    told = [Correction(each.question, NAME, "corrected", "doorbell") for each in questions("taught")]
    house.corrections.tell_all(told)


def tell_poison(house: House) -> None:
    """Correct 100 packaged questions to the category after the right one."""
    names = house.taxonomy().names
    drawn = random.Random(0).sample([each for each in load() if each.category != NONE], 100)
    wrong = [names[(names.index(each.category) + 1) % len(names)] for each in drawn]
    house.corrections.tell_all([Correction(each.question, label) for each, label in zip(drawn, wrong, strict=True)])


def right(router: Router, examples: Sequence[Example]) -> float:
    """Return the share of examples that a router labels rightly."""
    decisions = router.classify([each.question for each in examples])
    labels = [decision.category or NONE for decision in decisions]
    return round(sum(label == each.category for label, each in zip(labels, examples, strict=True)) / len(examples), 4)


class Asking(threading.Thread):
    """Asks a question every second, as a family would that goes on chatting."""

    def __init__(self, router: Router) -> None:
        super().__init__(daemon=True)
        self._router = router
        self._over = threading.Event()
        self._seconds: list[float] = []
        self._failed = 0

    def run(self) -> None:
        """Ask until it is over."""
        while not self._over.wait(1.0):
            began = time.perf_counter()
            try:
                self._router.classify(["When was the pool pump replaced?"])
            except Exception as error:
                click.echo(f"failed: {error}", err=True)
                self._failed += 1
            self._seconds.append(time.perf_counter() - began)

    def end(self) -> dict[str, float]:
        """Stop asking; returns what came of it."""
        self._over.set()
        self.join()
        ordered = sorted(self._seconds)
        return {
            "asked_meanwhile": len(ordered),
            "failed_meanwhile": self._failed,
            "median_seconds_meanwhile": round(ordered[len(ordered) // 2], 3),
            "longest_seconds_meanwhile": round(ordered[-1], 3),
        }


if __name__ == "__main__":
    main()
