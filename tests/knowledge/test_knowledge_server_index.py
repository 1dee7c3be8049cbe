"""The index on a real Chroma server, which `chroma run` starts."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from conftest import WordEmbedder

from classifier.taxonomy import DEFAULT_TAXONOMY
from knowledge import notebook, schema
from knowledge.errors import IndexUnreachable
from knowledge.library import Library
from knowledge.note import Draft, Scope
from knowledge.record import Record
from knowledge.server_index import ServerIndex

PATIENCE = 90.0
ALL = Scope(None, "test")


class Server:
    """A Chroma server in a process of its own."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._folder = folder
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        chroma = Path(sys.executable).with_name("chroma")
        self.process = subprocess.Popen(
            [chroma, "run", "--path", self._folder, "--host", "127.0.0.1", "--port", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + PATIENCE
        while True:
            try:
                httpx.get(f"{self.url}/api/v2/heartbeat").raise_for_status()
                return
            except httpx.HTTPError:
                assert time.monotonic() < until, "the server did not start"
                time.sleep(0.1)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("chroma"))
    yield server
    server.stop()


@pytest.fixture
def library(server: Server, tmp_path: Path) -> Iterator[Library]:
    library = open_library(server, tmp_path)
    yield library
    if server.process.poll() is None:
        library.index.clear()


def open_library(server: Server, folder: Path, made_by: str = "words") -> Library:
    notes = notebook.Notebook(Record(folder / "house.db", (schema.migrations,)))
    notes.set_categories((each.name, each.code, each.definition) for each in DEFAULT_TAXONOMY)
    return Library(notes, ServerIndex(server.url, "a-house", made_by, folder / "lock"), WordEmbedder())


def ids(library: Library, question: str, scope: Scope = ALL) -> list[str]:
    return [hit.note_id for hit in library.search(question, scope)]


def test_notes_are_found_in_their_scope_changed_and_deleted(library: Library) -> None:
    library.add(
        [
            Draft("The pool pump hums.", "Pump", "pool", id="pump"),
            Draft("The fuel pump hums.", "Car", "car", id="car"),
            Draft("Pumps are loud.", "Loud", id="loose"),
        ]
    )

    assert set(ids(library, "pump")) == {"pump", "car", "loose"}
    assert set(ids(library, "pump", Scope(("pool",), "test"))) == {"pump", "loose"}
    library.edit("car", {"category": "pool"})
    library.delete(["loose"])
    assert set(ids(library, "pump", Scope(("pool",), "test"))) == {"pump", "car"}
    assert library.differences() == (set(), set())


def test_another_process_sees_what_was_written(library: Library, server: Server, tmp_path: Path) -> None:
    library.add([Draft("The pool pump hums.", "Pump", "pool", id="pump")])
    other = open_library(server, tmp_path)

    assert other.heal() == 0
    assert ids(other, "pump") == ["pump"]


def test_vectors_of_another_embedder_are_made_again(library: Library, server: Server, tmp_path: Path) -> None:
    library.add([Draft("The pool pump hums.", "Pump", "pool", id="pump")])
    other = open_library(server, tmp_path, "another model")

    assert not other.index.usable()
    assert other.heal() == 1
    assert other.index.usable()


def test_a_server_gone_in_the_middle_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    server = Server(tmp_path / "chroma")
    library = open_library(server, tmp_path)
    library.add([Draft("The pool pump hums.", "Pump", "pool", id="pump")])
    server.stop()

    with pytest.raises(IndexUnreachable, match=r"server .* cannot be used.*Start it"):
        library.search("pump", ALL)
    library.add([Draft("The gate squeaks.", "Gate", "fence", id="gate")])
    assert [note_id for note_id, _ in library.notebook.unindexed()] == ["gate"]

    server.start()
    try:
        assert library.heal() == 1  # the note that waited, and not the whole house
        assert set(ids(library, "pump gate")) == {"pump", "gate"}
    finally:
        server.stop()
