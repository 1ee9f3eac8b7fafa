"""The time of day."""

from __future__ import annotations

from datetime import UTC, datetime


class SystemClock:
    """`hocba.ports.Clock` of this machine; operators keep it right with NTP."""

    def now(self) -> datetime:
        """Return the present moment."""
        return datetime.now(UTC)
