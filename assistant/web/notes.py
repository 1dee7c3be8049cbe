"""The Notes tab: add, search, filter, edit and delete notes; keeping them is the library's, files are `review`'s."""

from __future__ import annotations

import datetime as dt
from textwrap import shorten
from typing import Any, NamedTuple

import gradio as gr

from assistant.arrivals import Arrivals
from assistant.build import House
from assistant.filing import file
from assistant.startup import Startup
from assistant.web import render
from assistant.web.facts import FactsCard
from assistant.web.review import Review
from assistant.web.tags import Tags
from assistant.web.theme import BUTTONS_JS, html
from knowledge.errors import KnowledgeError, NoteChanged
from knowledge.note import Draft, Note, NoteFilter
from knowledge.notebook import parse_date

SHOWN = 200
ALL, WITHOUT, CHOOSE = "all categories", "no category", "choose for me"

Opened = tuple[str, int] | None
"""The id and revision of the note in the form; None for a new one."""


class Typed(NamedTuple):
    """What the form holds."""

    opened: Opened
    title: str | None
    filed: str | None
    date: str | None
    text: str | None

    @property
    def note_id(self) -> str | None:
        """Of the note that is open; None for a new one."""
        return self.opened[0] if self.opened else None

    @property
    def words(self) -> tuple[str, ...]:
        """Its fields without stray blanks, in order."""
        return tuple((each or "").strip() for each in self[1:])


class Notes:
    """Draws the tab and answers its events."""

    def __init__(self, house: House, startup: Startup, arrivals: Arrivals) -> None:
        """Args: the house, what brings it up, and what reads files."""
        self._house = house
        self._startup = startup
        self._review = Review(house, startup, arrivals)

    def draw(self, blocks: gr.Blocks, tabs: gr.Tabs, tab: gr.Tab, tags: Tags) -> None:
        """Put the widgets on the page and connect them, also with what other tabs say of notes."""
        opened = gr.State(None)
        """The id and revision of the note in the form; None for a new one."""
        undoable = gr.State(None)
        """What the Undo button takes back: ('delete', ids), ('edit', (id, the revision that it made)), such as, or
        ('typed', what was in the form before another note took its place)."""
        brought = gr.Column(elem_classes="oh-coming")
        with gr.Row():
            with gr.Column(scale=2, min_width=300):
                with gr.Row():
                    words = gr.Textbox(
                        placeholder="Search notes …", show_label=False, label="Search", elem_id="oh-words"
                    )
                    # Another window may have renamed or removed a category since: the house says so, and not Gradio.
                    category = gr.Dropdown(
                        [ALL], value=ALL, allow_custom_value=True, show_label=False, label="Filter", elem_id="oh-filter"
                    )
                found = html(js_on_load=BUTTONS_JS, elem_id="oh-found")
            with gr.Column(scale=3, min_width=300):
                heading = html(render.heading(None), elem_id="oh-heading")
                title = gr.Textbox(label="Title", placeholder="the first line, if left empty", elem_id="oh-title")
                with gr.Row():
                    filed = gr.Dropdown(
                        [CHOOSE], value=CHOOSE, allow_custom_value=True, label="Category", elem_id="oh-category"
                    )
                    date = gr.Textbox(label="Date", placeholder="2024-03-15", elem_id="oh-date")
                text = gr.Textbox(
                    label="Note", lines=9, max_lines=24, placeholder="What should be remembered?", elem_id="oh-text"
                )
                with gr.Row():
                    save = gr.Button("Save", variant="primary", elem_id="oh-save")
                    fresh = gr.Button("New note", elem_id="oh-fresh")
                    delete = gr.Button("Delete", variant="stop", visible=False, elem_id="oh-delete")
                with gr.Row(visible=False, elem_classes="oh-undo") as done_row:
                    done = html(elem_id="oh-done")
                    undo = gr.Button("Undo", size="sm", min_width=60, elem_id="oh-undo")
                FactsCard(self._house).draw(opened)

        form = [heading, title, filed, date, text, delete, opened]
        typed = [opened, title, filed, date, text]
        after = [done_row, done, undo, undoable]
        listing = [words, category, opened]
        quiet: dict[str, Any] = {"show_progress": "hidden"}
        blocks.load(self._fill, None, [category, filed], **quiet).then(self._list, listing, found, **quiet)
        tab.select(self._fill, None, [category, filed], **quiet).then(self._list, listing, found, **quiet)
        for filed_anew in tags.filed:
            filed_anew.then(self._refiled, [tags.touched, opened, filed], [filed, opened], **quiet).then(
                self._list, listing, found, **quiet
            )
        words.change(self._list, listing, found, trigger_mode="always_last", **quiet)
        category.change(self._list, listing, found, **quiet)
        found.open(self._open, typed, [*form, *after], **quiet).then(self._list, listing, found, **quiet)
        tags.element.read(self._read, typed, [*form, *after, tabs], **quiet).then(self._list, listing, found, **quiet)
        tags.element.write(self._write, typed, [*form, *after, tabs], **quiet)
        fresh.click(self._blank, typed, [*form, *after], **quiet).then(self._list, listing, found, **quiet)
        save.click(self._save, typed, [*form, *after], show_progress="minimal").then(
            self._list, listing, found, **quiet
        )
        delete.click(self._delete, opened, [*form, *after], **quiet).then(self._list, listing, found, **quiet)
        undo.click(self._undo, [undoable, *typed], [*form, *after], **quiet).then(self._list, listing, found, **quiet)
        with brought:
            self._review.draw(blocks, tab, after, _offer)
        for changed in self._review.saved:
            changed.then(self._list, listing, found, **quiet)

    def _fill(self) -> tuple[Any, Any]:
        names = [name for name, _, _ in self._house.notebook.categories()]
        return (
            gr.update(choices=[ALL, *names, WITHOUT]),
            gr.update(choices=[CHOOSE, *names, WITHOUT]),
        )

    def _list(self, words: str, category: str, opened: Opened) -> str:
        wanted = NoteFilter(
            category=None if category in (ALL, WITHOUT, None) else category,
            uncategorised=category == WITHOUT,
            text=words or "",
            limit=SHOWN,
        )
        notes = self._house.notebook.select(wanted)
        total = len(notes) if len(notes) < SHOWN else self._house.notebook.count(wanted)
        narrowed = bool(words) or category != ALL
        return render.note_list(notes, opened[0] if opened else None, total, narrowed=narrowed)

    def _open(
        self, opened: Opened, title: str, filed: str, date: str, text: str, event: gr.EventData
    ) -> tuple[Any, ...]:
        typed = Typed(opened, title, filed, date, text)
        return self._opened(self._house.notebook.get(event._data["id"]), typed)

    def _opened(self, note: Note, typed: Typed) -> tuple[Any, ...]:
        """The form with a note in the place of what was typed; one that was deleted elsewhere is offered back."""
        if not note.deleted:
            return *self._form(note), *self._aside(typed)
        return *[gr.skip()] * 7, *_offer(f"“{note.title}” was deleted. Undo brings it back.", ("restore", [note.id]))

    def _refiled(self, touched: str | None, opened: Opened, filed: str | None) -> tuple[Any, ...]:
        """Let the form know that its note was filed elsewhere by its tag; of other changes it must not know."""
        note = self._house.notebook.find(touched) if opened is not None and touched == opened[0] else None
        if opened is None or note is None or note.revision != opened[1] + 1:
            return gr.skip(), gr.skip()
        return note.category or WITHOUT, (note.id, note.revision)

    def _read(
        self, opened: Opened, title: str, filed: str, date: str, text: str, event: gr.EventData
    ) -> tuple[Any, ...]:
        """Open a note that the chat shows."""
        try:
            note = self._house.notebook.get(event._data["note"])
        except KnowledgeError as error:
            gr.Warning(render.warning(error))
            return (gr.skip(),) * 12
        return *self._opened(note, Typed(opened, title, filed, date, text)), gr.Tabs(selected="notes")

    def _write(
        self, opened: Opened, title: str, filed: str, date: str, text: str, event: gr.EventData
    ) -> tuple[Any, ...]:
        """Begin a note about a question that none answers; one that is begun already stays where it is."""
        typed = Typed(opened, title, filed, date, text)
        if opened is None and self._unsaved(typed):
            gr.Info("There is a note begun already: save it first.")
            return *(gr.skip(),) * 11, gr.Tabs(selected="notes")
        heading, _, _, *rest = self._form(None)
        names = [name for name, _, _ in self._house.notebook.categories()]
        label = event._data["label"]
        filed = label if label in names else CHOOSE
        form = heading, event._data["title"], filed, *rest
        return *form, *self._aside(typed), gr.Tabs(selected="notes")

    def _blank(self, opened: Opened, title: str, filed: str, date: str, text: str) -> tuple[Any, ...]:
        return *self._form(None), *self._aside(Typed(opened, title, filed, date, text))

    def _aside(self, typed: Typed, otherwise: tuple[Any, ...] = (gr.skip(),) * 4) -> tuple[Any, ...]:
        """Keep what was being written and is not saved, to be brought back by Undo.

        Args:
            otherwise: what becomes of the row where nothing would be lost; by default it is left alone.
        """
        if not self._unsaved(typed):
            return otherwise
        named = shorten(typed.title or typed.text or "", 50, placeholder=" …")
        return _offer(f"What you were writing is put aside{f': “{named}”' if named else ''}.", ("typed", typed))

    def _unsaved(self, typed: Typed) -> bool:
        """Whether the form holds what no note does."""
        note = self._house.notebook.find(typed.note_id)
        if note is None:
            title, _, date, text = typed.words
            return bool(title or date or text)
        return typed.words != Typed(typed.opened, *self._form(note)[1:5]).words

    def _save(self, opened: Opened, title: str, filed: str, date: str, text: str) -> tuple[Any, ...]:
        try:
            day = parse_date(date or "", day_first=self._house.day_first)
            if opened is None:
                note, why = self._add(title, filed, day, text)
                said = f"Kept “{note.title}” under {note.category or 'no category'}{f': {why}' if why else ''}."
                return *self._form(None), *_offer(said, ("delete", [note.id]))
            changes = {"title": title, "text": text, "date": day, "category": _category(filed)}
            if filed == CHOOSE:
                del changes["category"]
            note = self._house.notebook.edit(opened[0], changes, opened[1])
            self._index()
        except (KnowledgeError, NoteChanged) as error:
            gr.Warning(render.warning(error))
            return (*[gr.skip()] * 7, *[gr.skip()] * 4)  # what was typed stays where it is
        if note.revision == opened[1]:
            return *self._form(note), *_offer("Nothing had changed.", None)
        return *self._form(note), *_offer(f"Saved “{note.title}”.", ("edit", (note.id, note.revision)))

    def _add(self, title: str, filed: str, date: dt.date | None, text: str) -> tuple[Note, str]:
        """Add a note; returns it, and why it is filed as it is where the house chose."""
        draft, why = Draft(text, title, _category(filed), date), ""
        if filed == CHOOSE:
            if self._startup.router is not None:
                draft, why = file(draft, self._house.library, self._startup.router)
            else:
                why = "what files notes is still loading; press its tag to choose"
        note = self._house.notebook.add(draft)
        self._index()
        return note, why

    def _index(self) -> None:
        """Let the index follow the record; while what makes vectors is still loading, that is left to the start."""
        if self._startup.searchable:
            self._house.library.heal_quietly()

    def _delete(self, opened: Opened) -> tuple[Any, ...]:
        if opened is None:
            return (*self._form(None), *_offer("", None))
        note = self._house.notebook.get(opened[0])
        self._house.notebook.delete([note.id])
        self._index()
        return *self._form(None), *_offer(f"Deleted “{note.title}”.", ("restore", [note.id]))

    def _undo(
        self, undoable: tuple[str, Any] | None, opened: Opened, title: str, filed: str, date: str, text: str
    ) -> tuple[Any, ...]:
        note, typed = None, Typed(opened, title, filed, date, text)
        after = self._aside(typed, _offer("", None))
        try:
            match undoable:
                case ("typed", before):
                    return *self._retyped(Typed(*before)), *after
                case ("restore", ids):
                    self._house.notebook.restore(ids)
                    note = self._house.notebook.get(ids[0])
                case ("delete", ids):
                    self._house.notebook.delete(ids)
                case ("edit", (note_id, revision)):
                    note = self._house.notebook.undo(note_id, revision)
                case ("saved" | "dropped" | "import", _):
                    self._review.taken_back(undoable)
                    self._index()
                    return (*[gr.skip()] * 7, *_offer("", None))  # the form has nothing to do with it
            self._index()
        except KnowledgeError as error:
            gr.Warning(render.warning(error))
            return (*[gr.skip()] * 7, *_offer("", None))  # what was typed stays where it is
        return *self._form(note), *after

    def _retyped(self, typed: Typed) -> tuple[Any, ...]:
        """The form as it was when something else took its place; where its note was deleted since, it is a new one."""
        note = self._house.notebook.find(typed.note_id)
        there = note is not None and not note.deleted
        heading, *_, delete, opened = self._form(note if there else None)
        if opened not in (typed.opened, None):
            gr.Info("This note was changed since you wrote that. Saving puts your words in its place.")
        return heading, *typed[1:], delete, opened

    def _form(self, note: Note | None) -> tuple[Any, ...]:
        """The form filled with a note, or emptied for a new one."""
        if note is None:
            return render.heading(None), "", CHOOSE, "", "", gr.update(visible=False), None
        return (
            render.heading(note),
            note.title,
            note.category or WITHOUT,
            note.date.isoformat() if note.date else "",
            note.text,
            gr.update(visible=True),
            (note.id, note.revision),
        )


def _category(filed: str) -> str | None:
    return None if filed in (CHOOSE, WITHOUT, None) else filed


def _offer(said: str, undoable: tuple[str, Any] | None) -> tuple[Any, ...]:
    """Say what was done, and offer to take it back where that can be."""
    return gr.update(visible=bool(said)), render.said(said), gr.update(visible=undoable is not None), undoable
