"""How the page looks: fonts that are already there, colours for light and dark, and the style sheet."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

STYLE_SHEET = Path(__file__).with_name("page.css")
SANS = ("ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")


def theme() -> gr.themes.Base:
    """Return the theme; it names only fonts that the reader's system has, so that no other host is asked for any."""
    return gr.themes.Default(
        primary_hue="blue", neutral_hue="slate", radius_size="lg", font=list(SANS), font_mono=list(MONO)
    )


def head() -> str:
    """Return what goes into the page's head: the style sheet, which Gradio's own `css` would confine to the content."""
    return f"<style>{STYLE_SHEET.read_text('utf-8')}</style>"
