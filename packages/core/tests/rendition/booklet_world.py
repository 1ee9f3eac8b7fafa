"""The years of one invented pupil for the tests of booklets and class files."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

from hocba.ids import SchoolYear
from hocba.record.model import SignerRole, SlotId
from hocba.record.sample import sample_record
from hocba.rendition.booklet import BookletYear
from hocba.rendition.certified_copy import CertifiedCopy
from hocba.rendition.form import SignatureLine

VIETNAM = timezone(timedelta(hours=7))
RENDERED_AT = datetime(2026, 6, 1, 15, 0, tzinfo=VIETNAM)
SEALED_AT = datetime(2026, 6, 1, 15, 5, tzinfo=VIETNAM)
COPY = CertifiedCopy(
    number="12/SY-THM",
    department="Ủy ban nhân dân Phường Sài Gòn",
    body="Trường Tiểu học Mẫu",
    place="Phường Sài Gòn",
    made_at=datetime(2026, 6, 1, 9, 30, tzinfo=VIETNAM),
    leader_title="Phó Hiệu trưởng",
    leader_name="Lê Văn Mẫu",
    recipient="Bà Trần Thị Mẫu",
    purpose="Chuyển trường",
    copies=2,
)


def year(grade: int, **changed: Any) -> BookletYear:
    """The record of one grade of a pupil who is in grade 5 in 2025-2026."""
    newest, record = sample_record(5), sample_record(grade)
    first = 2020 + grade
    record = replace(
        record,
        school_year=SchoolYear(f"{first}-{first + 1}"),
        pupil=replace(newest.pupil, register_number=f"{grade}/số"),
        history=newest.history[:grade],
    )
    document = f"<HOC_BA><NAM_HOC>{record.school_year}</NAM_HOC>ệ</HOC_BA>".encode()
    address = f"https://hocba.example.vn/xac-thuc?ma={record.record_uuid}"
    when = datetime(first + 1, 5, 27, 9, 15, tzinfo=VIETNAM)
    signatures = [
        SignatureLine(SlotId(role), name, "CA công cộng DEMO", when)
        for role, name in (
            (SignerRole.HOMEROOM_TEACHER, "Phạm Thị Mẫu"),
            (SignerRole.SCHOOL_LEADER, "Lê Văn Mẫu"),
            (SignerRole.ORGANISATION, "Trường Tiểu học Mẫu DEMO"),
        )
    ]
    return replace(BookletYear(record, document, signatures, address), **changed)
