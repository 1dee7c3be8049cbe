"""The categories on the page: add, define, rename, merge and remove; what follows is `assistant.categories`'."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import gradio as gr

from assistant.build import House
from assistant.categories import Gone
from assistant.errors import AssistantError
from assistant.startup import Startup
from assistant.web import render, render_teach
from assistant.web.tags import Tags
from assistant.web.theme import html
from assistant.web.views import QUIET, Offer, unchanged
from knowledge.errors import KnowledgeError

NEW = "a new category"
FAILURES = (AssistantError, KnowledgeError)
Words = tuple[str, str, str]
"""A category's name, what it covers and questions that belong to it, as they stand in the form."""


@dataclass(frozen=True)
class Shown:
    """What the form is about."""

    category: str = NEW
    words: Words = ("", "", "")
    """What stood in it before anybody typed."""


class Form(NamedTuple):
    """The widgets of the list and the form, or what they are to hold."""

    listed: Any
    chosen: Any
    name: Any
    definition: Any
    examples: Any
    existing: Any
    """What can be done only with a category that there is."""
    into: Any
    shown: Any
    aside: Any
    """What was typed of other categories and is not saved, by category."""


class Categories:
    """Draws the part of the Teach tab and answers its events."""

    def __init__(self, house: House, startup: Startup) -> None:
        """Args: the house, and what brings it up."""
        self._house = house
        self._startup = startup

    def draw(self, tab: gr.Tab, tags: Tags) -> None:
        """Put the widgets on the page and connect them; the menus of the tags follow every change."""
        shown, aside = gr.State(Shown()), gr.State({})
        with gr.Accordion("Categories", open=False, elem_id="oh-categories"), gr.Row():
            with gr.Column(scale=3, min_width=300):
                listed = html(elem_id="oh-category-list")
            with gr.Column(scale=3, min_width=300):
                chosen = gr.Dropdown([NEW], value=NEW, label="Change", elem_id="oh-chosen")
                name = gr.Textbox("", label="Name", elem_id="oh-category-name")
                definition = gr.Textbox(
                    "", label="What it covers", placeholder="cameras, alarm, locks", elem_id="oh-definition"
                )
                examples = gr.Textbox(
                    "", label="A few questions that belong to it, one a line", lines=3, elem_id="oh-examples"
                )
                save = gr.Button("Save", variant="primary", elem_id="oh-save-category")
                with gr.Row(visible=False) as existing:
                    into = gr.Dropdown([], label="Merge into", elem_id="oh-into")
                    merge = gr.Button("Merge", elem_id="oh-merge")
                    remove = gr.Button("Remove", variant="stop", elem_id="oh-remove-category")
                offer = Offer.drawn("oh-category-done", "oh-undo-category")
        form = Form(listed, chosen, name, definition, examples, existing, into, shown, aside)
        typed = [shown, name, definition, examples, aside]
        view = [*form, *offer]
        tab.select(self._looked_at, shown, form, **QUIET)
        # However fast one is chosen after the other, the form is about the last.
        chosen.input(self._turn, [chosen, *typed], form, trigger_mode="always_last", **QUIET)
        for event in (
            save.click(self._save, typed, view, show_progress="minimal"),
            merge.click(self._merge, [into, *typed], view, show_progress="minimal"),
            remove.click(self._remove, typed, view, show_progress="minimal"),
            offer.undo.click(self._undo, [offer.undoable, *typed], view, show_progress="minimal"),
        ):
            event.then(tags.labels, None, tags.element, **QUIET)

    def _form(self, chosen: str | None, aside: dict[str, Words]) -> Form:
        """The list, and the form of a category, or of a new one, with what was typed in it before and is not saved."""
        known = self._house.notebook.categories()
        names = [name for name, _, _ in known]
        shown = next((Shown(name, (name, covers, "")) for name, _, covers in known if name == chosen), Shown())
        others = [each for each in names if each != shown.category]
        name, definition, examples = aside.get(shown.category, shown.words)
        return Form(
            listed=render_teach.definitions(known, self._house.notebook.per_category()),
            chosen=gr.update(choices=[NEW, *names], value=shown.category),
            name=name,
            definition=definition,
            examples=examples,
            existing=gr.update(visible=shown.category != NEW),
            into=gr.update(choices=others, value=None),
            shown=shown,
            aside=aside,
        )

    def _turn(
        self, chosen: str | None, shown: Shown, name: str, definition: str, examples: str, aside: dict[str, Words]
    ) -> Form:
        if chosen == shown.category:  # the menu was opened and left: what is being typed stays where it is
            return unchanged(Form)
        return self._form(chosen, _put_aside(shown, (name, definition, examples), aside))

    def _looked_at(self, shown: Shown) -> Form:
        """The list and the choices as they are by now; what is typed in the form stays, and what it is about."""
        now = self._form(shown.category, {})
        return unchanged(Form)._replace(listed=now.listed, chosen=now.chosen, existing=now.existing, into=now.into)

    def _view(
        self, chosen: str, aside: dict[str, Words], said: str = "", undoing: Gone | None = None
    ) -> tuple[Any, ...]:
        if self._startup.searchable:
            self._house.library.heal_quietly()
        return *self._form(chosen, aside), *Offer.of(said, undoing)

    def _kept(self, error: Exception) -> tuple[Any, ...]:
        gr.Warning(render.warning(error))
        return *unchanged(Form), *unchanged(Offer)  # what was typed stays where it is

    def _save(
        self, shown: Shown, name: str, definition: str, examples: str, aside: dict[str, Words]
    ) -> tuple[Any, ...]:
        categories, questions = self._house.categories, examples.splitlines()
        aside = _others(shown, aside)
        try:
            if shown.category == NEW:
                made = categories.add(name, definition, questions)
                return self._view(NEW, aside, f"{made.name} is there and works at once. Teach it when you like.")
            categories.change(shown.category, name, definition, questions)
        except FAILURES as error:
            return self._kept(error)
        return self._view(" ".join(name.split()), aside, f"Saved {name.strip()}.")

    def _merge(
        self, into: str | None, shown: Shown, name: str, definition: str, examples: str, aside: dict[str, Words]
    ) -> tuple[Any, ...]:
        if not into:
            return self._kept(AssistantError("Choose what to merge it into."))
        aside = _put_aside(shown, (name, definition, examples), aside)
        try:
            merged = self._house.categories.merge(shown.category, into)
        except FAILURES as error:
            return self._kept(error)
        return self._view(into, aside, f"{shown.category} is part of {into} now.", merged)

    def _remove(
        self, shown: Shown, name: str, definition: str, examples: str, aside: dict[str, Words]
    ) -> tuple[Any, ...]:
        aside = _put_aside(shown, (name, definition, examples), aside)
        try:
            removed = self._house.categories.remove(shown.category)
        except FAILURES as error:
            return self._kept(error)
        count = removed.notes
        kept = f"Its {count} notes are without a category now." if count != 1 else "Its note is without one now."
        return self._view(NEW, aside, f"Removed {shown.category}. {kept if count else ''}", removed)

    def _undo(
        self,
        undoing: Gone | None,
        shown: Shown,
        name: str,
        definition: str,
        examples: str,
        aside: dict[str, Words],
    ) -> tuple[Any, ...]:
        aside = _put_aside(shown, (name, definition, examples), aside)
        if undoing is None:
            return self._view(NEW, aside)
        try:
            self._house.categories.restore(undoing)
        except FAILURES as error:
            return self._kept(error)
        return self._view(undoing.category.name, aside, f"{undoing.category.name} is back.")


def _put_aside(shown: Shown, typed: Words, aside: dict[str, Words]) -> dict[str, Words]:
    """Keep what was typed, for when the form is about its category again."""
    others = _others(shown, aside)
    return others if typed == shown.words else {**others, shown.category: typed}


def _others(shown: Shown, aside: dict[str, Words]) -> dict[str, Words]:
    return {each: words for each, words in aside.items() if each != shown.category}
