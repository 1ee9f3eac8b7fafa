"""Điểm trường: the places of a school and which class learns where."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from hocba.errors import Refused
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.registry.permissions import require
from hocba_server.school.registry.selectors import classroom_by_id, not_found, school_by_id
from hocba_server.school.staffing.models import Campus, CampusClass
from hocba_server.school.staffing.rights import deny_staff_editor
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event


def save_campus(
    *,
    by: Actor,
    at: dt.datetime,
    school_id: int,
    name: str,
    address: str,
    campus_id: int | None = None,
) -> int:
    """Add a campus or rename one. Raises `Refused`: `campus_name`, `campus_twice`."""
    require(deny_staff_editor(by))
    name = name.strip()[:100]
    if not name:
        raise Refused("campus_name", "Ghi tên điểm trường.", "Name the campus.")
    with school_transaction():
        school = school_by_id(by, school_id)
        rows = Campus.objects.select_for_update().filter(school=school)
        if any(row.pk != campus_id for row in rows.filter(name=name)):
            raise Refused(
                "campus_twice",
                f"Trường đã có điểm trường tên {name}.",
                "The school has a campus of this name already.",
            )
        if campus_id is None:
            row = Campus.objects.create(school=school, name=name, address=address.strip()[:250])
        else:
            row = _own(by, campus_id)
            row.name, row.address = name, address.strip()[:250]
            row.save(update_fields=["name", "address"])
        _audit(by, at, "save_campus", f"campus:{row.pk}", {"name": name})
    return row.pk


def place_classes(*, by: Actor, at: dt.datetime, places: Mapping[int, int | None]) -> int:
    """Say where classes learn: class number -> campus number, None for the main place."""
    require(deny_staff_editor(by))
    changed = 0
    with school_transaction():
        for classroom_id, campus_id in places.items():
            room = classroom_by_id(by, classroom_id, lock=True)
            row = CampusClass.objects.filter(classroom=room).first()
            if campus_id == (row.campus_id if row else None):
                continue
            changed += 1
            if campus_id is None:
                CampusClass.objects.filter(classroom=room).delete()
            else:
                CampusClass.objects.update_or_create(
                    classroom=room, defaults={"campus": _own(by, campus_id)}
                )
            detail = {"campus": campus_id}
            _audit(by, at, "place_class", f"classroom:{room.pk}", detail)
    return changed


def _own(by: Actor, campus_id: int) -> Campus:
    row = Campus.objects.filter(pk=campus_id, school__code=by.unit_code).first()
    if row is None:
        raise not_found()
    return row


def _audit(
    by: Actor, at: dt.datetime, action: str, subject: str, detail: Mapping[str, object]
) -> None:
    record_event(
        using=SCHOOL_DATABASE, by=by, at=at, action=action, subject=subject, detail=dict(detail)
    )
