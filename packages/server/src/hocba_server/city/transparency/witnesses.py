"""The witnesses of the log, as the operator's policy file names them (C2SP tlog-policy)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from hocba.errors import Unavailable
from hocba.tlog.trust_policy import LogPolicy

_MAX = 1_000_000


def log_policy() -> LogPolicy:
    """The policy of `HOCBA_LOG_POLICY`; without one no witness is known or demanded.

    Raises `Malformed` for a file that cannot be read as a policy, `Unavailable` for none at all.
    """
    if settings.LOG_POLICY is None:
        return LogPolicy()
    file = Path(settings.LOG_POLICY)
    try:
        return _read(file, file.stat().st_mtime_ns)
    except OSError:
        raise Unavailable(
            "log_policy",
            "Không đọc được tệp nhân chứng (HOCBA_LOG_POLICY).",
            "The witness policy file (HOCBA_LOG_POLICY) cannot be read.",
        ) from None


@lru_cache(maxsize=4)
def _read(file: Path, _changed: int) -> LogPolicy:
    with file.open("rb") as source:
        return LogPolicy.parse(source.read(_MAX))
