from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from hocba.assessment.catalogue import TRAITS, subjects_of_grade
from hocba.errors import Refused
from hocba.workflow.transitions import RecordState
from hocba_server.school.assessments.returns import open_returns
from hocba_server.school.assessments.sheets import HOMEROOM_SHEET, TRAITS_SHEET, Sheet
from hocba_server.school.issuing import returning, services
from hocba_server.school.issuing.models import STANDING_STATES, AnnualRecordDraft
from hocba_server.school.issuing.selectors import (
    batch_by_id,
    deny_reading,
    deny_return,
    read_document,
    record_by_uuid,
    refused_before,
    stamps_of,
    successor_of,
)
from hocba_server.school.issuing.successors import deny_reopening, reopen_record
from hocba_server.school.pages import attempt, school_page
from hocba_server.school.recalls.rights import deny_asking, deny_correction, deny_recall
from hocba_server.school.recalls.selectors import newest_line
from hocba_server.school.registry.models import SchoolRole
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.web.accounts.actor import Actor


@require_POST
@school_page
def open_batch(request: HttpRequest, by: Actor, classroom_id: int) -> HttpResponse:
    def work() -> int:
        return services.open_batch(
            by=by,
            at=timezone.now(),
            classroom_id=classroom_id,
            signing_leader_id=int(request.POST.get("signing_leader") or 0),
            issued_on=_day(request.POST.get("issued_on", "")),
            issue_place=request.POST.get("issue_place", "").strip(),
        )

    if attempt(request, work) is not None:
        messages.success(request, gettext("Đã mở đợt phát hành."))
    return redirect("school_signing:batch", classroom_id)


def _day(text: str) -> dt.date:
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return dt.datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a calendar day
        except ValueError:
            continue
    raise Refused(
        "date", f"“{text[:20]}” không phải ngày. Ghi dạng dd/mm/yyyy.", "Not a date: dd/mm/yyyy."
    )


@require_POST
@school_page
def create(request: HttpRequest, by: Actor, batch_id: int) -> HttpResponse:
    batch = batch_by_id(by, batch_id)
    count = attempt(
        request,
        lambda: services.create_records(
            by=by,
            at=timezone.now(),
            batch_id=batch_id,
            only_complete=request.POST.get("only_complete") == "1",
        ),
    )
    if count is not None:
        messages.success(request, gettext("Đã khởi tạo %(count)d học bạ.") % {"count": count})
    return redirect("school_signing:batch", batch.classroom_id)


@require_POST
@school_page
def return_class(request: HttpRequest, by: Actor, batch_id: int) -> HttpResponse:
    batch = batch_by_id(by, batch_id)
    count = attempt(
        request,
        lambda: returning.return_records(
            by=by, at=timezone.now(), batch_id=batch_id, reason=request.POST.get("reason", "")
        ),
    )
    if count is not None:
        messages.success(
            request,
            gettext("Đã trả lại lớp; %(count)d học bạ được bỏ để làm lại.") % {"count": count},
        )
    return redirect("school_signing:batch", batch.classroom_id)


@school_page
def record(request: HttpRequest, by: Actor, record_uuid: str) -> HttpResponse:
    row = record_by_uuid(by, record_uuid)
    require(deny_reading(by, row))
    services.note_reading(by=by, at=timezone.now(), record=row, purpose="xem")
    read = read_document(row)
    context = {
        "row": row,
        "record": read.record,
        "traits": [
            (trait.name, read.record.traits.levels[trait.code])
            for trait in TRAITS
            if trait.code in read.record.traits.levels
        ],
        "stamps": stamps_of(row),
        "issued": row.state in {state.value for state in STANDING_STATES},
        "successor": successor_of(row),
        "earlier": refused_before(row),
        "may_reopen": deny_reopening(by, row) is None,
        "may_recall": deny_recall(by, row) is None,
        "may_correct": deny_correction(by, row) is None,
        "recall": newest_line(row),
        "office": deny_asking(by) is None,
        **_returning(by, row),
    }
    return render(request, "school_issuing/record.html", context)


def _returning(by: Actor, row: AnnualRecordDraft) -> dict[str, object]:
    """What the page needs to send one record back, or to create a returned one anew."""
    draft = row.state == RecordState.DRAFT.value
    room = row.batch.classroom
    return {
        "may_return": deny_return(by, row.batch, [row]) is None,
        "sheets": return_choices(row),
        "draft": draft,
        "returns": [each for each in open_returns(room) if each.enrolment_id == row.enrolment_id]
        if draft
        else [],
        "may_recreate": draft and deny_role(by, SchoolRole.REGISTRAR) is None,
    }


def return_choices(row: AnnualRecordDraft) -> list[Sheet]:
    """The parts of this record that can be sent back for correction."""
    subjects = [
        Sheet.of_subject(str(subject.code))
        for subject in subjects_of_grade(row.batch.classroom.grade)
        if not row.subject_signers or str(subject.code) in row.subject_signers
    ]
    return [*subjects, TRAITS_SHEET, HOMEROOM_SHEET]


@require_POST
@school_page
def return_one(request: HttpRequest, by: Actor, record_uuid: str) -> HttpResponse:
    kept = attempt(
        request,
        lambda: returning.return_record(
            by=by,
            at=timezone.now(),
            record_uuid=record_uuid,
            sheets=request.POST.getlist("sheet"),
            reason=request.POST.get("reason", ""),
        ),
    )
    if kept is not None:
        messages.success(
            request,
            gettext("Đã trả lại; %(count)d chữ ký môn học khác được giữ nguyên.")
            % {"count": len(kept)},
        )
    return redirect("school_issuing:record", record_uuid)


@require_POST
@school_page
def reopen(request: HttpRequest, by: Actor, record_uuid: str) -> HttpResponse:
    """Begin the successor of a record that the department refused or recalled."""
    successor = attempt(
        request,
        lambda: reopen_record(
            by=by,
            at=timezone.now(),
            record_uuid=record_uuid,
            sheets=request.POST.getlist("sheet"),
            reason=request.POST.get("reason", ""),
        ),
    )
    if successor is None:
        return redirect("school_issuing:record", record_uuid)
    messages.success(request, gettext("Đã mở học bạ mới thay cho bản không còn giá trị."))
    return redirect("school_issuing:record", successor)


@require_POST
@school_page
def recreate(request: HttpRequest, by: Actor, record_uuid: str) -> HttpResponse:
    carried = attempt(
        request,
        lambda: returning.recreate_record(by=by, at=timezone.now(), record_uuid=record_uuid),
    )
    if carried is not None:
        messages.success(
            request,
            gettext("Đã khởi tạo lại học bạ; giữ %(count)d chữ ký môn học còn đúng.")
            % {"count": len(carried)},
        )
    if request.POST.get("from") == "class":
        row = record_by_uuid(by, record_uuid)
        return redirect("school_signing:batch", row.batch.classroom_id)
    return redirect("school_issuing:record", record_uuid)


@school_page
def download_xml(_request: HttpRequest, by: Actor, record_uuid: str) -> HttpResponse:
    row = record_by_uuid(by, record_uuid)
    require(deny_reading(by, row))
    services.note_reading(by=by, at=timezone.now(), record=row, purpose="tải XML")
    response = HttpResponse(bytes(row.document), content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="hoc-ba-{record_uuid}.xml"'
    return response
