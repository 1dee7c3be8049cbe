import itertools
import math
import threading
from collections.abc import Generator, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from ollama_server import OllamaServer, line, serving
from small_house import PATIENCE

from assistant.errors import ModelStopped, ModelUnavailable
from assistant.models.chat_models import (
    Message,
    OllamaModel,
    count_tokens,
    log_odds,
    ollama_models,
    without_thoughts,
)
from assistant.models.llama_model import LlamaModel

QUESTION = [Message("system", "Answer from the notes."), Message("user", "When was the pump replaced?")]


def pieces_of(text: str, *cuts: int) -> Generator[str, None, None]:
    for start, end in itertools.pairwise((0, *cuts, len(text))):
        yield text[start:end]


def reply(model: OllamaModel) -> tuple[str, ModelUnavailable | None]:
    """What came of a reply, and what ended it."""
    text = ""
    try:
        for piece in model.stream(QUESTION, 64):
            text += piece
    except ModelUnavailable as error:
        return text, error
    return text, None


# --- thoughts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("<think>\nWell, [1]…\n</think>\n\nOn 18 April.", "On 18 April."),
        ("\n <think></think>On 18 April.", "On 18 April."),
        ("<think>a</think><think>b</think> Yes", "Yes"),
        ("On 18 April.", "On 18 April."),
        ("  On 18 April. ", "On 18 April. "),
        ("Use <think> here </think> as text", "Use <think> here </think> as text"),
        ("<thin> ice", "<thin> ice"),
        ("<thi", "<thi"),
        ("<think>only a thought</think>", ""),
        ("   ", ""),
        ("", ""),
    ],
)
def test_thoughts_are_left_out_wherever_the_reply_is_cut(said: str, shown: str) -> None:
    for cuts in itertools.combinations_with_replacement(range(len(said) + 1), 2):
        assert "".join(without_thoughts(pieces_of(said, *cuts))) == shown, cuts
    assert "".join(without_thoughts(pieces_of(said, *range(len(said))))) == shown


def test_a_reply_that_ends_within_its_thoughts_is_no_answer() -> None:
    said = "<think>a</think> <think>never closed"
    for cuts in itertools.combinations_with_replacement(range(len(said) + 1), 2):
        with pytest.raises(ModelUnavailable, match=r"ended before it answered.*retry"):
            list(without_thoughts(pieces_of(said, *cuts)))


def test_what_cannot_be_a_thought_is_shown_at_once() -> None:
    def pieces() -> Generator[str, None, None]:
        yield "On"
        yield " 18"
        raise AssertionError("more was taken than was shown")

    stream = without_thoughts(pieces())
    assert [next(stream), next(stream)] == ["On", " 18"]


def test_closing_the_stream_closes_its_source() -> None:
    closed = []

    def pieces() -> Generator[str, None, None]:
        try:
            yield "On"
            yield " 18"
        finally:
            closed.append(True)

    stream = without_thoughts(pieces())
    assert isinstance(stream, Generator)
    next(stream)
    stream.close()
    assert closed


def test_tokens_are_estimated_from_above() -> None:
    assert count_tokens("") == 1
    # One token a word and one a number or mark is what a tokenizer makes of plain English at the worst.
    for text in ("Ray fitted a Pentair SuperFlo VST for $1,150.", "Filter 16x25x4, MERV 11, next in March 2025."):
        assert count_tokens(text) >= len(text.split()) + sum(not each.isalnum() for each in text if each != " ")


# --- Ollama -----------------------------------------------------------------------------------------------------------


def test_ollama_streams_its_reply_piece_by_piece(ollama: OllamaServer) -> None:
    ollama.will_say("On 18", " April", " 2023.")
    model = OllamaModel(ollama.url, "qwen3:4b", 4096)
    assert list(model.stream(QUESTION, 64)) == ["On 18", " April", " 2023."]
    assert (model.name, model.context_tokens) == ("qwen3:4b on Ollama", 4096)


def test_ollama_is_told_its_context_its_limit_and_not_to_think(ollama: OllamaServer) -> None:
    ollama.will_say("Yes.")
    assert reply(OllamaModel(ollama.url, "qwen3:4b", 8192)) == ("Yes.", None)
    (asked,) = ollama.asked
    assert asked["path"] == "/api/chat"
    assert asked["messages"] == [{"role": each.role, "content": each.content} for each in QUESTION]
    assert (asked["think"], asked["stream"]) == (False, True)
    assert asked["options"]["num_ctx"] == 8192
    assert asked["options"]["num_predict"] == 64
    assert asked["options"]["temperature"] == 0
    assert asked["keep_alive"]


def test_ollama_is_held_to_a_form(ollama: OllamaServer) -> None:
    ollama.will_say('{"vendor": ', '"Ray"}')
    schema = {"type": "object", "properties": {"vendor": {"type": "string"}}, "required": ["vendor"]}
    model = OllamaModel(ollama.url, "qwen3:4b", 4096)
    assert "".join(model.structured([Message("user", "Who?")], schema, 20)) == '{"vendor": "Ray"}'
    assert ollama.asked[-1]["format"] == schema
    ollama.will_say("Ray.")
    assert list(model.stream([Message("user", "Who?")], 20)) == ["Ray."]
    assert not ollama.asked[-1].get("format")


def test_ollama_that_thinks_all_the_same_is_shown_without_its_thoughts(ollama: OllamaServer) -> None:
    ollama.will_say("<thi", "nk>\nThe note", " says…</th", "ink>\n\nOn 18", " April.")
    assert reply(OllamaModel(ollama.url, "qwen3:4b", 4096)) == ("On 18 April.", None)


def test_ollama_that_only_thinks_has_failed(ollama: OllamaServer) -> None:
    ollama.will_say("<think>\nThe note", " says…")
    text, error = reply(OllamaModel(ollama.url, "qwen3:4b", 4096))
    assert text == ""
    assert "ended before it answered" in str(error)


@pytest.mark.parametrize("breaks_off", [True, False], ids=["cut", "ended without its last line"])
def test_a_connection_lost_in_the_middle_keeps_what_came(ollama: OllamaServer, breaks_off: bool) -> None:
    ollama.will_say("On 18", " April", done=False)
    ollama.breaks_off = breaks_off
    text, error = reply(OllamaModel(ollama.url, "qwen3:4b", 4096))
    assert text == "On 18 April"
    assert isinstance(error, ModelStopped)
    assert "stopped in the middle" in str(error)
    assert "retry" in str(error)


def test_a_connection_lost_before_the_first_word_is_no_broken_answer(ollama: OllamaServer) -> None:
    ollama.breaks_off = True
    text, error = reply(OllamaModel(ollama.url, "qwen3:4b", 4096))
    assert text == ""
    assert isinstance(error, ModelUnavailable)
    assert not isinstance(error, ModelStopped)


def test_an_error_in_the_middle_of_the_stream_keeps_what_came(ollama: OllamaServer) -> None:
    ollama.will_say("On 18", done=False)
    ollama.lines.append(b'{"error": "an error was encountered while running the model"}\n')
    text, error = reply(OllamaModel(ollama.url, "qwen3:4b", 4096))
    assert text == "On 18"
    assert isinstance(error, ModelStopped)
    assert "an error was encountered while running the model" in str(error)


def test_an_error_instead_of_an_answer_is_said(ollama: OllamaServer) -> None:
    ollama.status = 500
    text, error = reply(OllamaModel(ollama.url, "qwen3:4b", 4096))
    assert text == ""
    assert "llama runner process has terminated" in str(error)
    assert not isinstance(error, ModelStopped)


def test_a_model_that_ollama_does_not_have_is_named(ollama: OllamaServer) -> None:
    text, error = reply(OllamaModel(ollama.url, "llama9:400b", 4096))
    assert text == ""
    assert "llama9:400b" in str(error)
    assert "not found" in str(error)


@pytest.mark.parametrize("broken", [b"not json\n", b"[]\n", b'"text"\n', line(message=7, done=False)])
def test_a_server_that_is_no_ollama_is_no_crash(ollama: OllamaServer, broken: bytes) -> None:
    ollama.lines = [broken]
    text, error = reply(OllamaModel(ollama.url, "qwen3:4b", 4096))
    assert text == ""
    assert isinstance(error, ModelUnavailable)


def test_where_no_ollama_listens_no_model_is_available(nobody: str) -> None:
    text, error = reply(OllamaModel(nobody, "qwen3:4b", 4096))
    assert text == ""
    assert isinstance(error, ModelUnavailable)
    assert not isinstance(error, ModelStopped)
    assert "cannot answer" in str(error)


@pytest.mark.parametrize("host", ["http://127.0.0.1:port", "http://[", "127.0.0.1:99999"])
def test_an_address_that_is_none_is_said_to_be_the_setting(host: str) -> None:
    with pytest.raises(ModelUnavailable, match="OUR_HOUSE_OLLAMA_HOST"):
        OllamaModel(host, "qwen3:4b", 4096)


def test_closing_the_stream_hangs_up_on_ollama(ollama: OllamaServer) -> None:
    ollama.will_say("and so on", done=False)
    ollama.endless = True
    stream = OllamaModel(ollama.url, "qwen3:4b", 4096).stream(QUESTION, 64)
    assert isinstance(stream, Generator)
    assert next(stream) == "and so on"
    stream.close()
    assert ollama.hung_up.wait(PATIENCE)


def test_the_models_that_ollama_holds_are_listed(ollama: OllamaServer) -> None:
    ollama.models = ["qwen3:4b", "mistral:latest"]
    assert ollama_models(ollama.url) == ["qwen3:4b", "mistral:latest"]
    assert ollama_models(ollama.url + "/") == ["qwen3:4b", "mistral:latest"]
    ollama.models = []
    assert ollama_models(ollama.url) == []


def test_an_address_may_be_written_as_ollama_itself_takes_it(ollama: OllamaServer) -> None:
    host = ollama.url.removeprefix("http://")
    ollama.will_say("Yes.")
    assert ollama_models(host) == ["qwen3:4b"]
    assert reply(OllamaModel(host, "qwen3:4b", 4096)) == ("Yes.", None)


def test_where_no_ollama_answers_there_is_no_list(nobody: str) -> None:
    assert ollama_models(nobody) is None
    for nonsense in ("http://127.0.0.1:port", "http://[", "ftp://127.0.0.1"):
        assert ollama_models(nonsense) is None


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes a call and never answers it."""
    over = threading.Event()

    class Silent(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert over.wait(PATIENCE)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with serving(Silent) as url:
        yield url
        over.set()


def test_an_ollama_that_hangs_is_not_waited_for(silent: str) -> None:
    assert ollama_models(silent, timeout=0.1) is None


@pytest.mark.parametrize("body", [b"<html>hello</html>", b"[]", b'{"models": 7}', b"{}"])
def test_another_server_on_ollamas_port_is_not_taken_for_it(body: bytes) -> None:
    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with serving(Other) as url:
        assert ollama_models(url) is None


# --- llama.cpp --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"GGUF", b"no model" * 1000, None], ids=["empty", "cut", "other", "missing"])
def test_a_file_that_is_no_model_is_named_with_the_remedy(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "model.gguf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelUnavailable, match=r"Tiny cannot be loaded from .*model\.gguf.*Delete the file"):
        LlamaModel(path, "Tiny", 1024)


# --- yes or no -----------------------------------------------------------------------------------------------------


def test_leaning_is_the_log_odds_of_yes_however_it_is_written() -> None:
    assert log_odds([("Yes", math.log(0.6)), (" no", math.log(0.2)), ("NO", math.log(0.1))]) == pytest.approx(
        math.log(0.6 / 0.3), abs=0.01
    )
    assert log_odds([("yes", 0.0)]) > 5
    assert log_odds([("No.", 0.0)]) < -5
    assert log_odds([("Perhaps", 0.0), ("yesterday", -1.0)]) == 0
    assert log_odds([]) == 0


def test_ollama_tells_how_it_leans(ollama: OllamaServer) -> None:
    tops = [{"token": "Yes", "logprob": math.log(0.75)}, {"token": "No", "logprob": math.log(0.25)}]
    first = {"token": "Yes", "logprob": math.log(0.75), "top_logprobs": tops}
    ollama.lines = [line(message={"role": "assistant", "content": "Yes"}, done=True, logprobs=[first])]

    assert OllamaModel(ollama.url, "qwen3:4b", 2048).leaning([Message("user", "Is it so?")]) == pytest.approx(
        math.log(3), abs=0.01
    )
    (request,) = ollama.asked
    assert request["options"]["num_predict"] == 1
    assert (request["logprobs"], request["top_logprobs"], request["think"]) == (True, 20, False)
    assert request["options"]["num_ctx"] == 2048


def test_an_older_ollama_that_tells_no_odds_leans_no_way(ollama: OllamaServer) -> None:
    ollama.lines = [line(message={"role": "assistant", "content": "No"}, done=True)]

    assert OllamaModel(ollama.url, "qwen3:4b", 2048).leaning([Message("user", "Is it so?")]) is None


def test_an_ollama_that_is_gone_cannot_be_asked(nobody: str) -> None:
    with pytest.raises(ModelUnavailable):
        OllamaModel(nobody, "qwen3:4b", 2048).leaning([Message("user", "Is it so?")])
