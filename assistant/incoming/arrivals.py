"""Files that come in while the page is open: read one after the other in a thread of its own, into the review list."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.incoming.followed import PAGE
from assistant.incoming.ingest import Intake
from assistant.incoming.naming import text_of
from assistant.incoming.outcomes import Outcome
from assistant.pace import time_left
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from assistant.build import House
    from assistant.startup import Startup

logger = logging.getLogger(__name__)
REMEMBERED = 1000
"""Outcomes that are shown of one import; all refusals are in the record."""


@dataclass(frozen=True)
class Arriving:
    """How far it is with the files that are coming in."""

    done: int = 0
    total: int = 0
    name: str = ""
    """The file that is being read."""
    left: str = ""
    """How long it still takes, in words."""
    busy: bool = False
    version: int = 0
    """Grows with everything that changes, so that a page need not be drawn again for nothing."""

    @property
    def fraction(self) -> float | None:
        """From 0 to 1; None before the first file."""
        return self.done / self.total if self.total else None

    @property
    def sentence(self) -> str:
        """What the page says of it."""
        if not self.total:
            return "Files are waiting for what finds notes to be loaded"
        return f"Reading {min(self.done + 1, self.total)} of {self.total}: {self.name}" + (
            f", {self.left}" if self.left else ""
        )


class Arrivals:
    """Takes files from the page and from the watched folder; a stop in between loses none that was read."""

    def __init__(self, house: House, startup: Startup) -> None:
        """Args: the house, and what brings up what files are read with."""
        self._house, self._startup = house, startup
        self._waiting: queue.SimpleQueue[tuple[tuple[Path, ...], str]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self.state = Arriving()
        self.outcomes: tuple[Outcome, ...] = ()
        """What became of the files that came last."""

    def bring(self, paths: Sequence[Path], origin: str) -> None:
        """Line files up; returns at once.

        Args:
            origin: `page` for files that a browser sent and that lie here only for the moment, or `inbox`.
        """
        with self._lock:
            self._waiting.put((tuple(paths), origin))
            self._say(busy=True)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="arrivals", daemon=True)
                self._thread.start()

    def touch(self) -> None:
        """Say that something changed that the page shows."""
        with self._lock:
            self._say()

    def _run(self) -> None:
        while not self._startup.wait_searchable(0.5):
            if self._startup.status.failure:
                break
        while True:
            with self._lock:
                if self._waiting.empty():
                    self._thread = None
                    self._say(busy=False, done=0, total=0, name="", left="")
                    return
            paths, origin = self._waiting.get()
            try:
                self._bring_in(paths, origin)
            except KnowledgeError as error:
                logger.warning("%s", error)
                self._hear(Outcome("refused", origin, reason=str(error)))
            except Exception as error:
                logger.exception("files could not be brought in")
                self._hear(Outcome("refused", origin, reason=_cause(error)))

    def _bring_in(self, paths: Sequence[Path], origin: str) -> None:
        began = time.monotonic()

        def on_file(done: int, total: int, name: str) -> None:
            with self._lock:
                left = time_left(done, total, time.monotonic() - began)
                self._say(done=done, total=total, name=name, left=left)

        if origin == "page":
            self.outcomes = ()
        intake = Intake(
            *(self._house.library, self._startup.router),
            trail=self._house.trail,
            day_first=self._house.day_first,
            review=True,
            origin=origin,
            on_file=on_file,
        )
        intake.total = len(paths)
        try:
            for path in paths:
                self._bring_one(intake, path, f"{PAGE}{path.name}" if origin == "page" else "")
        finally:
            for outcome in intake.finish():
                self._hear(outcome)

    def _bring_one(self, intake: Intake, path: Path, place: str) -> None:
        """Bring one file in; whatever goes wrong with it is said of it, and keeps no other file out."""
        try:
            for outcome in intake.file(path, place=place):
                self._hear(outcome)
        except Exception as error:
            if not isinstance(error, KnowledgeError):
                logger.exception("the file %s could not be brought in", text_of(path.name))
            name, reason = text_of(path.name), _cause(error)
            self._hear(Outcome("refused", name, reason=reason))
            # On a full disk, not even that can be kept.
            with suppress(KnowledgeError):
                self._house.trail.imports.refused(intake.import_id, name, reason)

    def _hear(self, outcome: Outcome) -> None:
        with self._lock:
            self.outcomes = (*self.outcomes, outcome)[-REMEMBERED:]
            self._say()

    def _say(self, **changes: object) -> None:
        self.state = replace(self.state, version=self.state.version + 1, **changes)  # type: ignore[arg-type]


def _cause(error: Exception) -> str:
    """What went wrong, as a person is told."""
    return str(error) if isinstance(error, KnowledgeError) else f"{error}. `our-house doctor` may tell more."
