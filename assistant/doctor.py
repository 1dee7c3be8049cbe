"""What is wrong in this house, if anything: every part looked at, with what to do about it."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import AssistantError, SettingsError
from assistant.models.catalogue import CATALOGUE
from classifier.errors import RouterError
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from assistant.build import House

LOW_DISK = 1_000_000_000
FETCHED_LATER = "fetched at the first start"
"""What is said of weights that are merely not here yet."""


@dataclass(frozen=True)
class Check:
    """One part of the house."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


def examine(house: House) -> Iterator[Check]:
    """Look at the folder, the record, the index, the router, the models and the disk.

    What is not there yet is not made: the first start does that.
    """
    yield from _guarded("record", lambda: _record(house))
    yield from _guarded("index", lambda: _index(house))
    yield from _guarded("router", lambda: _router(house))
    yield from _guarded("teaching", lambda: _teaching(house))
    yield from _guarded("answer model", lambda: _model(house))
    yield from _guarded("disk", lambda: _disk(house))


def _guarded(name: str, check: Callable[[], Check]) -> Iterator[Check]:
    try:
        yield check()
    except (AssistantError, KnowledgeError, RouterError, OSError) as error:
        yield Check(name, False, str(error), "Follow the advice above, then run `our-house doctor` again.")


def _record(house: House) -> Check:
    home = house.settings.home
    _ground(home)
    if not _begun(house):
        return Check("record", True, f"none yet: the first start makes {home / 'house.db'}")
    try:
        verdict = house.record.db.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if verdict != "ok":
        return Check("record", False, f"house.db is damaged: {verdict}", "Put a backup of house.db in its place.")
    with house.record.writing():
        pass
    return Check("record", True, f"{house.notebook.count()} notes in {home}")


def _index(house: House) -> Check:
    home, embedder = house.settings.home, CATALOGUE["minilm"]
    _ground(home)
    if not house.store.ready(embedder):
        detail = f"{embedder.title} is not here yet: it is {FETCHED_LATER}"
        return Check("index", True, detail, "Sooner: `our-house models fetch minilm`")
    if not _begun(house) or not (house.settings.chroma_url or (home / "index").exists()):
        passages = house.notebook.passages.count() if _begun(house) else 0
        if passages:
            return Check("index", False, f"the index of {passages} passages is missing", "`our-house reindex`")
        return Check("index", True, "none yet: the first note makes it")
    waiting = len(house.notebook.unindexed())
    missing, extra = house.library.differences()
    if missing or extra or waiting:
        detail = f"{len(missing)} passages are missing, {len(extra)} too many, {waiting} notes wait"
        return Check("index", False, detail, "`our-house reindex`")
    return Check("index", True, f"{house.notebook.passages.count()} passages, the same as the record")


def _router(house: House) -> Check:
    from assistant.fields import version_fields
    from classifier.encoder import Head

    if not any(version.serving for version in house.versions.all()):
        return Check("router", True, "none yet: the first start brings the packaged one in")
    version = house.versions.whole()
    Head.load(version.folder)
    told = version_fields(version)
    accuracy = told["figures"].get("accuracy_household")
    detail = f"{version.name} serves" + (f", {accuracy:.1%} of held-out household questions right" if accuracy else "")
    if told["base"] and not house.store.ready(CATALOGUE[told["base"]]):
        detail += f"; its language model is not here yet: it is {FETCHED_LATER}"
    return Check("router", True, detail)


def _teaching(house: House) -> Check:
    from assistant.health import health
    from assistant.retraining import Retraining

    if not _begun(house) or not any(version.serving for version in house.versions.all()):
        return Check("teaching", True, "nothing was asked yet")
    progress = Retraining(house).progress()
    if progress is not None and progress.state in ("failed", "broken off"):
        return Check("teaching", False, progress.message, "Start it again: `our-house train`")
    try:
        news = Retraining(house).news()
    except RouterError:
        return Check("teaching", True, "not looked at: the router comes first")
    found = health(house.conversations.asked(), house.corrections.all(), news.new, dt.date.today())
    same = f"; {found.repeated_same} of {found.repeated} repeated questions had the same tag" if found.repeated else ""
    remedy = "`our-house train`" if news.new and not news.problem else ""
    return Check("teaching", True, " ".join(found.advice) + same, remedy)


def _model(house: House) -> Check:
    choice = house.choice()
    if choice.kind == "ollama" and choice.better:
        return Check("answer model", False, f"{choice.name} is not there, though {choice.reason}", choice.better)
    if choice.kind == "llama" and not house.store.ready(CATALOGUE[choice.name]):
        return Check("answer model", True, f"{choice.name} is {FETCHED_LATER}", choice.better)
    return Check("answer model", True, f"{choice.name}: {choice.reason}", choice.better)


def _disk(house: House) -> Check:
    free = shutil.disk_usage(_ground(house.settings.home)).free
    remedy = "" if free > LOW_DISK else "Free some space: notes cannot be added on a full disk."
    return Check("disk", free > LOW_DISK, f"{free / 1e9:.1f} GB free", remedy)


def _begun(house: House) -> bool:
    """Whether the house has a record; opening one would make it."""
    return (house.settings.home / "house.db").exists()


def _ground(home: Path) -> Path:
    """The house folder, or what of its path is there; raises SettingsError where the folder could not be made."""
    ground = home.absolute()
    while not ground.exists():
        ground = ground.parent
    if not ground.is_dir() or not os.access(ground, os.W_OK | os.X_OK):
        why = "cannot be written to" if ground.is_dir() else "is no folder"
        raise SettingsError(f"The house cannot be in {home}: {ground} {why}. Choose another folder with --house.")
    return ground
