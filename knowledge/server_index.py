"""The vector index on a Chroma server, for an archive that has outgrown one machine; the record stays in the house."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from knowledge.errors import IndexUnavailable, IndexUnreachable
from knowledge.index import HNSW, PassageIndex, locked


class ServerIndex(PassageIndex):
    """Vectors of passages in one collection of a Chroma server (`chroma run`)."""

    def __init__(self, url: str, collection: str, embedder: str, lock: Path) -> None:
        """Nothing is asked of the server before the first use.

        Args:
            url: such as `http://127.0.0.1:8000`.
            collection: what the house's collection is called there; no two houses may share one.
            embedder: the name of what makes the vectors.
            lock: a file of the house, by which its processes take turns in bringing the index in step.
        """
        super().__init__()
        self._url = url
        self._name = collection
        self._embedder = embedder
        self._lock_file = lock
        self._lock = threading.RLock()
        self._client: Any = None
        self._collection: Any = None

    def usable(self) -> bool:
        """Whether the collection was made by this embedder; a new one is. Raises IndexUnreachable."""
        with self._reading() as collection:
            return bool((collection.metadata or {}).get("embedder") == self._embedder)

    def clear(self) -> None:
        """Delete the collection; the next use makes it anew. Raises IndexUnavailable."""
        import chromadb.errors

        with self._lock, self._translated():
            self._open()
            with contextlib.suppress(chromadb.errors.NotFoundError):
                self._client.delete_collection(self._name)
            self.close()

    def alone(self, seconds: float) -> contextlib.AbstractContextManager[None]:
        """Keep the house's other threads and processes from bringing the index in step meanwhile.

        Raises:
            IndexUnavailable: another one has been at it for so many seconds.
        """
        busy = "Another our-house is indexing notes. Those that wait are indexed once it has finished."
        return locked(self._lock_file, seconds, busy, self._unavailable)

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            self._forget()
            self._client = self._collection = None

    # --- inside -----------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Any]:
        with self._lock, self._translated():
            self._open()
            # Others may have written meanwhile, and a server says nothing of it.
            self._forget()
            yield self._collection

    _writing = _reading

    def _all_of(self, collection: Any, categories: Any, size: int) -> list[Any] | None:
        """Nothing: moving all vectors here for each question would cost more than it finds."""
        return None if size else []

    def _open(self) -> None:
        import chromadb
        from chromadb.config import Settings

        if self._collection is not None:
            return
        parts = urlsplit(self._url)
        self._client = chromadb.HttpClient(
            host=parts.hostname or self._url,
            port=parts.port or (443 if parts.scheme == "https" else 8000),
            ssl=parts.scheme == "https",
            settings=Settings(anonymized_telemetry=False),
        )
        self._collection = self._client.get_or_create_collection(
            self._name, embedding_function=None, configuration=HNSW, metadata={"embedder": self._embedder}
        )

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        # Chroma's client raises its own errors, httpx's and ValueError, as it pleases.
        try:
            yield
        except (IndexUnavailable, KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except Exception as error:
            self.close()
            raise self._unavailable(error) from error

    def _unavailable(self, error: BaseException) -> IndexUnreachable:
        return IndexUnreachable(
            f"The Chroma server at {self._url} cannot be used ({error}). Start it, or take chroma_url out of the "
            "settings to index in the house folder; the notes are safe in the record."
        )
