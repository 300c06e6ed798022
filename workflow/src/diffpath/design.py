"""Formula to design matrix, contrast to vector, and what a design cannot tell apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_TOKENS = re.compile(rf"\s*({_NAME}|[01]|[-+:*()])")


class DesignError(ValueError):
    """A formula is not of the allowed form, or the model cannot be made."""


def formula_variables(formula: str) -> list[str]:
    """Return the sheet columns a formula names, in the order of first mention.

    A formula is ``~`` followed by column names joined by ``+ - : *`` and
    brackets; functions are not allowed, so that nothing in a config is executed.

    Raises
    ------
    DesignError
        If the formula holds anything else.
    """
    text = formula.strip()
    if not text.startswith("~"):
        raise DesignError(f"'{formula}' does not start with '~'")
    names: list[str] = []
    position, previous = 1, ""
    while text[position:].strip():
        match = _TOKENS.match(text, position)
        if match is None or (match[1] == "(" and re.fullmatch(_NAME, previous)):
            wrong = text[position:].strip() if match is None else f"{previous}("
            raise DesignError(f"'{wrong}' is not allowed in a formula")
        previous, position = match[1], match.end()
        if re.fullmatch(_NAME, previous) and previous not in names:
            names.append(previous)
    if not names:
        raise DesignError(f"'{formula}' names no column")
    return names


@dataclass(frozen=True)
class Design:
    """A design matrix with the tested combination of its coefficients.

    Attributes
    ----------
    matrix
        Units × coefficients.
    contrast
        Weight of each coefficient in log2(test / reference).
    """

    matrix: pd.DataFrame
    contrast: pd.Series

    @cached_property
    def rank(self) -> int:
        """Rank of the matrix."""
        return int(np.linalg.matrix_rank(self.matrix.to_numpy()))

    @property
    def residual_df(self) -> int:
        """Units left for the variance: units − rank."""
        return len(self.matrix) - self.rank

    @property
    def full_rank(self) -> bool:
        """Whether every coefficient can be told from the others."""
        return self.rank == self.matrix.shape[1]

    @property
    def coefficient(self) -> str | None:
        """Name of the coefficient the contrast is equal to, or opposite to, if it is one."""
        used = self.contrast[self.contrast != 0]
        return str(used.index[0]) if len(used) == 1 and abs(used.iloc[0]) == 1 else None

    def aliased(self) -> list[list[str]]:
        """Return groups of coefficients that are linear combinations of one another."""
        values = self.matrix.to_numpy(dtype=float)
        _, singular, right = np.linalg.svd(values)
        padded = np.zeros(values.shape[1])
        padded[: len(singular)] = singular
        null = right[padded <= padded.max() * max(values.shape) * np.finfo(float).eps]
        return [
            [str(self.matrix.columns[int(i)]) for i in np.flatnonzero(np.abs(row) > 1e-8)]
            for row in _sparse_basis(null)
        ]

    def estimable(self) -> bool:
        """Whether the contrast lies in the row space of the matrix."""
        values = self.matrix.to_numpy(dtype=float)
        vector = self.contrast.to_numpy(dtype=float)
        fitted = np.linalg.lstsq(values.T, vector, rcond=None)[0]
        return bool(np.allclose(values.T @ fitted, vector, atol=1e-8))


def build_design(
    units: pd.DataFrame,
    formula: str,
    variable: str,
    test: str,
    reference: str,
    numeric: list[str] | None = None,
) -> Design:
    """Return the design matrix and the contrast test − reference.

    The contrast is the mean over the units of the model's prediction with
    ``variable`` at ``test``, less the same at ``reference``; without interactions
    this is the usual difference of two coefficients.

    Parameters
    ----------
    units
        Units × columns of the sheet.
    formula
        Model formula; treatment coding against the first level in natural order, of
        ``variable`` the first of the two compared.
    numeric
        Columns that enter as numbers; all others enter as labels.

    Raises
    ------
    DesignError
        If a column or level is absent, or a value is missing.
    """
    names = formula_variables(formula)
    absent = [name for name in [*names, variable] if name not in units.columns]
    if absent:
        raise DesignError(f"columns {absent} are not in the sheet")
    if variable not in names:
        raise DesignError(f"the formula '{formula}' does not name the variable '{variable}'")
    data = pd.DataFrame(index=units.index)
    for name in names:
        data[name] = _column(units[name], name, variable, {test, reference}, numeric or [])
    from formulaic import model_matrix  # here: most jobs import this module and make no design

    matrix = model_matrix(formula, data, na_action="raise")
    sides = []
    for level in (test, reference):
        moved = data.copy()
        moved[variable] = pd.Categorical([level] * len(data), data[variable].cat.categories)
        sides.append(np.asarray(matrix.model_spec.get_model_matrix(moved), dtype=float).mean(0))
    contrast = pd.Series(sides[0] - sides[1], index=list(matrix.columns))
    contrast[np.abs(contrast) < 1e-12] = 0.0
    frame = pd.DataFrame(np.asarray(matrix, dtype=float), units.index, list(matrix.columns))
    return Design(frame, contrast)


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key that puts ``P2`` before ``P10`` and ``control`` before ``WS``; no two texts tie."""
    parts = re.findall(r"[0-9]+|[^0-9]+", text)
    key = [(1, int(p), "") if p[0] in "0123456789" else (2, 0, p.casefold()) for p in parts]
    return (*key, (0, 0, text))


def _column(
    values: pd.Series, name: str, variable: str, compared: set[str], numeric: list[str]
) -> pd.Series:
    if name in numeric:
        if name == variable:
            raise DesignError(f"the variable '{variable}' is numeric; a contrast compares labels")
        return pd.to_numeric(values)
    labels = values.astype(str)
    levels = sorted(labels.unique(), key=natural_key)
    if name == variable:
        for level in sorted(compared - set(levels), key=natural_key):
            raise DesignError(f"no unit has {variable} = '{level}'")
        # The same first level whichever way the contrast is read: p cannot depend on it.
        first = min(compared, key=natural_key)
        levels = [first, *(level for level in levels if level != first)]
    return pd.Series(pd.Categorical(labels, levels), index=values.index)


def _sparse_basis(null: NDArray[np.float64]) -> NDArray[np.float64]:
    # Gauss-Jordan with pivoting: each row then names one group of columns.
    rows = null.copy()
    done = 0
    for column in range(rows.shape[1] - 1, -1, -1):
        if done == len(rows):
            break
        pivot = done + int(np.argmax(np.abs(rows[done:, column])))
        if abs(rows[pivot, column]) < 1e-8:
            continue
        rows[[done, pivot]] = rows[[pivot, done]]
        rows[done] /= rows[done, column]
        others = [i for i in range(len(rows)) if i != done]
        rows[others] -= np.outer(rows[others, column], rows[done])
        done += 1
    return rows
