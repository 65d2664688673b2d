"""Airflow: restock's weekly run and the export of what was approved, as a DAG.

restock lives in an environment of its own, because its packages and Airflow's do not go together; Airflow calls its
command. Exit code 75 (another run holds the lock) and faults are tried again; 2 (a wrong call), 3 (the input was
rejected) and 4 (no plan in the time allowed) wait for a person. Airflow 2.11 has run it, Airflow 3.0 loads it.
"""

import subprocess
from datetime import datetime, timedelta

from airflow.decorators import dag, task
from airflow.exceptions import AirflowException, AirflowFailException

RESTOCK = "/srv/restock/.venv/bin/restock"
INPUT, STATE, OUT = "/srv/restock/input", "/srv/restock/state", "/srv/restock/purchase_orders"
FOR_A_PERSON = (2, 3, 4)


def call(*words: str) -> str:
    """The command's JSON summary."""
    command = [RESTOCK, *words, "--state", STATE, "--json", "--log-format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    print(done.stderr)
    if done.returncode in FOR_A_PERSON:
        raise AirflowFailException(f"restock {words[0]} ended with {done.returncode}")
    if done.returncode != 0:
        raise AirflowException(f"restock {words[0]} ended with {done.returncode}")
    return done.stdout


@dag(schedule="0 5 * * 1", start_date=datetime(2026, 10, 5), catchup=False, max_active_runs=1)
def restock_weekly() -> None:
    """Mondays at five; the orders that were approved by then leave after it."""

    @task(retries=6, retry_delay=timedelta(minutes=10))
    def weekly(data_interval_end: datetime | None = None) -> str:
        assert data_interval_end is not None, "Airflow gives it"
        return call("weekly", INPUT, "--as-of", f"{data_interval_end:%Y-%m-%d}", "--max-seconds", "3600")

    @task(retries=3)
    def export() -> str:
        return call("export", "--out", OUT)

    weekly() >> export()


restock_weekly()
