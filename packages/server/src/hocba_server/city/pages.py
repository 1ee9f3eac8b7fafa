"""Pages of the department."""

from __future__ import annotations

from hocba.errors import Sentence
from hocba_server.web.accounts.pages import House

DEPARTMENT = House(
    "city",
    "/so/",
    Sentence("Trang này dành cho cán bộ của Sở.", "This page is for the department."),
)
city_page = DEPARTMENT.page
