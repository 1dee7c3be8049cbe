"""The review list and the recent imports to HTML, everything foreign escaped; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from assistant.incoming.arrivals import Arriving
from assistant.incoming.outcomes import Outcome
from assistant.startup import Status
from assistant.web import render
from knowledge.imports import Import
from knowledge.waiting import Waiting

SHOWN = 100
"""Drafts that are drawn at once; the others follow when these are saved, or are saved with all."""
_DATED = {
    "front matter": "given in the file",
    "mail": "of the e-mail",
    "photo": "of the photo",
    "file name": "from the file’s name",
    "file": "of the file",
}


def arriving(state: Arriving) -> str:
    """How far it is with the files that are coming in; empty when none is."""
    return render.progress(Status(state.sentence, state.fraction)) if state.busy else ""


def review(waiting: Sequence[Waiting], categories: Sequence[str], titles: Mapping[str, str]) -> str:
    """The drafts as forms, those that ask for a look first, with what saves them.

    Args:
        titles: what the notes are called that a draft would change, by id.
    """
    if not waiting:
        return ""
    sure = sum(each.sure for each in waiting)
    look = len(waiting) - sure
    count = f"{len(waiting)} {'note waits' if len(waiting) == 1 else 'notes wait'} for you"
    asks = f"; {look} {'asks' if look == 1 else 'ask'} for a look" if look else ""
    some = (
        f'<button class="oh-plain" data-review="sure">Save the {sure} sure {"one" if sure == 1 else "ones"}</button>'
        if 0 < sure < len(waiting)
        else ""
    )
    rows = "".join(_row(each, categories, titles) for each in waiting[:SHOWN])
    more = len(waiting) - SHOWN
    last = max(each.number for each in waiting)  # what comes later is saved by no button of this list
    below = f'<p class="oh-empty">… and {more} more, saved with all, or shown when these are.</p>' if more > 0 else ""
    return (
        f'<section class="oh-review" aria-label="Review" data-seen="{last}">'
        f'<header><h3 class="oh-heading">{count}{asks}</h3>'
        f'<span class="oh-review-acts"><button class="oh-main" data-review="all">Save all</button>{some}'
        f'<button class="oh-plain" data-review="none">Drop all</button></span></header>{rows}{below}</section>'
    )


def _row(waiting: Waiting, categories: Sequence[str], titles: Mapping[str, str]) -> str:
    draft = waiting.draft
    options = "".join(
        f'<option{" selected" if name == (draft.category or "") else ""} value="{escape(name)}">'
        f"{escape(name or 'no category')}</option>"
        for name in ("", *categories)
    )
    share = (
        "" if waiting.confidence is None else f"{waiting.confidence:.0%} sure" if draft.category else "none is likely"
    )
    begin = escape(" ".join(draft.text.split())[:160])
    said = [escape(draft.source)] if draft.source else []
    if waiting.aim == "update":
        changed = escape(titles.get(waiting.note_id or "", "a note"))
        said.append(f"changes “{changed}” ({escape(waiting.reason.removeprefix('changed: '))})")
    elif waiting.aim == "restore":
        said.append("brings a deleted note back")
    dated = _DATED.get(draft.dated_by, f"from its {escape(draft.dated_by)}" if draft.dated_by else "")
    dated = dated if draft.date else "no date found"
    klass = "oh-draft" if waiting.sure else "oh-draft oh-look"
    date = draft.date.isoformat() if draft.date else ""
    return (
        f'<article class="{klass}" data-waiting="{escape(waiting.id)}">'
        f'<label class="oh-wide"><span>Title</span><input name="title" value="{escape(draft.title)}" '
        'placeholder="the first line"></label>'
        f'<label><span>Date <small>{dated}</small></span><input name="date" value="{date}" placeholder="none">'
        "</label>"
        f'<label><span>Category <small>{share}</small></span><select name="category">{options}</select></label>'
        f'<button class="oh-delete" data-review="drop" title="Drop: do not keep this" '
        f'aria-label="Drop {escape(draft.title)}">×</button>'
        f'<details class="oh-wide"><summary><span>{begin}</span></summary>'
        f'<textarea name="text" rows="8" aria-label="Text">{escape(draft.text)}</textarea></details>'
        f'<p class="oh-wide oh-from">{" · ".join(said)}</p></article>'
    )


def imports(recent: Sequence[Import]) -> str:
    """The recent imports that changed something, each with what takes it back."""
    kept = [each for each in recent if each.notes]
    if not kept:
        return ""
    rows = []
    for each in kept[:8]:
        when = f"{each.started_at.astimezone():%d %B, %H:%M}"
        what = f"{each.notes} {'note' if each.notes == 1 else 'notes'} from the {escape(each.origin)}, {when}"
        act = (
            '<small class="oh-undone">undone</small>'
            if each.undone
            else f'<button class="oh-serve" data-act="remove" data-id="{escape(each.id)}" aria-label="Undo: {what}">'
            "Undo</button>"
        )
        rows.append(f'<li><span class="oh-lesson">{what}</span>{act}</li>')
    listed = f'<ul class="oh-list">{"".join(rows)}</ul>'
    return f'<details class="oh-imports"><summary>Recent imports</summary>{listed}</details>'


def report(found: Sequence[Outcome]) -> str:
    """What could not be read, with its reason, and what else became of the files; drafts are in the list above."""
    return render.outcomes([each for each in found if each.status not in ("waiting", "unchanged")]) + _quiet(found)


def _quiet(found: Sequence[Outcome]) -> str:
    same = sum(each.status == "unchanged" for each in found)
    return f'<p class="oh-empty">{same} {"note was" if same == 1 else "notes were"} here already.</p>' if same else ""
