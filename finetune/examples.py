"""Training questions: reading them, checking them, and splitting them so that no paraphrase is on both sides."""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path

from classifier.taxonomy import NONE

PACKAGED = Path(__file__).parent / "data" / "questions"
"""The questions written for this project, one file a category."""
SECOND_SET = PACKAGED.parent / "second_set.jsonl"
"""Questions written apart from those, used for nothing but final figures."""


class ExamplesRejected(Exception):
    """A set of examples cannot be trained on; the message lists what is wrong with it."""


@dataclass(frozen=True)
class Example:
    """A question with its label; questions of one family mean the same."""

    question: str
    category: str
    family: str
    style: str = ""


def load(path: Path = PACKAGED) -> list[Example]:
    """Read examples from a JSON Lines file, or from all of them in a folder.

    Raises:
        ExamplesRejected: a file is missing, a line is no example, or `check` finds something wrong.
    """
    examples = read(path)
    if problems := check(examples):
        raise ExamplesRejected(f"{path}: " + "; ".join(problems[:5]))
    return examples


def read(path: Path) -> list[Example]:
    """Read examples as `load` does, to measure on: any number of any category will do.

    Raises:
        ExamplesRejected: a file is missing, a line is no example, or there is none.
    """
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    examples = [example for file in files for example in _read(file)]
    if not examples:
        raise ExamplesRejected(f"{path} holds no examples.")
    return examples


def check(examples: Sequence[Example]) -> list[str]:
    """Return what is wrong with a set of examples, in plain words; nothing when it can be trained on."""
    problems = []
    families = defaultdict(set)
    seen: dict[str, str] = {}
    for example in examples:
        families[example.family].add(example.category)
        words = " ".join(example.question.casefold().split())
        if not words:
            problems.append(f"an empty question in family {example.family!r}")
        elif seen.setdefault(words, example.family) != example.family:
            problems.append(f"{example.question!r} stands in the families {seen[words]!r} and {example.family!r}")
    problems += [
        f"family {family!r} spans the categories {', '.join(sorted(categories))}"
        for family, categories in families.items()
        if len(categories) > 1
    ]
    sizes = Counter(category for categories in families.values() for category in sorted(categories))
    problems += [
        f"{category!r} has {size} families; it needs 5 to be split" for category, size in sizes.items() if size < 5
    ]
    if NONE not in sizes or len(sizes) < 3:
        problems.append(f"there must be two categories and {NONE!r}, not only {', '.join(sorted(sizes)) or 'nothing'}")
    return problems


def folds(examples: Sequence[Example], count: int, seed: int = 0) -> Iterator[tuple[list[int], list[int]]]:
    """Yield (training, held-out) indices `count` times, every family whole on one side, every category on both.

    Raises:
        ExamplesRejected: a category has fewer families than there are folds.
    """
    random_ = random.Random(seed)
    by_category: dict[str, list[str]] = defaultdict(list)
    for example in examples:
        if example.family not in by_category[example.category]:
            by_category[example.category].append(example.family)
    fold_of: dict[str, int] = {}
    for category, families in by_category.items():
        if not 2 <= count <= len(families):
            raise ExamplesRejected(f"{category!r} has {len(families)} families; they cannot make {count} folds.")
        random_.shuffle(families)
        fold_of |= {family: at % count for at, family in enumerate(families)}
    for fold in range(count):
        held_out = [at for at, example in enumerate(examples) if fold_of[example.family] == fold]
        training = [at for at, example in enumerate(examples) if fold_of[example.family] != fold]
        yield training, held_out


@dataclass(frozen=True)
class Split:
    """Examples in three parts, every family whole in one of them."""

    training: list[Example]
    validation: list[Example]
    test: list[Example]

    @property
    def all(self) -> list[Example]:
        """The examples of all parts."""
        return [*self.training, *self.validation, *self.test]

    def only(self, keep: Callable[[Example], bool]) -> Split:
        """Return it with those examples alone that are to be kept, each in its part."""
        return Split(*([each for each in part if keep(each)] for part in (self.training, self.validation, self.test)))

    def renamed(self, names: Mapping[str, str]) -> Split:
        """Return it with its labels by other names, each example in its part; a label without a name is left out."""
        known = self.only(lambda each: each.category in names)
        parts = known.training, known.validation, known.test
        return Split(*([replace(each, category=names[each.category]) for each in part] for part in parts))


def split(examples: Sequence[Example], share: float = 0.15) -> Split:
    """Split examples by family: `share` of every category's questions to validate on, as much to test on.

    The same examples fall into the same parts for every training, whatever its seed: what one was taught is no test of
    another. Where a household renamed their categories since, they are to be split first, and renamed afterwards.

    Raises:
        ExamplesRejected: a category has too few families for three parts.
    """
    sizes: dict[str, Counter[str]] = defaultdict(Counter)
    for example in examples:
        sizes[example.category][example.family] += 1
    part_of: dict[str, str] = {}
    for category, families in sorted(sizes.items()):
        if len(families) < 3:
            raise ExamplesRejected(f"{category!r} has {len(families)} families; three parts need 3.")
        drawn = sorted(families)
        random.Random(f"0 {category}").shuffle(drawn)
        for part in ("validation", "test"):
            taken = 0
            while taken < share * families.total() and len(drawn) > (2 if part == "validation" else 1):
                family = drawn.pop()
                taken += families[family]
                part_of[family] = part
    parts: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        parts[part_of.get(example.family, "training")].append(example)
    return Split(parts["training"], parts["validation"], parts["test"])


def data_hash(examples: Iterable[Example]) -> str:
    """A short fingerprint of the examples, whatever their order."""
    lines = sorted(f"{example.category}\x1f{example.family}\x1f{example.question}" for example in examples)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def _read(path: Path) -> Iterator[Example]:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ExamplesRejected(f"{path} cannot be read ({error}).") from error
    # `splitlines` would also split at U+2028 and its like, which JSON allows within a string.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
            example = Example(fields["question"], fields["category"], fields["family"], fields.get("style", ""))
            if not all(isinstance(value, str) for value in astuple(example)):
                raise ValueError("every field must be text")
            yield example
        except (ValueError, KeyError, TypeError) as error:
            raise ExamplesRejected(f"{path.name}, line {number}: not an example ({error}).") from error
