"""Codes that people type from paper or a screen: letters that nobody mixes up, kept as a digest."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Thirty-two: five random bits a letter."""
_GROUP: Final = 4


def new_code(length: int) -> str:
    """A random code of so many letters."""
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def in_groups(code: str) -> str:
    """As people read it: groups of four."""
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def digest_of_typed(code: str, purpose: str) -> str:
    """What is kept of a code. Small letters, blanks and hyphens make no difference."""
    plain = "".join(letter for letter in code.upper() if letter in _LETTERS)
    return hashlib.sha256(f"web_signin.{purpose}/{plain}".encode()).hexdigest()
