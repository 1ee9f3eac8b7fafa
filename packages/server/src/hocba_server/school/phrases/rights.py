"""Who may read and change phrases. The bank is for those who write or check comments."""

from __future__ import annotations

from hocba.errors import Sentence
from hocba.workflow.transitions import Denial
from hocba_server.school.phrases.models import Phrase
from hocba_server.school.registry.models import SchoolRole
from hocba_server.school.registry.permissions import deny_other_school, deny_role
from hocba_server.web.accounts.actor import Actor

LEADERS = (SchoolRole.SCHOOL_LEADER, SchoolRole.PRINCIPAL)
WRITERS = (SchoolRole.SUBJECT_TEACHER, SchoolRole.HOMEROOM_TEACHER, *LEADERS)


def deny_bank(by: Actor) -> Denial | None:
    """Teachers and leaders; the administrator and the office write no comments."""
    return deny_role(by, *WRITERS)


def deny_school_bank(by: Actor) -> Denial | None:
    """What everybody at the school is offered, a leader decides."""
    return deny_role(by, *LEADERS)


def deny_own_bank(by: Actor) -> Denial | None:
    """Own phrases belong to a person, known by the personal number."""
    if by.personal_id:
        return deny_bank(by)
    return Denial(
        "role",
        Sentence(
            "Tài khoản của Thầy/Cô chưa có số định danh cá nhân nên chưa giữ được câu riêng.",
            "Your account has no personal number, so it cannot hold phrases of its own.",
        ),
    )


def deny_phrase(by: Actor, phrase: Phrase) -> Denial | None:
    """Phrases of another school or of a colleague do not exist for this person."""
    foreign = deny_other_school(by, phrase.school.code)
    if foreign is not None or phrase.owner in {"", by.personal_id}:
        return foreign
    return Denial(
        "not_found",
        Sentence("Không tìm thấy câu nhận xét này.", "This phrase was not found."),
    )


def deny_change(by: Actor, phrase: Phrase) -> Denial | None:
    """Own phrases change their owner's way, those of the school a leader's."""
    return deny_phrase(by, phrase) or (deny_own_bank(by) if phrase.owner else deny_school_bank(by))
