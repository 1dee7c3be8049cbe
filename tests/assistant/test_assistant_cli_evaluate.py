"""`our-house evaluate retrieval`: the chat's own search, asked questions whose notes are known."""

import json
from pathlib import Path

import pytest
from command_line import Run

NOTES: list[dict[str, object]] = [
    {"id": "pump", "title": "Pool pump replaced", "text": "Ray replaced the pool pump.", "category": "pool"},
    {"id": "gate", "title": "Fence gate", "text": "Hinges oiled, boards stained.", "category": "fence"},
    {"id": "lamp", "title": "Porch lamp", "text": "The brass lantern flickers.", "category": "electric"},
]
CASES: list[dict[str, object]] = [
    {"question": "Who replaced the pool pump?", "category": "pool", "notes": ["pump"], "kind": "fact"},
    {"question": "Who oiled the hinges of the fence?", "category": "fence", "notes": ["gate"], "kind": "fact"},
    {"question": "What did the pool slide cost?", "category": "pool", "notes": [], "answerable": False},
    {
        "question": "and who did it?",
        "history": [{"role": "user", "content": "When was the pool pump replaced?"}],
        "category": "pool",
        "notes": ["pump"],
        "kind": "follow-up",
    },
]


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """The notes and the questions."""
    return write(tmp_path / "notes.jsonl", NOTES), write(tmp_path / "cases.jsonl", CASES)


def test_it_compares_the_filters_and_writes_a_report(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    notes, cases = files
    result = run(
        *("evaluate", "retrieval", "--house", tmp_path / "house", "--notes", notes, "--file", cases),
        *("--out", tmp_path / "report", "--json"),
    )

    assert result.exit_code == 0, result.stderr
    filters = json.loads(result.stdout)["filters"]
    assert set(filters) == {"none", "routed", "true"}
    assert filters["true"]["questions"] == 3
    assert filters["true"]["all@5"] == filters["routed"]["all@5"] == 1.0
    assert filters["routed"]["right_category"] == 1.0
    assert filters["routed"]["by_kind"]["follow-up"]["any@1"] == 1.0
    assert 0 <= filters["routed"]["relevance_auroc"] <= 1
    assert json.loads((tmp_path / "report" / "retrieval.json").read_text()) == filters
    assert "| the router's filter |" in (tmp_path / "report" / "retrieval.md").read_text()
    rows = [json.loads(line) for line in (tmp_path / "report" / "retrieval_cases.jsonl").read_text().splitlines()]
    assert len(rows) == 3 * len(CASES)
    assert rows[0]["found_notes"][0] == "pump"


def test_the_house_s_own_notes_are_left_alone_where_others_are_given(
    run: Run, files: tuple[Path, Path], tmp_path: Path
) -> None:
    notes, cases = files
    home = tmp_path / "house"
    run("evaluate", "retrieval", "--house", home, "--notes", notes, "--file", cases, "--out", tmp_path / "report")

    assert run("notes", "list", "--house", home, "--json").stdout == ""


def test_without_notes_of_its_own_it_asks_the_house(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    notes, cases = files
    home = tmp_path / "house"
    run("ingest", "--house", home, notes)
    result = run("evaluate", "retrieval", "--house", home, "--file", cases, "--out", tmp_path / "report")

    assert "the true filter      all@1 1.000" in result.stdout


@pytest.mark.parametrize(
    "line", ["{", '{"question": "Who?"}', '{"question": "Who?", "category": "pool", "notes": 3}', "[]", ""]
)
def test_a_file_of_something_else_is_refused_with_its_line(run: Run, tmp_path: Path, line: str) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(line + "\n")
    result = run("evaluate", "retrieval", "--house", tmp_path / "house", "--file", path, "--out", tmp_path / "report")

    assert result.exit_code == 2
    assert "cases.jsonl" in result.stderr
