"""Runs: the base plan, what-ifs, the weekly rerun, the backtest."""
