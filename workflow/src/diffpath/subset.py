"""Subset expressions over sample-sheet columns, parsed and never evaluated as Python.

Allowed are comparisons (``==  !=  <  <=  >  >=  in  not in``) of a column with
quoted text, a number or a list of them, joined by ``and``, ``or``, ``not`` and
brackets: ``condition in ['WS', 'control'] and passage < 8``.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_OPERATORS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


class SubsetError(ValueError):
    """A subset expression is not of the allowed form, or names what is not there."""


def select_rows(sheet: pd.DataFrame, expression: str) -> NDArray[np.bool_]:
    """Return which rows of the sheet the expression keeps.

    Parameters
    ----------
    sheet
        Samples × columns; text, or numbers where the config says so.
    expression
        Subset expression; an empty one keeps every row.

    Raises
    ------
    SubsetError
        If the expression cannot be parsed, names an absent column, or compares
        a column with a value of the other kind.
    """
    if not expression.strip():
        return np.ones(len(sheet), dtype=bool)
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except SyntaxError as error:
        raise SubsetError(f"'{expression}' is not an expression: {error.msg}") from error
    return _evaluate(tree.body, sheet)


def _evaluate(node: ast.expr, sheet: pd.DataFrame) -> NDArray[np.bool_]:
    if isinstance(node, ast.BoolOp):
        parts = [_evaluate(value, sheet) for value in node.values]
        combine = np.logical_and if isinstance(node.op, ast.And) else np.logical_or
        return np.asarray(combine.reduce(parts), dtype=bool)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return ~_evaluate(node.operand, sheet)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return _compare(node.left, node.ops[0], node.comparators[0], sheet)
    raise SubsetError(
        f"'{ast.unparse(node)}' is not a comparison; write COLUMN == 'value', "
        "joined by and, or, not"
    )


def _compare(
    left: ast.expr, op: ast.cmpop, right: ast.expr, sheet: pd.DataFrame
) -> NDArray[np.bool_]:
    if not isinstance(left, ast.Name):
        raise SubsetError(f"'{ast.unparse(left)}' stands where a column name is expected")
    if left.id not in sheet.columns:
        raise SubsetError(f"there is no column '{left.id}'; columns: {', '.join(sheet.columns)}")
    values = sheet[left.id]
    try:
        constant = ast.literal_eval(right)
    except ValueError as error:
        raise SubsetError(
            f"'{ast.unparse(right)}' is not a quoted text, a number or a list; quote text"
        ) from error
    numeric = pd.api.types.is_numeric_dtype(values)
    for item in constant if isinstance(constant, list | tuple) else [constant]:
        if isinstance(item, str) == numeric or isinstance(item, bool):
            kind = "numbers" if numeric else "text"
            raise SubsetError(f"column '{left.id}' holds {kind} and is compared with {item!r}")
    if isinstance(op, ast.In | ast.NotIn):
        if not isinstance(constant, list | tuple):
            raise SubsetError(f"'in' needs a list, such as {left.id} in ['a', 'b']")
        inside = values.isin(constant).to_numpy(dtype=bool)
        return inside if isinstance(op, ast.In) else ~inside
    if type(op) not in _OPERATORS or isinstance(constant, list | tuple):
        raise SubsetError(f"'{left.id}' cannot be compared with {ast.unparse(right)} that way")
    return np.asarray(_OPERATORS[type(op)](values, constant), dtype=bool)
