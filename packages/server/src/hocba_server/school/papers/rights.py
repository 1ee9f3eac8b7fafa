"""Who may print, certify and see the register (QĐ 1789/QĐ-SGDĐT Đ5.3c, Đ22, Đ31, Đ33-34)."""

from __future__ import annotations

import datetime as dt

from hocba.errors import Sentence
from hocba.workflow.transitions import Denial
from hocba_server.school.registry.models import Classroom, SchoolRole
from hocba_server.school.registry.permissions import OFFICE, deny_homeroom_teacher, deny_role
from hocba_server.web.accounts.actor import Actor


def deny_printing(by: Actor, room: Classroom, on: dt.date) -> Denial | None:
    """The office, and on that day the homeroom teacher of the class or the substitute."""
    if deny_role(by, *OFFICE) is None or deny_homeroom_teacher(by, room, on) is None:
        return None
    return Denial(
        "role",
        Sentence(
            f"Chỉ văn phòng và giáo viên chủ nhiệm lớp {room.name} in được học bạ của lớp.",
            f"Only the office and the homeroom teacher print the records of class {room.name}.",
        ),
    )


def deny_certifying(by: Actor) -> Denial | None:
    """The clerk keeps the seal and issues certified copies; the leader is named on them."""
    return deny_role(by, SchoolRole.SCHOOL_CLERK)


def deny_register(by: Actor) -> Denial | None:
    """The register is read by the office only."""
    return deny_role(by, *OFFICE)
