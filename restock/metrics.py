"""How a weekly run went, as an OpenMetrics text file for a collector such as Prometheus' textfile collector."""

import time
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, Info
from prometheus_client.openmetrics.exposition import generate_latest

from restock.export import counts
from restock.files import whole
from scenarios.run import Run

STATUSES = ("done", "rejected", "no plan", "failed")


def write_metrics(target: Path, status: str, run: Run | None) -> None:
    """Writes the file whole: how the run ended and when, and if it has planned, its counts and seconds by stage."""
    registry = CollectorRegistry()
    _status(registry, status)
    if run is not None:
        _figures(registry, run)
    with whole(target) as part:
        text: bytes = generate_latest(registry)  # type: ignore[no-untyped-call]
        part.write_bytes(text)


def _status(registry: CollectorRegistry, status: str) -> None:
    ended = Gauge("restock_run_ended", "1 for how the latest weekly run ended", ["status"], registry=registry)
    for name in STATUSES:
        ended.labels(name).set(float(name == status))
    when = Gauge("restock_run_ended_timestamp_seconds", "When the latest weekly run ended", registry=registry)
    when.set(round(time.time(), 3))


def _figures(registry: CollectorRegistry, run: Run) -> None:
    told = {"run_id": run.run_id, "as_of": f"{run.as_of:%Y-%m-%d}", "version": run.version, "status": run.plan.status}
    Info("restock_run", "Which run it was", registry=registry).info(told)
    seconds = Gauge("restock_stage_seconds", "Seconds spent on a stage", ["stage"], registry=registry)
    for stage, spent in run.seconds.items():
        seconds.labels(stage).set(round(spent, 3))
    number = Gauge("restock_count", "How much went in and came out", ["of"], registry=registry)
    for name, count in counts(run).items():
        number.labels(name).set(count)
    figures = {
        "restock_order_value": ("Value of the orders to place now, money", run.kpis["order_value"]),
        "restock_stock_value": ("Value of the stock, money", run.kpis["stock_value"]),
        "restock_money_at_risk": ("Money at risk in all alerts", float(run.alerts["money_at_risk"].sum())),
        "restock_plan_gap": ("Distance of the plan's cost from its bound, share", run.plan.gap),
        "restock_plan_stopped": ("1 if a limit ended the search", float(bool(run.plan.stopped))),
    }
    for metric, (meaning, value) in figures.items():
        Gauge(metric, meaning, registry=registry).set(round(value, 6))
