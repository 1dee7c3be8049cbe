"""The packaged router as a new house gets it: both halves, on the real base and the real encoder."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from assistant.build import EMBEDDER, House
from assistant.corrections import Correction
from assistant.models.catalogue import CATALOGUE
from assistant.settings import read_settings
from classifier.fused import FusedRouter
from classifier.newcomers import AdaptedRouter
from classifier.taxonomy import DEFAULT_TAXONOMY, NONE
from finetune.examples import load
from finetune.packaged import FOLDER

pytestmark = pytest.mark.models

PLAIN = {
    "When did we last replace the pool pump?": "pool",
    "Who cleaned the gutters last autumn?": "gutters",
    "What temperature should the thermostat be set to at night?": "hvac",
    "Which breaker is the microwave on?": "electric",
    "How long do I bake grandma's lasagna?": "cooking",
    "When is the next oil change for the Subaru?": "car",
    "Who trimmed the oak tree?": "tree service",
    "What colour is the living room wall?": "painting",
}
SERVING = """
import re, sys
from pathlib import Path
from assistant.build import House
from assistant.settings import read_settings
router = House(read_settings(home=Path(sys.argv[1]))).router()
router.classify(["Who fixed the fence?"] * 8)
print(re.search(r"VmRSS:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""
FOREIGN = ["Who wrote Don Quixote?", "Thanks, that was helpful!", "asdf qwer zxcv"]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(read_settings(home=tmp_path_factory.mktemp("router") / "house"))
    house.store.ensure(CATALOGUE[EMBEDDER])
    yield house


def test_it_is_small_says_what_it_was_made_of_and_how_well_it_does() -> None:
    (folder,) = (path for path in FOLDER.iterdir() if path.is_dir())
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    config = json.loads((folder / "train_config.json").read_text())
    report = json.loads((folder / "report.json").read_text())

    assert size <= 12_000_000
    assert config["base"]["sha256"] == CATALOGUE[config["base"]["name"]].files[0].sha256
    assert [name for name, _, _ in config["categories"]] == DEFAULT_TAXONOMY.names
    assert set(report) == {"fused", "language_model", "without_language_model", "encoder", "words"}
    fused = report.pop("fused")
    assert fused["accuracy"] > max(alone["accuracy"] for alone in report.values())


def test_it_labels_what_is_plainly_put_and_knows_what_is_not_of_the_house(house: House) -> None:
    router = house.router()

    decisions = router.classify([*PLAIN, *FOREIGN])

    assert isinstance(router, AdaptedRouter) and isinstance(router.trained, FusedRouter)
    right = [decision.category == label for decision, label in zip(decisions, PLAIN.values(), strict=False)]
    assert sum(right) >= len(PLAIN) - 1
    assert [decision.category for decision in decisions[len(PLAIN) :]] == [None] * len(FOREIGN)
    for decision in decisions:
        assert set(decision.probabilities) == {*DEFAULT_TAXONOMY.names, NONE}
        assert sum(decision.probabilities.values()) == pytest.approx(1, abs=1e-6)


def test_the_same_question_alone_or_among_others_gets_the_same_label(house: House) -> None:
    router = house.router()
    together = [decision.category for decision in router.classify([*PLAIN, *FOREIGN])]

    assert [router.classify([question])[0].category for question in [*PLAIN, *FOREIGN]] == together


def test_a_correction_is_followed_by_its_rewordings_and_leads_nothing_else_astray(house: House) -> None:
    told = "Who installed the camera at the front door?"
    rewordings = ["Who put in the front door camera?", "who fitted the camera by the front door", told.upper()]
    others = [each.question for each in load()[::116]][:100]
    router = house.serving()
    before = [decision.category for decision in router.classify(others)]
    correction = house.corrections.tell(Correction(told, "electric", overruled="doorbell"))

    again = House(house.settings).serving()  # after a restart

    assert [decision.category for decision in again.classify([told, *rewordings])] == ["electric"] * 4
    assert len(before) == 100
    assert [decision.category for decision in again.classify(others)] == before
    house.corrections.remove([correction.id])


def test_a_category_of_ones_own_works_at_once(house: House) -> None:
    router = house.serving()
    examples = ["Who set the alarm code?", "When was the alarm panel installed?", "Is the burglar alarm armed?"]
    house.categories.add("alarm", "burglar alarm, its panel, sensors and codes", examples)

    labels = [decision.category for decision in router.classify(["What is the code of the alarm panel?", *PLAIN])]

    assert labels[0] == "alarm"
    assert sum(label == right for label, right in zip(labels[1:], PLAIN.values(), strict=True)) >= len(PLAIN) - 1
    house.categories.remove("alarm")


def test_a_process_that_serves_it_stays_below_its_bound_of_memory(house: House) -> None:
    """2.5 GB resident, everything that labels included."""
    house.router()  # everything is fetched and unpacked
    command = [sys.executable, "-c", SERVING, str(house.settings.home)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=200)

    assert int(run.stdout.split()[-1]) * 1024 < 2.5e9
