"""The categories a house's questions and notes fall into; they are data, so a household can have its own."""

from __future__ import annotations

import json
import string
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from classifier.errors import TaxonomyError

NONE = "none"
"""The label of a question that belongs to no category; it is no category itself."""


def in_words(label: str) -> str:
    """Return a label as people read it."""
    return "no category" if label == NONE else label


@dataclass(frozen=True)
class Category:
    """One kind of household matter.

    The code is what a language model learns to answer: opaque, so that it cannot lean on the word itself.
    """

    name: str
    code: str
    definition: str

    def __post_init__(self) -> None:
        if not self.name or self.name != self.name.strip() or self.name.casefold() == NONE:
            raise TaxonomyError(f"{self.name!r} cannot name a category.")
        if len(self.code) != 2 or not all(letter in string.ascii_uppercase for letter in self.code):
            raise TaxonomyError(f"The code of {self.name!r} must be two capital letters, not {self.code!r}.")


@dataclass(frozen=True)
class Taxonomy:
    """The categories of one house, in the order of their names."""

    categories: tuple[Category, ...]

    def __post_init__(self) -> None:
        names = [name.casefold() for name in self.names]
        for what, values in (("name", names), ("code", [category.code for category in self.categories])):
            doubled = {value for value in values if values.count(value) > 1}
            if doubled:
                raise TaxonomyError(f"Two categories have the {what} {sorted(doubled)[0]!r}.")

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str, str]]) -> Taxonomy:
        """Make a taxonomy of (name, code, definition) rows; raises TaxonomyError."""
        return cls(tuple(sorted((Category(*row) for row in rows), key=lambda category: category.name.casefold())))

    @classmethod
    def in_order(cls, rows: Iterable[Sequence[str]]) -> Taxonomy:
        """Make a taxonomy of what `rows` was, in the order that it had; raises TaxonomyError."""
        return cls(tuple(Category(*row) for row in rows))

    @property
    def names(self) -> list[str]:
        """The names of the categories, without `none`."""
        return [category.name for category in self.categories]

    @property
    def labels(self) -> list[str]:
        """Everything a router may answer: the names of the categories, and `none`."""
        return [*self.names, NONE]

    @property
    def rows(self) -> list[list[str]]:
        """The name, code and definition of each category, as a router says what it was taught."""
        return [[each.name, each.code, each.definition] for each in self]

    def __iter__(self) -> Iterator[Category]:
        return iter(self.categories)

    def __len__(self) -> int:
        return len(self.categories)

    def __contains__(self, name: object) -> bool:
        return name in self.names


def read_taxonomy(path: Path) -> Taxonomy:
    """Read categories from JSON Lines of `name`, `code` and `definition`; raises TaxonomyError."""
    try:
        lines = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]
        return Taxonomy.of((line["name"], line["code"], line.get("definition", "")) for line in lines)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise TaxonomyError(f"{path} holds no categories ({error}). Give a name and a code on each line.") from error


_DEFINITIONS = {
    "appliances": "indoor household machines: fridge, dishwasher, washer, dryer, oven, microwave, disposal, vacuum; "
    "their repairs, models, filters, warranties",
    "brick work": "masonry, mortar, tuckpointing, brick steps, chimney brick, pavers",
    "car": "the vehicles: service, tyres, registration, car insurance",
    "cooking": "recipes, ingredients, where food is bought, how dishes are made",
    "doorbell": "doorbell, chime, door camera button",
    "electric": "panel, breakers, outlets, wiring, switches, indoor light fixtures, generator, electrician",
    "fence": "fence, gate, posts, staining the boards",
    "fountain": "ornamental water feature",
    "garden lights": "outdoor landscape, path and up-lighting",
    "gutters": "gutters, downspouts, leaf guards",
    "hvac": "heating, air conditioning, thermostat, ducts, air filters, furnace, heat pump",
    "irrigation": "sprinklers, drip, controller zones, backflow preventer",
    "mosquito": "misting system, spraying, treatment",
    "painting": "rooms and house: colours, brands, painters",
    "pool": "pool and spa with their heater, pump, filter, chemicals",
    "tree service": "trimming, removal, stumps, arborist",
    "water heater": "hot water, tank and tankless, recirculation",
    "window service": "window cleaning, glass, screens, seals",
}

DEFAULT_TAXONOMY = Taxonomy.of(
    (name, letter * 2, definition)
    for letter, (name, definition) in zip(string.ascii_uppercase, sorted(_DEFINITIONS.items()), strict=False)
)
"""The categories that a new house starts with."""
