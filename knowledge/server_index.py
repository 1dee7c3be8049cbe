"""The vector index on a Chroma server, for an archive that has outgrown one machine; the record stays in the house."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from knowledge.errors import IndexUnreachable
from knowledge.index import HNSW, PassageIndex


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
        super().__init__(embedder, lock)
        self._url = url
        self._name = collection

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
            self._close()

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

    def _unavailable(self, error: BaseException) -> IndexUnreachable:
        return IndexUnreachable(
            f"The Chroma server at {self._url} cannot be used ({error}). Start it, or take chroma_url out of the "
            "settings to index in the house folder; the notes are safe in the record."
        )
