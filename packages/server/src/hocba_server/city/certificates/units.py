"""The department's list of units: levels decide which office approves, reminders go by e-mail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q, QuerySet

from hocba.errors import Refused
from hocba_server.city.certificates.models import Level, Unit
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.permissions import CityRole, deny_role, require
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

KEEPERS = (CityRole.ADMINISTRATOR, CityRole.OFFICER)


def listed_units(*, by: Actor, words: str = "") -> QuerySet[Unit]:
    """Every unit by name, or those whose name, code or ward holds the words."""
    require(deny_role(by, *KEEPERS))
    rows = Unit.objects.order_by("name", "code")
    if words:
        rows = rows.filter(
            Q(name__icontains=words) | Q(code__startswith=words) | Q(ward_name__icontains=words)
        )
    return rows


def unit_to_keep(*, by: Actor, code: str) -> Unit:
    """One unit. Raises `Refused`: `role`, `not_found`."""
    row = listed_units(by=by).filter(code=code).first()
    if row is None:
        raise Refused("not_found", "Không có đơn vị này.", "There is no such unit.")
    return row


def set_unit(*, by: Actor, at: dt.datetime, code: str, levels: Sequence[str], email: str) -> None:
    """Set levels and address. Raises `Refused`: `role`, `not_found`, `levels`, `email`."""
    require(deny_role(by, *KEEPERS))
    known = [level.value for level in Level if level.value in levels]
    if not known:
        raise Refused("levels", "Chọn ít nhất một cấp học.", "Choose a level.", where="levels")
    email = email.strip()
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise Refused(
                "email",
                "Thư điện tử viết như truong@example.edu.vn.",
                "Write the address like school@example.edu.vn.",
                where="email",
            ) from None
    with city_transaction():
        row = Unit.objects.select_for_update().filter(code=code).first()
        if row is None:
            raise Refused("not_found", "Không có đơn vị này.", "There is no such unit.")
        before = {"levels": row.levels, "email": row.email}
        row.levels, row.email = known, email
        row.save(update_fields=["levels", "email"])
        record_event(
            using=CITY_DATABASE,
            by=by,
            at=at,
            action="set_unit",
            subject=f"unit:{code}",
            detail={"before": before, "levels": known, "email": email},
        )
