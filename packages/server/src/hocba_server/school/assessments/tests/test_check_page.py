"""Action: look at the check of a class; every line leads to the cell that mends it."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from hocba_server.school.assessments.models import (
    SubjectAssessment,
    TraitAssessment,
    TraitMark,
    YearConclusion,
)
from hocba_server.school.tests.cast import Cast
from hocba_server.web.accounts.actor import Actor

SignIn = Callable[[Actor], Client]


def test_each_line_leads_to_its_cell(results: Cast, sign_in: SignIn) -> None:
    one = results.enrolments[0]
    SubjectAssessment.objects.filter(enrolment=one, subject_code="89").delete()
    SubjectAssessment.objects.filter(enrolment=one, subject_code="01").update(test_score=None)
    TraitMark.objects.filter(assessment__enrolment=one, trait_code="03").delete()
    TraitAssessment.objects.filter(enrolment=one).update(quality_comment="")
    YearConclusion.objects.filter(enrolment=one).update(height_cm=None)
    room = f"/truong/lop/{results.classroom_id}/"
    page = sign_in(results.homeroom).get(f"{room}kiem-tra/").content.decode()
    for sheet, field in (
        ("mon-89", "level"),
        ("mon-01", "test_score"),
        ("pham-chat-nang-luc", "03"),
        ("pham-chat-nang-luc", "quality_comment"),
        ("chu-nhiem", "height_cm"),
    ):
        assert f'href="{room}nhap-diem/{sheet}/CN/#o-{one}-{field}"' in page
    assert page.count("#o-") == 5


def test_who_may_look(results: Cast, sign_in: SignIn) -> None:
    address = f"/truong/lop/{results.classroom_id}/kiem-tra/"
    for by, status in (
        (results.homeroom, 200),
        (results.principal, 200),
        (results.administrator, 403),
        (results.stranger, 404),
    ):
        assert sign_in(by).get(address).status_code == status
