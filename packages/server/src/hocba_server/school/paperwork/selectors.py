"""The papers that a school signs, and who may sign them."""

from __future__ import annotations

from typing import Final

from hocba_server.school.onboarding.trial_task import OWN_KEY, SCHOOL_KEY
from hocba_server.school.papers.copy_task import COPY
from hocba_server.school.recalls.correction_task import CORRECTION
from hocba_server.school.recalls.paper_task import RECALL
from hocba_server.school.registry.permissions import require
from hocba_server.school.registry.selectors import not_found
from hocba_server.school.signing.paper_tasks import PaperTask
from hocba_server.school.signing.print_codes import CODES
from hocba_server.school.signing.sealed_pdfs import PDFS
from hocba_server.school.situation.paper_task import TELL
from hocba_server.school.staffing.decision_task import DECISION
from hocba_server.school.statements.paper_task import SEAL, SIGN
from hocba_server.school.submission.paper_task import END, REGISTER, REGISTER_OWN, SEND
from hocba_server.web.accounts.actor import Actor

PAPERS: Final = {
    task.name: task
    for task in (
        *(OWN_KEY, SCHOOL_KEY, DECISION, SIGN, SEAL, COPY, CODES, PDFS),
        *(REGISTER, REGISTER_OWN, END, SEND, RECALL, CORRECTION, TELL),
    )
}


def paper_task(by: Actor, name: str) -> PaperTask:
    """The kind of paper that an address names. Raises `Refused`: `not_found`, `role`."""
    task = PAPERS.get(name)
    if task is None:
        raise not_found()
    require(task.deny(by))
    return task
