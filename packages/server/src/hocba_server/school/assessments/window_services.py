"""Opening and closing entry, and the head's permission to change results afterwards.

QĐ 1789/QĐ-SGDĐT Đ13.3 (corrections with permission), Đ30 (opening and closing times).
"""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from hocba.assessment.periods import Period
from hocba.errors import Refused, Sentence
from hocba.ids import SchoolYear
from hocba_server.school.assessments.entering import deny_sheet
from hocba_server.school.assessments.entries import clean_text
from hocba_server.school.assessments.models import (
    ChangePermission,
    EntryWindow,
    PermissionState,
)
from hocba_server.school.assessments.sheets import Sheet
from hocba_server.school.assessments.windows import (
    open_question,
    permission_by_id,
    sheet_windows,
)
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.notices import matters
from hocba_server.school.notices.models import NoticeKind
from hocba_server.school.notices.services import notify, settle
from hocba_server.school.registry.models import SchoolRole
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.selectors import classroom_by_id, own_school, people_in_role
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

LONGEST_PERMISSION_DAYS = 14
LONGEST_WINDOW_DAYS = 366


def set_window(
    *,
    by: Actor,
    at: dt.datetime,
    school_year: str,
    period: Period,
    opens_on: dt.date,
    closes_on: dt.date,
    closed_early: bool = False,
) -> None:
    """Set, move, close early or open again the window of a period; only the principal."""
    require(deny_role(by, SchoolRole.PRINCIPAL))
    SchoolYear.parse(school_year)
    if not opens_on <= closes_on or (closes_on - opens_on).days > LONGEST_WINDOW_DAYS:
        raise Refused(
            "window_days",
            "Ngày đóng phải từ ngày mở trở đi và trong vòng một năm.",
            "The closing day must not lie before the opening day, nor a year after it.",
        )
    with school_transaction():
        school = own_school(by)
        values = {
            "opens_on": opens_on,
            "closes_on": closes_on,
            "closed_early": closed_early,
            "set_by": by.user_id,
            "set_by_name": by.name[:150],
            "set_at": at,
        }
        EntryWindow.objects.update_or_create(
            school=school, school_year=school_year, period=period, defaults=values
        )
        detail = {
            "school_year": school_year,
            "period": period.value,
            "opens_on": opens_on.isoformat(),
            "closes_on": closes_on.isoformat(),
            "closed_early": closed_early,
        }
        record_event(
            using=SCHOOL_DATABASE,
            by=by,
            at=at,
            action="set_window",
            subject=f"school:{school.code}",
            detail=detail,
        )


def ask_permission(
    *,
    by: Actor,
    at: dt.datetime,
    classroom_id: int,
    sheet: Sheet,
    period: Period,
    reason: str,
) -> int:
    """A teacher asks the head to change one sheet after closing; one open question at a time."""
    why = clean_text(reason)
    if not why:
        raise Refused("reason_missing", "Ghi lý do xin sửa.", "Give the reason for the change.")
    with school_transaction():
        room = classroom_by_id(by, classroom_id, lock=True)
        require(deny_sheet(by, room, sheet, at))
        if not sheet_windows(by, room, sheet, period, at).closed:
            raise Refused(
                "window_open",
                "Thời hạn nhập đang mở: Thầy/Cô sửa được ngay, không cần xin phép.",
                "Entry is open: no permission is needed.",
            )
        if open_question(by, room, sheet, period) is not None:
            raise Refused(
                "asked_already",
                "Thầy/Cô đã gửi lý do, đang chờ hiệu trưởng trả lời.",
                "You have asked already; the principal has not answered yet.",
            )
        row = ChangePermission.objects.create(
            classroom=room,
            sheet=sheet.slug,
            period=period,
            reason=why[:500],
            asked_by=by.user_id,
            asked_by_name=by.name[:150],
            asked_by_personal_id=by.personal_id,
            asked_at=at,
        )
        _audit(by, at, "ask_permission", row)
        _tell_principal(by, at, row, sheet)
    return row.pk


def _tell_principal(by: Actor, at: dt.datetime, row: ChangePermission, sheet: Sheet) -> None:
    room = row.classroom
    notify(
        by=by,
        at=at,
        school=room.school,
        recipients=people_in_role(room.school, room.school_year, SchoolRole.PRINCIPAL),
        kind=NoticeKind.PERMISSION,
        title=Sentence(
            f"{by.name} xin sửa kết quả lớp {room.name}",
            f"{by.name} asks to change results of class {room.name}",
        ),
        text=sheet.title,
        url=reverse("school_assessments:windows"),
        class_name=room.name,
        matter=matters.permission(row.pk),
    )


def decide_permission(
    *,
    by: Actor,
    at: dt.datetime,
    permission_id: int,
    granted: bool,
    answer: str = "",
    days: int = 3,
) -> None:
    """The principal or an assigned leader answers; a permission ends by itself after some days."""
    require(deny_role(by, SchoolRole.PRINCIPAL, SchoolRole.SCHOOL_LEADER))
    if not 1 <= days <= LONGEST_PERMISSION_DAYS:
        raise Refused(
            "permission_days",
            f"Thời hạn cho phép từ 1 đến {LONGEST_PERMISSION_DAYS} ngày.",
            f"A permission lasts 1 to {LONGEST_PERMISSION_DAYS} days.",
        )
    said = clean_text(answer)
    if not granted and not said:
        raise Refused(
            "reason_missing",
            "Ghi lý do không cho phép để giáo viên biết.",
            "Give the reason for the refusal.",
        )
    with school_transaction():
        row = permission_by_id(by, permission_id, lock=True)
        if row.state != PermissionState.ASKED:
            raise Refused(
                "decided_already",
                f"{row.decided_by_name} đã trả lời yêu cầu này.",
                f"{row.decided_by_name} has answered this request.",
            )
        row.state = PermissionState.GRANTED if granted else PermissionState.REFUSED
        row.decided_by, row.decided_by_name, row.decided_at = by.user_id, by.name[:150], at
        row.answer = said[:500]
        row.valid_until = at + dt.timedelta(days=days) if granted else None
        row.save()
        _audit(by, at, "decide_permission", row)
        settle(at=at, school=row.classroom.school, matter=matters.permission(row.pk))
        _tell_answer(by, at, row)


def _tell_answer(by: Actor, at: dt.datetime, row: ChangePermission) -> None:
    room = row.classroom
    if row.state == PermissionState.GRANTED:
        title = Sentence(
            f"Được phép sửa kết quả lớp {room.name}", f"You may change results of {room.name}"
        )
    else:
        title = Sentence(
            f"Không được phép sửa kết quả lớp {room.name}", f"No change of results of {room.name}"
        )
    notify(
        by=by,
        at=at,
        school=room.school,
        recipients=[row.asked_by_personal_id],
        kind=NoticeKind.PERMISSION,
        title=title,
        text=Sentence(row.answer, row.answer),
        url=reverse("school_assessments:grid", args=[room.pk, row.sheet, row.period]),
        class_name=room.name,
    )


def end_permission(*, by: Actor, at: dt.datetime, permission_id: int) -> None:
    """The principal or a leader takes a permission back before it ends by itself."""
    require(deny_role(by, SchoolRole.PRINCIPAL, SchoolRole.SCHOOL_LEADER))
    with school_transaction():
        row = permission_by_id(by, permission_id, lock=True)
        if row.state != PermissionState.GRANTED:
            raise Refused("not_granted", "Phép sửa này không còn hiệu lực.", "It is not in force.")
        row.state, row.valid_until = PermissionState.ENDED, at
        row.save(update_fields=["state", "valid_until"])
        _audit(by, at, "end_permission", row)


def _audit(by: Actor, at: dt.datetime, action: str, row: ChangePermission) -> None:
    record_event(
        using=SCHOOL_DATABASE,
        by=by,
        at=at,
        action=action,
        subject=f"permission:{row.pk}",
        detail={
            "classroom": row.classroom_id,
            "sheet": row.sheet,
            "period": row.period,
            "reason": row.reason,
            "state": row.state,
            "answer": row.answer,
        },
    )
