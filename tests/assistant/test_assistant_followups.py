from collections.abc import Callable

import pytest

from assistant.conversation import Question, Reply, Turn
from assistant.details import AnswerDetails, QuestionDetails
from assistant.followups import standalone
from classifier.decision import Decision
from classifier.taxonomy import NONE

ASKED = Question("When did we replace the pool pump?")
TOLD = Reply("On 18 April 2023 [1].", AnswerDetails("done"))
HISTORY: list[Turn] = [ASKED, TOLD]


def ended(question: str) -> str:
    """A question as it stands behind another one: with a mark at its end."""
    return question if question.endswith((".", "!", "?")) else f"{question}?"


@pytest.mark.parametrize(
    "question",
    [
        *("And who did it?", "How much was it?", "why?", "What about the filter?", "Which one was that?", "Who?"),
        *("what was wrong the first time", "Which model number?", "the time before last?"),
        *("the cost?", "For how long, and what time of day?"),
        *("still under warranty?", "any idea why", "invoice number", "tell me more", "are you sure?", "in 2021?"),
        *("what of the heater", "right, and the filter?", "is there a receipt?", "was that the same guy"),
        *("What's the warranty", "what’s the model number", "whats the price", "Where's the receipt?"),
        *("what'd we pay", "Isn't the warranty over?", "When is the next service", "When does the warranty expire?"),
        *("How much did we spend?", "how much have we spent altogether?", "who is responsible?"),
        *("What about the water heater in the guest house?", "How about the lights along the north fence?"),
        *("And the strainer basket that sits behind the shed?", "who installed?"),
        *("what does that cost?", "is this one still under warranty?", "Who did that repair?", "is that safe?"),
        *("isn't that safe in winter?", "when did that break?", "what did that set us back?", "are those leaking?"),
        *(
            "does that include labor?",
            "who else came that summer?",
            "Did that fix the leak?",
            "That wasn't what the plumber said.",
        ),
        *("What's his number?", "Did anyone get his number?", "did Emma call her?", "Did Pete replace its filter?"),
        *("What is the model of its filter?", "where is the manual for its remote?", "Is the receipt in their folder?"),
        *("Who came in March and what was his number?", "what did he say about the valve?"),
        *("and what about upstairs?", "and the cost?", "who did it?", "same for the spa", "and in 2022?"),
        *("cheers, and the filter?", "ta. what about the heater", "never mind that, what about the filter?"),
        *("without vat", "per metre?", "inc labour?", "just the parts", "excluding the gate", "upstairs?", "Outside?"),
        *("who owned the house then?", "who fixed the pump then?", "who lived here then?"),
        *("who was our plumber then?", "then what?", "ok then what about the filter", "forget it, who put it in?"),
        *("what about the year before?", "and what about the heater in the guest house?", "What's the code?"),
        *("What was the price and who did it?", "was it Ray who came?", "who was it that came?", "is it worth fixing?"),
        *(
            "how long did it take?",
            "what does it mean?",
            "was it last week?",
            "was it Christmas day?",
            "what day was it?",
            "is that the one?",
        ),
        *("did Ray do that the first time?", "what did that cost for the year?", "what do they charge?"),
        *(
            "ditto the heater",
            "ditto for the spa",
            "what abt the heater",
            "wot about the heater",
            "hows about the spa?",
        ),
        *("total for both?", "are both under warranty?", "who fixed both?", "how long ago"),
    ],
)
def test_a_follow_up_is_searched_together_with_what_it_leans_on(question: str) -> None:
    assert standalone(question, HISTORY) == f"{ASKED.content} {ended(question)}"


@pytest.mark.parametrize(
    "question",
    [
        *(
            "the gasket?",
            "the dishwasher?",
            "our old heater in the shed?",
            "the heater too?",
            "for the spa?",
            "the bed?",
        ),
        *("No, I meant the spa pump", "I was asking about the spa", "not the pool, the fountain", "sorry, the boiler"),
        *("is it behind the washer?", "why does it trip the breaker?", "where is it in the garage?"),
        *("did they replace the filter?", "what did they charge for the pump?", "and was the pump insured?"),
    ],
)
def test_whatever_the_router_says_of_it_a_follow_up_is_one(question: str) -> None:
    sure = router(decision("appliances", 0.98, "appliances"), POOL)
    assert standalone(question, HISTORY, sure) == f"{ASKED.content} {ended(question)}"


def test_of_a_thing_alone_nothing_is_asked_where_nothing_was_before() -> None:
    assert standalone("the boiler", [Question("the furnace filter"), TOLD]) == "the boiler"


@pytest.mark.parametrize(
    "question",
    [
        "What colour is the kitchen?",
        "When was the furnace filter changed?",
        *("Where is the stopcock?", "who is the electrician", "Is there a shutoff valve in the garage?"),
        *("When is it best to prune the roses?", "Does the fridge have its own breaker?", "which one of the cars"),
        *("also when is bin day", "what was the paint that we used in the den", "one more thing: the boiler service"),
        "when it rains the cellar floods",
        *("When did Emma get her passport?", "when did emma get her passport", "Does grandma need her pills at night?"),
        *("When does the dog need her shots?", "Is the dog in his crate at night?", "Where does Max keep his leash?"),
        *("When did the neighbors build their fence?", "Where did the painters leave their ladder?"),
        *("Which doctor does Grandma see for her knee?", "Where are Grandma's hearing aids and her charger?"),
        *(
            "Why does the washer keep losing its prime?",
            "When did we replace the furnace and its filter?",
            "How old is that fence?",
            "What was that noise?",
        ),
        *("Where are those Christmas lights?", "Do these tomatoes need full sun?", "When did that fence go up?"),
        *("Do those new lights dim?", "where is that old stove"),
        *("Where's the stopcock?", "Who's our plumber?", "Who is Emma?", "who's emma", "When's recycling?"),
        *("What's the alarm code?", "How much did we spend on groceries?", "Who does the lawn service?"),
        "Who is the electrician that rewired the garage and put in its subpanel?",  # it names what it is about
        *("forget it, who's our vet?", "Never mind that. Where is the stopcock?", "so whats the door code then?"),
        *("what time is swimming then", "only who has the spare key", "just the gate is loose"),
        *("the gate code?", "the vet's number?", "the AC stopped", "the AC isn't on"),
        *(
            "is it bin day tomorrow",
            "is it Emma's birthday this week",
            "what day is it for bins",
            "who fixed both cars",
        ),
        *("should there be water in the cellar", "has there been a leak in the loft", "will there be a bin collection"),
        *("did Ray say that the roof needs doing", "who was that man who fixed the gutters"),
    ],
)
def test_a_question_that_stands_alone_stays_as_it_is(question: str) -> None:
    assert standalone(question, HISTORY) == question


def test_each_question_has_an_end() -> None:
    history: list[Turn] = [Question("pool costs in 2024"), TOLD, Question("and 2023"), TOLD]
    assert standalone("and 2022", history) == "pool costs in 2024? and 2023? and 2022?"


@pytest.mark.parametrize("question", ["gate code?", "HS-3?", "how many smoke alarms"])
def test_a_few_words_that_ask_something_of_a_thing_of_their_own_stand_alone(question: str) -> None:
    assert standalone(question, HISTORY, router(POOL, POOL)) == question


def test_the_first_question_leans_on_nothing() -> None:
    assert standalone("And who did it?", []) == "And who did it?"
    assert standalone("And who did it?", [TOLD]) == "And who did it?"


def test_a_follow_up_to_a_follow_up_keeps_the_subject() -> None:
    second = "What about the filter?"
    history: list[Turn] = [*HISTORY, Question(second), TOLD]
    assert standalone("How much was it?", history) == f"{ASKED.content} {second} How much was it?"


@pytest.mark.parametrize(
    "second",
    [
        *("ok, and the filter?", "what was the total?", "Thanks! And the one before?"),
        *("the gasket?", "What's the price?", "Where's the receipt?", "How much did we spend?"),
    ],
)
def test_what_hardly_names_anything_is_no_subject(second: str) -> None:
    history: list[Turn] = [*HISTORY, Question(second), TOLD]
    assert standalone("And who did it?", history) == f"{ASKED.content} {second} And who did it?"


def test_a_follow_up_leans_on_the_last_question_only() -> None:
    later: list[Turn] = [*HISTORY, Question("What colour is the kitchen?"), TOLD]
    assert standalone("Who painted it?", later) == "What colour is the kitchen? Who painted it?"


@pytest.mark.parametrize(
    ("second", "third"),
    [
        ("Who is our plumber?", "What's his number?"),
        ("Where is the stopcock?", "How do I turn it off?"),
        ("Where's the stopcock?", "How do I turn it off?"),
        ("Who is the vet?", "What are her hours?"),
        ("Thanks! Who is the vet?", "and her number?"),
        ("Who is Emma?", "When is her birthday?"),
        ("Is there a generator?", "Who services it?"),
        ("When's recycling?", "And who takes it out?"),
        ("Where are those Christmas lights?", "How long are they?"),
    ],
)
def test_one_thing_with_a_name_of_its_own_is_a_subject(second: str, third: str) -> None:
    history: list[Turn] = [*HISTORY, Question(second), TOLD]
    assert standalone(third, history) == f"{second} {third}"


def test_what_was_searched_together_with_another_question_is_no_subject() -> None:
    second = "Is there a filter?"
    leaning = Question(second, QuestionDetails(standalone=f"{ASKED.content} {second}"))
    alone = Question(second, QuestionDetails(standalone=second))
    assert standalone("How much was it?", [*HISTORY, leaning]) == f"{ASKED.content} {second} How much was it?"
    assert standalone("How much was it?", [*HISTORY, alone]) == f"{second} How much was it?"


def test_a_long_talk_does_not_grow_its_questions_without_end() -> None:
    talk = [Question(f"And who did it in {2000 + number}?") for number in range(50)]
    assert standalone("And who did it?", [*HISTORY, *talk]) == (
        f"{ASKED.content} And who did it in 2049? And who did it?"
    )
    assert standalone("And who did it?", [*HISTORY, *[Question("And who did it?")] * 9]).count("did it") == 1


@pytest.mark.parametrize(
    "remark", ["Very helpful, thanks", "Awesome, thanks", "makes sense", "that makes sense", "Thanks!", "good to know"]
)
def test_a_remark_is_nothing_that_others_can_go_back_to(remark: str) -> None:
    history: list[Turn] = [*HISTORY, Question(remark), TOLD]
    assert standalone("What did it cost?", history) == f"{ASKED.content} What did it cost?"
    assert standalone("What did it cost?", history[2:]) == "What did it cost?"


@pytest.mark.parametrize(
    "asked", ["wifi password", "pump serial number", "I need to call the plumber", "Thanks, where is the pump?"]
)
def test_what_asks_or_names_a_thing_is_no_remark(asked: str) -> None:
    assert standalone("And who put it in?", [*HISTORY, Question(asked), TOLD]).endswith("? And who put it in?")
    assert asked in standalone("And who put it in?", [*HISTORY, Question(asked), TOLD])


def router(alone: Decision, together: Decision) -> Callable[[str], Decision]:
    """A router that knows the question by itself, and whatever is said before it."""
    return lambda asked: together if asked.startswith(ASKED.content) else alone


def decision(category: str | None, confidence: float, *likely: str) -> Decision:
    return Decision(category, confidence, {category or NONE: confidence}, "", likely)


UNSURE = decision("water heater", 0.5)
POOL = decision("pool", 0.9, "pool")


@pytest.mark.parametrize(
    "question",
    [
        "Is the labor still under warranty?",
        "For how long, and which season?",
        "Where is that old strainer?",
        "Did the installer leave his invoice?",
        "Got it. One of the nuts looks odd to me, where did we keep the thing for it?",
    ],
)
def test_what_is_unclear_alone_leans_where_it_is_clearer_with_what_was_said(question: str) -> None:
    assert standalone(question, HISTORY, router(UNSURE, POOL)) == f"{ASKED.content} {ended(question)}"
    assert standalone(question, HISTORY, router(decision("car", 0.8, "car"), POOL)) == question  # another subject


@pytest.mark.parametrize(
    "question",
    [
        *("When did they trim the oak?", "What paint did they use in the hall?", "Which breaker is it for the oven?"),
        *("and what's the gate code?", "and who cleans the gutters?", "And who is our vet?", "and who is Emma?"),
        *("and when is bin day?", "and whens parents evening"),
        *(
            "where is the drill and who borrowed it",
            "where's the ladder, is it in the shed",
            "How is the roof? Is it new?",
        ),
        *("what is the alarm code and who knows it", "who fixed the roof and what did it cost"),
        *("how do I turn the stopcock if it's stuck", "how do I clean the windows without scratching them"),
        *("how long does it take to heat the spa", "what does it mean when the boiler shows F22"),
        *("what does it say on the boiler label", "is it worth servicing the boiler", "is it time to feed the lawn"),
        *("was it Ray who did the roof", "who is it that does the gutters"),
        *("when do they collect the bins", "what time are they open at the tip"),
        *("heater?", "spa too?", "spa pump?", "cheaper?", "still guaranteed?", "how many watts"),
    ],
)
def test_of_what_names_a_thing_of_its_own_the_router_decides_whether_it_is_a_follow_up(question: str) -> None:
    together = f"{ASKED.content} {ended(question)}"
    oak = decision("tree service", 0.8, "tree service")
    assert standalone(question, HISTORY, router(oak, decision("pool", 0.9, "pool", "tree service"))) == question
    assert standalone(question, HISTORY, router(UNSURE, decision("pool", 0.55))) == question  # hardly any clearer
    assert standalone(question, HISTORY, router(UNSURE, POOL)) == together
    assert standalone(question, HISTORY, router(POOL, POOL)) == together  # of the same matter
    assert standalone(question, HISTORY) == question


@pytest.mark.parametrize("question", ["Quantum mechanics, general relativity", "Who wrote Don Quixote?"])
def test_a_subject_that_the_house_knows_nothing_of_is_no_follow_up(question: str) -> None:
    sure = decision(None, 0.97)
    assert standalone(question, HISTORY, router(sure, POOL)) == question
    assert standalone(question, HISTORY, router(UNSURE, decision(None, 0.9))) == question


def test_the_router_is_not_asked_of_what_surely_stands_alone() -> None:
    def never(question: str) -> Decision:
        raise AssertionError(question)

    long = "Who is the electrician for the new subpanel in the garage behind the workshop?"
    assert standalone(long, HISTORY, never) == long
    assert standalone("And who did it?", HISTORY, never) == f"{ASKED.content} And who did it?"
