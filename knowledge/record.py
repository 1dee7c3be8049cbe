"""The house's SQLite file: connections, transactions and migrations; which tables it holds is left to their owners."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.errors import NotebookUnavailable

if TYPE_CHECKING:
    from sqlite_utils import Database, Migrations

BUSY_SECONDS = 15.0
"""How long a writer waits for another one, in this process or another, before it gives up."""


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
