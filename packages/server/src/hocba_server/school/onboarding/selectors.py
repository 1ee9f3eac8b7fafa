from __future__ import annotations

import datetime as dt
from typing import Any

from hocba_server.school.onboarding.found import SIGNERS, keys_tried
from hocba_server.school.onboarding.models import KeyTrial
from hocba_server.school.onboarding.situation import situation_of
from hocba_server.school.onboarding.steps import steps_of
from hocba_server.school.registry.models import SchoolRole
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.selectors import own_school
from hocba_server.web.accounts.actor import Actor

OFFICE = (
    SchoolRole.PRINCIPAL,
    SchoolRole.SCHOOL_LEADER,
    SchoolRole.REGISTRAR,
    SchoolRole.SCHOOL_CLERK,
    SchoolRole.ADMINISTRATOR,
)


def progress(by: Actor, at: dt.datetime) -> dict[str, Any]:
    """What the page of steps shows. Counts only: nothing of a pupil, nothing of a result."""
    require(deny_role(by, *OFFICE))
    school = own_school(by)
    steps = steps_of(situation_of(school, at), by.roles)
    return {
        "school": school,
        "steps": steps,
        "done": sum(1 for step in steps if step.done),
        "current": next((step for step in steps if step.state == "current"), None),
    }


def key_page(by: Actor, at: dt.datetime) -> dict[str, Any]:
    """What the page of key trials shows: the own trials; for the office who is still missing."""
    require(deny_role(by, *SIGNERS, *OFFICE))
    school = own_school(by)
    owners = {str(by.personal_id), school.code}
    office = deny_role(by, *OFFICE) is None
    return {
        "school": school,
        "may_person": deny_role(by, *SIGNERS) is None,
        "may_school": deny_role(by, SchoolRole.SCHOOL_CLERK) is None,
        "trials": KeyTrial.objects.filter(school=school, owner__in=owners)[:10],
        "people": keys_tried(situation_of(school, at)) if office else [],
    }
