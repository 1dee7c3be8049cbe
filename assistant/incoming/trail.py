"""What a house keeps of where its notes come from, and what one import adds to it, so that it can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property

from assistant.incoming.outcomes import Outcome, refusal
from knowledge.imports import Change, Imports
from knowledge.note import Note
from knowledge.originals import Originals
from knowledge.waiting import WaitingDrafts


@dataclass(frozen=True)
class Trail:
    """What a house keeps of where its notes come from."""

    imports: Imports
    originals: Originals
    waiting: WaitingDrafts


class ImportLog:
    """What one import did, in the record."""

    def __init__(self, imports: Imports, origin: str) -> None:
        """Args: the record of what came in; where this import is from, as `knowledge.imports.Import` says."""
        self._imports, self._origin = imports, origin

    @cached_property
    def import_id(self) -> str:
        """What the record calls this import; it is there from the first time that something is said of it."""
        return self._imports.begin(self._origin)

    def together(self) -> AbstractContextManager[object]:
        """One transaction for a note and what is said of it."""
        return self._imports.together()

    def gave(self, digest: str, note: Note, original: str, done: Sequence[Change]) -> None:
        """Say that a file gave a note, which says now what the file said.

        Args:
            digest: the file's content.
            original: the content of the note's original, where the file is no more than an export of the note.
            done: what was done to the note, in order: each is undone by itself.
        """
        for change in done:
            self._imports.changed(self.import_id, note, change)
        self._imports.gave(digest, note, original)

    def refused(self, name: str, reason: str) -> Outcome:
        """Say that a file, or something in it, could not be read or kept; returns it as an outcome."""
        outcome = refusal(name, reason)
        self._imports.refused(self.import_id, name, outcome.reason)
        return outcome


class NoLog:
    """The same for an import that is remembered by its notes alone."""

    import_id = ""

    def together(self) -> AbstractContextManager[object]:
        """A note is all that is written."""
        return nullcontext()

    def gave(self, digest: str, note: Note, original: str, done: Sequence[Change]) -> None:
        """Remember nothing."""

    def refused(self, name: str, reason: str) -> Outcome:
        """Return the outcome."""
        return refusal(name, reason)
