"""Imports between the packages point one way, and what is heavy is imported where it is used."""

import ast
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("app", "assistant", "classifier", "finetune", "knowledge")
ALLOWED = {
    "app": {"assistant"},
    "assistant": {"classifier", "finetune", "knowledge"},
    "finetune": {"classifier", "knowledge"},
    "classifier": set[str](),
    "knowledge": set[str](),
}
HEAVY = {
    *("torch", "transformers", "sentence_transformers", "chromadb", "gradio", "sklearn", "xllamacpp", "ollama"),
    *("peft", "datasets", "trl", "accelerate", "scipy", "pandas", "matplotlib"),
}
HEAVY_WHERE_USED = {"assistant/web": {"gradio"}}
"""A page cannot be written without its widgets; nothing outside imports these modules before it shows a page."""


@dataclass(frozen=True)
class Import:
    package: str
    """The package imported from, without what follows the first dot."""
    line: int
    deferred: bool
    """Inside a function, or only for the type checker."""


def sources() -> list[Path]:
    files = [ROOT / "app.py", *(path for package in PACKAGES[1:] for path in (ROOT / package).rglob("*.py"))]
    return sorted(path for path in files if path.exists())


def imports(tree: ast.AST, deferred: bool = False) -> Iterator[Import]:
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.Import(names=names):
                yield from (Import(name.name.partition(".")[0], node.lineno, deferred) for name in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield Import(module.partition(".")[0], node.lineno, deferred)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                yield from imports(node, deferred=True)
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                yield from (each for part in node.body for each in imports(ast.Module([part], []), deferred=True))
                yield from (each for part in node.orelse for each in imports(ast.Module([part], []), deferred))
            case _:
                yield from imports(node, deferred)


def wrong_arrows(path: str, source: str) -> list[str]:
    package = path.partition("/")[0].removesuffix(".py")
    allowed = ALLOWED[package] | {package}
    return [
        f"{path}:{each.line} imports {each.package}"
        for each in imports(ast.parse(source))
        if each.package in PACKAGES and each.package not in allowed
    ]


def heavy_at_the_top(path: str, source: str) -> list[str]:
    allowed = {name for folder, names in HEAVY_WHERE_USED.items() if path.startswith(folder + "/") for name in names}
    return [
        f"{path}:{each.line} imports {each.package}"
        for each in imports(ast.parse(source))
        if not each.deferred and each.package in HEAVY - allowed
    ]


@pytest.mark.parametrize("path", [str(path.relative_to(ROOT)) for path in sources()])
def test_imports_point_one_way_and_heavy_ones_wait(path: str) -> None:
    source = (ROOT / path).read_text("utf-8")

    assert wrong_arrows(path, source) == []
    assert heavy_at_the_top(path, source) == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("knowledge/a.py", "import assistant.settings"),
        ("knowledge/a.py", "def f():\n    from classifier.decision import Router"),
        ("classifier/a.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from knowledge import note"),
        ("classifier/sub/a.py", "class A:\n    import finetune"),
        ("knowledge/a.py", "try:\n    from finetune.train import train\nexcept ImportError:\n    pass"),
        ("finetune/a.py", "from assistant import build"),
        ("assistant/a.py", "import app"),
    ],
)
def test_an_arrow_that_points_back_would_be_seen(path: str, source: str) -> None:
    assert len(wrong_arrows(path, source)) == 1


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("knowledge/a.py", "import chromadb.config"),
        ("classifier/a.py", "try:\n    from torch import nn\nexcept ImportError:\n    pass"),
        ("assistant/a.py", "class A:\n    import gradio"),
        ("assistant/web/a.py", "import gradio\nimport torch"),
        ("finetune/a.py", "if TYPE_CHECKING:\n    import numpy\nelse:\n    import sklearn"),
    ],
)
def test_a_heavy_import_at_the_top_would_be_seen(path: str, source: str) -> None:
    assert len(heavy_at_the_top(path, source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    import torch",
        "if TYPE_CHECKING:\n    import torch",
        "async def f():\n    if 1:\n        import torch",
    ],
)
def test_a_heavy_import_where_it_is_used_is_fine(source: str) -> None:
    assert heavy_at_the_top("knowledge/a.py", source) == []


def test_no_package_imports_relatively() -> None:
    # Relative imports would slip through the checks above.
    relative = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level
    ]

    assert relative == []


def test_the_rooms_and_the_command_line_load_nothing_heavy() -> None:
    modules = ["assistant", "classifier", "knowledge", "finetune.examples"]
    modules += [name for name in ("assistant.cli", "app") if importlib.util.find_spec(name)]
    modules += ["knowledge." + path.stem for path in (ROOT / "knowledge").glob("[a-z]*.py")]
    program = f"import sys, {', '.join(modules)}\nprint(*sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)

    assert "knowledge.library" in loaded.stdout.split()
    # sqlite_utils takes pandas along where something else has brought it here.
    assert (HEAVY - {"pandas"}) & set(loaded.stdout.split()) == set()
