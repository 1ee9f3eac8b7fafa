from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from hocba.workflow.transitions import RecordState
from hocba_server.school.issuing.models import AnnualRecordDraft, IssueBatch
from hocba_server.school.issuing.selectors import records_of
from hocba_server.school.recalls.models import (
    CorrectionDraft,
    RecallAnswer,
    RecallLine,
    RecallRequest,
)
from hocba_server.school.registry.models import Attachment, School
from hocba_server.school.registry.permissions import deny_other_school, require
from hocba_server.school.registry.selectors import not_found
from hocba_server.web.accounts.actor import Actor


def requests_of(school: School) -> QuerySet[RecallRequest]:
    """The requests of a school with their counts, newest first."""
    rows = RecallRequest.objects.filter(school=school).defer("request")
    return rows.select_related("batch__classroom").annotate(
        waiting_count=Count("lines", filter=Q(lines__answer=RecallAnswer.WAITING)),
        agreed_count=Count("lines", filter=Q(lines__answer=RecallAnswer.AGREED)),
        refused_count=Count("lines", filter=Q(lines__answer=RecallAnswer.REFUSED)),
    )


def request_by_id(by: Actor, request_id: int) -> RecallRequest:
    """One request of this person's school."""
    rows = RecallRequest.objects.select_related("school", "batch__classroom__school")
    found = rows.filter(pk=request_id).first()
    if found is None:
        raise not_found()
    require(deny_other_school(by, found.school.code))
    return found


def lines_of(asked: RecallRequest) -> list[RecallLine]:
    """The records of a request with their pupils, without documents."""
    rows = asked.lines.select_related("record__enrolment__pupil").defer("record__document")
    return list(rows.order_by("record__enrolment__position", "pk"))


def newest_line(record: AnnualRecordDraft) -> RecallLine | None:
    """The last request about this record and its answer."""
    rows = RecallLine.objects.filter(record=record).select_related("request")
    return rows.defer("request__request").order_by("-pk").first()


def in_force(batch: IssueBatch) -> list[AnnualRecordDraft]:
    """The records of a class whose recall can be asked for."""
    return [row for row in records_of(batch) if row.state == RecordState.ACCEPTED.value]


def closed_records(batch: IssueBatch) -> list[AnnualRecordDraft]:
    """The records of a class that the department has closed."""
    return [row for row in records_of(batch) if row.state == RecordState.CLOSED.value]


def draft_by_id(by: Actor, draft_id: int, *, lock: bool = False) -> CorrectionDraft:
    """A prepared correction of this person's school. Raises `Refused` with code `not_found`."""
    rows = CorrectionDraft.objects.select_related(
        "record__batch__classroom__school", "record__enrolment__pupil", "request"
    ).defer("record__document")
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(pk=draft_id).first()
    if found is None:
        raise not_found()
    require(deny_other_school(by, found.record.batch.classroom.school.code))
    return found


def files_of(draft: CorrectionDraft) -> list[Attachment]:
    """The files of a correction in their order, without their content."""
    rows = draft.files.select_related("attachment").defer("attachment__content")
    return [row.attachment for row in rows.order_by("position")]


def file_of(by: Actor, draft_id: int, position: int) -> Attachment:
    """One file of a correction. Raises `Refused` with code `not_found`."""
    row = draft_by_id(by, draft_id).files.select_related("attachment")
    found = row.filter(position=position).first()
    if found is None:
        raise not_found()
    return found.attachment


def open_draft(record: AnnualRecordDraft) -> CorrectionDraft | None:
    """The correction of a record that waits for the school's signature."""
    rows = CorrectionDraft.objects.filter(record=record, dropped_at__isnull=True)
    return rows.filter(request__isnull=True).first()
