"""The form of the Notes tab: a note opened, written, saved and deleted, and what was done on the tab taken back."""

from __future__ import annotations

import datetime as dt
from textwrap import shorten
from typing import Any, NamedTuple

import gradio as gr
from gradio.events import Dependency

from assistant.build import House
from assistant.incoming.filing import file
from assistant.startup import Startup
from assistant.web import render
from assistant.web.facts import FactsCard, Opened
from assistant.web.review import Review
from assistant.web.tags import Tags
from assistant.web.theme import html
from assistant.web.views import QUIET, Offer, unchanged
from knowledge.days import parse_date
from knowledge.errors import KnowledgeError, NoteChanged
from knowledge.note import Draft, Note

WITHOUT, CHOOSE = "no category", "choose for me"

Undoable = tuple[str, Any] | None
"""What the Undo button takes back: ('delete', ids), ('edit', (id, the revision that it made)), such as, or ('typed',
what was in the form before another note took its place)."""


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


class Form(NamedTuple):
    """The widgets of the form, or what they are to hold."""

    heading: Any
    title: Any
    filed: Any
    date: Any
    text: Any
    delete: Any
    opened: Any

    @property
    def typed(self) -> Typed:
        """Of them, what a person fills in."""
        return Typed(self.opened, self.title, self.filed, self.date, self.text)


class NoteForm:
    """Draws the form and answers its events."""

    widgets: Form
    offer: Offer
    """Says what was done with notes, here and in what came in."""
    turned: list[Dependency]
    """The events after which there may be other notes, or another one is open."""

    def __init__(self, house: House, startup: Startup, review: Review) -> None:
        """Args: the house, what brings it up, and what takes back what was done with what came in."""
        self._house = house
        self._startup = startup
        self._review = review

    def draw(self) -> None:
        """Put the widgets on the page."""
        opened = gr.State(None)
        heading = html(render.heading(None), elem_id="oh-heading")
        title = gr.Textbox(label="Title", placeholder="the first line, if left empty", elem_id="oh-title")
        with gr.Row():
            # Another window may have renamed or removed a category since: the house says so, and not Gradio.
            filed = gr.Dropdown(
                [CHOOSE], value=CHOOSE, allow_custom_value=True, label="Category", elem_id="oh-category"
            )
            date = gr.Textbox(label="Date", placeholder="2024-03-15", elem_id="oh-date")
        text = gr.Textbox(
            label="Note", lines=9, max_lines=24, placeholder="What should be remembered?", elem_id="oh-text"
        )
        with gr.Row():
            self._save_button = gr.Button("Save", variant="primary", elem_id="oh-save")
            self._fresh_button = gr.Button("New note", elem_id="oh-fresh")
            delete = gr.Button("Delete", variant="stop", visible=False, elem_id="oh-delete")
        self.widgets = Form(heading, title, filed, date, text, delete, opened)
        self.offer = Offer.drawn("oh-done", "oh-undo")
        FactsCard(self._house).draw(opened)

    def connect(self, found: gr.HTML, tabs: gr.Tabs, tags: Tags) -> None:
        """Answer the form's events, the notes chosen in the list `found`, and what other tabs say of notes."""
        form, offer = self.widgets, self.offer
        typed, view = form.typed, [*form, *offer]
        tags.element.write(self._write, typed, [*view, tabs], **QUIET)
        self.turned = [
            found.open(self._open, typed, view, **QUIET),
            tags.element.read(self._read, typed, [*view, tabs], **QUIET),
            self._fresh_button.click(self._blank, typed, view, **QUIET),
            self._save_button.click(self._save, typed, view, show_progress="minimal"),
            form.delete.click(self._delete, form.opened, view, **QUIET),
            offer.undo.click(self._undo, [offer.undoable, *typed], view, **QUIET),
            *(
                filed.then(self._refiled, [tags.touched, form.opened, form.filed], [form.filed, form.opened], **QUIET)
                for filed in tags.filed
            ),
        ]

    # --- which note is open -----------------------------------------------------------------------------------------

    def _open(
        self, opened: Opened, title: str, filed: str, date: str, text: str, event: gr.EventData
    ) -> tuple[Any, ...]:
        typed = Typed(opened, title, filed, date, text)
        return self._opened(self._house.notebook.get(event._data["id"]), typed)

    def _opened(self, note: Note, typed: Typed) -> tuple[Any, ...]:
        """The form with a note in the place of what was typed; one that was deleted elsewhere is offered back."""
        if not note.deleted:
            return *self._filled(note), *self._aside(typed)
        offer = Offer.of(f"“{note.title}” was deleted. Undo brings it back.", ("restore", [note.id]))
        return *unchanged(Form), *offer

    def _refiled(self, touched: str | None, opened: Opened, filed: str | None) -> tuple[Any, Any]:
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
            return *_refused(error), gr.skip()
        return *self._opened(note, Typed(opened, title, filed, date, text)), gr.Tabs(selected="notes")

    def _write(
        self, opened: Opened, title: str, filed: str, date: str, text: str, event: gr.EventData
    ) -> tuple[Any, ...]:
        """Begin a note about a question that none answers; one that is begun already stays where it is."""
        typed, notes_tab = Typed(opened, title, filed, date, text), gr.Tabs(selected="notes")
        if opened is None and self._unsaved(typed):
            gr.Info("There is a note begun already: save it first.")
            return *unchanged(Form), *unchanged(Offer), notes_tab
        names = [name for name, _, _ in self._house.notebook.categories()]
        label = event._data["label"]
        # An empty form's other fields are left alone: somebody may be typing there by the time this arrives.
        empty = unchanged(Form) if opened is None else self._filled(None)
        begun = empty._replace(title=event._data["title"], filed=label if label in names else CHOOSE)
        return *begun, *self._aside(typed), notes_tab

    def _blank(self, opened: Opened, title: str, filed: str, date: str, text: str) -> tuple[Any, ...]:
        return *self._filled(None), *self._aside(Typed(opened, title, filed, date, text))

    def _filled(self, note: Note | None) -> Form:
        """The form filled with a note, or emptied for a new one."""
        if note is None:
            return Form(render.heading(None), "", CHOOSE, "", "", gr.update(visible=False), None)
        return Form(
            heading=render.heading(note),
            title=note.title,
            filed=note.category or WITHOUT,
            date=note.date.isoformat() if note.date else "",
            text=note.text,
            delete=gr.update(visible=True),
            opened=(note.id, note.revision),
        )

    # --- what is not saved yet --------------------------------------------------------------------------------------

    def _unsaved(self, typed: Typed) -> bool:
        """Whether the form holds what no note does."""
        note = self._house.notebook.find(typed.note_id)
        if note is None:
            title, _, date, text = typed.words
            return bool(title or date or text)
        return typed.words != self._filled(note).typed.words

    def _aside(self, typed: Typed, otherwise: Offer | None = None) -> Offer:
        """Keep what was being written and is not saved, to be brought back by Undo.

        Args:
            otherwise: what becomes of the row where nothing would be lost; by default it is left alone.
        """
        if not self._unsaved(typed):
            return otherwise or unchanged(Offer)
        named = shorten(typed.title or typed.text or "", 50, placeholder=" …")
        return Offer.of(f"What you were writing is put aside{f': “{named}”' if named else ''}.", ("typed", typed))

    def _retyped(self, typed: Typed) -> Form:
        """The form as it was when something else took its place; where its note was deleted since, it is a new one."""
        note = self._house.notebook.find(typed.note_id)
        there = note is not None and not note.deleted
        form = self._filled(note if there else None)
        if form.opened not in (typed.opened, None):
            gr.Info("This note was changed since you wrote that. Saving puts your words in its place.")
        return form._replace(title=typed.title, filed=typed.filed, date=typed.date, text=typed.text)

    # --- keeping, deleting and taking back --------------------------------------------------------------------------

    def _save(self, opened: Opened, title: str, filed: str, date: str, text: str) -> tuple[Any, ...]:
        try:
            day = parse_date(date or "", day_first=self._house.day_first)
            if opened is None:
                note, why = self._add(title, filed, day, text)
                said = f"Kept “{note.title}” under {note.category or 'no category'}{f': {why}' if why else ''}."
                return *self._filled(None), *Offer.of(said, ("delete", [note.id]))
            changes = {"title": title, "text": text, "date": day, "category": _category(filed)}
            if filed == CHOOSE:
                del changes["category"]
            note = self._house.notebook.edit(opened[0], changes, opened[1])
            self._index()
        except (KnowledgeError, NoteChanged) as error:
            return _refused(error)
        if note.revision == opened[1]:
            return *self._filled(note), *Offer.of("Nothing had changed.")
        return *self._filled(note), *Offer.of(f"Saved “{note.title}”.", ("edit", (note.id, note.revision)))

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
            return *self._filled(None), *Offer.of("")
        note = self._house.notebook.get(opened[0])
        self._house.notebook.delete([note.id])
        self._index()
        return *self._filled(None), *Offer.of(f"Deleted “{note.title}”.", ("restore", [note.id]))

    def _undo(
        self, undoable: Undoable, opened: Opened, title: str, filed: str, date: str, text: str
    ) -> tuple[Any, ...]:
        note, typed = None, Typed(opened, title, filed, date, text)
        after = self._aside(typed, Offer.of(""))
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
                    return *unchanged(Form), *Offer.of("")  # the form has nothing to do with it
            self._index()
        except KnowledgeError as error:
            return _refused(error, Offer.of(""))
        return *self._filled(note), *after


def _category(filed: str) -> str | None:
    return None if filed in (CHOOSE, WITHOUT, None) else filed


def _refused(error: Exception, offer: Offer | None = None) -> tuple[Any, ...]:
    """Say why something cannot be; what was typed stays where it is, and the row too where no other is given."""
    gr.Warning(render.warning(error))
    return *unchanged(Form), *(offer or unchanged(Offer))
