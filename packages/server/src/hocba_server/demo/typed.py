"""What people of the demo type by hand, because no spreadsheet of the schools has it.

Invented and the same for the same pupil; a headless run says so in its report.
"""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

from hocba_server.school.assessments.entries import HomeroomEntry
from hocba_server.school.assessments.selectors import proposed_comments
from hocba_server.school.registry.models import Classroom
from hocba_server.school.registry.selectors import class_roll

NOTE = (
    "Bảng tính của trường không có cân nặng, chiều cao, số buổi nghỉ và nhận xét của giáo viên "
    "chủ nhiệm: bản trình diễn gõ số liệu đặt ra (nhận xét ghép từ nhận xét các môn)."
)
_SMALLEST = {1: (17, 108), 2: (19, 114), 3: (21, 120), 4: (24, 126), 5: (27, 131)}
"""By grade: kilograms and centimetres to start from."""


def term_one_entries(room: Classroom) -> list[HomeroomEntry]:
    """What the homeroom teacher had measured and counted by the end of term I."""
    return [
        replace(
            entry,
            weight_kg=(entry.weight_kg or Decimal(0)) - Decimal("0.8"),
            height_cm=(entry.height_cm or Decimal(0)) - 2,
            excused_absences=(entry.excused_absences or 0) // 2,
            unexcused_absences=0,
        )
        for entry in homeroom_entries(room)
    ]


def homeroom_entries(room: Classroom) -> list[HomeroomEntry]:
    """Invented measures and absences; the comment as the program proposes it."""
    comments = proposed_comments(room)
    entries = []
    for row in class_roll(room):
        draw = random.Random(f"typed-{row.pupil.pupil_code}")  # noqa: S311 - invented, no secret
        kilograms, centimetres = _SMALLEST[room.grade]
        entries.append(
            HomeroomEntry(
                enrolment_id=row.pk,
                weight_kg=Decimal(kilograms) + Decimal(draw.randrange(0, 120)) / 10,
                height_cm=Decimal(centimetres + draw.randrange(0, 15)),
                excused_absences=draw.randrange(0, 5),
                unexcused_absences=0 if draw.random() < 0.9 else 1,
                homeroom_comment=comments.get(row.pk) or "Em chăm ngoan, có nhiều cố gắng.",
            )
        )
    return entries
