"""Below the notes: the whole house and its notes, saved by the browser."""

import zipfile
from pathlib import Path

import pytest
from browser_support import NOTES, Served, Windows, notes_tab
from playwright.sync_api import Page
from small_house import SmallHouse

from assistant.restore import restore
from assistant.settings import read_settings

pytestmark = pytest.mark.browser


def saved(page: Page, button: str, target: Path) -> Path:
    with page.expect_download() as download:
        page.get_by_role("button", name=button, exact=True).click()
    path = target / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_a_backup_and_an_export_are_saved_by_the_browser(home: Served, windows: Windows, tmp_path: Path) -> None:
    page = windows.open(home.address)
    notes_tab(page)
    page.get_by_role("button", name="Keep a copy").click()
    backup = saved(page, "Back up", tmp_path)
    assert backup.name.startswith("our-house-backup-")
    other = SmallHouse(read_settings(home=tmp_path / "other"))
    restore(other, backup)
    assert {note.title for note in other.notebook.select()} >= {note.title for note in NOTES}

    export = saved(page, "Export", tmp_path)
    with zipfile.ZipFile(export) as archive:
        assert "our-house/pool/2023-04-18 Pool pump replaced.md" in archive.namelist()
    page.get_by_role("button", name="Back up", exact=True).focus()  # the page is still alive
