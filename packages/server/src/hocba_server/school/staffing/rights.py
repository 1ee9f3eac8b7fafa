"""Who may do what with staff, assignments and accounts. One function per question.

Source: QĐ 1789/QĐ-SGDĐT Đ5.3c, Đ20.2 (the head signs the assignment), Đ23, Đ30.1-2, Đ33.
"""

from __future__ import annotations

from typing import Final

from hocba.errors import Sentence
from hocba.workflow.transitions import Denial
from hocba_server.school.registry.models import SchoolRole
from hocba_server.school.registry.permissions import deny_role
from hocba_server.web.accounts.actor import Actor

WHOLE_SCHOOL: Final = (
    SchoolRole.SCHOOL_LEADER,
    SchoolRole.REGISTRAR,
    SchoolRole.SCHOOL_CLERK,
    SchoolRole.ADMINISTRATOR,
)
"""Roles that the head gives for the school as a whole; the head's own role comes from above."""


def deny_staff_reader(by: Actor) -> Denial | None:
    """The staff list and the assignments: the office and the administrator."""
    return deny_role(by, SchoolRole.PRINCIPAL, *WHOLE_SCHOOL)


def deny_staff_editor(by: Actor) -> Denial | None:
    """Data of people: the head, and the administrator who enters initial data (Đ33.3)."""
    return deny_role(by, SchoolRole.PRINCIPAL, SchoolRole.ADMINISTRATOR)


def deny_assigner(by: Actor) -> Denial | None:
    """Who does what in a year: the head alone (Đ20.2). Nobody gives himself a role."""
    return deny_role(by, SchoolRole.PRINCIPAL)


def deny_orderer(by: Actor) -> Denial | None:
    """Accounts are ordered by the head (Đ30.2)."""
    return deny_role(by, SchoolRole.PRINCIPAL)


def deny_account_reader(by: Actor) -> Denial | None:
    """The page of accounts: the head and the administrator."""
    return deny_role(by, SchoolRole.PRINCIPAL, SchoolRole.ADMINISTRATOR)


def deny_carrying_out(by: Actor, personal_id: str, *, administrator: bool) -> Denial | None:
    """Orders are carried out by the administrator, never for the own account.

    `administrator`: the account is that of an administrator; those are the head's (Đ5.3c).
    """
    if administrator and deny_role(by, SchoolRole.PRINCIPAL) is None:
        return None
    if administrator:
        return Denial(
            "role",
            Sentence(
                "Tài khoản quản trị do thủ trưởng đơn vị trực tiếp quản lý.",
                "Administrators' accounts are managed by the head in person.",
            ),
        )
    denial = deny_role(by, SchoolRole.ADMINISTRATOR)
    if denial is None and by.personal_id == personal_id:
        return Denial(
            "role",
            Sentence(
                "Thầy/Cô không tự làm việc này cho tài khoản của mình.",
                "Nobody does this for the own account.",
            ),
        )
    return denial
