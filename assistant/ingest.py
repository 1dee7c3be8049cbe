"""Files into notes: read, filed, kept or put up for review, and what became of each; reading is `knowledge.readers`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Literal

from assistant.filing import filed, in_known_words, settled
from assistant.naming import is_text, text_of
from assistant.parting import parted, parts_in, told
from classifier.decision import Decision, Router
from knowledge.errors import NoteRejected, Unreadable
from knowledge.exported import original_beside
from knowledge.following import Following
from knowledge.imports import Change, Imports, KnownFile, Said, fingerprint, known_file
from knowledge.library import BATCH, Library
from knowledge.note import Draft, Note
from knowledge.originals import Originals, digest_of
from knowledge.pairing import paired
from knowledge.readers import Source, files_in, read_one, unpacked
from knowledge.waiting import WaitingDrafts

Status = Literal["added", "updated", "restored", "unchanged", "refused", "waiting", "gone"]
PAGE = "page:"
"""What the place of a file begins with that a browser brought: it tells a name, and not where the file lies."""
NO_NOTE = "no note: "
"""What stands in the place of a content where a file gives no note itself."""


@dataclass(frozen=True)
class Outcome:
    """What became of a file, or of a note in it."""

    status: Status
    source: str
    note: Note | None = None
    reason: str = ""
    """Why it was refused, or what was decided on the person's behalf."""


@dataclass(frozen=True)
class Trail:
    """What a house keeps of where its notes come from."""

    imports: Imports
    originals: Originals
    waiting: WaitingDrafts


def ingest(
    paths: Iterable[Path],
    library: Library,
    router: Router | None = None,
    category: str | None = None,
    *,
    trail: Trail | None = None,
    day_first: bool = False,
    on_file: Callable[[int, int, str], None] = lambda done, total, name: None,
    on_index: Callable[[int, int], None] = lambda done, total: None,
) -> Iterator[Outcome]:
    """Bring files and folders in, yielding each note's outcome once it is safe in the record.

    The same file twice adds nothing; a note that comes with an id replaces the one that has it. What cannot be read
    is an outcome too, and never stops the rest.

    Args:
        router: files notes under a category where neither they nor `category` say one; None leaves them without.
        category: where all of them belong, whatever they say themselves.
        trail: remembers what came from where, so that a changed file updates its notes; None keeps the notes alone.
        day_first: whether 03/04/2021 is the third of April.
        on_file: hears how many files are done, how many there are, and which one is next.
        on_index: hears, once all are read, how many notes are indexed of those that still wait for it.

    Raises:
        NoteRejected: the house has no such category.
        NotebookUnavailable: the record cannot be written.
    """
    intake = Intake(library, router, category, trail=trail, day_first=day_first, on_file=on_file)
    paths = list(paths)
    intake.total = sum(len(files_in(path)) for path in paths if path.exists())
    with Following(library, on_index) as following:
        for outcome in chain.from_iterable([*map(intake.path, paths), intake.finish()]):
            if outcome.note is not None:
                following.added()
            yield outcome


@dataclass(frozen=True)
class _Unlabelled:
    """A draft that waits until there are enough for a router to read together."""

    draft: Draft
    digest: str


class Intake:
    """One import: hands in files one after the other, and remembers what they changed."""

    def __init__(
        self,
        library: Library,
        router: Router | None = None,
        category: str | None = None,
        *,
        trail: Trail | None = None,
        day_first: bool = False,
        review: bool = False,
        origin: str = "command line",
        on_file: Callable[[int, int, str], None] = lambda done, total, name: None,
    ) -> None:
        """Args as `ingest`; with `review`, which needs a trail, drafts wait for a person instead of becoming notes.

        Raises:
            NoteRejected: the house has no such category.
        """
        self._library, self._notebook = library, library.notebook
        self._router, self._category = router, library.notebook.known_category(category)
        self._trail, self._day_first = trail, day_first
        self._review = trail.waiting if trail and review else None
        self._origin, self._import_id = origin, ""
        self._unlabelled: list[_Unlabelled | Callable[[], None]] = []
        self._suggestible: list[tuple[str, Draft]] = []
        self._on_file, self._done = on_file, 0
        self.total = 0
        """How many files there will be, as far as whoever hands them in knows."""

    @property
    def import_id(self) -> str:
        """What the record calls this import; it is there from the first time that something is said of it."""
        if not self._import_id and self._trail:
            self._import_id = self._trail.imports.begin(self._origin)
        return self._import_id

    def path(self, path: Path) -> Iterator[Outcome]:
        """Bring a file in, or all those of a folder; notes of files that are gone from it are marked.

        Some outcomes come with a later file, or with `finish`.
        """
        if not path.exists():
            yield Outcome("refused", str(path), reason="there is no such file or folder")
            return
        for each in files_in(path):
            yield from self.file(each)
        if self._trail and path.is_dir():
            yield from self.gone(path)

    def file(self, path: Path, name: str = "", place: str = "") -> Iterator[Outcome]:
        """Bring one file in, or all that is packed in it; some outcomes come with a later file, or with `finish`.

        Args:
            name: what the person calls it; its own name unless given.
            place: where it lies for the person; its path unless given.
        """
        name, place = name or path.name, place or str(path.resolve())
        self._on_file(self._done, self.total, text_of(name))
        self._done += 1
        if not is_text(path):
            yield self._refused(
                text_of(name), "Its name is not UTF-8, so that no note can say where it is from. Rename it."
            )
            return
        try:
            for source in unpacked(Source(path, name, self._day_first, original=original_beside(path))):
                if isinstance(source, Unreadable):
                    yield self._refused(name, str(source))
                else:
                    yield from self._one(source, place + source.name[len(name) :])
        except Unreadable as error:
            yield self._refused(name, str(error))
        if self._trail:
            self._once_kept(partial(self._saw_no_note, path, name, place))

    def finish(self) -> Iterator[Outcome]:
        """Label what still waits for it: many at once cost a router far less than one after the other."""
        assert self._router is not None or not (self._unlabelled or self._suggestible)
        if self._router is None:
            return
        unlabelled, self._unlabelled = self._unlabelled, []
        drafts = [each.draft for each in unlabelled if isinstance(each, _Unlabelled)]
        labelled = iter(parted(drafts, self._router, self._settled))
        for each in unlabelled:
            if isinstance(each, _Unlabelled):
                for draft, decision in next(labelled):
                    yield self._taken(draft, None, each.digest, decision=decision)
            else:
                each()
        suggestible, self._suggestible = self._suggestible, []
        decisions = self._router.classify([told(draft) for _, draft in suggestible]) if suggestible else []
        for (waiting_id, draft), decision in zip(suggestible, decisions, strict=True):
            assert self._review is not None
            filing = filed(draft, self._library, None, decision=decision)
            category = filing.draft.category or filing.likeliest
            sure = filing.sure and draft.date is not None
            self._review.suggest(waiting_id, category, filing.confidence, filing.reason, sure=sure)

    def gone(self, folder: Path) -> Iterator[Outcome]:
        """Mark the notes of files that lay in a folder and do not any more."""
        assert self._trail is not None
        for known in self._trail.imports.within(str(folder.resolve())):
            if not _there(known.place):
                for note in self._trail.imports.missing(known):
                    yield Outcome("gone", known.name, note, "the file is gone; its note stays")

    # --- one file ---------------------------------------------------------------------------------------------

    def _one(self, source: Source, place: str) -> Iterator[Outcome]:
        if self._trail is None:
            yield from self._new(source, "")
            return
        imports, waiting = self._trail.imports, self._trail.waiting
        before = imports.at(place)
        try:
            digest = _unchanged(source.path, before) or digest_of(source.path)
            now = known_file(source.path, place, source.name, digest)
        except OSError as error:
            yield self._refused(source.name, f"{source.name}: cannot be read ({error.strerror or error}).")
            return
        if self._origin == "inbox" and before and before.digest == digest:
            imports.saw(now)  # only touched: what a person did with its notes since stays
        elif imports.places_of(digest) and (said := imports.notes_of(digest)):
            yield from self._same(source, said, digest)
            self._saw(now)
        elif waiting.holds(digest) and imports.places_of(digest):
            yield Outcome("waiting", source.name, reason="it waits for review already")
            imports.saw(now)
        else:
            old = self._gave(before) if before and before.digest != digest else []
            read = False
            for outcome in self._changed(source, digest, old) if old else self._new(source, digest):
                read = read or outcome.status != "refused"
                yield outcome
            if before and old and not read:
                # Saved broken: once it is whole again, it is a change of what it said before.
                now = replace(now, digest=before.digest)
            self._once_kept(partial(imports.saw, now))

    def _gave(self, before: KnownFile) -> list[Said]:
        """What a file said of its notes before it changed; what still waits of it is out of date."""
        assert self._trail is not None
        imports, waiting = self._trail.imports, self._trail.waiting
        old = imports.notes_of(before.digest)
        if not old:
            old = [said for each in waiting.notes_of(before.digest) if (said := imports.last_said(each))]
        if self._origin != "page" and len(imports.places_of(before.digest)) == 1:
            waiting.supersede(before.digest)
        return old

    def _saw(self, now: KnownFile) -> None:
        """Remember where a known content lies now: moved where the place before is empty, else a copy."""
        assert self._trail is not None
        imports = self._trail.imports
        for known in imports.places_of(now.digest):
            if known.place != now.place and not known.place.startswith(PAGE) and not _there(known.place):
                imports.moved(known, now)
        imports.saw(now)

    def _saw_no_note(self, path: Path, name: str, place: str) -> None:
        """Remember by its size and time alone what is packed, or cannot be read."""
        assert self._trail is not None
        known = self._trail.imports.at(place)
        # What may be read tomorrow, such as where permission is denied today, is not remembered.
        with suppress(OSError), path.open("rb"):
            if known is None or known.digest.startswith(NO_NOTE):
                self._trail.imports.saw(known_file(path, place, name, NO_NOTE + place))

    def _once_kept(self, remember: Callable[[], None]) -> None:
        """Remember a file once its notes are safe: one that was broken off before then is read again."""
        if self._unlabelled:
            self._unlabelled.append(remember)
        else:
            remember()

    def _new(self, source: Source, digest: str) -> Iterator[Outcome]:
        # What was broken off in the middle of a file is read again; what it put up for review stays as it is.
        known = self._review.ids_of(digest) if self._review is not None else frozenset()
        at_once = self._review is not None or self._router is None or self._category is not None
        for draft in self._read(source, whole=not at_once):
            if isinstance(draft, Outcome):
                yield draft
                continue
            if draft.id in known:
                continue
            if self._trail is not None:
                draft = replace(draft, original=digest, exported_with=self._original(source, digest))
            if at_once:
                yield self._taken(draft, None, digest)
            else:
                self._unlabelled.append(_Unlabelled(draft, digest))
            if sum(isinstance(each, _Unlabelled) for each in self._unlabelled) + len(self._suggestible) >= BATCH:
                yield from self.finish()

    def _same(self, source: Source, said: Sequence[Said], digest: str) -> Iterator[Outcome]:
        """A content that came in before: nothing is read again."""
        for each in said:
            note = self._notebook.get(each.note_id)
            if self._review and note.deleted:
                yield self._put_up(_draft_of(note, source.name), note, "restore", "it was deleted")
                continue
            change: Status = "restored" if note.deleted and self._notebook.restore([note.id]) else "unchanged"
            if self._category and note.category != self._category and not self._review:
                note = self._notebook.edit(note.id, {"category": self._category})
                change = "updated"
            note = self._notebook.get(note.id)
            if change != "unchanged":
                self._remember(note, change, digest, note.original)
            yield Outcome(change, source.name, note, "changed: category" if change == "updated" else "")

    def _changed(self, source: Source, digest: str, old: Sequence[Said]) -> Iterator[Outcome]:
        """A file that says something else now: its notes follow, as far as no person wrote in them."""
        drafts = []
        for draft in self._read(source, whole=len(old) == 1):
            if isinstance(draft, Outcome):
                yield draft
            else:
                drafts.append(replace(draft, original=digest))
        if not drafts:
            return
        beside = self._original(source, digest)
        drafts = [replace(draft, exported_with=beside) for draft in drafts]
        notes = {said.note_id: self._notebook.get(said.note_id) for said in old}
        same_file = self._origin != "page"
        matched = paired(drafts, list(notes.values()), same_file=same_file)
        told = {said.note_id: said for said in old}
        for draft, note in matched:
            yield self._taken(draft, note, digest, told[note.id] if note else None)
        taken = {note.id for _, note in matched if note}
        if same_file and (left := [note for note in notes.values() if note.id not in taken and not note.deleted]):
            assert self._trail is not None
            self._trail.imports.left_out(note.id for note in left)
            for note in left:
                yield Outcome("gone", source.name, note, "the file tells of it no more; its note stays")

    def _read(self, source: Source, *, whole: bool = False) -> Iterator[Draft | Outcome]:
        """Read a file; with `whole`, a document of many matters stays one."""
        try:
            for draft in read_one(source):
                if not isinstance(draft, Draft):
                    yield self._refused(source.name, str(draft))
                elif self._router is None or self._category or whole or not parts_in(draft):
                    yield draft
                else:
                    for parts in parted([draft], self._router, self._settled):
                        yield from (part for part, _ in parts)
        except Unreadable as error:
            yield self._refused(source.name, str(error))

    # --- one draft --------------------------------------------------------------------------------------------

    def _taken(
        self,
        draft: Draft,
        note: Note | None,
        digest: str,
        said: Said | None = None,
        *,
        decision: Decision | None = None,
    ) -> Outcome:
        if self._review:
            return self._reviewed(draft, note, digest, said)
        with self._trail.imports.together() if self._trail else nullcontext():
            if note is not None and said is not None:
                return self._updated(draft, note, digest, said)
            return self._kept(draft, note, digest, decision)

    def _reviewed(self, draft: Draft, note: Note | None, digest: str, said: Said | None) -> Outcome:
        note = note or self._notebook.find(draft.id)
        if note is None and self._router and not (self._category or self._settled(draft)):
            assert self._review is not None
            known, lost = in_known_words(draft)
            waits = self._review.put(self.import_id, known, sure=False, reason=lost)
            self._suggestible.append((waits.id, draft))
            return Outcome("waiting", draft.source, None, "to be reviewed")
        if note is None:
            filing = filed(draft, self._library, self._router, self._category)
            draft = replace(filing.draft, category=filing.draft.category or filing.likeliest)
            return self._put_up(draft, None, "add", filing.reason, filing.confidence, sure=filing.sure)
        changes, reason = changes_of(draft, note, said or Said.of(note) if draft.made_id else None)
        if not changes and not note.deleted:
            self._remember(note, None, digest, draft.exported_with)
            return Outcome("unchanged", draft.source, note, reason)
        after = replace(
            _draft_of(note, draft.source),
            **{"original": digest, "exported_with": draft.exported_with, "dated_by": draft.dated_by, **changes},
        )
        return self._put_up(after, note, "restore" if note.deleted else "update", reason)

    def _put_up(
        self,
        draft: Draft,
        note: Note | None,
        aim: Literal["add", "update", "restore"],
        reason: str,
        confidence: float | None = None,
        *,
        sure: bool = True,
    ) -> Outcome:
        assert self._review is not None
        sure = sure and aim == "add" and draft.date is not None
        self._review.put(
            *(self.import_id, draft),
            aim=aim,
            note_id=note.id if note else None,
            confidence=confidence,
            sure=sure,
            reason=reason,
            before=_draft_of(note, draft.source) if note else None,
        )
        return Outcome("waiting", draft.source, None, reason or "to be reviewed")

    def _settled(self, draft: Draft) -> bool:
        return settled(draft, self._library)

    def _kept(self, draft: Draft, note: Note | None, digest: str, decision: Decision | None) -> Outcome:
        try:
            if known := note or self._notebook.find(draft.id):
                return self._again(draft, known, digest)
            filing = filed(draft, self._library, self._router, self._category, decision)
            note = self._notebook.add(filing.draft)
        except NoteRejected as error:
            return self._refused(draft.source, str(error))
        self._remember(note, "added", digest, draft.exported_with)
        return Outcome("added", draft.source, self._notebook.get(note.id), filing.reason)

    def _again(self, draft: Draft, known: Note, digest: str) -> Outcome:
        """A note that is there already: brought back if deleted, changed if it says something else now."""
        restored = bool(known.deleted and self._notebook.restore([known.id]))
        # An id made of these very words: whatever else the note says by now was written by the person, and stays.
        changes, reason = ({}, "") if draft.made_id else changes_of(draft, known, None)
        if self._category and self._category != known.category:
            changes["category"] = self._category
            reason = f"changed: {', '.join(changes)}"
        note = self._notebook.edit(known.id, changes) if changes else self._notebook.get(known.id)
        changed = bool(changes) and note.revision != known.revision
        status: Status = "updated" if changed else "restored" if restored else "unchanged"
        self._remember_all(note, restored, changed, digest, draft.exported_with)
        return Outcome(status, draft.source, note, reason if changed else "")

    def _updated(self, draft: Draft, note: Note, digest: str, said: Said) -> Outcome:
        """A note whose file says something else now."""
        restored = bool(note.deleted and self._notebook.restore([note.id]))
        changes, reason = changes_of(draft, note, said)
        try:
            after = self._notebook.edit(note.id, changes) if changes else self._notebook.get(note.id)
        except NoteRejected as error:
            return self._refused(draft.source, str(error))
        changed = bool(changes) and after.revision != note.revision
        status: Status = "updated" if changed else "restored" if restored else "unchanged"
        self._remember_all(after, restored, changed, digest, draft.exported_with)
        return Outcome(status, draft.source, after, reason)

    # --- the trail --------------------------------------------------------------------------------------------

    def _remember(self, note: Note, change: Status | None, digest: str, original: str = "") -> None:
        if self._trail is None:
            return
        if change is not None:
            self._trail.imports.changed(self.import_id, note, _as_change(change))
        if digest:
            self._trail.imports.gave(digest, note, original)

    def _remember_all(self, note: Note, restored: bool, changed: bool, digest: str, original: str) -> None:
        """Remember both what was brought back and what was changed of a note: each is undone by itself."""
        if restored:
            self._remember(note, "restored", digest, original)
        if changed or not restored:
            self._remember(note, "updated" if changed else None, digest, original)

    def _original(self, source: Source, digest: str) -> str:
        """Keep a file; returns the content of what is kept instead of it, where an export put that beside it."""
        assert self._trail is not None
        if source.original is None:
            self._trail.originals.keep(source.path, digest, source.suffix)
            return ""
        beside = digest_of(source.original)
        self._trail.originals.keep(source.original, beside, source.original.suffix)
        return beside

    def _refused(self, name: str, reason: str) -> Outcome:
        reason = reason.removeprefix(f"{name}: ")  # a list says the name beside it
        if self._trail is not None:
            self._trail.imports.refused(self.import_id, name, reason)
        return Outcome("refused", name, reason=reason)


def changes_of(draft: Draft, note: Note, said: Said | None) -> tuple[dict[str, Any], str]:
    """What a draft changes of a note, and how that is said.

    Args:
        said: what the file said before: only what differs from that is the file's change, and where the note says
            something else by now, a person wrote it. None where the draft's word counts whatever the note says.
    """
    new: dict[str, Any] = {"title": " ".join(draft.title.split()), "text": draft.text.strip(), "date": draft.date}
    changes = {name: value for name, value in new.items() if value and value != getattr(note, name)}
    if said is None:
        if draft.dated_by != "front matter":
            changes.pop("date", None)  # only a date that the file gives is its word on the note
        return changes, f"changed: {', '.join(changes)}" if changes else ""
    before = {"title": said.title, "text": said.text, "date": said.date}
    written = {"title": note.title, "text": fingerprint(note.text), "date": note.date.isoformat() if note.date else ""}
    mine = [name for name in changes if written[name] != before[name]]
    changes = {name: value for name, value in changes.items() if name not in mine}
    parts = [f"changed: {', '.join(changes)}"] if changes else []
    parts += [f"your own {' and '.join(mine)} stays"] if mine else []
    return changes, "; ".join(parts)


def _as_change(status: Status) -> Change:
    return "added" if status == "added" else "updated" if status == "updated" else "restored"


def _draft_of(note: Note, source: str) -> Draft:
    return Draft(note.text, note.title, note.category, note.date, note.tags, note.id, source, original=note.original)


def _unchanged(path: Path, before: KnownFile | None) -> str:
    """The content that a file had before, where its size and time say that it has it still; else nothing."""
    if before is None or before.place.startswith(PAGE) or before.digest.startswith(NO_NOTE):
        return ""
    stat = path.stat()
    return before.digest if (stat.st_size, stat.st_mtime_ns) == (before.bytes, before.modified) else ""


def _there(place: str) -> bool:
    """Whether a file still lies at a place, or what it was packed in."""
    path = Path(place)
    return path.exists() or any(parent.is_file() for parent in path.parents)
