"""Which house this is: a department, or the Ministry's store to which departments report.

The same program plays both (`CITY_ROLE`). In the store a sender is a department, known by the code
in its records' MA_SO_GIAO_DUC, and speaks for all schools of its records (decision 25).
"""

from __future__ import annotations

from django.conf import settings

from hocba.errors import Refused
from hocba.record.model import AnnualRecord


def is_store() -> bool:
    """Does this house play the Ministry's store?"""
    return bool(settings.CITY_ROLE == "ministry")


def sender_of(record: AnnualRecord, *, in_store: bool) -> tuple[str, str]:
    """Code of the unit that may send and recall a record, and the tag that names it."""
    if in_store:
        return record.school.department_code, "MA_SO_GIAO_DUC"
    return str(record.school.school_code), "MA_TRUONG"


def only_store() -> None:
    """Raise `Refused` (`not_found`) at a department: it has no such pages."""
    if not is_store():
        raise _not_here()


def only_department() -> None:
    """Raise `Refused` (`not_found`) in the store: it reports to nobody."""
    if is_store():
        raise _not_here()


def _not_here() -> Refused:
    return Refused("not_found", "Không có trang này.", "There is no such page.")
