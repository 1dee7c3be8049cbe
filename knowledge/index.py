"""What a vector index of passages does, on a Chroma collection; where the collection lives is for its kinds to say.

Which vectors belong in it is the library's to say. Inside a category of up to `EXACT_IN_CATEGORY` passages every vector
is compared: Chroma's graph, asked with a filter, loses neighbours (recall@8 of 0.97 among 20,000 passages).
"""

from __future__ import annotations

import contextlib
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.errors import IndexUnavailable
from knowledge.note import Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COLLECTION = "passages"
HNSW = {"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 200, "max_neighbors": 32}}
BATCH = 512
NO_CATEGORY = ""
"""Chroma's metadata has no null that `$in` could match."""
EXACT_IN_HOUSE = 20_000
"""Passages of a whole house up to which all are compared: 30 MB, and a few milliseconds."""
EXACT_IN_CATEGORY = 100_000
"""The same of a category, where Chroma's graph is slow (250 ms in one of 50,000) and misses some: 150 MB."""
PAGE = 5_000
"""Vectors that are fetched at once; SQLite refuses questions about tens of thousands."""


@dataclass(frozen=True)
class Neighbour:
    """A passage compared with a question."""

    passage_id: str
    similarity: float
    """Cosine, -1 to 1."""
    vector: NDArray[np.float32]
    """The passage's own unit vector."""


class PassageIndex(ABC):
    """Vectors of passages, filterable by category."""

    _matrices: dict[str | None, _Matrix | None]
    """By category, None for the whole house; a matrix is None where there are too many to compare them all."""
    _size: int
    """How many passages the collection holds; nought where that is to be counted again."""

    def __init__(self, embedder: str, heal_lock: Path) -> None:
        """Args: the name of what makes the vectors; a file of the house, by which its processes take turns to heal."""
        self._matrices = {}
        self._size = 0
        self._embedder = embedder
        self._heal_lock = heal_lock
        self._lock = threading.RLock()
        self._client: Any = None
        self._collection: Any = None

    @abstractmethod
    def usable(self) -> bool:
        """Whether the index is there, made by this embedder, and can be read.

        Raises:
            IndexUnreachable: nobody can tell, as long as a server does not answer.
        """

    @abstractmethod
    def clear(self) -> None:
        """Throw the index away, whatever state it is in; raises IndexUnavailable."""

    @abstractmethod
    def _reading(self) -> contextlib.AbstractContextManager[Any]:
        """The collection, as it is now; a failure inside becomes IndexUnavailable."""

    @abstractmethod
    def _writing(self) -> contextlib.AbstractContextManager[Any]:
        """The collection, for writing; a failure inside becomes IndexUnavailable."""

    @abstractmethod
    def _unavailable(self, error: BaseException) -> IndexUnavailable:
        """What a failure of Chroma or of the file system becomes: what is wrong, and what to do."""

    def alone(self, seconds: float) -> contextlib.AbstractContextManager[None]:
        """Keep other threads and processes from bringing the index in step meanwhile; reading goes on.

        Raises:
            IndexUnavailable: another one has been at it for so many seconds.
        """
        busy = "Another our-house is indexing notes. Those that wait are indexed once it has finished."
        return self._locked(self._heal_lock, seconds, busy)

    def close(self) -> None:
        """Let go of what is open."""
        with self._lock:
            self._close()

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
            gone: set[str] = set()
            wanted = {passage.id for passage in passages}
            for start in range(0, len(note_ids), BATCH):
                batch = list(note_ids[start : start + BATCH])
                stale = set(collection.get(where={"note_id": {"$in": batch}}, include=[])["ids"]) - wanted
                if stale:
                    collection.delete(ids=sorted(stale))
                    gone |= stale
            for start in range(0, len(passages), BATCH):
                part = passages[start : start + BATCH]
                collection.upsert(
                    ids=[passage.id for passage in part],
                    embeddings=vectors[start : start + BATCH],
                    metadatas=[
                        {"note_id": passage.note_id, "category": passage.category or NO_CATEGORY} for passage in part
                    ],
                )
            self._follow(gone | wanted, passages, vectors)

    def nearest(
        self,
        vector: NDArray[np.float32],
        categories: Sequence[str] | None,
        limit: int,
        also: Sequence[str] = (),
    ) -> list[Neighbour]:
        """Return the passages nearest to a unit vector, best first.

        Args:
            vector: of shape (dimension,).
            categories: the scope; passages without a category belong to every scope. None for the whole house.
            also: ids of passages to compare as well, behind the nearest; those that the index lacks are left out.

        Raises:
            IndexUnavailable: the index cannot be read.
        """
        with self._reading() as collection:
            # Counting a hundred thousand takes longer than comparing them.
            self._size = self._size or collection.count()
            if not self._size:
                return []
            matrices = self._all_of(collection, categories, self._size)
            if matrices is None:
                found = _nearest_in_graph(collection, vector, categories, min(limit, self._size))
            else:
                found = _nearest_of_all(matrices, vector, limit)
            missing = sorted({*also} - {neighbour.passage_id for neighbour in found})
            return found + (_compared(collection, vector, missing) if missing else [])

    def _close(self) -> None:
        self._forget()
        if self._client is not None:
            with contextlib.suppress(Exception):
                self._client.close()
        self._client = self._collection = None

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        # Chroma raises exceptions of many families, its Rust core's bare panic among them, and none of them is ours.
        try:
            yield
        except (IndexUnavailable, KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:
            self._close()
            raise self._unavailable(error) from error

    @contextlib.contextmanager
    def _locked(self, path: Path, seconds: float, busy: str) -> Iterator[None]:
        """Hold a file's lock, which other processes see too; `busy` is said where it was held all that time."""
        from filelock import FileLock, Timeout

        lock = FileLock(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=seconds)
        except Timeout as error:
            raise IndexUnavailable(busy) from error
        except OSError as error:
            raise self._unavailable(error) from error
        try:
            yield
        finally:
            lock.release()

    def _forget(self) -> None:
        """Read the vectors anew at the next search."""
        self._matrices.clear()
        self._size = 0

    def _follow(self, gone: Set[str], passages: Sequence[Passage], vectors: NDArray[np.float32]) -> None:
        """Change what is held in memory as the collection was changed: reading it anew takes seconds where it is much.

        Args:
            gone: the ids of what was removed or replaced.
            passages: what took their place, with a vector each.
        """
        self._size = 0
        for category, matrix in self._matrices.items():
            if matrix is not None:
                own = [at for at, each in enumerate(passages) if category in (None, each.category or NO_CATEGORY)]
                self._matrices[category] = matrix.changed(gone, [passages[at].id for at in own], vectors[own])

    def _all_of(self, collection: Any, categories: Sequence[str] | None, size: int) -> list[_Matrix] | None:
        """Every vector of a scope, or None where they are too many."""
        if categories is None and size > EXACT_IN_HOUSE:
            return None
        found = []
        for category in [None] if categories is None else [*categories, NO_CATEGORY]:
            if category not in self._matrices:
                self._matrices[category] = _matrix(collection, category)
            matrix = self._matrices[category]
            if matrix is None:
                return None
            found.append(matrix)
        return found


@dataclass(frozen=True)
class _Matrix:
    """Vectors in memory, one a row, with their passages."""

    ids: list[str]
    vectors: NDArray[np.float32]

    def changed(self, gone: Set[str], ids: Sequence[str], vectors: NDArray[np.float32]) -> _Matrix:
        """Return it without some passages and with others."""
        import numpy as np

        kept = [at for at, passage_id in enumerate(self.ids) if passage_id not in gone]
        if len(kept) == len(self.ids) and not ids:
            return self
        rows = np.concatenate([self.vectors[kept], vectors]) if self.ids else vectors
        return _Matrix([*(self.ids[at] for at in kept), *ids], rows)


def _matrix(collection: Any, category: str | None) -> _Matrix | None:
    """Read all vectors of a category, or of the whole house; None where they are too many."""
    import numpy as np

    where = None if category is None else {"category": category}
    ids: list[str] = []
    parts: list[NDArray[np.float32]] = []
    while len(ids) <= EXACT_IN_CATEGORY:
        held = collection.get(where=where, limit=PAGE, offset=len(ids), include=["embeddings"])
        ids += held["ids"]
        parts.append(np.asarray(held["embeddings"], dtype=np.float32))
        if len(held["ids"]) < PAGE:
            return _Matrix(ids, np.concatenate([part for part in parts if len(part)]) if ids else parts[0])
    return None


def _nearest_of_all(matrices: Sequence[_Matrix], vector: NDArray[np.float32], limit: int) -> list[Neighbour]:
    import numpy as np

    best: list[Neighbour] = []
    for matrix in matrices:
        if not matrix.ids:
            continue
        similarities = matrix.vectors @ vector
        top = np.argpartition(-similarities, min(limit, len(similarities)) - 1)[:limit]
        best += [Neighbour(matrix.ids[at], float(similarities[at]), matrix.vectors[at]) for at in top]
    return sorted(best, key=lambda each: (-each.similarity, each.passage_id))[:limit]


def _nearest_in_graph(
    collection: Any, vector: NDArray[np.float32], categories: Sequence[str] | None, limit: int
) -> list[Neighbour]:
    found = collection.query(
        query_embeddings=vector.reshape(1, -1),
        n_results=limit,
        where=None if categories is None else {"category": {"$in": [*categories, NO_CATEGORY]}},
        include=["distances", "embeddings"],
    )
    rows = zip(found["ids"][0], found["distances"][0], found["embeddings"][0], strict=True)
    return [Neighbour(passage_id, 1.0 - float(distance), own) for passage_id, distance, own in rows]


def _compared(collection: Any, vector: NDArray[np.float32], ids: Sequence[str]) -> list[Neighbour]:
    import numpy as np

    held = collection.get(ids=list(ids), include=["embeddings"])
    vectors = np.asarray(held["embeddings"], dtype=np.float32)
    found = [Neighbour(each, float(own @ vector), own) for each, own in zip(held["ids"], vectors, strict=True)]
    return sorted(found, key=lambda each: (-each.similarity, each.passage_id))
