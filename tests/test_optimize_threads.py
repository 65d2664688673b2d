"""Work in threads comes out in the order of its things, whoever was first."""

from threading import Event

import pytest

from optimize import threads


@pytest.mark.parametrize("cores", [1, 2])
def test_results_come_in_order(cores: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "cores", lambda: cores)
    last = Event()

    def work(number: int) -> int:
        last.wait(5.0) if cores == 2 and number == 0 else last.set()
        return number * number

    assert threads.in_threads(work, range(4)) == [0, 1, 4, 9]


def test_what_goes_wrong_is_told() -> None:
    with pytest.raises(ZeroDivisionError):
        threads.in_threads(lambda number: 1 // number, [1, 0])
