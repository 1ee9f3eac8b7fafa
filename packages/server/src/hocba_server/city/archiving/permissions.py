"""Who may see and start the keeping for life. It shows no pupil, so that administrators may too."""

from __future__ import annotations

from hocba.workflow.transitions import Denial
from hocba_server.city.permissions import DEPARTMENT_READERS, CityRole, deny_role
from hocba_server.web.accounts.actor import Actor, platform_actor

VIEWERS = (*DEPARTMENT_READERS, CityRole.ADMINISTRATOR)


def deny_view(by: Actor) -> Denial | None:
    """Everybody with a task at the department."""
    return deny_role(by, *VIEWERS)


def deny_run(by: Actor) -> Denial | None:
    """The platform at night; officers and administrators by day."""
    if by == platform_actor("city"):
        return None
    return deny_role(by, CityRole.OFFICER, CityRole.ADMINISTRATOR)
