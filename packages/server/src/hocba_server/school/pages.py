"""Pages of a school."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.http import HttpRequest

from hocba.errors import HocBaError, Refused, Sentence
from hocba_server.web.accounts.pages import House
from hocba_server.web.design.language import in_page_language

T = TypeVar("T")

SCHOOL = House(
    "school",
    "/truong/",
    Sentence("Trang này dành cho nhà trường.", "This page is for schools."),
)
school_page = SCHOOL.page


def attempt(request: HttpRequest, work: Callable[[], T]) -> T | None:
    """Do the work; a refusal that is no matter of role or place becomes a message on the page."""
    try:
        return work()
    except HocBaError as fault:
        if isinstance(fault, Refused) and fault.code in {"role", "not_found"}:
            raise
        messages.error(request, in_page_language(fault.sentence))
        return None
