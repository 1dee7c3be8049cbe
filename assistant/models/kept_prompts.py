"""A bounded folder of what a language model made of prompt beginnings; reading them is the model's work."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import asdict
from pathlib import Path

from assistant.models.chat_models import Message

ENDING = ".kv"


class KeptPrompts:
    """The folder: one file a beginning, whole or absent, named by the model and the words that it holds."""

    def __init__(self, folder: Path, limit: int) -> None:
        """Args: where the files lie; how many bytes they may have together."""
        self.folder = folder
        self._limit = limit
        self._refused: set[str] = set()

    def name(self, made_by: str, beginning: Sequence[Message]) -> str:
        """Return the file's name for a model and a beginning, the same in every process."""
        said = json.dumps([made_by, *(asdict(message) for message in beginning)])
        return hashlib.sha256(said.encode()).hexdigest()[:32] + ENDING

    def holds(self, name: str) -> bool:
        """Whether a beginning is kept."""
        return (self.folder / name).is_file()

    def adopt(self, written: str, name: str) -> bool:
        """Take a file that was just written under another name for a beginning's; False where there is no room for it.

        Raises:
            OSError: the folder cannot be written.
        """
        if sum(path.stat().st_size for path in self._files()) > self._limit:
            self.drop(written)
            self._refused.add(name)
            return False
        (self.folder / written).replace(self.folder / name)
        return True

    def drop(self, name: str) -> None:
        """Delete a file, if it is there."""
        with contextlib.suppress(OSError):
            (self.folder / name).unlink()

    def keep_only(self, names: Collection[str]) -> None:
        """Delete all files but these: what notes said before they changed, and what a crash left half written."""
        for path in self._files():
            if path.name not in names:
                self.drop(path.name)
                self._refused.clear()

    def refused(self, name: str) -> bool:
        """Whether there was no room for a beginning, and nothing has made some since."""
        return name in self._refused

    def _files(self) -> list[Path]:
        try:
            return [path for path in self.folder.iterdir() if path.is_file()]
        except OSError:
            return []
