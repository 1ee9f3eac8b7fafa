"""Lets the tests of this folder import its strategies: the importlib mode adds no paths itself."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
