"""backtest.html: a backtest on one page that needs nothing but a browser."""

from pathlib import Path

from restock.accuracy_lines import HEADERS, HOW_TO_READ, VALUE_HEADERS, leading, lines, steps, title
from restock.backtest_words import forecast_value, headers, policy_lines, verdict
from restock.files import write_text
from restock.report import environment
from restock.wording import Money
from scenarios.backtest import Backtest


def write_page(played: Backtest, money: Money, target: Path) -> None:
    """Writes the page; the same backtest gives the same bytes."""
    write_text(target, page(played, money))


def page(played: Backtest, money: Money) -> str:
    """The page's HTML."""
    scored = lines(played.accuracy)
    return (
        environment()
        .get_template("backtest.html.j2")
        .render(
            played=played,
            money=money,
            verdict=verdict(played),
            forecast_value=forecast_value(played, money),
            headers=headers(played),
            policies=policy_lines(played, money),
            weeks_counted=int(played.summary["weeks_counted"]),
            accuracy=scored,
            leading_lines=leading(scored),
            accuracy_headers=HEADERS,
            accuracy_title=title,
            how_to_read=HOW_TO_READ,
            value_headers=VALUE_HEADERS,
            value_steps=steps(played.value_added),
        )
    )
