from pathlib import Path

from assistant.models.chat_models import Message
from assistant.models.kept_prompts import KeptPrompts

NOTES = [Message("user", "All notes about pool")]


def write(kept: KeptPrompts, name: str, size: int = 10) -> None:
    kept.folder.mkdir(parents=True, exist_ok=True)
    (kept.folder / name).write_bytes(b"x" * size)


def test_a_name_is_of_the_model_and_of_every_word(tmp_path: Path) -> None:
    kept = KeptPrompts(tmp_path, 100)
    name = kept.name("1.5b", NOTES)
    assert name == KeptPrompts(tmp_path / "other", 5).name("1.5b", list(NOTES))
    others = [kept.name("4b", NOTES), kept.name("1.5b", [Message("system", NOTES[0].content)]), kept.name("1.5b", [])]
    assert name not in others


def test_a_file_is_there_only_once_it_is_adopted(tmp_path: Path) -> None:
    kept = KeptPrompts(tmp_path / "prompts", 100)
    assert not kept.holds("a.kv")
    write(kept, "reading")
    assert not kept.holds("a.kv")
    assert kept.adopt("reading", "a.kv")
    assert kept.holds("a.kv")
    assert [path.name for path in kept.folder.iterdir()] == ["a.kv"]


def test_what_has_no_room_is_refused_until_there_is_some(tmp_path: Path) -> None:
    kept = KeptPrompts(tmp_path, 25)
    for name in ("a.kv", "b.kv"):
        write(kept, "reading")
        assert kept.adopt("reading", name)
    write(kept, "reading")
    assert not kept.adopt("reading", "c.kv")
    assert kept.refused("c.kv")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.kv", "b.kv"]
    kept.keep_only(["a.kv"])
    assert not kept.refused("c.kv")
    write(kept, "reading")
    assert kept.adopt("reading", "c.kv")
    assert not kept.holds("b.kv")


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    kept = KeptPrompts(tmp_path / "nowhere", 25)
    kept.keep_only([])
    kept.drop("a.kv")
    assert not kept.holds("a.kv")
