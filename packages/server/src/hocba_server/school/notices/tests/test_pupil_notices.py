"""What happens to pupils' files reaches who must act or look again, once, and names nobody."""

from __future__ import annotations

import datetime as dt
import io

import pikepdf
import pytest

from hocba_server.school.notices.models import Notice
from hocba_server.school.registry.attachments import Upload
from hocba_server.school.registry.civil_services import (
    decide_civil_change,
    propose_civil_change,
)
from hocba_server.school.registry.models import (
    Enrolment,
    Pupil,
    StaffAssignment,
    StaffMember,
)
from hocba_server.school.registry.pupil_services import edit_pupil
from hocba_server.school.registry.pupil_values import values_of
from hocba_server.school.registry.sheet_services import confirm_data
from hocba_server.school.registry.special_services import exempt_subject, set_assessment_mode
from hocba_server.school.tests.cast import AT, YEAR, Cast


@pytest.fixture
def pdf() -> Upload:
    target = io.BytesIO()
    with pikepdf.new() as file:
        file.add_blank_page()
        file.save(target)
    return Upload("quyet-dinh.pdf", target.getvalue())


@pytest.fixture(autouse=True)
def registrar(cast: Cast) -> None:
    """The registrar is assigned for the year: notices go to whom the assignments name."""
    staff = StaffMember.objects.create(
        school_id=cast.school_id,
        full_name=cast.registrar.name,
        personal_id=cast.registrar.personal_id,
    )
    StaffAssignment.objects.create(
        staff=staff, role="HOC_VU", school_year=YEAR, assigned_by=1, assigned_at=AT
    )


@pytest.fixture
def pupil(cast: Cast) -> Pupil:
    return Enrolment.objects.select_related("pupil").get(pk=cast.enrolments[0]).pupil


def _told() -> list[tuple[str, str, str]]:
    return list(Notice.objects.order_by("pk").values_list("recipient", "kind", "url"))


def _propose(cast: Cast, pupil: Pupil, pdf: Upload) -> int:
    return propose_civil_change(
        by=cast.registrar,
        at=AT,
        pupil_id=pupil.pk,
        values={"full_name": "Trần Văn Tí Nị"},
        decision_number="12/QĐ-UBND",
        decision_date=AT.date() - dt.timedelta(days=1),
        upload=pdf,
    )


def test_a_proposal_waits_for_the_principal_and_the_registrar_hears_the_answer(
    cast: Cast, pupil: Pupil, pdf: Upload
) -> None:
    change = _propose(cast, pupil, pdf)
    assert _told() == [(cast.principal.personal_id, "turn", "/truong/ho-tich/")]
    for _ in range(2):
        decide_civil_change(by=cast.principal, at=AT, change_id=change, approved=True)
    answer = f"/truong/hoc-sinh/{cast.enrolments[0]}/ho-tich/"
    assert _told()[1:] == [(cast.registrar.personal_id, "pupil", answer)]
    for notice in Notice.objects.all():
        assert pupil.full_name not in notice.title_vi + notice.title_en + notice.class_name


def test_a_refused_proposal_is_told_as_refused(cast: Cast, pupil: Pupil, pdf: Upload) -> None:
    change = _propose(cast, pupil, pdf)
    decide_civil_change(
        by=cast.principal, at=AT, change_id=change, approved=False, answer="Bản quét mờ"
    )
    assert "không duyệt" in Notice.objects.latest("pk").title_vi


def test_confirmed_sheets_wait_for_the_registrar_and_a_change_sends_one_back(
    cast: Cast, pupil: Pupil
) -> None:
    for _ in range(2):
        confirm_data(
            by=cast.homeroom,
            at=AT,
            classroom_id=cast.classroom_id,
            enrolment_ids=cast.enrolments,
            compared=True,
        )
    page = f"/truong/lop/{cast.classroom_id}/phieu-thong-tin/"
    assert _told() == [(cast.registrar.personal_id, "turn", page)]
    edit_pupil(
        by=cast.registrar,
        at=AT,
        pupil_id=pupil.pk,
        values={"home_town": "Phường Khác"},
        seen={"home_town": values_of(pupil)["home_town"]},
        reason="Theo giấy khai sinh",
    )
    assert _told()[1:] == [(cast.homeroom.personal_id, "pupil", page)]


def test_a_special_case_reaches_who_acts_by_it_without_saying_what(cast: Cast, pdf: Upload) -> None:
    set_assessment_mode(
        by=cast.principal,
        at=AT,
        enrolment_id=cast.enrolments[0],
        mode="not_assessed",
        reason="Theo kế hoạch",
        plan=pdf,
    )
    for _ in range(2):
        exempt_subject(
            by=cast.principal,
            at=AT,
            enrolment_id=cast.enrolments[1],
            subject_code="88",
            reason="Giấy của bệnh viện",
        )
    told = {recipient for recipient, _, _ in _told()}
    assert told == {cast.homeroom.personal_id, cast.registrar.personal_id}
    assert Notice.objects.count() == 4
    for notice in Notice.objects.all():
        said = notice.title_vi + notice.text_vi
        assert "khuyết tật" not in said
        assert "bệnh viện" not in said
