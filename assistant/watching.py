"""The watched folder: what lands there comes in by itself once it is whole; its files are never touched."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.errors import KnowledgeError
from knowledge.readers import files_in

if TYPE_CHECKING:
    from assistant.arrivals import Arrivals
    from knowledge.imports import Imports

logger = logging.getLogger(__name__)

STILL = 1.0
"""Seconds that a file must stay as it is before it is held to be written to its end."""
RETRY = 5.0
"""Seconds after which a folder that is not there, such as on a drive that was taken out, is looked for again."""
LOOK = 60.0
"""Seconds after which the folder is looked through whether or not the system told of a change: for files that another
machine writes on a shared drive, it never does."""
_UNFINISHED = (".part", ".partial", ".crdownload", ".download", ".tmp", ".temp", ".swp")
"""Endings that programs give to what they are still writing."""
State = tuple[int, int]
"""A file's size, and when it was last written."""


class Watcher:
    """Looks after one folder, from when it is started until it is stopped."""

    def __init__(self, folder: Path, arrivals: Arrivals, imports: Imports) -> None:
        """Args: the folder, made where missing; who reads what lands there; what is known of its files."""
        self._folder, self._arrivals, self._imports = folder, arrivals, imports
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._pending: dict[Path, tuple[State, float]] = {}

    def start(self) -> None:
        """Bring in what came while nobody watched, and watch from now on."""
        self._thread = threading.Thread(target=self._run, name="inbox", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Watch no longer."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                self._watch()
            except (OSError, KnowledgeError) as error:
                logger.warning("the folder %s cannot be watched: %s", self._folder, error)
                self._stop.wait(RETRY)

    def _watch(self) -> None:
        from watchfiles import watch

        changes = watch(
            self._folder, stop_event=self._stop, rust_timeout=500, yield_on_timeout=True, raise_interrupt=False
        )
        # The first look comes once changes are told of: what lands before that lies there, what lands later is told.
        looked = float("-inf")
        for changed in changes:
            if not self._folder.is_dir():
                raise FileNotFoundError("it is gone")
            if changed or time.monotonic() - looked >= LOOK:
                looked = time.monotonic()
                self._look(files_in(self._folder))
                self._sweep()
            self._bring_finished()

    def _look(self, files: Iterable[Path]) -> None:
        """Take note of files that are new or changed."""
        for path in files:
            state = _state(path)
            if state is None or path.suffix.lower() in _UNFINISHED or path.name.startswith("~$"):
                continue
            known = self._imports.at(str(path.resolve()))
            if known and (known.bytes, known.modified) == state:
                if known.gone:
                    self._imports.saw(known)
                    self._arrivals.touch()
                continue
            if path not in self._pending or self._pending[path][0] != state:
                self._pending[path] = (state, time.monotonic())

    def _bring_finished(self) -> None:
        """Hand on the files that nobody writes to any more."""
        finished = []
        for path, (state, since) in list(self._pending.items()):
            now = _state(path)
            if now is None:
                del self._pending[path]
            elif now != state:
                self._pending[path] = (now, time.monotonic())
            elif time.monotonic() - since >= STILL:
                del self._pending[path]
                finished.append(path)
        if finished:
            self._arrivals.bring(sorted(finished), "inbox")

    def _sweep(self) -> None:
        """Mark the notes of files that are gone."""
        for known in self._imports.within(str(self._folder.resolve())):
            path = Path(known.place)
            if not path.exists() and not any(parent.is_file() for parent in path.parents):
                self._imports.missing(known)
                self._arrivals.touch()


def _state(path: Path) -> State | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns
