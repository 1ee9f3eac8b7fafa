from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from hocba.errors import Refused
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.oversight.models import DailyReader
from hocba_server.city.permissions import READERS, CityRole, deny_role, require
from hocba_server.config.jobs import city_jobs
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

COUNT_JOB = "city.oversight.count_year"


def order_counting(*, by: Actor, at: dt.datetime, school_year: str) -> None:
    """Have every school of a year counted anew, in the background."""
    require(deny_role(by, CityRole.OFFICER, CityRole.WARD_OFFICER))
    with city_transaction():
        record_event(
            using=CITY_DATABASE,
            by=by,
            at=at,
            action="order_counting",
            subject=f"year:{school_year}",
        )
        city_jobs.configure_task(COUNT_JOB, allow_unknown=True).defer(school_year=school_year)


def set_daily_mail(*, by: Actor, at: dt.datetime, email: str) -> None:
    """Have the day's progress sent to an address, or nowhere with an empty one.

    Raises `Refused`: `role`, `email`.
    """
    require(deny_role(by, *READERS))
    email = email.strip()
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise Refused(
                "email",
                "Thư điện tử viết như ten@example.gov.vn.",
                "Write the address like name@example.gov.vn.",
                where="email",
            ) from None
    with city_transaction():
        if email:
            DailyReader.objects.update_or_create(
                user_id=by.user_id,
                defaults={
                    "name": by.name,
                    "unit_code": by.unit_code,
                    "email": email,
                    "set_at": at,
                },
            )
        else:
            DailyReader.objects.filter(user_id=by.user_id).delete()
        record_event(
            using=CITY_DATABASE,
            by=by,
            at=at,
            action="set_daily_mail",
            subject=f"user:{by.user_id}",
            detail={"email": email},
        )
