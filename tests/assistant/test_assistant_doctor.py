from pathlib import Path

import pytest
from ollama_server import OllamaServer
from small_house import SmallHouse, pretend_fetched

from assistant.corrections import Correction
from assistant.doctor import Check, examine
from assistant.settings import read_settings
from knowledge.note import Draft

PARTS = ["record", "index", "router", "teaching", "answer model", "disk"]


def checks(house: SmallHouse) -> dict[str, Check]:
    found = list(examine(house))
    assert [check.name for check in found] == PARTS  # one broken part does not hide the others
    return {check.name: check for check in found}


def wrong(house: SmallHouse) -> set[str]:
    found = checks(house)
    for check in found.values():
        assert check.ok or check.remedy, f"{check.name} is wrong, and nobody says what to do"
    return {name for name, check in found.items() if not check.ok}


@pytest.fixture
def furnished(house: SmallHouse) -> SmallHouse:
    """A house with two notes, in good order."""
    pretend_fetched(house.store, "minilm")
    house.library.add([Draft("The pool pump hums.", id="pump"), Draft("The gate was oiled.", id="gate")])
    return house


def test_a_house_in_good_order_has_nothing_wrong(furnished: SmallHouse) -> None:
    found = checks(furnished)
    assert [check for check in found.values() if not check.ok] == []
    assert found["record"].detail == f"2 notes in {furnished.settings.home}"
    assert found["index"].detail.startswith("2 passages")


def test_a_new_house_needs_no_router_yet(furnished: SmallHouse) -> None:
    check = checks(furnished)["router"]
    assert check.ok
    assert "first start" in check.detail


def test_an_encoder_that_is_not_there_yet_is_nothing_wrong(house: SmallHouse) -> None:
    check = checks(house)["index"]
    assert check.ok
    assert "fetched at the first start" in check.detail
    assert "`our-house models fetch minilm`" in check.remedy


@pytest.mark.parametrize("fetched", [False, True])
def test_a_house_that_nobody_has_entered_is_well_and_stays_as_it_is(house: SmallHouse, fetched: bool) -> None:
    if fetched:
        pretend_fetched(house.store, "minilm")
    home = house.settings.home
    assert wrong(house) == set()
    assert not home.exists()
    home.mkdir()
    assert wrong(SmallHouse(house.settings)) == set()
    assert list(home.iterdir()) == []


def test_a_house_without_a_note_gets_no_index(house: SmallHouse) -> None:
    pretend_fetched(house.store, "minilm")
    assert house.notebook.count() == 0
    assert wrong(house) == set()
    assert not (house.settings.home / "index").exists()


def test_a_folder_that_was_lost_with_its_index_is_not_made_again(furnished: SmallHouse) -> None:
    furnished.library.index.clear()
    check = checks(furnished)["index"]
    assert (check.ok, check.detail) == (False, "the index of 2 passages is missing")
    assert not (furnished.settings.home / "index").exists()


def test_notes_that_wait_for_the_index_are_counted(furnished: SmallHouse) -> None:
    furnished.notebook.add(Draft("It rained."))
    check = checks(furnished)["index"]
    assert not check.ok
    assert check.detail == "1 passages are missing, 0 too many, 1 notes wait"
    assert check.remedy == "`our-house reindex`"
    furnished.library.reindex()
    assert wrong(furnished) == set()


def test_an_index_that_holds_too_much_is_seen(furnished: SmallHouse) -> None:
    furnished.record.db.execute("DELETE FROM notes WHERE id = 'pump'")
    check = checks(furnished)["index"]
    assert not check.ok
    assert check.detail == "0 passages are missing, 1 too many, 0 notes wait"
    furnished.library.reindex()
    assert wrong(furnished) == set()


def test_an_index_that_was_lost_is_seen(furnished: SmallHouse) -> None:
    furnished.library.index.clear()
    assert wrong(furnished) == {"index"}
    furnished.library.reindex()
    assert wrong(furnished) == set()


def test_a_damaged_record_is_said_with_the_remedy(furnished: SmallHouse) -> None:
    furnished.record.close()
    furnished.library.index.close()
    (furnished.settings.home / "house.db").write_bytes(b"this is no database" * 1000)
    again = SmallHouse(furnished.settings)
    assert wrong(again) >= {"record", "index"}
    assert "backup" in checks(again)["record"].detail + checks(again)["record"].remedy


def test_a_record_damaged_further_in_is_said_too(furnished: SmallHouse) -> None:
    furnished.record.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    furnished.record.close()
    furnished.library.index.close()
    path = furnished.settings.home / "house.db"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] + b"\xff" * (len(whole) - len(whole) // 2))
    check = checks(SmallHouse(furnished.settings))["record"]
    assert not check.ok
    assert "damaged" in check.detail
    assert "backup" in check.detail + check.remedy


def test_a_damaged_router_is_said(furnished: SmallHouse) -> None:
    folder = furnished.settings.home / "routers"
    (folder / "encoder-1").mkdir(parents=True)
    (folder / "serving").write_text("encoder-1")
    check = checks(furnished)["router"]
    assert not check.ok
    assert "encoder-1" in check.detail


def test_a_house_folder_that_cannot_be_used_is_wrong_in_every_part_that_needs_it(
    bare_environment: None, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    house = SmallHouse(read_settings(home=tmp_path / "file" / "house"))
    pretend_fetched(house.store, "minilm")
    assert {"record", "index", "disk"} <= wrong(house)


def test_the_model_that_answers_is_named_with_what_would_be_better(furnished: SmallHouse, ollama: OllamaServer) -> None:
    check = checks(furnished)["answer model"]
    assert check.ok
    assert "fetched at the first start" in check.detail
    pretend_fetched(furnished.store, "qwen2.5-coder-1.5b")
    check = checks(furnished)["answer model"]
    assert check.detail.startswith("qwen2.5-coder-1.5b:")
    assert "ollama pull" in check.remedy
    with_ollama = SmallHouse(read_settings(ollama_host=ollama.url))
    assert checks(with_ollama)["answer model"].detail.startswith("qwen3:4b:")


def test_a_model_that_is_set_but_not_there_is_wrong(furnished: SmallHouse) -> None:
    for settings in (read_settings(model="ollama"), read_settings(model="gpt-9")):
        check = checks(SmallHouse(settings))["answer model"]
        assert not check.ok
        assert check.remedy


def test_what_is_not_taught_yet_is_said_with_how(furnished: SmallHouse) -> None:
    furnished.ensure_router()
    told = [Correction(f"Is wind {at} strong?", "fence", overruled="pool") for at in range(9)]
    furnished.corrections.tell_all(told)
    check = checks(furnished)["teaching"]
    assert check.ok
    assert "9 corrections are not taught yet" in check.detail
    assert "fence is often taken for pool (9 times)" in check.detail
    assert check.remedy == "`our-house train`"
