import datetime as dt
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from command_line import Run, close, complaint, lines
from ollama_server import OllamaServer
from small_house import PATIENCE, ScriptedModel, SmallHouse, pretend_fetched

from assistant.cli import cli
from assistant.errors import ModelStopped
from assistant.prompts import NO_NOTE
from knowledge.note import Draft

pytestmark = pytest.mark.usefixtures("bare_environment")

QUESTION = "When was the pool pump replaced?"
NOTES = (
    Draft("The pool pump was replaced by Ray.", "Pool pump", "pool", id="pump"),
    Draft("The fence gate was oiled.", "Gate", "fence", id="gate"),
)
OUR_HOUSE = Path(sys.executable).with_name("our-house")


@pytest.fixture
def furnished(house: SmallHouse) -> SmallHouse:
    """The house that the environment names, with two notes."""
    house.library.add(NOTES)
    close(house)
    return house


# --- what is promised to scripts --------------------------------------------------------------------------------------

PROMISED = {
    "serve": {"--host", "--port"},
    "ask": {"--file", "--category"},
    "classify": {"--file", "--router"},
    "correct": {"--category"},
    "search": {"--file", "--category", "--limit"},
    "ingest": {"--category", "--yes", "--undo"},
    "notes list": set(),
    "notes show": set(),
    "notes add": set(),
    "notes edit": set(),
    "notes delete": set(),
    "notes restore": set(),
    "models": set(),
    "reindex": set(),
    "doctor": set(),
}
"""The commands and options that others script against: more may come, none may go."""


def commands(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        here = f"{path} {name}".strip()
        yield here, command
        if isinstance(command, click.Group):
            yield from commands(command, here)


def test_every_promised_command_and_option_is_there() -> None:
    there = dict(commands(cli))
    assert set(PROMISED) <= set(there)
    for name, options in PROMISED.items():
        has = {option for parameter in there[name].params for option in parameter.opts}
        assert options <= has, name


def test_every_command_takes_a_house_and_json_and_says_what_it_does() -> None:
    for name, command in commands(cli):
        assert command.help, name
        assert command.help.splitlines()[0].endswith("."), name
        if not isinstance(command, click.Group):
            has = {option for parameter in command.params for option in parameter.opts}
            assert {"--house", "--json"} <= has, name


def test_help_is_there_for_every_command(run: Run) -> None:
    for name, _ in commands(cli):
        result = run(*name.split(), "--help")
        assert result.exit_code == 0
        assert result.stdout.startswith("Usage: ")


# --- ask --------------------------------------------------------------------------------------------------------------


def test_ask_prints_the_answer_and_nothing_else_of_it_on_standard_output(
    run: Run, furnished: SmallHouse, model: ScriptedModel
) -> None:
    model.will_say("The pool pump", " was replaced by Ray [1].")
    result = run("ask", QUESTION)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "The pool pump was replaced by Ray [1]."
    assert "[1] Pool pump" in result.stdout
    assert "[pool]" in result.stderr
    assert "Searched 1 pool note of 2" in result.stderr


def test_ask_prints_json_for_scripts(run: Run, furnished: SmallHouse, model: ScriptedModel) -> None:
    model.will_say("The pool pump was replaced by Ray [1].")
    (answer,) = lines(run("ask", QUESTION, "--json"))
    assert answer.pop("seconds").keys() == {"route", "search", "first_token", "total"}
    assert answer.pop("scope").keys() == {"categories", "reason", "searched", "total", "uncategorised"}
    assert 0.96 <= answer.pop("confidence") <= 1  # the router's, and the notes'
    assert answer == {
        "question": QUESTION,
        "standalone": QUESTION,
        "category": "pool",
        "answer": "The pool pump was replaced by Ray [1].",
        "answered": True,
        "citations": [
            {"note_id": "pump", "title": "Pool pump", "date": None, "quote": "The pool pump was replaced by Ray."}
        ],
        "hits": ["pump"],
        "model": "Scripted 1B",
    }


def test_ask_reads_questions_with_their_history_and_category(
    run: Run, furnished: SmallHouse, model: ScriptedModel
) -> None:
    history = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": "Ray did it [1]."}]
    asked = [
        {"question": "zebra quagga okapi"},
        {"question": "And who did it?", "history": history},
        {"question": "Was the gate oiled?", "category": "Fence"},
    ]
    model.will_say("Ray [1].")
    model.will_say("The fence gate was oiled [1].")
    result = run("ask", "--file", "-", stdin="\n".join(map(json.dumps, asked)) + "\n\n")
    assert result.exit_code == 0
    nothing, follow_up, corrected = lines(result)
    assert (nothing["answer"], nothing["answered"], nothing["hits"]) == (NO_NOTE, False, [])
    assert nothing["seconds"].keys() == {"route", "search", "first_token", "total"}
    assert nothing["seconds"]["first_token"] is None
    assert follow_up["standalone"] == f"{QUESTION} And who did it?"
    assert follow_up["hits"] == ["pump"]
    assert (corrected["category"], corrected["scope"]["categories"]) == ("fence", ["fence"])
    assert corrected["hits"] == ["gate"]


def test_one_bad_line_costs_the_others_nothing(
    run: Run, furnished: SmallHouse, model: ScriptedModel, tmp_path: Path
) -> None:
    asked = [
        {"question": ""},
        {"question": "q " * 5000},
        {"question": QUESTION, "category": "apiary"},
        {"question": QUESTION, "history": ["what?"]},
        {"question": QUESTION, "history": 7},
        {"question": QUESTION},
    ]
    (tmp_path / "asked.jsonl").write_text("\n".join(map(json.dumps, asked)))
    model.will_say("The pool pump was replaced by Ray [1].")
    result = run("ask", "--file", tmp_path / "asked.jsonl")
    assert result.exit_code == 1
    *bad, good = lines(result)
    assert [set(line) for line in bad] == [{"question", "error"}] * 5
    for line, word in zip(bad, ("empty", "9,999", "apiary", "history", "history"), strict=True):
        assert word in line["error"]
    assert good["answered"] is True


def test_a_model_that_breaks_off_is_a_failure_that_keeps_the_text(
    run: Run, furnished: SmallHouse, model: ScriptedModel
) -> None:
    for options in ((), ("--json",)):
        model.will_say("The pool pump", ModelStopped("Ollama went away. Press retry."))
        result = run("ask", QUESTION, *options)
        assert result.exit_code == 1
        assert "The pool pump" in result.stdout
        assert "Ollama went away. Press retry." in (result.stdout if options else result.stderr)


@pytest.mark.parametrize("command", ["ask", "search"])
def test_notes_that_a_crash_left_waiting_are_indexed_first(
    run: Run, house: SmallHouse, model: ScriptedModel, command: str
) -> None:
    house.notebook.add(NOTES[0])
    model.will_say("Ray [1].")
    assert run(command, QUESTION).exit_code == 0
    assert house.notebook.unindexed() == []


# --- classify and search ----------------------------------------------------------------------------------------------


def test_classify_prints_labels(run: Run) -> None:
    result = run("classify", QUESTION, "Hello?")
    assert result.exit_code == 0
    assert [line for line in result.stdout.splitlines() if "\t" in line] == [f"pool\t{QUESTION}", "none\tHello?"]
    known, unknown = lines(run("classify", QUESTION, "Hello?", "--json"))
    assert known.keys() == {"question", "category", "confidence", "probabilities", "router", "learned_from", "seconds"}
    assert (known["category"], known["router"], known["probabilities"]["none"]) == ("pool", "words", 0.04)
    assert unknown["category"] is None


def test_classify_reads_a_file_and_takes_a_router_by_name(run: Run) -> None:
    result = run("classify", "--file", "-", "--router", "words", stdin='{"question": "Is the fence up?"}\n')
    assert [line["category"] for line in lines(result)] == ["fence"]
    assert "nobody" in complaint(run("classify", QUESTION, "--router", "nobody"), 1)


def test_search_prints_what_the_chat_would_find(run: Run, furnished: SmallHouse) -> None:
    (found,) = lines(run("search", QUESTION, "--json"))
    assert found.keys() == {"question", "category", "scope", "hits", "seconds"}
    assert found["scope"].keys() == {"categories", "reason", "searched", "total", "uncategorised"}
    assert (found["category"], found["scope"]["categories"]) == ("pool", ["pool"])
    (hit,) = found["hits"]
    assert hit.keys() == {"note_id", "title", "category", "date", "text", "score"}
    assert (hit["note_id"], hit["text"]) == ("pump", "The pool pump was replaced by Ray.")
    result = run("search", QUESTION)
    assert "Searched 1 pool note of 2" in result.stdout
    assert "1. Pool pump" in result.stdout


def test_search_obeys_the_given_category_and_limit(run: Run, furnished: SmallHouse) -> None:
    (found,) = lines(run("search", QUESTION, "--category", "garden-lights", "--json"))
    assert (found["category"], found["scope"]["searched"], found["hits"]) == ("garden lights", 0, [])
    assert "No note about that" in run("search", QUESTION, "--category", "gutters").stdout
    furnished.library.add(Draft("The pool pump was replaced by Ray.", "Pool pump", "pool") for _ in range(7))
    asked = [{"question": QUESTION}, {"question": QUESTION, "category": "fence"}]
    all_found = lines(run("search", "--file", "-", "--limit", "3", stdin="\n".join(map(json.dumps, asked))))
    assert [len(found["hits"]) for found in all_found] == [3, 0]
    assert [found["category"] for found in all_found] == ["pool", "fence"]


def test_search_of_no_category_looks_at_all_notes(run: Run, furnished: SmallHouse) -> None:
    (found,) = lines(run("search", QUESTION, "--category", "None", "--json"))
    assert (found["category"], found["scope"]["searched"]) == (None, 2)
    assert run("notes", "add", "The gate squeaks.", "--category", "none").exit_code == 0
    assert [note.category for note in furnished.notebook.select() if note.text == "The gate squeaks."] == [None]


@pytest.mark.parametrize("command", ["ask", "classify", "search"])
def test_a_line_that_asks_nothing_is_named_and_the_others_are_asked(
    run: Run, furnished: SmallHouse, model: ScriptedModel, command: str
) -> None:
    model.will_say("Ray [1].")
    model.will_say("It was oiled [1].")
    good = [json.dumps({"question": QUESTION}), json.dumps({"question": "Was the fence gate oiled?"})]
    bad = ["{not json", '{"text": "no question"}', '{"question": "Q?", "category": 7}', "[" * 100_000]
    result = run(command, "--file", "-", stdin="\n".join([bad[0], good[0], "", *bad[1:], good[1]]))
    assert result.exit_code == 1
    assert [line["category"] for line in lines(result)] == ["pool", "fence"]
    complaints = [line for line in result.stderr.splitlines() if line.startswith("our-house: ")]
    assert len(complaints) == len(bad)
    for said, number in zip(complaints, (1, 4, 5, 6), strict=True):
        assert said.startswith(f"our-house: Line {number} of --file: ")


@pytest.mark.parametrize("command", ["classify", "search"])
def test_a_question_of_a_file_that_cannot_be_asked_is_named_too(run: Run, furnished: SmallHouse, command: str) -> None:
    asked = [{"question": " "}, {"question": QUESTION}, {"question": "q " * 5000}]
    result = run(command, "--file", "-", stdin="\n".join(map(json.dumps, asked)))
    assert result.exit_code == 1
    assert [line["question"] for line in lines(result)] == [QUESTION]
    assert "Line 1 of --file: The question is empty." in result.stderr
    assert "Line 3 of --file: The question has 9,999 characters" in result.stderr


def test_a_category_of_a_file_that_the_house_lacks_is_named(run: Run, furnished: SmallHouse) -> None:
    asked = [{"question": QUESTION, "category": "apiary"}, {"question": QUESTION}]
    result = run("search", "--file", "-", stdin="\n".join(map(json.dumps, asked)))
    assert (result.exit_code, len(lines(result))) == (1, 1)
    assert "Line 1 of --file: This house has no category 'apiary'" in result.stderr


# --- wrong calls ------------------------------------------------------------------------------------------------------


@pytest.fixture
def unloadable() -> Run:
    """Calls the command line on a house none of whose models can be had: what works here has loaded nothing."""

    def run(*arguments: str | Path, stdin: str | None = None) -> Result:
        result = CliRunner().invoke(cli, [str(each) for each in arguments], input=stdin)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return run


@pytest.mark.parametrize("command", ["ask", "classify", "search"])
@pytest.mark.parametrize(
    ("question", "why"),
    [("", "empty"), (" \n", "empty"), ("why " * 2500, "9,999 characters")],
    ids=["", "blank", "long"],
)
def test_a_question_that_cannot_be_asked_loads_nothing(unloadable: Run, command: str, question: str, why: str) -> None:
    assert why in complaint(unloadable(command, question), 2)


@pytest.mark.parametrize("command", ["classify", "search"])
def test_a_file_of_nothing_but_empty_questions_loads_nothing(unloadable: Run, command: str) -> None:
    stdin = '\n{"question": ""}\n{"question": " "}\n'
    said = complaint(unloadable(command, "--file", "-", stdin=stdin), 2)
    assert "Line 2" in said
    assert "empty" in said


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", QUESTION, "--category", "apiary"),
        ("search", QUESTION, "--category", "apiary"),
        ("notes", "add", "Bees.", "--category", "apiary"),
        ("notes", "list", "--category", "apiary"),
    ],
)
def test_a_category_the_house_lacks_loads_nothing(unloadable: Run, arguments: tuple[str, ...]) -> None:
    said = complaint(unloadable(*arguments), 2)
    assert "'apiary'" in said
    assert "garden lights" in said  # those it has


@pytest.mark.parametrize("command", ["ask", "classify", "search"])
@pytest.mark.parametrize(
    "stdin",
    [
        "{not json}",
        '"text"',
        '{"text": "no question"}',
        '{"question": 7}',
        '{"question": "Q?", "category": 7}\n[]',
        "[" * 100_000,
    ],
    ids=["not JSON", "no object", "no question", "no text", "two lines", "deep"],
)
def test_a_file_that_is_no_list_of_questions_loads_nothing(unloadable: Run, command: str, stdin: str) -> None:
    assert "--file" in complaint(unloadable(command, "--file", "-", stdin=stdin), 2)


def test_a_file_that_is_not_text_or_not_there_is_named(unloadable: Run, tmp_path: Path) -> None:
    (tmp_path / "latin.jsonl").write_bytes('{"question": "Füße?"}'.encode("latin-1"))
    for name in ("latin.jsonl", "nothing.jsonl"):
        assert "--file" in complaint(unloadable("ask", "--file", tmp_path / name), 2)


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask",),
        ("ask", "Q?", "--file", "-"),
        ("ask", "two", "questions"),
        ("classify",),
        ("classify", "Q?", "--file", "-"),
        ("search", "Q?", "--limit", "0"),
        ("search", "Q?", "--limit", "many"),
        ("ask", "Q?", "--colour"),
        ("serve", "--port", "0"),
        ("ingest",),
        ("notes", "edit", "pump"),
        ("notes", "add", "  "),
        ("notes", "show"),
        ("sing",),
    ],
)
def test_a_wrong_call_is_one_line_that_names_the_help(unloadable: Run, arguments: tuple[str, ...]) -> None:
    said = complaint(unloadable(*arguments), 2)
    assert "--help` tells more" in said


@pytest.mark.parametrize(
    "arguments",
    [("notes", "list"), ("ask", "Q?"), ("search", "Q?"), ("reindex",), ("notes", "show", "pump")],
)
def test_a_house_folder_that_cannot_be_used_is_named(run: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "file").write_text("")
    house = tmp_path / "file" / "house"
    assert str(house) in complaint(run(*arguments, "--house", house), 1)
    assert str(house) in complaint(run("--house", house, *arguments), 1)


def test_a_setting_that_cannot_be_used_is_a_wrong_call(run: Run, tmp_path: Path) -> None:
    (tmp_path / "house").mkdir()
    for text in ("port = 0", "colour = 7", "port =", 'model = "\xff'):
        (tmp_path / "house" / "settings.toml").write_text(text, "latin-1")
        assert "settings.toml" in complaint(run("notes", "list"), 2)


def test_weights_that_cannot_be_had_are_a_failure(unloadable: Run) -> None:
    said = unloadable("classify", QUESTION)
    assert said.exit_code == 1
    assert "our-house models fetch minilm" in said.stderr.splitlines()[-1]
    assert "Traceback" not in said.output


# --- notes ------------------------------------------------------------------------------------------------------------


def test_a_note_is_added_shown_changed_deleted_and_restored(run: Run) -> None:
    (added,) = lines(run("notes", "add", "The pool pump hums.", "--date", "18 April 2023", "--tag", "loud", "--json"))
    assert (added["category"], added["date"], added["tags"]) == ("pool", "2023-04-18", ["loud"])
    note_id = added["note_id"]
    assert "The pool pump hums." in run("notes", "show", note_id).stdout
    (edited,) = lines(
        run("notes", "edit", note_id, "--text", "It sings.", "--category", "none", "--date", "none", "--json")
    )
    assert (edited["text"], edited["category"], edited["date"]) == ("It sings.", None, None)
    (undone,) = lines(run("notes", "edit", note_id, "--undo", "--json"))
    assert (undone["text"], undone["category"], undone["date"]) == ("The pool pump hums.", "pool", "2023-04-18")
    assert run("notes", "delete", note_id).exit_code == 0
    assert lines(run("notes", "list", "--json")) == []
    (deleted,) = lines(run("notes", "list", "--deleted", "--json"))
    assert (deleted["note_id"], deleted["deleted"]) == (note_id, True)
    assert run("notes", "restore", note_id).exit_code == 0
    assert [note["note_id"] for note in lines(run("notes", "list", "--json"))] == [note_id]


def test_a_note_can_come_from_standard_input(run: Run) -> None:
    (added,) = lines(run("notes", "add", "-", "--title", "Rain", "--json", stdin="It rained.\nAll day.\n"))
    assert (added["title"], added["text"]) == ("Rain", "It rained.\nAll day.")


def test_the_list_is_filtered_by_what_a_person_remembers(run: Run, furnished: SmallHouse) -> None:
    furnished.notebook.add(Draft("It rained.", date=dt.date(2020, 1, 1)))
    furnished.notebook.add(Draft("Chlorine bought.", category="pool", date=dt.date(2021, 1, 1)))

    def titles(*options: str) -> set[str]:
        return {line.split("\t")[3] for line in run("notes", "list", *options).stdout.splitlines()}

    assert titles() == {"Pool pump", "Gate", "It rained.", "Chlorine bought."}
    assert titles("--category", "Pool") == {"Pool pump", "Chlorine bought."}
    assert titles("--category", "none") == {"It rained."}
    assert titles("--text", "oiled gate") == {"Gate"}
    assert titles("--since", "1 June 2020") == {"Chlorine bought."}
    assert titles("--until", "2020-06-01") == {"It rained."}
    assert len(titles("--limit", "1")) == 1


def test_a_note_that_is_not_there_is_a_wrong_call_and_changes_nothing(run: Run, furnished: SmallHouse) -> None:
    for arguments in (("show", "nothing"), ("edit", "nothing", "--text", "x"), ("delete", "pump", "nothing")):
        assert "'nothing'" in complaint(run("notes", *arguments), 2)
    assert furnished.notebook.count() == 2


@pytest.mark.parametrize("date", ["someday", "31 February 2020", "1066-10-14", "March"])
def test_a_date_that_is_none_is_a_wrong_call(unloadable: Run, date: str) -> None:
    assert date in complaint(unloadable("notes", "add", "It rained.", "--date", date), 2)
    assert date in complaint(unloadable("notes", "list", "--since", date), 2)


# --- ingest -----------------------------------------------------------------------------------------------------------


def test_ingest_says_what_became_of_each_note(run: Run, tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "pump.md").write_text("The pool pump hums.")
    (tmp_path / "papers" / "rain.md").write_text("---\ncategory: weather\n---\nIt rained.")
    result = run("ingest", tmp_path / "papers", "--json")
    assert result.exit_code == 0
    pump, rain = lines(result)
    assert pump.keys() == {"status", "source", "note_id", "title", "category", "date", "dated_by", "reason"}
    assert (pump["status"], pump["source"], pump["category"]) == ("added", "pump.md", "pool")
    assert (rain["status"], rain["category"]) == ("added", None)
    assert result.stderr == "2 added\n"
    again = run("ingest", tmp_path / "papers")
    assert again.exit_code == 0
    assert again.stdout.count("unchanged") == 2
    assert again.stderr == "2 unchanged\n"


def test_ingest_fails_when_something_was_refused_but_keeps_the_rest(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("The pool pump hums.")
    (tmp_path / "b.md").write_bytes(b"\x00\x01\x02\xff")
    result = run("ingest", tmp_path / "a.md", tmp_path / "b.md", tmp_path / "c.md", "--category", "electric")
    assert result.exit_code == 1
    assert "1 added, 2 refused" in result.stderr
    assert "binary" in result.stdout
    (kept,) = lines(run("notes", "list", "--json"))
    assert kept["category"] == "electric"


def test_ingest_into_a_category_the_house_lacks_keeps_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("The pool pump hums.")
    assert "apiary" in complaint(run("ingest", tmp_path / "a.md", "--category", "apiary"), 2)
    assert lines(run("notes", "list", "--json")) == []


def test_an_import_is_taken_back_as_a_whole(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("The pool pump hums, heard on 18 April 2023.")
    run("notes", "add", "Mine.")
    result = run("ingest", tmp_path / "a.md")
    assert "dated 2023-04-18 by the text" in result.stdout
    (listed, _) = lines(run("notes", "list", "--json"))
    shown = json.loads(run("notes", "show", listed["note_id"], "--json").stdout)
    assert Path(shown["original"]).read_text() == "The pool pump hums, heard on 18 April 2023."
    assert shown["original"] in run("notes", "show", listed["note_id"]).stdout
    undone = run("ingest", "--undo", "--json")
    assert [note["note_id"] for note in lines(undone)] == [listed["note_id"]]
    assert [note["text"] for note in lines(run("notes", "list", "--json"))] == ["Mine."]
    assert "no import to take back" in complaint(run("ingest", "--undo"), 2)
    assert "files or folders" in complaint(run("ingest"), 2)


def test_an_empty_folder_is_said_to_be_empty(run: Run, tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    result = run("ingest", tmp_path / "papers")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "Nothing found.\n")


# --- models, index, doctor --------------------------------------------------------------------------------------------


def test_models_says_which_answers_and_what_would_be_better(run: Run, house: SmallHouse) -> None:
    pretend_fetched(house.store, "qwen2.5-coder-1.5b")
    result = run("models")
    assert result.exit_code == 0
    assert result.stdout.startswith("Answers come from qwen2.5-coder-1.5b")
    assert "ollama pull qwen3:4b" in result.stdout
    (told,) = lines(run("models", "list", "--json"))
    assert told["answering"]["name"] == "qwen2.5-coder-1.5b"
    assert told["folder"] == str(house.settings.models)
    assert [each["name"] for each in told["models"] if each["here"]] == ["qwen2.5-coder-1.5b"]


def test_models_tells_of_ollama_where_it_runs(run: Run, ollama: OllamaServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUR_HOUSE_OLLAMA_HOST", ollama.url)
    assert run("models").stdout.startswith("Answers come from qwen3:4b: Ollama runs and has it.")


def test_fetching_a_model_that_is_here_prints_where(run: Run, house: SmallHouse) -> None:
    pretend_fetched(house.store, "minilm")
    result = run("models", "fetch", "minilm")
    assert (result.exit_code, result.stdout) == (0, f"{house.store.folder / 'minilm'}\n")
    assert lines(run("models", "fetch", "minilm", "--json")) == [{"path": str(house.store.folder / "minilm")}]


def test_a_model_nobody_knows_is_a_wrong_call(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "'gpt-9'" in complaint(run("models", "fetch", "gpt-9"), 2)
    monkeypatch.setenv("OUR_HOUSE_MODEL", "gpt-9")
    assert "'gpt-9'" in complaint(run("models"), 2)


def test_reindex_counts_what_it_indexed(run: Run, furnished: SmallHouse) -> None:
    assert lines(run("reindex", "--json")) == [{"notes": 2, "passages": 2}]
    assert run("reindex").stdout == "Indexed 2 notes.\n"


def test_doctor_says_what_is_wrong_and_what_to_do(run: Run, furnished: SmallHouse) -> None:
    pretend_fetched(furnished.store, "minilm")
    result = run("doctor")
    assert result.exit_code == 0
    assert "WRONG" not in result.stdout
    furnished.notebook.add(Draft("It rained."))
    result = run("doctor")
    assert result.exit_code == 1
    assert "WRONG  index" in result.stdout
    assert "our-house reindex" in result.stdout
    result = run("doctor", "--json")
    assert result.exit_code == 1
    (told,) = lines(result)
    assert told["ok"] is False
    assert {check["name"]: check["ok"] for check in told["checks"]}["index"] is False
    assert all(check.keys() == {"name", "ok", "detail", "remedy"} for check in told["checks"])
    run("reindex")
    assert lines(run("doctor", "--json"))[0]["ok"] is True


def test_a_mistyped_setting_is_told_and_the_work_goes_on(
    run: Run, furnished: SmallHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUR_HOUSE_MODLE", "ollama")
    result = run("notes", "show", "gate", "--json")
    assert (result.exit_code, len(lines(result))) == (0, 1)
    assert result.stderr == (
        "our-house: OUR_HOUSE_MODLE is no setting and is ignored; the nearest one is OUR_HOUSE_MODEL.\n"
    )


# --- the real process -------------------------------------------------------------------------------------------------


def process(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [OUR_HOUSE, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=PATIENCE
    )


def test_help_answers_in_a_blink() -> None:
    seconds = []
    for _ in range(5):
        began = time.perf_counter()
        result = process("--help")
        seconds.append(time.perf_counter() - began)
        assert (result.returncode, result.stderr) == (0, "")
    assert min(seconds) < 0.5  # the quickest of five: the others may have waited for a core


def test_help_loads_nothing_heavy() -> None:
    code = "import sys, click\nfrom assistant.cli import cli\ntry: cli(['ask', '--help'])\nfinally: print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert "assistant.cli" in loaded
    heavy = {"torch", "transformers", "chromadb", "gradio", "sentence_transformers", "numpy", "httpx", "pydantic"}
    assert not heavy & set(loaded)


def test_the_record_needs_no_models(house: SmallHouse) -> None:
    house.notebook.add(NOTES[0])
    result = process("notes", "show", "pump", "--json")
    assert (result.returncode, result.stderr) == (0, "")
    assert json.loads(result.stdout)["text"] == NOTES[0].text


def test_exit_statuses_are_those_of_the_process(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for status, arguments in {
        1: ("notes", "list", "--house", tmp_path / "file" / "house"),
        2: ("notes", "show", "nothing"),
    }.items():
        result = process(*arguments)
        assert (result.returncode, result.stdout) == (status, "")
        assert result.stderr.startswith("our-house: ")
        assert result.stderr.count("\n") == 1


def test_a_reader_that_has_seen_enough_is_no_crash(house: SmallHouse) -> None:
    for _ in range(2):
        house.notebook.add(Draft("rain " * 30_000))  # more than a pipe holds
    with subprocess.Popen(
        [OUR_HOUSE, "notes", "list", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        assert listing.stdout.read(10)
        listing.stdout.close()
        assert listing.stderr.read() == ""
        assert listing.wait(PATIENCE) == 1


@pytest.mark.slow
def test_a_port_in_use_is_said_with_the_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = process("serve", "--no-browser", "--port", str(port))
    assert result.returncode == 1
    assert result.stdout == ""
    last = result.stderr.splitlines()[-1]
    assert last.startswith("our-house: ")
    assert str(port) in last
    assert "--port" in last
    assert "Traceback" not in result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("before", [["serve", "--no-browser"], []])
def test_a_house_folder_that_cannot_be_used_is_said_before_a_page_opens(tmp_path: Path, before: list[str]) -> None:
    (tmp_path / "file").write_text("")
    result = process(*before, "--house", tmp_path / "file" / "house")
    assert result.returncode == 1
    assert "house.db" in result.stderr
    assert result.stderr.count("\n") == 1
