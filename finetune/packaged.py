"""The router that comes with the product: trained by this code, kept here whole, and copied into a house."""

from __future__ import annotations

import shutil
from pathlib import Path

from classifier.versions import FILES_FILE, Version, Versions

FOLDER = Path(__file__).parent / "packaged"
"""Holds one folder, the router, named like its version."""


def packaged() -> Path:
    """Return the packaged router's folder, which bears its version's name."""
    (folder,) = (path for path in FOLDER.iterdir() if path.is_dir())
    return folder


def install(versions: Versions, *, promote: bool = True) -> Version:
    """Copy the packaged router into a house; a damaged copy is replaced.

    Args:
        promote: whether it is to serve.

    Raises:
        RouterUnavailable: it cannot be written.
    """
    folder = packaged()

    def write(target: Path) -> None:
        shutil.copytree(folder, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns(FILES_FILE))

    versions.add(folder.name, write, replace=True)
    return versions.promote(folder.name) if promote else versions.get(folder.name)
