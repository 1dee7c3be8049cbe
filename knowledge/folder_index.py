"""The vector index in a folder of the house: opening it, sharing it with other processes, and surviving damage."""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from knowledge.errors import IndexUnavailable
from knowledge.index import COLLECTION, HNSW, PassageIndex


class FolderIndex(PassageIndex):
    """Vectors of passages in a folder, shared with other processes.

    Chroma reads what another process wrote only after it is opened anew, so a stamp beside it changes with every
    write, and a reader that finds it changed opens it again.
    """

    def __init__(self, folder: Path, embedder: str) -> None:
        """Args: where the index lives (made at its first use); the name of what makes its vectors."""
        super().__init__(embedder, folder.with_name(f"{folder.name}.heal.lock"))
        self.folder = folder
        self._stamp = folder / "stamp.json"
        self._opening = folder / "opening"
        self._seen = ""

    def usable(self) -> bool:
        """Whether the index is there, made by this embedder, and can be read."""
        try:
            made_by = json.loads(self._read_stamp()).get("embedder")
            return made_by == self._embedder and self.count() >= 0
        except (ValueError, AttributeError, IndexUnavailable):
            return False

    def clear(self) -> None:
        """Throw the index away, whatever state it is in; raises IndexUnavailable."""
        with self._lock, self._files_locked():
            self._close()
            if self.folder.exists():
                # Renamed before it is removed, so that a half-removed index is never taken for a whole one.
                doomed = self.folder.with_name(f"{self.folder.name}.{secrets.token_hex(4)}.old")
                try:
                    self.folder.rename(doomed)
                except OSError as error:
                    raise self._unavailable(error) from error
            # Those that a stop left half removed go with it.
            for doomed in self.folder.parent.glob(f"{self.folder.name}.*.old"):
                shutil.rmtree(doomed, ignore_errors=True)

    # --- inside -----------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Any]:
        with self._lock:
            stamp = self._read_stamp()
            if self._collection is None or stamp != self._seen:
                self._close()
                with self._translated(), self._files_locked():
                    self._open()
            with self._translated():
                yield self._collection

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Any]:
        with self._lock, self._files_locked():
            if self._collection is None or self._read_stamp() != self._seen:
                self._close()
                with self._translated():
                    self._open()
            with self._translated():
                yield self._collection
            self._write_stamp()

    def _open(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        # Damaged vector files can kill the process that loads them; what it leaves behind tells the next one.
        if self._opening.exists():
            raise IndexUnavailable(f"Whoever opened the index in {self.folder} last did not survive it.")
        self._opening.touch()
        try:
            self._open_chroma()
        finally:
            self._opening.unlink(missing_ok=True)
        if not self._stamp.exists():
            self._write_stamp()
        self._seen = self._read_stamp()

    def _open_chroma(self) -> None:
        # Chroma's own telemetry and OpenTelemetry are both off: nothing phones home.
        import chromadb
        from chromadb.api.shared_system_client import SharedSystemClient
        from chromadb.config import Settings

        folder = str(self.folder)
        settings = Settings(anonymized_telemetry=False, is_persistent=True, persist_directory=folder)
        try:
            self._client = chromadb.PersistentClient(path=folder, settings=settings)
        except BaseException:
            # Chroma keeps what failed to start, and would hand it out again for this folder.
            SharedSystemClient._identifier_to_system.pop(folder, None)
            raise
        self._collection = self._client.get_or_create_collection(
            COLLECTION, embedding_function=None, configuration=HNSW
        )
        # All vectors are visited once: loading them alone leaves most damage unseen.
        first = self._collection.get(limit=1, include=["embeddings"])["embeddings"]
        if len(first):
            self._collection.query(query_embeddings=first, n_results=self._collection.count(), include=[])

    def _read_stamp(self) -> str:
        try:
            return self._stamp.read_text("utf-8", "replace")
        except OSError:
            return ""

    def _write_stamp(self) -> None:
        text = json.dumps({"embedder": self._embedder, "write": secrets.token_hex(8)})
        partial = self._stamp.with_suffix(".tmp")
        try:
            partial.write_text(text, "utf-8")
            partial.replace(self._stamp)
        except OSError as error:
            raise self._unavailable(error) from error
        self._seen = text

    def _files_locked(self) -> contextlib.AbstractContextManager[None]:
        busy = "Another our-house has been writing the index for a minute. Wait for it or stop it, and try again."
        return self._locked(self.folder.with_name(f"{self.folder.name}.lock"), 60, busy)

    def _unavailable(self, error: BaseException) -> IndexUnavailable:
        return IndexUnavailable(
            f"Cannot use the index in {self.folder} ({error}). "
            "The notes are safe in the record; `our-house reindex` makes the index again."
        )
