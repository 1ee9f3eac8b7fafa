"""The word of schools: kept as it was said, and the newest one made what the boards count with.

It comes as a signed message of the school's software, from a form, or from a spreadsheet of the
office; of two words about a year the one that was said later holds, however it came.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from hocba.errors import Refused, Sentence
from hocba.packet.codes import ResponseCode
from hocba.packet.situation import Situation, read_situation
from hocba.workflow.transitions import Denial
from hocba_server.city.certificates.models import Unit
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.oversight.boards import sees_unit
from hocba_server.city.oversight.models import (
    GradeSituation,
    SchoolSituation,
    SituationReport,
    Source,
)
from hocba_server.city.permissions import CityRole, deny_role, require
from hocba_server.city.store.models import ReceivedMessage
from hocba_server.city.store.taken import Taken, result_of
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

WRITERS: Final = (CityRole.OFFICER, CityRole.WARD_OFFICER)
"""Who may enter a school's word by hand: the officer above it."""
AHEAD: Final = dt.timedelta(hours=1)
"""How far the clock of a school's software may be ahead."""


def deny_writing(by: Actor, unit_code: str) -> Denial | None:
    """An officer writes for the schools of the own office."""
    denial = deny_role(by, *WRITERS)
    if denial is None and not sees_unit(by, unit_code):
        return Denial(
            "not_found", Sentence("Không tìm thấy trường này.", "There is no such school.")
        )
    return denial


def save_situation(
    *, by: Actor, at: dt.datetime, unit_code: str, situation: Situation
) -> SituationReport:
    """Keep what an officer typed for a school. Raises `Refused`: `role`, `not_found`."""
    require(deny_writing(by, unit_code))
    with city_transaction():
        return _keep(by=by, at=at, unit_code=unit_code, situation=situation, source=Source.FORM)


def save_situations(
    *, by: Actor, at: dt.datetime, situations: Mapping[str, Situation], source: Source
) -> int:
    """Keep the words of several schools, all or none; answers how many."""
    for code in situations:
        require(deny_writing(by, code))
    with city_transaction():
        for code, situation in sorted(situations.items()):
            _keep(by=by, at=at, unit_code=code, situation=situation, source=source)
    return len(situations)


def _keep(
    *,
    by: Actor,
    at: dt.datetime,
    unit_code: str,
    situation: Situation,
    source: Source,
    message_id: str = "",
) -> SituationReport:
    row = SituationReport.objects.create(
        unit_code=unit_code,
        school_year=str(situation.school_year),
        source=source,
        body=situation.to_json(),
        message_id=message_id,
        said_by=by.user_id or None,
        said_by_name=by.name,
        said_at=situation.said_at,
        received_at=at,
    )
    _make_current(row, situation)
    record_event(
        using=CITY_DATABASE,
        by=by,
        at=at,
        action="keep_situation",
        subject=f"unit:{unit_code}",
        detail={
            "report": row.pk,
            "year": row.school_year,
            "source": str(source),
            "classes": sum(line.classes for line in situation.grades),
            "pupils": sum(line.pupils for line in situation.grades),
            "on_paper": situation.on_paper is not None,
        },
    )
    return row


def _make_current(row: SituationReport, situation: Situation) -> None:
    paper = situation.on_paper
    values: dict[str, Any] = {
        "report": row,
        "on_paper": paper is not None,
        "paper_reason": paper.reason if paper else "",
        "paper_plan": paper.plan if paper else "",
        "join_on": paper.join_on if paper else None,
        "staff_total": situation.staff_total,
        "staff_trained": situation.staff_trained,
        "said_at": situation.said_at,
    }
    key = {"unit_code": row.unit_code, "school_year": row.school_year}
    SchoolSituation.objects.get_or_create(**key, defaults=values)
    current = SchoolSituation.objects.select_for_update().get(**key)
    if current.said_at > situation.said_at:
        return  # a newer word holds; this one is kept as it was said
    for name, value in values.items():
        setattr(current, name, value)
    current.save()
    current.grades.all().delete()
    GradeSituation.objects.bulk_create(
        [
            GradeSituation(
                situation=current,
                grade=line.grade,
                classes=line.classes,
                pupils=line.pupils,
                **dict(
                    zip(
                        ("entering", "complete", "signing", "issued", "sent"),
                        line.reached,
                        strict=True,
                    )
                ),
            )
            for line in situation.grades
        ]
    )


def take_situation(body: Mapping[str, Any], *, unit_code: str, at: dt.datetime) -> Taken:
    """What a school's software sent of itself. Raises `Malformed` when it has another form."""
    situation = read_situation(body)
    key = {"nam_hoc": str(situation.school_year)}
    unit = Unit.objects.filter(code=unit_code).first()
    if unit is None:
        return Taken((result_of(key, ResponseCode.WRONG_UNIT),), lambda _message: None)
    if situation.said_at > at + AHEAD:
        sentence = "Thời điểm của số liệu nằm ở tương lai. Kiểm tra đồng hồ của máy."
        line = result_of(key, ResponseCode.FIELD_TYPE, "thoi_diem", sentence)
        return Taken((line,), lambda _message: None)
    school = Actor(0, unit.name, "", unit.code, (), "school")

    def write(message: ReceivedMessage) -> None:
        _keep(
            by=school,
            at=at,
            unit_code=unit_code,
            situation=situation,
            source=Source.MESSAGE,
            message_id=message.message_id,
        )

    return Taken((result_of(key),), write)


def reports_of(*, by: Actor, unit_code: str, school_year: str) -> Sequence[SituationReport]:
    """What was said of a school's year, newest first."""
    if not sees_unit(by, unit_code):
        raise Refused("not_found", "Không tìm thấy trường này.", "There is no such school.")
    rows = SituationReport.objects.filter(unit_code=unit_code, school_year=school_year)
    return list(rows[:20])
