"""Which notes an answer stands on, and with which words; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.events import Citation
from knowledge.note import Hit
from knowledge.search import STOP_WORDS

SUPPORT = 0.3
"""Share of a claim's telling words that a note must hold to support it."""
CLEAR_SUPPORT = 0.6
"""The share from which a claim that names no note is given the note that holds it."""

_MARK = re.compile(r"\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]")
_OPEN_MARK = re.compile(r"\[[\d, ]*\Z")
_BULLET = re.compile(r"(\s*(?:(?:[-*+•]|\d{1,3}[.)])\s+)?)(.*)")
_BEFORE_NAMES = "Mr Mrs Ms Dr St Mt Prof approx Approx ca Tel tel vs".split()
_BEFORE_FIGURES = "No no Nr nr Art Fig p Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec".split()
_ABBREVIATED = (
    "".join(rf"(?<!\b{word}\.)" for word in _BEFORE_NAMES)
    + "".join(rf"(?<!\b{word}\.(?=\s\d))" for word in _BEFORE_FIGURES)
    + r"(?<!(?<!\d )\b[A-Z]\.)(?<!\b[ap]\.m\.)"
)
_SENTENCE = re.compile(rf"(?<=[.!?]){_ABBREVIATED}\s+(?=[\"'(]?[A-Z0-9])|(?<=\])\s+(?=[A-Z])|\n+")
_WORD = re.compile(r"\w+(?:[.,:/-]\w+)*")


def cite(text: str, hits: Sequence[Hit]) -> tuple[str, tuple[Citation, ...]]:
    """Return the answer with its marks put right, and the citations they stand for.

    A mark that points to no note, or to one that holds nothing of its claim, is taken out. A claim without a mark gets
    the note that clearly holds it, if one does. Lines stay lines, so that a list is shown as one.

    Args:
        hits: the notes in the answer's own numbering, the first being [1].
    """
    quotes: dict[int, str] = {}
    lines = []
    for line in text.strip().splitlines():
        bullet, words = _bullet(line)
        kept = []
        for sentence in _SENTENCE.split(words):
            claim = unmarked(sentence)
            if not claim:
                continue
            support = {number: _support(claim, hit) for number, hit in enumerate(hits, start=1)}
            named = [number for number in _numbers(sentence) if support.get(number, (0.0, ""))[0] >= SUPPORT]
            if not named and support:
                best = max(support, key=lambda number: (support[number][0], -number))
                named = [best] if support[best][0] >= CLEAR_SUPPORT else []
            for number in named:
                quotes.setdefault(number, support[number][1])
            kept.append(marked(claim, named))
        # A line that held nothing but marks goes with them; a blank one parts paragraphs.
        if kept or not line.strip():
            lines.append(bullet + " ".join(kept))
    citations = tuple(_citation(number, hits[number - 1], quotes[number]) for number in sorted(quotes))
    return "\n".join(lines).strip(), citations


class Numbering:
    """The marks of a model that was shown notes under numbers of its own, as the person sees them: the hits first."""

    def __init__(self, numbered: Sequence[Hit], hits: Sequence[Hit]) -> None:
        """Args: the notes in the model's numbering, and in the person's; both begin with 1."""
        self._numbered = numbered
        self._hits = list(hits)
        self._held = ""

    def piece(self, piece: str) -> str:
        """Return what can be shown of a streamed answer after one more piece; a mark that is still open waits.

        Marks of notes that are no hits are left out until the answer is whole.
        """
        text = self._held + piece
        cut = _OPEN_MARK.search(text)
        self._held = text[cut.start() :] if cut else ""
        return _MARK.sub(self._known, text[: cut.start()] if cut else text)

    def put_right(self, text: str, citations: Sequence[Citation]) -> tuple[str, tuple[Citation, ...], tuple[Hit, ...]]:
        """Return a cited answer and its citations in the person's numbering, and the hits with what else it cites."""
        places = {each.number: self._place(self._numbered[each.number - 1]) for each in citations}

        def renumbered(mark: re.Match[str]) -> str:
            return "".join(f"[{places[number]}]" for number in _marked_numbers(mark) if number in places)

        shown = tuple(sorted((replace(each, number=places[each.number]) for each in citations), key=_by_number))
        return _MARK.sub(renumbered, text), shown, tuple(self._hits)

    def _known(self, mark: re.Match[str]) -> str:
        ids = [hit.note_id for hit in self._hits]
        noted = (self._numbered[number - 1] for number in _marked_numbers(mark) if 0 < number <= len(self._numbered))
        return "".join(f"[{ids.index(note.note_id) + 1}]" for note in noted if note.note_id in ids)

    def _place(self, note: Hit) -> int:
        for number, hit in enumerate(self._hits, start=1):
            if hit.note_id == note.note_id:
                return number
        self._hits.append(note)
        return len(self._hits)


def _by_number(citation: Citation) -> int:
    return citation.number


def _bullet(line: str) -> tuple[str, str]:
    """A line's indent with its dash or number, which are no claim, and its words."""
    match = _BULLET.fullmatch(line)
    return (match[1], match[2]) if match else ("", line)


def _citation(number: int, hit: Hit, quote: str) -> Citation:
    return Citation(number, hit.note_id, hit.title, hit.category, hit.date, quote)


def _support(claim: str, hit: Hit) -> tuple[float, str]:
    """How much of a claim a note holds, 0 to 1, and the note's sentence that holds most of it."""
    wanted = telling(claim)
    if not wanted:
        return 0.0, ""
    date = f"{hit.date.day} {hit.date:%B %Y} {hit.date.isoformat()}" if hit.date else ""
    share = len(wanted & telling(f"{hit.title} {date} {hit.text}")) / len(wanted)
    quote = max(sentences(hit), key=lambda sentence: len(wanted & telling(sentence)), default="")
    return share, quote


def sentences(hit: Hit) -> list[str]:
    """Return the sentences of a note, as they are quoted."""
    return [sentence.strip() for sentence in _SENTENCE.split(hit.text) if sentence.strip()]


def telling(text: str) -> set[str]:
    """Return the words that make a claim checkable: all but the commonest, numbers without commas and idle cents."""
    words = (word.lower().replace(",", "").removesuffix(".00") for word in _WORD.findall(text))
    return {word for word in words if word not in STOP_WORDS}


def _numbers(sentence: str) -> list[int]:
    found = (number for mark in _MARK.finditer(sentence) for number in _marked_numbers(mark))
    return list(dict.fromkeys(found))


def _marked_numbers(mark: re.Match[str]) -> list[int]:
    return [int(number) for number in mark[1].split(",")]


def unmarked(sentence: str) -> str:
    """Return a sentence without its marks, on one line."""
    return re.sub(r"\s+([.,;:!?])", r"\1", " ".join(_MARK.sub(" ", sentence).split())).strip()


def marked(claim: str, numbers: Sequence[int]) -> str:
    """Return a claim with the marks of notes at its end, before its full stop."""
    marks = "".join(f"[{number}]" for number in numbers)
    if not marks:
        return claim
    return f"{claim[:-1]} {marks}{claim[-1]}" if claim[-1] in ".!?" else f"{claim} {marks}"
