"""Files as the house knows them: which are new, changed, moved or gone; what they say is read and kept by others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from assistant.incoming.outcomes import Outcome
from assistant.incoming.trail import Trail
from knowledge.errors import Unreadable
from knowledge.imports import KnownFile, Said, known_file
from knowledge.note import Draft, Note
from knowledge.originals import digest_of
from knowledge.readers import Source

PAGE = "page:"
"""What the place of a file begins with that a browser brought: it tells a name, and not where the file lies."""
NO_NOTE = "no note: "
"""What stands in the place of a content where a file gives no note itself."""
State = Literal["new", "changed", "known", "touched", "waiting"]
"""`changed` says something else of its notes than before; `known` says what came in before, from here or elsewhere;
`touched` is that at the same place of the watched folder; `waiting` has drafts that wait for review."""


@dataclass(frozen=True)
class Seen:
    """A file as it lies now, beside what the house knows of it."""

    state: State
    file: KnownFile
    said: tuple[Said, ...] = ()
    """What a known file said of each of its notes, and what a changed one said of them before."""
    before: KnownFile | None = None
    """What lay at its place when something last came in from there."""
    same_file: bool = True
    """Whether that was surely this file, and not just another of its name."""

    @property
    def unread(self) -> KnownFile:
        """The file as it is remembered where nothing of it can be read."""
        if self.before is None or self.state != "changed":
            return self.file
        # Saved broken: once it is whole again, it is a change of what it said before.
        return replace(self.file, digest=self.before.digest)


class FollowedFiles:
    """The files of one import, each known by its place and its content."""

    def __init__(self, trail: Trail, origin: str) -> None:
        """Args: what the house knows of files; where these are from: `page`, `command line` or `inbox`."""
        self._imports, self._originals, self._waiting = trail.imports, trail.originals, trail.waiting
        self._origin = origin

    def look(self, source: Source, place: str) -> Seen:
        """Return what is known of a file that lies at a place; raises Unreadable where it cannot be opened."""
        before = self._imports.at(place)
        try:
            digest = _unchanged(source.path, before) or digest_of(source.path)
            file = known_file(source.path, place, source.name, digest)
        except OSError as error:
            raise Unreadable(f"{source.name}: cannot be read ({error.strerror or error}).") from error
        same_file = self._origin != "page"
        if self._origin == "inbox" and before and before.digest == digest:
            return Seen("touched", file, (), before, same_file)
        if self._imports.places_of(digest):
            if said := self._imports.notes_of(digest):
                return Seen("known", file, tuple(said), before, same_file)
            if self._waiting.holds(digest):
                return Seen("waiting", file, (), before, same_file)
        old = self._said_before(before) if before and before.digest != digest else ()
        return Seen("changed" if old else "new", file, old, before, same_file)

    def supersede(self, seen: Seen) -> None:
        """Forget what waits for review of a file that says something else now, where no copy still says it."""
        before = seen.before
        if before is None or before.digest == seen.file.digest or not seen.same_file:
            return
        if len(self._imports.places_of(before.digest)) == 1:
            self._waiting.supersede(before.digest)

    def saw(self, file: KnownFile) -> None:
        """Remember a file that was read to its end."""
        self._imports.saw(file)

    def saw_again(self, file: KnownFile) -> None:
        """Remember where a known content lies now: moved where the place before is empty, else a copy."""
        for known in self._imports.places_of(file.digest):
            if known.place != file.place and not known.place.startswith(PAGE) and not lies_at(known.place):
                self._imports.moved(known, file)
        self._imports.saw(file)

    def saw_no_note(self, path: Path, name: str, place: str) -> None:
        """Remember by its size and time alone what is packed, or cannot be read."""
        known = self._imports.at(place)
        # What may be read tomorrow, such as where permission is denied today, is not remembered.
        with suppress(OSError), path.open("rb"):
            if known is None or known.digest.startswith(NO_NOTE):
                self._imports.saw(known_file(path, place, name, NO_NOTE + place))

    def with_original(self, draft: Draft, source: Source, digest: str) -> Draft:
        """Keep the file that a draft was read from, or what an export put beside it; returns the draft with it."""
        if source.original is None:
            self._originals.keep(source.path, digest, source.suffix)
            return replace(draft, original=digest)
        beside = digest_of(source.original)
        self._originals.keep(source.original, beside, source.original.suffix)
        return replace(draft, original=digest, exported_with=beside)

    def gone(self, folder: Path) -> Iterator[Outcome]:
        """Mark the notes of files that lay in a folder and do not any more."""
        for known in self._imports.within(str(folder.resolve())):
            if not lies_at(known.place):
                for note in self._imports.missing(known):
                    yield Outcome("gone", known.name, note, "the file is gone; its note stays")

    def left_out(self, file: KnownFile, notes: Sequence[Note]) -> Iterator[Outcome]:
        """Mark the notes that a changed file tells of no more."""
        if notes:
            self._imports.left_out(note.id for note in notes)
        for note in notes:
            yield Outcome("gone", file.name, note, "the file tells of it no more; its note stays")

    def _said_before(self, before: KnownFile) -> tuple[Said, ...]:
        """What a file said of its notes before it changed, or was to say of them once it was reviewed."""
        if said := self._imports.notes_of(before.digest):
            return tuple(said)
        waited_for = self._waiting.notes_of(before.digest)
        return tuple(last for note_id in waited_for if (last := self._imports.last_said(note_id)))


class UnfollowedFiles:
    """The same where no house keeps a trail: every file is new, and none is remembered."""

    def look(self, source: Source, place: str) -> Seen:
        """Return the file as a new one, unopened."""
        return Seen("new", KnownFile(place, source.name, digest="", bytes=0, modified=0, gone=False))

    def supersede(self, seen: Seen) -> None:
        """Nothing waits."""

    def saw(self, file: KnownFile) -> None:
        """Remember nothing."""

    def saw_again(self, file: KnownFile) -> None:
        """Remember nothing."""

    def saw_no_note(self, path: Path, name: str, place: str) -> None:
        """Remember nothing."""

    def with_original(self, draft: Draft, source: Source, digest: str) -> Draft:
        """Return the draft as it is."""
        return draft

    def gone(self, folder: Path) -> Iterator[Outcome]:
        """No file is known that could be gone."""
        yield from ()

    def left_out(self, file: KnownFile, notes: Sequence[Note]) -> Iterator[Outcome]:
        """No note is known to be a file's."""
        yield from ()


def lies_at(place: str) -> bool:
    """Whether a file still lies at a place, or what it was packed in."""
    path = Path(place)
    return path.exists() or any(parent.is_file() for parent in path.parents)


def _unchanged(path: Path, before: KnownFile | None) -> str:
    """The content that a file had before, where its size and time say that it has it still; else nothing."""
    if before is None or before.place.startswith(PAGE) or before.digest.startswith(NO_NOTE):
        return ""
    stat = path.stat()
    return before.digest if (stat.st_size, stat.st_mtime_ns) == (before.bytes, before.modified) else ""
