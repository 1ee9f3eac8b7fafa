from __future__ import annotations

from hocba_server.adapters.clock import SystemClock
from hocba_server.config.jobs import school_jobs
from hocba_server.school.signing.models import SigningSession
from hocba_server.school.signing.running import run_session
from hocba_server.school.signing.services import SIGN_JOB
from hocba_server.school.training.sources import sources_of


@school_jobs.task(name=SIGN_JOB)
def sign(session_id: int) -> None:
    """Work on a session; a job that was cut off goes on where the last chunk was kept."""
    session = SigningSession.objects.select_related("school").get(pk=session_id)
    of = sources_of(session.school.code)
    run_session(session_id, of.keys(), of.timestamps(), SystemClock(), of.trust())
