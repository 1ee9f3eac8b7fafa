"""The paper form of a pupil who is not assessed: printed by those who know of the case, kept."""

from __future__ import annotations

import pytest
from django.urls import reverse

from hocba.rendition.text import face_text
from hocba_server.school.registry.attachments import Upload
from hocba_server.school.registry.models import Enrolment, Pupil
from hocba_server.school.registry.paper_services import print_paper_form, printings_of
from hocba_server.school.registry.special_services import set_assessment_mode
from hocba_server.school.registry.tests.refusals import entries, refusal_of
from hocba_server.school.tests.browsing import Browse
from hocba_server.school.tests.cast import AT, Cast

ACTION = "print_paper_form"


@pytest.fixture
def case(cast: Cast, pdf: Upload) -> int:
    """The first pupil of the class is not assessed this year."""
    set_assessment_mode(
        by=cast.principal,
        at=AT,
        enrolment_id=cast.enrolments[0],
        mode="not_assessed",
        reason="Theo kế hoạch giáo dục cá nhân",
        plan=pdf,
    )
    return cast.enrolments[0]


def test_the_data_stand_on_the_form_and_no_result(cast: Cast, pupil: Pupil, case: int) -> None:
    form = print_paper_form(by=cast.registrar, at=AT, enrolment_id=case)
    text = "".join("".join(page) for page in face_text(form.pdf))
    for shown in (pupil.full_name, pupil.birth_date, pupil.mother_name, pupil.register_number):
        assert shown in text
    assert "khuyết tật" not in text
    assert pupil.full_name not in form.filename


def test_a_pupil_without_a_number_gets_it_too(cast: Cast, pupil: Pupil, case: int) -> None:
    Pupil.objects.filter(pk=pupil.pk).update(personal_id="", home_town="")
    assert print_paper_form(by=cast.homeroom, at=AT, enrolment_id=case).pdf


def test_a_pupil_who_is_assessed_has_a_digital_record(cast: Cast) -> None:
    code = refusal_of(print_paper_form, by=cast.registrar, at=AT, enrolment_id=cast.enrolments[1])
    assert code == "digital_record"
    assert entries(ACTION) == []


def test_who_may(cast: Cast, case: int) -> None:
    for by, code in (
        (cast.music, "role"),
        (cast.clerk, "role"),
        (cast.administrator, "role"),
        (cast.stranger, "not_found"),
    ):
        assert refusal_of(print_paper_form, by=by, at=AT, enrolment_id=case) == code
    assert entries(ACTION) == []


def test_twice_is_twice_in_the_trail(cast: Cast, case: int) -> None:
    for by in (cast.homeroom, cast.registrar):
        print_paper_form(by=by, at=AT, enrolment_id=case)
    rows = entries(ACTION)
    assert [row.name for row in rows] == [cast.homeroom.name, cast.registrar.name]
    assert rows[0].detail["school_year"] == Enrolment.objects.get(pk=case).school_year
    assert [row.pk for row in printings_of(Enrolment.objects.get(pk=case))] == [
        row.pk for row in reversed(rows)
    ]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_button_and_the_steps(cast: Cast, case: int, browse: Browse, language: str) -> None:
    client = browse(cast.homeroom)
    client.cookies["hocba_language"] = language
    address = reverse("school_registry:paper_form", args=[case])
    for name in ("pupil", "special"):
        page = client.get(reverse(f"school_registry:{name}", args=[case])).content.decode()
        assert address in page
    answer = client.post(address)
    assert answer["Content-Type"] == "application/pdf"
    other = reverse("school_registry:paper_form", args=[cast.enrolments[1]])
    assert client.post(other).status_code == 302


def test_the_clerk_is_not_told(cast: Cast, case: int, browse: Browse) -> None:
    page = browse(cast.clerk).get(reverse("school_registry:pupil", args=[case]))
    assert "hoc-ba-giay" not in page.content.decode()
