"""Values to the HTML that the page shows, everything foreign escaped; pure."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any
from urllib.parse import quote

from assistant.conversation import Conversation, Question, Reply, Turn
from assistant.details import AnswerDetails, Cited, NoteCard
from assistant.incoming.outcomes import Outcome
from assistant.prompts import spoken
from assistant.startup import Status
from classifier.taxonomy import NONE
from knowledge.note import Note

SHOWN_OUTCOMES = 50
GLANCE = 240
"""Characters of a note's sentence that are shown while the answer is written."""
_BULLET = re.compile(r"\s*[-*•]\s+")
_SECOND = "searched too; press to search it alone"
_FILED = "This note’s category; press to change it"
Message = dict[str, str]
"""A chat message as Gradio takes it: role and content."""


def messages(turns: Sequence[Turn]) -> list[Message]:
    """Return the conversation as chat messages, two an exchange."""
    before = [None, *turns]
    return [
        {"role": turn.role, "content": _question(turn) if isinstance(turn, Question) else _answer(turn, asked)}
        for asked, turn in zip(before, turns, strict=False)
    ]


def _question(turn: Question) -> str:
    searched = turn.details.standalone or turn.content
    hover = f' title="{escape(f"Searched as: {searched}")}"' if searched != turn.content else ""
    return f'<div class="oh-question"{hover}>{_tag(turn)}{_text(turn.content)}</div>'


def _tag(turn: Question) -> str:
    """The label as a button that offers the others, and beside it what was told of it, or could be."""
    details = turn.details
    if details.confidence is None:
        return ""
    category, learned = details.category, details.learned_from
    said = f"{details.confidence:.0%} sure"
    if category is None:
        said = "no category fits: all notes are searched"
    if details.corrected:
        said = "chosen by you"
    elif learned:
        said = f"learned from you: “{learned}”"
    klass = "oh-tag" + " oh-tag-none" * (category is None) + " oh-tag-told" * bool(details.corrected or learned)
    offered = {"turn": turn.id, "label": category or NONE, "shares": details.probabilities}
    parts = [button("tag", offered, klass, said, category or "no category")]
    parts += [
        button("choose", {"turn": turn.id, "label": other}, "oh-tag oh-tag-second", _SECOND, other)
        for other in details.likely
        if other != category
    ]
    here = {"turn": turn.id}
    if details.corrected:
        parts.append(
            f'<span class="oh-told">corrected {button("undo", here, "oh-undo-tag", "Take it back", "undo")}</span>'
        )
    elif learned:
        parts.append('<span class="oh-told">learned from you</span>')
    elif details.confirmed:
        parts.append(button("confirm", here, "oh-tick oh-tick-on", "Learned as right; press to take it back", "✓"))
    elif not details.several:  # none of its tags is right alone
        parts.append(button("confirm", here, "oh-tick", "This tag is right: learn from it", "✓"))
    return f'<span class="oh-tags">{"".join(parts)}</span>'


def button(act: str, value: Mapping[str, Any], klass: str, title: str, text: str) -> str:
    """A button that `tags.js` hears by its name and its value: Gradio lets no data attributes through."""
    return (
        f'<button name="oh-{act}" value="{escape(json.dumps(value))}" class="{klass}" title="{escape(title)}">'
        f"{escape(text)}</button>"
    )


def _answer(turn: Reply, asked: Turn | None) -> str:
    details, cited = turn.details, turn.details.cited
    parts = []
    if turn.content:
        parts.append(f'<div class="oh-answer">{_cited(_prose(turn.content), cited)}</div>')
    else:
        notes = {note.note_id: note for note in details.notes}
        parts += [_glance(notes[note_id], said) for note_id, said in details.says.items() if note_id in notes]
    match details.state:
        case "waiting":
            parts.append(progress(Status(details.step, details.share)))
        case "reading":
            count = len(details.notes)
            parts.append(progress(Status(f"reading {count} {'note' if count == 1 else 'notes'}")))
        case "rereading":
            parts.append(progress(Status("unsure of what it wrote, so it reads the best notes once more")))
        case "writing" if not turn.content:
            parts.append(progress(Status("writing")))
        case "failed" | "stopped":
            parts.append(f'<div class="oh-trouble" role="alert">{_text(details.failure)}</div>')
    if details.ended:
        parts += [_history(details), _used(details), _footer(details), _earlier(details)]
        if details.answered is False and details.state == "done" and isinstance(asked, Question):
            parts.append(_offer_note(asked))
    elif details.scope:
        parts.append(_footer(details))
    return "".join(parts)


def _glance(note: NoteCard, says: str) -> str:
    """The words of a note that surely answer, until the answer is there, or where it never came."""
    title = button("read", {"note": note.note_id}, "oh-link", "Opens the note under Notes", note.title)
    dated = f" · <time>{escape(spoken(note.date))}</time>" if note.date else ""
    says = _BULLET.sub("", says, count=1)
    words = _text(says if len(says) <= GLANCE else f"{says[:GLANCE].rstrip()} …")
    return f'<blockquote class="oh-glance">{words}<cite>{title}{dated}</cite></blockquote>'


def _offer_note(asked: Question) -> str:
    """What can be done where no note tells: write one, under the question's own tag."""
    begun = {"title": asked.content.strip().rstrip("?"), "label": asked.details.category}
    add = button("write", begun, "oh-link", "Opens a new note under Notes", "add a note about it")
    return f'<div class="oh-hint">If you know it, {add}: it is found at once.</div>'


def _earlier(details: AnswerDetails) -> str:
    """The answer that was there before the tag was corrected, folded away."""
    first = details.earlier
    if first is None or not first.content:
        return ""
    text = _cited(_prose(first.content), first.details.cited)
    return (
        f'<details class="oh-earlier"><summary>The first answer</summary><div class="oh-answer">{text}</div>'
        f"{_used(first.details)}{_footer(first.details)}</details>"
    )


def _cited(text: str, cited: Mapping[int, Cited]) -> str:
    """Turn the marks [n] of an escaped text into badges that name their note, and lead to its words below."""

    def badge(match: re.Match[str]) -> str:
        citation = cited.get(int(match[1]))
        if citation is None:
            return f'<span class="oh-cite">{match[1]}</span>'
        return button("cite", {"number": citation.number}, "oh-cite", citation.title, match[1])

    return re.sub(r"\[(\d{1,2})\]", badge, text)


def _used(details: AnswerDetails) -> str:
    """The cards of the notes behind an answer: those it cites first, the others that were read after."""
    cited = details.cited
    notes = sorted(details.notes, key=lambda note: (note.number not in cited, note.number))
    if not notes:
        return ""
    cards = "".join(_card(note, cited.get(note.number)) for note in notes)
    used, read = len(cited), len(notes)
    of = f"{read} {'note' if read == 1 else 'notes'}"
    summary = f"{used} of {of} used" if 0 < used < read else f"{of} {'used' if used else 'read'}"
    return f'<details class="oh-used"><summary>{summary}</summary><div class="oh-cards">{cards}</div></details>'


def _history(details: AnswerDetails) -> str:
    """A line of time: the notes that tell of the same thing again and again as the one that is cited does."""
    cited = details.cited
    of_cited = (note.history for note in details.notes if note.number in cited)
    told = next((history for history in of_cited if history), None)
    if told is None:
        return ""
    of_answer = {each.note_id for each in cited.values()}
    moments = []
    for each in told:
        open_it = button("read", {"note": each.note_id}, "oh-link", "Opens the note under Notes", each.title)
        klass = ' class="oh-now"' if each.note_id in of_answer else ""
        moments.append(f"<li{klass}><time>{escape(spoken(each.date))}</time> {open_it}</li>")
    years = " · ".join(dict.fromkeys(str(each.date.year) for each in told))
    return f'<details class="oh-history"><summary>History: {years}</summary><ol>{"".join(moments)}</ol></details>'


def _card(note: NoteCard, citation: Cited | None) -> str:
    text = _text(note.text)
    if citation and (quote := _text(citation.quote)):
        text = text.replace(quote, f"<mark>{quote}</mark>", 1)
    number = f'<span class="oh-cite">{note.number}</span>'
    about = _about(note.category, note.date, note.note_id)
    klass = "oh-card" if citation else "oh-card oh-card-unused"
    title = button("read", {"note": note.note_id}, "oh-link", "Opens the note under Notes", note.title)
    return f'<article class="{klass}"><header>{number}<b>{title}</b>{about}</header>{text}</article>'


def _about(category: str | None, date: dt.date | None, note_id: str) -> str:
    klass = "oh-tag oh-tag-small" + " oh-tag-none" * (category is None)
    tag = button("file", {"note": note_id, "label": category or NONE}, klass, _FILED, category or "no category")
    day = f"<time>{escape(spoken(date))}</time>" if date else ""
    return f'<span class="oh-about">{tag}{day}</span>'


def _footer(details: AnswerDetails) -> str:
    if not details.scope:
        return ""
    facts = [f'<span title="{escape(details.reason)}">{escape(details.scope)}</span>']
    if details.model:
        facts.append(escape(details.model))
    if total := details.seconds.get("total"):
        facts.append(f"{total:.1f} s")
    return f'<div class="oh-scope">{" · ".join(facts)}</div>'


def progress(status: Status) -> str:
    """A step under way, with a bar where it is known how far it is."""
    share = status.fraction
    value = f' value="{share:.3f}" max="1"' if share is not None else ""
    percent = f" {share:.0%}" if share is not None else ""
    return (
        f'<div class="oh-progress" role="status"><span>{escape(status.step)}{percent}</span>'
        f'<progress{value} aria-label="{escape(status.step)}"></progress></div>'
    )


def banner(status: Status, model: str, better: str) -> str:
    """What stands above the chat: what is loading, what went wrong, or who answers."""
    if status.failure:
        return f'<div class="oh-banner oh-trouble" role="alert">{_text(status.failure)}</div>'
    if not status.ready:
        return f'<div class="oh-banner">{progress(status)}</div>'
    advice = _code(escape(better))
    hint = f'<details class="oh-better"><summary>A better model?</summary>{advice}</details>' if better else ""
    return f'<div class="oh-banner oh-quiet">Answers by {escape(model)}, on this machine. {hint}</div>'


def conversation_list(conversations: Sequence[Conversation], current: str | None) -> str:
    """The conversations as buttons, each with one to delete it."""
    if not conversations:
        return '<p class="oh-empty">Your questions will be kept here.</p>'
    rows = []
    for each in conversations:
        here = ' aria-current="true"' if each.id == current else ""
        title, id_ = escape(each.title), escape(each.id)
        rows.append(
            f'<li{here}><button class="oh-open" data-act="open" data-id="{id_}">{title}</button>'
            f'<button class="oh-delete" data-act="remove" data-id="{id_}" aria-label="Delete {title}" '
            'title="Delete">×</button></li>'
        )
    return f'<ul class="oh-list">{"".join(rows)}</ul>'


def note_list(notes: Sequence[Note], current: str | None, total: int, *, narrowed: bool = False) -> str:
    """The notes as buttons with title, date, category and how they begin.

    Args:
        narrowed: whether these are only those of a search or of a category.
    """
    if not notes:
        empty = "No note matches. Clear the search, or choose all categories."
        return f'<p class="oh-empty">{empty if narrowed else "No notes here. Add one, or bring in files."}</p>'
    rows = []
    for note in notes:
        here = ' aria-current="true"' if note.id == current else ""
        begin = escape(" ".join(note.text.split())[:140])
        rows.append(
            f'<li{here}><button class="oh-open" data-act="open" data-id="{escape(note.id)}"><b>{escape(note.title)}</b>'
            f"<span>{begin}</span></button>{_about(note.category, note.date, note.id)}</li>"
        )
    more = f'<p class="oh-empty">… and {total - len(notes)} more: search to narrow.</p>' if total > len(notes) else ""
    return f'<ul class="oh-list oh-notes">{"".join(rows)}</ul>{more}'


def outcomes(found: Sequence[Outcome]) -> str:
    """What became of the files that were brought in, the trouble first."""
    if not found:
        return ""
    ordered = sorted(found, key=lambda each: each.status != "refused")
    rows = []
    for each in ordered[:SHOWN_OUTCOMES]:
        name = each.note.title if each.note else each.source
        where = f" → {each.note.category or 'no category'}" if each.note else ""
        why = f": {each.reason}" if each.reason else ""
        rows.append(f'<li class="oh-{each.status}"><b>{each.status}</b> {_text(name + where + why)}</li>')
    more = len(found) - len(rows)
    return f'<ul class="oh-outcomes">{"".join(rows)}</ul>' + (f"<p>… and {more} more.</p>" if more > 0 else "")


def heading(note: Note | None) -> str:
    """What stands above the form: whether it holds a new note, and the file that an old one came from."""
    if note is None:
        return '<h3 class="oh-heading" data-note="">New note</h3>'
    told = []
    if note.source and note.original:
        address = f"original/{quote(note.id, safe='')}"
        told.append(f'from <a href="{address}" target="_blank" rel="noopener">{escape(note.source)}</a>')
    elif note.source:
        told.append(f"from {escape(note.source)}")
    if note.gone:
        told.append("the file is gone")
    if note.date and note.dated_by:
        told.append(f"dated by the {escape(note.dated_by)}")
    source = f" <small>{', '.join(told)}</small>" if told else ""
    return f'<h3 class="oh-heading" data-note="{escape(note.id)}">Note{source}</h3>'


def labels(names: Sequence[str]) -> str:
    """What the menu of a tag offers, for `tags.js` to read; nothing of it is seen."""
    return f'<span id="oh-labels" data-labels="{escape(json.dumps([*names, NONE]))}" hidden></span>'


def warning(error: Exception) -> str:
    """What a toast says of an error; Gradio takes it for HTML."""
    return _text(str(error))


def said(text: str) -> str:
    """A short line that says what was done."""
    return f'<span class="oh-empty" role="status">{_text(text)}</span>'


def _text(text: str) -> str:
    """Text as HTML that stays text; it holds no blank line, at which Markdown would take over again."""
    lines = [escape(line) for line in text.strip().splitlines()]
    return "<br>".join(_tame(line) for line in lines)


def _prose(text: str) -> str:
    """An answer as HTML: as `_text`, its lines that begin with a dash or a dot as a list."""
    parts = []
    for listed, lines in groupby(text.strip().splitlines(), key=lambda line: bool(_BULLET.match(line))):
        if listed:
            items = (f"<li>{_text(_BULLET.sub('', line, count=1))}</li>" for line in lines)
            parts.append(f"<ul>{''.join(items)}</ul>")
        else:
            parts.append(_text("\n".join(lines)))
    return "".join(parts)


def _tame(line: str) -> str:
    # Inside a block of HTML, Markdown is not read; what a page would still turn into a link or a formula is disarmed.
    return line.replace("$", "&#36;").replace("`", "&#96;").replace("\\", "&#92;").replace("://", ":&#47;&#47;")


def _code(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", text)
