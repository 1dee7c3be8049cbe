"""Many files of few sources: each copy with amounts and numbers of its own, for measuring speed alone."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from benchmarks.drawer.source import Source

PICTURES = frozenset({"scan", "photo"})
"""Kinds that have to be read by recognising letters."""
_NUMBER = re.compile(r"(?<![\d/.,-])(?!(?:19|20)\d\d\b)(\d+[.,]\d\d|\d{4,})(?![\d/-])")
"""Amounts, and numbers that are neither a year nor a part of a date."""


def varied(sources: Sequence[Source], files: int, *, pictures: bool = False) -> Iterator[Source]:
    """Yield the sources of so many files, going round those given; none says the same as another.

    Args:
        pictures: whether scans and photos are among them.
    """
    kept = [each for each in sources if pictures or each.kind not in PICTURES]
    groups: dict[PurePosixPath, list[Source]] = {}
    for source in kept:
        groups.setdefault(source.outer, []).append(source)
    whole = [group for group in groups.values() if all(_changed(each, 0).body != each.body for each in group)]
    for number, group in zip(range(files), itertools.cycle(whole), strict=False):
        outer = group[0].outer
        copy = outer.with_name(f"{outer.stem} {number}{outer.suffix}")
        for source in group:
            yield replace(_changed(source, number), path=copy / source.path.relative_to(outer))


def _changed(source: Source, number: int) -> Source:
    draw = random.Random(number)

    def another(match: re.Match[str]) -> str:
        return re.sub(r"\d", lambda _: str(draw.randint(1, 9)), match[0])

    body = _NUMBER.sub(another, source.body).replace('"id": "nb-', f'"id": "nb{number}-')
    free = source.kind in ("pdf", "docx", *PICTURES) or source.path.suffix in (".md", ".txt")
    return replace(source, body=f"{body}\n\nCopy {number} of the family's papers.\n" if free else body)
