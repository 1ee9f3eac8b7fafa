"""The end of a school year as tests need it: days, classes, records that are not completed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io

import pikepdf
from PIL import Image

from hocba.assessment.levels import SubjectLevel, YearResult
from hocba.assessment.promotion import decide_promotion
from hocba.ids import RecordUuid
from hocba.record.model import AnnualRecord
from hocba.record.sample import SCHOOL_CODE, sample_record
from hocba.tlog.entry import LogEntry
from hocba_server.city.closing.reopenings import Decision
from hocba_server.city.transparency.models import LogEntryRow

YEAR = "2025-2026"
CLASS = (str(SCHOOL_CODE), YEAR, "4A1")
MAIN = dt.datetime(2026, 6, 29, 17, 0, tzinfo=dt.UTC)
"""The first minute of 30 June in Viet Nam."""
BETWEEN = dt.datetime(2026, 7, 20, 2, 0, tzinfo=dt.UTC)
SECOND = dt.datetime(2026, 8, 14, 17, 0, tzinfo=dt.UTC)
"""The first minute of 15 August."""
NEW = RecordUuid("33333333-3333-4333-8333-333333333333")
OTHER = RecordUuid("44444444-4444-4444-8444-444444444444")


def unfinished(seed: int = 7, **changes: object) -> AnnualRecord:
    """A pupil who did not complete the grade; the head has not promoted the pupil."""
    record = sample_record(4, seed=seed)
    failed = dataclasses.replace(record.subjects[0], level=SubjectLevel.NOT_COMPLETED)
    if failed.test_score is not None:
        failed = dataclasses.replace(failed, test_score=3)
    result = YearResult.NOT_COMPLETED
    promotion = decide_promotion(4, result, promoted_by_head=False)
    summary = dataclasses.replace(
        record.summary,
        year_result=result,
        promoted=False,
        grade_completed=False,
        completion_text=promotion.text,
        award_text=None,
    )
    return dataclasses.replace(
        record,
        subjects=(failed, *record.subjects[1:]),
        summary=summary,
        **changes,  # type: ignore[arg-type]
    )


def replacing(seed: int = 0, uuid: RecordUuid = NEW, **pupil: object) -> AnnualRecord:
    """Another record of a pupil of the sample class."""
    record = sample_record(4, seed=seed)
    changed = dataclasses.replace(record.pupil, **pupil)  # type: ignore[arg-type]
    return dataclasses.replace(record, record_uuid=uuid, pupil=changed)


def kinds() -> list[str]:
    """What the log says happened, in order."""
    rows = LogEntryRow.objects.order_by("index").values_list("entry", flat=True)
    return [LogEntry.parse(bytes(entry)).kind.value for entry in rows]


def scan() -> bytes:
    """A whole PDF of one empty page."""
    target = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(target)
    return target.getvalue()


def photo() -> bytes:
    """A whole JPEG."""
    target = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(target, "JPEG")
    return target.getvalue()


def decision(until: dt.date = dt.date(2026, 7, 31), **changes: object) -> Decision:
    """A decision to open a class again."""
    values: dict[str, object] = {
        "number": "12/QĐ-SGDĐT",
        "date": dt.date(2026, 7, 15),
        "reason": "Trường nộp sót học bạ do sự cố mạng.",
        "until": until,
        "filename": "quyet-dinh.pdf",
        "content": scan(),
    }
    return Decision(**{**values, **changes})  # type: ignore[arg-type]
