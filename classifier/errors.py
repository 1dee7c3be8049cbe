"""What can go wrong with routers.

RouterError
├── RouterUnavailable   a version that is missing, damaged or made for something else
└── TaxonomyError       a category that cannot be added, or that nobody knows
"""


class RouterError(Exception):
    """Base of everything that this package raises on purpose."""


class RouterUnavailable(RouterError):
    """A router version is missing, damaged, or made for another embedder."""


class TaxonomyError(RouterError):
    """A category is unknown, doubled, or badly formed."""
