"""The Teach tab's answers where the disk or the record fails, without a browser."""

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest
from small_house import SmallHouse

from assistant.build import RECORD_FILE
from assistant.corrections import Correction
from assistant.startup import Startup
from assistant.web.served import FOLDER
from assistant.web.teach import Teach

Q = "Who fixed the camera?"


@pytest.fixture
def told(house: SmallHouse, monkeypatch: pytest.MonkeyPatch) -> Correction:
    """What was told, in a record that nobody waits for long."""
    monkeypatch.setattr("knowledge.record.BUSY_SECONDS", 0.05)
    return house.corrections.tell(Correction(Q, "doorbell"))


@pytest.fixture
def teach(house: SmallHouse, told: Correction) -> Teach:
    return Teach(house, Startup(house))


@contextlib.contextmanager
def locked(house: SmallHouse) -> Iterator[None]:
    """A record that somebody else is writing in for long."""
    with contextlib.closing(sqlite3.connect(house.settings.home / RECORD_FILE)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def test_what_was_told_is_shown_where_the_system_cleared_its_temporary_files(
    house: SmallHouse, told: Correction, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    teach = Teach(house, Startup(house))
    shutil.rmtree(temporary)
    assert Q in teach._lessons().told


def test_an_export_is_written_when_it_is_asked_for_and_read_back(house: SmallHouse, teach: Teach) -> None:
    teach._lessons()
    assert not (house.settings.home / FOLDER).exists()
    assert "our-house-corrections-" in teach._export()
    (file,) = (house.settings.home / FOLDER).glob("*/*.jsonl")
    assert "1 told already" in teach._import(str(file)).said


def test_an_export_that_cannot_be_written_is_said(house: SmallHouse, teach: Teach) -> None:
    (house.settings.home / FOLDER).write_text("in the way")
    with pytest.raises(gr.Error, match=r"\.downloads"):
        teach._export()


def test_a_file_that_begins_with_a_mark_of_its_editor_is_read(teach: Teach, tmp_path: Path) -> None:
    file = tmp_path / "told.jsonl"
    file.write_text('{"question": "Is it wet?", "category": "pool"}\n', "utf-8-sig")
    assert "1 brought in." in teach._import(str(file)).said


def test_what_cannot_be_taken_back_or_undone_is_said_and_still_listed(
    house: SmallHouse, teach: Teach, told: Correction
) -> None:
    with locked(house):
        with pytest.warns(UserWarning, match="Another our-house"):
            shown = teach._remove(gr.EventData(None, {"id": told.id}))
        assert Q in shown.told
        with pytest.warns(UserWarning, match="Another our-house"):
            shown = teach._undo(("remove", [told.id]))
        assert Q in shown.told
    assert Q not in teach._remove(gr.EventData(None, {"id": told.id})).told
