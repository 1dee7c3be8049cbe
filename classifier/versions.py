"""Router versions on disk: which there are, which one serves; making one is left to `finetune`."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier.errors import RouterUnavailable

SERVING_FILE = "serving"
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


class Versions:
    """The routers of a house, one folder each; a small file names the one that serves."""

    def __init__(self, folder: Path) -> None:
        """Args: the house's folder for routers; made when the first version is written."""
        self.folder = folder

    def all(self) -> list[Version]:
        """Return the versions on disk, by name."""
        if not self.folder.is_dir():
            return []
        serving = self._serving_name()
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
        if not name or name.startswith(".") or name == SERVING_FILE or Path(name).name != name:
            raise RouterUnavailable(f"{name!r} cannot name a router.")
        target = self.folder / name
        partial = self.folder / f".{name}.{secrets.token_hex(4)}"
        try:
            partial.mkdir(parents=True)
            write(partial)
            if replace:
                shutil.rmtree(target, ignore_errors=True)
            partial.rename(target)
        except OSError as error:
            raise RouterUnavailable(f"The router {name} cannot be kept in {self.folder} ({error}).") from error
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        return self.get(name)

    def promote(self, name: str) -> Version:
        """Make a version the serving one, at once and wholly; raises RouterUnavailable."""
        self.get(name)
        partial = self.folder / f".{SERVING_FILE}.{secrets.token_hex(4)}"
        try:
            partial.write_text(name, "utf-8")
            partial.replace(self.folder / SERVING_FILE)
        except OSError as error:
            raise RouterUnavailable(f"The router {name} cannot be made to serve ({error}).") from error
        finally:
            partial.unlink(missing_ok=True)
        return self.get(name)

    def _serving_name(self) -> str | None:
        try:
            return (self.folder / SERVING_FILE).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return None


def _json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}
