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
    "school_registry": "confirm initialise decide_mode exempt withdraw_exemption paper_form "
    "decide_civil undo_year sheet_file civil_file mode_file exemption_file",
    "school_spreadsheets": "save save_bundle export",
    "school_assessments": "save ask_permission promotion reassessment finish_return window "
    "decide_permission subject current news history",
    "school_issuing": "open create return return_one recreate reopen xml",
    "school_signing": "start start_scope steer next_round complete_round remote_sign_in "
    "remote_come_back decide_certificate progress pdf",
    "school_paperwork": "sign next_round complete_round go_remote remote_sign_in remote_back",
    "school_submission": "ask answers",
    "school_recalls": "poll learn drop file",
    "school_staffing": "come_back save place_classes give_role copy_year take_role "
    "add_substitute end_substitute order_all synchronise order carry_out withdraw file current "
    "write_letter confirm_letter",
    "school_regulation": "download",
    "school_reviewing": "proof_page",
    "school_summaries": "download",
    "school_statements": "draw_sheets draw_results download",
    "school_papers": "print cancel sheet file copy progress",
    "school_notices": "mark_read mark_all_read remind open",
    "school_phrases": "remove restore propose accept decline starter save use suggest export",
    "school_training": "open enter leave progress sheet",
    "school_situation": "word",
}
"""Addresses without a page of their own: they take a form, answer a program, give a file or a part
of a page, or lead on to another page."""


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
    missing = sorted(pages - LOOKED_AT)
    assert not missing, f"nobody looked at {', '.join(missing)}"
