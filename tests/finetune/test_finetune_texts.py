from collections import Counter

from classifier.memory import plain
from classifier.taxonomy import DEFAULT_TAXONOMY, NONE
from finetune.examples import SECOND_SET, check, load, read
from finetune.texts import (
    FOREIGN,
    MORE_PAPERS,
    packaged_texts,
    read_glossary,
    read_papers,
    read_workbooks,
    read_writers,
    sentences,
)


def test_the_packaged_papers_are_sound_and_cover_every_category() -> None:
    writers = read_writers()

    assert not check([paper for papers in writers for paper in papers])
    assert len(writers) >= 7
    assert sum(map(len, writers)) >= 1300
    for papers in writers:
        assert {paper.category for paper in papers} == set(DEFAULT_TAXONOMY.labels)
    assert min(Counter(paper.category for paper in read_papers(MORE_PAPERS)).values()) >= 15
    assert {row.category for row in read_papers(FOREIGN)} == set(DEFAULT_TAXONOMY.labels)


def test_workbooks_go_under_a_category_or_surely_under_none() -> None:
    matters = {note.family.rpartition("-")[0]: note.category for note in read_workbooks(DEFAULT_TAXONOMY)}

    assert matters["pool"] == matters["hot-tub"] == "pool"
    assert matters["boat"] == NONE
    assert "plumbing" not in matters  # some of its notes are about hot water
    assert set(matters.values()) == set(DEFAULT_TAXONOMY.labels)


def test_the_glossary_covers_every_category_and_names_nothing_twice() -> None:
    rows = read_glossary()

    sizes = Counter(row.category for row in rows)
    assert set(sizes) == set(DEFAULT_TAXONOMY.labels)
    assert min(sizes.values()) >= 300
    texts = Counter(plain(row.question) for row in rows)
    assert [text for text, times in texts.items() if times > 1] == []


def test_the_sentences_are_those_of_the_glossary_of_every_category() -> None:
    said = sentences(packaged_texts(DEFAULT_TAXONOMY))

    assert {each.family for each in said} <= {each.family for each in read_glossary()}
    assert min(Counter(each.category for each in said).values()) >= 600


def test_no_text_is_a_question_that_something_is_measured_on() -> None:
    measured = {plain(each.question) for each in (*load(), *read(SECOND_SET))}

    assert not measured & {plain(each.question) for each in packaged_texts(DEFAULT_TAXONOMY)}
