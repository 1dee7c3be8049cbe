"""What an export wrote into a folder, as its list says, so that what comes back is known; writing is `export`'s."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from knowledge.originals import digest_of

LIST_FILE = ".our-house-export.json"
"""Names every file that an export wrote into a folder, with the SHA-256 of what it wrote."""
ORIGINALS = "originals"
LONGEST_LIST = 50_000_000
"""Bytes; no house has so many notes."""


@dataclass(frozen=True)
class Exported:
    """What was written, by names within the folder."""

    files: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Every file, with the SHA-256 of what was written: two, where a stop came in between."""
    originals: Mapping[str, str] = field(default_factory=dict)
    """The original file of each note's file that has one."""

    @classmethod
    def read(cls, content: bytes) -> Exported:
        """Return what a list says; one that is none, or points outside its folder, says nothing of that."""
        try:
            told = json.loads(content)
            files = {str(name): frozenset(map(str, hashes)) for name, hashes in told["files"].items() if _inside(name)}
            originals = told.get("originals", {}).items()
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return cls()
        return cls(files, {note: name for note, name in originals if note in files and name in files})

    @property
    def beside(self) -> dict[str, frozenset[str]]:
        """The originals alone: the notes of them are there, too."""
        return {name: hashes for name, hashes in self.files.items() if name.startswith(f"{ORIGINALS}/")}

    def content(self) -> bytes:
        """The same as a list to be read again."""
        files = {name: sorted(self.files[name]) for name in sorted(self.files)}
        told: dict[str, Any] = {"format": "our-house export", "files": files, "originals": dict(self.originals)}
        return json.dumps(told, ensure_ascii=False, indent=0).encode()


def exported(folder: Path) -> Exported:
    """Return what an export wrote into a folder; nothing where none did."""
    file = folder / LIST_FILE
    try:
        stat = file.stat()
        return _read(file, stat.st_mtime_ns, stat.st_size)
    except OSError:
        return Exported()


def exported_originals(folder: Path) -> set[Path]:
    """Return the originals that exports put into a folder, or below it, and that are still what they were."""
    lists = (file.parent for file in folder.rglob(LIST_FILE))
    found = ((each / name, hashes) for each in lists for name, hashes in exported(each).beside.items())
    return {path for path, hashes in found if is_still(path, hashes)}


def original_beside(note: Path) -> Path | None:
    """Return the original that an export put beside a note's file; None where there is none, or it was changed."""
    note = note.absolute()
    folder = note.parent.parent
    told = exported(folder)
    name = told.originals.get(note.relative_to(folder).as_posix())
    return folder / name if name and is_still(folder / name, told.files[name]) else None


def is_still(path: Path, hashes: frozenset[str]) -> bool:
    """Whether a file is there and has one of these contents."""
    try:
        return digest_of(path) in hashes
    except OSError:
        return False


@lru_cache(maxsize=4)
def _read(file: Path, modified: int, size: int) -> Exported:
    """A list as it is at a time: every note of a folder asks for the same one."""
    return Exported.read(file.read_bytes()) if size <= LONGEST_LIST else Exported()


def _inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts and "\\" not in name
