from __future__ import annotations

from django.db.models import F, QuerySet

from hocba.errors import Refused
from hocba_server.city.corrections.models import CorrectionFile
from hocba_server.city.permissions import CityRole, deny_role, require
from hocba_server.city.recalls.models import CaseState, RecallCase
from hocba_server.web.accounts.actor import Actor


def corrections(*, by: Actor) -> QuerySet[RecallCase]:
    """Requests to correct, those that wait first, then the newest; without documents."""
    require(deny_role(by, CityRole.OFFICER))
    rows = RecallCase.objects.filter(correction__isnull=False)
    return (
        rows.select_related("correction", "record", "package")
        .defer("record__salt", "package__content")
        .order_by(F("decided_at").desc(nulls_first=True), "-package__received_at", "pk")
    )


def waiting_corrections(*, by: Actor) -> int | None:
    """How many wait for an officer; None for everybody who is not one."""
    if deny_role(by, CityRole.OFFICER) is not None:
        return None
    rows = RecallCase.objects.filter(correction__isnull=False, state=CaseState.WAITING)
    return rows.count()


def correction_by_id(*, by: Actor, case_id: int) -> RecallCase:
    """One request. Raises `Refused` with code `not_found`."""
    require(deny_role(by, CityRole.OFFICER))
    rows = RecallCase.objects.select_related("correction", "record", "package")
    row = rows.filter(pk=case_id, correction__isnull=False).first()
    if row is None:
        raise no_request()
    return row


def files_of(case: RecallCase) -> QuerySet[CorrectionFile]:
    """The files of a request, without their content."""
    return CorrectionFile.objects.filter(correction__case=case).defer("content")


def no_request() -> Refused:
    """There is no such request."""
    return Refused("not_found", "Không tìm thấy yêu cầu này.", "There is no such request.")
