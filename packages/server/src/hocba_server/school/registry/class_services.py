"""What a class learns, chosen by the registrar: electives and languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from hocba.errors import Refused
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.registry.models import Classroom, SchoolRole
from hocba_server.school.registry.permissions import deny_locked_class, deny_role, require
from hocba_server.school.registry.pupil_values import clean
from hocba_server.school.registry.selectors import classroom_by_id
from hocba_server.school.registry.taught import (
    ETHNIC_LANGUAGE,
    FOREIGN_LANGUAGE,
    electives_of_grade,
    has_results,
    taught_subjects,
)
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

LANGUAGE_LIMIT = 50


def set_class_subjects(
    *,
    by: Actor,
    at: dt.datetime,
    classroom_id: int,
    electives: Collection[str],
    foreign_language: str,
    ethnic_language: str,
) -> bool:
    """Choose electives and name the languages of a class; answers whether anything changed.

    An elective with results is not taken away; nothing changes while a record exists.
    """
    require(deny_role(by, SchoolRole.REGISTRAR, SchoolRole.PRINCIPAL))
    with school_transaction():
        room = classroom_by_id(by, classroom_id, lock=True)
        wanted = _wanted(room, electives, clean(foreign_language), clean(ethnic_language))
        old = {name: getattr(room, name) for name in wanted}
        if old == wanted:
            return False
        require(deny_locked_class(room))
        _refuse_lost_results(room, set(old["elective_subjects"]) - set(electives))
        for name, value in wanted.items():
            setattr(room, name, value)
        room.save(update_fields=list(wanted))
        record_event(
            using=SCHOOL_DATABASE,
            by=by,
            at=at,
            action="set_class_subjects",
            subject=f"classroom:{room.pk}",
            detail={"old": old, "new": wanted},
        )
    return True


def _wanted(
    room: Classroom, electives: Collection[str], foreign: str, ethnic: str
) -> dict[str, object]:
    possible = {str(subject.code) for subject in electives_of_grade(room.grade)}
    unknown = set(electives) - possible
    if unknown:
        raise Refused(
            "not_elective",
            f"Môn này không phải môn tự chọn của khối {room.grade}.",
            f"This subject is no elective of grade {room.grade}.",
        )
    compulsory = FOREIGN_LANGUAGE not in possible
    if not foreign and (compulsory or FOREIGN_LANGUAGE in electives):
        raise _language("foreign_language", "Ngoại ngữ 1", "foreign language")
    if not ethnic and ETHNIC_LANGUAGE in electives:
        raise _language("ethnic_language", "Tiếng dân tộc", "ethnic-minority language")
    return {
        "elective_subjects": sorted(electives),
        "foreign_language": foreign[:LANGUAGE_LIMIT] or room.foreign_language,
        "ethnic_language": ethnic[:LANGUAGE_LIMIT] if ETHNIC_LANGUAGE in electives else "",
    }


def _language(field: str, vi: str, en: str) -> Refused:
    return Refused(
        "language", f"Ghi lớp học {vi} là tiếng gì.", f"Name the {en} of the class.", where=field
    )


def _refuse_lost_results(room: Classroom, dropped: Collection[str]) -> None:
    for subject in taught_subjects(room):
        if str(subject.code) in dropped and has_results(room, str(subject.code)):
            raise Refused(
                "has_results",
                f"Lớp {room.name} đã có kết quả môn {subject.name} nên chưa bỏ được môn này.",
                f"Class {room.name} has results in this subject; it cannot be dropped.",
            )
