"""What the views of the tabs have in common: widgets that stay as they are, and the row that takes back what was done.

A view is a NamedTuple of widgets, in their order. What an event puts into them is the same NamedTuple with their new
values, so that no event need count widgets; to Gradio both are the tuples that it knows.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

import gradio as gr

from assistant.web import render
from assistant.web.theme import html

QUIET: dict[str, Any] = {"show_progress": "hidden"}
"""For events that are over before anybody could wonder."""

View = TypeVar("View", bound=NamedTuple)


def unchanged(view: type[View]) -> View:
    """Return what leaves every widget of a view as it is; `_replace` names those that change all the same."""
    return view(*[gr.skip() for _ in view._fields])


class Offer(NamedTuple):
    """The row that says what was done, and takes it back where that can be."""

    row: Any
    said: Any
    undo: Any
    undoable: Any
    """What the button takes back; None where there is nothing."""

    @classmethod
    def drawn(cls, said_id: str, undo_id: str) -> Offer:
        """Put the row on the page, hidden; returns its widgets."""
        return cls(*undo_row(said_id, undo_id), gr.State(None))

    @classmethod
    def of(cls, said: str, undoable: object = None) -> Offer:
        """Return what says that something was done, with the button where it can be taken back; nothing said hides."""
        return cls(gr.update(visible=bool(said)), render.said(said), gr.update(visible=undoable is not None), undoable)


def undo_row(said_id: str | None, undo_id: str) -> tuple[Any, Any, Any]:
    """Put a hidden row on the page that says what was done; returns it, what it says, and its Undo button."""
    with gr.Row(visible=False, elem_classes="oh-undo") as row:
        said = html(elem_id=said_id)
        undo = gr.Button("Undo", size="sm", min_width=60, elem_id=undo_id)
    return row, said, undo
