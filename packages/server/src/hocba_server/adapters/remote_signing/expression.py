"""How factors combine: `PIN AND (OTP OR APP)` (CSC API v2, `auth/expression`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

LONGEST: Final = 500
_TOKEN: Final = re.compile(r"\s*(\(|\)|[^\s()]+)\s*")
_MERGE: Final[dict[str, Callable[[bool, bool], bool]]] = {
    "OR": lambda one, other: one or other,
    "XOR": lambda one, other: one != other,
    "AND": lambda one, other: one and other,
}


def holds(expression: str, shown: frozenset[str]) -> bool:
    """Whether the shown factors satisfy the expression. Raises ValueError when it is none.

    AND binds before XOR, XOR before OR.
    """
    tokens = _tokens(expression)
    value = _chain(tokens, shown, ("OR", "XOR", "AND"))
    if tokens:
        raise ValueError(tokens[0])
    return value


def named(expression: str) -> frozenset[str]:
    """The identifiers in an expression. Raises ValueError when it is none."""
    holds(expression, frozenset())
    return frozenset(_tokens(expression)) - {"(", ")", *_MERGE}


def _tokens(expression: str) -> list[str]:
    if len(expression) > LONGEST:
        raise ValueError("too long")
    return _TOKEN.findall(expression)


def _chain(tokens: list[str], shown: frozenset[str], operators: tuple[str, ...]) -> bool:
    if not operators:
        return _operand(tokens, shown)
    value = _chain(tokens, shown, operators[1:])
    while tokens and tokens[0] == operators[0]:
        tokens.pop(0)
        other = _chain(tokens, shown, operators[1:])
        value = _MERGE[operators[0]](value, other)
    return value


def _operand(tokens: list[str], shown: frozenset[str]) -> bool:
    if not tokens:
        raise ValueError("operand")
    token = tokens.pop(0)
    if token == "(":  # noqa: S105 - a bracket
        value = _chain(tokens, shown, ("OR", "XOR", "AND"))
        if not tokens or tokens.pop(0) != ")":
            raise ValueError("bracket")
        return value
    if token == ")" or token in _MERGE:  # noqa: S105 - a bracket
        raise ValueError(token)
    return token in shown
