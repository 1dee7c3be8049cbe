"""An index that follows notes while they come, in a thread of its own; reading their files is left to others."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType

from knowledge.library import BATCH, Library


class Following:
    """Indexes notes by the batch as they are added to the record, and the rest at the end; a context manager.

    Reading files keeps one core busy, and vectors are waited for by none of it. A stop in between costs nothing: notes
    that are not indexed yet are marked in the record.
    """

    def __init__(self, library: Library, on_progress: Callable[[int, int], None] = lambda done, total: None) -> None:
        """Set up.

        Args:
            library: whose index follows.
            on_progress: hears, once no more notes come, how many of how many are indexed; from another thread.
        """
        self._library, self._on_progress = library, on_progress
        self._added, self._more, self._over = 0, threading.Event(), False
        self._thread = threading.Thread(target=self._run, name="indexing", daemon=True)

    def __enter__(self) -> Following:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over = True
        self._more.set()
        self._thread.join()
        if self._added:
            self._library.heal_quietly(self._on_progress)

    def added(self) -> None:
        """Hear of one more note that is safe in the record."""
        self._added += 1
        if self._added % BATCH == 0:
            self._more.set()

    def _run(self) -> None:
        while True:
            self._more.wait()
            self._more.clear()
            if self._over:
                return
            self._library.heal_quietly(self._say)

    def _say(self, done: int, total: int) -> None:
        if self._over:
            self._on_progress(done, total)
