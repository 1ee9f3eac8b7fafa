from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from hocba.workflow.transitions import RecordState
from hocba_server.school.issuing.models import AnnualRecordDraft, IssueBatch
from hocba_server.school.issuing.selectors import records_of
from hocba_server.school.recalls.models import RecallAnswer, RecallLine, RecallRequest
from hocba_server.school.registry.models import School
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
