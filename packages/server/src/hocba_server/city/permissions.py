"""Who may do what at the department. One function per question; it answers a `Denial` or None.

Source: CV 2088/BGDĐT-GDTH III; QĐ 1789/QĐ-SGDĐT Đ20.3, Đ21, Đ28.
"""

from __future__ import annotations

from enum import StrEnum

from hocba.errors import Refused, Sentence
from hocba.workflow.transitions import Denial
from hocba_server.web.accounts.actor import Actor


class CityRole(StrEnum):
    """Role codes at the department. Persisted values."""

    OFFICER = "SO_DUYET"
    ADMINISTRATOR = "SO_QT"
    SIGNER = "SO_KY"
    INSPECTOR = "KIEM_TRA"
    WARD_OFFICER = "XA_VHXH"
    """Sees the schools of the own ward whose levels are the ward's, and nobody else's."""

    @property
    def words(self) -> Sentence:
        """The role's name for a person."""
        return _TITLES[self]


_TITLES = {
    CityRole.OFFICER: Sentence("chuyên viên Sở duyệt", "a department officer"),
    CityRole.ADMINISTRATOR: Sentence("quản trị hệ thống cấp Sở", "the department's administrator"),
    CityRole.SIGNER: Sentence("văn thư Sở", "the department's signer"),
    CityRole.INSPECTOR: Sentence("cán bộ thanh tra, kiểm tra", "an inspector"),
    CityRole.WARD_OFFICER: Sentence(
        "cán bộ Phòng Văn hoá - Xã hội của phường, xã", "a ward officer"
    ),
}
DEPARTMENT_READERS = (CityRole.OFFICER, CityRole.SIGNER, CityRole.INSPECTOR)
"""Who may read the records of the whole city."""
READERS = (*DEPARTMENT_READERS, CityRole.WARD_OFFICER)
"""Who may read records, a ward officer those of the own schools. The administrator manages accounts
and never sees results (Đ5.3c)."""


def require(denial: Denial | None) -> None:
    """Raise `Refused` with the code and sentence of the denial, if there is one."""
    if denial is not None:
        raise Refused(denial.code, denial.sentence.vi, denial.sentence.en)


def deny_role(by: Actor, *roles: CityRole) -> Denial | None:
    """The person must belong to the department and hold one of the roles."""
    if by.house == "city" and any(role.value in by.roles for role in roles):
        return None
    vi = ", ".join(role.words.vi for role in roles)
    en = " or ".join(role.words.en for role in roles)
    return Denial(
        "role",
        Sentence(
            f"Việc này dành cho: {vi}. Anh/Chị không có vai trò đó nên chưa làm được.",
            f"This is for {en}; you do not hold that role.",
        ),
    )
