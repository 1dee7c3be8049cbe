import io
import json
import zipfile
from pathlib import Path

import pytest
from papers import INVOICE, eml, packed, pdf

from knowledge.errors import Unreadable
from knowledge.note import Draft
from knowledge.readers import files_in, read


def outcomes(path: Path) -> dict[str, str]:
    """The title of each note, or the reason of each refusal, by file."""
    found = {}
    for each in read(path):
        name, _, reason = str(each).partition(": ") if isinstance(each, Unreadable) else (each.source, "", each.title)
        found[name] = reason
    return found


def test_a_zip_file_stands_for_what_it_holds_also_deeper(tmp_path: Path) -> None:
    inner = packed(tmp_path / "inner.zip", {"deep.txt": "Deep words."}).read_bytes()
    mail = eml(tmp_path / "m.eml", "The invoice, as promised.", i__pdf=pdf(tmp_path / "i.pdf", INVOICE).read_bytes())
    path = packed(
        tmp_path / "drawer.zip",
        {
            "notes/pump.md": "# Pump\nIt hums.",
            "inner.zip": inner,
            "mail.eml": mail.read_bytes(),
            "__MACOSX/._pump.md": "x",
            ".DS_Store": "x",
            "torn.pdf": b"%PDF-1.4",
            "song.mp3": b"ID3\x03" + bytes(40),
        },
    )

    found = outcomes(path)

    assert list(found) == [
        *("drawer.zip/notes/pump.md", "drawer.zip/inner.zip/deep.txt", "drawer.zip/mail.eml"),
        *("drawer.zip/mail.eml/i.pdf", "drawer.zip/torn.pdf", "drawer.zip/song.mp3"),
    ]
    assert found["drawer.zip/notes/pump.md"] == "Pump"
    assert found["drawer.zip/mail.eml/i.pdf"] == "Blue Heron Pools: Invoice 4471"
    assert "damaged PDF" in found["drawer.zip/torn.pdf"]
    assert "no reader for .mp3" in found["drawer.zip/song.mp3"]


def test_a_note_that_keep_tells_twice_comes_in_once_and_one_thrown_away_not_at_all(tmp_path: Path) -> None:
    def kept(title: str, *, trashed: bool = False) -> dict[str, str | bytes]:
        told = {"title": title, "textContent": "4471", "isTrashed": trashed, "userEditedTimestampUsec": 1}
        page = f"<html><head><title>{title}</title></head><body>4471</body></html>"
        return {f"Keep/{title}.json": json.dumps(told), f"Keep/{title}.html": page}

    files = kept("Gate") | kept("Old", trashed=True) | {"page.html": "<p>A page.</p>", "page.json": '{"size": 1}'}
    path = packed(tmp_path / "takeout.zip", files)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "folder")

    notes = {each.source.removeprefix("takeout.zip/") for each in read(path) if isinstance(each, Draft)}
    assert notes == {"Keep/Gate.json", "page.html", "page.json"}
    assert sorted(file.name for file in files_in(tmp_path / "folder")) == [
        *("Gate.json", "Old.json", "page.html", "page.json"),
    ]


def test_files_of_the_system_stay_out_and_open_documents_are_no_archives(tmp_path: Path) -> None:
    sheet = "<d xmlns:t='table' xmlns:x='text'><spreadsheet><t:table><t:table-row><t:table-cell><x:p>Gate 4471</x:p>"
    sheet += "</t:table-cell></t:table-row></t:table></spreadsheet></d>"
    inner = {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": sheet}
    book = packed(tmp_path / "codes.ods", dict(inner)).read_bytes()
    path = packed(tmp_path / "a.zip", {"Thumbs.db": b"x", "p/desktop.ini": b"x", "p/codes.ods": book})

    (draft,) = read(path)

    assert isinstance(draft, Draft)
    assert (draft.source, draft.text) == ("a.zip/p/codes.ods", "Gate 4471")


@pytest.mark.parametrize("name", ["../evil.md", "/etc/evil.md", "a/../../evil.md", "..\\evil.md", "C:\\evil.md"])
def test_a_path_that_points_outside_is_left_alone_and_costs_only_itself(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "deep" / "folder"
    folder.mkdir(parents=True)
    path = packed(folder / "a.zip", {name: "evil", "good.md": "Good."})

    found = outcomes(path)

    assert found["a.zip/good.md"] == "Good"
    assert any("points outside its ZIP file" in reason for reason in found.values())
    assert not list(tmp_path.rglob("evil.md"))


def test_a_zip_bomb_is_refused_and_costs_only_itself(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"bomb.txt": bytes(60_000_000), "good.md": "Good."})

    found = outcomes(path)

    assert "would unpack to 60 MB, as a ZIP bomb does" in found["a.zip/bomb.txt"]
    assert found["a.zip/good.md"] == "Good"


def test_a_member_that_lies_about_its_length_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.txt": "word " * 5000})
    data = path.read_bytes()
    real, said = (25_000).to_bytes(4, "little"), (100).to_bytes(4, "little")
    path.write_bytes(data.replace(real, said))

    assert "damaged" in outcomes(path)["a.zip/a.txt"]


def test_zip_files_inside_one_another_without_end_are_refused(tmp_path: Path) -> None:
    data = b"words"
    name = "core.txt"
    for number in range(8):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(name, data)
        data, name = buffer.getvalue(), f"{number}.zip"
    path = tmp_path / "a.zip"
    path.write_bytes(data)

    (reason,) = outcomes(path).values()

    assert "too deep" in reason


@pytest.mark.parametrize("content", [b"PK\x03\x04 torn", b"PK\x05\x06" + bytes(18)])
def test_a_damaged_or_empty_zip_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(content)

    with pytest.raises(Unreadable, match=r"a\.zip: is a (damaged ZIP file|ZIP file without a file)"):
        list(read(path))


def test_a_locked_member_says_what_to_do(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.txt": "secret", "good.md": "Good."})
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    path.write_bytes(bytes(data))

    assert "locked with a password" in outcomes(path)["a.zip/a.txt"]


def test_nothing_is_left_behind_of_what_was_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    path = packed(tmp_path / "a.zip", {"a.txt": "One.", "b.txt": "Two."})
    reading = read(path)

    first = next(reading)
    reading.close()  # type: ignore[attr-defined]  # the iterator is a generator

    assert isinstance(first, Draft)
    assert list((tmp_path / "scratch").iterdir()) == []
