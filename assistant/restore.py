"""A backup made a house again: looked at wholly before anything is changed; writing backups is `backup`'s."""

from __future__ import annotations

import contextlib
import datetime as dt
import secrets
import shutil
import sqlite3
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

from pydantic import ValidationError

from assistant.backup import FOLDERS, MANIFEST_FILE, Manifest, OnProgress, Piece, back_up, copied, told_by, unheard
from assistant.build import RECORD_FILE
from assistant.errors import BackupRefused
from assistant.settings import SETTINGS_FILE
from knowledge.errors import NotebookUnavailable
from knowledge.record import Record

if TYPE_CHECKING:
    from sqlite_utils import Migrations

    from assistant.build import House

WORK_PREFIX = ".restoring-"
"""How a restore's folder within the house begins: the files to come in `new`, those that were there in `old`."""
LARGEST_MANIFEST = 50_000_000
LOCK_FILE = "lock"
OWN_TABLES = {
    "notes": "notes",
    "turns": "conversations",
    "corrections": "corrections",
    "waiting": "drafts under review",
    "imports": "imports",
}
"""Where a house keeps what somebody brought, typed or told, and what that is called."""


@dataclass(frozen=True)
class Restored:
    """What a restore did."""

    manifest: Manifest
    kept: Path | None = None
    """The backup of what was there before; or, where that was damaged, the old record itself."""
    own_settings: bool = False
    """Whether the house's own settings were left as they are, where the backup's say something else."""


def restore(house: House, file: Path, *, replace: bool = False, on_progress: OnProgress = unheard) -> Restored:
    """Make a house what it was when the backup was written.

    Nothing is changed before every file of the backup agrees with its hash, and its record opens with this version's
    tables; only what an earlier restore was killed at is put back first. The index follows at the next start.

    Args:
        replace: whether it may take the place of what somebody brought into this house; that is backed up first.

    Raises:
        BackupRefused: the file is no whole backup, or is a newer our-house's, or the house is not empty, or another
            restore of it is under way.
        NotebookUnavailable: the house folder cannot be used.
    """
    from filelock import FileLock

    home = house.settings.home
    made = not home.exists()
    try:
        with _opened(file) as (archive, manifest):
            _put_back(home)
            held = _held(house, replace)
            home.mkdir(parents=True, exist_ok=True)
            with (
                tempfile.TemporaryDirectory(dir=home, prefix=WORK_PREFIX) as work,
                FileLock(Path(work) / LOCK_FILE),  # as long as this process lives
            ):
                new, old = Path(work) / "new", Path(work) / "old"
                old.mkdir()
                _unpack(archive, manifest, new, on_progress)
                _migrate(new / RECORD_FILE, house.migrations)
                kept = _make_way(house, held, on_progress)
                own_settings = _exchange(house, new, old, replace)
    except (OSError, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise BackupRefused(f"{file.name} cannot be restored ({error}). Nothing was changed.") from error
    finally:
        if made:
            with contextlib.suppress(OSError):
                home.rmdir()  # only where it is still empty
    return Restored(manifest, kept, own_settings)


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """The archive with its manifest, whose names and sizes agree; raises BackupRefused."""
    try:
        archive = zipfile.ZipFile(file)
    except FileNotFoundError as error:
        raise BackupRefused(f"There is no file {file}.") from error
    except (zipfile.BadZipFile, OSError) as error:
        raise BackupRefused(f"{file.name} is no backup of our-house, or is cut off ({error}).") from error
    with archive:
        try:
            if archive.getinfo(MANIFEST_FILE).file_size > LARGEST_MANIFEST:
                raise ValueError("its manifest is far too long")
            manifest = Manifest.model_validate_json(archive.read(MANIFEST_FILE))
        except (KeyError, ValueError, ValidationError, zipfile.BadZipFile) as error:
            reason = "its manifest cannot be read" if isinstance(error, ValidationError) else str(error).strip("'\"")
            raise BackupRefused(f"{file.name} is no backup that this our-house can read: {reason}.") from error
        if problem := _problem(archive.infolist(), manifest):
            raise BackupRefused(f"{file.name} is no whole backup: {problem}. Nothing was changed.")
        yield archive, manifest


def _problem(infos: Sequence[zipfile.ZipInfo], manifest: Manifest) -> str:
    """What keeps an archive's names from being those of a backup; empty where nothing does."""
    names = [info.filename for info in infos if info.filename != MANIFEST_FILE]
    if RECORD_FILE not in names:
        return "it holds no record"
    for info in infos:
        if info.filename != MANIFEST_FILE and not _belongs(info.filename):
            return f"{info.filename!r} does not belong into a house"
        if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
            return f"{info.filename!r} is a link, and no file"
    if len(set(names)) < len(names) or set(names) != manifest.files.keys():
        return "its files are not those that its manifest names"
    sizes = {info.filename: info.file_size for info in infos}
    changed = [name for name, piece in manifest.files.items() if sizes[name] != piece.bytes]
    return f"{changed[0]!r} was changed since" if changed else ""


def _belongs(name: str) -> bool:
    parts = PurePosixPath(name).parts
    if "\\" in name or "\x00" in name or ":" in name or PurePosixPath(*parts).as_posix() != name or ".." in parts:
        return False
    return name in (RECORD_FILE, SETTINGS_FILE) or (len(parts) > 1 and parts[0] in FOLDERS)


def _unpack(archive: zipfile.ZipFile, manifest: Manifest, target: Path, on_progress: OnProgress) -> None:
    total, done = sum(piece.bytes for piece in manifest.files.values()), 0
    if total > shutil.disk_usage(target.parent).free:
        raise BackupRefused(f"The backup needs {total / 1e9:.1f} GB, and the disk has less. Free some space.")

    def hear(count: int) -> None:
        nonlocal done
        done += count
        if done > total:  # a ZIP may say less of itself than it holds
            raise BackupRefused("The backup holds more than it says of itself. Nothing was changed.")
        on_progress("checking", done, total)

    for name, piece in manifest.files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with archive.open(name) as source, path.open("xb") as written:
                found: Piece | None = copied(source, written, hear)  # type: ignore[arg-type]  # typeshed: IO[bytes]
        except (zipfile.BadZipFile, zlib.error, EOFError):
            found = None
        if found != piece:
            raise BackupRefused(f"The backup is damaged: {name} is not what it was. Nothing was changed.")


def _migrate(record: Path, migrations: Sequence[Migrations]) -> None:
    """Bring an older record's tables up to date; raises BackupRefused where this our-house is the older one."""
    from sqlite_utils import Database

    blank = Database(memory=True)
    known = {(each.name, step.name) for each in migrations for step in each.pending(blank)}
    try:
        steps, _ = told_by(record)
        if newer := set(steps) - known:
            raise BackupRefused(
                f"The backup was made by a newer our-house, which knows {min(newer)[1]!r}. Update this one first."
            )
        opened = Record(record, tuple(migrations))
        ((health,),) = opened.rows("PRAGMA quick_check(1)")
        with opened.writing() as db:
            db.execute("UPDATE notes SET indexed = 0")  # there is no index of it yet
            # It comes into the house with the record, in one step: `_exchanged` tells by it whether that was done.
            db.execute(f"PRAGMA application_id = {1 + secrets.randbelow(2**31 - 1)}")
        opened.close()
    except (sqlite3.Error, NotebookUnavailable) as error:
        raise BackupRefused(f"The record in the backup cannot be used ({error}). Nothing was changed.") from error
    if health != "ok":
        raise BackupRefused(f"The record in the backup is damaged ({health}). Nothing was changed.")


def _put_back(home: Path) -> None:
    """Give the house back what it lacks since a restore was killed, and take away what that left behind.

    What has its place by now, such as an original that came since, stays; the killed restore's backup has the other.

    Raises:
        BackupRefused: that restore is under way still.
    """
    from filelock import FileLock, Timeout

    for work in home.glob(f"{WORK_PREFIX}*"):
        new, old = work / "new", work / "old"
        try:
            with FileLock(work / LOCK_FILE, timeout=0):
                if not _exchanged(home / RECORD_FILE, new / RECORD_FILE):
                    _fill(home, old)
        except Timeout as error:
            raise BackupRefused("Another restore of this house is under way. Wait for it.") from error
        shutil.rmtree(work, ignore_errors=True)


def _fill(folder: Path, source: Path) -> None:
    """Move what a folder lacks into it, and into the folders in it."""
    for path in [*source.iterdir()] if source.is_dir() else []:
        if not (folder / path.name).exists():
            path.rename(folder / path.name)
        else:
            _fill(folder / path.name, path)


def _exchanged(record: Path, new: Path) -> bool:
    """Whether a house's record has taken over what the new one holds, by the number that `_migrate` gave that."""
    return new.exists() and _number(record) == _number(new) != 0


def _number(record: Path) -> int:
    """The number that an SQLite file carries in its header; 0 where there is none, or no such file."""
    if not record.exists():
        return 0
    try:
        with contextlib.closing(sqlite3.connect(record)) as db:
            ((number,),) = db.execute("PRAGMA application_id")
    except sqlite3.DatabaseError:
        return 0
    return int(number)


def _held(house: House, replace: bool) -> Literal["nothing", "its own", "damage"]:
    """What the house holds already; raises BackupRefused where that may not be replaced."""
    try:
        own = [*_own_in_record(house), *_own_files(house)]
    except NotebookUnavailable as error:
        if not replace:
            raise BackupRefused(f"{error} `--replace` keeps it aside, and restores the backup.") from error
        return "damage"
    if own and not replace:
        raise BackupRefused(
            f"This house holds {', '.join(own)} already. `--replace` backs them up first, and then restores; or choose "
            "an empty house with --house."
        )
    return "its own" if own else "nothing"


def _own_in_record(house: House) -> list[str]:
    """What of the household's own is in the record, in plain words; raises NotebookUnavailable."""
    from classifier.taxonomy import DEFAULT_TAXONOMY

    if not (house.settings.home / RECORD_FILE).exists():
        return []
    own = [what for table, what in OWN_TABLES.items() if house.record.rows(f"SELECT 1 FROM {table} LIMIT 1")]
    categories = {tuple(row) for row in house.record.rows("SELECT name, code, definition FROM categories")}
    packaged = {(each.name, each.code, each.definition) for each in DEFAULT_TAXONOMY}
    return [*own, "categories of its own"] if categories not in (set(), packaged) else own


def _own_files(house: House) -> list[str]:
    """What of the household's own lies beside the record, in plain words."""
    from finetune.packaged import FOLDER

    own = []
    if any(path.is_file() for path in (house.settings.home / "originals").rglob("*")):
        own.append("originals")
    if {version.name for version in house.versions.all()} - {path.name for path in FOLDER.iterdir()}:
        own.append("routers of its own")
    return own


def _make_way(house: House, held: str, on_progress: OnProgress) -> Path | None:
    """Keep what the house holds; returns where that is."""
    home, stamp = house.settings.home, f"{dt.datetime.now():%Y-%m-%d-%H%M%S}"
    match held:
        case "its own":
            return back_up(house, home.with_name(f"{home.name}-before-restore-{stamp}.zip"), on_progress)[0]
        case "damage":
            # What cannot be opened cannot be backed up, but it need not be lost.
            aside = home / f"{RECORD_FILE}.damaged-{stamp}"
            for suffix in ("-wal", "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    (home / f"{RECORD_FILE}{suffix}").rename(f"{aside}{suffix}")
            return (home / RECORD_FILE).rename(aside)
        case _:
            return None


def _exchange(house: House, new: Path, old: Path, replace: bool) -> bool:
    """Put the new files into their places, the record last; whatever fails puts the old ones back.

    Returns: whether the house's own settings were kept.
    """
    home = house.settings.home
    own = home / SETTINGS_FILE
    own_settings = own.exists() and not replace
    differ = own_settings and (new / SETTINGS_FILE).exists() and own.read_bytes() != (new / SETTINGS_FILE).read_bytes()
    with contextlib.ExitStack() as undo:
        for name in (*FOLDERS, *([] if own_settings else [SETTINGS_FILE])):
            if (home / name).exists():
                (home / name).rename(old / name)
                undo.callback((old / name).rename, home / name)
            if (new / name).exists():
                (new / name).rename(home / name)
                undo.callback((home / name).rename, new / name)
        house.record.replace_with(new / RECORD_FILE)
        undo.pop_all()
    return differ
