from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from hocba.errors import Refused
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.registry.models import SchoolRole
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.selectors import school_by_id
from hocba_server.school.regulation.choices import Choices, check
from hocba_server.school.regulation.composing import compose
from hocba_server.school.regulation.docx_file import write_docx
from hocba_server.school.regulation.models import Regulation
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event


@dataclass(frozen=True, slots=True)
class MadeFile:
    """The document and the name under which it is saved."""

    content: bytes
    filename: str


def save_choices(*, by: Actor, at: dt.datetime, school_id: int, choices: Choices) -> int:
    """Keep what the head chose; answers the row. Raises what `choices.check` refuses.

    The regulation is the head's (QĐ 1789 Đ30.3); who else reads it is in `selectors`.
    """
    require(deny_role(by, SchoolRole.PRINCIPAL))
    check(choices)
    with school_transaction():
        school = school_by_id(by, school_id)
        row, _ = Regulation.objects.update_or_create(
            school=school,
            defaults={
                "choices": choices.to_json(),
                "saved_by": by.user_id,
                "saved_by_name": by.name[:150],
                "saved_at": at,
            },
        )
        _audit(by, at, "save_regulation", row, {})
    return row.pk


def make_regulation(*, by: Actor, at: dt.datetime, school_id: int) -> MadeFile:
    """Write the document from the saved choices; every making is recorded.

    Raises `Refused` with code `regulation_unsaved` when nothing was saved yet.
    """
    require(deny_role(by, SchoolRole.PRINCIPAL))
    with school_transaction():
        school = school_by_id(by, school_id)
        row = Regulation.objects.select_for_update().filter(school=school).first()
        if row is None:
            raise Refused(
                "regulation_unsaved",
                "Chưa lưu lựa chọn nào. Xem lại trang này, bấm Lưu rồi tải văn bản.",
                "Nothing is saved yet. Save the choices, then download.",
            )
        content = write_docx(compose(school, Choices.from_json(row.choices)), at=at)
        row.made_by_name, row.made_at = by.name[:150], at
        row.made_sha256 = hashlib.sha256(content).hexdigest()
        row.save(update_fields=["made_by_name", "made_at", "made_sha256"])
        _audit(by, at, "make_regulation", row, {"sha256": row.made_sha256, "size": len(content)})
    return MadeFile(content, f"quy-che-hoc-ba-so-{school.code}.docx")


def _audit(
    by: Actor, at: dt.datetime, action: str, row: Regulation, detail: dict[str, object]
) -> None:
    record_event(
        using=SCHOOL_DATABASE,
        by=by,
        at=at,
        action=action,
        subject=f"regulation:{row.pk}",
        detail=detail,
    )
