"""Whether the figures of an answer stand in its notes, or follow from them: what figures are, `numerals` says; pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from itertools import combinations

from assistant.citations import citation_of, marked, sentences, stems, telling
from assistant.events import Citation
from assistant.finding import SURE
from assistant.numerals import figures, missing, told_in
from assistant.parts import asking_sentence, asks_for_two, without_remark
from assistant.reckoning import Reckoning, without_times
from knowledge.codes import has_digit, misspelt
from knowledge.note import Hit
from knowledge.timing import SENTENCE_END, Timing, asks_how_often, timing

ALIKE = 0.6
"""Share of the words that say what was counted which a note has that is counted."""
_MARK = re.compile(r"\[[\d, ]+\]")
_LIST_NUMBER = re.compile(r"^[\s*#-]*(?:step\s+)?(\d{1,2})[.):]\**\s", re.MULTILINE | re.IGNORECASE)
_WHETHER = (
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|must|may)(?:n[’']?t)?\b"
    r"(?! (?:you|we|anyone|anybody)\b(?: \w+)? (?:tell|remind|know|remember|say|find|show|help)\b)"
)
_ASKS_WHETHER = re.compile(
    rf"\W*(?:(?:and|so|but|or|ok|okay|then)\W+)*{_WHETHER}"
    rf"|(?:(?!\b(?:who|whose|what|when|where|which|why|how)\b)[^,])*,\s*{_WHETHER}"
    r"|(?!.*\b(?:who|whose|what|when|where|which|why|how)\b).*,?\s"
    r"(?:right|correct|true|yes|yeah|(?:is|was|does|did)n[’']t \w+)\W*$"
    r"|\W*(?:right|correct|true)\W*$"
    r"|(?!.*\b(?:who|whose|what|when|where|which|why|how)\b).*"
    r"(?:\b(?:tell|know|check|confirm|remind|sure|see|wonder\w*)\b(?:\s+\w+){0,2}\s+(?:if|whether)\b|\bconfirm\b|\bstill\b.*\?\W*$)",
    re.IGNORECASE,
)
"""'Is it 4471?', 'just checking, is it 4471?', 'it is 4471, right?', 'do you know if it is 4471?', 'still 4471?'."""
_CHECKS = re.compile(
    r"\W*(?:(?:is|was)(?:n[’']t)?\s+(?:that|it|this)\s+(?:still\s+)?)?(?:right|correct|true|so)\W*$", re.IGNORECASE
)
"""What asks whether what was said before it holds: 'the code is 4471. Is that right?'."""
_GUESSES = re.compile(
    r"\b(?:think|thought|guess\w*|believe|suppose|says?|said|told\s+(?:me|us)|remember|maybe|perhaps|probably)\b",
    re.IGNORECASE,
)
"""What tells a figure that may be wrong: 'what is the gate code? I think it was 4471'."""
_LISTS = re.compile(r"\band\b|[,;]\s|\n", re.IGNORECASE)
_JUDGES = re.compile(r"\b(?:too|enough|ok|okay|safe|normal|fine|high|low)\b", re.IGNORECASE)
"""Where a figure is judged: 'is 30 psi too high?'."""
_WEIGHED = re.compile(
    r"\b(?:than|over|under|above|below|before|after|by|between|within|at least|at most)\s+(?:\S+\s+){0,3}?"
    r"\S?\d\S*(?:\s+(?:and|to|or)\s+(?:\S+\s+){0,2}?\S?\d\S*)?",
    re.IGNORECASE,
)
"""Where it is what something is measured by: 'did it cost more than $500?'."""
_KNOWN_BY = re.compile(
    r"\b(?:the|our|my|your|his|her|their|its|this|that)\s+#?\d[\w.,/-]*"
    r"(?=\s+(?!(?:of|in|on|at|for|by|and|or|to|from|this|last|then|already|still)\b)[a-z])",
    re.IGNORECASE,
)
"""Where it only says which thing is meant: 'is the 20 amp breaker for the dryer?'; not 'did he come on the 5th?'."""
_HOW_MUCH = {"much", "many", "long", "often", "far"}
_AFFIRMS = re.compile(r"\W*(?:yes|yeah|yep|correct|right|indeed)\b", re.IGNORECASE)
_DENIES = re.compile(r"\b(?:no|not|never|none|neither|nor|nothing|nobody|cannot)\b|n[’']t\b", re.IGNORECASE)


def unsupported(
    answer: str, question: str, notes: Sequence[Hit], today: dt.date | None = None, cited: int | None = None
) -> list[str]:
    """Return the figures of an answer that neither stand in the notes or the question nor follow from them.

    Args:
        notes: those that the answer cites, with all that was found of them, whatever part the model was shown.
        today: what ages are counted to; None where they are not.
        cited: how many of the notes, the first, it cites; None for all.
    """
    said = _unnumbered(_MARK.sub(" ", answer))
    told = _told_by(question, answer).union(*map(told_in, notes))
    if _AFFIRMS.match(said) and (claim := _claim(question)):
        said = f"{said} {_KNOWN_BY.sub(' ', _WEIGHED.sub(' ', claim))}"
    reckoning = Reckoning(question, notes, today, len(notes) if cited is None else cited)
    miscounted, said = reckoning.miscounted(said), reckoning.not_counting(said)
    stray = missing(said, told) and missing(reckoning.uncounted(said), told)
    codes = misspelt(said, "\n".join([question, *(f"{note.title}\n{note.text}" for note in notes)]))
    return [*miscounted, *stray, *(code for code in codes if code not in stray)]


def backed(
    answer: str, question: str, citations: Sequence[Citation], hits: Sequence[Hit], today: dt.date | None = None
) -> tuple[str, tuple[Citation, ...]] | None:
    """Return an answer with citations that hold all its figures; None where no note shown holds what is missing.

    Args:
        citations: those it has, numbered as the hits are; added are the further hit that holds the rest, two where two
            things were asked for, or those that an answer lists or counts: the ones that tell of it, or of what it
            counts, those that surely answer.
        today: as of `unsupported`.
    """
    cited = [hits[each.number - 1] for each in citations]
    stray = unsupported(answer, question, cited, today)
    if not stray:
        return answer, tuple(citations)
    further = [number for number, hit in enumerate(hits, start=1) if hit not in cited]
    near = _near(further, hits, question, answer)
    for numbers in (*combinations(near, 1), *combinations(_of_two(further, hits, question), 2)):
        notes = [*cited, *(hits[number - 1] for number in numbers)]
        if not unsupported(answer, question, notes, today, len(cited)):
            return _with(numbers, answer, citations, hits, stray)
    alike: list[int] = []
    sure: list[int] = []
    counts = asks_how_often(question)
    if counts or _LISTS.search(answer):
        alike = [number for number in further if _tells_of(hits[number - 1], answer, question)]
    if counts:
        time = timing(question, today or dt.date.today())
        sure = [number for number in further if _surely_answers(hits[number - 1], time)]
    for counted in filter(None, (alike, sure)):
        if not unsupported(answer, question, [*cited, *(hits[number - 1] for number in counted)], today):
            return _with(counted, answer, citations, hits, stray)
    return None


def _near(numbers: Sequence[int], hits: Sequence[Hit], question: str, answer: str) -> list[int]:
    """Those of some hits that share a word with the question or the answer; all where the question only says how much.

    A note of another matter may hold any number by chance.
    """
    asked = {word for word in stems(question) - _HOW_MUCH if not has_digit(word)}
    said = asked and asked | {word for word in stems(_MARK.sub(" ", answer)) if not has_digit(word)}
    return [each for each in numbers if not said or said & stems(f"{hits[each - 1].title} {hits[each - 1].text}")]


def _of_two(numbers: Sequence[int], hits: Sequence[Hit], question: str) -> list[int]:
    """Those of some hits that may each tell one of the two things which a question asks for; none where it asks one."""
    if not asks_for_two(question):
        return []
    asked = stems(question)
    return [number for number in numbers if asked & stems(f"{hits[number - 1].title} {hits[number - 1].text}")]


def _surely_answers(hit: Hit, time: Timing) -> bool:
    """Whether a sentence of a note does, and the note lies within the dates that the question names."""
    return hit.answering >= SURE and (not time.ranged or time.holds(hit.date))


def _with(
    numbers: Sequence[int], answer: str, citations: Sequence[Citation], hits: Sequence[Hit], stray: Sequence[str]
) -> tuple[str, tuple[Citation, ...]]:
    """An answer with further hits as citations, for figures that those it has do not hold."""
    added = [citation_of(number, hits[number - 1], _quoted(hits[number - 1], answer, stray)) for number in numbers]
    return marked(answer, numbers), tuple(sorted([*citations, *added], key=lambda each: each.number))


def _tells_of(hit: Hit, answer: str, question: str) -> bool:
    """Whether a note is one of those that an answer counts: it has most words of what was counted."""
    counted = telling(without_times(_MARK.sub(" ", answer))) or telling(without_times(question))
    return len(counted & telling(f"{hit.title} {hit.text}")) >= ALIKE * len(counted)


def _told_by(question: str, answer: str) -> set[str]:
    """The figures that a question tells: none whose truth it asks, nor guessed ones, where the answer affirms them."""
    affirmed = _AFFIRMS.match(answer) or not _DENIES.search(answer)
    if _claim(question) and affirmed and not _JUDGES.search(question):
        return figures(" ".join([*_KNOWN_BY.findall(question), *_WEIGHED.findall(question)]))
    asked = without_remark(question)
    guessed = affirmed and _GUESSES.search(question.removeprefix(asked))
    return figures(asked if guessed else question)


def _claim(question: str) -> str:
    """What a question asks the truth of: what asks, and what is told before it; empty where it asks for figures."""
    before, asking = asking_sentence(question)
    if not _ASKS_WHETHER.match(asking):
        return ""
    if figures(asking):
        return asking
    said = [sentence for sentence in SENTENCE_END.split(before) if not sentence.rstrip().endswith("?")]
    return " ".join([*said, asking]) if _CHECKS.match(asking) else ""


def _unnumbered(answer: str) -> str:
    """An answer without the numbers of its list, where they count its lines: '14: dryer' is a breaker."""
    numbers = [int(match[1]) for match in _LIST_NUMBER.finditer(answer)]
    counts = len(numbers) > 1 and numbers == list(range(1, len(numbers) + 1))
    return _LIST_NUMBER.sub("", answer) if counts else answer


def _quoted(hit: Hit, answer: str, stray: Sequence[str]) -> str:
    """The sentence of a note that holds most of some figures of an answer, and of those, most of its words."""
    wanted, words = {part for figure in stray for part in figures(figure)}, telling(answer)
    return max(
        sentences(hit),
        key=lambda sentence: (len(wanted & figures(sentence)), len(words & telling(sentence))),
        default=hit.title,
    )
