import json
import resource
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from classifier.encoder import Head
from classifier.errors import RouterUnavailable
from classifier.taxonomy import NONE
from classifier.versions import CONFIG_FILE, FILES_FILE, REPORT_FILE, SERVING_FILE, Versions


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    return Versions(tmp_path / "routers")


def nothing(folder: Path) -> None:
    """Write a version without files."""


def with_file(name: str, content: bytes = b"") -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return write


def names(versions: Versions) -> list[str]:
    return [version.name for version in versions.all()]


def files(versions: Versions) -> set[str]:
    """Everything in the routers' folder, hidden leftovers included."""
    return {path.name for path in versions.folder.iterdir()}


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no byte be written to any file, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_new_house_has_no_routers_and_no_folder_for_them(versions: Versions) -> None:
    assert versions.all() == []
    assert not versions.folder.exists()
    with pytest.raises(RouterUnavailable, match="no router that serves; there are: none yet"):
        versions.get()


def test_an_added_version_is_listed_with_its_config_and_report(versions: Versions) -> None:
    def write(folder: Path) -> None:
        (folder / CONFIG_FILE).write_text(json.dumps({"seed": 3}), "utf-8")
        (folder / REPORT_FILE).write_text(json.dumps({"accuracy": 0.9}), "utf-8")

    added = versions.add("encoder-1", write)

    assert (added.name, added.folder) == ("encoder-1", versions.folder / "encoder-1")
    assert (added.config, added.report, added.serving) == ({"seed": 3}, {"accuracy": 0.9}, False)
    assert versions.all() == [added]
    assert versions.get("encoder-1") == added


def test_versions_are_listed_by_name(versions: Versions) -> None:
    for name in ("second", "first", "third"):
        versions.add(name, nothing)

    assert names(versions) == ["first", "second", "third"]


def test_adding_a_version_does_not_let_it_serve(versions: Versions) -> None:
    versions.add("first", nothing)

    with pytest.raises(RouterUnavailable, match="no router that serves; there are: first"):
        versions.get()


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe"])
def test_a_version_with_a_damaged_report_is_still_listed(versions: Versions, content: bytes) -> None:
    versions.add("first", with_file(REPORT_FILE, content))

    assert versions.get("first").report == {}


def test_stray_files_and_hidden_folders_are_no_versions(versions: Versions) -> None:
    versions.add("first", nothing)
    (versions.folder / "notes.txt").write_text("mine", "utf-8")
    (versions.folder / ".first.0a1b2c3d").mkdir()  # what a killed training leaves

    assert names(versions) == ["first"]


# --- whole or absent ------------------------------------------------------------------------------------------


def test_a_version_is_not_there_until_it_is_whole(versions: Versions) -> None:
    seen: list[str] = []

    def write(folder: Path) -> None:
        (folder / CONFIG_FILE).write_text("{}", "utf-8")
        seen.extend(names(versions))
        (folder / REPORT_FILE).write_text("{}", "utf-8")

    versions.add("first", write)

    assert seen == []
    assert {path.name for path in versions.get("first").folder.iterdir()} == {CONFIG_FILE, REPORT_FILE, FILES_FILE}


@pytest.mark.parametrize("problem", [OSError("no space"), ValueError("not an example"), KeyboardInterrupt()])
def test_a_version_whose_writing_fails_leaves_nothing_behind(versions: Versions, problem: BaseException) -> None:
    versions.add("earlier", nothing)

    def write(folder: Path) -> None:
        (folder / CONFIG_FILE).write_text("{}", "utf-8")
        raise problem

    expected = RouterUnavailable if isinstance(problem, OSError) else type(problem)
    with pytest.raises(expected):
        versions.add("broken", write)

    assert files(versions) == {"earlier"}


def test_a_full_disk_is_said_and_leaves_nothing_behind(versions: Versions) -> None:
    head = Head(("pool", NONE), np.ones((2, 8), np.float32), np.ones(2, np.float32), 1.0, 0.3, 0.8, "words")
    versions.add("earlier", nothing)

    with full_disk(), pytest.raises(RouterUnavailable, match="File too large"):
        versions.add("encoder-1", head.save)

    assert files(versions) == {"earlier"}


def test_a_name_that_is_taken_is_refused_and_the_first_version_stays(versions: Versions) -> None:
    versions.add("first", with_file(CONFIG_FILE, b'{"seed": 1}'))

    with pytest.raises(RouterUnavailable, match="first cannot be kept"):
        versions.add("first", with_file(CONFIG_FILE, b'{"seed": 2}'))

    assert versions.get("first").config == {"seed": 1}
    assert files(versions) == {"first"}


def test_a_version_can_be_replaced_whole_when_asked(versions: Versions) -> None:
    versions.add("first", with_file("old"))
    versions.promote("first")

    versions.add("first", with_file("new"), replace=True)

    assert {path.name for path in versions.get().folder.iterdir()} == {"new", FILES_FILE}
    assert files(versions) == {"first", SERVING_FILE}


def test_a_replacement_that_fails_leaves_the_first_version(versions: Versions) -> None:
    versions.add("first", with_file("old"))

    with pytest.raises(RouterUnavailable):
        versions.add("first", with_file("missing/new"), replace=True)

    assert {path.name for path in versions.get("first").folder.iterdir()} == {"old", FILES_FILE}


@pytest.mark.parametrize("name", ["", ".", "..", ".hidden", "a/b", "../outside", "serving"])
def test_a_name_that_can_be_no_folder_of_the_house_is_refused(versions: Versions, name: str) -> None:
    with pytest.raises(RouterUnavailable, match="cannot name a router"):
        versions.add(name, nothing)

    assert not versions.folder.exists()


def test_a_file_in_the_place_of_the_folder_is_said(versions: Versions) -> None:
    versions.folder.write_text("not a folder", "utf-8")

    assert versions.all() == []
    with pytest.raises(RouterUnavailable, match=f"first cannot be kept in {versions.folder}"):
        versions.add("first", nothing)


# --- which one serves -----------------------------------------------------------------------------------------


def test_a_promoted_version_serves_alone_also_for_the_next_process(versions: Versions) -> None:
    for name in ("first", "second"):
        versions.add(name, nothing)
    versions.promote("first")

    promoted = versions.promote("second")

    assert (promoted.name, promoted.serving) == ("second", True)
    assert versions.get() == promoted
    assert [version.serving for version in Versions(versions.folder).all()] == [False, True]


def test_an_earlier_version_can_serve_again(versions: Versions) -> None:
    for name in ("first", "second"):
        versions.add(name, nothing)
        versions.promote(name)

    versions.promote("first")

    assert versions.get().name == "first"


@pytest.mark.parametrize("ask", [Versions.get, Versions.promote])
def test_an_unknown_name_is_answered_with_the_names_there_are(
    versions: Versions, ask: Callable[[Versions, str], object]
) -> None:
    for name in ("first", "second"):
        versions.add(name, nothing)
    versions.promote("second")

    with pytest.raises(RouterUnavailable, match="no router third; there are: first, second"):
        ask(versions, "third")

    assert versions.get().name == "second"


def test_promoting_on_a_full_disk_is_said_and_the_earlier_version_goes_on_serving(versions: Versions) -> None:
    for name in ("first", "second"):
        versions.add(name, nothing)
    versions.promote("first")

    with full_disk(), pytest.raises(RouterUnavailable, match="second cannot be made to serve"):
        versions.promote("second")

    assert versions.get().name == "first"
    assert files(versions) == {"first", "second", SERVING_FILE}


def test_a_reader_sees_the_old_or_the_new_version_while_another_is_promoted(versions: Versions) -> None:
    for name in ("first", "second"):
        versions.add(name, nothing)
    versions.promote("first")
    done = threading.Event()
    seen: set[str | None] = set()

    def read() -> None:
        while not done.is_set():
            try:
                seen.add(versions.get().name)
            except RouterUnavailable:
                seen.add(None)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for _ in range(200):
            versions.promote("second")
            versions.promote("first")
    finally:
        done.set()
        reader.join()

    assert None not in seen


@pytest.mark.parametrize("content", [b"", b"gone", b"\xff\xfe\x00", b"..", b"."])
def test_a_damaged_pointer_means_that_no_version_serves(versions: Versions, content: bytes) -> None:
    versions.add("first", nothing)
    (versions.folder / SERVING_FILE).write_bytes(content)

    assert not versions.get("first").serving
    with pytest.raises(RouterUnavailable, match="there are: first"):
        versions.get()


def test_a_version_deleted_by_hand_no_longer_serves(versions: Versions) -> None:
    for name in ("first", "second"):
        versions.add(name, nothing)
    versions.promote("second")

    shutil.rmtree(versions.get().folder)

    with pytest.raises(RouterUnavailable, match="there are: first"):
        versions.get()
    assert versions.promote("first").serving


def test_rolling_back_lets_the_version_before_serve_again(versions: Versions) -> None:
    for name in ("first", "second", "third"):
        versions.add(name, nothing)
        versions.promote(name)

    assert versions.rollback().name == "second"
    assert versions.rollback().name == "first"
    with pytest.raises(RouterUnavailable, match="No other router served before"):
        versions.rollback()
    assert versions.get().name == "first"


def test_rolling_back_passes_over_what_is_gone_and_what_serves(versions: Versions) -> None:
    for name in ("first", "second", "third"):
        versions.add(name, nothing)
        versions.promote(name)
    versions.promote("first")
    shutil.rmtree(versions.get("third").folder)

    assert versions.rollback().name == "second"


def test_promoting_what_serves_is_no_step_to_roll_back(versions: Versions) -> None:
    for name in ("first", "second", "second"):
        if name not in names(versions):
            versions.add(name, nothing)
        versions.promote(name)

    assert versions.rollback().name == "first"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / "head").unlink(), "lacks head"),
        (lambda folder: (folder / "odd.bin").write_bytes(b"x"), "has a foreign file: odd.bin"),
        (lambda folder: (folder / "head").write_bytes(b"changed"), "has a changed file: head"),
    ],
)
def test_a_version_whose_files_are_not_its_own_is_refused(
    versions: Versions, spoil: Callable[[Path], object], said: str
) -> None:
    version = versions.add("first", with_file("head", b"weights"))
    assert versions.whole("first") == version

    spoil(version.folder)

    with pytest.raises(RouterUnavailable, match=said):
        versions.whole("first")


def test_a_version_says_how_it_answers_and_its_categories_as_they_stood(versions: Versions) -> None:
    rows = [["pool", "AA", "water"], ["attic", "BB", ""]]
    version = versions.add("headed", with_file(CONFIG_FILE, json.dumps({"mode": "head", "categories": rows}).encode()))

    assert version.mode == "head"
    assert version.taxonomy.rows == rows
    assert versions.add("older", nothing).mode == "code"
