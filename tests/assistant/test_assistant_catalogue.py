import re

import pytest

from assistant.build import EMBEDDER
from assistant.models.catalogue import CATALOGUE, HubFile, HubFolder, IndexFolder, IndexParts, PinnedFile
from assistant.models.model_choice import BEST, PACKAGED


def test_what_a_machine_without_the_hub_needs_is_in_the_package_index() -> None:
    assert isinstance(CATALOGUE[PACKAGED].sources[-1], IndexParts)
    assert isinstance(CATALOGUE[EMBEDDER].sources[-1], IndexFolder)


def test_the_hub_is_asked_for_a_commit_that_cannot_change() -> None:
    for weights in CATALOGUE.values():
        source = weights.sources[0]
        assert isinstance(source, HubFile | HubFolder)
        if isinstance(source, HubFile):
            assert re.fullmatch("[0-9a-f]{40}", source.revision), weights.name


def test_the_answer_writers_are_single_files_that_llama_cpp_reads() -> None:
    for name in (BEST, PACKAGED):
        (file,) = CATALOGUE[name].files
        assert file.path.endswith(".gguf")


def test_a_person_is_told_what_each_model_is_for() -> None:
    for weights in CATALOGUE.values():
        assert weights.title
        assert weights.licence
        assert weights.note.endswith(".")


def test_a_file_keeps_its_place_inside_its_models_folder() -> None:
    assert PinnedFile("1_Pooling/config.json", 1, "0" * 64).path == "1_Pooling/config.json"
    for path in ("../config.json", "/etc/config.json", "a/../../config.json", "a\\config.json"):
        with pytest.raises(ValueError, match="not a file that may be stored"):
            PinnedFile(path, 1, "0" * 64)
