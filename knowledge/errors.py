"""What can go wrong with notes.

KnowledgeError
├── NotebookUnavailable   the record cannot be opened or written: read-only, full, damaged
├── IndexUnavailable      the vector index cannot be opened or written
│   └── IndexUnreachable  its server does not answer; making it anew would help nobody
├── RerankerUnavailable   what reads notes with a question cannot be read itself
├── NoteRejected          a note that cannot be kept: empty, too long, a date that is none
├── NoSuchNote            an id that no note has
├── NoteChanged           somebody else changed the note meanwhile
├── Unreadable            a file that no reader can turn into notes
├── FactRejected          what a person says of a note is no fact: no amount, no day
└── ExportRefused         a file or folder that notes cannot be written to
"""


class KnowledgeError(Exception):
    """Base of everything that this package raises on purpose; its text is fit to show a person."""


class NotebookUnavailable(KnowledgeError):
    """The record cannot be opened or written."""


class IndexUnavailable(KnowledgeError):
    """The vector index cannot be opened or written; it can be rebuilt from the record."""


class IndexUnreachable(IndexUnavailable):
    """The server that holds the vector index does not answer, or not as it should."""


class RerankerUnavailable(KnowledgeError):
    """What reads notes with a question cannot be read itself."""


class NoteRejected(KnowledgeError):
    """A note cannot be kept as it is."""


class NoSuchNote(KnowledgeError):
    """No note has this id."""


class NoteChanged(KnowledgeError):
    """The note was changed by somebody else since it was read."""


class Unreadable(KnowledgeError):
    """A file cannot be turned into notes."""


class FactRejected(KnowledgeError):
    """What was said of a note cannot be kept as a fact."""


class ExportRefused(KnowledgeError):
    """Notes cannot be written there: something else is there already, or the disk does not take them."""
