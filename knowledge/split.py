"""A note's text into passages sized for the embedder's window; pure."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass

MAX_WORDS = 120
"""Words a passage may have: all-MiniLM-L6-v2 reads 256 tokens, and titles, codes and prices cost more than one."""
CHARACTERS_PER_WORD = 12
"""What a word may have, on average: more than any language with spaces needs, so that only text without them is cut."""

_JOINT = len("\n\n")
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)(?:\s+#+)?\s*$")
_LIST_ITEM = re.compile(r"^\s*(?:[-*+•]|\d+[.)])\s+")
_SENTENCE_END = re.compile(r"([.!?…][\"')\]]*)\s+(?=[\"'(\[]?[A-Z0-9])")
_LINE_BREAK = re.compile(r"\s*\n\s*")


@dataclass(frozen=True)
class Piece:
    """A passage before it is given an identity: its headings, joined by ' › ', and its words."""

    heading: str
    text: str


def split(text: str, max_words: int = MAX_WORDS) -> list[Piece]:
    """Cut a note's Markdown or plain text into pieces, at headings, then paragraphs, rows, lines, sentences and words.

    A word is cut only where it alone is longer than a whole piece: a picture in base64, a language without spaces.

    Short neighbours under the same heading stay together; the last line of a piece is repeated at the head of the
    next where a list or a table goes on, so that no row is torn from its fellows. Nothing is dropped.
    """
    pieces: list[Piece] = []
    for heading, block in _sections(text):
        pieces += [Piece(heading, part) for part in _packed(_units(block, max_words), max_words)]
    return pieces


def _sections(text: str) -> list[tuple[str, str]]:
    """Headings and the text below each; a heading with nothing below it becomes text, never lost."""
    path: list[str] = []
    sections: list[tuple[str, list[str]]] = [("", [])]
    for line in text.splitlines():
        if match := _HEADING.match(line):
            level = len(match[1])
            path = [*path[: level - 1], *[""] * (level - 1 - len(path)), match[2]]
            sections.append((" › ".join(part for part in path if part), []))
        else:
            sections[-1][1].append(line)
    filled = []
    for heading, lines in sections:
        block = "\n".join(lines).strip()
        if block or heading:
            filled.append((heading, block or heading))
    return filled


def _units(block: str, max_words: int) -> list[str]:
    """The smallest parts that are kept whole: paragraphs, or rows and lines, or sentences, or runs of words."""
    units: list[str] = []
    for paragraph in re.split(r"\n\s*\n", block):
        if _length(paragraph) <= max_words:
            units.append(paragraph.strip("\n"))
            continue
        lines = paragraph.splitlines()
        rows = len(lines) > 1 and sum(map(_is_row, lines)) >= len(lines) / 2
        for part in lines if rows else _lines_and_sentences(lines, max_words):
            units += [part] if _length(part) <= max_words else _runs(part, max_words)
    return [unit for unit in units if unit.strip()]


def _lines_and_sentences(lines: list[str], max_words: int) -> list[str]:
    """The lines as their writer ended them, a long one by its sentences, and a long sentence where a width broke it."""
    parts: list[str] = []
    for text in _unwrapped(lines):
        sentences = [text] if _length(text) <= max_words else _SENTENCE_END.sub(r"\1\n\n", text).split("\n\n")
        for sentence in sentences:
            short = _length(sentence) <= max_words
            parts += [_LINE_BREAK.sub(" ", sentence)] if short else sentence.split("\n")
    return parts


def _unwrapped(lines: list[str]) -> list[str]:
    """Wrapped lines put together, their breaks still in them; a list's lines each alone.

    A text was wrapped if most of its lines are full, so that the next word had no room, and more than a third go on in
    lower case in mid-sentence; names, numbers and German nouns begin lines too. In doubt it is a list: better a
    sentence cut at a line's end than a telephone number without its name.
    """
    breaks = list(itertools.pairwise(lines))
    width = sorted(map(len, lines))[len(lines) * 3 // 4]  # not the longest: a link may stand out over the margin
    full = [len(line.rstrip()) + len(" ") + len(after.split()[0]) > width for line, after in breaks]
    goes_on = [not _ends_sentence(line) and after.lstrip()[0].islower() for line, after in breaks]
    if sum(full) <= len(breaks) / 2 or sum(goes_on) <= len(breaks) / 3:
        return lines
    texts = lines[:1]
    for line, no_room, in_sentence in zip(lines[1:], full, goes_on, strict=True):
        if no_room or in_sentence:
            texts[-1] += "\n" + line
        else:
            texts.append(line)
    return texts


def _runs(text: str, max_words: int) -> list[str]:
    """As many words at a time as the limit allows."""
    most = max_words * CHARACTERS_PER_WORD - _JOINT
    runs: list[list[str]] = []
    room = 0
    for word in text.split():
        for part in (word[at : at + most] for at in range(0, len(word), most)):
            if not runs or len(runs[-1]) == max_words or len(part) > room:
                runs.append([])
                room = most
            runs[-1].append(part)
            room -= len(part) + 1
    return [" ".join(run) for run in runs]


def _packed(units: list[str], max_words: int) -> list[str]:
    """Neighbouring units joined up to the limit, with one row of overlap inside lists and tables."""
    parts: list[list[str]] = []
    length = 0
    for unit in units:
        if parts and length + _length(unit) <= max_words:
            parts[-1].append(unit)
            length += _length(unit)
            continue
        carried = parts[-1][-1] if parts and _is_row(parts[-1][-1]) and _is_row(unit) else None
        if carried and _length(carried) + _length(unit) <= max_words and "\n" not in carried:
            parts.append([carried, unit])
        else:
            parts.append([unit])
        length = sum(map(_length, parts[-1]))
    return [_joined(part) for part in parts]


def _joined(units: list[str]) -> str:
    text = units[0]
    for before, unit in itertools.pairwise(units):
        tight = (_is_row(before) and _is_row(unit)) or ("\n" not in before and "\n" not in unit)
        text += ("\n" if tight else "\n\n") + unit
    return text


def _is_row(line: str) -> bool:
    return bool(_LIST_ITEM.match(line)) or line.lstrip().startswith("|")


def _ends_sentence(line: str) -> bool:
    return line.rstrip(" \t\"')]").endswith((".", "!", "?", "…"))


def _length(text: str) -> int:
    """Words, or as many as its characters would make."""
    return max(len(text.split()), math.ceil((len(text) + _JOINT) / CHARACTERS_PER_WORD))
