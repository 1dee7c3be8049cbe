import datetime as dt
import socket
from pathlib import Path
from typing import NoReturn

import pytest
from papers import INVOICE, picture
from PIL import Image, ImageFilter

from knowledge.errors import Unreadable
from knowledge.note import Draft
from knowledge.readers import read

LABEL = ("Raypak 206A", "Serial 77-A-1204")


def only(path: Path) -> Draft:
    (draft,) = read(path)
    assert isinstance(draft, Draft)
    return draft


def refusal(path: Path) -> str:
    with pytest.raises(Unreadable) as caught:
        list(read(path))
    return str(caught.value)


@pytest.mark.parametrize("ending", ["png", "jpg", "heic"])
def test_a_receipt_is_read_from_a_photo_without_asking_the_network(
    tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object) -> NoReturn:
        raise AssertionError("a photo was read over the network")

    from pillow_heif import register_heif_opener

    register_heif_opener()
    path = tmp_path / f"IMG_1.{ending}"
    picture(INVOICE).save(path)
    monkeypatch.setattr(socket.socket, "connect", refuse)

    draft = only(path)

    assert draft.title == "Blue Heron Pools: Invoice 4471"
    assert "1,150.00" in draft.text
    assert (draft.date, draft.dated_by) == (dt.date(2023, 4, 18), "text")


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_photo_that_lies_on_its_side_or_head_is_read(tmp_path: Path, turned: int) -> None:
    path = tmp_path / "a.png"
    picture(INVOICE, turned).save(path)

    text = only(path).text

    assert text.index("Blue Heron Pools") < text.index("Invoice 4471") < text.index("Due")


def test_the_day_a_photo_was_taken_dates_it_where_its_words_do_not(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    exif = Image.Exif()
    exif[306] = "2022:07:09 10:11:12"
    exif.get_ifd(0x8769)[36867] = "2021:05:06 10:11:12"
    picture(LABEL).save(path, exif=exif)

    draft = only(path)

    assert (draft.date, draft.dated_by) == (dt.date(2021, 5, 6), "photo")
    assert "206A" in draft.text


def test_the_camera_s_own_turn_is_followed(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    exif = Image.Exif()
    exif[274] = 6
    picture(LABEL, 90).save(path, exif=exif)

    assert only(path).text.splitlines()[0] == "Raypak 206A"


def test_a_blurred_photo_and_one_without_words_say_so(tmp_path: Path) -> None:
    blurred, blank = tmp_path / "blurred.jpg", tmp_path / "blank.png"
    picture(INVOICE).filter(ImageFilter.GaussianBlur(25)).save(blurred)
    Image.new("RGB", (400, 300), "green").save(blank)

    assert "no words can be read on it" in refusal(blurred)
    assert "no words can be read on it" in refusal(blank)


@pytest.mark.parametrize(
    ("content", "why"), [(b"\xff\xd8\xff\xe0 torn", "picture"), (b"no picture at all \x00\x01", "no picture")]
)
def test_a_damaged_photo_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(content)

    assert why in refusal(path)


def test_a_photo_cut_off_in_the_middle_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    picture(INVOICE).save(path)
    path.write_bytes(path.read_bytes()[:2000])

    assert "damaged picture" in refusal(path)


def test_a_picture_of_absurd_size_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("1", (20_000, 20_000)).save(path)

    assert "more dots than any photo" in refusal(path)
