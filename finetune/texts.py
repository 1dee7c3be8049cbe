"""Labelled texts beside the packaged questions: papers, notebooks, a glossary; learning from them is left to others."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from classifier.taxonomy import NONE, Taxonomy
from finetune.examples import Example

DATA = Path(__file__).parent / "data"
PAPERS = DATA / "papers"
"""The papers of an invented family, one file a category."""
MORE_PAPERS = DATA / "more_papers"
"""Papers of many households, in six languages, some with a scanner's slips."""
PAPERS_OF = DATA / "papers_of"
"""Papers of one writer a file: long ones, with all that surrounds the lines that matter."""
FOREIGN = DATA / "foreign_words.jsonl"
"""What things are called on German, French, Spanish, Italian and Dutch papers."""
GLOSSARY = DATA / "glossary"
"""The words by which people mean a matter without its name, one file a category."""
WORKBOOKS = DATA / "workbooks"
"""Notebooks of many families, each about one matter, which is not always a category."""
SAID = "said"
"""The style of the glossary's sentences; its words are each a `term`."""
UNDER = {"hot tub": "pool", "washing machine": "appliances"}
"""The categories of workbooks' matters that are called otherwise."""
OF_NONE = frozenset(
    "alarm system,bathroom,bicycle,boat,garage door,health,lawn mower,pets,school,septic tank,well pump,"
    "wifi and network".split(",")
)
"""Matters of workbooks that are of no category; those that are not named here touch one."""


def read_papers(path: Path = PAPERS) -> list[Example]:
    """Read papers from JSON Lines of `title`, `text`, `category`, `family` and `kind`: a file, or all of a folder."""
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    rows = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    return [
        Example(f"{row['title']}\n{row['text']}", row["category"], row["family"], row.get("kind", "")) for row in rows
    ]


def read_writers() -> list[list[Example]]:
    """Read the packaged papers, those of one writer after the other."""
    return [read_papers(PAPERS), read_papers(MORE_PAPERS), *map(read_papers, sorted(PAPERS_OF.glob("*.jsonl")))]


def read_workbooks(taxonomy: Taxonomy, path: Path = WORKBOOKS) -> list[Example]:
    """Read the notes of workbooks whose matter is a category, or surely none."""
    found = []
    for file in sorted(path.glob("*.json")):
        book = json.loads(file.read_text("utf-8"))
        matter = NONE if book["category"] in OF_NONE else UNDER.get(book["category"], book["category"])
        if matter in taxonomy.labels:
            found += [Example(f"{note['title']}\n{note['text']}", matter, file.stem) for note in book["notes"]]
    return found


def read_glossary(path: Path = GLOSSARY) -> list[Example]:
    """Read what people call things, a few words or a sentence each; their style is `term` or `said`."""
    rows = [json.loads(line) for file in sorted(path.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines()]
    return [Example(row["text"], row["category"], f"glossary {row['category']}", row["kind"]) for row in rows]


def sentences(texts: Sequence[Example]) -> list[Example]:
    """Return the texts that are said as a question is: what a language model can read among its questions."""
    return [text for text in texts if text.style == SAID]


def packaged_texts(taxonomy: Taxonomy) -> list[Example]:
    """Read all of them: what a router's words are learned from beside its questions."""
    papers = [paper for papers in read_writers() for paper in papers]
    return [*papers, *read_workbooks(taxonomy), *read_papers(FOREIGN), *read_glossary()]
