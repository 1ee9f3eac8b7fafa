from __future__ import annotations

import datetime as dt

from hocba_server.school.registry.models import School, SchoolRole
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.selectors import own_school
from hocba_server.school.regulation.choices import Choices
from hocba_server.school.regulation.composing import proposed_choices
from hocba_server.school.regulation.models import Regulation
from hocba_server.web.accounts.actor import Actor

READERS = (
    SchoolRole.PRINCIPAL,
    SchoolRole.SCHOOL_LEADER,
    SchoolRole.REGISTRAR,
    SchoolRole.SCHOOL_CLERK,
    SchoolRole.ADMINISTRATOR,
)


def regulation_of(school: School) -> Regulation | None:
    """What the school has saved, if anything."""
    return Regulation.objects.filter(school=school).first()


def current_choices(by: Actor, at: dt.datetime) -> tuple[School, Regulation | None, Choices]:
    """The own school, its saved row, and the choices: saved ones, else what its settings say."""
    require(deny_role(by, *READERS))
    school = own_school(by)
    row = regulation_of(school)
    if row is not None:
        return school, row, Choices.from_json(row.choices)
    return school, None, proposed_choices(school, at)
