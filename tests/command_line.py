"""What the tests of the command line share: it runs over a house of tiny models, and is heard out."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from small_house import ScriptedModel, SmallHouse

from assistant.cli import cli
from assistant.models.weights import Report
from assistant.settings import Settings

Run = Callable[..., Result]


def close(house: SmallHouse) -> None:
    """Let go of the house, as the end of its process does: Chroma shares an open index within a process."""
    if "library" in vars(house):
        house.library.index.close()


@pytest.fixture
def model() -> ScriptedModel:
    return ScriptedModel()


@pytest.fixture
def run(model: ScriptedModel) -> Run:
    """Calls the command line on a house of tiny models."""

    def run(*arguments: str | Path, stdin: str | None = None) -> Result:
        houses: list[SmallHouse] = []

        def open_house(settings: Settings, report: Report) -> SmallHouse:
            houses.append(SmallHouse(settings, report, model))
            return houses[-1]

        result = CliRunner().invoke(cli, [str(each) for each in arguments], input=stdin, obj=open_house)
        for house in houses:
            close(house)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


def lines(result: Result) -> list[dict[str, Any]]:
    """What was printed for a script."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def complaint(result: Result, status: int) -> str:
    """The one line that says what went wrong."""
    assert result.exit_code == status, result.output
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("our-house: ")
    return result.stderr
