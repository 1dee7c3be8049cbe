"""The watched folder: what lands there comes in by itself once it is whole; its files are never touched."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.incoming.followed import lies_at
from assistant.incoming.naming import is_text, text_of
from knowledge.readers import files_in

if TYPE_CHECKING:
    from assistant.incoming.arrivals import Arrivals
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
        self._handed_on: dict[Path, State] = {}
        self._cause = ""

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
            except Exception as error:
                self._complain(error)
                self._stop.wait(RETRY)

    def _watch(self) -> None:
        # The first look comes once changes are told of: what lands before that lies there, what lands later is told.
        looked = float("-inf")
        for changed in self._changes():
            if not self._folder.is_dir():
                raise FileNotFoundError("it is gone")
            if changed or time.monotonic() - looked >= LOOK:
                looked = time.monotonic()
                self._look(files_in(self._folder))
                self._sweep()
            self._bring_finished()

    def _changes(self) -> Iterator[bool]:
        """Yield time and again whether the system tells of a change; once that there may be one, where it fails to."""
        from watchfiles import watch

        try:
            for changes in watch(
                self._folder, stop_event=self._stop, rust_timeout=500, yield_on_timeout=True, raise_interrupt=False
            ):
                yield bool(changes)
                self._cause = ""
        except Exception as error:
            # Such as a RuntimeError for a name that is not UTF-8, or an OSError where too many files are watched.
            self._complain(error)
            yield True
            self._stop.wait(RETRY)

    def _complain(self, error: Exception) -> None:
        """Log what went wrong, once for as long as it stays the same."""
        if (cause := repr(error)) != self._cause:
            self._cause = cause
            logger.warning("the folder %s cannot be watched: %s", self._folder, text_of(str(error)))

    def _look(self, files: Iterable[Path]) -> None:
        """Take note of files that are new or changed."""
        if not self._arrivals.state.busy:
            # What the record knows nothing of by now went wrong, and is tried again. A name is never right by itself.
            self._handed_on = {path: state for path, state in self._handed_on.items() if not is_text(path)}
        for path in files:
            state = _state(path)
            if state is None or path.suffix.lower() in _UNFINISHED or path.name.startswith("~$"):
                continue
            known = self._imports.at(text_of(str(path.resolve())))
            if known and (known.bytes, known.modified) == state:
                if known.gone:
                    self._imports.saw(known)
                    self._arrivals.touch()
                continue
            if self._handed_on.get(path) == state:
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
                self._handed_on[path] = state
                finished.append(path)
        if finished:
            self._arrivals.bring(sorted(finished), "inbox")

    def _sweep(self) -> None:
        """Mark the notes of files that are gone."""
        for known in self._imports.within(str(self._folder.resolve())):
            if not lies_at(known.place):
                self._imports.missing(known)
                self._arrivals.touch()


def _state(path: Path) -> State | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns
