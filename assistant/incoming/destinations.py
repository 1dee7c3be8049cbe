"""Where what files say ends: kept as notes at once, or put up for review; reading the files is left to others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from assistant.incoming.changes import as_told, changes_of
from assistant.incoming.filing import in_known_words
from assistant.incoming.labelling import Batch, Labeller
from assistant.incoming.outcomes import Outcome, Status
from assistant.incoming.trail import ImportLog, NoLog
from classifier.decision import Decision
from knowledge.errors import NoteRejected
from knowledge.imports import Change, KnownFile, Said
from knowledge.library import BATCH
from knowledge.note import Draft, Note
from knowledge.waiting import Aim, WaitingDrafts

TO_BE_REVIEWED = "to be reviewed"


class Destination(Protocol):
    """Takes what the files of one import say."""

    def bring(self, read: Iterable[Draft | Outcome], digest: str) -> Iterator[Outcome]:
        """Take the drafts of a new file while it is read; some outcomes come with a later file, or with `finish`.

        Args:
            read: the drafts, and among them outcomes of what cannot be read, which are passed on.
            digest: the file's content.
        """

    def new(self, draft: Draft) -> Outcome:
        """Take a draft of which a changed file did not tell before."""

    def changed(self, draft: Draft, note: Note, said: Said) -> Outcome:
        """Take a draft as the new state of a note, of which its file said something else before."""

    def again(self, note: Note, file: KnownFile) -> Outcome:
        """Take a note whose file came in again as it was."""

    def once_kept(self, act: Callable[[], None]) -> None:
        """Do something once all that was brought so far is safe in the record."""

    def finish(self) -> Iterator[Outcome]:
        """Label what still waits to be labelled together with more."""


class AsNotes:
    """Drafts become notes: new ones once they are labelled."""

    def __init__(self, labeller: Labeller, log: ImportLog | NoLog) -> None:
        """Args: who says where drafts go, and what hears of each note."""
        self._labeller, self._log = labeller, log
        self._notebook = labeller.library.notebook
        self._batch = Batch(labeller)

    def bring(self, read: Iterable[Draft | Outcome], digest: str) -> Iterator[Outcome]:
        """Keep the drafts of a new file, labelled with those of others."""
        for each in read:
            if isinstance(each, Outcome):
                yield each
                continue
            self._batch.add(each)
            if self._batch.full:
                yield from self.finish()

    def once_kept(self, act: Callable[[], None]) -> None:
        """Do something once all that was brought so far is kept."""
        self._batch.once_kept(act)

    def finish(self) -> Iterator[Outcome]:
        """Keep what still waits to be labelled."""
        for draft, decision in self._batch.taken_out():
            yield self.new(draft, decision)

    def new(self, draft: Draft, decision: Decision | None = None) -> Outcome:
        """Keep a draft as a note; one whose note is there already says what that note is to be.

        Args:
            decision: what a router said of it; without one, a router is asked where nobody else says its category.
        """
        with self._log.together():
            try:
                if note := self._notebook.find(draft.id):
                    return self._there_already(draft, note)
                filing = self._labeller.filed(draft, decision)
                note = self._notebook.add(filing.draft)
            except NoteRejected as error:
                return self._log.refused(draft.source, str(error))
            self._log.gave(draft.original, note, draft.exported_with, ["added"])
            return Outcome("added", draft.source, self._notebook.get(note.id), filing.reason)

    def changed(self, draft: Draft, note: Note, said: Said) -> Outcome:
        """Change a note as its file did, as far as no person wrote in it."""
        with self._log.together():
            changes, reason = changes_of(draft, note, said)
            try:
                after, done = self._written(note, changes)
            except NoteRejected as error:
                return self._log.refused(draft.source, str(error))
            self._log.gave(draft.original, after, draft.exported_with, done)
            return Outcome(_status(done), draft.source, after, reason)

    def again(self, note: Note, file: KnownFile) -> Outcome:
        """Bring a note back where it was deleted, and file it where a person files all of this import."""
        category = self._labeller.category
        changes = {"category": category} if category and note.category != category else {}
        with self._log.together():
            after, done = self._written(note, changes)
            if done:
                self._log.gave(file.digest, after, after.original, done)
        return Outcome(_status(done), file.name, after, as_told(changes) if "updated" in done else "")

    def _there_already(self, draft: Draft, note: Note) -> Outcome:
        """Bring a note back where it was deleted, and change it if the draft says something else now."""
        # An id made of these very words: whatever else the note says by now was written by the person, and stays.
        changes, reason = ({}, "") if draft.made_id else changes_of(draft, note, None)
        category = self._labeller.category
        if category and note.category != category:
            changes["category"] = category
            reason = as_told(changes)
        after, done = self._written(note, changes)
        self._log.gave(draft.original, after, draft.exported_with, done)
        return Outcome(_status(done), draft.source, after, reason if "updated" in done else "")

    def _written(self, note: Note, changes: Mapping[str, Any]) -> tuple[Note, list[Change]]:
        """Bring a note back and change it; returns it with what was done to it, in order."""
        done: list[Change] = ["restored"] if note.deleted and self._notebook.restore([note.id]) else []
        if not changes:
            return self._notebook.get(note.id) if done else note, done
        after = self._notebook.edit(note.id, changes)
        return after, [*done, "updated"] if after.revision != note.revision else done


class ForReview:
    """Drafts are put up for a person to look at, new ones with a category that is suggested once they are labelled."""

    def __init__(self, labeller: Labeller, waiting: WaitingDrafts, log: ImportLog | NoLog) -> None:
        """Args: who says where drafts go, the review list, and what hears of notes that stay as they are."""
        self._labeller, self._waiting, self._log = labeller, waiting, log
        self._notebook = labeller.library.notebook
        self._unlabelled: list[tuple[str, Draft]] = []
        """Open drafts as they were read, each with its id on the list."""

    def bring(self, read: Iterable[Draft | Outcome], digest: str) -> Iterator[Outcome]:
        """Put up the drafts of a new file, each for itself where it has to be parted."""
        # What was broken off in the middle of a file is read again; what it put up for review stays as it is.
        put_up = self._waiting.ids_of(digest)
        for each in read:
            if isinstance(each, Outcome):
                yield each
                continue
            for part in self._labeller.parts(each):
                if part.id in put_up:
                    continue
                yield self.new(part)
                if len(self._unlabelled) >= BATCH:
                    yield from self.finish()

    def once_kept(self, act: Callable[[], None]) -> None:
        """Do something at once: what was brought is on the list."""
        act()

    def finish(self) -> Iterator[Outcome]:
        """Suggest categories for what has none yet."""
        unlabelled, self._unlabelled = self._unlabelled, []
        decisions = self._labeller.decisions([draft for _, draft in unlabelled])
        for (waiting_id, draft), decision in zip(unlabelled, decisions, strict=True):
            filing = self._labeller.filed(draft, decision)
            sure = filing.sure and draft.date is not None
            self._waiting.suggest(waiting_id, filing.suggested, filing.confidence, filing.reason, sure=sure)
        yield from ()

    def new(self, draft: Draft) -> Outcome:
        """Put up a draft as a new note, or as a change of the note that is there already."""
        if note := self._notebook.find(draft.id):
            return self.changed(draft, note, Said.of(note))
        if self._labeller.is_open(draft):
            known, lost = in_known_words(draft)
            waiting = self._waiting.put(self._log.import_id, known, sure=False, reason=lost)
            self._unlabelled.append((waiting.id, draft))
            return Outcome("waiting", draft.source, reason=TO_BE_REVIEWED)
        filing = self._labeller.filed(draft)
        draft = replace(filing.draft, category=filing.suggested)
        sure = filing.sure and draft.date is not None
        self._waiting.put(self._log.import_id, draft, confidence=filing.confidence, sure=sure, reason=filing.reason)
        return Outcome("waiting", draft.source, reason=filing.reason or TO_BE_REVIEWED)

    def changed(self, draft: Draft, note: Note, said: Said) -> Outcome:
        """Put up what a draft changes of a note, if anything, as far as no person wrote in it."""
        changes, reason = changes_of(draft, note, said if draft.made_id else None)
        if not changes and not note.deleted:
            self._log.gave(draft.original, note, draft.exported_with, [])
            return Outcome("unchanged", draft.source, note, reason)
        of_file = {name: getattr(draft, name) for name in ("original", "exported_with", "dated_by")}
        after = replace(_draft_of(note, draft.source), **of_file | changes)
        return self._put_up(after, note, "restore" if note.deleted else "update", reason)

    def again(self, note: Note, file: KnownFile) -> Outcome:
        """Put a deleted note up to be brought back."""
        if not note.deleted:
            return Outcome("unchanged", file.name, note)
        return self._put_up(_draft_of(note, file.name), note, "restore", "it was deleted")

    def _put_up(self, draft: Draft, note: Note, aim: Aim, reason: str) -> Outcome:
        """Put up what a note is to become."""
        before = _draft_of(note, draft.source)
        self._waiting.put(
            self._log.import_id, draft, aim=aim, note_id=note.id, sure=False, reason=reason, before=before
        )
        return Outcome("waiting", draft.source, reason=reason or TO_BE_REVIEWED)


def _status(done: Sequence[Change]) -> Status:
    return done[-1] if done else "unchanged"


def _draft_of(note: Note, source: str) -> Draft:
    return Draft(note.text, note.title, note.category, note.date, note.tags, note.id, source, original=note.original)
