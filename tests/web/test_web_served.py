"""What the page hands out beside itself: the files that were made for the browser to save."""

from pathlib import Path

import pytest
from small_house import SmallHouse

from assistant.web.served import FOLDER, place


def kept(house: SmallHouse) -> set[str]:
    return {path.name for path in (house.settings.home / FOLDER).rglob("*") if path.is_file()}


def made(house: SmallHouse, name: str) -> Path:
    file, address = place(house, name)
    assert address == f"/download/{file.parent.name}/{name}"
    file.write_text(name)
    return file


@pytest.mark.parametrize("days", [("2026-05-01", "2026-05-02", "2026-05-03"), ("2026-05-03", "2026-05-03")])
def test_only_the_newest_file_of_a_kind_is_kept(house: SmallHouse, days: tuple[str, ...]) -> None:
    made(house, "our-house-notes-2026-05-01.zip")
    for day in days:
        made(house, f"our-house-backup-{day}.zip")
    assert kept(house) == {"our-house-notes-2026-05-01.zip", "our-house-backup-2026-05-03.zip"}
    assert len(list((house.settings.home / FOLDER).iterdir())) == 2
