"""File names as they can be said: on Linux a name may be any bytes, and neither record nor page takes those; pure."""

from __future__ import annotations

from pathlib import Path


def is_text(path: Path) -> bool:
    """Whether a path can be said in the record and on the page."""
    return text_of(str(path)) == str(path)


def text_of(name: str) -> str:
    """A name as it can be shown; what is not UTF-8 of it becomes a question mark."""
    return name.encode(errors="replace").decode()
