"""The four steps of initialising a record at the start of a year (QĐ 1789 Đ20.4a-d).

The signatures of head and clerk are made elsewhere over `data_sheets.sheet_of`; here only the
state is kept.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Sequence

from hocba.errors import Refused
from hocba.ids import record_uuid_from_bytes
from hocba_server.school.database import school_transaction
from hocba_server.school.registry.data_sheets import differs_from_sheet
from hocba_server.school.registry.happenings import data_sheets_confirmed, data_sheets_initialised
from hocba_server.school.registry.models import (
    Classroom,
    Enrolment,
    PupilDataReview,
    ReviewState,
    SchoolRole,
)
from hocba_server.school.registry.permissions import deny_homeroom_teacher, deny_role, require
from hocba_server.school.registry.pupil_selectors import missing_words
from hocba_server.school.registry.pupil_services import audit
from hocba_server.school.registry.pupil_values import values_of
from hocba_server.school.registry.selectors import class_roll, classroom_by_id, not_found
from hocba_server.web.accounts.actor import Actor


def confirm_data(
    *,
    by: Actor,
    at: dt.datetime,
    classroom_id: int,
    enrolment_ids: Collection[int],
    compared: bool,
) -> int:
    """The homeroom teacher has compared the data with the birth certificates; answers how many.

    What is confirmed is frozen as it stands now. Refused when data are missing.
    """
    with school_transaction():
        room = classroom_by_id(by, classroom_id, lock=True)
        require(deny_homeroom_teacher(by, room, at.date()))
        if not compared:
            raise Refused(
                "not_compared",
                "Đánh dấu “Đã đối chiếu giấy khai sinh” rồi xác nhận.",
                "Tick that you compared the birth certificates.",
            )
        rows = _rows(room, enrolment_ids)
        _refuse_missing(rows)
        done = 0
        for row in rows:
            review, _ = PupilDataReview.objects.select_for_update().get_or_create(enrolment=row)
            if review.state != ReviewState.OPEN:
                continue
            review.state = ReviewState.CONFIRMED
            review.sheet_id = record_uuid_from_bytes(secrets.token_bytes(16))
            review.values = values_of(row.pupil)
            review.confirmed_by, review.confirmed_at = by.user_id, at
            review.confirmed_person = _person(by)
            review.initialised_by = review.initialised_at = None
            review.initialised_person = {}
            review.signed_by = review.signed_at = None
            review.save()
            audit(by, at, "confirm_pupil_data", row.pupil, {"sheet": review.sheet_id})
            done += 1
        if done:
            data_sheets_confirmed.send(PupilDataReview, by=by, at=at, room=room, count=done)
    return done


def initialise_data(*, by: Actor, at: dt.datetime, classroom_id: int) -> int:
    """The registrar initialises every confirmed sheet of the class; answers how many."""
    require(deny_role(by, SchoolRole.REGISTRAR))
    with school_transaction():
        room = classroom_by_id(by, classroom_id, lock=True)
        rows = {row.pk: row for row in class_roll(room)}
        reviews = PupilDataReview.objects.select_for_update().filter(
            enrolment__in=rows, state=ReviewState.CONFIRMED
        )
        done = 0
        for review in reviews:
            row = rows[review.enrolment_id]
            if differs_from_sheet(row.pupil, review):
                raise AssertionError("a change of data opens the sheet again")
            review.state = ReviewState.INITIALISED
            review.initialised_by, review.initialised_at = by.user_id, at
            review.initialised_person = _person(by)
            review.save()
            audit(by, at, "initialise_pupil_data", row.pupil, {"sheet": review.sheet_id})
            done += 1
        if not done:
            raise Refused(
                "nothing_confirmed",
                f"Lớp {room.name} chưa có em nào được giáo viên chủ nhiệm đối chiếu mà chưa "
                "khởi tạo.",
                f"Class {room.name} has no confirmed pupil to initialise.",
            )
        data_sheets_initialised.send(PupilDataReview, by=by, at=at, room=room)
    return done


def mark_sheets_signed(*, by: Actor, at: dt.datetime, enrolment_ids: Collection[int]) -> int:
    """The clerk has issued the signed sheets of these pupils; answers how many are new.

    Called by the room that signs, in its own transaction, with what it has just signed.
    """
    require(deny_role(by, SchoolRole.SCHOOL_CLERK))
    with school_transaction():
        reviews = PupilDataReview.objects.select_for_update(of=("self",)).filter(
            enrolment_id__in=enrolment_ids, state=ReviewState.INITIALISED
        )
        done = 0
        for review in reviews.select_related("enrolment__pupil", "enrolment__classroom"):
            classroom_by_id(by, review.enrolment.classroom_id)
            review.state = ReviewState.SIGNED
            review.signed_by, review.signed_at = by.user_id, at
            review.save(update_fields=["state", "signed_by", "signed_at"])
            pupil = review.enrolment.pupil
            audit(by, at, "issue_pupil_data", pupil, {"sheet": review.sheet_id})
            done += 1
    return done


def _rows(room: Classroom, enrolment_ids: Collection[int]) -> list[Enrolment]:
    wanted = set(enrolment_ids)
    rows = [row for row in class_roll(room) if row.pk in wanted]
    if len(rows) != len(wanted):
        raise not_found()
    if not rows:
        raise Refused("nobody", "Chọn ít nhất một em.", "Choose at least one pupil.")
    return rows


def _refuse_missing(rows: Sequence[Enrolment]) -> None:
    for row in rows:
        missing = missing_words(row.pupil)
        if missing:
            vi = ", ".join(word.vi.lower() for word in missing)
            en = ", ".join(word.en.lower() for word in missing)
            name = row.pupil.full_name
            raise Refused(
                "data_missing",
                f"{name} còn thiếu: {vi}. Bỏ chọn em này, nhờ học vụ bổ sung rồi xác nhận sau.",
                f"{name} lacks: {en}.",
            )


def _person(by: Actor) -> dict[str, str]:
    return {"full_name": by.name, "personal_id": str(by.personal_id)}
