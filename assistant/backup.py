"""The whole house in one file: what belongs into it, and writing it while the house is in use; `restore` reads it.

A backup is a ZIP with the record, the routers, the original files and the settings, and a manifest with the SHA-256 of
each. The index is derived from the record and the weights can be fetched again: both are left out.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from pydantic import BaseModel, Field

from assistant.build import RECORD_FILE
from assistant.errors import BackupRefused
from assistant.settings import SETTINGS_FILE

if TYPE_CHECKING:
    from assistant.build import House

MANIFEST_FILE = "manifest.json"
FOLDERS = ("routers", "originals")
"""The folders of the house that are the household's own."""
CHUNK = 1 << 20
_SQUEEZED = frozenset({".db", ".json", ".jsonl", ".toml", ".md", ".txt", ".csv", ".eml", ".html"})
"""Endings of what a ZIP makes smaller; weights, photos and the like are as small as they get."""

OnProgress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


def unheard(step: str, done: int, total: int) -> None:
    """Take a report and tell nobody."""


class Piece(BaseModel):
    """One file of a backup."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(ge=0)


class Manifest(BaseModel):
    """What a backup says of itself."""

    format: Literal["our-house backup"] = "our-house backup"
    version: Literal[1] = 1
    made_at: dt.datetime
    migrations: list[tuple[str, str]]
    """What had been done to the record's tables: each step's set and name."""
    notes: int = Field(ge=0)
    files: dict[str, Piece]


def back_up(house: House, file: Path, on_progress: OnProgress = unheard) -> tuple[Path, Manifest]:
    """Write a backup, whole or not at all; returns where it is and what it holds.

    The house may be in use meanwhile: the record is copied as it is at one moment.

    Args:
        file: a file that does not exist yet, or a folder, in which the backup gets a name of its own.

    Raises:
        BackupRefused: the file exists, or cannot be written.
        NotebookUnavailable: the record cannot be read.
    """
    if file.is_dir():
        file = file / f"our-house-{dt.datetime.now():%Y-%m-%d-%H%M%S}.zip"
    if file.exists():
        raise BackupRefused(f"{file} exists already. Choose another name, or delete it first.")
    _ = house.notebook  # a new house has its categories
    try:
        # Beside the file: moving it into place is then one step, and nobody else can read it before.
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=".our-house-") as work:
            partial = Path(work) / "backup.zip"
            manifest = _write(house, Path(work), partial, on_progress)
            partial.chmod(0o600)
            with partial.open("rb") as written:
                os.fsync(written.fileno())
            partial.replace(file)
    except (OSError, zipfile.LargeZipFile) as error:
        raise BackupRefused(f"The backup cannot be written to {file} ({error}). Choose another place.") from error
    return file, manifest


def told_by(record: Path) -> tuple[list[tuple[str, str]], int]:
    """Return what was done to the tables of a record's file, each step's set and name, and how many notes it holds.

    Raises:
        sqlite3.Error: it is no record.
    """
    with contextlib.closing(sqlite3.connect(record)) as db:
        steps = db.execute("SELECT migration_set, name FROM _sqlite_migrations ORDER BY 1, 2").fetchall()
        ((notes,),) = db.execute("SELECT count(*) FROM notes WHERE deleted_at IS NULL")
    return steps, notes


def copied(source: BinaryIO, target: BinaryIO, on_bytes: Callable[[int], None]) -> Piece:
    """Copy one open file into another; returns what was copied."""
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        target.write(chunk)
        digest.update(chunk)
        size += len(chunk)
        on_bytes(len(chunk))
    return Piece(sha256=digest.hexdigest(), bytes=size)


def _write(house: House, work: Path, partial: Path, on_progress: OnProgress) -> Manifest:
    copy = work / RECORD_FILE
    house.record.copy_to(copy, lambda done, total: on_progress("copying the notes", done, total))
    migrations, notes = told_by(copy)
    sources = {RECORD_FILE: copy, **dict(_files(house.settings.home))}
    total, done = sum(path.stat().st_size for path in sources.values()), 0

    def hear(count: int) -> None:
        nonlocal done
        done += count
        on_progress("packing", done, total)

    with zipfile.ZipFile(partial, "w") as archive:
        files = {}
        for name, path in sources.items():
            info = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
            squeezed = path.suffix.lower() in _SQUEEZED
            info.compress_type = zipfile.ZIP_DEFLATED if squeezed else zipfile.ZIP_STORED
            with path.open("rb") as source, archive.open(info, "w") as target:
                files[name] = copied(source, target, hear)  # type: ignore[arg-type]  # typeshed: IO[bytes]
        manifest = Manifest(
            made_at=dt.datetime.now(dt.UTC),
            migrations=migrations,
            notes=notes,
            files=files,
        )
        archive.writestr(MANIFEST_FILE, manifest.model_dump_json(indent=1))
    return manifest


def _files(home: Path) -> Iterator[tuple[str, Path]]:
    """The household's own files beside the record, by their names in the backup; half-written ones are hidden."""
    if (home / SETTINGS_FILE).is_file():
        yield SETTINGS_FILE, home / SETTINGS_FILE
    for folder in FOLDERS:
        for path in sorted((home / folder).rglob("*")):
            inside = path.relative_to(home)
            if path.is_file() and not any(part.startswith(".") for part in inside.parts):
                yield inside.as_posix(), path
