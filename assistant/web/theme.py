"""What goes into the page's head: fonts that are already there, colours for light and dark, a style sheet, a script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

STYLE_SHEET = Path(__file__).with_name("page.css")
TYPED_JS = Path(__file__).with_name("typed.js")
BUTTONS_JS = """
element.addEventListener('click', event => {
  const button = event.target.closest('[data-act]');
  if (!button) return;
  const id = button.dataset.id;
  switch (button.dataset.act) {
    case 'open': trigger('open', {id}); break;
    case 'remove': trigger('remove', {id}); break;
    case 'settle': trigger('settle', {id}); break;
    case 'promote': trigger('promote', {id}); break;
  }
});
"""
"""Lets the buttons inside a list tell which one was pressed."""
SANS = ("ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")


def theme() -> gr.themes.Base:
    """Return the theme; it names only fonts that the reader's system has, so that no other host is asked for any."""
    base = gr.themes.Default(
        primary_hue="blue", neutral_hue="slate", radius_size="lg", font=list(SANS), font_mono=list(MONO)
    )
    # Gradio's own choices stay below a contrast of 4.5, from which small text is held to be readable.
    return base.set(
        body_text_color_subdued="*neutral_600",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_cancel_background_fill=gr.themes.colors.red.c600,
        button_cancel_background_fill_hover=gr.themes.colors.red.c700,
    )


def head() -> str:
    """Return what goes into the page's head: its looks, and what keeps over a reload what was typed.

    Gradio's own `css` would confine the style sheet to the content.
    """
    return f"<style>{STYLE_SHEET.read_text('utf-8')}</style><script>{TYPED_JS.read_text('utf-8')}</script>"


def html(value: str = "", **options: Any) -> gr.HTML:
    """Return a piece of HTML that only the style sheet styles, without Gradio's own looks of lists and buttons."""
    return gr.HTML(value, apply_default_css=False, **options)
