"""Pictures to the words on them, in this process: models that came with the package, loaded when first needed."""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

SURE = 0.8
"""The mean score of a picture's words above which nobody need turn it."""
LEGIBLE = 0.6
"""The score below which a word is guessed, not read."""
LONGEST = 2200
"""Pixels of the longer side that are looked at; more costs seconds and finds no more."""
_lock = threading.Lock()


def words_on(picture: Image) -> str:
    """Return the words on a picture in reading order, whichever way up it is; empty where none can be read."""
    picture = picture.convert("RGB")
    picture.thumbnail((LONGEST, LONGEST))
    best, best_worth = "", 0.0
    turns = [0, 180]
    while turns:
        turn = turns.pop(0)
        lines, sureness, upright = _read(picture.rotate(turn, expand=True) if turn else picture)
        worth = sureness * sum(map(len, lines)) if upright else 0.0
        if worth > best_worth:
            best, best_worth = "\n".join(lines), worth
        if upright and sureness >= SURE:
            break
        if not upright and turn == 0:
            turns = [90, 270]  # it lies on its side
        elif not lines and turn == 0:
            break  # nothing that looks like writing at all
    return best


def _read(picture: Image) -> tuple[list[str], float, bool]:
    """Return the lines on a picture, how sure they are (0 to 1), and whether most of them lie flat."""
    import numpy as np

    with _lock:  # one at a time: it uses all cores by itself
        found = _engine()(np.asarray(picture)[:, :, ::-1], use_cls=False)
    if found.boxes is None or not found.txts:
        return [], 0.0, True
    boxes = [
        (*np.min(box, axis=0), *np.max(box, axis=0), text, score)
        for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
    ]
    # A single letter is as tall as wide: only words tell how the picture lies.
    telling = [box for box in boxes if len(box[4]) >= 3]
    upright = 2 * sum(box[2] - box[0] >= box[3] - box[1] for box in telling) >= len(telling)
    legible = [box for box in boxes if box[5] >= LEGIBLE]
    letters = sum(len(box[4]) for box in boxes)
    sureness = sum(float(box[5]) * len(box[4]) for box in boxes) / max(1, letters)
    return _in_lines(legible), sureness, upright


def _in_lines(boxes: Sequence[tuple[Any, ...]]) -> list[str]:
    """Put words that stand side by side on one line, from the top."""
    lines: list[list[tuple[Any, ...]]] = []
    for box in sorted(boxes, key=lambda box: (box[1] + box[3]) / 2):
        middle = (box[1] + box[3]) / 2
        line = lines[-1] if lines else []
        if line and middle < (line[0][1] + line[0][3]) / 2 + (line[0][3] - line[0][1]) / 2:
            line.append(box)
        else:
            lines.append([box])
    return ["  ".join(str(box[4]) for box in sorted(line, key=lambda box: box[0])) for line in lines]


@functools.cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "error"})
