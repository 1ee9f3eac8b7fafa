"""Pages of the department."""

from __future__ import annotations

from contextlib import AbstractContextManager

from hocba.errors import Sentence
from hocba_server.city.scopes import scope_of
from hocba_server.config.acting import acting
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.accounts.pages import House


def _scope(by: Actor) -> AbstractContextManager[None]:
    return acting(scope_of(by))


DEPARTMENT = House(
    "city",
    "/so/",
    Sentence("Trang này dành cho cán bộ của Sở.", "This page is for the department."),
    _scope,
)
city_page = DEPARTMENT.page
