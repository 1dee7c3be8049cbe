"""ZIP files and attachments unpacked one at a time, within bounds; what lies in them is read like any file."""

from __future__ import annotations

import datetime as dt
import os
import re
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

from knowledge.errors import Unreadable
from knowledge.exported import LIST_FILE, LONGEST_LIST, Exported, is_still
from knowledge.readers.evernote import enclosed
from knowledge.readers.kinds import hidden, kind_of, shown_again
from knowledge.readers.mail import attachments, parsed
from knowledge.readers.source import Source

MAX_UNPACKED = 2_000_000_000
"""Bytes that a ZIP file may hold; more would fill a disk."""
MAX_MEMBER = 250_000_000
MAX_MEMBERS = 5_000
MAX_RATIO = 200
"""How many times larger than packed a file may come out; honest papers and photos stay far below."""
DEEPEST = 3
"""ZIP files within ZIP files, and messages within messages, that are opened."""
_DAMAGED = (BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError)


def unpacked(source: Source, depth: int = 0) -> Iterator[Source | Unreadable]:
    """Return the files that a file stands for: itself, what a ZIP file or mailbox holds, a message with what it brings.

    Each lies on disk until the next one is asked for. What cannot be opened comes out as an Unreadable.

    Raises:
        Unreadable: the file itself cannot be opened.
    """
    match kind_of(source):
        case "archive":
            inside = _members(source)
        case "mailbox":
            inside = _messages(source)
        case "mail":
            yield source
            inside = _attached(source)
        case "evernote":
            yield source
            inside = _unpacked_each(source, enclosed(source))
        case _:
            yield source
            return
    if depth == DEEPEST:
        yield Unreadable(f"{source.name}: lies too deep inside other files. Unpack it first.")
        return
    for each in inside:
        if isinstance(each, Unreadable):
            yield each
            continue
        try:
            yield from unpacked(each, depth + 1)
        except Unreadable as error:
            yield error


def _members(source: Source) -> Iterator[Source | Unreadable]:
    try:
        archive = ZipFile(source.path)
    except (BadZipFile, LargeZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable(f"{source.name}: is a damaged ZIP file. Pack or fetch it again.") from error
    with archive:
        members = [each for each in archive.infolist() if not each.is_dir() and not hidden(_parts(each.filename))]
        if len(members) > MAX_MEMBERS:
            raise Unreadable(f"{source.name}: holds {len(members):,} files, more than {MAX_MEMBERS:,}. Split it.")
        if sum(each.file_size for each in members) > MAX_UNPACKED:
            raise Unreadable(
                f"{source.name}: would unpack to more than {MAX_UNPACKED / 1e9:.0f} GB, as a ZIP bomb does."
            )
        if not members:
            raise Unreadable(f"{source.name}: is a ZIP file without a file in it.")
        again = shown_again((each.filename for each in members), lambda name: _content(archive, name))
        members = [each for each in members if each.filename not in again]
        told = _exported(archive)
        with tempfile.TemporaryDirectory(prefix="our-house-") as scratch:
            for number, member in enumerate(members):
                for each in _member(source, archive, member, Path(scratch) / str(number)):
                    if isinstance(each, Unreadable):
                        yield each
                    elif not is_still(each.path, told.files.get(member.filename, frozenset())):
                        yield replace(each, original=_original(archive, told, member.filename, Path(scratch)))


def _exported(archive: ZipFile) -> Exported:
    """The originals that exports put into an archive, which come back with their notes; all by their names there."""
    files, originals = dict[str, frozenset[str]](), dict[str, str]()
    for member in archive.infolist():
        if PurePosixPath(member.filename).name == LIST_FILE:
            with suppress(*_DAMAGED), archive.open(member) as packed:
                told, folder = Exported.read(packed.read(LONGEST_LIST)), member.filename.removesuffix(LIST_FILE)
                files |= {folder + name: hashes for name, hashes in told.beside.items()}
                originals |= {folder + note: folder + name for note, name in told.originals.items()}
    return Exported(files, originals)


def _original(archive: ZipFile, told: Exported, note: str, scratch: Path) -> Path | None:
    """The original of a note's file, to lie there until the next one does; None where it has none."""
    name = told.originals.get(note, "")
    path = scratch / f"original{PurePosixPath(name).suffix}"
    try:
        member = archive.getinfo(name)
        if not _bomb(member):
            _unpack(archive, member, path)
    except (KeyError, *_DAMAGED):
        return None
    return path if is_still(path, told.files.get(name, frozenset())) else None


def _content(archive: ZipFile, name: str) -> bytes:
    """What a member holds; nothing where that cannot be had."""
    with suppress(*_DAMAGED):
        return b"" if _bomb(member := archive.getinfo(name)) else archive.read(member)
    return b""


def _bomb(member: ZipInfo) -> bool:
    return member.file_size > MAX_MEMBER or member.file_size > 1_000_000 + MAX_RATIO * max(1, member.compress_size)


def _unpack(archive: ZipFile, member: ZipInfo, path: Path) -> None:
    """Write a member to a path; raises one of the errors of what is damaged."""
    with archive.open(member) as packed, path.open("wb") as file:
        left = member.file_size + 1  # what its own list says is not to be trusted
        while left > 0 and (block := packed.read(min(1 << 20, left))):
            file.write(block)
            left -= len(block)
        if left <= 0:
            raise BadZipFile("longer than it says")


def _member(source: Source, archive: ZipFile, member: ZipInfo, path: Path) -> Iterator[Source | Unreadable]:
    name = f"{source.name}/{member.filename}"
    parts = _parts(member.filename)
    if parts[0].startswith("/") or ".." in parts or ":" in parts[0]:
        yield Unreadable(f"{name}: points outside its ZIP file, and is left alone.")
        return
    if member.flag_bits & 1:
        yield Unreadable(f"{name}: is locked with a password. Unpack it, and bring in what comes out.")
        return
    if _bomb(member):
        yield Unreadable(f"{name}: would unpack to {member.file_size / 1e6:,.0f} MB, as a ZIP bomb does.")
        return
    try:
        _unpack(archive, member, path)
    except _DAMAGED as error:
        yield Unreadable(f"{name}: is damaged inside its ZIP file ({error}).")
        path.unlink(missing_ok=True)
        return
    _date(path, member.date_time)
    try:
        yield replace(source, path=path, name=name)
    finally:
        path.unlink(missing_ok=True)


def _attached(source: Source) -> Iterator[Source | Unreadable]:
    message = parsed(source)
    sent = getattr(message.get("Date"), "datetime", None)
    yield from _unpacked_each(source, attachments(message), sent.timetuple()[:6] if sent else None)


def _messages(source: Source) -> Iterator[Source | Unreadable]:
    """The messages of a mailbox, each as a file."""
    from mailbox import mbox

    messages = mbox(source.path, create=False)
    try:
        if len(messages) > MAX_MEMBERS:
            raise Unreadable(f"{source.name}: holds {len(messages):,} messages, more than {MAX_MEMBERS:,}. Split it.")
        # A line that begins like a message's first one has a mark before it, which is none of a quote.
        told = (re.sub(rb"(?m)^>(>*From )", rb"\1", messages.get_bytes(key)) for key in messages.iterkeys())
        yield from _unpacked_each(source, ((f"message {number}.eml", data) for number, data in enumerate(told, 1)))
    finally:
        messages.close()


def _unpacked_each(
    source: Source, files: Iterable[tuple[str, bytes]], when: tuple[int, ...] | None = None
) -> Iterator[Source]:
    """Files by name, each to lie there until the next one does, and to be as old as `when` says."""
    with tempfile.TemporaryDirectory(prefix="our-house-") as scratch:
        for number, (name, data) in enumerate(files):
            path = Path(scratch) / str(number)
            path.write_bytes(data)
            if when:
                _date(path, when)
            yield replace(source, path=path, name=f"{source.name}/{name}")
            path.unlink(missing_ok=True)


def _date(path: Path, when: tuple[int, ...]) -> None:
    """Give an unpacked file the day that it had; a day that none was stays what it is."""
    with suppress(ValueError, OverflowError, OSError):
        stamp = dt.datetime(*when).timestamp()  # type: ignore[arg-type]  # six numbers of a time
        os.utime(path, (stamp, stamp))


def _parts(name: str) -> tuple[str, ...]:
    return PurePosixPath(name.replace("\\", "/")).parts
