"""Starts the chat in the browser: `python app.py`, the same as `our-house serve`."""

from assistant.cli import cli

if __name__ == "__main__":
    cli(["serve"], prog_name="our-house")
