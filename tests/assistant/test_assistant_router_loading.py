from functools import cached_property

import pytest
from conftest import WordEmbedder
from taught_house import TaughtHouse

from assistant.router_loading import RouterLoader
from classifier.errors import RouterUnavailable


class Unfetched(TaughtHouse):
    """A house whose encoder was never fetched, and is not to be."""

    @cached_property
    def embedder(self) -> WordEmbedder:
        raise AssertionError("the encoder was asked for")


@pytest.fixture
def loader(taught: TaughtHouse) -> RouterLoader:
    return RouterLoader(Unfetched(taught.settings))


def test_which_router_serves_is_told_and_changed_without_fetching_anything(loader: RouterLoader) -> None:
    version = loader.ensure()

    assert (version.name, version.serving) == ("first", True)
    assert loader.misfit(version) == ""
    assert loader.promote("first").serving


def test_a_router_whose_head_is_damaged_is_refused_before_anything_is_fetched(loader: RouterLoader) -> None:
    version = loader.ensure()
    head = version.folder / "head.safetensors"
    head.write_bytes(head.read_bytes()[:-7])

    with pytest.raises(RouterUnavailable):
        loader.load(version)
