import pytest
from small_house import pretend_fetched

from assistant.errors import WeightsUnavailable
from assistant.models.catalogue import CATALOGUE
from assistant.models.model_choice import BEST, PACKAGED, choose, fetched
from assistant.models.weights import ModelStore, unheard
from assistant.settings import read_settings

pytestmark = pytest.mark.usefixtures("bare_environment")


def test_a_best_that_cannot_be_had_is_exchanged_where_nobody_asked_for_it() -> None:
    settings = read_settings()
    store = ModelStore(settings.models, hub=settings.hub)
    best = choose(settings, store)
    pretend_fetched(store, PACKAGED)

    assert best.name == BEST
    assert fetched(best, settings, store, unheard) == (store.path(CATALOGUE[PACKAGED]), CATALOGUE[PACKAGED])


def test_a_best_that_the_settings_ask_for_is_not_exchanged() -> None:
    settings = read_settings(model=BEST)
    store = ModelStore(settings.models, hub=settings.hub)
    pretend_fetched(store, PACKAGED)

    with pytest.raises(WeightsUnavailable):
        fetched(choose(settings, store), settings, store, unheard)
