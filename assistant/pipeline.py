"""A question from its label to its cited answer, as a stream of events; showing and keeping them is for others."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from assistant.checking import backed
from assistant.citations import Numbering, cite
from assistant.conversation import Turn
from assistant.errors import ModelUnavailable
from assistant.events import Answer, Citation, Doubted, Event, Finished, Quoted, Retrieved, Routed, Token
from assistant.excerpts import SHARES, SURE_SHARES, Share, excerpt
from assistant.finding import SURE, Finder
from assistant.models.chat_models import ChatModel, Message, count_tokens
from assistant.money.sums import Sums
from assistant.parts import asks_for_two, parts, without_errands
from assistant.pointing import deciding
from assistant.prompts import NO_NOTE, answer_messages, doubting, spoken
from assistant.question import checked
from assistant.quoting import Quotation, in_its_place, quote, says
from assistant.reading_ahead import ReadingAhead
from assistant.support import LEARNED, Support
from assistant.under_way import UnderWay
from assistant.wording import agrees, declines, echoes, english, read_on, says_something, strays
from classifier.taxonomy import NONE
from knowledge.note import Hit, Scope
from knowledge.timing import Timing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

logger = logging.getLogger(__name__)

POINTED = 2
"""Hits that are pointed to in what was read ahead, with the sentence that decides; each costs half a second."""
SOON = 250
"""Tokens of notes and question, at the most, that are read about as soon as what points to notes that were read ahead.
From a few the model answers better: 40 of 45 questions to short notes were right so, 37 from all of a category."""
AGAIN = 2
"""Hits that are read once more, alone, where what was written says what no note does."""

SURE_ALONE = 2
"""Hits that are read in the place of all, at the most, where the best one surely answers, and is quoted."""
AS_SURE = 1.0
"""Log-odds below those of the best hit's best sentence within which another's is as sure."""

GLANCED = 2
"""Hits, at the most, whose sentences are told before an answer is written: the best one may not be the newest."""

NO_ROOM = "The question is so long that no note fits beside it. Ask it shorter, or raise OUR_HOUSE_CONTEXT_TOKENS."
"""What is said where notes were found and cannot be shown to the model."""


@dataclass(frozen=True)
class Prompted:
    """What a model is asked with."""

    messages: Sequence[Message]
    numbered: tuple[Hit, ...]
    """The notes that they show, in the model's numbering."""
    hits: tuple[Hit, ...]
    """Those that were found among them, as a person is shown them."""
    cut: bool = False
    """Whether words of the best notes, which may be read once more, are left out."""


@dataclass(frozen=True)
class Written:
    """What a model wrote when it was asked once, in the person's numbering of the notes."""

    text: str
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    """The notes that were found, and what else it cites."""
    failure: str = ""
    misread: bool = False
    """Whether it says nothing, or no more than the question, or what no note shown holds: a figure, or all of it."""
    strays: bool = False
    """Whether it adds nothing to the question but words that the notes it cites do not have."""


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
        soon: int = SOON,
        whole: bool = False,
        all_hits: bool = False,
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
            soon: tokens, at the most, that the model is rather asked with than with what it has read ahead.
            whole: whether notes are shown whole, and not their sentences around what answers best.
            all_hits: whether all hits are shown, and none is quoted that surely answers.
            today: what day it is.
        """
        self.finder = finder
        self.model = model
        self._answer_tokens = answer_tokens
        self._support = support
        self.reading = reading
        self.questions = questions or UnderWay()
        self._sums = sums
        self._soon = soon
        self._whole = whole
        self._all_hits = all_hits
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

        def finished(
            text: str, answered: bool, citations: tuple[Citation, ...] = (), model: str = "", failure: str = ""
        ) -> Finished:
            lap("total")
            return Finished(Answer(text, answered, citations, model, seconds, failure))

        question = checked(question)
        asked, decision = self.finder.understood(question, history)
        lap("route")
        label = category or decision.category
        yield Routed(question, asked, decision, None if label == NONE else label, corrected=category is not None)

        scope, found = self.finder.find(asked, decision, category)
        time_asked = self.finder.timing(asked)
        lap("search")
        widen = category is None
        if self._sums and (added := self._sums.asked(asked, scope.categories, self._today(), widen=widen)):
            if added.beyond:
                scope = self.finder.library.scope(None, "what was paid is told in other categories")
            yield Retrieved(scope, added.hits)
            yield Token(added.text)
            yield finished(added.text, added.answered, added.citations)
            return
        asked = without_errands(asked)
        several = len(parts(asked)) > 1
        sure = () if several or self._all_hits else _surest(found, time_asked)
        prompted = self._prompted(asked, scope, found, sure)
        hits = prompted.hits
        opening = quote(hits[0]) if sure and hits else None
        yield Retrieved(scope, hits, {} if opening else _glance(hits, time_asked))
        if found and not hits:
            yield finished("", False, failure=NO_ROOM)
            return
        if not hits:
            yield Token(NO_NOTE)
            yield finished(NO_NOTE, False)
            return
        if opening:
            lap("first_token")
            yield Quoted(opening.text, opening.citation)

        def begun() -> None:
            if opening is None:
                lap("first_token")

        written = yield from self._written(asked, scope, prompted, begun, several)
        matters = len(decision.matters) if several and category is None else int(not several)
        again = _doubted(written, prompted, time_asked, matters)
        if again and opening is None:
            yield Doubted()
            prompted, again = Prompted(*self._messages(asked, again, self._whole or prompted.cut), hits), ()
            written = yield from self._written(asked, scope, prompted, begun, several)
        stands = not again and self._may_stand(asked, written, prompted, opening)
        if opening is not None:
            told = opening.before(written.text, written.citations) if stands else opening.alone
        elif stands or written.failure:
            told = written.text, written.citations if stands else ()
        else:
            told = in_its_place(written.text, hits[0], timely=_timely(hits[0], time_asked))
        text, citations = told
        answered = stands or bool(citations)
        yield finished(text, answered, citations, self.model.name, written.failure)

    def _written(
        self, question: str, scope: Scope, prompted: Prompted, begun: Callable[[], None], several: bool
    ) -> Generator[Event, None, Written]:
        """Let the model write, and look at its figures and citations; asks it once.

        Args:
            begun: told when the first word comes.
            several: whether several questions are asked in one.
        """
        text, failure = "", ""
        numbering = Numbering(prompted.numbered, prompted.hits)
        try:
            for piece in self.model.stream(prompted.messages, self._answer_tokens):
                if not text:
                    begun()
                text += piece
                if seen := numbering.piece(piece):
                    yield Token(seen)
        except ModelUnavailable as error:
            logger.warning("%s", error)
            failure = str(error)
        if not text.strip() and not failure:
            failure = f"{self.model.name} ended before it answered. Press retry to ask again."
        text, citations = cite(read_on(text, prompted.hits), prompted.numbered, several=several)
        text, citations, shown = numbering.put_right(text, citations)
        if shown != prompted.hits:
            yield Retrieved(scope, shown)
        if failure or declines(text):
            return Written(text, citations, shown, failure)
        worded = says_something(text) and not echoes(text, question)
        whole = backed(text, question, citations, shown, self._today()) if worded else None
        text, citations = whole or (text, citations)
        cited = {each.note_id for each in citations}
        # In another language it has few of its notes' words; a name alone is in the question's.
        held = whole is not None and (bool(cited) or not english(f"{question} {text}"))
        odd = strays(text, question, [note for note in (*prompted.numbered, *shown) if note.note_id in cited])
        return Written(text, citations, shown, misread=not held, strays=odd)

    def _prompted(self, question: str, scope: Scope, hits: tuple[Hit, ...], sure: tuple[Hit, ...]) -> Prompted:
        """Return what the model is asked with.

        The hits, where they are few words; else those of them that surely answer, unless two things may be asked for;
        else all notes of the scope, where the model has read them ahead; else the hits.
        """
        messages, fitting = self._messages(question, hits, self._whole)
        soon = sum(count_tokens(message.content) for message in messages[1:]) <= self._soon
        if sure and not soon and not asks_for_two(question):
            messages, numbered = self._messages(question, sure, self._whole, SURE_SHARES)
            return Prompted(messages, numbered, fitting)
        if hits and not soon and (ahead := self._read_ahead(question, scope, hits)):
            return ahead
        cut = not self._whole and any(excerpt(hit, rank) != hit.text for rank, hit in enumerate(fitting[:AGAIN]))
        return Prompted(messages, fitting, fitting, cut)

    def _messages(
        self, question: str, hits: tuple[Hit, ...], whole: bool, shares: Sequence[Share] = SHARES
    ) -> tuple[list[Message], tuple[Hit, ...]]:
        return answer_messages(question, hits, self._today(), self._budget, whole=whole, shares=shares)

    def _read_ahead(self, question: str, scope: Scope, hits: tuple[Hit, ...]) -> Prompted | None:
        """All notes of a scope that is one category, where the model has read them, with the best hits pointed to."""
        if self.reading is None or scope.categories is None or len(scope.categories) != 1:
            return None
        dossier = self.reading.dossier(scope.categories[0])
        if dossier is None:
            return None
        words = deciding(question, hits[:POINTED], self._embed)
        return Prompted(*dossier.asked(question, hits[:POINTED], words, self._today()), hits)

    @property
    def _budget(self) -> int:
        """Tokens that a prompt may have."""
        return self.model.context_tokens - self._answer_tokens

    def _may_stand(self, question: str, written: Written, prompted: Prompted, opening: Quotation | None) -> bool:
        """Whether what a model wrote is told; what broke off is, as far as it came."""
        text = written.text
        if not says_something(text) or declines(text) or written.misread:
            return False
        if written.failure:
            return True
        if opening is not None and (opening.has(text) or not self._agrees(text, question, opening, written.hits)):
            return False
        return self._stands(question, text, written.hits, doubting(prompted.messages))

    @staticmethod
    def _agrees(text: str, question: str, opening: Quotation, hits: Sequence[Hit]) -> bool:
        """Whether what a model wrote may stand below a note's words: of two things, it may tell the other one.

        Args:
            hits: the quoted note, and the others that were found: a figure that these tell is of another matter.
        """
        best = hits[0]
        quoted = f"{best.title} {spoken(best.date) if best.date else ''} {opening.words}"
        return asks_for_two(question) or agrees(text, question, quoted, " ".join(hit.text for hit in hits))

    def _stands(self, question: str, answer: str, hits: Sequence[Hit], doubt: Sequence[Message]) -> bool:
        try:
            leaning = self.model.leaning(doubt)
        except ModelUnavailable as error:
            logger.warning("%s", error)
            leaning = None  # the other signs decide
        return self._support.holds(self._support.features(question, answer, hits, self._embed, leaning))

    def _embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.finder.library.embedder.embed(texts)


def _glance(hits: Sequence[Hit], time: Timing) -> dict[str, str]:
    """What the best hits say that surely answers, by id; the newest first, unless an older time is asked about."""
    told = [(hit, says(hit, timely=_timely(hit, time))) for hit in hits[:GLANCED]]
    told = list(takewhile(lambda each: each[1], told))
    if time.aim not in ("first", "earlier") and not time.ranged:
        told.sort(key=lambda each: each[0].date or dt.date.min, reverse=True)
    return {hit.note_id: sentence for hit, sentence in told}


def _surest(hits: Sequence[Hit], time: Timing) -> tuple[Hit, ...]:
    """The hits that surely answer, if the best one does, and as surely as that.

    None where a count is asked for, or what was before: the newest note sounds as much like it as the one meant.
    """
    if not hits or not says(hits[0], timely=_timely(hits[0], time)) or time.often or time.before:
        return ()
    return tuple(takewhile(lambda hit: hit.log_odds >= hits[0].log_odds - AS_SURE, hits[:SURE_ALONE]))


def _timely(hit: Hit, time: Timing) -> bool:
    """Whether a note may be of the time that is asked about."""
    return not time.ranged or hit.date is None or time.holds(hit.date)


def _doubted(written: Written, prompted: Prompted, time: Timing, matters: int) -> tuple[Hit, ...]:
    """The hits that are to be read once more: fewer notes than were shown, or more of their words.

    Mostly none.

    Args:
        matters: of how many the best notes come first; nought where several are asked of and nobody knows.
    """
    hits, shown = prompted.hits, len(prompted.numbered)
    if written.failure or time.often:  # fewer notes make a smaller count
        return ()
    if written.misread or written.strays or (prompted.cut and declines(written.text)):
        return hits[: AGAIN if prompted.cut else min(AGAIN, shown - 1)]
    best = hits[:matters]
    if shown > matters and any(_passed_over(written, each, time, alone=matters == 1) for each in best):
        return best
    return ()


def _passed_over(written: Written, best: Hit, time: Timing, alone: bool) -> bool:
    """Whether an answer was taken from older notes alone than the best, which surely has an answer.

    Small models take the first value that they meet of a series, which is the one that holds no more. Where the
    question asks for an older one, they may be right.

    Args:
        alone: whether nothing else was asked of; else the notes of other categories tell of something else.
    """
    if best.date is None or best.answering < SURE or not time.is_of_newest(best.date):
        return False
    own = [each for each in written.citations if alone or each.category == best.category]
    older = [each for each in own if each.date is not None and each.date < best.date and not time.holds(each.date)]
    return bool(own) and own == older
