"""What is wrong in this house, if anything: every part looked at, with what to do about it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.catalogue import CATALOGUE
from assistant.errors import AssistantError
from classifier.errors import RouterError
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from assistant.build import House

LOW_DISK = 1_000_000_000


@dataclass(frozen=True)
class Check:
    """One part of the house."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


def examine(house: House) -> Iterator[Check]:
    """Look at the folder, the record, the index, the router, the models and the disk; changes nothing."""
    yield from _guarded("record", lambda: _record(house))
    yield from _guarded("index", lambda: _index(house))
    yield from _guarded("router", lambda: _router(house))
    yield from _guarded("answer model", lambda: _model(house))
    yield from _guarded("disk", lambda: _disk(house))


def _guarded(name: str, check: Callable[[], Check]) -> Iterator[Check]:
    try:
        yield check()
    except (AssistantError, KnowledgeError, RouterError, OSError) as error:
        yield Check(name, False, str(error), "Follow the advice above, then run `our-house doctor` again.")


def _record(house: House) -> Check:
    try:
        verdict = house.record.db.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if verdict != "ok":
        return Check("record", False, f"house.db is damaged: {verdict}", "Put a backup of house.db in its place.")
    with house.record.writing():
        pass
    return Check("record", True, f"{house.notebook.count()} notes in {house.settings.home}")


def _index(house: House) -> Check:
    embedder = CATALOGUE["minilm"]
    if not house.store.ready(embedder):
        return Check("index", False, f"{embedder.title} is not here yet", "`our-house models fetch minilm`")
    waiting = len(house.notebook.unindexed())
    missing, extra = house.library.differences()
    if missing or extra or waiting:
        detail = f"{len(missing)} passages are missing, {len(extra)} too many, {waiting} notes wait"
        return Check("index", False, detail, "`our-house reindex`")
    return Check("index", True, f"{house.notebook.passage_count()} passages, the same as the record")


def _router(house: House) -> Check:
    from classifier.encoder import Head

    serving = [version for version in house.versions.all() if version.serving]
    if not serving:
        return Check("router", True, "none yet: the first start makes one from the packaged questions")
    Head.load(serving[0].folder)
    accuracy = serving[0].report.get("accuracy_household")
    return Check("router", True, f"{serving[0].name} serves" + (f", {accuracy:.1%} held out" if accuracy else ""))


def _model(house: House) -> Check:
    choice = house.choice()
    if choice.kind == "ollama" and choice.better:
        return Check("answer model", False, f"{choice.name} is not there, though {choice.reason}", choice.better)
    if choice.kind == "llama" and not house.store.ready(CATALOGUE[choice.name]):
        return Check("answer model", True, f"{choice.name} comes with the first start", choice.better)
    return Check("answer model", True, f"{choice.name}: {choice.reason}", choice.better)


def _disk(house: House) -> Check:
    free = shutil.disk_usage(house.settings.home).free
    remedy = "" if free > LOW_DISK else "Free some space: notes cannot be added on a full disk."
    return Check("disk", free > LOW_DISK, f"{free / 1e9:.1f} GB free", remedy)
