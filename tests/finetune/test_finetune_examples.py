import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest

from classifier.taxonomy import DEFAULT_TAXONOMY, NONE
from classifier.versions import CONFIG_FILE
from finetune.examples import PACKAGED, Example, ExamplesRejected, check, data_hash, folds, load, split
from finetune.packaged import packaged as packaged_router


def sound(families: int = 6) -> list[Example]:
    """Two categories and none, each with families of two questions."""
    return [
        Example(f"{label} question {family}, {wording}", label, f"{label}-{family}", wording)
        for label in ("car", "pool", NONE)
        for family in range(families)
        for wording in ("plain", "terse")
    ]


def write(path: Path, examples: Sequence[Example]) -> Path:
    lines = (json.dumps(vars(example), ensure_ascii=False) for example in examples)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


# --- reading --------------------------------------------------------------------------------------------------


def test_a_file_gives_its_examples_in_order(tmp_path: Path) -> None:
    examples = sound()

    assert load(write(tmp_path / "mine.jsonl", examples)) == examples


def test_a_folder_gives_the_examples_of_all_its_json_lines_files(tmp_path: Path) -> None:
    examples = sound()
    write(tmp_path / "b.jsonl", examples[:10])
    write(tmp_path / "a.jsonl", examples[10:])
    (tmp_path / "README.md").write_text("not an example", "utf-8")

    assert load(tmp_path) == [*examples[10:], *examples[:10]]


def test_blank_lines_missing_styles_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    lines = [json.dumps({"question": e.question, "category": e.category, "family": e.family}) for e in sound()]
    (tmp_path / "mine.jsonl").write_bytes("\r\n\r\n".join(lines).encode())

    examples = load(tmp_path / "mine.jsonl")

    assert [example.question for example in examples] == [example.question for example in sound()]
    assert {example.style for example in examples} == {""}


def test_any_character_that_json_allows_may_stand_in_a_question(tmp_path: Path) -> None:
    strange = Example("wo ist\u2028der Pool\u0085filter\x7f 🏊?", "pool", "pool-strange")

    assert load(write(tmp_path / "mine.jsonl", [*sound(), strange]))[-1] == strange


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"question": "when"', "delimiter"),
        ("when did we paint?", "Expecting value"),
        ('["when", "pool", "pool-1"]', "indices"),
        ("null", "NoneType"),
        ("12", "int"),
        ('{"category": "pool", "family": "pool-1"}', "'question'"),
        ('{"question": "when", "family": "pool-1"}', "'category'"),
        ('{"question": "when", "category": "pool"}', "'family'"),
        ('{"question": null, "category": "pool", "family": "pool-1"}', "must be text"),
        ('{"question": "when", "category": ["pool"], "family": "pool-1"}', "must be text"),
        ('{"question": "when", "category": "pool", "family": 1}', "must be text"),
    ],
)
def test_a_line_that_is_no_example_is_refused_by_file_and_number(tmp_path: Path, line: str, reason: str) -> None:
    path = write(tmp_path / "mine.jsonl", sound())
    count = len(path.read_text("utf-8").splitlines())
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")

    with pytest.raises(ExamplesRejected, match=rf"mine\.jsonl, line {count + 2}: not an example \(.*{reason}"):
        load(path)


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_a_file_in_another_encoding_is_refused_by_its_name(tmp_path: Path, encoding: str) -> None:
    text = '{"question": "où est la piscine", "category": "pool", "family": "pool-1"}'
    (tmp_path / "mine.jsonl").write_bytes(text.encode(encoding))

    with pytest.raises(ExamplesRejected, match=r"mine\.jsonl cannot be read .*utf-8"):
        load(tmp_path / "mine.jsonl")


def test_a_missing_file_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(ExamplesRejected, match=r"nowhere\.jsonl cannot be read"):
        load(tmp_path / "nowhere.jsonl")


def test_a_folder_or_a_file_without_examples_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExamplesRejected, match="holds no examples"):
        load(tmp_path)
    (tmp_path / "empty.jsonl").touch()
    with pytest.raises(ExamplesRejected, match="holds no examples"):
        load(tmp_path / "empty.jsonl")


def test_examples_that_cannot_be_trained_on_are_refused_with_what_is_wrong(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.jsonl", [*sound(), Example("which roof?", "roof", "roof-1")])

    with pytest.raises(ExamplesRejected, match=r"mine\.jsonl: 'roof' has 1 families; it needs 5"):
        load(path)


def test_of_many_problems_the_first_five_are_told(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.jsonl", [Example(f"what {at}?", f"category {at}", f"family {at}") for at in range(9)])

    with pytest.raises(ExamplesRejected) as refusal:
        load(path)

    assert str(refusal.value).count("has 1 families") == 5


# --- checking -------------------------------------------------------------------------------------------------


def test_sound_examples_have_no_problems() -> None:
    assert check(sound()) == []
    assert check(sound(families=5)) == []


def test_a_question_in_two_families_is_found_whatever_its_case_and_spaces() -> None:
    examples = [
        *sound(),
        Example("When was the filter changed?", "pool", "pool-0"),
        Example(" when WAS the  filter\nchanged?", "car", "car-0"),
    ]

    [problem] = check(examples)

    assert "stands in the families 'pool-0' and 'car-0'" in problem


def test_an_empty_question_is_found() -> None:
    assert check([*sound(), Example(" \n", "pool", "pool-0")]) == ["an empty question in family 'pool-0'"]


def test_a_family_that_spans_categories_is_found() -> None:
    examples = [*sound(), Example("is the pool heated?", "pool", "shared"), Example("is the car?", "car", "shared")]

    assert check(examples) == ["family 'shared' spans the categories car, pool"]


def test_a_category_with_fewer_than_five_families_is_found_however_many_questions_it_has() -> None:
    examples = [*sound(), *(Example(f"roof question {at}", "roof", f"roof-{at % 4}") for at in range(40))]

    assert check(examples) == ["'roof' has 4 families; it needs 5 to be split"]


@pytest.mark.parametrize(
    ("left", "there"), [({"car", "pool"}, "car, pool"), ({"pool", NONE}, "none, pool"), ({NONE}, "none")]
)
def test_nothing_to_tell_apart_is_found(left: set[str], there: str) -> None:
    examples = [example for example in sound() if example.category in left]

    assert check(examples) == [f"there must be two categories and 'none', not only {there}"]


# --- splitting ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("families", "count"), [(5, 5), (7, 5), (6, 2), (7, 3)])
def test_folds_keep_families_whole_and_every_category_on_both_sides(families: int, count: int) -> None:
    examples = sound(families)

    splits = list(folds(examples, count))

    assert len(splits) == count
    for training, held_out in splits:
        assert sorted([*training, *held_out]) == list(range(len(examples)))
        assert not {examples[at].family for at in training} & {examples[at].family for at in held_out}
        for side in (training, held_out):
            assert {examples[at].category for at in side} == {"car", "pool", NONE}


def test_every_example_is_held_out_exactly_once() -> None:
    held_out = [at for _, part in folds(sound(7), 5) for at in part]

    assert sorted(held_out) == list(range(len(sound(7))))


def test_folds_are_the_same_for_one_seed_and_others_for_another() -> None:
    examples = sound(12)

    assert list(folds(examples, 3, seed=1)) == list(folds(examples, 3, seed=1))
    assert list(folds(examples, 3, seed=1)) != list(folds(examples, 3, seed=2))


@pytest.mark.parametrize("count", [0, 1, 7])
def test_a_count_of_folds_that_leaves_a_side_without_a_category_is_refused(count: int) -> None:
    with pytest.raises(ExamplesRejected, match=f"has 6 families; they cannot make {count} folds"):
        list(folds(sound(6), count))


def test_parts_renamed_after_the_split_are_those_of_before() -> None:
    parts = split(sound(12))
    renamed = parts.renamed({"pool": "swimming pool", "car": "swimming pool", NONE: NONE})
    assert [[each.question for each in part] for part in (renamed.training, renamed.validation, renamed.test)] == [
        [each.question for each in part] for part in (parts.training, parts.validation, parts.test)
    ]
    assert {each.category for each in renamed.all} == {"swimming pool", NONE}
    assert {each.category for each in parts.renamed({"pool": "pool"}).all} == {"pool"}


# --- the fingerprint ------------------------------------------------------------------------------------------


def test_the_fingerprint_ignores_the_order() -> None:
    assert data_hash(reversed(sound())) == data_hash(sound())


@pytest.mark.parametrize("changed", [{"question": "another?"}, {"category": "fence"}, {"family": "pool-99"}])
def test_the_fingerprint_changes_with_every_field_that_training_sees(changed: dict[str, str]) -> None:
    first, *rest = sound()

    assert data_hash([Example(**{**vars(first), **changed}), *rest]) != data_hash(sound())
    assert data_hash(rest) != data_hash(sound())


# --- the packaged questions -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def packaged() -> list[Example]:
    return load()


def test_the_packaged_questions_can_be_trained_on(packaged: list[Example]) -> None:
    assert check(packaged) == []


def test_the_packaged_questions_cover_the_default_taxonomy_and_none_well(packaged: list[Example]) -> None:
    sizes = Counter(example.category for example in packaged)

    assert set(sizes) == set(DEFAULT_TAXONOMY.labels)
    assert min(sizes[name] for name in DEFAULT_TAXONOMY.names) >= 110
    assert sizes[NONE] >= 400


def test_every_packaged_category_has_questions_of_all_styles(packaged: list[Example]) -> None:
    styles = defaultdict(set)
    for example in packaged:
        styles[example.category].add(example.style)

    for name in DEFAULT_TAXONOMY.names:
        assert styles[name] == {"plain", "indirect", "terse", "typo", "long", "hard"}, name
    assert styles[NONE] == {"household", "general", "talk", "noise"}


def test_every_packaged_file_holds_one_category_whose_families_bear_its_name() -> None:
    for path in PACKAGED.glob("*.jsonl"):
        examples = [json.loads(line) for line in path.read_text("utf-8").splitlines()]

        assert {example["category"].replace(" ", "-") for example in examples} == {path.stem}
        assert all(example["family"].startswith(f"{path.stem}-") for example in examples), path


def test_no_packaged_question_occurs_twice(packaged: list[Example]) -> None:
    # Not only not in two families, which `check` finds, but not within one either.
    questions = Counter(" ".join(example.question.casefold().split()) for example in packaged)

    assert [question for question, times in questions.items() if times > 1] == []


def test_the_packaged_questions_are_split_as_they_were_for_the_packaged_router(packaged: list[Example]) -> None:
    parts = split(packaged)
    taught = json.loads((packaged_router() / CONFIG_FILE).read_text("utf-8"))

    assert taught["data_hash"] == data_hash(packaged)
    sizes = {"training": len(parts.training), "validation": len(parts.validation), "test": len(parts.test)}
    assert {part: taught["examples"][part] for part in sizes} == sizes
    # What it was judged by, which no other split may have it taught.
    assert data_hash(parts.test) == "d843b86f0f36"
