"""Router versions on disk: which there are, which one serves; making one is left to `finetune`."""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier.errors import RouterUnavailable
from classifier.taxonomy import DEFAULT_TAXONOMY, Taxonomy

SERVING_FILE = "serving"
"""Names one version a line, in the order in which they were made to serve: the last one serves."""
FILES_FILE = "files.json"
"""The SHA-256 of every file of a version, by its path."""
CONFIG_FILE = "train_config.json"
REPORT_FILE = "report.json"


@dataclass(frozen=True)
class Version:
    """One router on disk, with what it was made of and how well it did."""

    name: str
    folder: Path
    config: dict[str, Any]
    report: dict[str, Any]
    serving: bool

    @property
    def mode(self) -> str:
        """How its language model answers: `head`, by a head over the labels, or `code`, by each label's own code."""
        return str(self.config.get("mode", "code"))

    @property
    def taxonomy(self) -> Taxonomy:
        """The categories that it was taught, in the order in which it was, which a head over the labels has, too.

        Raises:
            KeyError, TypeError, TaxonomyError: it does not say which.
        """
        return Taxonomy.in_order(self.config["categories"])

    @property
    def taught(self) -> Taxonomy:
        """Its `taxonomy`, or the packaged one where it names none; raises as that does."""
        return self.taxonomy if "categories" in self.config else DEFAULT_TAXONOMY


class Versions:
    """The routers of a house, one folder each; a small file names the one that serves."""

    def __init__(self, folder: Path) -> None:
        """Args: the house's folder for routers; made when the first version is written."""
        self.folder = folder

    def all(self) -> list[Version]:
        """Return the versions on disk, by name."""
        if not self.folder.is_dir():
            return []
        serving = "".join(self._served()[-1:])
        return [
            Version(
                name=path.name,
                folder=path,
                config=_json(path / CONFIG_FILE),
                report=_json(path / REPORT_FILE),
                serving=path.name == serving,
            )
            for path in sorted(self.folder.iterdir())
            if path.is_dir() and not path.name.startswith(".")
        ]

    def serving_name(self) -> str | None:
        """Return the name of the version that serves; None where none does. It costs one small file's reading."""
        return "".join(self._served()[-1:]) or None

    def get(self, name: str | None = None) -> Version:
        """Return a version by name, or the serving one; raises RouterUnavailable."""
        versions = self.all()
        for version in versions:
            if version.serving if name is None else version.name == name:
                return version
        there = ", ".join(version.name for version in versions) or "none yet"
        raise RouterUnavailable(f"There is no router {name or 'that serves'}; there are: {there}.")

    def add(self, name: str, write: Callable[[Path], None], replace: bool = False) -> Version:
        """Have `write` fill a new version's folder, which appears whole or not at all.

        Args:
            replace: whether it may take the place of a version of the same name, such as a damaged one.

        Raises:
            RouterUnavailable: the name is taken or can name no folder, or the folder cannot be written.
        """
        self.check_name(name)
        target = self.folder / name
        partial = self.folder / f".{name}.{secrets.token_hex(4)}"
        try:
            partial.mkdir(parents=True)
            write(partial)
            (partial / FILES_FILE).write_text(json.dumps(hashes(partial), indent=1), "utf-8")
            if replace:
                shutil.rmtree(target, ignore_errors=True)
            partial.rename(target)
        except OSError as error:
            raise RouterUnavailable(f"The router {name} cannot be kept in {self.folder} ({error}).") from error
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        return self.get(name)

    def check_name(self, name: str) -> None:
        """Raise RouterUnavailable where a name can name no folder of the house."""
        if not name or name.startswith(".") or name == SERVING_FILE or Path(name).name != name:
            raise RouterUnavailable(f"{name!r} cannot name a router.")

    def promote(self, name: str) -> Version:
        """Make a version the serving one, at once and wholly; raises RouterUnavailable."""
        self.get(name)
        served = self._served()
        if served[-1:] != [name]:
            self._write_served([*served, name], name)
        return self.get(name)

    def rollback(self) -> Version:
        """Let the version serve that served before the present one; raises RouterUnavailable where there is none."""
        before = self.served_before()
        if not before:
            raise RouterUnavailable("No other router served before this one. Promote one of `our-house routers list`.")
        self._write_served(before, before[-1])
        return self.get(before[-1])

    def served_before(self) -> list[str]:
        """Return the names of those that served before the present one and are still there, that one last."""
        there = {version.name for version in self.all()}
        served = self._served()
        before = served[:-1]
        while before and (before[-1] not in there or before[-1] == served[-1]):
            before.pop()
        return before

    def whole(self, name: str | None = None) -> Version:
        """Return a version by name, or the serving one, with every file as it was written.

        Raises:
            RouterUnavailable: there is no such version, or a file of it is missing, changed, or not its own.
        """
        version = self.get(name)
        written = _json(version.folder / FILES_FILE)
        try:
            found = hashes(version.folder)
        except OSError as error:
            raise RouterUnavailable(f"The router in {version.folder} cannot be read ({error}).") from error
        for what, files in (
            ("lacks", written.keys() - found.keys()),
            ("has a foreign file:", found.keys() - written.keys()),
            ("has a changed file:", {path for path in written.keys() & found.keys() if written[path] != found[path]}),
        ):
            if written and files:
                raise RouterUnavailable(
                    f"The router {version.name} {what} {', '.join(sorted(files))}. Choose another one: "
                    "`our-house routers list`."
                )
        return version

    def _served(self) -> list[str]:
        try:
            return (self.folder / SERVING_FILE).read_text("utf-8").split("\n")
        except (OSError, UnicodeDecodeError):
            return []

    def _write_served(self, names: Sequence[str], name: str) -> None:
        partial = self.folder / f".{SERVING_FILE}.{secrets.token_hex(4)}"
        try:
            partial.write_text("\n".join(names), "utf-8")
            partial.replace(self.folder / SERVING_FILE)
        except OSError as error:
            raise RouterUnavailable(f"The router {name} cannot be made to serve ({error}).") from error
        finally:
            partial.unlink(missing_ok=True)


def hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a version's folder, by its path within it; raises OSError."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != FILES_FILE
    }


def _json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}
