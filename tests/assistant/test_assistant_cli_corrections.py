"""`our-house correct` and `our-house corrections`, over a house with tiny models."""

import json
from pathlib import Path

import pytest
from command_line import Run, complaint, lines

pytestmark = pytest.mark.usefixtures("bare_environment")

QUESTION = "When was the pool pump replaced?"


def test_a_corrected_question_is_labelled_so_from_then_on(run: Run) -> None:
    (told,) = lines(run("correct", QUESTION, "--category", "Fence", "--json"))
    assert told.keys() >= {"id", "question", "category", "provenance", "overruled", "router", "created_at"}
    assert (told["category"], told["overruled"], told["provenance"]) == ("fence", "pool", "corrected")
    (label,) = lines(run("classify", QUESTION, "--json"))
    assert (label["category"], label["learned_from"]) == ("fence", QUESTION)
    (bare,) = lines(run("classify", QUESTION, "--router", "words", "--json"))
    assert bare["category"] == "pool"  # a router asked for by name speaks for itself


def test_what_the_router_had_said_is_a_confirmation_and_none_can_be_told(run: Run) -> None:
    assert lines(run("correct", QUESTION, "--category", "pool", "--json"))[0]["provenance"] == "confirmed"
    assert lines(run("correct", "Is it?", "--category", "none", "--json"))[0]["category"] is None


def test_a_wrong_call_says_what_there_is(run: Run) -> None:
    assert "pool" in complaint(run("correct", QUESTION, "--category", "spaceship"), 2)
    assert "empty" in complaint(run("correct", "  ", "--category", "pool"), 2)
    assert "--category" in complaint(run("correct", QUESTION), 2)
    assert "no longer there" in complaint(run("corrections", "remove", "nobody"), 2)


def test_what_was_told_is_listed_removed_restored_and_disputed(run: Run) -> None:
    (first,) = lines(run("correct", QUESTION, "--category", "fence", "--json"))
    lines(run("correct", QUESTION.upper(), "--category", "car", "--json"))
    assert [each["disputed"] for each in lines(run("corrections", "list", "--json"))] == [True, True]
    assert "told otherwise" in run("corrections", "list").stdout
    run("corrections", "remove", first["id"])
    assert [each["disputed"] for each in lines(run("corrections", "list", "--json"))] == [False]
    run("corrections", "restore", first["id"])
    assert len(lines(run("corrections", "list", "--json"))) == 2


def test_what_goes_out_comes_in_again_and_a_broken_line_costs_only_itself(
    run: Run,
    tmp_path: Path,
) -> None:
    run("correct", QUESTION, "--category", "fence")
    out = run("corrections", "export").stdout
    assert json.loads(out)["category"] == "fence"
    file = tmp_path / "told.jsonl"
    file.write_text(out + '{"question": "cut\n', "utf-8")
    result = run("corrections", "import", str(file))
    assert result.exit_code == 1
    assert "0 brought in, 1 told already, 1 refused" in result.stdout and "line 2" in result.stderr
    file.write_bytes(b"\xff\xfe")
    assert "UTF-8" in complaint(run("corrections", "import", str(file)), 2)


def test_a_file_that_begins_with_a_mark_of_its_editor_is_read(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "told.jsonl"
    file.write_text('{"question": "Is it wet?", "category": "pool"}\n', "utf-8-sig")
    assert lines(run("corrections", "import", str(file), "--json")) == [{"kept": 1, "already_told": 0, "refused": []}]


def test_an_export_as_json_names_what_the_list_names(run: Run) -> None:
    (told,) = lines(run("correct", QUESTION, "--category", "fence", "--json"))
    (exported,) = lines(run("corrections", "export", "--json"))
    assert exported["id"] == told["id"]
    assert lines(run("corrections", "export")) == [{key: exported[key] for key in exported if key != "id"}]
