"""What a person or the clock asks for: report what waits, send again, compare and remedy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from django.conf import settings

from hocba.errors import HocBaError, Refused
from hocba.ids import SchoolYear
from hocba.ports import Clock
from hocba.record.national.columns import Event
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.permissions import deny_role, require
from hocba_server.city.role import only_department
from hocba_server.city.upstream.client import is_connected, takes_supplements
from hocba_server.city.upstream.collecting import collect, newest_versions
from hocba_server.city.upstream.dispatch import dispatch
from hocba_server.city.upstream.models import (
    Handover,
    Kind,
    Reconciliation,
    ReconciliationState,
    Standstill,
    State,
)
from hocba_server.city.upstream.registration import (
    SENDERS,
    approved_registration,
    refuse_unconnected,
)
from hocba_server.city.upstream.sending import WORK_JOB
from hocba_server.config.jobs import city_jobs
from hocba_server.web.accounts.actor import Actor, platform_actor
from hocba_server.web.audit.services import record_event

RECONCILE_JOB: Final = "city.upstream.reconcile"
_MOST_CHOSEN: Final = 5000
_AGAIN: Final = (State.REFUSED, State.BLOCKED)


def work(*, clock: Clock, by: Actor | None = None) -> bool:
    """Find what is new and make messages of what may go; answers whether more is left.

    `by` is who asked; None is the clock's own run, which only finds things while reporting is not
    automatic. Nothing is signed before the store has approved the department's certificate.
    """
    at = clock.now()
    if not is_connected() or settings.CITY_ROLE != "department":
        return False
    collect(at=at)
    if by is None and not settings.UPSTREAM_AUTOMATIC:
        return False
    if approved_registration(at) is None:
        return False
    try:
        more = dispatch(by=by or platform_actor("city"), at=at)
    except HocBaError as fault:
        # What was made stays; the next run goes on, and the officer sees why nothing moves.
        why = {"problem": fault.sentence.vi[:1000], "problem_en": fault.sentence.en[:1000]}
        if not Standstill.objects.update(**why):
            Standstill.objects.create(**why, since=at)
        return False
    Standstill.objects.all().delete()
    return more


def order_work(*, by: Actor, at: dt.datetime) -> None:
    """Report now, in the name of the person who pressed.

    Raises `Refused`: `role`, `not_connected`, `not_approved`.
    """
    only_department()
    require(deny_role(by, *SENDERS))
    refuse_unconnected()
    if approved_registration(at) is None:
        raise Refused(
            "not_approved",
            "Bộ chưa phê duyệt chứng thư số của Sở, hoặc chứng thư đã hết hạn. Đăng ký chứng thư "
            "số trước, rồi mới gửi được.",
            "The Ministry has not approved a valid certificate of the department.",
        )
    with city_transaction():
        city_jobs.configure_task(WORK_JOB, allow_unknown=True).defer(actor=by.to_json())
        _audit(by, at, "order_report", "upstream:all", {})


def resend(*, by: Actor, at: dt.datetime, handover_ids: Sequence[int]) -> int:
    """Put chosen things into the queue again; answers how many.

    What was refused or blocked waits again as it is; rows that were accepted go with a greater
    version. Raises `Refused`: `role`, `nothing_chosen`, `too_many`, `not_found`, `nothing_to_send`.
    """
    require(deny_role(by, *SENDERS))
    wanted = sorted(set(handover_ids))
    if not wanted:
        raise Refused("nothing_chosen", "Chưa chọn mục nào để gửi lại.", "Nothing was chosen.")
    if len(wanted) > _MOST_CHOSEN:
        raise Refused(
            "too_many", f"Mỗi lần gửi lại tối đa {_MOST_CHOSEN} mục.", "Too many at once."
        )
    with city_transaction():
        rows = list(Handover.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
        if len(rows) != len(wanted):
            raise Refused("not_found", "Không tìm thấy mục này.", "There is no such item.")
        count = send_again(rows, at)
        if not count:
            raise Refused(
                "nothing_to_send",
                "Các mục đã chọn đang chờ gửi, chờ trả lời hoặc đã được Bộ tiếp nhận, nên không "
                "phải gửi lại.",
                "The chosen items wait already, or were accepted.",
            )
        detail = {"items": count, "chosen": wanted[:100]}
        _audit(by, at, "resend_upstream", "upstream:chosen", detail)
        _start(by)
    return count


def resend_refused(
    *, by: Actor, at: dt.datetime, school_year: str, kind: str = "", unit_code: str = ""
) -> int:
    """Put everything of a year that was refused or could not be sent into the queue again, of one
    kind or school where these are given; answers how many.

    For a whole package that was not taken, or a code list that was completed. Raises `Refused`:
    `role`, `nothing_to_send`.
    """
    require(deny_role(by, *SENDERS))
    with city_transaction():
        rows = Handover.objects.filter(school_year=school_year, state__in=_AGAIN)
        if kind:
            rows = rows.filter(kind=kind)
        if unit_code:
            rows = rows.filter(unit_code=unit_code)
        count = rows.update(
            state=State.WAITING,
            settled_at=None,
            message=None,
            code="",
            field_title="",
            sentence="",
            waiting_for="",
            found_at=at,
        )
        if not count:
            raise Refused(
                "nothing_to_send",
                "Không có mục nào bị từ chối hay chưa gửi được theo lựa chọn này.",
                "Nothing of this choice was refused or held.",
            )
        detail: dict[str, object] = {"year": school_year, "kind": kind, "unit": unit_code}
        _audit(by, at, "resend_upstream", "upstream:refused", {**detail, "items": count})
        _start(by)
    return count


def send_again(rows: Sequence[Handover], at: dt.datetime) -> int:
    """Make refused things wait again, and new versions of rows. Joins the open transaction."""
    waiting = []
    for row in rows:
        if row.state in _AGAIN:
            row.state, row.settled_at, row.message = State.WAITING, None, None
            row.code = row.field_title = row.sentence = row.waiting_for = ""
            row.found_at = at
            waiting.append(row)
    fields = ["state", "settled_at", "message", "code", "field_title", "sentence", "waiting_for"]
    Handover.objects.bulk_update(waiting, [*fields, "found_at"], batch_size=500)
    accepted = [row for row in rows if row.kind == Kind.ROWS and row.state == State.ACCEPTED]
    return len(waiting) + len(new_versions(accepted, at))


def new_versions(rows: Sequence[Handover], at: dt.datetime) -> list[Handover]:
    """The next version of rows that were accepted; one that waits already is enough."""
    subjects = [row.subject for row in rows]
    versions = newest_versions(subjects)
    open_ones = set(
        Handover.objects.filter(
            kind=Kind.ROWS, subject__in=subjects, state__in=[State.WAITING, State.SENT]
        ).values_list("subject", flat=True)
    )
    made = {
        row.subject: Handover(
            kind=Kind.ROWS,
            subject=row.subject,
            version=versions[row.subject] + 1,
            event=Event.UPDATE.value,
            unit_code=row.unit_code,
            school_name=row.school_name,
            school_year=row.school_year,
            classroom_name=row.classroom_name,
            pupil_name=row.pupil_name,
            state=State.WAITING,
            found_at=at,
        )
        for row in rows
        if row.subject not in open_ones
    }
    return Handover.objects.bulk_create(made.values())


def start_reconciliation(*, by: Actor, at: dt.datetime, school_year: str) -> int:
    """Compare store and repository for one school year, as a job.

    Raises `Refused`: `role`, `not_connected`, `running`; `Malformed` (`school_year`).
    """
    only_department()
    require(deny_role(by, *SENDERS))
    refuse_unconnected()
    year = str(SchoolYear.parse(school_year))
    with city_transaction():
        running = Reconciliation.objects.select_for_update().filter(
            school_year=year, state=ReconciliationState.RUNNING
        )
        if running.exists():
            raise Refused(
                "running",
                "Năm học này đang được đối chiếu. Chờ kết quả rồi đối chiếu lại.",
                "This year is being compared already.",
            )
        row = Reconciliation.objects.create(
            school_year=year,
            source="state" if takes_supplements() else "answers",
            state=ReconciliationState.RUNNING,
            started_by=by.user_id,
            started_by_name=by.name,
            started_at=at,
        )
        city_jobs.configure_task(RECONCILE_JOB, allow_unknown=True).defer(reconciliation_id=row.pk)
        _audit(by, at, "reconcile_upstream", f"reconciliation:{row.pk}", {"year": year})
    return row.pk


def _start(by: Actor) -> None:
    city_jobs.configure_task(WORK_JOB, allow_unknown=True).defer(actor=by.to_json())


def _audit(
    by: Actor, at: dt.datetime, action: str, subject: str, detail: dict[str, object]
) -> None:
    record_event(using=CITY_DATABASE, by=by, at=at, action=action, subject=subject, detail=detail)
