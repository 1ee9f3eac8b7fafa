from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Count, Q, QuerySet

from hocba.errors import Refused
from hocba.ids import MessageId, UnitCode
from hocba.packet.answers import RecordResult, ResultAnswer, SubmissionResult
from hocba.packet.transactions import ResultQuery
from hocba_server.city.certificates.models import Unit
from hocba_server.city.certificates.offices import own
from hocba_server.city.closing.selectors import closing_days
from hocba_server.city.gateway.models import (
    IncomingPackage,
    PackageKind,
    PackageState,
    RecordOutcome,
)
from hocba_server.city.permissions import READERS, deny_role, require
from hocba_server.web.accounts.actor import Actor


def query_results(message_id: str, unit_code: str, *, at: dt.datetime) -> ResultAnswer:
    """What became of the records of a package (transaction 2)."""
    return result_answer(ResultQuery(MessageId(message_id), UnitCode(unit_code)), at=at)


def result_answer(query: ResultQuery, *, at: dt.datetime) -> ResultAnswer:
    """Answer to transaction 2, and which records are closed at `at`. An unknown package answers
    with an empty list."""
    row = IncomingPackage.objects.filter(
        unit_code=query.unit_code, message_id=query.message_id, kind=PackageKind.SUBMIT
    ).first()
    if row is None:
        return ResultAnswer(())
    if row.state == PackageState.RECEIVED:
        return ResultAnswer((), row.record_count)
    outcomes = list(row.outcomes.all())
    closed = closing_days([outcome.record_uuid for outcome in outcomes if outcome.accepted], at)
    return ResultAnswer(
        tuple(_result(outcome, closed.get(outcome.record_uuid)) for outcome in outcomes)
    )


def packages(*, by: Actor) -> QuerySet[IncomingPackage]:
    """Packages of the units that the person sees, with the numbers of accepted and refused
    records, newest first."""
    require(deny_role(by, *READERS))
    rows = IncomingPackage.objects.filter(own(by), kind=PackageKind.SUBMIT)
    counted = rows.defer("content").annotate(
        accepted_count=Count("outcomes", filter=Q(outcomes__accepted=True)),
        refused_count=Count("outcomes", filter=Q(outcomes__accepted=False)),
    )
    # Counting groups the rows, and Django then forgets the model's own order.
    return counted.order_by("-received_at", "-pk")


def package_by_id(*, by: Actor, package_id: int) -> IncomingPackage:
    """One package. Raises `Refused` with code `not_found`."""
    row = packages(by=by).filter(pk=package_id).first()
    if row is None:
        raise Refused("not_found", "Không tìm thấy gói này.", "There is no such package.")
    return row


def outcomes_of(*, by: Actor, package: IncomingPackage) -> QuerySet[RecordOutcome]:
    """The answers of a package, refusals first."""
    require(deny_role(by, *READERS))
    return package.outcomes.order_by("accepted", "position")


def unit_names(codes: Sequence[str]) -> dict[str, str]:
    """Unit code -> name."""
    return dict(Unit.objects.filter(code__in=codes).values_list("code", "name"))


def _result(row: RecordOutcome, closed_at: dt.datetime | None) -> RecordResult:
    return RecordResult(
        pupil_code=row.pupil_code,
        pupil_name=row.pupil_name,
        personal_id=row.personal_id,
        record_uuid=row.record_uuid,
        status=SubmissionResult.APPROVED if row.accepted else SubmissionResult.REJECTED,
        error=row.code,
        error_field_title=row.field_title,
        error_description=row.sentence,
        closed_at=closed_at.isoformat(timespec="seconds") if closed_at else "",
    )
