"""How tests are named, and how property tests search: the same in every process and run."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("searching", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

LONGEST_NAME = 80
"""Characters of a value that may stand in a test's name. Longer ones are documents, some made with
keys drawn in this process: workers would not agree on the names, and 10 MB is no name."""


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Name a long value by its argument; pytest numbers those that are the same."""
    long = isinstance(val, str | bytes) and len(val) > LONGEST_NAME
    return argname if long else None
