"""The categories' dossiers read by the model while nobody asks; what is asked of them is the pipeline's."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from assistant.dossier import Dossier, dossier_of
from assistant.errors import ModelUnavailable
from assistant.models.chat_models import ReadsAhead
from assistant.under_way import UnderWay
from knowledge.errors import KnowledgeError
from knowledge.note import Note, NoteFilter
from knowledge.notebook import Notebook

logger = logging.getLogger(__name__)

MOST = 400
"""A category of more notes than this fits no prompt; they are not even looked through."""
PAUSE = 5.0
"""Seconds between two looks for what changed, and of quiet after a question."""


class ReadingAhead:
    """Knows which categories can be asked at once, and has the model read the others."""

    def __init__(self, notebook: Notebook, model: ReadsAhead, budget: int, questions: UnderWay | None = None) -> None:
        """Args: the notes; who reads; how many tokens a prompt may have; the questions that it makes way for."""
        self._notebook = notebook
        self._model = model
        self._budget = budget
        self._told: dict[str, Dossier] = {}
        """The dossier of each category that was read last."""
        self._wanted: list[str] = []
        """Categories that were asked in vain, the latest first."""
        self._read_at: object = None
        """The state of the record that was read to its end last."""
        self._questions = questions or UnderWay()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def caught_up(self) -> bool:
        """Whether all is read that can be, as the record is now; raises NotebookUnavailable."""
        return self._read_at == self._notebook.state()

    def dossier(self, category: str) -> Dossier | None:
        """Return what the model has read of a category, if a question to it can be answered from that.

        Notes that came since may be missing; nothing in it has been changed or deleted.

        Raises:
            NotebookUnavailable: the record cannot be read.
        """
        notes = self._notes(category)
        current = dossier_of(category, notes)
        if notes and self._model.has_read(current.beginning):
            self._told[category] = current
            return current
        self._wanted = [category, *(each for each in self._wanted if each != category)]
        told = self._told.get(category)
        if told is None or not self._model.has_read(told.beginning):
            return None
        return told if told.lacks_only_news(notes) else None

    def catch_up(self, go_on: Callable[[], bool] = lambda: True) -> bool:
        """Have the model read what it has not; returns False where it was interrupted.

        Args:
            go_on: asked every two seconds or so; no ends the reading.

        Raises:
            ModelUnavailable: the model cannot read.
            NotebookUnavailable: the record cannot be read.
        """
        dossiers = self._dossiers()
        self._model.forget_all_but([each.beginning for each in (*dossiers, *self._told.values())])
        for dossier in dossiers:
            match self._model.read_ahead(dossier.beginning, go_on):
                case "interrupted":
                    return False
                case "kept":
                    self._told[dossier.category] = dossier
                case "no room":
                    logger.info("no room to keep what was read of %s", dossier.category)
        return True

    def start(self) -> None:
        """Read in a thread of its own, again whenever notes change."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="reading ahead", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End that thread, which takes two seconds at the most."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._ended.wait(PAUSE):
            state: object = None
            try:
                state = self._notebook.state()
                if state != self._read_at and not self._questions.any and self.catch_up(self._may_go_on):
                    self._read_at = state
            except (KnowledgeError, ModelUnavailable) as error:
                logger.warning("%s", error)
                self._read_at = state  # tried again when something changes

    def _may_go_on(self) -> bool:
        return not self._questions.any and not self._ended.is_set()

    def _dossiers(self) -> list[Dossier]:
        """Those that a prompt can hold: what was asked in vain first, then the categories with the most notes."""
        counts = {name: count for name, count in self._notebook.per_category().items() if name is not None}
        names = sorted(counts, key=lambda name: (-counts[name], name))
        wanted = [name for name in self._wanted if name in counts]
        dossiers = [dossier_of(name, self._notes(name)) for name in dict.fromkeys([*wanted, *names])]
        return [each for each in dossiers if each.notes and each.fits(self._budget)]

    def _notes(self, category: str) -> Sequence[Note]:
        notes = self._notebook.select(NoteFilter(category=category, limit=MOST + 1))
        return notes if len(notes) <= MOST else []
