"""A model laid out for answering says what it said before, in less memory."""

import pytest
import torch
from tiny_language_model import tiny_model

from classifier.laid_out import halve_embeddings, lay_out

IDS = torch.tensor([[3, 1, 4, 1, 5, 9, 2, 6]])


def said(body: torch.nn.Module) -> torch.Tensor:
    with torch.inference_mode():
        return body(input_ids=IDS).last_hidden_state  # type: ignore[no-any-return]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_weights_laid_out_say_the_same(dtype: torch.dtype) -> None:
    body = tiny_model().get_decoder().to(dtype)
    before = said(body)

    lay_out(body)

    assert not any(type(module) is torch.nn.Linear for module in body.modules())
    torch.testing.assert_close(said(body), before, atol=1e-5 if dtype is torch.float32 else 0.05, rtol=0)


def test_where_the_processor_cannot_all_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("could not create a primitive")

    body = tiny_model().get_decoder()
    before = said(body)
    monkeypatch.setattr(torch.ops.mkldnn, "_linear_pointwise", refuse)

    lay_out(body)

    assert torch.equal(said(body), before)


def test_embeddings_that_were_written_in_half_precision_take_half_the_memory_and_say_the_same() -> None:
    body = tiny_model().get_decoder()
    table = body.get_input_embeddings()
    table.weight.data = table.weight.data.bfloat16().float()
    before = said(body)

    halve_embeddings(body)

    assert body.get_input_embeddings() is not table
    assert torch.equal(said(body), before)


def test_embeddings_that_would_lose_something_stay_as_they_are() -> None:
    body = tiny_model().get_decoder()
    table = body.get_input_embeddings()
    table.weight.data += 1e-6

    halve_embeddings(body)

    assert body.get_input_embeddings() is table
