"""Action: a leader looks where every class stands, who is waited for, and since when."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from hocba.assessment.periods import Period
from hocba_server.school.assessments.models import (
    EntryWindow,
    SubjectAssessment,
    YearConclusion,
)
from hocba_server.school.registry.models import School, StaffAssignment, StaffMember
from hocba_server.school.reviewing.people import PersonLine, people_waited_for
from hocba_server.school.reviewing.selectors import ClassProgress, class_progress, step_totals
from hocba_server.school.tests.browsing import Browse
from hocba_server.school.tests.cast import AT, HEAD_ID, HOMEROOM_ID, MUSIC_ID, YEAR, Cast

BOARD = "/truong/tien-do/"


def progress_of(cast: Cast) -> list[ClassProgress]:
    return class_progress(School.objects.get(pk=cast.school_id), YEAR, AT)


def people_of(cast: Cast) -> dict[str, PersonLine]:
    school = School.objects.get(pk=cast.school_id)
    lines = people_waited_for(school, YEAR, progress_of(cast))
    return {line.staff.personal_id: line for line in lines}


def test_a_class_stands_at_its_step(results: Cast) -> None:
    [line] = progress_of(results)
    assert (line.pupils, line.counts, line.lacking) == (3, {"create": 3}, {})
    YearConclusion.objects.filter(enrolment=results.enrolments[0]).update(height_cm=None)
    [line] = progress_of(results)
    assert line.counts == {"create": 2, "results": 1}
    totals = {total.step: total.count for total in step_totals(progress_of(results))}
    assert (totals["results"], totals["create"], totals["done"]) == (1, 2, 0)


def test_missing_results_wait_for_who_enters_them(results: Cast) -> None:
    SubjectAssessment.objects.filter(
        subject_code="89", enrolment__in=results.enrolments[:2]
    ).delete()
    people = people_of(results)
    [item] = [work for work in people[MUSIC_ID].work if work.step == "results"]
    assert item.count == 2
    assert item.detail is not None
    assert item.detail.vi == "Nghệ thuật (Âm nhạc)"
    assert item.reminder == "results"
    assert HOMEROOM_ID not in people


def test_a_subject_without_a_teacher_waits_for_the_principal(results: Cast) -> None:
    SubjectAssessment.objects.filter(subject_code="89").delete()
    StaffAssignment.objects.filter(subject_code="89").delete()
    [item] = people_of(results)[HEAD_ID].work
    assert item.detail is not None
    assert "phân công giáo viên môn Nghệ thuật (Âm nhạc)" in item.detail.vi
    assert item.reminder == ""


def test_results_wait_since_entry_opened(results: Cast) -> None:
    YearConclusion.objects.update(height_cm=None)
    assert progress_of(results)[0].since == {}
    EntryWindow.objects.create(
        school_id=results.school_id,
        school_year=YEAR,
        period=Period.YEAR_END,
        opens_on=dt.date(2026, 5, 4),
        closes_on=dt.date(2026, 6, 4),
        set_by=1,
        set_by_name="Lê Văn Hiệu Trưởng",
        set_at=AT,
    )
    since = progress_of(results)[0].since["results"]
    assert timezone.localtime(since).date() == dt.date(2026, 5, 4)
    [item] = people_of(results)[HOMEROOM_ID].work
    assert (item.count, item.since) == (3, since)


def test_counts_lead_to_exactly_their_rows(results: Cast, browse: Browse) -> None:
    YearConclusion.objects.filter(enrolment=results.enrolments[0]).update(height_cm=None)
    client = browse(results.principal)
    check = f"/truong/lop/{results.classroom_id}/kiem-tra/"
    page = client.get(BOARD).content.decode()
    assert f'href="{check}?xem=thieu"' in page
    assert f'href="{check}?xem=du"' in page
    assert client.get(f"{check}?xem=thieu").content.decode().count('<tr><th scope="row">') == 1
    assert client.get(f"{check}?xem=du").content.decode().count('<tr><th scope="row">') == 2
    assert client.get(check).content.decode().count('<tr><th scope="row">') == 3


def test_nobody_is_offered_to_remind_themselves(results: Cast, browse: Browse) -> None:
    YearConclusion.objects.update(height_cm=None)
    by = StaffMember.objects.get(personal_id=HEAD_ID)
    StaffAssignment.objects.filter(role="GVCN").update(staff=by)
    page = browse(results.principal).get(f"{BOARD}?xem=nguoi").content.decode()
    assert by.full_name in page
    assert 'name="step"' not in page


def test_teachers_and_other_schools_have_no_board(results: Cast, browse: Browse) -> None:
    for by in (results.homeroom, results.music, results.administrator):
        assert browse(by).get(BOARD).status_code == 403
    other = browse(results.stranger).get(BOARD).content.decode()
    assert "1A1" not in other
