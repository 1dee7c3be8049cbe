"""The record and the index kept in step: adding, changing, healing, searching; tables and vectors lie below it."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from knowledge.embedding import Embedder
from knowledge.errors import IndexUnavailable, IndexUnreachable, KnowledgeError, RerankerUnavailable
from knowledge.index import PassageIndex
from knowledge.note import Draft, Hit, Note, NoteFilter, Scope
from knowledge.notebook import Notebook
from knowledge.reranker import Reranker
from knowledge.search import Asked, candidates, search

logger = logging.getLogger(__name__)

BATCH = 32
"""Notes indexed at once: enough to keep the embedder busy, few enough that a stop loses little work."""
PATIENCE = 600.0
"""Seconds that whoever needs the index waits for another one to finish making it."""
SHORT_PATIENCE = 5.0
"""Seconds that a note just kept waits for it: the other one indexes it too."""


class Library:
    """All notes of one house, written to the record first and to the index after.

    A note is safe once `add` returns. If the index cannot follow, the note stays marked and `heal` catches up: at
    the next change, at the next start, or on request.
    """

    def __init__(
        self, notebook: Notebook, index: PassageIndex, embedder: Embedder, reranker: Reranker | None = None
    ) -> None:
        """Set up.

        Args:
            notebook, index: the record's notes, and the index beside it.
            embedder: what makes the vectors of both notes and questions.
            reranker: what reads the notes found with the question.
        """
        self.notebook = notebook
        self.index = index
        self.embedder = embedder
        self.reranker = reranker
        # One question is looked up more than once on its way to an answer.
        self._vector = functools.lru_cache(maxsize=64)(lambda question: embedder.embed([question])[0])

    def add(self, drafts: Iterable[Draft], on_added: Callable[[Note], None] = lambda note: None) -> list[Note]:
        """Keep drafts as notes and index them.

        Args:
            on_added: called with each note once it is safe in the record, before it is indexed.

        Raises:
            NoteRejected: a draft cannot be kept; those before it are.
            NotebookUnavailable: the record cannot be written.
        """
        added, waiting = [], 0
        try:
            for draft in drafts:
                note = self.notebook.add(draft)
                added.append(note)
                on_added(note)
                waiting += 1
                if waiting == BATCH:
                    self.heal_quietly()
                    waiting = 0
        finally:
            if waiting:
                self.heal_quietly()
        return added

    def edit(self, note_id: str, changes: Mapping[str, Any], revision: int | None = None) -> Note:
        """Change a note, as `Notebook.edit` says, and index it anew."""
        note = self.notebook.edit(note_id, changes, revision)
        self.heal_quietly()
        return note

    def undo(self, note_id: str) -> Note:
        """Take the last edit of a note back, as `Notebook.undo` says."""
        note = self.notebook.undo(note_id)
        self.heal_quietly()
        return note

    def delete(self, note_ids: Iterable[str]) -> list[str]:
        """Delete notes, restorably; returns the ids that were there to delete."""
        deleted = self.notebook.delete(note_ids)
        self.heal_quietly()
        return deleted

    def restore(self, note_ids: Iterable[str]) -> list[str]:
        """Bring deleted notes back; returns the ids that were deleted."""
        restored = self.notebook.restore(note_ids)
        self.heal_quietly()
        return restored

    def heal(self, on_progress: Callable[[int, int], None] = lambda done, total: None) -> int:
        """Bring the index in step with the record; returns how many notes had to be indexed.

        An index that is missing, damaged, or made by another embedder is made again from the record.

        Raises:
            IndexUnavailable: the index cannot be written.
        """
        return self._heal(on_progress, PATIENCE)

    def heal_quietly(self, on_progress: Callable[[int, int], None] = lambda done, total: None) -> None:
        """Heal if it can be done now; otherwise the notes stay marked and are indexed later."""
        try:
            self._heal(on_progress, SHORT_PATIENCE)
        except KnowledgeError as error:
            logger.warning("%s", error)

    def reindex(self, on_progress: Callable[[int, int], None] = lambda done, total: None) -> int:
        """Make the whole index again; returns how many notes it holds."""
        with self.index.alone(PATIENCE):
            self._forget_index()
            self._index_waiting(on_progress)
        return self.notebook.count()

    def search(
        self,
        question: str,
        scope: Scope,
        limit: int = 5,
        prior: Mapping[str, float] | None = None,
        today: dt.date | None = None,
    ) -> list[Hit]:
        """Return the notes of a scope that may answer a question, best first.

        Args:
            prior: how likely the question is about each category, where the scope leaves that open.
            today: what 'last year' counts from; the clock's unless given.

        Raises:
            IndexUnavailable, NotebookUnavailable: the notes cannot be searched.
        """
        asked = Asked(question, self._vector(question), scope.categories, prior or {}, today or dt.date.today())
        try:
            return search(self.notebook, self.index, asked, limit, self.reranker)
        except IndexUnreachable:
            raise
        except IndexUnavailable:
            # Damaged while running: made again once, since the record has everything.
            self.reindex()
            return search(self.notebook, self.index, asked, limit, self.reranker)

    def warm_up(self) -> None:
        """Load what reads notes with a question, so that a first question does not wait for it."""
        if self.reranker is not None:
            with contextlib.suppress(RerankerUnavailable):  # the search says it, and goes on without
                self.reranker.scores("warm-up", ["warm-up"])

    def evidence(self, question: str) -> dict[str, float]:
        """Return what speaks for a question in each category's notes: that of the best note, 0 to 1.

        Categories whose notes are all far away are left out.

        Raises:
            IndexUnavailable, NotebookUnavailable: the notes cannot be searched.
        """
        found: dict[str, float] = {}
        if not self.notebook.passages.count():
            return found
        asked = Asked(question, self._vector(question), None, {}, dt.date.today())
        for each in candidates(self.notebook, self.index, asked):
            if each.category is not None:
                found[each.category] = max(found.get(each.category, 0.0), each.evidence)
        return found

    def scope(self, categories: Sequence[str] | None, reason: str) -> Scope:
        """Return a scope with how many notes it and the house hold."""
        return Scope(
            categories=None if categories is None else tuple(categories),
            reason=reason,
            searched=self.notebook.count_in(categories),
            total=self.notebook.count(),
            uncategorised=self.notebook.count(NoteFilter(uncategorised=True)),
        )

    def sample(self) -> list[Note]:
        """The notes of the sample house that are in the record now."""
        return self.notebook.select(NoteFilter(sample=True))

    def differences(self) -> tuple[set[str], set[str]]:
        """Return (passages missing from the index, passages in it that the record does not have)."""
        recorded = {passage.id for passage in self.notebook.passages.select()}
        indexed = self.index.ids()
        return recorded - indexed, indexed - recorded

    def _heal(self, on_progress: Callable[[int, int], None], patience: float) -> int:
        # Alone: vectors made of a note's earlier words would otherwise be written over another process's newer ones.
        with self.index.alone(patience):
            if not self.index.usable():
                self._forget_index()
            healed = self._index_waiting(on_progress)
            # A note that came in between is no damage: it waits by now.
            if self.index.count() != self.notebook.passages.count() and not self.notebook.unindexed():
                logger.info("the index does not agree with the record: making it again")
                self._forget_index()
                healed = self._index_waiting(on_progress)
            return healed

    def _forget_index(self) -> None:
        # Marked first: a stop in between then costs work, not passages.
        self.notebook.mark_all_unindexed()
        self.index.clear()

    def _index_waiting(self, on_progress: Callable[[int, int], None]) -> int:
        done = 0
        # Again until none is left: whoever added a note meanwhile may have given up waiting.
        while waiting := self.notebook.unindexed():
            for start in range(0, len(waiting), BATCH):
                on_progress(done, done + len(waiting) - start)
                batch = waiting[start : start + BATCH]
                self._index(batch)
                done += len(batch)
        return done

    def _index(self, notes: Sequence[tuple[str, int]]) -> None:
        passages = [passage for note_id, _ in notes for passage in self.notebook.passages.select(note_id=note_id)]
        try:
            vectors = self.embedder.embed([passage.embedded for passage in passages])
            self.index.replace([note_id for note_id, _ in notes], passages, vectors)
        except KnowledgeError:
            raise
        except Exception as error:
            raise IndexUnavailable(
                f"The notes are safe, but could not be indexed ({error}). `our-house reindex` tries again."
            ) from error
        self.notebook.mark_indexed(notes)
