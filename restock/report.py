"""report.html: the run on one page that needs nothing but a browser."""

from functools import cache
from importlib import resources
from pathlib import Path

import jinja2
import pandas as pd

from restock.accuracy_lines import HEADERS, HOW_TO_READ, VALUE_HEADERS, lines, steps, title
from restock.accuracy_lines import leading as leading_lines
from restock.files import write_text
from restock.headline import Headline
from restock.issues import LABEL, kinds, tally
from restock.report_changes import MOST_ROWS as CHANGED_ROWS
from restock.report_changes import changed_lines, in_figures, in_short
from restock.report_charts import charts, leading_series
from restock.report_limits import binding_limits
from restock.report_moves import clearances, transfers
from restock.report_open_orders import open_orders
from restock.report_overrides import overrides_in_force
from restock.report_tables import alerts, risks, supplier_orders
from restock.stock_tables import counts
from restock.wording import Money, counted, day, number, share
from scenarios.changes import Changes
from scenarios.run import Run

SHOWN_ALERTS = 5
SHOWN_LINES = 8
SHOWN_KINDS = 40


def write_report(
    run: Run, headline: Headline, health: pd.DataFrame, target: Path, changed: Changes | None = None
) -> None:
    """Writes the page; the same run gives the same bytes. ``health``: of its data (see ``data.health``); ``changed``:
    since the run before, if that is known."""
    write_text(target, page(run, headline, health, changed))


def page(run: Run, headline: Headline, health: pd.DataFrame | None = None, changed: Changes | None = None) -> str:
    """The page's HTML. Text from the input is escaped by the template, figures are written by ``wording``."""
    money = Money(run.company.policy.money.currency)
    leading = leading_series(run)
    found = kinds(run.problems, health)
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            run=run,
            headline=headline,
            money=money,
            orders=supplier_orders(run),
            changed="" if changed is None else in_short(in_figures(changed), money),
            changed_lines=[] if changed is None else changed_lines(changed, run.company.items["name"], money),
            changed_left=0 if changed is None else max(len(changed.lines) - CHANGED_ROWS, 0),
            alerts=alerts(run),
            shown_alerts=SHOWN_ALERTS,
            shown_lines=SHOWN_LINES,
            risks=risks(run),
            limits=binding_limits(run),
            clearances=clearances(run),
            transfers=transfers(run),
            open_orders=open_orders(run),
            shelves=counts(run),
            accuracy=lines(run.accuracy),
            accuracy_headers=HEADERS,
            accuracy_title=title,
            how_to_read=HOW_TO_READ,
            leading_lines=leading_lines(lines(run.accuracy)),
            overrides=overrides_in_force(run),
            value_headers=VALUE_HEADERS,
            value_steps=steps(run.value_added),
            products=leading,
            charts=charts(run, leading),
            kinds=found[:SHOWN_KINDS],
            kinds_left=max(len(found) - SHOWN_KINDS, 0),
            tally=tally(run.problems),
            severity=LABEL,
        )
    )


@cache
def environment() -> jinja2.Environment:
    """How every page is made: text is escaped, figures are written by ``wording``, nothing undefined passes."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("restock"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":"), "allow_nan": False}
    environment.filters |= {"day": day, "number": number, "share": share, "counted": counted}
    environment.globals["echarts"] = (
        resources.files("restock").joinpath("vendor/echarts/echarts.common.min.js").read_text("utf-8")
    )
    return environment
