"""Who may do what with a pupil's file. One function per question; a `Denial` or None.

Source: QĐ 1789/QĐ-SGDĐT Đ5.3 (rights by task), Đ21.3 (what is recorded stands still), Đ31, Đ33,
Đ34; disability and health are treated as sensitive data.
"""

from __future__ import annotations

import datetime as dt

from hocba.errors import Sentence
from hocba.workflow.transitions import Denial, RecordState
from hocba_server.school.registry.models import Classroom, Enrolment, SchoolRole
from hocba_server.school.registry.permissions import deny_homeroom_teacher, deny_role
from hocba_server.web.accounts.actor import Actor

LEADERS = (SchoolRole.SCHOOL_LEADER, SchoolRole.PRINCIPAL)
OFFICE = (SchoolRole.REGISTRAR, SchoolRole.SCHOOL_CLERK, *LEADERS)
_STATES = list(RecordState)
_GONE = {RecordState.REJECTED, RecordState.RECALLED, RecordState.REPLACED}
STANDING_RECORD = tuple(
    state.value for state in _STATES[_STATES.index(RecordState.ISSUED) :] if state not in _GONE
)
"""States of a record that is issued and holds."""


def deny_pupil_reader(by: Actor, room: Classroom, on: dt.date | None = None) -> Denial | None:
    """Who opens a pupil's personal data: the office and the homeroom teacher of the class."""
    if deny_role(by, *OFFICE) is None or deny_homeroom_teacher(by, room, on) is None:
        return None
    if SchoolRole.ADMINISTRATOR.value in by.roles:
        return Denial(
            "role",
            Sentence(
                "Tài khoản quản trị không xem hồ sơ học sinh.",
                "An administrator's account sees no pupil's file.",
            ),
        )
    return Denial(
        "role",
        Sentence(
            f"Hồ sơ học sinh lớp {room.name} chỉ mở cho giáo viên chủ nhiệm lớp và văn phòng.",
            f"Files of class {room.name} open to its homeroom teacher and the office only.",
        ),
    )


def deny_special_reader(by: Actor, room: Classroom, on: dt.date | None = None) -> Denial | None:
    """Disability and exemptions: homeroom teacher of the class, registrar, leaders."""
    if deny_role(by, SchoolRole.REGISTRAR, *LEADERS) is None:
        return None
    if deny_homeroom_teacher(by, room, on) is None:
        return None
    return Denial(
        "role",
        Sentence(
            "Mục này chỉ mở cho giáo viên chủ nhiệm của lớp, học vụ và lãnh đạo nhà trường.",
            "Only the homeroom teacher, the registrar and the leaders may open this.",
        ),
    )


def deny_pupil_editor(by: Actor) -> Denial | None:
    """Pupils' files are written by the registrar (QĐ 1789 Đ34.1)."""
    return deny_role(by, SchoolRole.REGISTRAR)


def deny_locked_pupil(enrolment: Enrolment) -> Denial | None:
    """What stands in a record of this year does not change silently (QĐ 1789 Đ21.3).

    Between a recall or refusal and the successor no record stands: what was wrong is corrected.
    """
    if _only_gone_records(enrolment):
        return None
    return deny_locked_place(enrolment)


def deny_locked_place(enrolment: Enrolment) -> Denial | None:
    """A pupil whose record of this year was ever created stays in the class that makes it."""
    if enrolment.results_locked_at is None:
        return None
    name = enrolment.pupil.full_name
    if not has_issued_record(enrolment):
        return Denial(
            "locked",
            Sentence(
                f"Học bạ đã khởi tạo cho {name} nên thông tin của em không sửa được. "
                "Cần sửa thì xin trả lại học bạ của lớp trước.",
                f"The record of {name} exists; it must be returned before the data can change.",
            ),
        )
    return Denial(
        "locked",
        Sentence(
            f"Học bạ đã khởi tạo và phát hành cho {name}. Thay đổi hộ tịch thì lập ở mục "
            "Thay đổi hộ tịch; học bạ ghi sai thì thu hồi hoặc chỉnh lý; việc khác chờ mở năm "
            "học mới.",
            f"The record of {name} is issued. Use a change of civil status, a recall or a "
            "correction; anything else waits for the new school year.",
        ),
    )


def deny_pending_record(enrolment: Enrolment) -> Denial | None:
    """While a record is on its way to issue nothing about the pupil moves."""
    if enrolment.results_locked_at is None or has_issued_record(enrolment):
        return None
    return deny_locked_place(enrolment)


def _only_gone_records(enrolment: Enrolment) -> bool:
    states = set(enrolment.records.values_list("state", flat=True))
    return bool(states) and states <= {state.value for state in _GONE}


def has_issued_record(enrolment: Enrolment) -> bool:
    """A record of this year is issued and not refused, recalled or replaced."""
    rows = enrolment.records.filter(state__in=STANDING_RECORD)
    return bool(rows.exists())
