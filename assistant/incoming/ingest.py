"""Files into notes: each read, followed as it changes, kept or put up for review; reading is `knowledge.readers`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path

from assistant.incoming.destinations import AsNotes, Destination, ForReview
from assistant.incoming.followed import FollowedFiles, Seen, UnfollowedFiles
from assistant.incoming.labelling import Labeller
from assistant.incoming.naming import is_text, text_of
from assistant.incoming.outcomes import Outcome
from assistant.incoming.trail import ImportLog, NoLog, Trail
from classifier.decision import Router
from knowledge.errors import Unreadable
from knowledge.exported import original_beside
from knowledge.following import Following
from knowledge.library import Library
from knowledge.note import Draft
from knowledge.pairing import paired
from knowledge.readers import Source, files_in, read_one, unpacked


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
        self._notebook = library.notebook
        self._labeller = Labeller(library, router, self._notebook.known_category(category))
        self._log = ImportLog(trail.imports, origin) if trail else NoLog()
        self._files = FollowedFiles(trail, origin) if trail else UnfollowedFiles()
        self._destination: Destination = AsNotes(self._labeller, self._log)
        if trail and review:
            self._destination = ForReview(self._labeller, trail.waiting, self._log)
        self._day_first = day_first
        self._on_file, self._done = on_file, 0
        self.total = 0
        """How many files there will be, as far as whoever hands them in knows."""

    @property
    def import_id(self) -> str:
        """What the record calls this import; it is there from the first time that something is said of it."""
        return self._log.import_id

    def path(self, path: Path) -> Iterator[Outcome]:
        """Bring a file in, or all those of a folder; notes of files that are gone from it are marked.

        Some outcomes come with a later file, or with `finish`.
        """
        if not path.exists():
            yield Outcome("refused", str(path), reason="there is no such file or folder")
            return
        for each in files_in(path):
            yield from self.file(each)
        if path.is_dir():
            yield from self._files.gone(path)

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
            yield self._log.refused(
                text_of(name), "Its name is not UTF-8, so that no note can say where it is from. Rename it."
            )
            return
        try:
            for source in unpacked(Source(path, name, self._day_first, original=original_beside(path))):
                if isinstance(source, Unreadable):
                    yield self._log.refused(name, str(source))
                else:
                    yield from self._one(source, place + source.name[len(name) :])
        except Unreadable as error:
            yield self._log.refused(name, str(error))
        self._destination.once_kept(partial(self._files.saw_no_note, path, name, place))

    def finish(self) -> Iterator[Outcome]:
        """Label what still waits for it: many at once cost a router far less than one after the other."""
        yield from self._destination.finish()

    def _one(self, source: Source, place: str) -> Iterator[Outcome]:
        """Bring in what is no archive, as far as it says something that it did not say before."""
        try:
            seen = self._files.look(source, place)
        except Unreadable as error:
            yield self._log.refused(source.name, str(error))
            return
        match seen.state:
            case "touched":  # what a person did with its notes since stays
                self._files.saw(seen.file)
            case "known":
                for said in seen.said:
                    yield self._destination.again(self._notebook.get(said.note_id), seen.file)
                self._files.saw_again(seen.file)
            case "waiting":
                yield Outcome("waiting", source.name, reason="it waits for review already")
                self._files.saw(seen.file)
            case "new" | "changed":
                yield from self._said_anew(source, seen)

    def _said_anew(self, source: Source, seen: Seen) -> Iterator[Outcome]:
        """Read a file; it is remembered once its notes are safe, so that what is broken off before is read again."""
        self._files.supersede(seen)
        read = False
        for outcome in self._changed(source, seen) if seen.state == "changed" else self._new(source, seen):
            read = read or outcome.status != "refused"
            yield outcome
        self._destination.once_kept(partial(self._files.saw, seen.file if read else seen.unread))

    def _new(self, source: Source, seen: Seen) -> Iterator[Outcome]:
        return self._destination.bring(self._read(source, seen.file.digest), seen.file.digest)

    def _changed(self, source: Source, seen: Seen) -> Iterator[Outcome]:
        """A file that says something else now: its notes follow, as far as no person wrote in them."""
        drafts: list[Draft] = []
        for draft in self._read(source, seen.file.digest):
            if isinstance(draft, Outcome):
                yield draft
            else:  # what came in as one note stays one
                drafts += [draft] if len(seen.said) == 1 else self._labeller.parts(draft)
        if not drafts:
            return
        said = {each.note_id: each for each in seen.said}
        notes = [self._notebook.get(note_id) for note_id in said]
        pairs = paired(drafts, notes, same_file=seen.same_file)
        for draft, note in pairs:
            yield self._destination.changed(draft, note, said[note.id]) if note else self._destination.new(draft)
        if seen.same_file:
            told_of = {note.id for _, note in pairs if note}
            left = [note for note in notes if note.id not in told_of and not note.deleted]
            yield from self._files.left_out(seen.file, left)

    def _read(self, source: Source, digest: str) -> Iterator[Draft | Outcome]:
        """Yield what a file says, and in its place what cannot be read of it."""
        try:
            for draft in read_one(source):
                if isinstance(draft, Draft):
                    yield self._files.with_original(draft, source, digest)
                else:
                    yield self._log.refused(source.name, str(draft))
        except Unreadable as error:
            yield self._log.refused(source.name, str(error))
