"""People of the school: add, correct, leave and come back (QĐ 1789/QĐ-SGDĐT Đ20.2, Đ23)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.timezone import localdate

from hocba.errors import Refused
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.registry.models import SchoolRole, StaffAssignment, StaffMember
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.selectors import not_found, school_by_id
from hocba_server.school.registry.services import add_staff
from hocba_server.school.registry.staff_services import change_staff, hand_over, staff_by_id
from hocba_server.school.staffing.models import Campus, StaffDeparture, StaffProfile
from hocba_server.school.staffing.rights import deny_staff_editor
from hocba_server.school.staffing.role_sync import synchronise, unit_of
from hocba_server.school.staffing.years import working_years
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.accounts.memberships import accounts_transaction, lock_member, places_of
from hocba_server.web.audit.services import record_event
from hocba_server.web.spreadsheets.cells import birth_date_value

GENDERS = ("Nam", "Nữ")


@dataclass(frozen=True, slots=True)
class PersonData:
    """What a form or a file says about a person."""

    full_name: str
    personal_id: str
    title: str = "Giáo viên"
    birth_date: str = ""
    gender: str = ""
    subjects: str = ""
    email: str = ""
    campus_id: int | None = None


@dataclass(frozen=True, slots=True)
class Departure:
    """What the head states when somebody leaves."""

    left_on: dt.date
    reason: str
    handover_note: str
    successor_id: int | None = None


def save_person(
    *, by: Actor, at: dt.datetime, school_id: int, data: PersonData, staff_id: int | None = None
) -> int:
    """Add a person, or correct one with `staff_id`.

    Raises `Malformed` for the personal number; `Refused`: `person_name`, `person_birth_date`,
    `person_gender`, `person_email`, `personal_id_taken`, `person_has_account`.
    """
    require(deny_staff_editor(by))
    birth_date = check_person(data)
    with school_transaction():
        school = school_by_id(by, school_id)
        title = data.title.strip()[:150] or "Giáo viên"
        if staff_id is None:
            _refuse_known(school_id, data.personal_id)
            staff_id = add_staff(
                by=by,
                at=at,
                school_id=school.pk,
                full_name=data.full_name.strip(),
                personal_id=data.personal_id,
                title=title,
            )
        else:
            staff = staff_by_id(by, staff_id, lock=True)
            if staff.personal_id != data.personal_id:
                _refuse_account(staff)
            change_staff(
                by=by,
                at=at,
                staff_id=staff_id,
                full_name=data.full_name.strip(),
                personal_id=data.personal_id,
                title=title,
            )
        write_profile(school_id, staff_id, data, birth_date)
        _audit(by, at, "save_person", f"staff:{staff_id}", {"campus": data.campus_id})
    return staff_id


def check_person(data: PersonData) -> str:
    """The birth date as dd/mm/yyyy. Raises `Refused` with what is wrong with the data."""
    if not data.full_name.strip():
        raise Refused("person_name", "Ghi họ và tên.", "Give the full name.")
    birth_date = birth_date_value(data.birth_date) if data.birth_date.strip() else ""
    if birth_date is None:
        raise Refused(
            "person_birth_date",
            "Ngày sinh phải có dạng ngày/tháng/năm, ví dụ 05/09/1985.",
            "The birth date has the form dd/mm/yyyy.",
        )
    if data.gender not in {"", *GENDERS}:
        raise Refused("person_gender", "Giới tính ghi Nam hoặc Nữ.", "The gender is Nam or Nữ.")
    if data.email.strip():
        try:
            validate_email(data.email.strip())
        except ValidationError as error:
            raise Refused(
                "person_email",
                "Thư điện tử chưa đúng, ví dụ co.lan@truong.edu.vn.",
                "The e-mail address is not valid.",
            ) from error
    return birth_date


def write_profile(school_id: int, staff_id: int, data: PersonData, birth_date: str) -> None:
    """Write what stands beside the staff row, in the transaction of the caller."""
    campus = None
    if data.campus_id is not None:
        campus = Campus.objects.filter(pk=data.campus_id, school_id=school_id).first()
        if campus is None:
            raise not_found()
    StaffProfile.objects.update_or_create(
        staff_id=staff_id,
        defaults={
            "birth_date": birth_date,
            "gender": data.gender,
            "subjects": data.subjects.strip()[:250],
            "email": data.email.strip()[:200],
            "campus": campus,
        },
    )


def record_departure(*, by: Actor, at: dt.datetime, staff_id: int, terms: Departure) -> int:
    """Somebody leaves (Đ23): the successor takes the work over, the account is locked at once.

    A private key never changes hands: what is kept is the note of the hand-over. Raises `Refused`:
    `departure_terms`, `departure_own`, `departure_twice`, `successor`, and what `hand_over` raises.
    """
    require(deny_role(by, SchoolRole.PRINCIPAL))
    with accounts_transaction(), school_transaction():
        staff = staff_by_id(by, staff_id, lock=True)
        _check_departure(by, at, staff, terms)
        successor = _successor(by, staff, terms.successor_id)
        handed = hand_over(
            by=by,
            at=at,
            from_staff_id=staff.pk,
            to_staff_id=successor.pk if successor else None,
            school_years=working_years(staff.school, localdate(at)),
        )
        row = StaffDeparture.objects.create(
            staff=staff,
            left_on=terms.left_on,
            reason=terms.reason.strip()[:300],
            handover_note=terms.handover_note.strip()[:3000],
            successor=successor,
            handed_over=handed,
            recorded_by=by.user_id,
            recorded_by_name=by.name[:150],
            recorded_at=at,
        )
        locked = lock_member(unit=unit_of(staff.school), personal_id=staff.personal_id)
        people = [staff, successor] if successor else [staff]
        synchronise(by=by, at=at, school=staff.school, staff=people)
        detail = {
            "left_on": str(terms.left_on),
            "successor": successor.pk if successor else None,
            "account_locked": locked,
        }
        _audit(by, at, "staff_left", f"staff:{staff.pk}", detail)
    return row.pk


def record_return(*, by: Actor, at: dt.datetime, staff_id: int, returned_on: dt.date) -> None:
    """Somebody comes back. Work and account come back by new assignment and a new order only."""
    require(deny_role(by, SchoolRole.PRINCIPAL))
    with school_transaction():
        staff = staff_by_id(by, staff_id, lock=True)
        row = StaffDeparture.objects.filter(staff=staff, returned_on=None).first()
        if row is None or returned_on < row.left_on:
            raise Refused(
                "not_left",
                "Người này không ở trạng thái đã rời trường, hoặc ngày trở lại trước ngày rời.",
                "This person has not left, or returns before leaving.",
            )
        row.returned_on = returned_on
        row.save(update_fields=["returned_on"])
        detail = {"returned_on": str(returned_on)}
        _audit(by, at, "staff_returned", f"staff:{staff.pk}", detail)


def _check_departure(by: Actor, at: dt.datetime, staff: StaffMember, terms: Departure) -> None:
    if staff.personal_id == by.personal_id:
        raise Refused(
            "departure_own",
            "Hiệu trưởng không tự ghi mình rời trường; cấp trên phân công người mới trước.",
            "The head does not record the own departure.",
        )
    if not terms.reason.strip() or not terms.handover_note.strip():
        raise Refused(
            "departure_terms",
            "Ghi lý do và nội dung biên bản bàn giao (công việc, hồ sơ, thiết bị ký số).",
            "Give the reason and the hand-over note.",
        )
    if terms.left_on > localdate(at):
        raise Refused(
            "departure_terms",
            "Ghi từ ngày rời trường trở đi. Nghỉ trước ngày đó thì ghi dạy thay.",
            "Record it from the day of leaving on; until then use a substitution.",
        )
    if StaffDeparture.objects.filter(staff=staff, returned_on=None).exists():
        raise Refused(
            "departure_twice",
            f"{staff.full_name} đã được ghi là rời trường.",
            "This person is recorded as having left.",
        )


def _successor(by: Actor, leaver: StaffMember, staff_id: int | None) -> StaffMember | None:
    if staff_id is None:
        return None
    found = staff_by_id(by, staff_id)
    gone = StaffDeparture.objects.filter(staff=found, returned_on=None).exists()
    if gone or found.pk == leaver.pk:
        raise Refused(
            "successor",
            "Người nhận bàn giao phải là người khác đang làm việc ở trường.",
            "The successor must be somebody else who works at the school.",
        )
    return found


def _refuse_known(school_id: int, personal_id: str) -> None:
    if StaffMember.objects.filter(school_id=school_id, personal_id=personal_id).exists():
        raise Refused(
            "personal_id_taken",
            "Số định danh này đã có trong danh sách nhân sự. Mở người đó để sửa.",
            "This personal number is in the staff list already.",
        )


def _refuse_account(staff: StaffMember) -> None:
    """A number decides whose key signs and whose account it is: both would change hands."""
    if places_of(unit_of(staff.school), staff.personal_id):
        raise Refused(
            "person_has_account",
            "Người này đã có tài khoản theo số định danh cũ nên không sửa số được. "
            "Thêm người mới với số đúng, rồi ghi bàn giao.",
            "This person has an account under the old number. Add a new person instead.",
        )
    if StaffAssignment.objects.filter(staff=staff).exists():
        raise Refused(
            "person_has_account",
            "Người này đã được phân công theo số định danh cũ nên không sửa số được. "
            "Thêm người mới với số đúng, rồi ghi bàn giao.",
            "This person is assigned under the old number. Add a new person instead.",
        )


def _audit(
    by: Actor, at: dt.datetime, action: str, subject: str, detail: Mapping[str, object]
) -> None:
    record_event(
        using=SCHOOL_DATABASE, by=by, at=at, action=action, subject=subject, detail=dict(detail)
    )
