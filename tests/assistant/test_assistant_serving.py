"""The serving router is exchanged while questions come in: none waits, none fails."""

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from small_house import PATIENCE

from assistant.serving import ServingRouter
from classifier.decision import Decision
from classifier.errors import RouterUnavailable
from classifier.versions import Version, Versions


class Named:
    def __init__(self, version: str) -> None:
        self.version = version

    def classify(self, questions: Sequence[str]) -> list[Decision]:
        return [Decision(self.version, 1.0, {self.version: 1.0}, self.version) for _ in questions]


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    versions = Versions(tmp_path / "routers")

    def write(folder: Path) -> None:
        (folder / "weights").write_text("w")

    for name in ("first", "second", "third"):
        versions.add(name, write)
    versions.promote("first")
    return versions


def test_a_promoted_version_takes_over_and_a_rolled_back_one_too(versions: Versions) -> None:
    serving = ServingRouter(Named("first"), versions, lambda version: Named(version.name))
    assert serving.classify(["x"])[0].version == "first"
    Versions(versions.folder).promote("second")  # another process
    serving.wait()
    assert serving.classify(["x"])[0].version == "second"
    versions.rollback()
    serving.wait()
    assert serving.version == "first"


def test_until_the_new_one_is_loaded_the_old_one_answers(versions: Versions) -> None:
    gate, loads = threading.Event(), []

    def load(version: Version) -> Named:
        loads.append(version.name)
        assert gate.wait(PATIENCE)
        return Named(version.name)

    serving = ServingRouter(Named("first"), versions, load)
    versions.promote("second")
    for _ in range(50):
        assert serving.classify(["x"])[0].version == "first"
    assert serving.loading == "second"
    gate.set()
    serving.wait()
    assert serving.classify(["x"])[0].version == "second"
    assert loads == ["second"]
    assert serving.loading is None


def test_a_version_that_cannot_be_loaded_leaves_the_old_one_serving(versions: Versions) -> None:
    tries = []

    def load(version: Version) -> Named:
        tries.append(version.name)
        raise RouterUnavailable("damaged")

    serving = ServingRouter(Named("first"), versions, load)
    versions.promote("second")
    serving.wait()
    assert serving.classify(["x", "y"])[1].version == "first"
    serving.wait()
    assert tries == ["second"]  # once, not with every question


def test_a_version_with_a_foreign_file_is_not_loaded(versions: Versions) -> None:
    (versions.folder / "second" / "foreign").write_text("?")
    serving = ServingRouter(Named("first"), versions, lambda version: Named(version.name))
    versions.promote("second")
    serving.wait()
    assert serving.version == "first"


def test_the_last_of_two_promotions_wins_however_long_each_takes(versions: Versions) -> None:
    gates = {"second": threading.Event(), "third": threading.Event()}

    def load(version: Version) -> Named:
        assert gates[version.name].wait(PATIENCE)
        return Named(version.name)

    serving = ServingRouter(Named("first"), versions, load)
    versions.promote("second")
    serving.follow()
    first_load = serving._loading
    versions.promote("third")
    serving.follow()
    gates["third"].set()
    serving.wait()
    gates["second"].set()
    assert first_load is not None
    first_load.join()
    assert serving.version == "third"


def test_a_house_without_versions_keeps_its_router(tmp_path: Path) -> None:
    serving = ServingRouter(Named("words"), Versions(tmp_path / "none"), lambda version: Named(version.name))
    assert serving.classify(["x"])[0].version == "words"
