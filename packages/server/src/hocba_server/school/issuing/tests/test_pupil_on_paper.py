"""A pupil who is not assessed holds nobody up: the rest of the class gets its digital records."""

from __future__ import annotations

import pytest
from django.urls import reverse

from hocba_server.school.assessments.selectors import class_findings
from hocba_server.school.conftest import Sign
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.issuing.services import create_records
from hocba_server.school.papers.tests.conftest import Browse, browse
from hocba_server.school.registry.attachments import Upload
from hocba_server.school.registry.models import Classroom
from hocba_server.school.registry.special_services import set_assessment_mode
from hocba_server.school.registry.tests.conftest import pdf
from hocba_server.school.tests.cast import AT, Cast

__all__ = ["browse", "pdf"]


@pytest.fixture
def on_paper(results: Cast, batch_id: int, pdf: Upload) -> int:
    """The first pupil of a class whose results are complete is not assessed."""
    set_assessment_mode(
        by=results.principal,
        at=AT,
        enrolment_id=results.enrolments[0],
        mode="not_assessed",
        reason="Theo kế hoạch giáo dục cá nhân",
        plan=pdf,
    )
    return results.enrolments[0]


def test_the_others_get_their_records(results: Cast, batch_id: int, on_paper: int) -> None:
    assert create_records(by=results.registrar, at=AT, batch_id=batch_id) == 2
    covered = set(AnnualRecordDraft.objects.values_list("enrolment_id", flat=True))
    assert covered == set(results.enrolments) - {on_paper}


def test_nothing_is_missing_and_nobody_reads_why(
    results: Cast, on_paper: int, browse: Browse
) -> None:
    room = Classroom.objects.get(pk=results.classroom_id)
    [check] = [each for each in class_findings(room) if each.year.on_paper]
    assert check.enrolment.pk == on_paper
    assert check.year.errors == ()
    page = browse(results.homeroom).get(reverse("school_assessments:check", args=[room.pk]))
    text = page.content.decode()
    assert "làm bằng giấy" in text
    assert "khuyết tật" not in text
    assert "đã đủ kết quả" in text


def test_the_class_goes_the_whole_way(
    results: Cast, on_paper: int, created: int, sign: Sign, browse: Browse
) -> None:
    sign(results.music, "GVBM")
    sign(results.homeroom, "GVCN")
    sign(results.principal, "CBQL")
    sign(results.clerk, "KY_PHAT_HANH")
    assert set(AnnualRecordDraft.objects.values_list("state", flat=True)) == {"issued"}
    page = browse(results.clerk).get("/truong/").content.decode()
    assert "2 học bạ đã phát hành, chờ nộp về Sở" in page
