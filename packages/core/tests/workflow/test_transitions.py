"""The transition table: total, reachable, in the order of the regulation, closed to outsiders."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from hocba.errors import Refused
from hocba.ids import PersonalId
from hocba.workflow.diagram import render_page
from hocba.workflow.transitions import (
    SIGNING_ACTIONS,
    TRANSITIONS,
    Action,
    Denial,
    RecordState,
    Role,
    actions_open_to,
    check_signer,
    decide,
    waiting_for,
)

STATES_PAGE = Path(__file__).parents[4] / "docs" / "formats" / "states.md"
TEACHER = PersonalId("000190000001")
OTHER = PersonalId("000190000002")


def test_every_state_action_and_role_has_an_answer() -> None:
    table = {(line.before, line.action): line for line in TRANSITIONS}
    for state, action, role in product(RecordState, Action, Role):
        answer = decide(state, action, [role.value], subjects_pending=False)
        line = table.get((state, action))
        if line is not None and role in line.roles:
            assert answer is line.after
        else:
            assert isinstance(answer, Denial)
            assert answer.sentence.vi
            assert answer.sentence.en


def test_the_table_has_one_line_per_state_and_action() -> None:
    pairs = [(line.before, line.action) for line in TRANSITIONS]
    assert len(pairs) == len(set(pairs))


def test_every_action_and_every_state_is_used() -> None:
    assert {line.action for line in TRANSITIONS} == set(Action)
    reached = {RecordState.DRAFT}
    while more := {x.after for x in TRANSITIONS if x.before in reached} - reached:
        reached |= more
    assert reached == set(RecordState)


def test_every_name_for_a_person_exists() -> None:
    for member in [*RecordState, *Action, *Role]:
        assert member.label.vi
        assert member.label.en


def test_a_record_is_issued_in_the_order_of_the_regulation() -> None:
    state: RecordState | Denial = RecordState.DRAFT
    for action, role in [
        (Action.CHECK, "HOC_VU"),
        (Action.SIGN_SUBJECTS, "GVBM"),
        (Action.SIGN_HOMEROOM, "GVCN"),
        (Action.SIGN_LEADER, "CBQL"),
        (Action.ISSUE, "VAN_THU"),
        (Action.SUBMIT, "VAN_THU"),
        (Action.ACCEPT, Role.GATEWAY),
    ]:
        assert isinstance(state, RecordState)
        state = decide(state, action, [role])
    assert state is RecordState.ACCEPTED


def test_homeroom_teacher_cannot_sign_while_a_subject_is_pending() -> None:
    answer = decide(RecordState.CHECKED, Action.SIGN_HOMEROOM, ["GVCN"])
    assert isinstance(answer, Denial)
    assert answer.code == "subjects_pending"


@pytest.mark.parametrize("administrator", ["QTV", "SO_QT"])
def test_administrator_is_denied_everything_even_with_every_other_role(administrator: str) -> None:
    roles = [*(role.value for role in Role), administrator]
    for state, action in product(RecordState, Action):
        answer = decide(state, action, roles, subjects_pending=False)
        assert isinstance(answer, Denial)
        assert answer.code == "administrator"


def test_no_line_of_the_table_names_an_administrator() -> None:
    named = {role for line in TRANSITIONS for role in line.roles}
    assert not named & {Role.SCHOOL_ADMINISTRATOR, Role.DEPARTMENT_ADMINISTRATOR}


def test_school_and_department_never_share_an_action() -> None:
    department = {Role.DEPARTMENT_OFFICER, Role.GATEWAY}
    for line in TRANSITIONS:
        assert line.roles <= department or not line.roles & department


def test_other_software_and_unknown_roles_decide_nothing() -> None:
    for state, action in product(RecordState, Action):
        assert isinstance(decide(state, action, ["HE_THONG", "x", ""]), Denial)
        assert isinstance(decide(state, action, []), Denial)


def test_nobody_signs_for_another() -> None:
    for action in SIGNING_ACTIONS:
        assert check_signer(action, signer=TEACHER, named=TEACHER) is None
        denial = check_signer(action, signer=OTHER, named=TEACHER)
        assert denial is not None
        assert denial.code == "another_person"
    assert check_signer(Action.ISSUE, signer=OTHER, named=TEACHER) is None


def test_a_denial_becomes_a_refusal_with_the_same_words() -> None:
    denial = decide(RecordState.ISSUED, Action.CHECK, ["HOC_VU"])
    assert isinstance(denial, Denial)
    refused = denial.as_refused()
    assert isinstance(refused, Refused)
    assert (refused.code, refused.sentence) == (denial.code, denial.sentence)


def test_an_issued_record_never_becomes_a_draft_but_by_rejection() -> None:
    signed_and_sent = {RecordState.ISSUED, RecordState.SUBMITTED, RecordState.ACCEPTED}
    assert not [
        line
        for line in TRANSITIONS
        if line.before in signed_and_sent and line.after is RecordState.DRAFT
    ]


def test_next_roles_and_open_actions_agree_with_the_table() -> None:
    assert waiting_for(RecordState.REPLACED) == frozenset()
    assert waiting_for(RecordState.ISSUED) == {Role.SCHOOL_CLERK}
    assert actions_open_to(RecordState.LEADER_SIGNED, ["VAN_THU"]) == (
        Action.ISSUE,
        Action.RETURN,
    )
    assert actions_open_to(RecordState.LEADER_SIGNED, ["VAN_THU", "QTV"]) == ()


def test_the_page_in_the_documentation_is_generated_from_the_table() -> None:
    assert STATES_PAGE.read_text("utf-8") == render_page()
