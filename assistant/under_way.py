"""Whether questions are under way, so that work that can wait makes way for them."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator


class UnderWay:
    """Counts the questions that are being answered; who answers tells it, and who can wait asks it."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._count = 0
        self._last = time.monotonic()

    @contextlib.contextmanager
    def question(self) -> Iterator[None]:
        """Count one, from its label to the end of its answer."""
        with self._lock:
            self._count += 1
        try:
            yield
        finally:
            with self._lock:
                self._count -= 1
                self._last = time.monotonic()

    @property
    def any(self) -> bool:
        """Whether there is one now."""
        return self._count > 0

    def quiet(self, seconds: float) -> bool:
        """Whether there has been none for so long."""
        with self._lock:
            return self._count == 0 and time.monotonic() - self._last >= seconds
