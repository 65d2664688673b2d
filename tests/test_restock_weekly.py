"""The weekly run as a scheduler sees it: exit codes, logs, metrics, messages, limits."""

import json
import os
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pandas as pd
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from typer.testing import CliRunner, Result

import restock.cli
from data.gate import read_company
from data.policy import Notify
from restock.export import summary
from restock.headline import proof
from restock.notify import notify
from scenarios import time_limit
from scenarios.lock import locked
from scenarios.state import new_state
from scenarios.time_limit import run_within

MONDAY = "2026-05-11"
Shop = Callable[..., Path]


def call(*words: object) -> Result:
    return CliRunner().invoke(restock.cli.app, [str(word) for word in words])


def samples(path: Path) -> dict[tuple[str, str], float]:
    """The metrics by name and the values of their labels."""
    found = text_string_to_metric_families(path.read_text("utf-8"))
    return {(s.name, ",".join(s.labels.values())): s.value for family in found for s in family.samples}


@contextmanager
def webhook(answers: int = 200) -> Iterator[tuple[str, list[dict[str, object]]]]:
    """A server that keeps what it is told."""
    heard: list[dict[str, object]] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(answers)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/hook", heard
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def post_office() -> Iterator[tuple[str, list[bytes]]]:
    """A mail server (SMTP) that takes any mail."""
    mails: list[bytes] = []

    class Clerk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            while line := self.rfile.readline():
                if line.upper().startswith(b"QUIT"):
                    self.wfile.write(b"221 bye\r\n")
                    return
                if line.upper().startswith(b"DATA"):
                    self.wfile.write(b"354 go on\r\n")
                    mails.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                self.wfile.write(b"250 ok\r\n")

    with socketserver.TCPServer(("127.0.0.1", 0), Clerk) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}", mails
        finally:
            server.shutdown()
            thread.join()


def test_a_scheduler_sees_json_logs_metrics_and_whoever_is_named_a_message(write_shop: Shop, tmp_path: Path) -> None:
    with webhook() as (url, heard), post_office() as (host, mails):
        settings = f'[notify]\nwebhook = "{url}"\nmail_to = ["li@example.com"]\nsmtp = "{host}"\n'
        shop, state = write_shop(tmp_path / "in", policy=settings), tmp_path / "state"
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
        words = ["weekly", shop, "--as-of", MONDAY, "--state", state, "--metrics", tmp_path / "m.prom", "--json"]
        starter = "import restock.cli; restock.cli.main()"
        done = subprocess.run(
            [sys.executable, "-c", starter, *map(str, words), "--log-format", "json"],
            capture_output=True, text=True, env=environment, check=True,
        )  # fmt: skip
    told = json.loads(done.stdout)
    logs = [json.loads(line) for line in done.stderr.splitlines()]
    assert {"stage", "event", "level", "timestamp"} <= set(logs[0])
    assert {line.get("stage") for line in logs} >= {"check", "forecast", "planning"}
    assert len(heard) == 1
    assert heard[0]["run_id"] == told["run_id"]
    assert heard[0]["status"] == "done"
    (mail,) = [message_from_bytes(text, policy=policy.default) for text in mails]
    assert mail["Subject"] == f"restock: done, {MONDAY}"
    assert told["run_id"] in mail.get_body().get_content()  # type: ignore[union-attr,attr-defined]
    metrics = samples(tmp_path / "m.prom")
    assert metrics["restock_run_ended", "done"] == 1.0
    assert metrics["restock_count", "orders_due_now"] == told["counts"]["orders_due_now"]
    assert metrics["restock_stage_seconds", "forecast"] > 0
    kept = samples(state / "runs" / told["run_id"] / "metrics.prom")
    assert kept["restock_order_value", ""] == metrics["restock_order_value", ""]


def test_a_rejected_week_is_told_and_leaves_its_issues(write_shop: Shop, tmp_path: Path) -> None:
    with webhook() as (url, heard):
        notes = f'[notify]\nwebhook = "{url}"\nwhen = "trouble"\n'
        shop = write_shop(tmp_path / "in", more={"items": "sku,unit_cost\nA,10"}, policy=notes)
        result = call(
            "weekly", shop, "--as-of", MONDAY, "--state", tmp_path / "state", "--metrics", tmp_path / "m.prom"
        )
    assert result.exit_code == 3
    assert heard[0]["status"] == "rejected"
    (folder,) = (tmp_path / "state" / "runs").iterdir()
    assert "price" in (folder / "issues.csv").read_text("utf-8")
    assert samples(tmp_path / "m.prom")["restock_run_ended", "rejected"] == 1.0
    assert "rejected" in call("runs", "--state", tmp_path / "state").stdout


def test_another_run_holds_the_lock(write_shop: Shop, tmp_path: Path) -> None:
    state = new_state(tmp_path / "state")
    with locked(state.folder, state.engine):
        result = call("weekly", write_shop(tmp_path / "in"), "--state", state.folder, "--json")
    assert result.exit_code == 75
    assert json.loads(result.stdout)["status"] == "locked"


def test_good_news_are_left_out_if_only_trouble_is_to_be_told() -> None:
    with webhook() as (url, heard):
        notify(Notify(webhook=url, when="trouble"), {"status": "done", "message": "m", "as_of": MONDAY})
        assert heard == []
        notify(Notify(webhook=url, when="trouble"), {"status": "failed", "message": "m", "as_of": MONDAY})
    assert [one["status"] for one in heard] == ["failed"]


@pytest.mark.parametrize(
    "settings",
    [
        Notify(webhook="http://127.0.0.1:1/"),
        Notify(webhook="file:///etc/passwd"),
        Notify(mail_to=("li@example.com",), smtp="127.0.0.1:1"),
    ],
)
def test_what_cannot_be_delivered_is_a_warning(settings: Notify, capsys: pytest.CaptureFixture[str]) -> None:
    notify(settings, {"status": "done", "message": "m", "as_of": MONDAY})
    assert "not delivered" in capsys.readouterr().out


def test_at_the_limit_the_best_plan_so_far_is_published_and_marked(
    write_shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    company, problems = read_company(write_shop(tmp_path / "in"), pd.Timestamp(MONDAY))
    plain = time_limit.run_company

    def endless(*arguments: object, **named: object) -> object:
        while "predict" not in named:
            time.sleep(0.01)
        return plain(*arguments, **named)  # type: ignore[arg-type]

    whole = run_within(600, company, problems)
    assert whole.plan.stopped == ""
    monkeypatch.setattr("scenarios.time_limit.run_company", endless)
    late = run_within(4, company, problems)
    assert "wall clock" in late.plan.stopped
    assert len(late.plan.due_now()) > 0
    assert len(late.forecast.models.columns) < len(whole.forecast.models.columns), "a simpler forecast"
    assert proof(late).startswith("The time was up")
    assert summary(late)["stopped"] == late.plan.stopped
