"""A document whose sections belong under different categories becomes a note a section, each with its own tag; pure.

A letter to the new owners that goes through the whole house, trade by trade, would hide under one category what it says
of the others. A recipe's ingredients and its method, or the chapters of one machine's manual, stay together.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from classifier.decision import Router
from knowledge.note import Draft
from knowledge.readers import content_id
from knowledge.readers.sections import sections_of

LONGEST = 2000
"""Characters of a note that are read to file it."""


def told(draft: Draft) -> str:
    """Return what a router reads of a draft."""
    return f"{draft.title}\n{draft.text}"[:LONGEST]


def parted(draft: Draft, router: Router) -> list[Draft]:
    """Return the draft itself, or one a section where those that are surely of a category are mostly of different ones.

    Where the whole is surely of one, three have to say otherwise. A draft whose file says its category, or an id, stays
    as its file has it.
    """
    if draft.category or not draft.made_id:
        return [draft]
    sections = sections_of(draft.text)
    if len(sections) < 2:
        return [draft]
    parts = [
        replace(draft, title=f"{draft.title}: {heading}" if draft.title else heading, text=text)
        for heading, text in sections
    ]
    whole, *decisions = router.classify([told(each) for each in [draft, *parts]])
    sure = Counter(each.category for each in decisions if len(each.likely) == 1)
    mixed = len(sure) >= (3 if len(whole.likely) == 1 else 2) and 2 * max(sure.values()) <= sure.total()
    if not mixed:
        return [draft]
    return [replace(part, id=content_id(part)) for part in parts]
