"""The categories on the page: add, define, rename, merge and remove; what follows is `assistant.categories`'."""

from __future__ import annotations

from typing import Any

import gradio as gr

from assistant.build import House
from assistant.categories import Merged, Removed
from assistant.errors import AssistantError
from assistant.startup import Startup
from assistant.web import render, render_teach
from assistant.web.tags import Tags
from assistant.web.theme import html
from knowledge.errors import KnowledgeError

NEW = "a new category"
FAILURES = (AssistantError, KnowledgeError)


class Categories:
    """Draws the part of the Teach tab and answers its events."""

    def __init__(self, house: House, startup: Startup) -> None:
        """Args: the house, and what brings it up."""
        self._house = house
        self._startup = startup

    def draw(self, tab: gr.Tab, tags: Tags) -> None:
        """Put the widgets on the page and connect them; the menus of the tags follow every change."""
        undoing = gr.State(None)
        with gr.Accordion("Categories", open=False, elem_id="oh-categories"), gr.Row():
            with gr.Column(scale=3, min_width=300):
                listed = html(elem_id="oh-category-list")
            with gr.Column(scale=3, min_width=300):
                chosen = gr.Dropdown([NEW], value=NEW, label="Change", elem_id="oh-chosen")
                name = gr.Textbox(label="Name", elem_id="oh-category-name")
                definition = gr.Textbox(
                    label="What it covers", placeholder="cameras, alarm, locks", elem_id="oh-definition"
                )
                examples = gr.Textbox(
                    label="A few questions that belong to it, one a line", lines=3, elem_id="oh-examples"
                )
                save = gr.Button("Save", variant="primary", elem_id="oh-save-category")
                with gr.Row(visible=False) as existing:
                    into = gr.Dropdown([], label="Merge into", elem_id="oh-into")
                    merge = gr.Button("Merge", elem_id="oh-merge")
                    remove = gr.Button("Remove", variant="stop", elem_id="oh-remove-category")
                with gr.Row(visible=False, elem_classes="oh-undo") as done_row:
                    done = html(elem_id="oh-category-done")
                    undo = gr.Button("Undo", size="sm", min_width=60, visible=False, elem_id="oh-undo-category")
        form = [listed, chosen, name, definition, examples, existing, into]
        view: list[Any] = [*form, done_row, done, undo, undoing]
        quiet: dict[str, Any] = {"show_progress": "hidden"}
        tab.select(self._looked_at, chosen, form, **quiet)
        chosen.input(self._form, chosen, form, **quiet)
        for event in (
            save.click(self._save, [chosen, name, definition, examples], view, show_progress="minimal"),
            merge.click(self._merge, [chosen, into], view, show_progress="minimal"),
            remove.click(self._remove, chosen, view, show_progress="minimal"),
            undo.click(self._undo, undoing, view, show_progress="minimal"),
        ):
            event.then(tags.labels, None, tags.element, **quiet)

    def _form(self, chosen: str | None) -> tuple[Any, ...]:
        """The list, and the form filled with a category, or emptied for a new one."""
        known = self._house.notebook.categories()
        names = [name for name, _, _ in known]
        here = next((each for each in known if each[0] == chosen), None)
        others = [each for each in names if each != chosen]
        return (
            render_teach.definitions(known, self._house.notebook.per_category()),
            gr.update(choices=[NEW, *names], value=here[0] if here else NEW),
            here[0] if here else "",
            here[2] if here else "",
            "",
            gr.update(visible=here is not None),
            gr.update(choices=others, value=None),
        )

    def _looked_at(self, chosen: str | None) -> tuple[Any, ...]:
        """The list and the choices as they are by now; what is typed in the form stays."""
        listed, choices, _, _, _, existing, into = self._form(chosen)
        return listed, choices, gr.skip(), gr.skip(), gr.skip(), existing, into

    def _view(self, chosen: str | None, said: str = "", undoing: Removed | Merged | None = None) -> tuple[Any, ...]:
        if self._startup.searchable:
            self._house.library.heal_quietly()
        undoable = gr.update(visible=undoing is not None)
        return *self._form(chosen), gr.update(visible=bool(said)), render.said(said), undoable, undoing

    def _kept(self, error: Exception) -> tuple[Any, ...]:
        gr.Warning(render.warning(error))
        return (gr.skip(),) * 11  # what was typed stays where it is

    def _save(self, chosen: str, name: str, definition: str, examples: str) -> tuple[Any, ...]:
        categories, questions = self._house.categories, (examples or "").splitlines()
        try:
            if chosen == NEW:
                made = categories.add(name or "", definition or "", questions)
                return self._view(NEW, f"{made.name} is there and works at once. Teach it when you like.")
            categories.redefine(chosen, definition or "")
            categories.teach(chosen, questions)
            if name.strip() != chosen:
                categories.rename(chosen, name)
        except FAILURES as error:
            return self._kept(error)
        return self._view(" ".join(name.split()), f"Saved {name.strip()}.")

    def _merge(self, chosen: str, into: str | None) -> tuple[Any, ...]:
        if not into:
            return self._kept(AssistantError("Choose what to merge it into."))
        try:
            merged = self._house.categories.merge(chosen, into)
        except FAILURES as error:
            return self._kept(error)
        return self._view(into, f"{chosen} is part of {into} now.", merged)

    def _remove(self, chosen: str) -> tuple[Any, ...]:
        try:
            removed = self._house.categories.remove(chosen)
        except FAILURES as error:
            return self._kept(error)
        count = len(removed.notes)
        kept = f"Its {count} notes are without a category now." if count != 1 else "Its note is without one now."
        return self._view(NEW, f"Removed {chosen}. {kept if count else ''}", removed)

    def _undo(self, undoing: Removed | Merged | None) -> tuple[Any, ...]:
        if undoing is None:
            return self._view(NEW)
        try:
            if isinstance(undoing, Merged):
                self._house.categories.part(undoing)
            else:
                self._house.categories.restore(undoing)
        except FAILURES as error:
            return self._kept(error)
        return self._view(undoing.category.name, f"{undoing.category.name} is back.")
