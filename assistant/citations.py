"""Which notes an answer stands on, and with which words; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from assistant.events import Citation
from assistant.numerals import missing, told_in
from knowledge.codes import has_digit
from knowledge.note import Hit
from knowledge.words import STOP_WORDS, stem

SUPPORT = 0.3
"""Share of a claim's telling words that a note must hold to support it."""
CLEAR_SUPPORT = 0.6
"""The share from which a claim that names no note is given the note that holds it."""

MARK = re.compile(r"\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]")
"""What a model points to a note by, or to several: [2], [1, 3]."""
_ONE = MARK.pattern.replace("(", "(?:", 1)
_MARKS = rf"{_ONE}(?:(?:\s*[,–-])?\s*(?:(?:and|or|&)\s+)?(?:notes?\s+)?{_ONE})*"
"""Marks side by side, as in [1][2], [1], [2] and [1] and note [2]."""
_ITS = r"(?:(?:the|your|my|our)\s+)?(?:notes?\s+)?"
_LEAD = re.compile(
    rf"(?:(?:according to|going by|based on|as per|per|from|in|as (?:\w+ ){{1,3}}(?:in|by))\s+{_ITS}{_MARKS}"
    rf"|as\s+{_ITS}{_MARKS}\s+\w+)\s*[,:]\s*",
    re.IGNORECASE,
)
"""What only names the note, before the claim: 'According to note [1],'."""
_TELLS = (
    "(?-i:say|said|state|mention|note|show|list|tell|give|record|report|describe|indicate|confirm|explain|read|refer|cover|"
    "contain|include|name|suggest|agree|disagree|differ|has|have|is|are|was|were|do|does|did|also|only|both)s?"
)
_PLACED = re.compile(
    rf"\s*\((?:(?:see|from|per|in|cf\.?|sources?:?|the|notes?:?)\s+)*{_MARKS}\s*\)"
    r"|(?:(?P<before>\b(?:notes?|both|either|between|to|in|on|from|per|by|see|under|with|than|as|of)\s+"
    rf"|(?P<subject>(?:^|[,;:–—]\s+|\b(?:and|but|while|whereas|that|because|since)\s+)(?={_MARKS}\s+{_TELLS}\b))"
    rf"|(?={_MARKS}[!?])))?{_MARKS}",
    re.IGNORECASE,
)
"""Marks with what goes with them: their parenthesis, or the words before that make them part of the sentence."""
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


def cite(text: str, hits: Sequence[Hit], *, several: bool = False) -> tuple[str, tuple[Citation, ...]]:
    """Return the answer with its marks put right, and the citations they stand for.

    A mark that points to no note, or to one that holds nothing of its claim, is taken out; one of a note that lacks a
    figure of its claim gives way to the note that holds it all; one on a claim that is too short to be looked up, such
    as 'Yes', stays. A claim without a mark gets the note that clearly holds it, if one does. Lines stay lines, so that
    a list is shown as one.

    Args:
        hits: the notes in the answer's own numbering, the first being [1].
        several: whether several questions were asked in one. A claim may answer two of them then, and gets the two
            notes that clearly hold it together; of one question, such a claim only mixes two notes up.
    """
    quotes: dict[int, str] = {}
    guessed: dict[int, str] = {}
    lines = []
    for line in text.strip().splitlines():
        bullet, words = _bullet(line)
        kept = []
        for sentence in _claims(words):
            if not unmarked(sentence):
                continue
            claim = _PLACED.sub(" ", _without_lead(sentence))
            support = {number: _support(claim, hit) for number, hit in enumerate(hits, start=1)}
            for number, words in _marked_words(sentence):
                if number in support and support[number][0] < SUPPORT:
                    support[number] = max(support[number], _support(words, hits[number - 1]))
            named = _named(claim, _numbers(sentence), {number: share for number, (share, _) in support.items()}, hits)
            if several and not named:
                named = _together(claim, hits)
            for number in named:
                share, quote = support[number]
                (quotes if share else guessed).setdefault(number, quote)
            kept.append(_placed(_without_lead(sentence), named))
        # A line that held nothing but marks goes with them; a blank one parts paragraphs.
        if kept or not line.strip():
            lines.append(bullet + " ".join(kept))
    quotes = guessed | quotes
    citations = tuple(citation_of(number, hits[number - 1], quotes[number]) for number in sorted(quotes))
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
        return MARK.sub(self._known, text[: cut.start()] if cut else text)

    def put_right(self, text: str, citations: Sequence[Citation]) -> tuple[str, tuple[Citation, ...], tuple[Hit, ...]]:
        """Return a cited answer and its citations in the person's numbering, and the hits with what else it cites."""
        places = {each.number: self._place(self._numbered[each.number - 1]) for each in citations}

        def renumbered(mark: re.Match[str]) -> str:
            return "".join(f"[{places[number]}]" for number in _marked_numbers(mark) if number in places)

        shown = tuple(sorted((replace(each, number=places[each.number]) for each in citations), key=_by_number))
        return MARK.sub(renumbered, text), shown, tuple(self._hits)

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


def citation_of(number: int, hit: Hit, quote: str) -> Citation:
    """Return a note as what an answer stands on, with the words that support it."""
    return Citation(number, hit.note_id, hit.title, hit.category, hit.date, quote)


def _claims(words: str) -> Iterator[str]:
    """The sentences of a line, each with the marks before it: a capital after '[1]' need not begin the next one."""
    opening = ""
    for piece in _SENTENCE.split(words):
        sentence = f"{opening} {piece}".strip()
        opens = not unmarked(sentence) or _LEAD.fullmatch(f"{sentence},")
        opening = sentence if opens else ""
        if not opens:
            yield sentence
    if opening:
        yield opening


def _marked_words(sentence: str) -> Iterator[tuple[int, str]]:
    """The marks within a sentence, each with the words that lead to it: of a list, each note holds but a piece."""
    start = 0
    for marks in re.finditer(_MARKS, sentence):
        yield from ((number, sentence[start : marks.start()]) for number in _numbers(marks[0]))
        start = marks.end()


def _without_lead(sentence: str) -> str:
    """A sentence without the words that only name its note."""
    lead = _LEAD.match(sentence)
    rest = sentence[lead.end() :] if lead else ""
    if not rest:
        return sentence
    return rest[0].upper() + rest[1:] if rest.split()[0].islower() else rest


def _named(claim: str, marks: Sequence[int], shares: Mapping[int, float], hits: Sequence[Hit]) -> list[int]:
    """The notes that a claim stands on, of those that it names and those that were shown."""
    shown = [number for number in marks if number in shares]
    held = [number for number in shown if shares[number] >= SUPPORT]
    if len(held) == 1 and (better := _with_its_figures(claim, held[0], shares, hits)):
        return [better]
    if held or not shares:
        return held
    # One word, such as 'Yes' or 'Tuesday', need not stand in its note; a figure rather stands in another one.
    brief = shown if len(telling(claim)) <= 1 else []
    if brief and not has_digit(claim):
        return brief
    best = max(shares, key=lambda number: (shares[number], -number))
    return [best] if shares[best] >= CLEAR_SUPPORT else brief


def _together(claim: str, hits: Sequence[Hit]) -> list[int]:
    """The two notes that clearly hold a claim together, each its part: 'Jim cleans windows, and the wall is green'."""
    wanted = telling(claim)
    held = {number: _held(wanted, hit) for number, hit in enumerate(hits, start=1)}
    parts = [number for number, words in held.items() if words and len(words) >= SUPPORT * len(wanted)]
    pairs = [
        (one, other) for one, other in combinations(parts, 2) if held[one] - held[other] and held[other] - held[one]
    ]
    best = max(pairs, key=lambda pair: len(held[pair[0]] | held[pair[1]]), default=())
    whole = set().union(*(held[number] for number in best))
    return list(best) if len(whole) >= CLEAR_SUPPORT * len(wanted) else []


def _with_its_figures(claim: str, marked: int, shares: Mapping[int, float], hits: Sequence[Hit]) -> int | None:
    """The one note that holds all figures of a claim where the marked one, of the same thing, does not.

    Of a fence that was stained in 2014 and again in 2025, both notes hold what 'it was stained in 2025' says, but for
    the year.
    """
    if not missing(claim, told_in(hits[marked - 1])):
        return None
    nearer = [number for number, share in shares.items() if share > shares[marked]]
    whole = [number for number in nearer if not missing(claim, told_in(hits[number - 1]))]
    best = [number for number in whole if shares[number] == max(shares[each] for each in whole)]
    return best[0] if len(best) == 1 else None


def _placed(sentence: str, numbers: Sequence[int]) -> str:
    """A sentence with the marks of these notes alone: at its end, but for those that are part of its words."""
    standing: set[int] = set()

    def put(match: re.Match[str]) -> str:
        if match["before"] is None:
            return " "
        said = _numbers(match[0])
        known = [number for number in said if number in numbers]
        standing.update(known)
        if known == said:
            return match[0]
        if known or match["subject"] is None:
            return match["before"] + "".join(f"[{number}]" for number in known)
        return match["before"] + ("the note" if match.start() else "The note")

    text = _tidied(_PLACED.sub(put, sentence))
    return marked(text, [number for number in numbers if number not in standing])


def _support(claim: str, hit: Hit) -> tuple[float, str]:
    """How much of a claim a note holds, 0 to 1, and the note's sentence that holds most of it."""
    wanted = telling(claim)
    share = len(_held(wanted, hit)) / max(len(wanted), 1)
    return share, in_its_words(hit, claim if share or not hit.deciding else hit.deciding[0].sentence)


def _held(wanted: set[str], hit: Hit) -> set[str]:
    """Those of a claim's telling words that a note has, its title and date among them."""
    date = f"{hit.date.day} {hit.date:%B %Y} {hit.date.isoformat()}" if hit.date else ""
    return wanted & telling(f"{hit.title} {date} {hit.text}")


def in_its_words(hit: Hit, told: str) -> str:
    """Return the note's sentence that holds most of what is told, as it stands there; nothing where it has none.

    What the search has read is no quote: there, short lines are joined.
    """
    wanted = telling(told)
    return max(sentences(hit), key=lambda sentence: len(wanted & telling(sentence)), default="")


def sentences(hit: Hit) -> list[str]:
    """Return the sentences of a note, as they are quoted: a heading above them is none."""
    return [
        sentence.strip() for passage in hit.passages for sentence in _SENTENCE.split(passage.text) if sentence.strip()
    ]


def telling(text: str) -> set[str]:
    """Return the words that make a claim checkable: all but the commonest, numbers without commas and idle cents."""
    words = (word.lower().replace(",", "").removesuffix(".00") for word in _WORD.findall(text))
    return {word for word in words if word not in STOP_WORDS}


def stems(text: str) -> set[str]:
    """Return the telling words of a text without their commonest endings."""
    return set(map(stem, telling(text)))


def _numbers(sentence: str) -> list[int]:
    found = (number for mark in MARK.finditer(sentence) for number in _marked_numbers(mark))
    return list(dict.fromkeys(found))


def _marked_numbers(mark: re.Match[str]) -> list[int]:
    return [int(number) for number in mark[1].split(",")]


def unmarked(sentence: str) -> str:
    """Return a sentence without its marks, on one line."""
    return _tidied(MARK.sub(" ", sentence))


def _tidied(sentence: str) -> str:
    """A sentence without the blanks that its marks left; the signs that a word begins with, as .5 does, are its own."""
    return re.sub(r"\s+([.,;:!?)]+)(?=[\s\"'”’)\]]|$)", r"\1", " ".join(sentence.split()))


def marked(claim: str, numbers: Sequence[int]) -> str:
    """Return a claim with the marks of notes at its end, before its full stop: a ! or ? may belong to a password."""
    marks = "".join(f"[{number}]" for number in numbers)
    if not marks:
        return claim
    return f"{claim[:-1]} {marks}." if claim.endswith(".") and not claim.endswith("..") else f"{claim} {marks}"
