"""The house's SQLite file: connections, transactions and migrations; which tables it holds is left to their owners."""

from __future__ import annotations

import contextlib
import datetime as dt
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.errors import NotebookUnavailable

if TYPE_CHECKING:
    from sqlite_utils import Database, Migrations

BUSY_SECONDS = 15.0
"""How long a writer waits for another one, in this process or another, before it gives up."""
PAGES = 512
"""Pages of 4 KB that are copied between two reports of progress."""


class Record:
    """`house.db`, opened once a thread, since an SQLite connection belongs to one thread at a time."""

    def __init__(self, path: Path, migrations: tuple[Migrations, ...] = ()) -> None:
        """Open or make the file and bring its tables up to date.

        Args:
            path: the SQLite file; its folder is made where missing.
            migrations: the sets of the tables' owners, applied in this order.

        Raises:
            NotebookUnavailable: the file cannot be opened, made or migrated.
        """
        self.path = path
        self._threads = threading.local()
        try:
            with translated(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                with self._migration_lock():
                    for migration_set in migrations:
                        migration_set.apply(self.db)
        except BaseException:
            self.close()
            raise

    @property
    def db(self) -> Database:
        """This thread's connection, for reading; raises NotebookUnavailable."""
        db: Database | None = getattr(self._threads, "db", None)
        if db is None:
            db = self._threads.db = self._connect()
        return db

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """Read rows, all of them at once; raises NotebookUnavailable, also where the file is damaged further in."""
        with translated(self.path):
            return self.db.execute(sql, values).fetchall()

    def number(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Read the one number that a query gives; raises as `rows`."""
        ((number,),) = self.rows(sql, values)
        return int(number)

    @contextlib.contextmanager
    def writing(self) -> Iterator[Database]:
        """One transaction: everything inside happens, or nothing does; raises NotebookUnavailable.

        It takes the write lock at once, so that what is read inside cannot have changed when it is written.
        """
        db = self.db
        if db.conn.in_transaction:
            yield db
            return
        with translated(self.path):
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                db.rollback()
                raise

    def copy_to(self, path: Path, on_progress: Callable[[int, int], None] = lambda done, total: None) -> None:
        """Copy everything, as it is at this moment, into a file that stands alone, while others go on writing.

        Args:
            path: a file that does not exist yet.
            on_progress: called with the pages copied so far and all of them.

        Raises:
            NotebookUnavailable: the record cannot be read, or the copy not be written.
        """
        with translated(self.path), contextlib.closing(self._connect()) as source:
            # A reading transaction: what others write from now on is not seen, and does not start the copy anew.
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            with contextlib.closing(sqlite3.connect(path)) as copy:
                source.conn.backup(copy, pages=PAGES, progress=_heard(on_progress))
                copy.execute("PRAGMA journal_mode = DELETE")

    def replace_with(self, path: Path, on_progress: Callable[[int, int], None] = lambda done, total: None) -> None:
        """Take over everything that another record's file holds, at once or not at all; what was here is gone.

        Who has this record open, in this process or another, sees the new content with the next look.

        Raises:
            NotebookUnavailable: either file cannot be used.
        """
        with (
            translated(self.path),
            contextlib.closing(sqlite3.connect(path)) as source,
            contextlib.closing(self._connect()) as here,
        ):
            source.backup(here.conn, pages=-1, progress=_heard(on_progress))

    def close(self) -> None:
        """Close this thread's connection; another use opens it again."""
        db: Database | None = getattr(self._threads, "db", None)
        if db is not None:
            db.close()
            self._threads.db = None

    def _connect(self) -> Database:
        from sqlite_utils import Database

        with translated(self.path):
            connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA foreign_keys = ON")
            # FULL: a note that was reported as added survives a power cut, not only a killed process.
            connection.execute("PRAGMA synchronous = FULL")
            return Database(connection)

    @contextlib.contextmanager
    def _migration_lock(self) -> Iterator[None]:
        from filelock import FileLock

        with FileLock(self.path.with_suffix(".lock"), timeout=BUSY_SECONDS):
            yield


def now() -> str:
    """The moment, as the rows of the record tell it: in UTC, to the millisecond."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")


def new_id() -> str:
    """A short id that no other row has, easy to read aloud."""
    alphabet = "23456789abcdefghjkmnpqrstuvwxyz"
    return "".join(secrets.choice(alphabet) for _ in range(10))


def _heard(on_progress: Callable[[int, int], None]) -> Callable[[int, int, int], None]:
    """What SQLite calls while it copies; it would wait for ever for a file that somebody else holds."""
    began = time.monotonic()

    def hear(status: int, remaining: int, total: int) -> None:
        nonlocal began
        if status not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            began = time.monotonic()
        elif time.monotonic() - began > BUSY_SECONDS:
            raise TimeoutError("the file stayed locked")
        on_progress(total - remaining, total)

    return hear


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system raise into NotebookUnavailable, with the remedy."""
    try:
        yield
    except (sqlite3.OperationalError, sqlite3.DatabaseError, OSError, TimeoutError) as error:
        if isinstance(error, sqlite3.IntegrityError):
            raise
        raise NotebookUnavailable(_remedy(path, error)) from error


def _remedy(path: Path, error: Exception) -> str:
    cause = str(error).lower()
    match cause:
        case _ if "readonly" in cause or "read-only" in cause or "permission" in cause:
            advice = "The folder cannot be written to: change its permissions or choose another with --house."
        case _ if "full" in cause or "no space" in cause:
            advice = "The disk is full: free some space and try again; nothing that was kept is lost."
        case _ if "locked" in cause or "timeout" in cause or "acquired" in cause:
            advice = "Another our-house has been writing for long: wait for it, or stop it, and try again."
        case _ if "malformed" in cause or "not a database" in cause:
            advice = "The file is damaged: put a backup in its place, or move it away to start with an empty house."
        case _:
            advice = "Check that the folder exists and is yours, or choose another with --house."
    return f"Cannot use the notes in {path} ({error}). {advice}"
