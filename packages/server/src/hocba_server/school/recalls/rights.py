"""Who may ask for a recall or a correction; each question is answered by a `Denial` or None.

Source: CV 2088/BGDĐT-GDTH III.3(1-2); QĐ 1789/QĐ-SGDĐT Đ21.4, Đ21.6.
"""

from __future__ import annotations

from hocba.workflow.transitions import Action, Denial, RecordState, decide
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.registry.models import SchoolRole
from hocba_server.school.registry.permissions import deny_role
from hocba_server.web.accounts.actor import Actor

OFFICE = (SchoolRole.SCHOOL_CLERK, SchoolRole.SCHOOL_LEADER, SchoolRole.PRINCIPAL)


def deny_asking(by: Actor) -> Denial | None:
    """Clerk, leader or principal."""
    return deny_role(by, *OFFICE)


def deny_recall(by: Actor, record: AnnualRecordDraft) -> Denial | None:
    """May this person ask for the recall of this record now?"""
    return _denied(by, record, Action.REQUEST_RECALL)


def deny_correction(by: Actor, record: AnnualRecordDraft) -> Denial | None:
    """May this person ask for the correction of this closed record now (Đ21.6)?"""
    return _denied(by, record, Action.REQUEST_CORRECTION)


def _denied(by: Actor, record: AnnualRecordDraft, action: Action) -> Denial | None:
    answer = decide(RecordState(record.state), action, by.roles)
    if not isinstance(answer, Denial):
        return None
    code = "role" if answer.code in {"wrong_role", "administrator"} else answer.code
    return Denial(code, answer.sentence)
