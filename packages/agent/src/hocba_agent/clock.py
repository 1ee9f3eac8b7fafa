"""Seconds that pass for an expiry, whatever happens to the computer's clock."""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], float]
"""Seconds that never run backwards; only differences mean something."""


class SteadyClock:
    """Counts the larger of what two clocks say has passed.

    The monotonic clock stands still while a computer sleeps, the wall clock can be set back; an
    expiry must be fooled by neither. A wall clock set forward ends sessions early, which is safe.
    """

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wall, self._monotonic = wall, monotonic
        self._last = (wall(), monotonic())
        self._passed = 0.0

    def __call__(self) -> float:
        """Seconds since this clock was made."""
        now = (self._wall(), self._monotonic())
        self._passed += max(now[0] - self._last[0], now[1] - self._last[1], 0.0)
        self._last = now
        return self._passed
