"""What is said of overrides that do not hold, or not everywhere that they name."""

import pandas as pd

from data.company import Company
from data.problems import Problem, Severity
from forecast.overrides import Layer, members

NOTHING = "It changes nothing."


def override_problems(company: Company, layer: Layer, weeks: pd.DatetimeIndex) -> list[Problem]:
    """One line for each override that does not hold, or gives way to a later one."""
    problems = []
    for position in range(len(company.overrides)):
        override = company.overrides.iloc[position]
        named, held = layer.named.get(position, 0), int((layer.held == position).sum())
        if not named:
            problems.append(_idle(company, override, weeks))
        elif held < named:
            problems.append(_superseded(override, held))
    return problems


def _idle(company: Company, override: pd.Series, weeks: pd.DatetimeIndex) -> Problem:
    """Why an override holds nowhere."""
    if not members(company, override).any():
        remedy = "Correct sku, category or location, so that they name the same items."
        return _problem("warn", override, "location", "the override names nothing that is planned", remedy, NOTHING)
    if override["made_on"] > company.as_of:
        problem = "the override was made after the run's Monday"
        return _problem("info", override, "made_on", problem, "None needed.", "The run does not see it.")
    if override["until"] < company.as_of:
        remedy = "Make it anew, with a later until, if it still holds."
        return _problem("info", override, "until", "the override holds no longer", remedy, NOTHING)
    if override["start"] > weeks[-1]:
        effect = "It holds once they are reached."
        problem = "the weeks of the override lie beyond the horizon"
        return _problem("info", override, "start", problem, "None needed.", effect)
    effect = NOTHING if override["made_on"] > override["end"] else "It is only held against what sold."
    return _problem("info", override, "end", "the weeks of the override are over", "None needed.", effect)


def _superseded(override: pd.Series, held: int) -> Problem:
    problem = "an override of the same item and week was made later"
    effect = "The later one holds where both apply." if held else NOTHING
    return _problem("info", override, "made_on", problem, "Drop the one that is not meant.", effect)


def _problem(severity: Severity, override: pd.Series, field: str, problem: str, remedy: str, effect: str) -> Problem:
    value = override[field]
    shown = f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)
    row, sku = int(override["row"]), str(override["sku"])
    return Problem(severity, "overrides", problem, remedy, effect, row, sku, field, shown)
