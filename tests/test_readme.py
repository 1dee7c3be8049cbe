"""The README's tree of modules, which newcomers find their way by."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = [
    path
    for room in ("assistant", "classifier", "finetune", "knowledge")
    for path in sorted((ROOT / room).rglob("*.py"))
    if path.name != "__init__.py" and not path.name.startswith("render_") and path.parent.name != "commands"
]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_stands_in_the_tree(module: Path) -> None:
    _, _, tree = (ROOT / "README.md").read_text("utf-8").partition("\napp.py  ")
    tree, _, _ = tree.partition("```")
    assert tree
    named = module.name if module.name != "render.py" else "render*.py"
    assert re.search(rf"(?<!\w){re.escape(named)}", tree)
