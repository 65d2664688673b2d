"""How stock moves, against a plain loop."""

import numpy as np

from optimize.stock_flow import play


def test_each_week_receives_then_sells_and_what_is_not_there_is_lost() -> None:
    end, lost = play(np.array([5.0]), np.array([[0.0, 4.0, 0.0]]), np.array([[3.0, 7.0, 1.0]]))
    assert end.tolist() == [[2.0, 0.0, 0.0]]
    assert lost.tolist() == [[0.0, 1.0, 1.0]]


def test_many_paths_meet_one_plan_as_a_plain_loop_plays_them() -> None:
    rng = np.random.default_rng(7)
    stock, arrivals, demand = rng.poisson(4, 3) * 1.0, rng.poisson(2, (3, 5)) * 1.0, rng.poisson(3, (4, 3, 5)) * 1.0
    end, lost = play(stock, arrivals, demand)
    for s, i in np.ndindex(4, 3):
        level = stock[i]
        for t in range(5):
            level += arrivals[i, t]
            sold = min(level, demand[s, i, t])
            level -= sold
            assert end[s, i, t] == level
            assert lost[s, i, t] == demand[s, i, t] - sold


def test_a_stock_per_path_keeps_its_paths() -> None:
    end, lost = play(np.array([[1.0], [9.0]]), np.array([[0.0]]), np.array([[[4.0]], [[4.0]]]))
    assert end[..., 0].tolist() == [[0.0], [5.0]]
    assert lost[..., 0].tolist() == [[3.0], [0.0]]
