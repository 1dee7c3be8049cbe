"""A question asked in a conversation: answered in a thread of its own, kept turn by turn; the page shows it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.conversation import Conversations, Question, Reply, Turn
from assistant.corrections import Correction, Corrections, Provenance
from assistant.details import AnswerDetails, Cited, FirstAnswer, NoteCard, QuestionDetails, State
from assistant.errors import AssistantError, NoSuchConversation
from assistant.events import BELOW, Answer, Citation, Doubted, Event, Finished, Quoted, Retrieved, Routed, Token
from assistant.question import checked
from assistant.startup import Startup, Status
from classifier.errors import RouterError
from classifier.taxonomy import NONE
from knowledge.errors import KnowledgeError
from knowledge.note import Hit

logger = logging.getLogger(__name__)

KEEP_EVERY = 1.0
"""Seconds between two writes of a growing answer to the record."""
ASKED_ON = "Another window has asked more in this conversation; nothing was dropped. Here is how it stands now."
STOPPED = "Stopped. What was written so far is above; retry asks again."
BROKEN_OFF = "our-house ended before the answer did. Retry asks again."
BUSY = "The last question is still being answered. Stop it, or wait a moment."


class Run:
    """One question being answered; it goes on when nobody watches, and what it wrote is in the record."""

    def __init__(
        self,
        conversation_id: str,
        history: Sequence[Turn],
        question: Question,
        answer: Reply,
        later: Sequence[Turn] = (),
        category: str | None = None,
    ) -> None:
        """Prepare to answer.

        Args:
            conversation_id: where it belongs.
            history: what was said before.
            question: the turn that asks, already kept.
            answer: the turn that grows, already kept.
            later: what was said after, where a question is asked anew in its place.
            category: the label that the person gave it.
        """
        self.conversation_id = conversation_id
        self.history = tuple(history)
        self.category = category
        self._later = tuple(later)
        self._question = question
        self._answer = answer
        self._changed = threading.Condition()
        self._version = 0
        self._done = False
        self._stopping = threading.Event()

    @property
    def turns(self) -> list[Turn]:
        """The whole conversation as it stands now."""
        with self._changed:
            return self._turns()

    @property
    def exchange(self) -> tuple[Question, Reply]:
        """The question and its answer as they stand now."""
        with self._changed:
            return self._question, self._answer

    @property
    def done(self) -> bool:
        """Whether nothing more will come."""
        return self._done

    @property
    def stopping(self) -> bool:
        """Whether somebody asked for its end."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """End the answer where it is."""
        self._stopping.set()

    def follow(self) -> Iterator[list[Turn]]:
        """Yield the conversation whenever it has changed, until the answer is whole."""
        seen = -1
        while True:
            with self._changed:
                if self._version == seen and not self._done:
                    self._changed.wait(timeout=10)
                seen, done = self._version, self._done
                turns = self._turns()
            yield turns
            if done:
                return

    def show(self, question: Question | None = None, answer: Reply | None = None, *, done: bool = False) -> None:
        """Tell those who follow what the turns are now."""
        with self._changed:
            self._question = question or self._question
            self._answer = answer or self._answer
            self._done = self._done or done
            self._version += 1
            self._changed.notify_all()

    def _turns(self) -> list[Turn]:
        return [*self.history, self._question, self._answer, *self._later]


class Dialogues:
    """Asks questions in conversations and remembers which are being answered."""

    def __init__(self, conversations: Conversations, corrections: Corrections, startup: Startup) -> None:
        """Args: the record of what was said, and of what was told; what brings the assistant up."""
        self._conversations = conversations
        self._corrections = corrections
        self._startup = startup
        self._runs: dict[str, Run] = {}
        self._lock = threading.Lock()

    def ask(self, question: str, conversation_id: str | None = None) -> Run:
        """Keep a question and start to answer it.

        Raises:
            QuestionRefused: it is empty or too long.
            NoSuchConversation: the conversation was deleted meanwhile.
            AssistantError: the conversation's last question is still being answered.
            NotebookUnavailable: the record cannot be written.
        """
        question = checked(question)
        with self._lock:
            self._refuse_while_running(conversation_id)
            return self._ask(question, conversation_id)

    def retry(self, conversation_id: str, number: int) -> Run:
        """Ask the conversation's last question, number `number` (from 0), again; its answer is dropped.

        Where its tag was corrected, it is asked under that tag again, and its first answer is kept.

        Raises:
            NoSuchConversation: there is no such question.
            AssistantError: a question is still being answered, or another window has asked more meanwhile.
        """
        with self._lock:
            self._refuse_while_running(conversation_id)
            turns = self._conversations.turns(conversation_id)
            questions = [turn for turn in turns if isinstance(turn, Question)]
            if number >= len(questions):
                raise NoSuchConversation("That question is no longer there. Reload the page to see what is.")
            if number < len(questions) - 1:
                raise AssistantError(ASKED_ON)
            asked, last = questions[number], turns[-1]
            if isinstance(last, Reply) and (first := last.details.earlier):
                answer, told = _beside(first, last), self._corrections.of_turn(asked.id)
                # Where its category is gone meanwhile, nobody says any more where it belongs.
                label = told.label if told is not None and told.label in self._corrections.labels() else None
                self._keep(answer)
                return self._begin(Run(conversation_id, turns[:-2], asked, answer, category=label))
            self._conversations.forget_from(conversation_id, asked.id)
            return self._ask(asked.content, conversation_id)

    def correct(self, conversation_id: str, turn_id: str, label: str) -> Run:
        """Keep that a question belongs elsewhere, and ask it again there, in its place; the first answer is kept.

        Args:
            turn_id: of the question.
            label: a category of the house, or `none`.

        Raises:
            CorrectionRefused: the house has no such category any more.
            NoSuchConversation: the question is no longer there.
            AssistantError: a question is still being answered.
        """
        with self._lock:
            history, question, answer, later = self._exchange(conversation_id, turn_id)
            before = question.details.at_first
            told = self._corrections.tell(_told(question, label, "corrected", turn_id))
            category = None if told.label == NONE else told.label
            details = replace(before, category=category, corrected=True, likely=(), before=before)
            question = replace(question, details=details)
            answer = _beside(answer.details.earlier or FirstAnswer(answer.content, answer.details), answer)
            self._keep(question, answer)
            return self._begin(Run(conversation_id, history, question, answer, later, told.label))

    def undo_correction(self, conversation_id: str, turn_id: str) -> None:
        """Take a correction back: the router's tag and the first answer stand again; raises as `correct` does."""
        with self._lock:
            _, question, answer, _ = self._exchange(conversation_id, turn_id)
            if told := self._corrections.of_turn(turn_id):
                self._corrections.remove([told.id])
            question = replace(question, details=question.details.at_first)
            if first := answer.details.earlier:
                answer = replace(answer, content=first.content, details=first.details)
            self._keep(question, answer)

    def confirm(self, conversation_id: str, turn_id: str) -> bool:
        """Keep that a tag is right, or take that back; returns whether it is kept now; raises as `correct` does."""
        with self._lock:
            _, question, answer, _ = self._exchange(conversation_id, turn_id)
            told = self._corrections.of_turn(turn_id)
            confirmed = told is None
            if told is None:
                label = question.details.category or NONE
                self._corrections.tell(_told(question, label, "confirmed", turn_id))
            else:
                self._corrections.remove([told.id])
            self._keep(replace(question, details=replace(question.details, confirmed=confirmed)), answer)
            return confirmed

    def refile(self, conversation_id: str, note_id: str, category: str | None) -> None:
        """Let the cards of a conversation show a note's new category."""
        for turn in self._conversations.turns(conversation_id):
            if isinstance(turn, Reply) and any(note.note_id == note_id for note in turn.details.notes):
                self._keep(replace(turn, details=turn.details.refiled(note_id, category)))

    def running(self, conversation_id: str | None) -> Run | None:
        """Return the answer that is being written in a conversation, if one is."""
        run = self._runs.get(conversation_id or "")
        return run if run is not None and not run.done else None

    def turns(self, conversation_id: str) -> list[Turn]:
        """Return what was said, with the answer that is being written as far as it is."""
        run = self.running(conversation_id)
        return run.turns if run is not None else [_settled(turn) for turn in self._conversations.turns(conversation_id)]

    def _refuse_while_running(self, conversation_id: str | None) -> None:
        if self.running(conversation_id):
            raise AssistantError(BUSY)

    def _ask(self, question: str, conversation_id: str | None) -> Run:
        """Keep a question and start to answer it; the caller holds the lock and knows that none is being answered."""
        history = self._conversations.turns(conversation_id) if conversation_id else []
        asked = Question(question)
        conversation_id, question_id = self._conversations.say(conversation_id, asked)
        reply = Reply("", AnswerDetails("waiting", "looking"))
        _, answer_id = self._conversations.say(conversation_id, reply)
        return self._begin(Run(conversation_id, history, replace(asked, id=question_id), replace(reply, id=answer_id)))

    def _begin(self, run: Run) -> Run:
        self._runs[run.conversation_id] = run
        threading.Thread(target=self._work, args=(run,), name="answer", daemon=True).start()
        return run

    def _exchange(self, conversation_id: str, turn_id: str) -> tuple[Sequence[Turn], Question, Reply, Sequence[Turn]]:
        """What was said before a question, the question, its answer, and what was said after."""
        self._refuse_while_running(conversation_id)
        turns = self.turns(conversation_id)
        for number, (turn, reply) in enumerate(pairwise(turns)):
            if turn.id == turn_id and isinstance(turn, Question) and isinstance(reply, Reply):
                return turns[:number], turn, reply, turns[number + 2 :]
        raise NoSuchConversation("That question is no longer there. Reload the page to see what is.")

    def _keep(self, *turns: Turn) -> None:
        for turn in turns:
            self._conversations.amend(turn)

    def _work(self, run: Run) -> None:
        try:
            self._answer(run)
        except (AssistantError, KnowledgeError, RouterError) as error:
            self._end(run, "stopped" if run.stopping else "failed", str(error))
        except Exception as error:
            logger.exception("the answer failed")
            self._end(run, "failed", f"Something went wrong ({error}). Retry, or see `our-house doctor`.")

    def _answer(self, run: Run) -> None:
        question, answer = run.exchange

        def waiting(status: Status) -> None:
            details = replace(answer.details, state="waiting", step=status.step, share=status.fraction)
            run.show(answer=replace(answer, details=details))
            if run.stopping:
                raise AssistantError(STOPPED)

        assistant = self._startup.assistant(waiting)
        kept = time.monotonic()
        events = assistant.answer(question.content, run.history, run.category)
        try:
            for event in events:
                question, answer = _grown(question, answer, event)
                if isinstance(event, Routed):
                    self._keep(question)
                run.show(question, answer)
                if time.monotonic() - kept > KEEP_EVERY:
                    self._keep(answer)
                    kept = time.monotonic()
                if run.stopping and not isinstance(event, Finished):
                    self._end(run, "stopped", STOPPED)
                    return
        finally:
            events.close()
        self._end(run, answer.details.state, answer.details.failure)

    def _end(self, run: Run, state: State, failure: str) -> None:
        _, answer = run.exchange
        answer = _in_state(answer, state, failure)
        try:
            self._keep(answer)
        except KnowledgeError as error:
            answer = _in_state(answer, state, failure or str(error))
        run.show(answer=answer, done=True)


def _told(question: Question, label: str, provenance: Provenance, turn_id: str) -> Correction:
    """What is told of a question in a conversation, with what the router had said of it."""
    details = question.details.at_first
    text = details.standalone or question.content
    return Correction(text, label, provenance, details.category or NONE, details.router, turn_id)


def _beside(first: FirstAnswer, answer: Reply) -> Reply:
    """An answer that is to be written anew, with the first one kept beside it."""
    return replace(answer, content="", details=AnswerDetails("waiting", "looking", earlier=first))


def _in_state(answer: Reply, state: State, failure: str = "") -> Reply:
    """An answer that has got so far."""
    return replace(answer, details=replace(answer.details, state=state, failure=failure))


def _settled(turn: Turn) -> Turn:
    """A kept answer that nobody is writing any more, though it was never finished: our-house ended meanwhile."""
    if isinstance(turn, Question) or turn.details.ended:
        return turn
    return _in_state(turn, "stopped", BROKEN_OFF)


def _grown(question: Question, answer: Reply, event: Event) -> tuple[Question, Reply]:
    """The two turns after an event: what is kept of it, and what the page shows."""
    match event:
        case Routed():
            return replace(question, details=_labelled(question.details, event)), answer
        case Retrieved():
            return question, replace(answer, details=_read(answer.details, event))
        case Quoted(text, citation):
            details = replace(answer.details, citations=_cited([citation]))
            return question, replace(answer, content=text + BELOW, details=details)
        case Token(text):
            return question, replace(_in_state(answer, "writing"), content=answer.content + text)
        case Doubted():
            return question, replace(_in_state(answer, "rereading"), content="")
        case Finished(whole):
            return question, replace(answer, content=whole.text, details=_finished(answer.details, whole))


def _labelled(details: QuestionDetails, routed: Routed) -> QuestionDetails:
    decision = routed.decision
    return replace(
        details,
        category=routed.category,
        confidence=round(decision.confidence, 4),
        probabilities={label: round(share, 4) for label, share in decision.probabilities.items()},
        likely=() if routed.corrected else decision.likely,
        several=bool(decision.matters) and not routed.corrected,
        corrected=routed.corrected,
        learned_from=decision.learned_from,
        standalone=routed.standalone,
        router=decision.version,
    )


def _read(details: AnswerDetails, retrieved: Retrieved) -> AnswerDetails:
    return replace(
        details,
        state="reading",
        scope=retrieved.scope.sentence,
        reason=retrieved.scope.reason,
        notes=tuple(_card(number, hit) for number, hit in enumerate(retrieved.hits, start=1)),
        says=retrieved.says or details.says,
    )


def _card(number: int, hit: Hit) -> NoteCard:
    return NoteCard(number, hit.note_id, hit.title, hit.category, hit.date, hit.text, round(hit.score, 4), hit.history)


def _finished(details: AnswerDetails, whole: Answer) -> AnswerDetails:
    return replace(
        details,
        state="failed" if whole.failure else "done",
        failure=whole.failure,
        says=details.says if whole.failure else {},
        answered=whole.answered,
        citations=_cited(whole.citations),
        model=whole.model,
        seconds=dict(whole.seconds),
    )


def _cited(citations: Sequence[Citation]) -> tuple[Cited, ...]:
    return tuple(Cited(each.number, each.note_id, each.title, each.date, each.quote) for each in citations)
