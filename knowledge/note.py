"""The values that travel through the knowledge room: drafts, notes, passages, hits and scopes, without work."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Draft:
    """A note that nobody has kept yet: what a person typed, or what a reader found in a file."""

    text: str
    title: str = ""
    category: str | None = None
    date: dt.date | None = None
    tags: tuple[str, ...] = ()
    id: str | None = None
    """Given by whoever brings the note; the notebook makes one where it is None."""
    source: str = ""
    """The file it came from, as the person knows it; empty when typed."""
    sample: bool = False
    """Part of the invented sample house, to be removed as a whole."""
    dated_by: str = ""
    """Where the date was found: 'front matter', 'text', 'mail', 'photo', 'file name' or 'file'; empty when typed.

    Where only the household's setting tells the day from the month, it follows: 'text, month first'.
    """
    made_id: bool = False
    """Whether a reader made the id of the words; what the note says beyond them was then written by a person."""
    original: str = ""
    """The SHA-256 of the file that it was read from, where that is kept."""
    exported_with: str = ""
    """The SHA-256 of the original that an export put beside that file: the note was first read from it, and has it."""


@dataclass(frozen=True)
class Note:
    """A note as the record holds it."""

    id: str
    title: str
    text: str
    category: str | None
    date: dt.date | None
    tags: tuple[str, ...]
    source: str
    sample: bool
    created_at: dt.datetime
    updated_at: dt.datetime
    revision: int
    """Grows by one with every change, so that two people cannot overwrite each other unseen."""
    deleted: bool = False
    dated_by: str = ""
    """Where the date was found, as `Draft` says; empty where a person gave it."""
    original: str = ""
    """The SHA-256 of the file that it was read from; empty where none is kept."""
    gone: bool = False
    """Whether that file was deleted since from where it lay."""


@dataclass(frozen=True)
class Passage:
    """A part of a note, small enough for the embedder's window; it carries what its note is about."""

    id: str
    note_id: str
    title: str
    category: str | None
    date: dt.date | None
    heading: str
    """The path of headings above the passage within its note, joined by ' › '; empty at the top."""
    text: str

    @property
    def place(self) -> int:
        """Its place among the passages of its note, from 0."""
        return int(self.id.rpartition("#")[2])

    @property
    def embedded(self) -> str:
        """What the embedder sees: the text under its title, category, date and heading."""
        about = " · ".join(
            part
            for part in (
                self.title,
                self.category or "",
                f"{self.date:%B %Y}" if self.date else "",
                self.heading,
            )
            if part
        )
        return f"{about}\n{self.text}" if about else self.text


def evidence(similarity: float, overlap: float) -> float:
    """Return what both searches say for a passage or a note, 0 to 1, of its cosine and its share of the words."""
    return 0.6 * max(0.0, similarity) + 0.4 * overlap


@dataclass(frozen=True)
class Moment:
    """A dated note, as one of several that tell of the same thing again and again."""

    note_id: str
    title: str
    date: dt.date


SUREST = 7.0
"""Log-odds that a sentence answers from where on it is taken for certain: nine in ten thousand are left to chance."""
_LEAST = 1e-6


@dataclass(frozen=True)
class Told:
    """A sentence of a note, read together with a question."""

    sentence: str
    answering: float
    """How likely it answers, 0 to 1."""

    @property
    def log_odds(self) -> float:
        """Of that, to `SUREST` at most: where several sentences answer with a chance of .99, one may have .999."""
        chance = min(max(self.answering, _LEAST), 1 - _LEAST)
        return min(max(math.log(chance / (1 - chance)), -SUREST), SUREST)


@dataclass(frozen=True)
class Hit:
    """A note that a search found, with its best passages."""

    note_id: str
    title: str
    category: str | None
    date: dt.date | None
    passages: tuple[Passage, ...]
    score: float
    """What the hits are ranked by, 0 to 1; comparable within one search and between searches."""
    similarity: float
    """Cosine between the question's and the best passage's embedding, -1 to 1."""
    overlap: float
    """Share of the question's words, weighted by their rarity in the house, that the note holds; 0 to 1."""
    best: int = 0
    """Which of the passages the note was found by."""
    coded: float = 0.0
    """How telling a code is that the question names and the note holds, 0 to 1; nought where there is none."""
    deciding: tuple[Told, ...] = ()
    """Its sentences that answer best, best first; none where nobody read it."""
    history: tuple[Moment, ...] = ()
    """All notes that tell of the same thing, itself among them, oldest first; empty where there are not three."""

    @property
    def answering(self) -> float:
        """How likely its best sentence answers, 0 to 1; nought where nobody read it."""
        return self.deciding[0].answering if self.deciding else 0.0

    @property
    def log_odds(self) -> float:
        """That its best sentence answers, -`SUREST` to `SUREST`; the least where nobody read it."""
        return self.deciding[0].log_odds if self.deciding else -SUREST

    @property
    def evidence(self) -> float:
        """What both searches say for it alone, 0 to 1, whatever its date and its fellows."""
        return evidence(self.similarity, self.overlap)

    @property
    def text(self) -> str:
        """The words of the passages that were found, in the note's own order and under their headings."""
        above = ["", *(passage.heading for passage in self.passages)]
        return "\n\n".join(
            passage.text if passage.heading in ("", before) else f"# {passage.heading}\n{passage.text}"
            for before, passage in zip(above, self.passages, strict=False)
        )


def whole(note: Note, found: float = 0.0) -> Hit:
    """Return a note as if a search had found all of it, with this score and as near."""
    passage = Passage(note.id, note.id, note.title, note.category, note.date, "", note.text)
    return Hit(note.id, note.title, note.category, note.date, (passage,), found, found, found)


@dataclass(frozen=True)
class Scope:
    """Which notes a search looks at, and why: what the page says aloud."""

    categories: tuple[str, ...] | None
    """None for the whole house. Notes without a category belong to every scope."""
    reason: str
    searched: int = 0
    """How many notes the scope holds."""
    total: int = 0
    """How many notes the house holds."""
    uncategorised: int = 0
    """How many of the scope's notes have no category."""

    @property
    def sentence(self) -> str:
        """The scope as the page says it, such as 'Searched 16 pool notes of 220'."""
        if not self.total:
            return "This house has no notes yet"
        if self.categories is None:
            return f"Searched all {self.total} notes"
        own = self.searched - self.uncategorised
        looked = f"Searched {own} {' and '.join(self.categories)} {'note' if own == 1 else 'notes'}"
        if self.uncategorised:
            return f"{looked} and {self.uncategorised} without a category, of {self.total}"
        return f"{looked} of {self.total}"


@dataclass(frozen=True)
class NoteFilter:
    """Which notes of the record to list; every field left alone lets all pass."""

    category: str | None = None
    uncategorised: bool = False
    text: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    deleted: bool = False
    sample: bool | None = None
    limit: int | None = None
    ids: tuple[str, ...] | None = None
    """None for whatever id; no id lets none pass."""
