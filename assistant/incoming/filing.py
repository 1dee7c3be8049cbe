"""Where a draft goes: the category that it says, that a person gives, or that a router is sure of."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.incoming.parting import told
from classifier.decision import Decision, Router
from classifier.taxonomy import NONE
from knowledge.library import Library
from knowledge.note import Draft


@dataclass(frozen=True)
class Filing:
    """Where a draft goes."""

    draft: Draft
    reason: str = ""
    """What was decided on the person's behalf."""
    confidence: float | None = None
    """How sure the router is of the category, 0 to 1; None where it was not asked."""
    sure: bool = True
    likeliest: str | None = None
    """The category that the router would take, though it is not sure."""

    @property
    def suggested(self) -> str | None:
        """The category that a person is offered: the one that it goes under, else the likeliest."""
        return self.draft.category or self.likeliest


def file(draft: Draft, library: Library, router: Router | None, category: str | None = None) -> tuple[Draft, str]:
    """Return the draft with the category that it goes under, and what was decided on the person's behalf.

    A category that the house does not have becomes a tag, so that the word is not lost.
    """
    filing = filed(draft, library, router, category)
    return filing.draft, filing.reason


def filed(
    draft: Draft,
    library: Library,
    router: Router | None,
    category: str | None = None,
    decision: Decision | None = None,
) -> Filing:
    """Return the same, with how sure that is.

    Args:
        decision: what a router said of the draft already; `router` is not asked then.
    """
    if category is not None:
        return Filing(replace(draft, category=category))
    if settled(draft, library):
        assert draft.category is not None
        known = library.notebook.category_named(draft.category)
        return Filing(replace(draft, category=known))  # or none, which whoever wrote it wanted
    draft, lost = in_known_words(draft)
    if decision is None and router is not None:
        (decision,) = router.classify([told(draft)])
    filing = Filing(draft, sure=False) if decision is None else _filed_by(decision, draft)
    return replace(filing, reason="; ".join(part for part in (lost, filing.reason) if part))


def settled(draft: Draft, library: Library) -> bool:
    """Whether a draft says its category itself, in a word that the house knows."""
    word = draft.category or ""
    return word.casefold() == NONE or (bool(word) and library.notebook.category_named(word) is not None)


def in_known_words(draft: Draft) -> tuple[Draft, str]:
    """Return an unsettled draft with its word for a category as a tag, and how that is said."""
    if not draft.category:
        return draft, ""
    tags = tuple(dict.fromkeys([*draft.tags, draft.category]))
    return replace(draft, category=None, tags=tags), f"no category {draft.category!r} here: kept as a tag"


def _filed_by(decision: Decision, draft: Draft) -> Filing:
    """Return where a router's decision puts a draft."""
    if len(decision.likely) == 1:
        reason = f"filed by the router ({decision.confidence:.0%} sure)"
        return Filing(replace(draft, category=decision.category), reason, decision.confidence)
    return Filing(draft, "no category is likely", decision.confidence, sure=False, likeliest=decision.category)
