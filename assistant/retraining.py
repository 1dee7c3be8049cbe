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
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import AssistantError
from classifier.errors import RouterUnavailable
from classifier.memory import plain
from classifier.taxonomy import DEFAULT_TAXONOMY

if TYPE_CHECKING:
    from assistant.build import House
    from classifier.decision import Router
    from classifier.taxonomy import Taxonomy
    from classifier.versions import Version
    from finetune.course import Material
    from finetune.examples import Example, Split
    from finetune.fitting import TrainProgress
    from finetune.gate import Verdict

logger = logging.getLogger(__name__)

STATUS_FILE, STOP_FILE, LOG_FILE, PACE_FILE = ".training.json", ".training.stop", ".training.log", ".pace.json"
"""In the routers' folder: how the training is, whether it is to stop, its log, and this machine's pace."""
STARTING = "starting"
"""The stage of a training whose process has not spoken yet."""
HANDED_OVER_WITHIN = 5.0
"""Seconds in which who starts a training lets its process take over, at the longest."""
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
    taken_back: int = 0
    """Questions that the serving version was taught, and that the household took back since."""
    waiting: Mapping[str, int] = field(default_factory=dict)
    """How many questions each category has that was told of, and has too few yet to be taught."""

    @property
    def new(self) -> int:
        """How many questions are new."""
        return sum(self.per_label.values())

    @property
    def changes(self) -> int:
        """How much a training would change: what is new, and what was taken back."""
        return self.new + self.taken_back


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
        from finetune.course import HouseholdConfig, lesson_steps, ripe, too_little

        serving = self._house.ensure_router()
        taught = _taught(self._house, serving)
        material = self._house.taxonomy(), household_examples(self._house), packaged_examples(self._house)
        _, told, small = ripe(*material)
        new = Counter(each.category for each in told if taught.get(plain(each.question)) != each.category)
        pace = self._pace()
        return News(
            dict(new),
            len(told),
            serving.name,
            pace["rest"] + pace["step"] * lesson_steps(len(told), HouseholdConfig()),
            too_little(told, small),
            len(taught.keys() - {plain(each.question) for each in self._house.corrections.all()}),
            {each.category: small[each.category] for each in material[1] if each.category in small},
        )

    def start(self) -> None:
        """Begin a training in a process of its own, which outlives the page.

        Raises:
            AssistantError: one is under way, or the process cannot be started.
        """
        from finetune.routers import alone

        if (progress := self.progress()) is not None and progress.state == "running":
            raise AssistantError("A router is being trained already. Wait for it, or stop it first.")
        try:
            with alone(self.folder):
                self._launch()
        except RouterUnavailable as error:
            raise AssistantError(str(error)) from error
        except OSError as error:
            raise AssistantError(f"The training cannot be started ({error}).") from error

    def _launch(self) -> None:
        """Start the process, with no other one at work; it waits until it is let in."""
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
            (self.folder / STOP_FILE).unlink(missing_ok=True)  # meant for an earlier training
            self._tell(_beginning(STARTING, os.getpid()))
            with (self.folder / LOG_FILE).open("wb") as log:
                process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                    env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                )  # fmt: skip
        except OSError as error:
            self._tell(Progress("failed", message=f"The training cannot be started ({error})."))
            raise
        self._tell(_beginning(STARTING, process.pid))
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
            RouterUnavailable: the serving router cannot be gone on from, another training is under way, or the name
                cannot be had.
        """
        from finetune.routers import alone, check_free, going_on

        check_free(self._house.versions, name)
        with going_on(self.folder), ExitStack() as turn:
            try:
                turn.enter_context(alone(self.folder, HANDED_OVER_WITHIN if self._starting() else 0.0))
            except RouterUnavailable as error:
                if self._starting() == os.getpid():
                    self._tell(Progress("failed", message=str(error)))
                raise
            return self._train(name, hear)

    def _train(self, name: str, hear: Callable[[Progress], None]) -> tuple[Version, Verdict]:
        """As `run`, with no other training at work."""
        from finetune.course import learnable
        from finetune.household import EncoderBase, Serving, retrain

        house = self._house
        if self._starting() != os.getpid():
            # Nobody has seen this training yet; where `start` began it, Stop may have been pressed already.
            (self.folder / STOP_FILE).unlink(missing_ok=True)
        diary = _Diary(self._tell, hear, self._pace()["rest"])
        try:
            serving = house.ensure_router()
            if serving.config.get("kind") != "fused":
                raise RouterUnavailable(
                    f"The router {serving.name} has no language model to go on from. Promote one that has: "
                    "`our-house routers list`."
                )
            material = lesson_material(house)
            learnable(material.taxonomy, material.told, material.packaged.all)  # before anything is fetched
            names = house.categories.present_names(serving.taxonomy)
            version, verdict = retrain(
                house.versions,
                Serving(serving, names, lambda: _answering_by(names, house, serving)),
                material,
                house.router_base(serving.config["base"]["name"]),
                EncoderBase(house.embedder.embed, house.embedder.name, house.encoder_folder),
                name=name,
                on_stage=lambda stage: diary.tell(stage=stage),
                on_progress=diary.follow,
                stop=lambda: self.stopping,
            )
        except BaseException as error:
            diary.tell(state="failed", message=str(error) or type(error).__name__, seconds_left=None)
            raise
        finally:
            (self.folder / STOP_FILE).unlink(missing_ok=True)
        if pace := diary.pace():
            _write(self.folder / PACE_FILE, pace)
        diary.tell(state="done", stage="", version=version.name, seconds_left=0.0)
        return version, verdict

    def _starting(self) -> int:
        """The number of the process that a training was started in which has not spoken yet; 0 where there is none."""
        progress = self.progress()
        return progress.pid if progress is not None and (progress.state, progress.stage) == ("running", STARTING) else 0

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


class _Diary:
    """How a training is, kept for whoever looks, and how fast it went."""

    def __init__(self, keep: Callable[[Progress], None], hear: Callable[[Progress], None], rest: float) -> None:
        """Args: what keeps the news, who else hears them, and the seconds that all but the steps will take."""
        self._keep = keep
        self._hear = hear
        self._rest = rest
        self._began = time.monotonic()
        self._steps: list[float] = []
        self._now = _beginning("reading what was told", os.getpid())
        self.tell()

    def tell(self, **changes: Any) -> None:
        """Keep what has changed."""
        self._now = replace(self._now, **changes)
        self._keep(self._now)
        self._hear(self._now)

    def follow(self, progress: TrainProgress) -> None:
        """Keep how far the language model's training is."""
        self.tell(
            step=progress.step,
            steps=progress.steps,
            seconds_left=progress.seconds_left + self._rest,
            losses=_longer(self._now.losses, progress.step, progress.loss),
            validation_losses=_longer(self._now.validation_losses, progress.step, progress.validation_loss),
        )
        self._steps.append(time.monotonic())

    def pace(self) -> dict[str, float]:
        """Return the seconds of a step, and of all that was none; nothing where there were too few to tell."""
        if len(self._steps) < 2:
            return {}
        step = (self._steps[-1] - self._steps[0]) / (len(self._steps) - 1)
        others = time.monotonic() - self._began - step * len(self._steps)
        return {"step": round(step, 2), "rest": round(others, 1)}


def _longer(curve: tuple[tuple[int, float], ...], step: int, loss: float | None) -> tuple[tuple[int, float], ...]:
    """Return a curve with one more point, where there is a new one."""
    return curve if loss is None or (curve and curve[-1][1] == loss) else (*curve, (step, loss))


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


def _taught(house: House, version: Version) -> dict[str, str | None]:
    """Return the household's questions that a version knows, as `plain` has them, with what their labels are now."""
    names = house.categories.present_names(version.taught)
    return {plain(question): names.get(label) for question, label in version.config.get("household", [])}


def _answering_by(names: Mapping[str, str], house: House, version: Version) -> Router:
    """Load a version that answers by these names, whatever its categories are called by now."""
    from classifier.newcomers import AdaptedRouter

    router = house.load_router(version, newcomers=False)  # router against router
    if not isinstance(router, AdaptedRouter):
        return router
    present = {label: names.get(label) for label in version.taxonomy.labels}
    return AdaptedRouter(router.trained, lambda: present, None, house.embedder.embed, background)


def household_examples(house: House) -> list[Example]:
    """Return what the household told as examples to train on, each a family of its own, each question once."""
    from finetune.examples import Example

    newest = {plain(each.question): each for each in house.corrections.teaching()}
    return [
        Example(each.question, each.label, f"household: {words}", each.provenance) for words, each in newest.items()
    ]


def packaged_parts(house: House) -> Split:
    """Return the packaged questions under the names that the household gave their categories, each in its own part.

    The parts are the packaged router's, by the names that it was taught by: one that it was taught is never asked to
    judge it, whatever its category is called since.
    """
    from finetune.examples import split

    return split(_packaged()).renamed(house.categories.present_names(DEFAULT_TAXONOMY))


def packaged_examples(house: House) -> list[Example]:
    """Return the packaged questions under the names that the household gave their categories."""
    names = house.categories.present_names(DEFAULT_TAXONOMY)
    return [replace(each, category=names[each.category]) for each in _packaged() if each.category in names]


def packaged_texts(house: House) -> list[Example]:
    """Return the packaged papers, notebooks and lists of words under the household's names."""
    from finetune.texts import packaged_texts as read

    names = house.categories.present_names(DEFAULT_TAXONOMY)
    return [replace(each, category=names[each.category]) for each in read(DEFAULT_TAXONOMY) if each.category in names]


def lesson_material(house: House) -> Material:
    """Return all that a training of the house's router draws on, by the names of now."""
    from finetune.course import Material

    return Material(household_examples(house), packaged_parts(house), house.taxonomy(), packaged_texts(house))


def whole_lesson(house: House) -> tuple[Split, Taxonomy, list[Example]]:
    """Return all that a router can be taught from the beginning: the packaged questions and what the household told.

    Categories with too few questions are left for later.

    Returns:
        The questions in their parts, which are those of `packaged_parts`, with what is held out of the household's to
        validate and to test on; the household's taxonomy; and what the household told of it.
    """
    from finetune.course import HouseholdConfig, apart, parted, ripe
    from finetune.examples import Split

    told = household_examples(house)
    packaged = apart(packaged_parts(house), told)
    taxonomy, told, _ = ripe(house.taxonomy(), told, packaged.all)
    packaged = packaged.only(lambda each: each.category in taxonomy.labels)
    held_out, taught = parted(told, HouseholdConfig())
    parts = Split(
        [*packaged.training, *taught],
        [*packaged.validation, *held_out[1::2]],
        [*packaged.test, *held_out[::2]],
    )
    return parts, taxonomy, told


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
