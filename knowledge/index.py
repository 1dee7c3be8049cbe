"""The derived vector index: the one module that speaks Chroma; which vectors belong in it is the library's to say."""

from __future__ import annotations

import contextlib
import json
import logging
import secrets
import shutil
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.errors import IndexUnavailable
from knowledge.note import Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

logger = logging.getLogger(__name__)

COLLECTION = "passages"
BATCH = 512
NO_CATEGORY = ""
"""Chroma's metadata has no null that `$in` could match."""


@dataclass(frozen=True)
class Neighbour:
    """A passage near a question, with its cosine similarity, -1 to 1."""

    passage_id: str
    similarity: float


class PassageIndex:
    """Vectors of passages in a folder, filterable by category, shared with other processes.

    Chroma reads what another process wrote only after it is opened anew, so a stamp beside it changes with every
    write, and a reader that finds it changed opens it again.
    """

    def __init__(self, folder: Path, embedder: str) -> None:
        """Args: where the index lives (made at its first use); the name of what makes its vectors."""
        self.folder = folder
        self._embedder = embedder
        self._stamp = folder / "stamp.json"
        self._opening = folder / "opening"
        self._lock = threading.RLock()
        self._client: Any = None
        self._collection: Any = None
        self._seen = ""

    def usable(self) -> bool:
        """Whether the index is there, made by this embedder, and can be read."""
        try:
            made_by = json.loads(self._read_stamp()).get("embedder")
            return made_by == self._embedder and self.count() >= 0
        except (ValueError, AttributeError, IndexUnavailable):
            return False

    def count(self) -> int:
        """How many passages it holds; raises IndexUnavailable."""
        with self._reading() as collection:
            return int(collection.count())

    def ids(self) -> set[str]:
        """The ids of all passages in it; raises IndexUnavailable."""
        with self._reading() as collection:
            return set(collection.get(include=[])["ids"])

    def replace(self, note_ids: Sequence[str], passages: Sequence[Passage], vectors: NDArray[np.float32]) -> None:
        """Make the index hold exactly these passages, with these vectors, for these notes.

        Args:
            note_ids: the notes concerned; one without passages here is removed from the index.
            passages: all the passages of those notes.
            vectors: one unit vector a passage, shape (len(passages), dimension).

        Raises:
            IndexUnavailable: the index cannot be written.
        """
        with self._writing() as collection:
            wanted = {passage.id for passage in passages}
            for start in range(0, len(note_ids), BATCH):
                batch = list(note_ids[start : start + BATCH])
                stale = set(collection.get(where={"note_id": {"$in": batch}}, include=[])["ids"]) - wanted
                if stale:
                    collection.delete(ids=sorted(stale))
            for start in range(0, len(passages), BATCH):
                part = passages[start : start + BATCH]
                collection.upsert(
                    ids=[passage.id for passage in part],
                    embeddings=vectors[start : start + BATCH],
                    metadatas=[
                        {"note_id": passage.note_id, "category": passage.category or NO_CATEGORY} for passage in part
                    ],
                )

    def nearest(self, vector: NDArray[np.float32], categories: Sequence[str] | None, limit: int) -> list[Neighbour]:
        """Return the passages nearest to a unit vector, best first.

        Args:
            vector: of shape (dimension,).
            categories: the scope; passages without a category belong to every scope. None for the whole house.

        Raises:
            IndexUnavailable: the index cannot be read.
        """
        where = None if categories is None else {"category": {"$in": [*categories, NO_CATEGORY]}}
        with self._reading() as collection:
            size = collection.count()
            if not size:
                return []
            found = collection.query(
                query_embeddings=vector.reshape(1, -1),
                n_results=min(limit, size),
                where=where,
                include=["distances"],
            )
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        return [Neighbour(passage_id, 1.0 - float(distance)) for passage_id, distance in pairs]

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

    def alone(self, seconds: float) -> contextlib.AbstractContextManager[None]:
        """Keep other threads and processes from bringing the index in step meanwhile; reading goes on.

        Raises:
            IndexUnavailable: another one has been at it for so many seconds.
        """
        busy = "Another our-house is indexing notes. Those that wait are indexed once it has finished."
        return self._locked(".heal.lock", seconds, busy)

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            self._close()

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
            COLLECTION,
            embedding_function=None,
            configuration={"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 200, "max_neighbors": 32}},
        )
        # All vectors are visited once: loading them alone leaves most damage unseen.
        first = self._collection.get(limit=1, include=["embeddings"])["embeddings"]
        if len(first):
            self._collection.query(query_embeddings=first, n_results=self._collection.count(), include=[])

    def _close(self) -> None:
        if self._client is not None:
            with contextlib.suppress(Exception):
                self._client.close()
        self._client = self._collection = None

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
        return self._locked(".lock", 60, busy)

    @contextlib.contextmanager
    def _locked(self, suffix: str, seconds: float, busy: str) -> Iterator[None]:
        from filelock import FileLock, Timeout

        lock = FileLock(self.folder.with_name(self.folder.name + suffix))
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=seconds)
        except Timeout as error:
            raise IndexUnavailable(busy) from error
        except OSError as error:
            raise self._unavailable(error) from error
        try:
            yield
        finally:
            lock.release()

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        # Chroma's Rust core raises exceptions of many families, a bare panic among them, and none of them is ours.
        try:
            yield
        except (IndexUnavailable, KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:
            self._close()
            raise self._unavailable(error) from error

    def _unavailable(self, error: BaseException) -> IndexUnavailable:
        return IndexUnavailable(
            f"Cannot use the index in {self.folder} ({error}). "
            "The notes are safe in the record; `our-house reindex` makes the index again."
        )
