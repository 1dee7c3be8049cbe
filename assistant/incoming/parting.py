"""A document whose sections belong under different categories becomes a note a section, each with its own tag; pure.

A letter to the new owners that goes through the whole house, trade by trade, would hide under one category what it says
of the others. A recipe's ingredients and its method, or the chapters of one machine's manual, stay together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from classifier.decision import Decision, Router
from knowledge.note import Draft
from knowledge.readers import content_id
from knowledge.readers.sections import sections_of

LONGEST = 2000
"""Characters of a note that are read to file it."""

Labelled = tuple[Draft, Decision | None]
"""A draft with what the router says of it; None where its file says its category, and nobody asked."""


def told(draft: Draft) -> str:
    """Return what a router reads of a draft."""
    return f"{draft.title}\n{draft.text}"[:LONGEST]


def parted(
    drafts: Sequence[Draft], router: Router, settled: Callable[[Draft], bool] = lambda draft: bool(draft.category)
) -> list[list[Labelled]]:
    """Return what becomes of each draft: itself, labelled, or where its sections differ in category, those.

    The sections become notes where those that are surely of a category are mostly of different ones; where the whole
    is surely of one, three have to say otherwise. A draft whose file says its category, or an id, stays as its file
    has it. All are read in one call, which costs a router far less than one each.

    Args:
        settled: whether a draft's file says its category, so that nobody has to be asked.
    """
    said = [settled(draft) for draft in drafts]
    sections = [[] if skip else parts_in(draft) for draft, skip in zip(drafts, said, strict=True)]
    asked = [
        each for draft, skip, parts in zip(drafts, said, sections, strict=True) if not skip for each in (draft, *parts)
    ]
    decisions = iter(router.classify([told(each) for each in asked]) if asked else [])
    found: list[list[Labelled]] = []
    for draft, skip, parts in zip(drafts, said, sections, strict=True):
        whole = None if skip else next(decisions)
        labelled = [(replace(part, id=content_id(part)), next(decisions)) for part in parts]
        mixed = whole is not None and _mixed(whole, [decision for _, decision in labelled])
        found.append([*labelled] if mixed else [(draft, whole)])
    return found


def parts_in(draft: Draft) -> list[Draft]:
    """Return the drafts that a draft might be parted into; none where it stays whole whatever a router says."""
    if not draft.made_id:
        return []
    sections = sections_of(draft.text)
    if len(sections) < 2:
        return []
    return [
        replace(draft, title=f"{draft.title}: {heading}" if draft.title else heading, text=text)
        for heading, text in sections
    ]


def _mixed(whole: Decision, sections: Sequence[Decision]) -> bool:
    sure = Counter(each.category for each in sections if len(each.likely) == 1)
    return len(sure) >= (3 if len(whole.likely) == 1 else 2) and 2 * max(sure.values()) <= sure.total()
