from pathlib import Path

import pytest
from knowledge_support import full_disk

from knowledge.errors import NotebookUnavailable
from knowledge.originals import Originals, digest_of


@pytest.fixture
def originals(tmp_path: Path) -> Originals:
    return Originals(tmp_path / "house" / "originals")


def test_a_file_is_kept_by_its_content_and_once(tmp_path: Path, originals: Originals) -> None:
    one, other = tmp_path / "Invoice.PDF", tmp_path / "copy.pdf"
    one.write_bytes(b"paper")
    other.write_bytes(b"paper")
    digest = digest_of(one)

    kept = originals.keep(one, digest, one.suffix)
    again = originals.keep(other, digest_of(other), other.suffix)

    assert kept == again == originals.path(digest)
    assert (kept.read_bytes(), kept.suffix) == (b"paper", ".pdf")
    assert [path for path in originals.folder.rglob("*") if path.is_file()] == [kept]


def test_what_was_never_kept_is_not_there(originals: Originals) -> None:
    assert originals.path("0" * 64) is None
    assert originals.path("../../etc/passwd") is None
    assert originals.path("") is None


@pytest.mark.parametrize("suffix", ["", ".", "./../x", ".a b", ".averylongending"])
def test_an_ending_that_is_none_is_left_out(tmp_path: Path, originals: Originals, suffix: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"paper")

    assert originals.keep(path, digest_of(path), suffix).name == digest_of(path)


def test_a_full_disk_leaves_no_half_file_behind(tmp_path: Path, originals: Originals) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(200_000))

    with full_disk(50_000), pytest.raises(NotebookUnavailable, match=r"a\.bin cannot be kept"):
        originals.keep(path, digest_of(path))

    assert originals.path(digest_of(path)) is None
    assert not [each for each in originals.folder.rglob("*") if each.is_file()]
