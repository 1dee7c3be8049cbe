"""The router that serves, exchanged while questions come in; loading one is the house's, choosing one the person's."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from classifier.decision import Decision, Router
from classifier.errors import RouterError
from classifier.versions import Version, Versions

logger = logging.getLogger(__name__)


class ServingRouter:
    """Labels by the version that serves; another one, once it is promoted, is loaded beside it and then takes over.

    No question waits for that, and none fails: until the new one is there, the old one answers. It follows the house's
    versions, whichever process promoted one.
    """

    def __init__(self, router: Router, versions: Versions, load: Callable[[Version], Router]) -> None:
        """Args: the router that serves now, the versions of the house, and what makes a router of one."""
        self._router = router
        self._versions = versions
        self._load = load
        self._lock = threading.Lock()
        self._wanted = router.version
        self._loading: threading.Thread | None = None

    @property
    def version(self) -> str:
        """The name of the version that answers at this moment."""
        return self._router.version

    @property
    def loading(self) -> str | None:
        """The version that is about to take over, if one is."""
        thread = self._loading
        return self._wanted if thread is not None and thread.is_alive() else None

    def classify(self, questions: Sequence[str]) -> list[Decision]:
        """Return one decision a question, in order."""
        self.follow()
        return self._router.classify(questions)

    def follow(self) -> None:
        """Begin to load the version that is to serve, where that is another one."""
        wanted = self._versions.serving_name()
        with self._lock:
            if wanted is None or wanted == self._wanted:
                return
            self._wanted = wanted
            self._loading = threading.Thread(target=self._exchange, args=(wanted,), name="router", daemon=True)
            self._loading.start()

    def wait(self) -> None:
        """Wait until what is being loaded serves."""
        self.follow()
        if (thread := self._loading) is not None:
            thread.join()

    def _exchange(self, name: str) -> None:
        try:
            router = self._load(self._versions.whole(name))
            router.classify(["warm-up"])
        except RouterError as error:
            # It is asked for again with the next promotion; meanwhile the old one is better than none.
            logger.error("%s The router %s goes on serving.", error, self._router.version)
            return
        with self._lock:
            if name == self._wanted:  # nobody wanted a third one meanwhile
                self._router = router
