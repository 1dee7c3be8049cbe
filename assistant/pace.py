"""How long a piece of work still takes, in words; pure."""

from __future__ import annotations

EARLY = 3.0
"""Seconds before which nobody can tell."""


def time_left(done: int, total: int, seconds: float) -> str:
    """Return what is left of work of equal steps, such as 'about 40 s left'; empty where that cannot be told yet.

    Args:
        done: how many of the steps are done.
        total: how many there are.
        seconds: what those took.
    """
    if not 0 < done < total or seconds < EARLY:
        return ""
    left = seconds / done * (total - done)
    if left < 60:
        return f"about {max(5, 5 * round(left / 5))} s left"
    minutes = round(left / 60)
    return f"about {minutes} min left" if minutes < 90 else f"about {round(left / 3600)} h left"
