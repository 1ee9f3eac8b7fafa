from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from hocba_server.school.registry.attachments import Upload
from hocba_server.school.registry.civil_services import propose_civil_change
from hocba_server.school.registry.models import Enrolment, Pupil
from hocba_server.school.registry.special_services import exempt_subject, set_assessment_mode
from hocba_server.school.registry.tests.refusals import entries
from hocba_server.school.tests.cast import AT, Cast
from hocba_server.web.accounts.actor import Actor

Browse = Callable[[Actor], Client]
OF_A_PUPIL = (
    "pupil",
    "edit_pupil",
    "change_class",
    "leave",
    "passed_away",
    "come_back",
    "place",
    "civil_status",
    "special",
)
OF_THE_SCHOOL = ("pupils", "add_pupil", "without_number", "civil_changes", "new_year")
OF_A_CLASS = ("classroom", "class_subjects", "sheets")


def _addresses(cast: Cast) -> list[str]:
    return [
        *(reverse(f"school_registry:{name}", args=[cast.enrolments[0]]) for name in OF_A_PUPIL),
        *(reverse(f"school_registry:{name}") for name in OF_THE_SCHOOL),
        *(reverse(f"school_registry:{name}", args=[cast.classroom_id]) for name in OF_A_CLASS),
    ]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_opens_for_the_registrar(cast: Cast, browse: Browse, language: str) -> None:
    client = browse(cast.registrar)
    client.cookies["hocba_language"] = language
    for address in _addresses(cast):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "style=" not in answer.content.decode()


def test_another_school_finds_nothing(cast: Cast, browse: Browse) -> None:
    client = browse(cast.stranger)
    for name in OF_A_PUPIL:
        address = reverse(f"school_registry:{name}", args=[cast.enrolments[0]])
        assert client.get(address).status_code == 404, name
    for name in OF_A_CLASS:
        address = reverse(f"school_registry:{name}", args=[cast.classroom_id])
        assert client.get(address).status_code == 404, name


def test_the_administrator_opens_no_file(cast: Cast, browse: Browse) -> None:
    client = browse(cast.administrator)
    for name in ("pupil", "special", "civil_status"):
        address = reverse(f"school_registry:{name}", args=[cast.enrolments[0]])
        assert client.get(address).status_code == 403, name
    assert client.get(reverse("school_registry:pupils")).status_code == 403
    page = client.get(reverse("school_registry:classroom", args=[cast.classroom_id]))
    assert "Trần Văn Tí" not in page.content.decode()


def test_a_subject_teacher_sees_the_class_and_no_file(cast: Cast, browse: Browse) -> None:
    client = browse(cast.music)
    page = client.get(reverse("school_registry:classroom", args=[cast.classroom_id]))
    assert "Trần Văn Tí" in page.content.decode()
    for name in ("pupil", "special"):
        address = reverse(f"school_registry:{name}", args=[cast.enrolments[0]])
        assert client.get(address).status_code == 403


def test_opening_a_file_is_recorded(cast: Cast, browse: Browse) -> None:
    client = browse(cast.homeroom)
    client.get(reverse("school_registry:pupil", args=[cast.enrolments[0]]))
    client.get(reverse("school_registry:special", args=[cast.enrolments[0]]))
    assert len(entries("read_pupil")) == 1
    assert len(entries("read_special_case")) == 1


def test_search_ignores_marks_and_keeps_names_out_of_addresses(cast: Cast, browse: Browse) -> None:
    client = browse(cast.registrar)
    address = reverse("school_registry:pupils")
    page = client.post(address, {"name": "le thi dao"}).content.decode()
    assert "Lê Thị Đào" in page
    assert "Trần Văn Tí" not in page
    assert "Trần Văn Tí" in client.get(f"{address}?name=dao").content.decode()
    assert "Không có em nào khớp" in client.post(address, {"name": "zzz"}).content.decode()


def test_no_link_leads_a_teacher_to_a_refusal(
    cast: Cast, pupil: Pupil, pdf: Upload, browse: Browse
) -> None:
    propose_civil_change(
        by=cast.registrar,
        at=AT,
        pupil_id=pupil.pk,
        values={"full_name": "Trần Văn Tý"},
        decision_number="12/QĐ-UBND",
        decision_date=dt.date(2026, 5, 4),
        upload=pdf,
    )
    address = reverse("school_registry:civil_changes")
    listed = reverse("school_registry:pupils")
    assert address in browse(cast.principal).get(listed).content.decode()
    assert address not in browse(cast.homeroom).get(listed).content.decode()


def test_who_lacks_data_is_found(cast: Cast, pupil: Pupil, browse: Browse) -> None:
    Pupil.objects.filter(pk=pupil.pk).update(personal_id="")
    page = browse(cast.registrar).post(reverse("school_registry:pupils"), {"thieu": "1"})
    text = page.content.decode()
    assert "Trần Văn Tí" in text
    assert "Lê Thị Đào" not in text


def test_no_mark_of_a_special_case_on_lists(cast: Cast, pdf: Upload, browse: Browse) -> None:
    room = reverse("school_registry:classroom", args=[cast.classroom_id])
    listed = reverse("school_registry:pupils")
    client = browse(cast.registrar)
    before = [len(client.get(each).content) for each in (room, listed)]
    set_assessment_mode(
        by=cast.principal,
        at=AT,
        enrolment_id=cast.enrolments[0],
        mode="not_assessed",
        reason="Theo kế hoạch",
        plan=pdf,
    )
    exempt_subject(
        by=cast.principal,
        at=AT,
        enrolment_id=cast.enrolments[0],
        subject_code="88",
        reason="Sức khoẻ",
    )
    assert [len(client.get(each).content) for each in (room, listed)] == before


def test_editing_with_a_stale_form_shows_both_values(
    cast: Cast, pupil: Pupil, browse: Browse
) -> None:
    client = browse(cast.registrar)
    address = reverse("school_registry:edit_pupil", args=[cast.enrolments[0]])
    form: dict[str, Any] = {
        "home_town": "Phường Hai",
        "seen-home_town": pupil.home_town,
        "reason": "Sửa",
    }
    Pupil.objects.filter(pk=pupil.pk).update(home_town="Phường Một")
    page = client.post(address, form).content.decode()
    assert 'value="Phường Hai"' in page
    assert 'name="seen-home_town" value="Phường Một"' in page
    saved = client.post(address, {**form, "seen-home_town": "Phường Một"})
    assert saved.status_code == 302
    pupil.refresh_from_db()
    assert pupil.home_town == "Phường Hai"


def test_a_change_of_civil_status_by_the_browser(
    cast: Cast, pupil: Pupil, pdf: Upload, browse: Browse
) -> None:
    registrar = browse(cast.registrar)
    address = reverse("school_registry:civil_status", args=[cast.enrolments[0]])
    form: dict[str, Any] = {
        "full_name": "Trần Văn Tý",
        "decision_number": "12",
        "decision_date": "04/05/2026",
    }
    assert "Chưa chọn tệp" in registrar.post(address, form).content.decode()
    file = SimpleUploadedFile("qd.pdf", pdf.content)
    assert registrar.post(address, {**form, "file": file}).status_code == 302
    change = pupil.civil_changes.get()
    principal = browse(cast.principal)
    decide = reverse("school_registry:decide_civil", args=[change.pk])
    principal.post(decide, {"decision": "approve"})
    pupil.refresh_from_db()
    assert pupil.full_name == "Trần Văn Tý"
    download = principal.get(reverse("school_registry:civil_file", args=[change.pk]))
    assert download.content == pdf.content
    assert download["Content-Disposition"].startswith("attachment")
    assert (
        browse(cast.stranger)
        .get(reverse("school_registry:civil_file", args=[change.pk]))
        .status_code
        == 404
    )


def test_the_sheet_as_a_file(cast: Cast, browse: Browse) -> None:
    teacher, registrar = browse(cast.homeroom), browse(cast.registrar)
    confirm = reverse("school_registry:confirm", args=[cast.classroom_id])
    teacher.post(confirm, {"pupil": list(cast.enrolments), "compared": "1"})
    registrar.post(reverse("school_registry:initialise", args=[cast.classroom_id]))
    address = reverse("school_registry:sheet_file", args=[cast.enrolments[0], "pdf"])
    answer = teacher.get(address)
    assert answer.content.startswith(b"%PDF-")
    assert "TRẦN" not in answer["Content-Disposition"]
    xml = reverse("school_registry:sheet_file", args=[cast.enrolments[0], "xml"])
    assert "Trần Văn Tí".encode() in teacher.get(xml).content
    assert teacher.get(xml.replace(".xml", ".exe")).status_code == 404


def test_the_new_year_by_the_browser(cast: Cast, browse: Browse) -> None:
    client = browse(cast.registrar)
    address = reverse("school_registry:new_year")
    form: dict[str, Any] = {"from_year": "2025-2026", f"room-{cast.classroom_id}": "up"}
    preview = client.post(address, {**form, "do": "preview"})
    plan = preview.context["plan"]
    client.post(address, {**form, "do": "open", "fingerprint": plan.fingerprint})
    assert Enrolment.objects.filter(school_year="2026-2027").count() == 3
    page = client.get(address).content.decode()
    assert "Hoàn tác" in page


def test_waiting_changes_are_shown_to_the_principal(
    cast: Cast, pupil: Pupil, pdf: Upload, browse: Browse
) -> None:
    propose_civil_change(
        by=cast.registrar,
        at=AT,
        pupil_id=pupil.pk,
        values={"full_name": "Trần Văn Tý"},
        decision_number="12",
        decision_date=dt.date(2026, 5, 4),
        upload=pdf,
    )
    client = browse(cast.principal)
    assert "chờ duyệt (1)" in client.get(reverse("school_registry:pupils")).content.decode()
    page = client.get(reverse("school_registry:civil_changes")).content.decode()
    assert "Trần Văn Tý" in page


def test_a_refused_decision_keeps_what_was_typed(cast: Cast, browse: Browse) -> None:
    client = browse(cast.principal)
    row = cast.enrolments[0]
    typed = {"mode": "not_assessed", "reason": "Theo kế hoạch giáo dục cá nhân"}
    page = client.post(reverse("school_registry:decide_mode", args=[row]), typed).content.decode()
    assert "Theo kế hoạch giáo dục cá nhân" in page
    assert 'value="not_assessed" checked' in page
    assert "Đính kèm kế hoạch giáo dục cá nhân" in page
    typed = {"subject": "88", "reason": ""}
    page = client.post(reverse("school_registry:exempt", args=[row]), typed).content.decode()
    assert 'value="88" selected' in page
    assert "field--error" in page
    assert Enrolment.objects.get(pk=row).assessment_mode == "as_others"
