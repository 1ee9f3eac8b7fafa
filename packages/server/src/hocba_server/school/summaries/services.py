"""Giving a class summary out: who took it is recorded (design 3.5)."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from hocba.assessment.periods import Period
from hocba.rendition.class_summary import render_class_summary
from hocba_server.school.database import SCHOOL_DATABASE
from hocba_server.school.registry.permissions import require
from hocba_server.school.registry.selectors import classroom_by_id
from hocba_server.school.summaries.selectors import class_summary, deny_summary
from hocba_server.school.summaries.workbook import write_summary
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_read


def summary_file(
    *, by: Actor, at: dt.datetime, classroom_id: int, period: Period, kind: str
) -> bytes:
    """The summary as `xlsx` or `pdf`. The reading of the class's results is recorded."""
    room = classroom_by_id(by, classroom_id)
    require(deny_summary(by, room))
    summary = class_summary(room, period)
    if kind == "pdf":
        content = render_class_summary(summary, fonts=settings.FONTS_DIR, timestamp=at)
    else:
        content = write_summary(summary)
    record_read(
        using=SCHOOL_DATABASE,
        by=by,
        at=at,
        subject=f"classroom:{room.pk}",
        detail={"purpose": f"bảng tổng hợp {kind}", "period": period.value},
    )
    return content
