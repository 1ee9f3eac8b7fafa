from __future__ import annotations

from hocba_server.adapters.clock import SystemClock
from hocba_server.adapters.keystores import key_store
from hocba_server.adapters.timestamp import timestamp_source
from hocba_server.config.jobs import school_jobs
from hocba_server.school.signing.services import SIGN_CLASS_JOB, run_session


@school_jobs.task(name=SIGN_CLASS_JOB)
def sign_class(session_id: int) -> None:
    """Sign a whole class; a job that was cut off goes on where the last chunk was kept."""
    run_session(session_id, key_store(), timestamp_source(), SystemClock())
