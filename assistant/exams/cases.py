"""Exams: questions with what is known of their answers, read from JSON Lines, and the files of a report."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from assistant.conversation import Turn, said_by
from assistant.errors import QuestionRefused

Case = TypeVar("Case")


def read_rows(path: Path, case: Callable[[Mapping[str, Any]], Case | None], form: str) -> list[Case]:
    """Read a file's cases, one a line; those for which `case` returns None are left out.

    Args:
        case: one line's object to a case; it may fail as the object is wrong.
        form: what a line looks like, for who wrote one that looks otherwise.

    Raises:
        QuestionRefused: a line is no case, or the file cannot be read.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionRefused(f"The questions in {path} cannot be read ({error}).") from error
    cases = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            read = case(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise QuestionRefused(
                f"Line {number} of {path.name} is no question of this exam ({error!r}). Write it like {form}."
            ) from error
        if read is not None:
            cases.append(read)
    return cases


def history(row: Mapping[str, Any]) -> tuple[Turn, ...]:
    """Return what was said before a row's question, oldest first."""
    return tuple(said_by(turn["role"], str(turn["content"])) for turn in row.get("history", ()))


def write_files(
    folder: Path, name: str, figures: Mapping[Any, Any], rows: Iterable[Mapping[str, Any]], told: str
) -> None:
    """Write a report: `name`.json with the figures, `name`_cases.jsonl with every case, `name`.md for people.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(figures, indent=1), "utf-8")
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / f"{name}_cases.jsonl").write_text(lines, "utf-8")
    (folder / f"{name}.md").write_text(told, "utf-8")
