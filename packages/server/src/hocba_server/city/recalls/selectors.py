from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from hocba.errors import Refused
from hocba.packet.answers import RecallResult, RecordResult, ResultAnswer
from hocba.packet.transactions import ResultQuery
from hocba_server.city.gateway.models import IncomingPackage, PackageKind, PackageState
from hocba_server.city.permissions import CityRole, deny_role, require
from hocba_server.city.recalls.models import CaseState, RecallCase
from hocba_server.web.accounts.actor import Actor

_RESULTS = {
    CaseState.WAITING: RecallResult.PENDING,
    CaseState.APPROVED: RecallResult.AGREED,
    CaseState.REFUSED: RecallResult.REFUSED,
}


def recall_answer(query: ResultQuery) -> ResultAnswer:
    """Answer to transaction 6. An unknown request answers with an empty list."""
    row = IncomingPackage.objects.filter(
        unit_code=query.unit_code, message_id=query.message_id, kind=PackageKind.RECALL
    ).first()
    if row is None:
        return ResultAnswer(())
    if row.state == PackageState.RECEIVED:
        return ResultAnswer((), row.record_count)
    return ResultAnswer(tuple(_result(case) for case in row.cases.all()))


def _result(case: RecallCase) -> RecordResult:
    return RecordResult(
        pupil_code=case.pupil_code,
        pupil_name=case.pupil_name,
        personal_id=case.personal_id,
        record_uuid=case.record_uuid,
        status=_RESULTS[CaseState(case.state)],
        error=case.code,
        error_field_title=case.field_title,
        error_description=case.sentence,
    )


def recall_requests(*, by: Actor) -> QuerySet[IncomingPackage]:
    """Requests to recall with the numbers of their records by state, those that wait first."""
    require(deny_role(by, CityRole.OFFICER))
    rows = IncomingPackage.objects.filter(kind=PackageKind.RECALL).defer("content")
    recalls = RecallCase.objects.filter(package=OuterRef("pk"), correction__isnull=True)
    plain = Q(cases__correction__isnull=True)
    return (
        rows.filter(Q(state=PackageState.RECEIVED) | Exists(recalls))
        .annotate(
            waiting_count=Count("cases", filter=plain & Q(cases__state=CaseState.WAITING)),
            approved_count=Count("cases", filter=plain & Q(cases__state=CaseState.APPROVED)),
            refused_count=Count("cases", filter=plain & Q(cases__state=CaseState.REFUSED)),
        )
        .order_by("-waiting_count", "-received_at", "-pk")
    )


def waiting_requests(*, by: Actor) -> int | None:
    """How many requests wait for an officer; None for everybody who is not one."""
    if deny_role(by, CityRole.OFFICER) is not None:
        return None
    waiting = RecallCase.objects.filter(state=CaseState.WAITING, correction__isnull=True)
    return waiting.order_by().values("package_id").distinct().count()


def recall_request(*, by: Actor, package_id: int) -> IncomingPackage:
    """One request. Raises `Refused` with code `not_found`."""
    row = recall_requests(by=by).filter(pk=package_id).first()
    if row is None:
        raise _no_request()
    return row


def cases_of(*, by: Actor, package: IncomingPackage) -> QuerySet[RecallCase]:
    """The records of a request as they were listed, without their documents."""
    require(deny_role(by, CityRole.OFFICER))
    cases = package.cases.filter(correction__isnull=True)
    return cases.select_related("record").defer("record__salt")


def case_by_id(*, by: Actor, package_id: int, case_id: int) -> RecallCase:
    """One record of a request. Raises `Refused` with code `not_found`."""
    require(deny_role(by, CityRole.OFFICER))
    rows = RecallCase.objects.filter(correction__isnull=True).select_related("package", "record")
    row = rows.filter(package_id=package_id, pk=case_id).first()
    if row is None:
        raise _no_request()
    return row


def _no_request() -> Refused:
    return Refused("not_found", "Không tìm thấy yêu cầu này.", "There is no such request.")
