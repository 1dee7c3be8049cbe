"""Below the notes: the whole house as one file, and its notes as files, for the browser to save.

Bringing a backup back replaces what is here, and is left to `our-house restore`.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from pathlib import Path

import gradio as gr

from assistant.backup import back_up
from assistant.build import House
from assistant.errors import AssistantError
from assistant.web import render
from assistant.web.served import link, place, saving
from assistant.web.theme import html
from knowledge.errors import KnowledgeError
from knowledge.export import export_folder


class Keep:
    """Draws the two buttons and answers them."""

    def __init__(self, house: House) -> None:
        """Args: the house."""
        self._house = house

    def draw(self) -> None:
        """Put the widgets on the page and connect them."""
        with gr.Accordion("Keep a copy", open=False, elem_id="oh-keep"):
            html(
                "<b>Back up</b> saves the whole house in one file: notes, conversations, corrections, routers and "
                "settings. <b>Export</b> saves the notes as a folder of Markdown files, which Obsidian and others open."
            )
            with gr.Row():
                backup = gr.Button("Back up", size="sm", elem_id="oh-backup")
                export = gr.Button("Export", size="sm", elem_id="oh-export")
            kept = html(elem_id="oh-kept")
        for event in (
            backup.click(self._back_up, None, kept, show_progress="full"),
            export.click(self._export, None, kept, show_progress="full"),
        ):
            event.success(None, None, None, js=saving("oh-kept"))

    def _back_up(self, progress: gr.Progress = gr.Progress()) -> str:  # noqa: B008
        try:
            file, address = place(self._house, f"our-house-backup-{dt.date.today()}.zip")
            back_up(self._house, file, lambda step, done, total: progress((done, total), desc=step))
        except (AssistantError, KnowledgeError, OSError) as error:
            raise gr.Error(render.warning(error)) from error
        return link(file, address) + " Bring it back with <code>our-house restore</code>, here or on another machine."

    def _export(self, progress: gr.Progress = gr.Progress()) -> str:  # noqa: B008
        try:
            file, address = place(self._house, f"our-house-notes-{dt.date.today()}.zip")
            with tempfile.TemporaryDirectory(dir=file.parent) as work:
                folder = Path(work) / "our-house"
                export_folder(
                    self._house.notebook.select(),
                    folder,
                    lambda note: self._house.trail.originals.path(note.original),
                    lambda done, total: progress((done, total), desc="writing"),
                )
                shutil.make_archive(str(file.with_suffix("")), "zip", work, folder.name)
        except (KnowledgeError, OSError) as error:
            raise gr.Error(render.warning(error)) from error
        return link(file, address)
