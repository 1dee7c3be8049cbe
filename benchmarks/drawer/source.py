"""What the drawer's files are made of: a path, hints of layout, words in a small Markdown; others make the files."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

FOLDER = Path(__file__).parent / "sources"
CONTAINERS = (".zip", ".eml")
"""Endings of files that hold others: a path may lead on inside them."""


@dataclass(frozen=True)
class Source:
    """One file of the drawer, as it is written down."""

    path: PurePosixPath
    """Where it lies in the drawer; below a ZIP or a mail for what is inside one."""
    kind: str
    """What makes it: text, pdf, scan, photo, docx, xlsx, eml or zip."""
    at: dt.datetime
    """When the file was last changed."""
    hints: Mapping[str, Any] = field(default_factory=dict)
    """The look, the encoding, how a photo was taken, the head of a mail."""
    body: str = ""

    @property
    def container(self) -> PurePosixPath | None:
        """The file that this one is inside of; None where it lies open."""
        return next((each for each in self.path.parents if each.suffix.lower() in CONTAINERS), None)

    @property
    def outer(self) -> PurePosixPath:
        """The file that lies open in the drawer: itself, or what holds it."""
        return outer(self.path)


def outer(path: PurePosixPath) -> PurePosixPath:
    """Return the outermost file on a path that may lead into a ZIP or a mail."""
    holders = [each for each in path.parents if each.suffix.lower() in CONTAINERS]
    return holders[-1] if holders else path


def read_source(path: Path) -> Source:
    """Read one source: hints as YAML between two rules, and the words below, kept as they are."""
    import yaml

    _, head, body = path.read_text("utf-8").split("---\n", 2)
    hints = yaml.safe_load(head)
    where, kind, at = PurePosixPath(hints.pop("file")), hints.pop("as"), hints.pop("at")
    if not isinstance(at, dt.datetime):
        at = dt.datetime.combine(at, dt.time(12))
    return Source(where, kind, at, hints, body)


def read_sources(folder: Path = FOLDER) -> list[Source]:
    """Read all sources, in the order of their names."""
    return [read_source(path) for path in sorted(folder.rglob("*.md"))]


@dataclass(frozen=True)
class Heading:
    """A line above others; level 1 is a document's or a vendor's name."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """Lines that belong together, broken where they are broken in the source."""

    text: str
    small: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Rows of cells; without a header it is a frameless block, such as the totals of an invoice."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[bool, ...]
    """Which columns are set to the right, as amounts are."""


@dataclass(frozen=True)
class Stamp:
    """A word put across the page, such as PAID."""

    text: str


@dataclass(frozen=True)
class Rule:
    """A line across."""


@dataclass(frozen=True)
class PageBreak:
    """What follows stands on the next page."""


Block = Heading | Paragraph | Bullets | Table | Stamp | Rule | PageBreak


def blocks(body: str) -> Iterator[Block]:
    """Read the words of a document: Markdown's headings, lists, tables and rules; `>` is small print, `!` a stamp."""
    for part in re.split(r"\n\s*\n", body.strip("\n")):
        lines = part.strip("\n").split("\n")
        while lines and (heading := re.match(r"(#{1,3}) (.+)", lines[0])):
            yield Heading(len(heading[1]), heading[2].strip())
            lines = lines[1:]
        if not lines:
            continue
        first = lines[0]
        if first.startswith("|"):
            yield _table(lines)
        elif all(line.startswith("- ") for line in lines):
            yield Bullets(tuple(line[2:] for line in lines))
        elif first == "===":
            yield PageBreak()
        elif first == "---":
            yield Rule()
        elif first.startswith("! "):
            yield Stamp(first[2:])
        elif first.startswith("> "):
            yield Paragraph("\n".join(line.removeprefix("> ") for line in lines), small=True)
        else:
            yield Paragraph("\n".join(lines))


def _table(lines: list[str]) -> Table:
    cells = [tuple(cell.strip() for cell in line.strip().strip("|").split("|")) for line in lines]
    header, marks, rows = cells[0], cells[1], cells[2:]
    named = header if any(header) else ()
    return Table(named, tuple(rows), tuple(mark.endswith(":") for mark in marks))
