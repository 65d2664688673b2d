"""A plan that is known before the search, such as another world's: kept where the search finds none that is cheaper."""

from collections.abc import Sequence

import pandas as pd

from data.company import Company
from optimize.approved import read_approved
from optimize.checker import cost_of, keeps_limits, violations
from optimize.instance import Decisions, Instance


def known_plan(company: Company, instance: Instance, lines: pd.DataFrame) -> Decisions:
    """Order lines (``APPROVED_COLUMNS``) as decisions, as far as the company can order them so; nothing else."""
    read = read_approved(company, instance, lines)
    plan = Decisions.none(instance)
    for q, packs in {**read.packs, **read.firm, **instance.held}.items():
        plan.packs[q] = packs
    return plan


def keep_known(instance: Instance, members: Sequence[int], known: Decisions, into: Decisions) -> None:
    """Takes the known plan of a group's series over where it is valid and costs no more than theirs."""
    trial = Decisions(into.packs.copy(), into.given_up.copy())
    trial.take(instance, members, known)
    cheaper = cost_of(instance, members, trial) <= cost_of(instance, members, into)
    if cheaper and keeps_limits(instance, trial, members) and not violations(instance, trial):
        into.take(instance, members, known)
