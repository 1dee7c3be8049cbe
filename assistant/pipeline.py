"""A question from its label to its cited answer, as a stream of events; showing and keeping them is for others."""

from __future__ import annotations

import datetime as dt
import logging
import re
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.chat_models import ChatModel, Message
from assistant.checking import backed
from assistant.citations import Numbering, cite, in_its_words, telling, unmarked
from assistant.conversation import Turn
from assistant.errors import ModelUnavailable, QuestionRefused
from assistant.events import Answer, Citation, Doubted, Event, Finished, Retrieved, Routed, Token
from assistant.followups import standalone
from assistant.listening import LISTENING, Listening
from assistant.pointing import deciding
from assistant.prompts import NO_NOTE, answer_messages, doubting, spoken
from assistant.reading_ahead import ReadingAhead
from assistant.sums import Sums
from assistant.support import LEARNED, Support
from assistant.under_way import UnderWay
from classifier.decision import Decision, Router
from classifier.taxonomy import NONE
from knowledge.errors import KnowledgeError
from knowledge.library import Library
from knowledge.note import Hit, Scope
from knowledge.relevance import LEARNED as RELEVANCE
from knowledge.relevance import Relevance
from knowledge.timing import SENTENCE_END

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

logger = logging.getLogger(__name__)

MAX_QUESTION = 2_000
"""Characters of the longest question: more is a note, not a question."""
NEAR = 0.5
"""Hits below this share of the best one's evidence are left out, where no sentence of theirs is likely to answer: every
note shown costs the model time."""
POINTED = 2
"""Hits that are pointed to in what was read ahead, with the sentence that decides; each costs half a second."""

AGAIN = 2
"""Hits that are read once more, alone, where what was written says what no note does."""
TELLING = 0.5
"""How likely a sentence of a note answers that is worth showing to the model, or beside "I have no note about that"."""
SURE = 0.9
"""How likely a sentence of the best note answers from where on it is believed more than a model: an answer from older
notes is doubted, and one that no note supports gives way to it."""
LEAST_ECHOED = 3
"""Telling words of an answer that only repeats its question."""

_ASKS_FOR = re.compile(
    r"\W*(?:(?:and|so|but|or|ok|okay|in|at|on|by|for|from|to|with|until|since)\s+)*"
    r"(?:who|whom|whose|what|when|where|which|why|how)\b(?!.*(?:\bor\b|,))",
    re.IGNORECASE,
)
"""Begins so, and gives no choice."""
_ADDED = re.compile(r"\b(?:all|any|both|each|every|none|no|not|never|only|yes|you|we)\b|n[’']t\b", re.IGNORECASE)
"""Words that are common, and tell something all the same."""
_HANGING = re.compile(r"\b(?:is|are|was|were|at|by|costs|reads|called|named|the|an?)$", re.IGNORECASE)
_ASIDE = re.compile(
    r"[.!?;:]\s|\b(?:what|where|who|how|which|that|as|than)\b|^\W*(?:yes|no|yeah|yep|nope)\b", re.IGNORECASE
)
"""Something else is said before, or the sentence may well end so: "under the pot, where it always is", "yes, it is"."""

NO_ROOM = "The question is so long that no note fits beside it. Ask it shorter, or raise OUR_HOUSE_CONTEXT_TOKENS."
"""What is said where notes were found and cannot be shown to the model."""


class Finder:
    """Finds the notes that may answer a question: the one path of the chat and of `our-house search`."""

    def __init__(
        self,
        router: Router,
        library: Library,
        limit: int,
        *,
        listening: Listening = LISTENING,
        relevance: Relevance = RELEVANCE,
        today: Callable[[], dt.date] = dt.date.today,
    ) -> None:
        """Set up.

        Args:
            router, library, limit: who labels, what is searched, how many notes at most.
            listening: who hears the notes.
            relevance: what is worth showing.
            today: what day it is.
        """
        self.router = router
        self.library = library
        self.relevance = relevance
        self._limit = limit
        self._listening = listening
        self._today = today

    def standalone(self, question: str, history: Sequence[Turn]) -> str:
        """Return a question as it is labelled and searched: a follow-up with what it leans on."""
        return standalone(question, history, self.classify)

    def classify(self, question: str) -> Decision:
        """Return a question's label: what a person told, else what the router and the notes say together."""
        (decision,) = self.router.classify([question])
        if decision.learned_from:
            return decision
        try:
            evidence = self.library.evidence(question)
        except KnowledgeError as error:
            logger.warning("%s The router labels without the notes.", error)
            return decision
        return self._listening.heard(decision, evidence)

    def find(self, question: str, decision: Decision, category: str | None = None) -> tuple[Scope, tuple[Hit, ...]]:
        """Return the scope that a decision (or the person's category) gives, and the relevant notes in it, best first.

        Raises:
            IndexUnavailable, NotebookUnavailable: the notes cannot be searched.
        """
        scope, hits = self.ranked(question, decision, category)
        return scope, relevant(hits, self.relevance, vouched=category not in (None, NONE))

    def ranked(self, question: str, decision: Decision, category: str | None = None) -> tuple[Scope, list[Hit]]:
        """Return the same with the notes that answer nothing left in; raises as `find`."""
        scope = self.scope(decision, category)
        prior = decision.probabilities if category is None else {}
        hits = self.library.search(question, scope, self._limit, prior, self._today())
        if scope.categories is not None and category is None and not self.relevance.holds(hits):
            narrow = " and ".join(scope.categories)
            wide = self.library.scope(None, f"nothing about it among the {narrow} notes, so all were searched")
            return wide, self.library.search(question, wide, self._limit, prior, self._today())
        return scope, hits

    def scope(self, decision: Decision, category: str | None = None) -> Scope:
        """Return which notes to search: the person's category, else one, two or all by the router's certainty."""
        if category == NONE:
            return self.library.scope(None, "you said that no category fits")
        if category is not None:
            return self.library.scope([category], "you chose the category")
        if decision.category is None:
            return self.library.scope(None, "no category fits")
        match decision.likely:
            case ():
                return self.library.scope(None, f"{decision.category} is only a guess")
            case (_,):
                return self.library.scope(decision.likely, f"the question is about {decision.category}")
            case _:
                return self.library.scope(decision.likely, "it could be either")


def relevant(hits: Sequence[Hit], relevance: Relevance = RELEVANCE, vouched: bool = False) -> tuple[Hit, ...]:
    """Return those of the hits, best first, that are worth showing: none where nothing found answers at all.

    Args:
        vouched: whether a person named the category that was searched.
    """
    if not relevance.holds(hits, vouched):
        return ()
    # By what speaks for each alone: the newest of a series may be far ahead in rank, and its fellows tell, too.
    bar = NEAR * max(hit.evidence for hit in hits)
    return tuple(hit for hit in hits if hit.evidence >= bar or hit.answering >= TELLING or hit is hits[0])


@dataclass(frozen=True)
class Written:
    """What a model wrote when it was asked once, in the person's numbering of the notes."""

    text: str
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    """The notes that were found, and what else it cites."""
    failure: str = ""
    misread: bool = False
    """Whether it says nothing, or no more than the question, or a figure that no note shown holds."""


class Assistant:
    """Answers a family's questions from its notes."""

    def __init__(
        self,
        finder: Finder,
        model: ChatModel,
        *,
        answer_tokens: int = 256,
        support: Support = LEARNED,
        reading: ReadingAhead | None = None,
        sums: Sums | None = None,
        questions: UnderWay | None = None,
        today: Callable[[], dt.date] = dt.date.today,
    ) -> None:
        """Set up.

        Args:
            finder: what finds notes.
            model, answer_tokens: who writes, and how much at most.
            support: what doubts an answer.
            reading: what the model has read ahead; None where it cannot.
            sums: what adds up costs; None where a model is to answer such questions, too.
            questions: what is told of every question, for who makes way for them.
            today: what day it is.
        """
        self.finder = finder
        self.model = model
        self._answer_tokens = answer_tokens
        self._support = support
        self.reading = reading
        self.questions = questions or UnderWay()
        self._sums = sums
        self._today = today

    def answer(
        self, question: str, history: Sequence[Turn] = (), category: str | None = None
    ) -> Generator[Event, None, None]:
        """Answer a question: Routed, Retrieved, Tokens, and Finished last, whatever becomes of the model.

        Args:
            history: what was said before, oldest first.
            category: the person's own label, `none` for none of them; it is obeyed and searched.

        Raises:
            QuestionRefused: the question is empty or too long.
            IndexUnavailable, NotebookUnavailable: the notes cannot be searched.
        """
        with self.questions.question():
            yield from self._answer(question, history, category)

    def _answer(self, question: str, history: Sequence[Turn], category: str | None) -> Generator[Event, None, None]:
        began = time.perf_counter()
        seconds: dict[str, float] = {}

        def lap(name: str) -> None:
            seconds[name] = round(time.perf_counter() - began, 3)

        question = checked(question)
        asked = self.finder.standalone(question, history)
        decision = self.finder.classify(asked)
        lap("route")
        label = category or decision.category
        yield Routed(question, asked, decision, None if label == NONE else label, corrected=category is not None)

        scope, hits = self.finder.find(asked, decision, category)
        lap("search")
        if self._sums is not None and (added := self._sums.asked(asked, scope.categories, self._today())):
            yield Retrieved(scope, added.hits)
            yield Token(added.text)
            lap("total")
            yield Finished(Answer(added.text, True, added.citations, "", seconds))
            return
        found = hits
        messages, numbered, hits = self._prompt(asked, scope, found)
        yield Retrieved(scope, hits)
        if found and not hits:
            lap("total")
            yield Finished(Answer("", False, (), "", seconds, NO_ROOM))
            return
        if not hits:
            yield Token(NO_NOTE)
            lap("total")
            yield Finished(Answer(NO_NOTE, False, (), "", seconds))
            return

        written = yield from self._written(asked, scope, messages, numbered, hits, lap)
        if fewer := _doubted(written, hits, numbered):
            yield Doubted()
            messages, numbered = answer_messages(asked, fewer, self._today(), self._budget)
            written = yield from self._written(asked, scope, messages, numbered, hits, lap)
        text, citations, failure = written.text, written.citations, written.failure
        answered = _says_something(text) and not declines(text) and not written.misread
        if answered and not failure and not self._stands(asked, text, written.hits, doubting(messages)):
            answered = False
        if not answered and not failure:
            text, citations = _in_its_place(text, hits[0])
            answered = bool(citations)
        lap("total")
        yield Finished(Answer(text, answered, citations if answered else (), self.model.name, seconds, failure))

    def _written(
        self,
        question: str,
        scope: Scope,
        messages: Sequence[Message],
        numbered: Sequence[Hit],
        hits: tuple[Hit, ...],
        lap: Callable[[str], None],
    ) -> Generator[Event, None, Written]:
        """Let the model write, and look at its figures and citations; asks it once."""
        text, failure = "", ""
        numbering = Numbering(numbered, hits)
        try:
            for piece in self.model.stream(messages, self._answer_tokens):
                if not text:
                    lap("first_token")
                text += piece
                if seen := numbering.piece(piece):
                    yield Token(seen)
        except ModelUnavailable as error:
            logger.warning("%s", error)
            failure = str(error)
        if not text.strip() and not failure:
            failure = f"{self.model.name} ended before it answered. Press retry to ask again."
        text, citations, shown = numbering.put_right(*cite(text, numbered))
        if shown != hits:
            yield Retrieved(scope, shown)
        if failure or declines(text):
            return Written(text, citations, shown, failure)
        says = _says_something(text) and not _echoes(text, question)
        whole = backed(text, question, citations, shown) if says else None
        return Written(*(whole or (text, citations)), shown, misread=whole is None)

    def _prompt(
        self, question: str, scope: Scope, hits: Sequence[Hit]
    ) -> tuple[list[Message], tuple[Hit, ...], tuple[Hit, ...]]:
        """Return the messages that ask the model, the notes they show in its numbering, and the hits among them.

        Where the model has read all notes of the scope ahead, it is asked from these; otherwise from the hits alone.
        """
        if hits and self.reading is not None and scope.categories is not None and len(scope.categories) == 1:
            dossier = self.reading.dossier(scope.categories[0])
            if dossier is not None:
                words = {} if self.reading.by_numbers else deciding(question, hits[:POINTED], self._embed)
                return *dossier.asked(question, hits[:POINTED], words, self._today()), tuple(hits)
        messages, fitting = answer_messages(question, hits, self._today(), self._budget)
        return messages, fitting, fitting

    @property
    def _budget(self) -> int:
        """Tokens that a prompt may have."""
        return self.model.context_tokens - self._answer_tokens

    def _stands(self, question: str, answer: str, hits: Sequence[Hit], doubt: Sequence[Message]) -> bool:
        try:
            leaning = self.model.leaning(doubt)
        except ModelUnavailable as error:
            logger.warning("%s", error)
            leaning = 0.0  # the other signs decide
        return self._support.holds(self._support.features(question, answer, hits, self._embed, leaning))

    def _embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.finder.library.embedder.embed(texts)


def checked(question: str) -> str:
    """Return the question without stray blanks; raises QuestionRefused."""
    question = tidied(question)
    if not question:
        raise QuestionRefused("The question is empty. Ask something about your house.")
    if len(question) > MAX_QUESTION:
        raise QuestionRefused(
            f"The question has {len(question):,} characters; the most is {MAX_QUESTION:,}. Ask it shorter, or keep the "
            "long text as a note."
        )
    return question


def tidied(question: str) -> str:
    """Return a question on one line, without stray blanks and what is no text."""
    return " ".join(question.encode(errors="ignore").decode().replace("\x00", " ").split())


def _in_its_place(text: str, nearest: Hit) -> tuple[str, tuple[Citation, ...]]:
    """What is told in the place of an answer that no note supports, and its citation; none where that is no answer.

    Where the nearest note surely answers, it is told in the note's own words: a small model misreads what the search's
    reader has found. Else it is said that none tells, and what is near.
    """
    dated = f" of {spoken(nearest.date)}" if nearest.date else ""
    if nearest.answering >= SURE:
        sentence = nearest.deciding[0].sentence
        quote = in_its_words(nearest, sentence)
        cited = Citation(1, nearest.note_id, nearest.title, nearest.category, nearest.date, quote)
        return f"“{nearest.title}”{dated} says: “{sentence}” [1]", (cited,)
    if declines(text):
        return text, ()
    if nearest.answering < TELLING:
        return f"{NO_NOTE} The nearest is “{nearest.title}”.", ()
    return f"{NO_NOTE} The nearest, “{nearest.title}”{dated}, says: “{nearest.deciding[0].sentence}”", ()


def _doubted(written: Written, hits: Sequence[Hit], shown: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits that are to be read once more, alone, and are fewer than the notes that were shown; none mostly."""
    if written.misread:
        return tuple(hits[: min(AGAIN, len(shown) - 1)])
    return tuple(hits[:1]) if len(shown) > 1 and _passed_over(written, hits[0]) else ()


def _passed_over(written: Written, best: Hit) -> bool:
    """Whether an answer was taken from older notes alone than the best, which surely has an answer.

    Small models take the first value that they meet of a series, which is the one that holds no more.
    """
    if best.date is None or best.answering < SURE or not written.citations:
        return False
    return all(each.date is not None and each.date < best.date for each in written.citations)


def _says_something(text: str) -> bool:
    """Whether an answer has a word, and does not break off before what was asked for.

    Small models put a note's number where its words belong: "[1]." alone, or "The gate code is [1].".
    """
    said = unmarked(text).rstrip(" .:")
    return any(letter.isalnum() for letter in said) and (not _HANGING.search(said) or bool(_ASIDE.search(said)))


def _echoes(text: str, question: str) -> bool:
    """Whether an answer repeats a question that asks for something, and adds no word: "the controller is on the wall".

    One who is given a choice, or asked whether something is so, is answered in the question's own words.

    Args:
        question: of whose sentences the last one asks; a follow-up stands behind what it leans on.
    """
    said = telling(unmarked(text))
    *_, last = SENTENCE_END.split(question)
    echoed = len(said) >= LEAST_ECHOED and said <= telling(question) and not _ADDED.search(text)
    return echoed and bool(_ASKS_FOR.match(last))


def declines(text: str) -> bool:
    """Whether an answer says that no note tells."""
    return NO_NOTE.rstrip(".").lower() in text.lower() and len(text) < len(NO_NOTE) + 40
