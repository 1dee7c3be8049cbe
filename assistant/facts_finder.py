"""Facts of notes found in the background while nobody asks anything; finding them is `extraction`'s."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from assistant.errors import AssistantError
from assistant.extraction import read_waiting, seek
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from assistant.build import House
    from assistant.startup import Startup

logger = logging.getLogger(__name__)

QUIET = 60.0
"""Seconds without an answer after which the house is held to be idle."""
LOOK_EVERY = 5.0


class FactsFinder:
    """A thread that lets the rules read new notes at once, and the model complete them while the house is idle."""

    def __init__(self, house: House, startup: Startup, quiet: float = QUIET, look_every: float = LOOK_EVERY) -> None:
        """Args: the house, what brings it up, and the seconds to wait for idleness and between two looks."""
        self._house = house
        self._startup = startup
        self._quiet = quiet
        self._look_every = look_every
        self._ended = threading.Event()
        self._failed: set[str] = set()
        self._thread = threading.Thread(target=self._run, name="facts", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End with the next word of the model."""
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.wait(self._look_every):
            if not self._startup.searchable:
                continue
            try:
                house = self._house
                read_waiting(house.record, house.notebook, house.facts, house.extraction(), stopped=self._ended.is_set)
                self._complete()
            except (AssistantError, KnowledgeError) as error:
                logger.info("%s", error)
            except Exception:
                logger.exception("the facts of a note cannot be found")

    def _complete(self) -> None:
        assistant = self._startup.ready
        if assistant is None:
            return
        if assistant.reading is not None and not assistant.reading.caught_up:
            return  # answers that come at once are worth more than facts found early

        def wanted() -> bool:
            return self._ended.is_set() or not assistant.questions.quiet(self._quiet)

        facts, extraction = self._house.facts, self._house.extraction(assistant.model)
        for note_id in facts.waiting(by_model=True):
            if wanted():
                return
            if note_id in self._failed:
                continue
            try:
                for _ in seek(self._house.notebook, facts, extraction, [note_id], stopped=wanted):
                    pass
            except (AssistantError, KnowledgeError) as error:
                if not wanted():
                    # What fails on one note must not keep the processor busy for ever.
                    self._failed.add(note_id)
                logger.info("%s", error)
