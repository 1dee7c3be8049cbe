"""Notes to files that people and other programs read, and `readers` takes back; which notes, is the caller's choice."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.errors import ExportRefused
from knowledge.exported import LIST_FILE, ORIGINALS, Exported, exported
from knowledge.note import Note
from knowledge.originals import digest_of

WITHOUT = "without category"
MAX_NAME = 100
"""Characters of a file's name, well below what file systems take."""
NONE = "none"
"""What stands for no category, so that none is guessed when the note comes back."""
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*#^\[\]]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class Written:
    """What an export did to a folder."""

    written: int = 0
    unchanged: int = 0
    removed: int = 0
    """Files of an earlier export whose notes are gone or are called otherwise."""
    beside: tuple[Path, ...] = ()
    """Files that somebody else wrote or changed, and that were left as they are."""


def export_lines(notes: Sequence[Note], file: Path, on_progress: OnProgress = lambda done, total: None) -> None:
    """Write notes as JSON Lines, whole or not at all; raises ExportRefused where the file exists, or cannot be."""
    if file.exists():
        raise ExportRefused(f"{file} exists already. Choose another name, or delete it first.")
    partial = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        with partial.open("x", encoding="utf-8", newline="\n") as lines:
            for done, note in enumerate(notes):
                on_progress(done, len(notes))
                lines.write(json.dumps(_fields(note), ensure_ascii=False) + "\n")
        partial.replace(file)
    except OSError as error:
        raise ExportRefused(f"{file} cannot be written ({error.strerror or error}). Choose another place.") from error
    finally:
        partial.unlink(missing_ok=True)


def export_folder(
    notes: Sequence[Note],
    folder: Path,
    original: Callable[[Note], Path | None] = lambda note: None,
    on_progress: OnProgress = lambda done, total: None,
) -> Written:
    """Write notes as Markdown with front matter, a folder for each category, and their original files.

    What an earlier export wrote here is brought up to date; what anybody else wrote, or changed since, stays as it is,
    and a note whose place it takes is written under another name.

    Args:
        original: tells the file that a note came from, where that was kept.

    Raises:
        ExportRefused: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        ours = exported(folder).files
        taken = {_folded(path) for path in _foreign(folder, ours)}
        files, originals, beside = _named(sorted(notes, key=lambda note: (note.created_at, note.id)), original, taken)
        # Listed before they are there: what a stop in between leaves behind is still known for our own.
        known = {name: ours.get(name, frozenset()) | _digest(files.get(name)) for name in {*ours, *files}}
        _list(folder, Exported(known, originals))
        written = 0
        for done, (name, content) in enumerate(files.items()):
            on_progress(done, len(files))
            written += _put(folder / name, content)
        gone = [name for name in ours if name not in files and (folder / name).is_file()]
        gone = [name for name in gone if _digest(folder / name) <= ours[name]]
        for name in gone:
            (folder / name).unlink()
        for parent in {(folder / name).parent for name in gone} - {folder}:
            if not any(parent.iterdir()):
                parent.rmdir()
        _list(folder, Exported({name: _digest(content) for name, content in files.items()}, originals))
    except OSError as error:
        raise ExportRefused(
            f"{folder} cannot be written ({error.strerror or error}). Choose another folder, or free some space; the "
            "same command goes on where it stopped."
        ) from error
    return Written(written, len(files) - written, len(gone), tuple(folder / name for name in beside))


def safe_name(text: str) -> str:
    """Return a text as a name that every file system takes, and Obsidian can link to."""
    name = unicodedata.normalize("NFC", _UNSAFE.sub(" ", text))
    name = " ".join(name.split())[:MAX_NAME].strip(". ")
    while len(name.encode()) > 2 * MAX_NAME:
        name = name[:-1].strip(". ")
    return f"_{name}" if _RESERVED.fullmatch(name) else name or "note"


def _named(
    notes: Iterable[Note], original: Callable[[Note], Path | None], taken: set[str]
) -> tuple[dict[str, bytes | Path], dict[str, str], list[str]]:
    """Each file's content by its name within the folder, which original a note's file has, and what others' took."""
    files: dict[str, bytes | Path] = {}
    originals: dict[str, str] = {}
    kept_as: dict[Path, str] = {}
    beside, foreign = [], frozenset(taken)
    for note in notes:
        source = original(note)
        if source is not None and source not in kept_as:  # one file may have given many notes
            stem = safe_name(Path(note.source or source.name).stem)  # as the person called it
            name = f"{ORIGINALS}/{stem}{source.suffix}"
            if _folded(name) in taken:
                name = f"{ORIGINALS}/{stem} ({safe_name(note.id)}){source.suffix}"
            taken.add(_folded(name))
            files[name], kept_as[source] = source, name
        stem = safe_name(" ".join(part for part in (note.date.isoformat() if note.date else "", note.title) if part))
        # The id tells notes of one day and title apart, always in the same way.
        tries = (stem, f"{stem} ({safe_name(note.id)})", f"{stem} ({safe_name(note.id)}, our-house)")
        names = [f"{safe_name(note.category or WITHOUT)}/{each}.md" for each in tries]
        name = next((each for each in names if _folded(each) not in taken), names[-1])
        beside += [names[0]] if _folded(names[0]) in foreign else []
        taken.add(_folded(name))
        files[name] = _markdown(note, kept_as.get(source) if source else None)
        if source is not None:
            originals[name] = kept_as[source]
    return files, originals, beside


def _markdown(note: Note, original: str | None) -> bytes:
    import frontmatter

    fields = {name: value for name, value in _fields(note).items() if name != "text" and value}
    fields["date"] = note.date
    if original is not None:
        fields["original"] = f"[[{original}]]"  # a link that Obsidian follows
    post = frontmatter.Post(note.text, **{name: value for name, value in fields.items() if value})
    text: str = frontmatter.dumps(post, sort_keys=False, allow_unicode=True, width=10_000)
    return (text + "\n").encode()


def _fields(note: Note) -> dict[str, Any]:
    return {
        "id": note.id,
        "title": note.title,
        "date": note.date.isoformat() if note.date else None,
        "category": note.category or NONE,
        "tags": list(note.tags),
        "source": note.source,
        "text": note.text,
    }


def _put(path: Path, content: bytes | Path) -> bool:
    """Write a file where it is not there in the same words already; returns whether it was."""
    if path.is_file() and _digest(path) == _digest(content):
        return False
    path.parent.mkdir(exist_ok=True)
    partial = path.with_name(f".{secrets.token_hex(8)}")
    try:
        if isinstance(content, Path):
            shutil.copyfile(content, partial)
        else:
            partial.write_bytes(content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return True


def _digest(content: bytes | Path | None) -> frozenset[str]:
    """The SHA-256 of a content or a file, as a set of one; of nothing, none."""
    match content:
        case None:
            return frozenset()
        case bytes():
            return frozenset({hashlib.sha256(content).hexdigest()})
        case _:
            return frozenset({digest_of(content)})


def _foreign(folder: Path, ours: Mapping[str, frozenset[str]]) -> list[str]:
    """The names of the files in the folder that no export wrote, or that were changed since."""
    names = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return [name for name, path in names.items() if name not in ours or not _digest(path) <= ours[name]]


def _folded(name: str) -> str:
    """A name as file systems that make no difference of case see it."""
    return unicodedata.normalize("NFC", name).casefold()


def _list(folder: Path, files: Exported) -> None:
    partial = folder / f".{secrets.token_hex(8)}"
    try:
        partial.write_bytes(files.content())
        partial.replace(folder / LIST_FILE)
    finally:
        partial.unlink(missing_ok=True)
