"""The files that notes were read from, kept by their content; which note has which is the record's."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path

from knowledge.errors import NotebookUnavailable

_BLOCK = 1 << 20


def digest_of(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal, read a block at a time; raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


class Originals:
    """The kept files of one house; each content once, whatever it was called."""

    def __init__(self, folder: Path) -> None:
        """Args: where they lie; made when the first one comes."""
        self.folder = folder

    def keep(self, path: Path, digest: str, suffix: str = "") -> Path:
        """Copy a file in, whole or not at all; returns where it lies.

        Args:
            digest: its SHA-256, as `digest_of` gives it.
            suffix: its ending, such as `.pdf`, so that it opens by itself.

        Raises:
            NotebookUnavailable: it cannot be written.
        """
        if kept := self.path(digest):
            return kept
        suffix = suffix.lower() if re.fullmatch(r"\.\w{1,10}", suffix) else ""
        target = self.folder / digest[:2] / f"{digest}{suffix}"
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=".new-")
            try:
                with os.fdopen(handle, "wb") as copy, path.open("rb") as file:
                    shutil.copyfileobj(file, copy, _BLOCK)
                    copy.flush()
                    os.fsync(copy.fileno())
                Path(name).replace(target)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise NotebookUnavailable(
                f"The file {path.name} cannot be kept in {self.folder} ({error.strerror or error}). "
                "Free some space, or change the folder's permissions, and try again."
            ) from error
        return target

    def path(self, digest: str) -> Path | None:
        """Where the file of this content lies; None where it is not kept."""
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            return None
        return next((self.folder / digest[:2]).glob(f"{digest}*"), None)
