"""The agent's tests: a world of cardboard, and a real soft token where one is needed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the importlib mode adds no paths
from agent_world import World


@pytest.fixture
def world() -> World:
    return World()
