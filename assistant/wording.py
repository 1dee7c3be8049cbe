"""An answer's wording: whether it says something, repeats its question, strays from its notes or declines; pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence

from assistant.citations import MARK, stems, telling, unmarked
from assistant.finding import TELLING
from assistant.numerals import WORDS
from assistant.parts import asking_sentence
from assistant.prompts import NO_NOTE, beside_title, heading, spoken
from knowledge.codes import has_digit
from knowledge.note import Hit
from knowledge.timing import SENTENCE_END
from knowledge.words import stem

LEAST_ECHOED = 3
"""Telling words of an answer that only repeats its question."""

_ASKS_FOR = re.compile(
    r"\W*(?:(?:(?:can|could|do|would) (?:you|any\w+) (?:\w+ )?(?:tell|say|know|remember|remind|find)(?: me| us| out)?"
    r"|(?:please )?(?:tell|remind) (?:me|us)|(?:any|no) idea|hi|hey|hello|sorry|please|[\w’' ]{1,30}:)\W+)?"
    r"(?:(?:and|so|but|or|ok|okay|in|at|on|by|for|from|to|with|until|since)\s+)*"
    r"(?:who|whom|whose|what|when|where|which|why|how)\b(?!.*(?:\bor\b|,))",
    re.IGNORECASE,
)
"""Begins so, whatever leads to it, and gives no choice: 'can you tell me where it is?', 'the fence: who did it?'."""
_ADDED = re.compile(r"\b(?:all|any|both|each|every|none|no|not|never|only|yes|you|we)\b|n[’']t\b", re.IGNORECASE)
"""Words that are common, and tell something all the same."""
_ENGLISH = re.compile(r"\b(?:the|are|were|it|and|to|has|by)\b", re.IGNORECASE)
_OF_NO_NOTE = {
    *WORDS,
    *(name.lower() for name in (*calendar.month_name, *calendar.day_name) if name),
    *"once thrice times dozen half quarter daily weekly monthly quarterly yearly annually older newer neither nobody "
    "nothing unknown".split(),
}
"""What may be said in words that no note has: it counts, dates, compares or denies."""
_SMALL = frozenset("now then than also still too after over again".split())
_HANGING = re.compile(
    r"\b(?:is|are|was|were|at|by|with|from|of|about|charged|costs|reads|called|named|(?-i:the|an?))$"
    r"|(?<!\d)(?<!\d )[$€£]$",
    re.IGNORECASE,
)
"""What an answer breaks off with; a capital A is a zone or a blood type."""
_NAME = re.compile(r"(?<=\s)(?:[A-Z]\S*|\S*\d\S*)")
"""What may answer in the words of another question: a name or a figure."""
_DECLINES = re.compile(
    r"\b(?:have|has|see|find|found|is|are|there[’']s) (?:no|not any) (?:note|information|mention|record)s?\b"
    r"|\bdo(?:n[’']t| not) (?:have|see|find) (?:an?|any) (?:note|information|mention|record)s?\b"
    r"|\bnotes? (?:\w+ )?(?:do|does|did)(?:n[’']t| not) (?:say|mention|tell|specify|state|include|provide|contain)\b"
    r"|\b(?:not|n[’']t) (?:mentioned|specified|stated|told|recorded|given) in (?:the|your|any|these|this) notes?\b",
    re.IGNORECASE,
)
"""That no note tells, in a model's own words: 'the notes do not say when'."""
_ASIDE = re.compile(
    r"[.!?;:]\s|\b(?:what|where|who|how|which|that|as|than)\b|^\W*(?:yes|no|yeah|yep|nope)\b", re.IGNORECASE
)
"""Something else is said before, or the sentence may well end so: "under the pot, where it always is", "yes, it is"."""


def says_something(text: str) -> bool:
    """Whether an answer has a word, and does not break off before what was asked for.

    Small models put a note's number where its words belong: "[1]." alone, or "The gate code is [1].".
    """
    said = unmarked(text).rstrip(" .:")
    return any(letter.isalnum() for letter in said) and (not _HANGING.search(said) or bool(_ASIDE.search(said)))


def echoes(text: str, question: str) -> bool:
    """Whether an answer repeats a question that asks for something, and adds no word: "the controller is on the wall".

    One who is given a choice, or asked whether something is so, is answered in the question's own words.

    Args:
        question: of which the last sentence that asks is looked at; a follow-up stands behind what it leans on, and
            whom or what that names may answer it.
    """
    said = telling(unmarked(text))
    before, last = asking_sentence(question)
    leant_on = {word for sentence in SENTENCE_END.split(before) for word in telling(_NAME.sub(" ", sentence))}
    echoed = len(said) >= LEAST_ECHOED and said <= telling(last) | leant_on and not _ADDED.search(text)
    return echoed and bool(_ASKS_FOR.match(last))


def english(text: str) -> bool:
    """Return whether a sentence is English, by its commonest words; a name or a figure alone is of no language."""
    return bool(_ENGLISH.search(text))


def strays(text: str, question: str, hits: Sequence[Hit]) -> bool:
    """Return whether no note holds any of the words that an English answer adds to its question: "it is now red".

    Of the workbooks' 11,350 right answers, which keep to their notes' words, none does; another may say the same in
    words of its own, so that it is only worth a second reading. Whether figures are told, `assistant.checking` knows.
    What is copied of a heading beside its title tells nothing.

    Args:
        hits: the notes that it cites.
    """
    text = unmarked(text)
    for hit in hits:
        for category in (hit.category or "", ""):
            text = text.replace(beside_title(hit.date, category), "")
    said = telling(text)
    if not english(text) or _ADDED.search(text) or said & _OF_NO_NOTE or any(map(has_digit, said)):
        return False
    told = set[str]().union(*(stems(f"{hit.title} {hit.text}") for hit in hits))
    own = {stem(word) for word in said - _SMALL if len(word) > 1} - stems(question)
    return bool(own) and not own & told


def read_on(text: str, hits: Sequence[Hit]) -> str:
    """Return an answer that is nothing but notes' headings with the sentence under each that answers.

    Small models copy the heading in the place of what it stands above: "Filter (3 May 2021, hvac) [1]". Its title and
    date stay, since they may be what was asked for. Where no sentence of one is likely to answer, nothing is left; an
    answer that says anything else, or copies the heading of a note that nobody read, is left as it is.

    Args:
        hits: those that were found, best first: of two with the same heading, the better one is meant.
    """
    under: dict[str, Hit] = {}
    for hit in hits:
        for category in (hit.category or "", ""):
            under.setdefault(_plainly(heading(hit.title, hit.date, category)), hit)
    lines = [(line, under.get(_plainly(line))) for line in text.splitlines() if line.strip()]
    if not all(hit is not None and hit.deciding for _, hit in lines):
        return text
    return "\n".join(_read_on(line, hit) for line, hit in lines if hit and hit.answering >= TELLING)


def _plainly(line: str) -> str:
    """A line without what a model adds to one that it copies: marks, a bullet, a full stop, capitals."""
    return unmarked(line).strip("*-• .:").casefold()


def _read_on(line: str, hit: Hit) -> str:
    dated = f", {spoken(hit.date)}" if hit.date else ""
    marks = "".join(f" {mark[0]}" for mark in MARK.finditer(line))
    return f"{hit.title}{dated}: {hit.deciding[0].sentence}{marks}"


def declines(text: str) -> bool:
    """Whether an answer says that no note tells, in the words that a model is given for it or in its own."""
    if len(text) >= len(NO_NOTE) + 40:
        return False
    own = _DECLINES.search(text) and not has_digit(unmarked(text))
    return bool(own) or NO_NOTE.rstrip(".").lower() in text.lower()


def agrees(text: str, question: str, quoted: str, notes: str) -> bool:
    """Whether an answer shares a word with what is quoted of a note, besides those of the question.

    One that adds none, such as "yes", agrees; so does one whose figures the notes do not have as they are written,
    which follow from them, and any where the quotation shares no word with the question: it may be of another language.

    Args:
        quoted: the note's words that surely answer, with its title and date.
        notes: all words that were found, the note's and others'.
    """
    own = stems(_ADDED.sub(" ", unmarked(text))) - stems(question)
    told = stems(quoted)
    if not own or own & told or not told & stems(question) or own & _OF_NO_NOTE:
        return True
    return any(has_digit(word) and word not in stems(notes) for word in own)
