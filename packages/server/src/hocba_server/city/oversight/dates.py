"""The dates of a year's steps: what the department set, else the deployment's defaults."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings

from hocba.errors import Refused
from hocba.ids import SchoolYear
from hocba_server.city.closing.calendar import dates_of
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.oversight.models import Step, StepDate
from hocba_server.city.permissions import CityRole, deny_role, require
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event


@dataclass(frozen=True, slots=True)
class Due:
    """When a step of a year is due."""

    step: Step
    on: dt.date
    final_on: dt.date | None = None
    """For grades 5, 9 and 12, where it is another day."""
    set_by_name: str = ""
    """Empty while nobody set it."""

    def day_for(self, final: bool) -> dt.date:
        """The day that holds for a final grade, or for the others and all together."""
        return self.final_on if final and self.final_on is not None else self.on


def due_dates(school_year: str) -> dict[Step, Due]:
    """Every step's date. The closing's is the closing calendar's. Raises `Malformed`."""
    following = SchoolYear.parse(school_year).first + 1
    found: dict[Step, Due] = {}
    for row in StepDate.objects.filter(school_year=school_year):
        found.setdefault(
            Step(row.step), Due(Step(row.step), row.due_on, row.final_on, row.set_by_name)
        )
    for name, text in settings.OVERSIGHT_DATES.items():
        day, month = map(int, text.split("/"))
        found.setdefault(Step(name), Due(Step(name), dt.date(following, month, day)))
    closing = dates_of(school_year)
    found[Step.CLOSED] = Due(Step.CLOSED, closing.main_on, set_by_name=closing.set_by_name)
    return {step: found[step] for step in Step}


def set_step_dates(
    *,
    by: Actor,
    at: dt.datetime,
    school_year: str,
    days: Mapping[Step, tuple[dt.date, dt.date | None]],
) -> None:
    """Set the dates of steps; what does not change is not written again.

    Raises `Refused`: `role`, `order` with the step in `where`.
    """
    require(deny_role(by, CityRole.OFFICER))
    before = due_dates(school_year)
    for step, (on, final_on) in days.items():
        _check_order(step, on, final_on)
    changed = {
        step: pair
        for step, pair in days.items()
        if step is not Step.CLOSED and pair != (before[step].on, before[step].final_on)
    }
    if not changed:
        return
    with city_transaction():
        StepDate.objects.bulk_create(
            [
                StepDate(
                    school_year=school_year,
                    step=step,
                    due_on=on,
                    final_on=final_on,
                    set_by=by.user_id,
                    set_by_name=by.name,
                    set_at=at,
                )
                for step, (on, final_on) in changed.items()
            ]
        )
        record_event(
            using=CITY_DATABASE,
            by=by,
            at=at,
            action="set_step_dates",
            subject=f"year:{school_year}",
            detail={
                step.value: [on.isoformat(), final_on.isoformat() if final_on else None]
                for step, (on, final_on) in changed.items()
            },
        )


def _check_order(step: Step, on: dt.date, final_on: dt.date | None) -> None:
    if final_on is not None and final_on > on:
        raise Refused(
            "order",
            "Hạn của khối cuối cấp không thể sau hạn chung.",
            "The final grades cannot be due after the others.",
            where=step.value,
        )
