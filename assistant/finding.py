"""The notes that may answer a question: by its label, which gives the scope; answering from them is for others."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain, zip_longest

from assistant.conversation import Question, Turn
from assistant.followups import standalone
from assistant.listening import LISTENING, Listening
from assistant.parts import parts, shares_date, stand_alone, without_remark
from assistant.pronouns import adds_nothing
from classifier.decision import Decision, Matter, Router, likeliest_first
from classifier.taxonomy import NONE
from knowledge.errors import KnowledgeError
from knowledge.library import Library
from knowledge.note import Hit, Scope
from knowledge.relevance import LEARNED as RELEVANCE
from knowledge.relevance import Relevance
from knowledge.search import resolved
from knowledge.timing import Timing, timing

logger = logging.getLogger(__name__)

NEAR = 0.5
"""Hits below this share of the best one's evidence are left out, where no sentence of theirs is likely to answer: every
note shown costs the model time."""
TELLING = 0.5
"""How likely a sentence of a note answers that is worth showing to the model, or beside "I have no note about that"."""
SURE = 0.9
"""How likely a sentence of the best note answers from where on it is believed more than a model: an answer from older
notes is doubted, and one that no note supports gives way to it."""


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

    def understood(self, question: str, history: Sequence[Turn]) -> tuple[str, Decision]:
        """Return a question as it is searched, and its label.

        A follow-up that names nothing of its own has the label that a person gave to what it leans on, and the router's
        of that where its own is not sure.
        """
        asked = self.standalone(question, history)
        if asked == question:
            return asked, self.classify(question)
        decision = self.classify(asked)
        before = asked[: asked.rfind(question)].strip()
        if decision.learned_from or not adds_nothing(question, than=before):
            return asked, decision
        for turn in reversed(history):
            if isinstance(turn, Question) and turn.details.corrected and _is_of(turn.content, before):
                subject = self._heard(turn.details.at_first.standalone or turn.content)
                if subject.learned_from:
                    return asked, subject
        subject = decision if decision.likely else self._heard(before)
        return asked, subject if subject.likely else decision

    def classify(self, question: str) -> Decision:
        """Return a question's label: what a person told, else what the router and the notes say together.

        One that asks of several matters, each of one or two likely categories, has all of these. One that a remark
        follows which belongs elsewhere has the category of what it asks, too.
        """
        decision = self._heard(question)
        if decision.learned_from:
            return decision
        asked = parts(question)
        if len(asked) == 1:
            alone = without_remark(question)
            return decision if alone == question else _either(decision, self._heard(alone))
        if not stand_alone(asked) or shares_date(asked, self._today()):
            return decision
        return _of_matters(decision, {part: self._heard(part) for part in asked}, self._limit)

    def _heard(self, question: str) -> Decision:
        (decision,) = self.router.classify([question])
        if decision.learned_from:
            return decision
        try:
            evidence = self.library.evidence(question)
        except KnowledgeError as error:
            logger.warning("%s The router labels without the notes.", error)
            return decision
        return self._listening.heard(decision, evidence)

    def timing(self, question: str) -> Timing:
        """Return what a question asks for in time, an event in it by its note's date; raises NotebookUnavailable."""
        return resolved(self.library.notebook, timing(question, self._today()))

    def find(self, question: str, decision: Decision, category: str | None = None) -> tuple[Scope, tuple[Hit, ...]]:
        """Return the scope that a decision (or the person's category) gives, and the relevant notes in it, best first.

        Of a question of several matters, the best note of each comes first, in the order in which they were asked.

        Raises:
            IndexUnavailable, NotebookUnavailable: the notes cannot be searched.
        """
        if category is None and (found := self._each_matter(decision)):
            return self.scope(decision), tuple(self._in_turn(relevant(hits, self.relevance) for hits in found))
        scope, hits = self._ranked(question, decision, category)
        return scope, relevant(hits, self.relevance, vouched=category not in (None, NONE))

    def ranked(self, question: str, decision: Decision, category: str | None = None) -> tuple[Scope, list[Hit]]:
        """Return the same with the notes that answer nothing left in; raises as `find`."""
        if category is None and (found := self._each_matter(decision)):
            return self.scope(decision), self._in_turn(found)
        return self._ranked(question, decision, category)

    def _ranked(self, question: str, decision: Decision, category: str | None) -> tuple[Scope, list[Hit]]:
        scope = self.scope(decision, category)
        prior = decision.probabilities if category is None else {}
        hits = self.library.search(question, scope, self._limit, prior, self._today())
        if scope.categories is not None and category is None and not self.relevance.holds(hits):
            narrow = " and ".join(scope.categories)
            wide = self.library.scope(None, f"nothing about it among the {narrow} notes, so all were searched")
            return wide, self.library.search(question, wide, self._limit, prior, self._today())
        return scope, hits

    def _each_matter(self, decision: Decision) -> list[list[Hit]]:
        """The notes of each matter of a question, found in its own categories; none where one has nothing relevant."""
        found = []
        for matter in decision.matters:
            hits = self.library.search(matter.question, Scope(matter.categories, ""), self._limit, {}, self._today())
            if not self.relevance.holds(hits):
                return []
            found.append(hits)
        return found

    def _in_turn(self, found: Iterable[Sequence[Hit]]) -> list[Hit]:
        """The notes of several matters, the best of each first; one of two matters counts as that which it answers."""
        hits: dict[str, Hit] = {}
        for hit in filter(None, chain(*zip_longest(*found))):
            before = hits.get(hit.note_id, hit)
            hits[hit.note_id] = max(before, hit, key=lambda each: each.answering)
        return list(hits.values())[: self._limit]

    def scope(self, decision: Decision, category: str | None = None) -> Scope:
        """Return which notes to search: the person's category, else its matters', else one, two or all by certainty."""
        if category == NONE:
            return self.library.scope(None, "you said that no category fits")
        if category is not None:
            return self.library.scope([category], "you chose the category")
        if decision.category is None:
            return self.library.scope(None, "no category fits")
        if decision.matters:
            return self.library.scope(decision.likely, f"it asks {_about(decision.matters)}")
        match decision.likely:
            case ():
                return self.library.scope(None, f"{decision.category} is only a guess")
            case (_,):
                return self.library.scope(decision.likely, f"the question is about {decision.category}")
            case _:
                return self.library.scope(decision.likely, "it could be either")


def _is_of(turn: str, before: str) -> bool:
    """Whether a turn is one of those that a follow-up leans on, the first or the last of them."""
    said, before = (each.rstrip(" .?!") for each in (turn, before))
    return bool(said) and (before == said or before.startswith((f"{said}?", f"{said}.")) or before.endswith(f" {said}"))


def _either(whole: Decision, alone: Decision) -> Decision:
    """A question's decision, in doubt where what it asks surely belongs elsewhere when it stands without its remark.

    The remark may say what is meant ("which filter do we need? The one of the pool.") or may be of another matter
    ("also remind me to clean the gutters"), so that both are searched.
    """
    if alone.learned_from:
        return alone
    if not whole.likely or len(alone.likely) != 1 or alone.category in whole.likely:
        return whole
    shares = {label: (share + alone.probabilities.get(label, 0.0)) / 2 for label, share in whole.probabilities.items()}
    probabilities = likeliest_first(shares)
    likely = tuple(name for name in probabilities if name in (*whole.likely, *alone.likely))[:2]
    label = likely[0]
    return replace(whole, category=label, confidence=probabilities[label], probabilities=probabilities, likely=likely)


def _of_matters(whole: Decision, parts: Mapping[str, Decision], most: int) -> Decision:
    """A question's decision with its parts as matters, where each has likely categories, and not all have the same."""
    # Parts that share one category and not another stay apart: 'when was the pump replaced, and when was the pool
    # opened?', of pool or fountain and of pool. Searched as one under pool, the fountain's pump would be missed; under
    # both, the notes of one part could crowd out the other's.
    matters: dict[frozenset[str], Matter] = {}
    for part, decision in parts.items():
        if not decision.likely:
            return whole
        alike = frozenset(decision.likely)
        before = matters.get(alike, Matter("", decision.likely))
        matters[alike] = replace(before, question=" and ".join(filter(None, (before.question, part))))
    if not 1 < len(matters) <= most:
        return whole
    likely = tuple(dict.fromkeys(chain(*(matter.categories for matter in matters.values()))))
    label = whole.category if whole.category in likely else likely[0]
    sure = max(decision.probabilities[label] for decision in parts.values() if label in decision.likely)
    return replace(whole, category=label, confidence=sure, likely=likely, matters=tuple(matters.values()))


def _about(matters: Sequence[Matter]) -> str:
    """What a question asks about: 'about pool and about fence', 'about pool or fountain, and about fence'."""
    comma = "," if any(len(matter.categories) > 1 for matter in matters) else ""
    return f"{comma} and ".join(f"about {' or '.join(matter.categories)}" for matter in matters)


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
