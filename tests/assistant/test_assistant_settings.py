import subprocess
import sys
from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.settings import Settings, read_settings, unknown_settings

pytestmark = pytest.mark.usefixtures("bare_environment")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The house folder that the environment names."""
    home = tmp_path / "house"
    home.mkdir()
    return home


def write(home: Path, text: str) -> None:
    (home / "settings.toml").write_text(text, "utf-8")


def test_a_new_house_needs_no_settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read_settings()
    assert settings.home == home
    assert (settings.model, settings.ollama_model) == ("auto", "qwen3:4b")
    assert (settings.host, settings.port) == ("127.0.0.1", 7860)  # this machine only
    for name in ("HOME", "MODELS", "HUB", "OLLAMA_HOST"):
        monkeypatch.delenv(f"OUR_HOUSE_{name}")
    settings = read_settings()
    assert settings.home.name == "our-house"
    assert settings.models.parts[-2:] == ("our-house", "models")
    # Weights lie apart from the house, so that a backup of one does not hold the other.
    assert not settings.models.is_relative_to(settings.home)


def test_the_given_value_wins_over_the_environment_over_the_file_over_the_default(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read_settings().port == 7860
    write(home, "port = 7001")
    assert read_settings().port == 7001
    monkeypatch.setenv("OUR_HOUSE_PORT", "7002")
    assert read_settings().port == 7002
    assert read_settings(port=7003).port == 7003
    assert read_settings(port=None).port == 7002  # an option that was not used


def test_the_file_is_that_of_the_house_that_was_asked_for(tmp_path: Path, home: Path) -> None:
    write(home, 'model = "ollama"')
    other = tmp_path / "other"
    other.mkdir()
    write(other, 'model = "qwen2.5-coder-1.5b"')
    assert read_settings().model == "ollama"
    assert read_settings(home=other).model == "qwen2.5-coder-1.5b"


def test_a_tilde_is_the_persons_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "mine").mkdir()
    write(tmp_path / "mine", 'models = "~/weights"\nport = 7001')
    monkeypatch.delenv("OUR_HOUSE_MODELS")
    # `--house=~/mine` reaches us as it was typed: no shell expands it.
    settings = read_settings(home=Path("~/mine"))
    assert (settings.home, settings.models, settings.port) == (tmp_path / "mine", tmp_path / "weights", 7001)


def test_an_unknown_key_in_the_file_is_named(home: Path) -> None:
    write(home, "colour = 7")
    with pytest.raises(SettingsError, match=r"'colour'.*settings\.toml"):
        read_settings()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("port = 0", "port"),
        ("port = 70000", "port"),
        ('port = "here"', "port"),
        ("answer_tokens = 1", "answer_tokens"),
        ("context_tokens = 512", "context_tokens"),
        ("notes_per_answer = 0", "notes_per_answer"),
        ("threads = -1", "threads"),
        ("model = 7", "model"),
        ("[model]\nname = 'auto'", "model"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_where_to_correct_it(home: Path, text: str, name: str) -> None:
    write(home, text)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    message = str(refused.value)
    assert f"{name!r}" in message
    assert f"OUR_HOUSE_{name.upper()}" in message
    assert "\n" not in message


def test_a_bad_value_in_the_environment_is_named_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUR_HOUSE_CONTEXT_TOKENS", "many")
    with pytest.raises(SettingsError, match=r"OUR_HOUSE_CONTEXT_TOKENS"):
        read_settings()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("OUR_HOUSE_MODLES", "OUR_HOUSE_MODELS"),
        ("OUR_HOUSE_CONTEXT_TOKEN", "OUR_HOUSE_CONTEXT_TOKENS"),
        ("OUR_HOUSE_OLAMA_HOST", "OUR_HOUSE_OLLAMA_HOST"),
        ("our_house_prot", "OUR_HOUSE_PORT"),
    ],
)
def test_a_mistyped_name_in_the_environment_is_told_with_the_nearest(
    monkeypatch: pytest.MonkeyPatch, typed: str, meant: str
) -> None:
    monkeypatch.setenv(typed, "7")
    read_settings()
    assert unknown_settings() == [f"{typed} is no setting and is ignored; the nearest one is {meant}."]


def test_names_that_are_settings_or_not_ours_are_not_told() -> None:
    ours = [f"OUR_HOUSE_{name.upper()}" for name in Settings.model_fields]
    assert unknown_settings([*ours, "our_house_port", "OUR_HOUSES", "HOME", "PIP_NO_INDEX"]) == []


def test_an_answer_must_leave_room_for_the_notes(home: Path) -> None:
    # Otherwise every note would be dropped to fit, and the house would seem to know nothing.
    write(home, "context_tokens = 2048\nanswer_tokens = 1025")
    with pytest.raises(SettingsError, match=r"'answer_tokens'.*2048 context_tokens"):
        read_settings()
    write(home, "context_tokens = 2048\nanswer_tokens = 1024")
    assert read_settings().answer_tokens == 1024


@pytest.mark.parametrize("content", [b"port == 7", b"port", b'model = "\xff"'], ids=["not TOML", "cut", "not UTF-8"])
def test_a_file_that_cannot_be_read_is_one_plain_line(home: Path, content: bytes) -> None:
    (home / "settings.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"^settings\.toml of the house folder [^\n]*$"):
        read_settings()


def test_settings_do_not_change_underfoot() -> None:
    with pytest.raises(ValueError, match="frozen"):
        read_settings().port = 1


def test_every_setting_is_explained() -> None:
    source = Path(sys.modules[Settings.__module__].__file__ or "").read_text("utf-8")
    lines = [line.strip() for line in source.splitlines()]
    for name in Settings.model_fields:
        at = next(number for number, line in enumerate(lines) if line.startswith(f"{name}: "))
        assert lines[at + 1].startswith('"""'), name


def test_reading_settings_loads_nothing_heavy() -> None:
    code = "import sys; from assistant.settings import read_settings; read_settings(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"torch", "transformers", "gradio", "chromadb", "numpy"} & set(loaded)
