"""The dense copy of a packed model: made once, whole or not at all, and again when it is no longer that file's.

That a real file is unpacked right is shown by tests/models; here the unpacking is a small one.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from classifier import dense
from classifier.dense import dense_copy, is_copy
from classifier.errors import RouterUnavailable


@pytest.fixture
def gguf(tmp_path: Path) -> Path:
    path = tmp_path / "small.gguf"
    path.write_bytes(b"GGUF and more")
    return path


@pytest.fixture
def unpacked(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Where copies were made."""
    made: list[Path] = []

    def unpack(gguf: Path, folder: Path) -> None:
        made.append(folder)
        folder.mkdir()
        (folder / "model.safetensors").write_bytes(gguf.read_bytes() * 2)
        (folder / "tokenizer.json").write_text("{}")

    monkeypatch.setattr(dense, "_unpack", unpack)
    return made


def test_a_copy_is_made_once(gguf: Path, unpacked: list[Path]) -> None:
    begun: list[str] = []
    folder = dense_copy(gguf, lambda: begun.append("begun"))

    assert folder == gguf.parent / "dense"
    assert (folder / "model.safetensors").read_bytes() == gguf.read_bytes() * 2
    assert dense_copy(gguf, lambda: begun.append("again")) == folder
    assert begun == ["begun"]
    assert len(unpacked) == 1
    assert {path.name for path in gguf.parent.iterdir()} == {"small.gguf", "dense"}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda gguf: (gguf.parent / "dense" / "tokenizer.json").unlink(),
        lambda gguf: os.truncate(gguf.parent / "dense" / "model.safetensors", 3),
        lambda gguf: (gguf.parent / "dense" / "made_of.json").write_text("nothing"),
        lambda gguf: gguf.write_bytes(b"another model"),
    ],
)
def test_a_copy_that_is_damaged_or_of_another_file_is_made_again(
    gguf: Path, unpacked: list[Path], spoil: Callable[[Path], object]
) -> None:
    folder = dense_copy(gguf)
    spoil(gguf)
    assert not is_copy(folder, gguf)

    assert is_copy(dense_copy(gguf), gguf)
    assert len(unpacked) == 2


def test_a_disk_without_room_is_said_before_anything_is_written(
    gguf: Path, unpacked: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dense, "GROWTH", 1e15)

    with pytest.raises(RouterUnavailable, match=r"needs .* GB in .* Free some, or set OUR_HOUSE_MODELS"):
        dense_copy(gguf)
    assert unpacked == []


def test_a_file_that_is_no_model_is_said_and_leaves_nothing(gguf: Path) -> None:
    with pytest.raises(RouterUnavailable, match=r"cannot be unpacked from .*small\.gguf"):
        dense_copy(gguf)
    assert [path.name for path in gguf.parent.iterdir()] == ["small.gguf"]
