"""The file of a whole class: asked for, made in the background, kept for 24 hours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from hocba.errors import HocBaError, Refused
from hocba.ports import Clock
from hocba.rendition.class_file import render_class
from hocba_server.config.jobs import school_jobs
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.issuing.services import note_reading
from hocba_server.school.papers.models import (
    OPEN_STATES,
    IssuedPaper,
    JobState,
    PaperKind,
    PrintJob,
)
from hocba_server.school.papers.numbering import PaperTerms, enter, take_number
from hocba_server.school.papers.rights import deny_printing
from hocba_server.school.papers.selectors import is_issued, job_by_id
from hocba_server.school.papers.services import Printed, audit_paper
from hocba_server.school.papers.sheets import class_heading, class_pupil, form_of
from hocba_server.school.problem import problem_columns
from hocba_server.school.registry.permissions import require
from hocba_server.school.registry.selectors import class_roll, classroom_by_id
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

PRINT_JOB: Final = "school.papers.print_class"
EXPIRE_JOB: Final = "school.papers.expire_print"
KEPT_FOR: Final = dt.timedelta(hours=24)


class _Cancelled(Exception):
    """The person no longer wants the file."""


def start_class_print(
    *,
    by: Actor,
    at: dt.datetime,
    classroom_id: int,
    form: str,
    double_sided: bool,
    all_years: bool,
) -> int:
    """Ask for the file of a class; the row and its job are committed together.

    Raises `Refused`: `empty_class`, `print_open` while this person's last one is still made.
    """
    with school_transaction():
        room = classroom_by_id(by, classroom_id)
        require(deny_printing(by, room, localdate(at)))
        pupils = class_roll(room)
        if not pupils:
            raise Refused("empty_class", f"Lớp {room.name} chưa có học sinh.", "An empty class.")
        try:
            with transaction.atomic(using=SCHOOL_DATABASE):
                job = PrintJob.objects.create(
                    classroom=room,
                    form=form_of(form),
                    double_sided=double_sided,
                    all_years=all_years,
                    state=JobState.WAITING,
                    total=len(pupils),
                    actor=by.to_json(),
                    asked_by=by.user_id,
                    asked_at=at,
                )
        except IntegrityError as error:
            raise Refused(
                "print_open",
                f"Tệp in lớp {room.name} của Thầy/Cô đang dựng. Chờ xong hoặc huỷ rồi làm lại.",
                f"Your file of class {room.name} is still being made.",
            ) from error
        _audit(by, at, "start_class_print", job, {"form": job.form, "pupils": job.total})
        school_jobs.configure_task(PRINT_JOB, allow_unknown=True).defer(job_id=job.pk)
    return job.pk


def run_class_print(job_id: int, clock: Clock) -> None:
    """Make the file. Cut off, it starts anew; finished or cancelled, it does nothing."""
    job = _take(job_id)
    if job is None:
        return
    by, at = Actor.from_json(job.actor), clock.now()
    printed: list[AnnualRecordDraft] = []
    try:
        pupils = [
            class_pupil(row, all_years=job.all_years, printed=printed, by=by, at=at)
            for row in class_roll(job.classroom)
        ]
        pdf = render_class(
            class_heading(job.classroom),
            pupils,
            fonts=settings.FONTS_DIR,
            timestamp=at,
            form=form_of(job.form),
            double_sided=job.double_sided,
            progress=_progress(job),
        )
    except _Cancelled:
        return
    except HocBaError as fault:
        _fail(job, by, clock.now(), fault)
        return
    _keep(job, by, clock.now(), pdf, printed)


def cancel_class_print(*, by: Actor, at: dt.datetime, job_id: int) -> None:
    """Stop a file that is still made. Raises `Refused` (`print_over`) when it is over."""
    with school_transaction():
        job_by_id(by, job_id, localdate(at))
        job = PrintJob.objects.select_for_update().defer("result").get(pk=job_id)
        if job.state not in OPEN_STATES:
            raise Refused(
                "print_over", "Việc in này đã kết thúc nên không huỷ được.", "It is over already."
            )
        job.state, job.finished_at = JobState.CANCELLED, at
        job.save(update_fields=["state", "finished_at"])
        _audit(by, at, "cancel_class_print", job, {"done": job.done})


def fetch_class_print(*, by: Actor, at: dt.datetime, job_id: int) -> Printed:
    """The finished file while it is kept; the fetching is recorded.

    Raises `Refused` with code `print_gone` when it is not there (any more).
    """
    with school_transaction():
        job = job_by_id(by, job_id, localdate(at), with_file=True)
        if job.result is None or job.expires_at is None or at >= job.expires_at:
            raise Refused(
                "print_gone",
                "Tệp in không còn (chỉ giữ 24 giờ). Bấm Dựng tệp để làm lại.",
                "The file is gone; it is kept for 24 hours only.",
            )
        if by.user_id != job.asked_by and job.paper is not None:
            _note(
                by,
                at,
                AnnualRecordDraft.objects.filter(record_uuid__in=job.paper.record_uuids).defer(
                    "document"
                ),
            )
        _audit(by, at, "fetch_class_print", job, {"size": job.size})
    number = f"{job.paper.number:02d}-{job.paper.year}" if job.paper else "ban-nhap"
    return Printed(bytes(job.result), f"in-ca-lop-{number}.pdf")


def expire_class_print(job_id: int, at: dt.datetime) -> None:
    """Drop the bytes of a file whose time is over."""
    with school_transaction():
        PrintJob.objects.filter(pk=job_id, expires_at__lte=at).update(result=None)


def _take(job_id: int) -> PrintJob | None:
    with school_transaction():
        job = PrintJob.objects.select_for_update(of=("self",)).filter(pk=job_id).first()
        if job is None or job.state not in OPEN_STATES:
            return None
        job.state, job.done = JobState.RUNNING, 0
        job.save(update_fields=["state", "done"])
    return PrintJob.objects.select_related("classroom__school").get(pk=job_id)


def _progress(job: PrintJob) -> Callable[[int], None]:
    def tell(done: int) -> None:
        running = PrintJob.objects.filter(pk=job.pk, state=JobState.RUNNING)
        if not running.update(done=done):
            raise _Cancelled

    return tell


def _keep(
    job: PrintJob, by: Actor, at: dt.datetime, pdf: bytes, printed: list[AnnualRecordDraft]
) -> None:
    with school_transaction():
        row = PrintJob.objects.select_for_update().get(pk=job.pk)
        if row.state != JobState.RUNNING:
            return  # cancelled while the last pupil was made
        paper: IssuedPaper | None = None
        if any(is_issued(each) for each in printed):
            number = take_number(job.classroom.school, PaperKind.CLASS, at)
            terms = PaperTerms(form=job.form)
            paper = enter(
                by=by,
                at=at,
                number=number,
                room=job.classroom,
                rows=printed,
                pdf=pdf,
                terms=terms,
            )
            audit_paper(by, at, "print_class", paper)
        for each in printed:
            note_reading(by=by, at=at, record=each, purpose="in cả lớp")
        row.state, row.finished_at, row.expires_at = JobState.DONE, at, at + KEPT_FOR
        row.result, row.size, row.paper, row.done = pdf, len(pdf), paper, row.total
        row.save()
        school_jobs.configure_task(EXPIRE_JOB, allow_unknown=True, schedule_at=at + KEPT_FOR).defer(
            job_id=row.pk
        )


def _fail(job: PrintJob, by: Actor, at: dt.datetime, fault: HocBaError) -> None:
    with school_transaction():
        PrintJob.objects.filter(pk=job.pk, state=JobState.RUNNING).update(
            state=JobState.FAILED, finished_at=at, **problem_columns(fault.sentence)
        )
        _audit(by, at, "class_print_failed", job, {"problem": fault.code})


def _note(by: Actor, at: dt.datetime, rows: Iterable[AnnualRecordDraft]) -> None:
    for row in rows:
        note_reading(by=by, at=at, record=row, purpose="tải tệp in cả lớp")


def _audit(
    by: Actor, at: dt.datetime, action: str, job: PrintJob, detail: dict[str, object]
) -> None:
    record_event(
        using=SCHOOL_DATABASE,
        by=by,
        at=at,
        action=action,
        subject=f"class_print:{job.pk}",
        detail=detail,
    )
