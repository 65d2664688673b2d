"""Drivers: how prices, deals, holidays and the like, known ahead, move demand above or below its level."""

import numpy as np
import pandas as pd

from data.company import Floats
from forecast.candidates import Bools

NOISE = 0.3  # squared coefficient of variation of a week's demand beyond Poisson
RIDGE = 4.0  # precision of a pooled effect about none, per standard deviation of the driver
GROUP_RIDGE, SERIES_RIDGE = 30.0, 60.0  # of a group's effect about the pool's, of a series' about its group's
STEPS = 4  # Newton steps
BOUND = 2.5  # largest log effect taken from one week's drivers


def driver_factors(tables: list[Floats], units: Floats, expected: Floats, plain: Bools, groups: np.ndarray) -> Floats:
    """(N, weeks) factors by which ``tables``, (N, weeks) each, move demand; mean about 1 over the weeks learnt from.

    ``units``, ``expected``, ``plain`` (N, T): demand of past weeks, what it would be at average drivers, and
    which of them to learn from. Effects are log-linear, fitted by Newton steps on a quasi-likelihood with variance
    m + ``NOISE`` m^2, for all series together, then per group, then per series, each shrunk to the last.
    """
    inputs = _standardised(tables, plain)
    past = plain.shape[1]
    if not inputs.any():
        return np.ones(inputs.shape[1:])
    effect: Floats = np.zeros((len(units), len(inputs)))
    for rows, ridge in (
        (np.zeros(len(units), dtype=int), RIDGE),
        (groups, GROUP_RIDGE),
        (np.arange(len(units)), SERIES_RIDGE),
    ):
        effect = _fitted(inputs[:, :, :past], units, expected, plain, effect, rows, ridge)
    factors = np.exp(np.clip(np.einsum("knt,nk->nt", inputs, effect), -BOUND, BOUND))
    usual = np.where(plain, factors[:, :past], 0.0).sum(axis=1) / np.maximum(plain.sum(axis=1), 1)
    return np.asarray(factors / np.where(usual > 0, usual, 1.0)[:, None])


def _standardised(tables: list[Floats], plain: Bools) -> Floats:
    """(K, N, weeks): each driver less its series' mean, over the pool's standard deviation, within what was met.

    What a series never met in its past says nothing of its effect on it: values beyond the past's range are cut.
    """
    inputs = np.zeros((len(tables), len(plain), tables[0].shape[1] if tables else 0))
    for number, table in enumerate(tables):
        known = np.where(plain, table[:, : plain.shape[1]], np.nan)
        if np.isfinite(known).sum() < 2:
            continue
        usual = _row_mean(known)
        centred = np.nan_to_num(table - usual[:, None])
        learnt = (known - usual[:, None])[np.isfinite(known)]
        if learnt.std() > 1e-9:
            inputs[number] = np.clip(centred, learnt.min(), learnt.max()) / learnt.std()
    return inputs


def _row_mean(values: Floats) -> Floats:
    """Mean of each row's finite values; that of all rows where a row has none."""
    known = np.isfinite(values)
    total = np.where(known, values, 0.0)
    overall = total.sum() / max(known.sum(), 1)
    own = total.sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return np.asarray(np.where(known.any(axis=1), own, overall))


def _fitted(
    inputs: Floats, units: Floats, expected: Floats, plain: Bools, prior: Floats, rows: np.ndarray, ridge: float
) -> Floats:
    """(N, K) log effects: the ``prior`` ones plus a ridge-penalised correction common to each group of ``rows``."""
    learnt = plain & (expected > 0)
    use = np.where(learnt, expected, 0.0)
    sold = np.where(learnt, units, 0.0)
    count = rows.max() + 1
    correction = np.zeros((count, len(inputs)))
    for _ in range(STEPS):
        mean = use * np.exp(np.clip(np.einsum("knt,nk->nt", inputs, prior + correction[rows]), -BOUND, BOUND))
        precision = 1 / (1 + NOISE * mean)
        slope = np.einsum("knt,nt->nk", inputs, precision * (sold - mean))
        curve = np.einsum("knt,jnt,nt->nkj", inputs, inputs, precision * mean, optimize=True)
        gradient, hessian = np.zeros_like(correction), np.zeros((count, len(inputs), len(inputs)))
        np.add.at(gradient, rows, slope)
        np.add.at(hessian, rows, curve)
        step = np.linalg.solve(hessian + ridge * np.eye(len(inputs)), (gradient - ridge * correction)[..., None])[
            ..., 0
        ]
        correction = correction + np.clip(step, -1.0, 1.0)
    return np.asarray(prior + correction[rows])


def groups_of(categories: pd.Series) -> np.ndarray:
    """Number of each row's category."""
    codes: np.ndarray = pd.factorize(categories.fillna("").astype(str))[0]
    return codes
