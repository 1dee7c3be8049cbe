"""Teaching the household's router: what is new, how long it takes, the training in a process of its own, and its news.

The training itself is `finetune.household`'s. What it tells is in a small file, so that a closed page misses nothing.
"""

from __future__ import annotations

import functools
import json
import logging
import os
import random
import secrets
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import AssistantError
from classifier.errors import RouterUnavailable

if TYPE_CHECKING:
    from assistant.build import House
    from classifier.taxonomy import Taxonomy
    from classifier.versions import Version
    from finetune.examples import Example
    from finetune.fitting import TrainProgress
    from finetune.gate import Verdict

logger = logging.getLogger(__name__)

STATUS_FILE, STOP_FILE, LOG_FILE, PACE_FILE = ".training.json", ".training.stop", ".training.log", ".pace.json"
"""In the routers' folder: how the training is, whether it is to stop, its log, and this machine's pace."""
BACKGROUND = 30
"""Packaged questions of each label that a new category is told from."""
USUAL_PACE = {"step": 7.0, "rest": 180.0}
"""Seconds of a step of 32 questions, and of all that is not a step, on 2 cores that answer meanwhile."""


@dataclass(frozen=True)
class Progress:
    """How a training is, or how it ended."""

    state: str
    """`running`, `done`, `failed`, or `broken off` where its process is gone."""
    stage: str = ""
    step: int = 0
    steps: int = 0
    seconds_left: float | None = None
    losses: tuple[tuple[int, float], ...] = ()
    validation_losses: tuple[tuple[int, float], ...] = ()
    version: str = ""
    """The candidate, once there is one."""
    message: str = ""
    pid: int = 0
    born: str = ""
    """When the process of that number started, as `_born` says it: another one may have got the number since."""
    began: float = 0.0
    """Seconds since the epoch."""


@dataclass(frozen=True)
class News:
    """What a training would learn that the serving router has not been taught."""

    per_label: Mapping[str, int] = field(default_factory=dict)
    """New questions by label."""
    told: int = 0
    """All questions that can be trained on, new or not."""
    since: str = ""
    """The serving version."""
    seconds: float = 0.0
    """How long a training would take, by what the last one took here."""
    problem: str = ""
    """Why it cannot be trained, in plain words; empty where it can."""

    @property
    def new(self) -> int:
        """How many questions are new."""
        return sum(self.per_label.values())


class Retraining:
    """Starts, watches and stops the training of a house's router."""

    def __init__(self, house: House) -> None:
        """Args: the house."""
        self._house = house
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def folder(self) -> Path:
        """Where the files lie that tell of a training."""
        return self._house.versions.folder

    def news(self) -> News:
        """Return what is new since the serving version; raises RouterUnavailable where none serves."""
        from finetune.examples import ExamplesRejected
        from finetune.household import HouseholdConfig, learnable, lesson_steps

        serving = self._house.ensure_router()
        known = {(question, label) for question, label in serving.config.get("household", [])}
        told = household_examples(self._house)
        new = Counter(each.category for each in told if (each.question, each.category) not in known)
        problem = ""
        try:
            learnable(self._house.taxonomy(), told, packaged_examples(self._house))
        except ExamplesRejected as error:
            problem = str(error)
        pace = self._pace()
        seconds = pace["rest"] + pace["step"] * lesson_steps(len(told), HouseholdConfig())
        return News(dict(new), len(told), serving.name, seconds, problem)

    def start(self) -> None:
        """Begin a training in a process of its own, which outlives the page.

        Raises:
            AssistantError: one is under way, or the process cannot be started.
        """
        if (progress := self.progress()) is not None and progress.state == "running":
            raise AssistantError("A router is being trained already. Wait for it, or stop it first.")
        command = [
            sys.executable,
            "-m",
            "assistant.cli",
            "train",
            "--house",
            str(self._house.settings.home),
            "--gently",
        ]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / STOP_FILE).unlink(missing_ok=True)  # meant for an earlier training
            self._tell(_beginning("starting", os.getpid()))
            with (self.folder / LOG_FILE).open("wb") as log:
                process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                    env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                )  # fmt: skip
        except OSError as error:
            message = f"The training cannot be started ({error})."
            self._tell(Progress("failed", message=message))
            raise AssistantError(message) from error
        self._tell(_beginning("starting", process.pid))
        self._process = process

    def stop(self) -> None:
        """Let the training end with the best that it has."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / STOP_FILE).touch()

    @property
    def stopping(self) -> bool:
        """Whether a training was asked to end."""
        return (self.folder / STOP_FILE).exists()

    def progress(self) -> Progress | None:
        """Return how the last training is, or how it ended; None where there was none."""
        fields = _read(self.folder / STATUS_FILE)
        try:
            progress = Progress(
                **{
                    **fields,
                    "losses": tuple((int(step), float(loss)) for step, loss in fields["losses"]),
                    "validation_losses": tuple((int(at), float(loss)) for at, loss in fields["validation_losses"]),
                }
            )
        except (KeyError, TypeError, ValueError):
            return None
        if progress.state == "running" and not self._alive(progress.pid, progress.born):
            message = "The training broke off. Start it again: it goes on where it stopped."
            return replace(progress, state="broken off", message=message)
        return progress

    def forget(self) -> None:
        """Let the news of a training that has ended be forgotten."""
        (self.folder / STATUS_FILE).unlink(missing_ok=True)

    def run(self, name: str = "", hear: Callable[[Progress], None] = lambda progress: None) -> tuple[Version, Verdict]:
        """Train here and now, telling how far it is; called in the process that `start` begins, or in one of its own.

        Raises:
            ExamplesRejected: there is too little to learn from.
            RouterUnavailable: the serving router cannot be gone on from, or another training is under way.
        """
        from finetune.household import learnable, retrain

        house = self._house
        now = _beginning("reading what was told", os.getpid())
        begun = self.progress()
        if begun is None or begun.state != "running" or begun.pid != now.pid:
            # Nobody has seen this training yet; where `start` began it, Stop may have been pressed already.
            (self.folder / STOP_FILE).unlink(missing_ok=True)

        def tell(**changes: Any) -> None:
            nonlocal now
            now = replace(now, **changes)
            self._tell(now)
            hear(now)

        def on_progress(progress: TrainProgress) -> None:
            losses, validation = now.losses, now.validation_losses
            if progress.loss is not None and (not losses or losses[-1][1] != progress.loss):
                losses = (*losses, (progress.step, progress.loss))
            if progress.validation_loss is not None and (
                not validation or validation[-1][1] != progress.validation_loss
            ):
                validation = (*validation, (progress.step, progress.validation_loss))
            tell(
                step=progress.step,
                steps=progress.steps,
                seconds_left=progress.seconds_left + rest,
                losses=losses,
                validation_losses=validation,
            )
            paces.append(time.monotonic())

        paces: list[float] = []
        began, rest = time.monotonic(), self._pace()["rest"]
        tell()
        try:
            serving = house.ensure_router()
            if serving.config.get("kind") != "fused":
                raise RouterUnavailable(
                    f"The router {serving.name} has no language model to go on from. Promote one that has: "
                    "`our-house routers list`."
                )
            told, packaged = household_examples(house), packaged_examples(house)
            learnable(house.taxonomy(), told, packaged)  # before anything is fetched
            version, verdict = retrain(
                house.versions,
                serving,
                lambda: house.load_router(serving, newcomers=False),  # router against router
                told,
                packaged,
                house.taxonomy(),
                house.router_base(serving.config["base"]["name"]),
                house.embedder.embed,
                house.embedder.name,
                house.encoder_folder,
                texts=packaged_texts(house),
                name=name,
                on_stage=lambda stage: tell(stage=stage),
                on_progress=on_progress,
                stop=lambda: self.stopping,
            )
        except BaseException as error:
            tell(state="failed", message=str(error) or type(error).__name__, seconds_left=None)
            raise
        finally:
            (self.folder / STOP_FILE).unlink(missing_ok=True)
        if len(paces) > 1:
            step = (paces[-1] - paces[0]) / (len(paces) - 1)
            others = time.monotonic() - began - step * len(paces)
            _write(self.folder / PACE_FILE, {"step": round(step, 2), "rest": round(others, 1)})
        tell(state="done", stage="", version=version.name, seconds_left=0.0)
        return version, verdict

    def _pace(self) -> dict[str, Any]:
        """What the last training took here, and the usual where there was none."""
        return {**USUAL_PACE, **_read(self.folder / PACE_FILE)}

    def _tell(self, progress: Progress) -> None:
        _write(self.folder / STATUS_FILE, asdict(progress))

    def _alive(self, pid: int, born: str) -> bool:
        if self._process is not None and self._process.pid == pid:
            return self._process.poll() is None  # also reaps it
        try:
            os.kill(pid, 0)
        except PermissionError:
            pass
        except (OSError, OverflowError):
            return False
        now = _born(pid)
        return pid > 0 and (born == now or "" in (born, now))


def _beginning(stage: str, pid: int) -> Progress:
    """Return how a training is that a process begins now."""
    return Progress("running", stage, pid=pid, born=_born(pid), began=time.time())


def _born(pid: int) -> str:
    """Return what tells a process from every other that has had, or will have, its number.

    It is empty where the system does not say, as it does on Linux alone; the number must do then.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return ""
    # The program's name, in parentheses, may hold anything; the ticks at its start are the 20th field after it.
    return f"{boot} {stat.rpartition(b')')[2].split()[19].decode()}"


def household_examples(house: House) -> list[Example]:
    """Return what the household told as examples to train on, each a family of its own."""
    from classifier.memory import plain
    from finetune.examples import Example

    return [
        Example(each.question, each.label, f"household: {plain(each.question)}", each.provenance)
        for each in house.corrections.teaching()
    ]


def packaged_examples(house: House) -> list[Example]:
    """Return the packaged questions under the names that the household gave their categories."""
    from classifier.taxonomy import DEFAULT_TAXONOMY

    names = house.categories.present_names(DEFAULT_TAXONOMY)
    return [replace(each, category=names[each.category]) for each in _packaged() if each.category in names]


def packaged_texts(house: House) -> list[Example]:
    """Return the packaged papers, notebooks and lists of words under the household's names."""
    from classifier.taxonomy import DEFAULT_TAXONOMY, NONE
    from finetune.texts import packaged_texts as read

    names = {**house.categories.present_names(DEFAULT_TAXONOMY), NONE: NONE}
    return [replace(each, category=names[each.category]) for each in read(DEFAULT_TAXONOMY) if each.category in names]


def whole_lesson(house: House) -> tuple[list[Example], Taxonomy]:
    """Return all that a router can be taught from the beginning: the packaged questions and what the household told.

    Categories with too few questions are left for later. With them comes the household's taxonomy.
    """
    from classifier.taxonomy import NONE, Taxonomy
    from finetune.household import LEAST_OF_CATEGORY

    told, packaged = household_examples(house), packaged_examples(house)
    overruled = {each.question for each in told}
    examples = [*(each for each in packaged if each.question not in overruled), *told]
    sizes = Counter(each.category for each in examples)
    taxonomy = Taxonomy(tuple(each for each in house.taxonomy() if sizes[each.name] >= LEAST_OF_CATEGORY))
    return [each for each in examples if each.category in {*taxonomy.names, NONE}], taxonomy


@functools.cache
def _packaged() -> tuple[Example, ...]:
    """The packaged questions, which the Teach and the Health tab would otherwise read anew with every look."""
    from finetune.examples import load

    return tuple(load())


@functools.cache
def background() -> tuple[str, ...]:
    """Return packaged questions of all kinds, a few of each, always the same."""
    by_label: dict[str, list[str]] = {}
    for each in _packaged():
        by_label.setdefault(each.category, []).append(each.question)
    draw = random.Random(0)
    return tuple(question for each in by_label.values() for question in draw.sample(each, min(BACKGROUND, len(each))))


def _read(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _write(path: Path, value: Mapping[str, Any]) -> None:
    """Write a small file so that who reads it meanwhile finds the old or the new one whole."""
    partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps(value), "utf-8")
        partial.replace(path)
    except OSError as error:
        logger.warning("%s cannot be written (%s).", path, error)
    finally:
        partial.unlink(missing_ok=True)
