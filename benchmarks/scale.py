"""How the search bears a house that grows: ingest, latency, recall against exact search, memory, start-up.

    python -m benchmarks.scale                     # 1,000, 10,000 and 100,000 passages
    python -m benchmarks.scale --real 100000       # every vector from the real encoder: half an hour more

Notes are made up of a household's words; one category holds half of them, another one of two hundred. The first
`--real` vectors come from the encoder, the others are those turned a little at random, which is as crowded and takes no
time; the ingest rate is that of the real ones. Every search is the chat's but for reading the first notes with the
question, which takes the same time in any house: words, codes, dates and vectors.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from assistant.build import EMBEDDER, House
from assistant.models.catalogue import CATALOGUE
from assistant.settings import read_settings
from knowledge.embedding import Embedder
from knowledge.folder_index import FolderIndex
from knowledge.index import PAGE
from knowledge.library import Library
from knowledge.note import Draft

QUESTIONS = 100
SMALL, LARGE = "doorbell", "hvac"
TURNED = 0.35
"""Length of the random step that turns a vector, beside its own of one."""
PARTS = (
    "pump filter valve breaker hinge latch gutter nozzle thermostat burner pane sensor hose fan switch lamp gate board"
)
ROOMS = "kitchen garage basement attic hall porch yard bedroom laundry office stairs patio shed den"
FIRMS = "Alder Birch Cobalt Denning Eastman Fairley Grove Harmon Ibsen Juno Keller Lowell Mercer Nolan Orton Pryce"
DEEDS = "replaced repaired cleaned adjusted installed inspected removed sealed tightened painted tested descaled"
START = """
import sys, time
from pathlib import Path
began = time.perf_counter()
from assistant.build import House
from assistant.settings import read_settings
house = House(read_settings(home=Path(sys.argv[1])))
house.library.heal()
house.library.search("Who replaced the pump?", house.library.scope(["doorbell"], ""))
print(time.perf_counter() - began)
"""


class PartlyReal:
    """The first texts through the real encoder; others get the vector of one of those, turned at random."""

    def __init__(self, encoder: Embedder, real: int) -> None:
        self.name = encoder.name
        self._encoder = encoder
        self._left = real
        self._seen: list[NDArray[np.float32]] = []
        self._random = np.random.default_rng(0)
        self.seconds = 0.0
        self.texts = 0

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector a text; a single one is a question's, and real."""
        if self._left <= 0 and len(texts) > 1:
            rows = np.stack([self._seen[at] for at in self._random.integers(len(self._seen), size=len(texts))])
            steps = self._random.normal(size=rows.shape).astype(np.float32)
            rows = rows + TURNED * steps / np.linalg.norm(steps, axis=1, keepdims=True)
            turned: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
            return turned
        began = time.perf_counter()
        vectors = self._encoder.embed(texts)
        if len(texts) > 1:
            self.seconds += time.perf_counter() - began
            self.texts += len(texts)
            self._left -= len(texts)
            self._seen.extend(vectors)
        return vectors


@click.command()
@click.option("--sizes", default="1000,10000,100000", show_default=True)
@click.option("--real", default=3_000, show_default=True, help="Vectors from the real encoder.")
def main(sizes: str, real: int) -> None:
    """Print one block a size."""
    for size in map(int, sizes.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder), size, real)


def measure(home: Path, size: int, real: int) -> None:
    """Fill a house with so many passages and search it."""
    house = House(read_settings(home=home))
    house.store.ensure(CATALOGUE[EMBEDDER])
    encoder = PartlyReal(house.embedder, real)
    notebook = house.notebook
    library = Library(notebook, FolderIndex(home / "index", encoder.name), encoder)
    names = [name for name, _, _ in notebook.categories()]
    began = time.perf_counter()
    added = time.perf_counter()
    with (
        notebook._record.writing()
    ):  # one transaction for the record: its rate a note at a time is SQLite's, fsync and all
        for draft in drafts(size, names):
            notebook.add(draft)
    added = time.perf_counter() - added
    library.heal(lambda done, total: click.echo(f"\r{done} of {total}", nl=False, err=True))
    indexed = time.perf_counter() - began - added
    per_text = encoder.seconds / max(1, encoder.texts)
    rate = size / (added + indexed - encoder.seconds + per_text * size)
    click.echo(f"\r{size:,} passages: {rate:.0f} a second ingested (encoder {per_text * 1000:.1f} ms each)")
    questions = [question(random.Random(number)) for number in range(QUESTIONS)]
    vectors = house.embedder.embed(questions)
    for label, categories in (("no filter", None), (f"small ({SMALL})", [SMALL]), (f"large ({LARGE})", [LARGE])):
        scope = library.scope(categories, "")
        library.search("warm up", scope)
        seconds = []
        for each in questions:
            library._vector(each)  # the router needs it, too: counted there
            began = time.perf_counter()
            library.search(each, scope)
            seconds.append(time.perf_counter() - began)
        spent = np.sort(seconds)
        click.echo(f"  {label:20} median {np.median(spent) * 1000:5.1f} ms, 95 % {spent[94] * 1000:5.1f} ms")
    for name, recall in recalls(library, names, vectors):
        click.echo(f"  recall@40 against exact search, {name}: {recall:.4f}")
    library.index.close()
    started = subprocess.run([sys.executable, "-c", START, home], capture_output=True, text=True, check=True)
    memory = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
    click.echo(
        f"  start to first search {float(started.stdout):.1f} s; resident memory {int(memory.split()[1]) / 1e6:.2f} GB"
    )


def drafts(size: int, names: Sequence[str]) -> Iterator[Draft]:
    """Make notes of one passage each."""
    words = random.Random(0)
    others = [name for name in names if name not in (SMALL, LARGE)]
    for number in range(size):
        drawn = words.random()
        category = LARGE if drawn < 0.5 else SMALL if drawn < 0.505 else words.choice(others)
        part, firm, deed = (words.choice(each.split()) for each in (PARTS, FIRMS, DEEDS))
        code = f"{firm[:2].upper()}-{words.randrange(10_000):04}"
        room, other = words.choice(ROOMS.split()), words.choice(PARTS.split())
        text = (
            f"{firm} {deed} the {part} in the {room}, model {code}, for ${words.randrange(40, 900)}. A {other} "
            f"it was {words.choice(DEEDS.split())} too. Next visit in {words.randrange(1, 24)} months, ask for "
            f"{words.choice(FIRMS.split())}. Receipt number {number}."
        )
        yield Draft(text, f"{part.title()} {deed}", category, id=f"n{number}")


def question(words: random.Random) -> str:
    """Make a question about one of them."""
    part, room, deed = (words.choice(each.split()) for each in (PARTS, ROOMS, DEEDS))
    return f"Who {deed} the {part} in the {room}, and what did it cost?"


def recalls(library: Library, names: Sequence[str], vectors: NDArray[np.float32]) -> list[tuple[str, float]]:
    """How many of the 40 nearest passages the index returns, in all, in the worst category, and on average."""
    ids, rows, of = _everything(library)
    found = {}
    for name in [None, *names]:
        within = np.ones(len(ids), bool) if name is None else of == name
        if not within.any():
            continue
        shares = []
        for vector in vectors[:40]:
            near = library.index.nearest(vector, None if name is None else [name], 40)
            best = set(ids[within][np.argsort(-(rows[within] @ vector), kind="stable")[:40]])
            shares.append(len(best & {each.passage_id for each in near}) / len(best))
        found[name] = float(np.mean(shares))
    worst = min((name for name in found if name is not None), key=lambda name: found[name])
    return [("the whole house", found[None]), (f"the worst category ({worst})", found[worst])]


def _everything(library: Library) -> tuple[NDArray[np.str_], NDArray[np.float32], NDArray[np.str_]]:
    """Return all ids, vectors and categories of the index."""
    pages: list[dict[str, list[object]]] = []
    with library.index._reading() as collection:
        while not pages or len(pages[-1]["ids"]) == PAGE:
            pages.append(collection.get(limit=PAGE, offset=PAGE * len(pages), include=["embeddings", "metadatas"]))
    ids = np.concatenate([np.array(page["ids"], dtype=np.str_) for page in pages if page["ids"]])
    rows = np.concatenate([np.asarray(page["embeddings"], dtype=np.float32) for page in pages if page["ids"]])
    return ids, rows, np.array([each["category"] for page in pages for each in page["metadatas"]])  # type: ignore[index]


if __name__ == "__main__":
    main()
