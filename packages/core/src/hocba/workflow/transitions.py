"""Who may do what to a record, and when: one table, and one pure function that reads it.

Sources: CV 2088/BGDĐT-GDTH III.2 and III.3 (steps), QĐ 1789/QĐ-SGDĐT Đ14, Đ20.5 (order of the
signatures), Đ21.6 (correction), Đ31-34 (what each role may do). Where the two differ on the
administrator, QĐ 1789 is followed: the administrator has no part in results.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hocba.errors import Refused, Sentence
from hocba.ids import PersonalId
from hocba.workflow.states import Action, RecordState, Role

__all__ = [
    "SIGNING_ACTIONS",
    "TRANSITIONS",
    "Action",
    "Denial",
    "RecordState",
    "Role",
    "Transition",
    "actions_open_to",
    "check_signer",
    "decide",
    "waiting_for",
]


@dataclass(frozen=True, slots=True)
class Denial:
    """A refusal as a value: disables the button, fills its tooltip and is raised by the service."""

    code: str
    sentence: Sentence

    def as_refused(self) -> Refused:
        """Return the exception with the same code and sentence."""
        return Refused(self.code, self.sentence.vi, self.sentence.en)


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of the table: from `before`, `action` by one of `roles` leads to `after`."""

    before: RecordState
    action: Action
    after: RecordState
    roles: frozenset[Role]
    source: str


_S = RecordState
_A = Action
_TEACHER = frozenset({Role.SUBJECT_TEACHER})
_HOMEROOM = frozenset({Role.HOMEROOM_TEACHER})
_LEADERS = frozenset({Role.SCHOOL_LEADER, Role.PRINCIPAL})
_REGISTRAR = frozenset({Role.REGISTRAR})
_CLERK = frozenset({Role.SCHOOL_CLERK})
_OFFICER = frozenset({Role.DEPARTMENT_OFFICER})
_GATEWAY = frozenset({Role.GATEWAY})
_DECIDERS = _GATEWAY | _OFFICER

TRANSITIONS: tuple[Transition, ...] = (
    # The school: initialise, sign in order, issue, submit.
    Transition(_S.DRAFT, _A.CHECK, _S.CHECKED, _REGISTRAR, "CV 2088 III.2(2-3); QĐ 1789 Đ34.1"),
    # A leader signs for a teacher who has left, when the record names him for it (Đ14.7).
    Transition(
        _S.CHECKED,
        _A.SIGN_SUBJECTS,
        _S.SUBJECT_SIGNED,
        _TEACHER | _LEADERS,
        "QĐ 1789 Đ20.5a, Đ14.7",
    ),
    Transition(
        _S.SUBJECT_SIGNED,
        _A.SIGN_HOMEROOM,
        _S.HOMEROOM_SIGNED,
        _HOMEROOM | _LEADERS,
        "QĐ 1789 Đ20.5b, Đ14.7",
    ),
    # Only when no subject signature is outstanding: the homeroom teacher teaches every subject.
    Transition(
        _S.CHECKED,
        _A.SIGN_HOMEROOM,
        _S.HOMEROOM_SIGNED,
        _HOMEROOM | _LEADERS,
        "QĐ 1789 Đ20.5b, Đ14.7",
    ),
    Transition(_S.HOMEROOM_SIGNED, _A.SIGN_LEADER, _S.LEADER_SIGNED, _LEADERS, "QĐ 1789 Đ20.5c"),
    Transition(_S.LEADER_SIGNED, _A.ISSUE, _S.ISSUED, _CLERK, "QĐ 1789 Đ20.5d, Đ34.2"),
    Transition(_S.ISSUED, _A.SUBMIT, _S.SUBMITTED, _CLERK, "CV 2088 III.2(8)"),
    # Whoever is next in the chain of review returns the record; its signatures are dropped.
    Transition(_S.CHECKED, _A.RETURN, _S.DRAFT, _TEACHER | _HOMEROOM | _REGISTRAR, "QĐ 1789 Đ14"),
    Transition(_S.SUBJECT_SIGNED, _A.RETURN, _S.DRAFT, _HOMEROOM, "QĐ 1789 Đ14"),
    Transition(_S.HOMEROOM_SIGNED, _A.RETURN, _S.DRAFT, _LEADERS, "QĐ 1789 Đ14"),
    Transition(_S.LEADER_SIGNED, _A.RETURN, _S.DRAFT, _LEADERS | _CLERK, "QĐ 1789 Đ14"),
    # The department: receive, decide.
    Transition(_S.SUBMITTED, _A.ACCEPT, _S.ACCEPTED, _DECIDERS, "CV 2088 III.2(9-10)"),
    Transition(_S.SUBMITTED, _A.REJECT, _S.REJECTED, _DECIDERS, "CV 2088 II.2.3"),
    Transition(_S.REJECTED, _A.REOPEN, _S.DRAFT, _REGISTRAR, "CV 2088 III.2(11)"),
    # Recall before closing.
    Transition(
        _S.ACCEPTED, _A.REQUEST_RECALL, _S.RECALL_REQUESTED, _LEADERS | _CLERK, "CV 2088 III.3(1-2)"
    ),
    Transition(
        _S.RECALL_REQUESTED, _A.APPROVE_RECALL, _S.RECALLED, _DECIDERS, "CV 2088 III.3(3-4)"
    ),
    Transition(_S.RECALL_REQUESTED, _A.REFUSE_RECALL, _S.ACCEPTED, _OFFICER, "CV 2088 II.2.7"),
    # Closing, and correction after it.
    Transition(_S.ACCEPTED, _A.CLOSE, _S.CLOSED, _DECIDERS, "QĐ 1789 Đ21"),
    Transition(_S.CLOSED, _A.REOPEN_CLOSED, _S.ACCEPTED, _DECIDERS, "QĐ 1789 Đ21, Đ28"),
    # “Nhà trường tạo yêu cầu”: the same people as for a recall.
    Transition(
        _S.CLOSED,
        _A.REQUEST_CORRECTION,
        _S.CORRECTION_REQUESTED,
        _LEADERS | _CLERK,
        "QĐ 1789 Đ21.6",
    ),
    Transition(
        _S.CORRECTION_REQUESTED,
        _A.APPROVE_CORRECTION,
        _S.CORRECTION_APPROVED,
        _OFFICER,
        "QĐ 1789 Đ21.6",
    ),
    Transition(_S.CORRECTION_REQUESTED, _A.REFUSE_CORRECTION, _S.CLOSED, _OFFICER, "QĐ 1789 Đ21.6"),
    Transition(
        _S.CORRECTION_APPROVED, _A.RECALL_CORRECTED, _S.RECALLED, _DECIDERS, "QĐ 1789 Đ21.6"
    ),
    Transition(_S.RECALLED, _A.REPLACE, _S.REPLACED, _GATEWAY, "CV 2088 III.3(6)"),
)

SIGNING_ACTIONS = frozenset({_A.SIGN_SUBJECTS, _A.SIGN_HOMEROOM, _A.SIGN_LEADER})
"""Actions that are a personal signature. The issue is signed for the organisation instead."""

_ADMINISTRATORS = frozenset({Role.SCHOOL_ADMINISTRATOR.value, Role.DEPARTMENT_ADMINISTRATOR.value})
_TABLE = {(line.before, line.action): line for line in TRANSITIONS}


def decide(
    state: RecordState,
    action: Action,
    roles: Iterable[str],
    *,
    subjects_pending: bool = True,
) -> RecordState | Denial:
    """Return the state after `action`, or the denial with its reason. Pure and total.

    `roles` are role codes of the actor at the unit of the record; unknown codes give no right.
    An account with an administrator's role is denied whatever other role it holds, so that
    nobody reaches results by giving rights to himself (QĐ 1789 Đ33).
    `subjects_pending` says whether a subject teacher's signature is still to come; while it is,
    the homeroom teacher cannot sign a record that is only checked.
    """
    held = frozenset(map(str, roles))
    if held & _ADMINISTRATORS:
        return _administrator(action)
    line = _TABLE.get((state, action))
    if line is None:
        return _wrong_state(state, action)
    if not held & {role.value for role in line.roles}:
        return _wrong_role(line)
    if subjects_pending and (state, action) == (_S.CHECKED, _A.SIGN_HOMEROOM):
        return Denial(
            "subjects_pending",
            Sentence(
                "Còn giáo viên bộ môn chưa ký nên giáo viên chủ nhiệm chưa ký được.",
                "A subject teacher has not signed yet, so the homeroom teacher cannot sign.",
            ),
        )
    return line.after


def _administrator(action: Action) -> Denial:
    return Denial(
        "administrator",
        Sentence(
            f"Tài khoản quản trị không được {action.label.vi}; "
            "hãy dùng tài khoản của người có nhiệm vụ.",
            f"An administrator's account may not {action.label.en}; "
            "use the account of the person in charge.",
        ),
    )


def _wrong_state(state: RecordState, action: Action) -> Denial:
    return Denial(
        "wrong_state",
        Sentence(
            f"Học bạ đang ở trạng thái “{state.label.vi}” nên không thể {action.label.vi}.",
            f"The record is in the state “{state.label.en}”, so one cannot {action.label.en}.",
        ),
    )


def _wrong_role(line: Transition) -> Denial:
    allowed = [role.label for role in Role if role in line.roles]
    return Denial(
        "wrong_role",
        Sentence(
            f"Chỉ {' hoặc '.join(label.vi for label in allowed)} được {line.action.label.vi}.",
            f"Only the {' or the '.join(label.en for label in allowed)} "
            f"may {line.action.label.en}.",
        ),
    )


def check_signer(action: Action, *, signer: PersonalId, named: PersonalId) -> Denial | None:
    """Deny a personal signature by anybody but the person named in the record.

    `signer` is the personal number in the certificate, `named` the one the record names for this
    signature. The issue is signed with the organisation's certificate and names no person.
    A teacher who left is followed by a successor or the leader, who is then the one named
    (QĐ 1789 Đ8.3, Đ14.5, Đ14.7).
    """
    if action not in SIGNING_ACTIONS or signer == named:
        return None
    return Denial(
        "another_person",
        Sentence(
            f"Không ai được ký thay người khác: học bạ ghi người khác là người {action.label.vi}.",
            f"Nobody signs for another person: the record names someone else to {action.label.en}.",
        ),
    )


def waiting_for(state: RecordState) -> frozenset[Role]:
    """Return the roles that can move a record on from this state; empty when it is final."""
    return frozenset(role for line in TRANSITIONS if line.before is state for role in line.roles)


def actions_open_to(state: RecordState, roles: Iterable[str]) -> tuple[Action, ...]:
    """Return the actions that `decide` allows when nothing is pending, in table order."""
    held = tuple(roles)
    open_actions = []
    for line in TRANSITIONS:
        if line.before is state:
            answer = decide(state, line.action, held, subjects_pending=False)
            if isinstance(answer, RecordState):
                open_actions.append(line.action)
    return tuple(open_actions)
