"""A changed file's drafts beside the notes that it gave before: which draft is which note now; pure."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.note import Draft, Note

ALIKE, ALIKE_UNDER_ONE_TITLE = 80.0, 55.0
"""Of a hundred, how alike the words must be for a draft to be the same note, changed; rows share much by their form."""
LOOKED_AT = 3000
"""Characters of each that are compared."""


def paired(drafts: Sequence[Draft], notes: Sequence[Note], *, same_file: bool) -> list[tuple[Draft, Note | None]]:
    """Return the drafts in their order, each with the note that it is a new state of, if any.

    Args:
        same_file: whether they surely come from one file, and not just from two of one name; a single draft is then
            the single note, however much its words changed.
    """
    by_id = {note.id: note for note in notes}
    pairs: dict[int, Note] = {number: by_id[draft.id] for number, draft in enumerate(drafts) if draft.id in by_id}
    taken = {note.id for note in pairs.values()}
    # A draft with an id of its own says itself which note it is.
    open_drafts = [number for number, draft in enumerate(drafts) if number not in pairs and draft.made_id]
    open_notes = [note for note in notes if note.id not in taken]
    if same_file and len(drafts) == len(notes) == len(open_drafts) == 1:
        return [(drafts[0], notes[0])]
    for _, number, note in _likeness(drafts, open_drafts, open_notes):
        if number not in pairs and note.id not in taken:
            pairs[number] = note
            taken.add(note.id)
    return [(draft, pairs.get(number)) for number, draft in enumerate(drafts)]


def _likeness(drafts: Sequence[Draft], numbers: Sequence[int], notes: Sequence[Note]) -> list[tuple[float, int, Note]]:
    """The pairs that are alike enough, the most alike first."""
    if not numbers or not notes:
        return []
    from rapidfuzz import fuzz

    found = []
    for number in numbers:
        draft = drafts[number]
        for note in notes:
            enough = ALIKE_UNDER_ONE_TITLE if fuzz.ratio(draft.title, note.title) >= 85 else ALIKE
            if score := fuzz.ratio(draft.text[:LOOKED_AT], note.text[:LOOKED_AT], score_cutoff=enough):
                found.append((score, number, note))
    return sorted(found, key=lambda pair: -pair[0])
