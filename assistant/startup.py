"""Models fetched and loaded in the background, with how far it is, while the page is already open."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.errors import AssistantError
from assistant.models.weights import Progress
from classifier.errors import RouterError
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from assistant.build import House
    from assistant.pipeline import Assistant
    from classifier.decision import Router

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Status:
    """How far the start has got."""

    step: str
    fraction: float | None = None
    """From 0 to 1; None where nobody can tell."""
    ready: bool = False
    failure: str = ""
    """Why it stopped, and what to do; empty where it did not."""


class Startup:
    """Brings a house's assistant up in a thread of its own: first what finds notes, then what writes answers."""

    def __init__(self, house: House) -> None:
        """Args: the house, whose reports this object takes over."""
        self.house = house
        house.report = self._hear
        self.status = Status("starting")
        self.router: Router | None = None
        """What files notes under a category, from the moment that notes can be searched."""
        self._assistant: Assistant | None = None
        self._changed = threading.Condition()
        self._library = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, or begin again after a failure; does nothing while it is under way or done."""
        with self._changed:
            under_way = self._thread is not None and self._thread.is_alive() and not self.status.failure
            if self._assistant is not None or under_way:
                return
            self.status = Status("starting")
            self._thread = threading.Thread(target=self._run, name="startup", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End what goes on in the background, before the process ends."""
        if self._assistant is not None and self._assistant.reading is not None:
            self._assistant.reading.stop()

    @property
    def searchable(self) -> bool:
        """Whether notes can be searched and indexed, though no model may write yet."""
        return self._library.is_set()

    def wait_searchable(self, timeout: float | None = None) -> bool:
        """Wait until notes can be searched; returns whether they can."""
        return self._library.wait(timeout)

    def assistant(self, on_status: Callable[[Status], None] = lambda status: None) -> Assistant:
        """Wait for the assistant; raises AssistantError where it cannot come up."""
        while True:
            with self._changed:
                if self._assistant is not None:
                    return self._assistant
                if self.status.failure:
                    raise AssistantError(self.status.failure)
                self._changed.wait(0.5)
            on_status(self.status)

    @property
    def ready(self) -> Assistant | None:
        """The assistant, if it is up."""
        return self._assistant

    def _run(self) -> None:
        try:
            self._say(Status("opening the notes"))
            _ = self.house.notebook
            self._say(Status("loading what finds notes"))
            self.house.embedder.embed(["warm-up"])
            library = self.house.library
            router = self.house.serving()
            self.router = self.house.filer(router)
            self._library.set()
            library.heal(lambda done, total: self._say(Status("indexing notes", done / total if total else None)))
            # What a first question would otherwise wait for:
            router.classify(["warm-up"])
            library.warm_up()
            assistant = self.house.assistant(router=router)
        except (AssistantError, KnowledgeError, RouterError) as error:
            logger.error("%s", error)
            self._say(Status("stopped", failure=str(error)))
        except Exception as error:
            logger.exception("the start failed")
            self._say(Status("stopped", failure=f"Starting failed ({error}). `our-house doctor` tells more."))
        else:
            with self._changed:
                self._assistant = assistant
                self.status = Status("ready", 1.0, ready=True)
                self._changed.notify_all()
            if assistant.reading is not None:
                assistant.reading.start()

    def _hear(self, progress: Progress) -> None:
        self._say(Status(f"{progress.weights}: {progress.step}", progress.fraction if progress.total > 1 else None))

    def _say(self, status: Status) -> None:
        with self._changed:
            self.status = status
            self._changed.notify_all()
