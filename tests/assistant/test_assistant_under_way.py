from assistant.under_way import UnderWay


def test_it_is_quiet_only_after_the_last_question_has_ended() -> None:
    questions = UnderWay()
    assert (questions.any, questions.quiet(0.0)) == (False, True)
    with questions.question():
        with questions.question():
            assert (questions.any, questions.quiet(0.0)) == (True, False)
        assert questions.any
    assert (questions.any, questions.quiet(0.0), questions.quiet(60.0)) == (False, True, False)


def test_an_answer_that_fails_is_over_too() -> None:
    questions = UnderWay()
    try:
        with questions.question():
            raise RuntimeError
    except RuntimeError:
        assert not questions.any
