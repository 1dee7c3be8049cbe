"""What was trained for the product by this code: the router, copied into a house, and the reader's adapter."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from classifier.versions import FILES_FILE, Version, Versions

FOLDER = Path(__file__).parent / "packaged"
"""Holds one folder, the router, named like its version."""
READER, READER_CONFIG = FOLDER / "reader.gguf", FOLDER / "reader.json"


def install(versions: Versions, *, promote: bool = True) -> Version:
    """Copy the packaged router into a house; a damaged copy is replaced.

    Args:
        promote: whether it is to serve.

    Raises:
        RouterUnavailable: it cannot be written.
    """
    (packaged,) = (path for path in FOLDER.iterdir() if path.is_dir())

    def write(target: Path) -> None:
        shutil.copytree(packaged, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns(FILES_FILE))

    versions.add(packaged.name, write, replace=True)
    return versions.promote(packaged.name) if promote else versions.get(packaged.name)


def reader_of(sha256: str) -> Path | None:
    """Return the adapter that teaches a model to read notes; None where there is none for this one.

    Args:
        sha256: of the model's file; an adapter means nothing to any other.
    """
    try:
        base = json.loads(READER_CONFIG.read_text("utf-8"))["base"]["sha256"]
    except OSError:
        return None
    return READER if base == sha256 else None
