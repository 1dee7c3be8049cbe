import pytest

from assistant.pace import time_left


@pytest.mark.parametrize(
    ("done", "total", "seconds", "said"),
    [
        (0, 10, 60.0, ""),
        (10, 10, 60.0, ""),
        (5, 10, 1.0, ""),
        (5, 10, 20.0, "about 20 s left"),
        (499, 500, 60.0, "about 5 s left"),
        (10, 100, 20.0, "about 3 min left"),
        (1, 100, 600.0, "about 16 h left"),
    ],
)
def test_what_is_left_is_said_roughly(done: int, total: int, seconds: float, said: str) -> None:
    assert time_left(done, total, seconds) == said
