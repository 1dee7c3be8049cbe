"""The command line on the sample house with the real embedder and router, as a person has them after `make run`."""

import json
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import pytest
from click.testing import CliRunner
from ollama_server import OllamaServer

from assistant import sample
from assistant.build import EMBEDDER, House
from assistant.cli import cli
from assistant.events import BELOW
from assistant.models.catalogue import CATALOGUE
from assistant.settings import Settings, read_settings
from classifier.taxonomy import DEFAULT_TAXONOMY, NONE
from knowledge.embedding import Embedder
from knowledge.library import Library

pytestmark = pytest.mark.models

PUMP_QUESTION = "When did we last replace the pool pump?"
PUMP = "Pool pump replaced, variable speed"


class OllamaHouse(House):
    """The same house, whose answers come from an Ollama; what is loaded already is not loaded again."""

    def __init__(self, house: House, ollama: OllamaServer) -> None:
        super().__init__(house.settings.model_copy(update={"ollama_host": ollama.url}))
        self._house = house

    @cached_property
    def embedder(self) -> Embedder:
        return self._house.embedder

    @cached_property
    def library(self) -> Library:
        return self._house.library


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A house of the tests' own, with the machine's weights, which `make test` has fetched."""
    nobody = "http://127.0.0.1:1"
    return read_settings(home=tmp_path_factory.mktemp("models") / "house", model="ollama", ollama_host=nobody)


@pytest.fixture(scope="session")
def house(settings: Settings) -> Iterator[House]:
    """The sample house, with its first router."""
    house = House(settings)
    house.store.ensure(CATALOGUE[EMBEDDER])
    house.router()
    sample.put_in(house.library)
    yield house
    house.library.index.close()


def run(house: House, *arguments: str, stdin: str | None = None) -> list[dict[str, Any]]:
    """Call a command on the house for JSON; its models are loaded once for all tests."""
    result = CliRunner().invoke(cli, [*arguments, "--json"], input=stdin, obj=lambda settings, report: house)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_classify_labels_household_questions_with_honest_shares(house: House) -> None:
    labels = {
        PUMP_QUESTION: "pool",
        "Which filter size does the furnace take?": "hvac",
        "What brand of paint is on the kitchen walls?": "painting",
        "Who is the president of France?": None,
    }
    found = run(house, "classify", *labels)
    assert {each["question"]: each["category"] for each in found} == labels
    for each in found:
        assert each.keys() == {
            *("question", "category", "confidence", "probabilities"),
            "router",
            "learned_from",
            "seconds",
        }
        assert set(each["probabilities"]) == {*DEFAULT_TAXONOMY.names, NONE}
        assert sum(each["probabilities"].values()) == pytest.approx(1, abs=0.01)
        assert each["confidence"] == max(each["probabilities"].values())


def test_the_packaged_router_serves_every_start_and_is_made_ready_once(house: House, settings: Settings) -> None:
    heard: list[str] = []
    again = House(settings, lambda progress: heard.append(progress.step))
    (found,) = run(house, "classify", PUMP_QUESTION)
    assert again.router().version == found["router"]
    assert heard == ["loading the router"]


def test_search_finds_the_note_in_its_category(house: House) -> None:
    (found,) = run(house, "search", PUMP_QUESTION)
    assert found["category"] == "pool"
    assert found["scope"]["categories"] == ["pool"]
    assert 0 < found["scope"]["searched"] < found["scope"]["total"] == len(sample.drafts())
    assert PUMP in [hit["title"] for hit in found["hits"]]
    for hit in found["hits"]:
        assert hit.keys() == {"note_id", "title", "category", "date", "text", "score"}
        assert hit["category"] in ("pool", None)
        assert 0 <= hit["score"] <= 1


def test_search_obeys_a_persons_category_and_finds_nothing_about_what_is_not_there(house: House) -> None:
    asked = [
        {"question": PUMP_QUESTION, "category": "gutters"},
        {"question": "xylophone orchestra rehearsal"},
    ]
    gutters, nothing = run(house, "search", "--file", "-", stdin="\n".join(map(json.dumps, asked)))
    assert gutters["scope"]["categories"] == ["gutters"]
    assert all(hit["category"] in ("gutters", None) for hit in gutters["hits"])
    assert nothing["hits"] == []


def test_every_question_offered_to_a_newcomer_finds_notes(house: House) -> None:
    stdin = "".join(json.dumps({"question": question}) + "\n" for question in sample.QUESTIONS)
    for found in run(house, "search", "--file", "-", stdin=stdin):
        assert found["hits"], found["question"]
        assert found["category"], found["question"]


def test_ask_answers_with_ollama_from_what_was_found(house: House, ollama: OllamaServer) -> None:
    ollama.will_say("<think>hm</think>", "Marco put in a Hayward TriStar VS, variable speed,", " on April 18, 2023.")
    (answer,) = run(OllamaHouse(house, ollama), "ask", PUMP_QUESTION)
    quoted, written = answer["answer"].split(BELOW)
    assert quoted.startswith(f"“{PUMP}” of 18 April 2023 says: “")
    assert written == "Marco put in a Hayward TriStar VS, variable speed, on April 18, 2023 [1]."
    assert answer["answered"] is True
    assert [citation["title"] for citation in answer["citations"]] == [PUMP]
    assert answer["model"] == "qwen3:4b on Ollama"
    assert list(answer["seconds"]) == ["route", "search", "first_token", "total"]
    assert "variable speed" in ollama.asked[0]["messages"][-1]["content"]


def test_doctor_finds_nothing_wrong_but_the_ollama_that_is_not_there(house: House) -> None:
    result = CliRunner().invoke(cli, ["doctor", "--json"], obj=lambda settings, report: house)
    checks = {check["name"]: check["ok"] for check in json.loads(result.stdout)["checks"]}
    assert checks.pop("answer model") is False
    assert checks == {"record": True, "index": True, "router": True, "teaching": True, "disk": True}
