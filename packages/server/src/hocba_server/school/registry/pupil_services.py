"""The registrar's work on a pupil's data: by hand, with a reason, nothing lost, all audited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.utils.timezone import localtime

from hocba.errors import Refused
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.registry.happenings import data_sheet_reopened
from hocba_server.school.registry.models import (
    Classroom,
    Enrolment,
    Pupil,
    PupilDataReview,
    PupilMovement,
    PupilStatus,
    ReviewState,
    School,
    SchoolRole,
)
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.pupil_rights import deny_locked_pupil
from hocba_server.school.registry.pupil_selectors import (
    last_change,
    latest_enrolment,
    pupil_by_id,
)
from hocba_server.school.registry.pupil_values import (
    EDITABLE,
    LABELS,
    clean,
    doubts_of,
    read_personal_id,
    read_value,
    values_of,
)
from hocba_server.school.registry.selectors import classroom_by_id
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event, record_read

ARRIVALS = (PupilStatus.STUDYING, PupilStatus.TRANSFERRED_IN, PupilStatus.REPEATING)


def add_pupil(
    *,
    by: Actor,
    at: dt.datetime,
    classroom_id: int,
    pupil_code: str,
    personal_id: str,
    values: Mapping[str, str],
    arrived_on: dt.date,
    status: str = PupilStatus.STUDYING,
    other_school: str = "",
    number_checked: bool = False,
) -> int:
    """Add a pupil by hand to a class: a new one, or one who comes from another school.

    `personal_id` may be empty while the police have given none. Answers the enrolment's id.
    Refuses a pupil whom the school knows already: that file is continued, never made again
    (QĐ 1789 Đ22.1c).
    """
    require(deny_role(by, SchoolRole.REGISTRAR))
    read = {name: read_value(name, values.get(name, "")) for name in EDITABLE}
    code = read_value("pupil_code", pupil_code)
    number = str(read_personal_id(personal_id)) if clean(personal_id) else ""
    origin = required_origin(status, other_school)
    with school_transaction():
        room = classroom_by_id(by, classroom_id, lock=True)
        # The school row is the lock of the register number.
        school = School.objects.select_for_update().get(pk=room.school_id)
        _refuse_known(school, code, number)
        if number and not number_checked:
            _refuse_doubts(number, read)
        school.last_register_number += 1
        school.save(update_fields=["last_register_number"])
        pupil = Pupil.objects.create(
            school=school,
            pupil_code=code,
            personal_id=number,
            register_number=f"{school.last_register_number:05d}/{at.year}",
            entered_by=by.user_id,
            entered_at=at,
            **read,
        )
        row = enrol(pupil, room, status, arrived_on, origin, by=by, at=at)
        detail = {"status": str(status), "classroom": room.name, "other_school": origin}
        audit(by, at, "add_pupil", pupil, detail)
    return row.pk


def enrol(
    pupil: Pupil,
    room: Classroom,
    status: str,
    day: dt.date,
    other_school: str,
    *,
    by: Actor,
    at: dt.datetime,
    reason: str = "",
) -> Enrolment:
    """Write the pupil into a class of a year and keep the movement; inside a transaction."""
    row = Enrolment.objects.create(
        pupil=pupil,
        classroom=room,
        school_year=room.school_year,
        position=Enrolment.objects.filter(classroom=room).count() + 1,
        status=PupilStatus(status),
        arrived_on=day,
        entered_by=by.user_id,
        entered_at=at,
    )
    PupilMovement.objects.create(
        enrolment=row,
        status=row.status,
        to_classroom=room,
        day=day,
        reason=reason,
        other_school=other_school,
        entered_by=by.user_id,
        entered_at=at,
    )
    return row


def required_origin(status: str, other_school: str) -> str:
    """The other school's name, which a transfer must give. Raises `Refused`."""
    if status not in ARRIVALS:
        raise Refused("status", "Chọn học sinh mới hoặc chuyển đến.", "Choose new or transferred.")
    name = clean(other_school)[:250]
    if status == PupilStatus.TRANSFERRED_IN and not name:
        raise Refused(
            "other_school",
            "Ghi tên trường mà em chuyển từ đó đến.",
            "Give the name of the school that the pupil comes from.",
            where="other_school",
        )
    return name


def _refuse_known(school: School, code: str, number: str) -> None:
    known = Pupil.objects.filter(school=school, pupil_code=code).first()
    if known is None and number:
        known = Pupil.objects.filter(school=school, personal_id=number).first()
    if known is None:
        return
    row = latest_enrolment(known)
    place = f" (lớp {row.classroom.name}, năm học {row.school_year})" if row else ""
    raise Refused(
        "known_pupil",
        f"Trường đã có hồ sơ của {known.full_name}{place} với mã hoặc số này. Mở hồ sơ của em "
        "rồi chọn Đi học lại hoặc Xếp lớp, không lập hồ sơ mới.",
        f"The school has a file of {known.full_name} with this code or number; continue that one.",
        where="pupil_code",
    )


def edit_pupil(
    *,
    by: Actor,
    at: dt.datetime,
    pupil_id: int,
    values: Mapping[str, str],
    seen: Mapping[str, str],
    reason: str,
) -> int:
    """Change personal data with a reason; answers how many fields changed.

    `seen` are the values that the form showed. What somebody else changed meanwhile in another
    field stays; the same field changed by both is refused with both values, nothing is lost.
    """
    require(deny_role(by, SchoolRole.REGISTRAR))
    typed = {
        name: read_value(name, values[name])
        for name in EDITABLE
        if name in values and name in seen and clean(values[name]) != clean(seen[name])
    }
    why = required_reason(reason) if typed else ""
    with school_transaction():
        pupil = pupil_by_id(by, pupil_id, lock=True)
        require_unlocked(pupil)
        now = values_of(pupil)
        changed = {name: text for name, text in typed.items() if now[name] != text}
        _refuse_changed_meanwhile(pupil, {name: seen[name] for name in changed}, now)
        if changed:
            write_values(pupil, changed, "change_pupil", {"reason": why}, by=by, at=at)
    return len(changed)


def fill_personal_id(
    *, by: Actor, at: dt.datetime, pupil_id: int, number: str, number_checked: bool = False
) -> bool:
    """Write the personal number that was missing; answers whether anything changed.

    Twelve digits or `Malformed`; a number of another pupil of the school is refused; what does
    not fit the pupil is refused until the registrar says that the paper was checked. What other
    schools hold is not known here.
    """
    require(deny_role(by, SchoolRole.REGISTRAR))
    read = str(read_personal_id(number))
    with school_transaction():
        pupil = pupil_by_id(by, pupil_id, lock=True)
        if pupil.personal_id == read:
            return False
        require_unlocked(pupil)
        if pupil.personal_id:
            raise Refused(
                "has_number",
                f"{pupil.full_name} đã có số định danh. Đổi số thì lập ở mục Thay đổi hộ tịch.",
                f"{pupil.full_name} has a number; a change goes through civil status.",
            )
        refuse_number_of_another(pupil, read)
        if not number_checked:
            _refuse_doubts(read, values_of(pupil))
        write_values(pupil, {"personal_id": read}, "fill_personal_id", {}, by=by, at=at)
    return True


def refuse_number_of_another(pupil: Pupil, number: str) -> None:
    """One number belongs to one pupil of the school."""
    other = Pupil.objects.filter(school=pupil.school_id, personal_id=number).exclude(pk=pupil.pk)
    found = other.first()
    if found is not None:
        raise Refused(
            "number_taken",
            f"Số này đang là của {found.full_name}. Đối chiếu giấy tờ của cả hai em rồi sửa em "
            "ghi sai.",
            f"This number is that of {found.full_name}. Compare the papers of both.",
            where="personal_id",
        )


def _refuse_doubts(number: str, values: Mapping[str, str]) -> None:
    doubts = doubts_of(number, values)
    if doubts:
        raise Refused(
            "check_number",
            " ".join(doubt.vi for doubt in doubts)
            + " Đối chiếu giấy tờ; nếu đúng thì đánh dấu “Đã đối chiếu giấy tờ” rồi lưu lại.",
            " ".join(doubt.en for doubt in doubts) + " Tick “papers checked” if it is right.",
            where="personal_id",
        )


def write_values(
    pupil: Pupil,
    changed: Mapping[str, str],
    action: str,
    detail: Mapping[str, object],
    *,
    by: Actor,
    at: dt.datetime,
) -> None:
    """Write fields with old and new in the audit, and open the data sheet again."""
    old = {name: str(getattr(pupil, name)) for name in changed}
    for name, text in changed.items():
        setattr(pupil, name, text)
    pupil.entered_by, pupil.entered_at = by.user_id, at
    pupil.save(update_fields=[*changed, "entered_by", "entered_at"])
    audit(by, at, action, pupil, {**detail, "old": old, "new": dict(changed)})
    reopen_review(pupil, sorted(changed), by=by, at=at)


def reopen_review(pupil: Pupil, why: Sequence[str], *, by: Actor, at: dt.datetime) -> None:
    """A change after the confirmation opens the data sheet of just this pupil again (Đ20.4)."""
    row = latest_enrolment(pupil)
    if row is None:
        return
    reviews = PupilDataReview.objects.filter(enrolment=row).exclude(state=ReviewState.OPEN)
    if reviews.update(state=ReviewState.OPEN):
        audit(by, at, "reopen_data_sheet", pupil, {"fields": list(why)})
        data_sheet_reopened.send(Enrolment, by=by, at=at, enrolment=row)


def _refuse_changed_meanwhile(
    pupil: Pupil, seen: Mapping[str, str], now: Mapping[str, str]
) -> None:
    meanwhile = [name for name in seen if clean(seen[name]) != clean(now[name])]
    if not meanwhile:
        return
    entry = last_change(pupil)
    who = f"{entry.name} lúc {localtime(entry.at):%H:%M}" if entry else "Người khác"
    parts = "; ".join(
        f"{LABELS[name].vi}: “{seen[name]}” thành “{now[name]}”" for name in meanwhile
    )
    raise Refused(
        "changed_meanwhile",
        f"Trong lúc Thầy/Cô sửa, {who} đã đổi {parts}. Xem lại giá trị rồi lưu lần nữa nếu vẫn "
        "muốn đổi.",
        "Somebody changed the same data meanwhile; look at the values and save again.",
        where=meanwhile[0],
    )


def require_unlocked(pupil: Pupil) -> None:
    """Refuse while the record of the pupil's newest year exists."""
    row = latest_enrolment(pupil)
    if row is not None:
        require(deny_locked_pupil(row))


def required_reason(reason: str) -> str:
    """The reason as one line. Raises `Refused` with code `reason_missing`."""
    text = clean(reason)[:500]
    if not text:
        raise Refused(
            "reason_missing",
            "Còn thiếu lý do. Ghi lý do rồi lưu lại; lý do được giữ trong hồ sơ.",
            "The reason is missing. Give it and save again; it stays on file.",
            where="reason",
        )
    return text


def note_pupil_read(*, by: Actor, at: dt.datetime, pupil: Pupil, what: str) -> None:
    """Keep who opened a pupil's file (design.md 3.5)."""
    record_read(
        using=SCHOOL_DATABASE,
        by=by,
        at=at,
        subject=f"pupil:{pupil.pk}",
        action="read_pupil",
        detail={"what": what},
    )


def audit(
    by: Actor, at: dt.datetime, action: str, pupil: Pupil, detail: Mapping[str, object]
) -> None:
    """One audit row about a pupil, in the open transaction."""
    record_event(
        using=SCHOOL_DATABASE,
        by=by,
        at=at,
        action=action,
        subject=f"pupil:{pupil.pk}",
        detail=dict(detail),
    )
