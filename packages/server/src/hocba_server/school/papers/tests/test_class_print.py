from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from hocba.errors import Refused
from hocba.rendition.text import face_text
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.papers import class_prints
from hocba_server.school.papers.class_prints import (
    cancel_class_print,
    expire_class_print,
    fetch_class_print,
    run_class_print,
    start_class_print,
)
from hocba_server.school.papers.models import IssuedPaper, PrintJob
from hocba_server.school.papers.selectors import job_view
from hocba_server.school.papers.sheets import class_pupil
from hocba_server.school.papers.tests.conftest import NEXT_YEAR, AddYear
from hocba_server.school.tests.cast import AT, Cast, FixedClock, actor
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry

HOUR = dt.timedelta(hours=1)


def _start(cast: Cast, by: Actor | None = None, **changed: Any) -> int:
    arguments: dict[str, Any] = {
        "by": by or cast.homeroom,
        "at": AT,
        "classroom_id": cast.classroom_id,
        "form": "B",
        "double_sided": False,
        "all_years": False,
        **changed,
    }
    return start_class_print(**arguments)


def _made(cast: Cast, **changed: Any) -> PrintJob:
    job_id = _start(cast, **changed)
    run_class_print(job_id, FixedClock())
    return PrintJob.objects.get(pk=job_id)


def test_the_whole_class_in_name_order_with_a_line_in_the_register(
    issued: int, results: Cast
) -> None:
    job = _made(results)
    assert (job.state, job.done, job.total) == ("done", 3, 3)
    printed = fetch_class_print(by=results.homeroom, at=AT + HOUR, job_id=job.pk)
    cover = face_text(printed.pdf)[0]
    names = [line for line in cover if line in {"Nguyễn Thị Ánh", "Lê Thị Đào", "Trần Văn Tí"}]
    assert names == ["Nguyễn Thị Ánh", "Lê Thị Đào", "Trần Văn Tí"]
    assert printed.filename == "in-ca-lop-01-2026.pdf"
    paper = IssuedPaper.objects.get()
    assert (paper.kind, paper.sign, paper.pupil) == ("class", "01/BI-L-THT", None)
    assert set(paper.record_uuids) == set(
        AnnualRecordDraft.objects.values_list("record_uuid", flat=True)
    )
    entries = AuditEntry.objects.using("school")
    assert entries.filter(kind="read", detail__purpose="in cả lớp").count() == 3
    for action in ("start_class_print", "print_class", "fetch_class_print"):
        assert entries.filter(action=action).count() == 1


def test_all_years_up_to_the_year_of_the_class(add_year: AddYear, results: Cast) -> None:
    later = add_year("issued")
    first = _made(results, all_years=True)
    assert NEXT_YEAR not in str(first.paper and first.paper.school_years)
    second = _made(results, by=results.clerk, classroom_id=later.classroom_id, all_years=True)
    assert second.paper is not None
    assert second.paper.school_years[-1] == NEXT_YEAR
    assert len(second.paper.school_years) == 2


def test_a_class_of_drafts_gets_no_number(created: int, results: Cast) -> None:
    job = _made(results)
    assert job.paper is None
    assert not IssuedPaper.objects.exists()
    pdf = bytes(job.result or b"")
    assert "1 năm, 1 bản nháp" in face_text(pdf)[0]


def test_one_open_job_for_a_person_and_a_class(issued: int, results: Cast) -> None:
    _start(results)
    with pytest.raises(Refused) as refusal:
        _start(results)
    assert refusal.value.code == "print_open"


def test_running_a_finished_job_again_does_nothing(issued: int, results: Cast) -> None:
    job = _made(results)
    run_class_print(job.pk, FixedClock())
    assert IssuedPaper.objects.count() == 1


def test_a_job_that_was_cut_off_starts_anew(issued: int, results: Cast) -> None:
    job_id = _start(results)
    PrintJob.objects.filter(pk=job_id).update(state="running", done=2)
    run_class_print(job_id, FixedClock())
    assert PrintJob.objects.get(pk=job_id).state == "done"


def test_cancelled_before_and_while_it_runs(
    issued: int, results: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = _start(results)
    cancel_class_print(by=results.homeroom, at=AT, job_id=job_id)
    run_class_print(job_id, FixedClock())
    assert PrintJob.objects.get(pk=job_id).state == "cancelled"
    with pytest.raises(Refused) as refusal:
        cancel_class_print(by=results.homeroom, at=AT, job_id=job_id)
    assert refusal.value.code == "print_over"

    running = _start(results)

    def interrupted(*arguments: Any, **named: Any) -> Any:
        if PrintJob.objects.get(pk=running).state == "running":
            cancel_class_print(by=results.homeroom, at=AT, job_id=running)
        return class_pupil(*arguments, **named)

    monkeypatch.setattr(class_prints, "class_pupil", interrupted)
    run_class_print(running, FixedClock())
    job = PrintJob.objects.get(pk=running)
    assert (job.state, job.result, job.done) == ("cancelled", None, 0)
    assert not IssuedPaper.objects.exists()


def test_a_broken_record_fails_the_job_with_a_sentence(created: int, results: Cast) -> None:
    row = AnnualRecordDraft.objects.order_by("pk")[0]
    AnnualRecordDraft.objects.filter(pk=row.pk).update(document=b"<broken")
    job = _made(results)
    assert job.state == "failed"
    assert job.problem
    assert job.result is None


def test_the_file_is_kept_for_a_day(issued: int, results: Cast) -> None:
    job = _made(results)
    assert job_view(job, AT + 23 * HOUR).ready
    assert not job_view(job, AT + 24 * HOUR).ready
    with pytest.raises(Refused) as refusal:
        fetch_class_print(by=results.homeroom, at=AT + 24 * HOUR, job_id=job.pk)
    assert refusal.value.code == "print_gone"
    expire_class_print(job.pk, AT + 23 * HOUR)
    assert PrintJob.objects.get(pk=job.pk).result is not None
    expire_class_print(job.pk, AT + 24 * HOUR)
    assert PrintJob.objects.get(pk=job.pk).result is None


def test_who_may_ask_for_it_and_fetch_it(issued: int, results: Cast) -> None:
    for by, code in (
        (results.administrator, "role"),
        (results.music, "role"),
        (actor("GVCN", personal_id="000190000077"), "role"),
        (results.stranger, "not_found"),
    ):
        with pytest.raises(Refused) as refusal:
            _start(results, by)
        assert refusal.value.code == code
    job = _made(results)
    fetch_class_print(
        by=actor("HIEU_TRUONG", personal_id="000080000003"), at=AT + HOUR, job_id=job.pk
    )
    for by, code in ((results.administrator, "role"), (results.stranger, "not_found")):
        with pytest.raises(Refused) as refusal:
            fetch_class_print(by=by, at=AT + HOUR, job_id=job.pk)
        assert refusal.value.code == code
        with pytest.raises(Refused) as refusal:
            cancel_class_print(by=by, at=AT, job_id=job.pk)
        assert refusal.value.code == code
