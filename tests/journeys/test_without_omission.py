"""The last journey: which pages has nobody looked at?

Runs when all others have run, and fails for a page that the walk of every role and the looks in the
middle of actions left out: a new page is noticed without anybody thinking of it.
"""

from __future__ import annotations

import pytest
from every_page import LOOKED_AT

from hocba_server.school.tests.addresses import every_address

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

NO_PAGES = {
    "": "",
}
"""Addresses without a page of their own: they take a form, answer a program, or give a file."""


def test_every_page_was_looked_at(request: pytest.FixtureRequest) -> None:
    files = {each.path for each in request.session.items if "journeys" in each.path.parts}
    there = set(request.path.parent.glob("test_*.py"))
    if files != there:
        pytest.skip("only some of the journeys were asked for; run all of tests/journeys")
    pages = {
        address.name
        for address in every_address()
        if address.name.rpartition(":")[2]
        not in NO_PAGES.get(address.name.rpartition(":")[0], "").split()
    }
    assert pages - LOOKED_AT == set()
