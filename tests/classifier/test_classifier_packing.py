"""Many questions behind one prefix give what one prompt a question gives."""

import pytest
import torch
from tiny_language_model import tiny_model

from classifier.packing import pack

PREFIX = [3, 4, 5, 6]
QUESTIONS = [[10, 11, 12], [13], [14, 15, 16, 17, 18]]


def last_hidden(model: object, row: list[int]) -> torch.Tensor:
    return model.get_decoder()(torch.tensor([row])).last_hidden_state[0, -1]  # type: ignore[attr-defined,no-any-return]


def test_a_packed_question_is_read_as_if_it_stood_alone() -> None:
    model = tiny_model()
    packed = pack(PREFIX, QUESTIONS, torch.float32)

    with torch.inference_mode():
        hidden = model.get_decoder()(
            input_ids=packed.ids, position_ids=packed.positions, attention_mask=packed.mask
        ).last_hidden_state[0, packed.ends]
        alone = torch.stack([last_hidden(model, PREFIX + question) for question in QUESTIONS])

    torch.testing.assert_close(hidden, alone, atol=1e-5, rtol=1e-4)


def test_the_row_holds_the_questions_alone_where_the_prefix_was_read_before() -> None:
    packed = pack(PREFIX, QUESTIONS, torch.float32, cached=True)

    assert packed.ids.tolist() == [[10, 11, 12, 13, 14, 15, 16, 17, 18]]
    assert packed.positions.tolist() == [[4, 5, 6, 4, 4, 5, 6, 7, 8]]
    assert packed.mask.shape == (1, 1, 9, 4 + 9)
    assert packed.ends.tolist() == [2, 3, 8]


@pytest.mark.parametrize("cached", [False, True])
def test_no_question_sees_another(cached: bool) -> None:
    sees = pack(PREFIX, QUESTIONS, torch.float32, cached).mask[0, 0] == 0
    own = sees[-9:, len(PREFIX) :]

    assert sees[-9:, : len(PREFIX)].all()
    assert own.sum(dim=1).tolist() == [1, 2, 3, 1, 1, 2, 3, 4, 5]
