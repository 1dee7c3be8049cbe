"""What became of a file that came in, or of a note in it; telling people of it is left to others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from knowledge.note import Note

Status = Literal["added", "updated", "restored", "unchanged", "refused", "waiting", "gone"]


@dataclass(frozen=True)
class Outcome:
    """What became of a file, or of a note in it."""

    status: Status
    source: str
    note: Note | None = None
    reason: str = ""
    """Why it was refused, or what was decided on the person's behalf."""


def refusal(source: str, reason: str) -> Outcome:
    """Return what is said of a file that cannot be read or kept; a list says its name beside the reason."""
    return Outcome("refused", source, reason=reason.removeprefix(f"{source}: "))
