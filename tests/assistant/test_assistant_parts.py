import datetime as dt

import pytest

from assistant.parts import asking_sentence, parts, shares_date, stand_alone, without_errands, without_remark


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        (
            "Who installed the new furnace, and who put up the gutter guards?",
            ("Who installed the new furnace", "who put up the gutter guards?"),
        ),
        (
            "Nonna is asking: who put in the pump and also what did it cost us",
            ("Nonna is asking: who put in the pump", "what did it cost us"),
        ),
        (
            "Is the camera on? It blinks, as usual. And when did we paint the fence?",
            ("Is the camera on?", "when did we paint the fence?"),
        ),
        ("What's az4475x and why did we change to that?", ("What's az4475x", "why did we change to that?")),
        ("whens bin day & whats the gate code", ("whens bin day", "whats the gate code")),
        (
            "What did Mr. Jones charge, and when was the hall painted?",
            ("What did Mr. Jones charge", "when was the hall painted?"),
        ),
        ("who swept the flue and did the man look at the roof", ("who swept the flue", "did the man look at the roof")),
        ("When was the oak trimmed and is the ash dead?", ("When was the oak trimmed", "is the ash dead?")),
        ("Who fixed it? And when? And is the ash dead?", ("Who fixed it? when?", "is the ash dead?")),
        (
            "In 2019, who painted the hall and who fixed the roof?",
            ("In 2019, who painted the hall", "In 2019, who fixed the roof?"),
        ),
        (
            "For the guest house, whats the wifi password and whats the alarm code",
            ("For the guest house, whats the wifi password", "For the guest house, whats the alarm code"),
        ),
        (
            "At the cottage, who cleared the drain, and when? And is the ash dead?",
            ("At the cottage, who cleared the drain when?", "is the ash dead?"),
        ),
        (
            "On who paid, who knows, and where is the receipt?",
            ("On who paid, who knows", "where is the receipt?"),
        ),
        (
            "When is the M.O.T. due and where do we take it",
            ("When is the M.O.T. due", "where do we take it"),
        ),
        ("When was the M.O.T. Who did it?", ("When was the M.O.T.", "Who did it?")),
        ("What's the serial no. on the boiler?", ("What's the serial no. on the boiler?",)),
        ("What is the max. pressure of it?", ("What is the max. pressure of it?",)),
        ("He said no. who else does roofs? When are they here?", ("who else does roofs?", "When are they here?")),
        ("The no. of the vet? And the kennels?", ("The no. of the vet?", "And the kennels?")),
        ("¿Quién arregló la bomba? ¿Cuándo pintamos?", ("¿Quién arregló la bomba? ¿Cuándo pintamos?",)),
    ],
)
def test_a_question_is_parted_into_what_it_asks(question: str, asked: tuple[str, ...]) -> None:
    assert parts(question) == asked


@pytest.mark.parametrize(
    "question",
    [
        "Who fixed it and when?",
        "pump",
        "Who painted the fence and the hall?",
        "The pump hums and is hot. Who looks after it?",
        "Tell me of the pump and when it was bought",
        *(
            "When and where did we buy the sofa?",
            "when, and how much, did we pay?",
            "which days and what times is it open",
        ),
        *("who came round and did the gutters last year", "Who was here when we moved in and had the floors done?"),
        *("What did Mr. Jones charge for the fence?", "Where is Dr. Patel's number?"),
        "gate code",
        "We had the pump replaced. Who did it?",
        "I know who stained the fence. When was the pump bought?",
        "",
    ],
)
def test_one_question_stays_as_it_is(question: str) -> None:
    assert parts(question) == (question,)


@pytest.mark.parametrize(
    ("question", "alone"),
    [
        ("Who installed the new furnace, and who put up the gutter guards?", True),
        ("Who installed the new furnace, and what did it cost?", False),
        ("When did we paint the fence, and which colour did we use?", False),
        ("When was the pool pump replaced? And the fence gate?", False),
    ],
)
def test_parts_stand_alone_where_each_names_a_thing_of_its_own(question: str, alone: bool) -> None:
    assert stand_alone(parts(question)) == alone


@pytest.mark.parametrize(
    ("question", "shared"),
    [
        ("who painted the hall and who fixed the roof in 2019", True),
        ("who painted the hall and did the pump break last year", True),
        ("who painted the hall and when did Ray fix the roof", False),
        ("whens bin day and who fixed the roof in 2019", False),
        ("who painted the hall in 2019 and who fixed the roof", False),
        ("who painted the hall in 2018 and who fixed the roof in 2019", False),
        ("Who painted the hall? And who fixed the roof in 2019?", False),
        ("In 2019, who painted the hall and who fixed the roof?", False),
    ],
)
def test_a_date_at_the_end_may_be_that_of_all_questions(question: str, shared: bool) -> None:
    assert shares_date(parts(question), dt.date(2026, 10, 1)) == shared


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("How wide is the crack? He says the gutters are fine.", "How wide is the crack?"),
        ("We painted it. What blue is it? Mr. Hill wants to know.", "We painted it. What blue is it?"),
        ("which filter do we need. I mean the pool's", "which filter do we need."),
        ("The pump hums. Who sold it to us?", "The pump hums. Who sold it to us?"),
        ("Remind me of the pump. It hums.", "Remind me of the pump. It hums."),
        ("", ""),
    ],
)
def test_a_remark_is_what_is_told_behind_a_question(question: str, asked: str) -> None:
    assert without_remark(question) == asked


def test_the_asking_sentence_stands_between_what_is_told() -> None:
    assert asking_sentence("We painted it. Is it blue? I forgot.") == ("We painted it.", "Is it blue?")


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Which white is it? Also remind me to clean the gutters.", "Which white is it?"),
        ("Oh, and please remind us to call Al. Which white is it?", "Which white is it?"),
        ("Which white is it? (don't let me forget the dog)", "Which white is it?"),
        ("Which white is it? Please also remind me to call Al.", "Which white is it?"),
        ("Who is it? Also remind me to call him, what is his number?",) * 2,
        ("Remind me to clean the gutters.", "Remind me to clean the gutters."),
        ("Which white is it? Remind me who chose it.", "Which white is it? Remind me who chose it."),
        ("Which white is it? I mean the hall's.", "Which white is it? I mean the hall's."),
    ],
)
def test_what_it_wants_to_be_reminded_of_is_no_part_of_a_question(question: str, asked: str) -> None:
    assert without_errands(question) == asked
