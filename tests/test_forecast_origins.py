"""Rolling origins: which past weeks the forecast is made from again."""

from forecast.origins import past_origins


def test_origins_reach_back_a_year_and_leave_weeks_to_score() -> None:
    assert past_origins(156, 16) == list(range(104, 153, 4))


def test_origins_without_a_season_are_left_out_once_enough_know_one() -> None:
    assert past_origins(105, 16) == list(range(53, 102, 4))  # six of them know a season
    assert past_origins(107, 16) == list(range(79, 104, 4))


def test_short_histories_have_origins_close_to_each_other() -> None:
    origins = past_origins(34, 8)
    assert origins[-1] == 30
    assert len(origins) == 13
