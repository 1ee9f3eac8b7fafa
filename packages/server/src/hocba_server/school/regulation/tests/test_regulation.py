from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import docx
import pytest
from django.test import Client
from django.urls import reverse

from hocba.errors import HocBaError
from hocba_server.school.registry.models import School
from hocba_server.school.regulation.choices import Choices, check
from hocba_server.school.regulation.composing import compose, proposed_choices
from hocba_server.school.regulation.docx_file import write_docx
from hocba_server.school.regulation.models import Regulation
from hocba_server.school.regulation.services import make_regulation, save_choices
from hocba_server.school.tests.cast import AT, Cast
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.accounts.models import User
from hocba_server.web.audit.models import AuditEntry

GOOD = Choices(school_year="2025-2026", board="Lê Văn Hiệu Trưởng; Hiệu trưởng; Trưởng ban")


def _refusal(work: Callable[..., object], /, *args: object, **named: object) -> str:
    with pytest.raises(HocBaError) as refusal:
        work(*args, **named)
    return refusal.value.code


def _entries(action: str) -> list[AuditEntry]:
    return list(AuditEntry.objects.using("school").filter(action=action))


def _browser(by: Actor) -> Client:
    user = User.objects.create(
        username="-".join(by.roles),
        full_name=by.name,
        personal_id=by.personal_id,
        house=by.house,
        unit_code=by.unit_code,
        roles=list(by.roles),
    )
    client = Client()
    client.force_login(user)
    return client


def _text(content: bytes) -> str:
    file = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in file.paragraphs), *cells])


def test_the_head_saves_and_makes_the_document(cast: Cast) -> None:
    named: dict[str, Any] = {"by": cast.principal, "at": AT, "school_id": cast.school_id}
    save_choices(**named, choices=replace(GOOD, number="12/QĐ-THT", issued_on="5/9/2025"))
    made = make_regulation(**named)
    text = _text(made.content)
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Số: 12/QĐ-THT",
        "ngày 05 tháng 9 năm 2025",
        "Chương VI",
        "trước ngày 30/6",
        "trước ngày 15/8",
        "Trưởng ban",
        "Lê Văn Hiệu Trưởng",
    ):
        assert words in text, words
    row = Regulation.objects.get()
    assert row.made_at == AT
    assert _entries("make_regulation")[0].detail["sha256"] == row.made_sha256
    save_choices(**named, choices=replace(GOOD, return_days=3))
    make_regulation(**named)
    assert len(_entries("make_regulation")) == 2
    assert Regulation.objects.get().choices["return_days"] == 3


def test_choices_shape_the_text(cast: Cast) -> None:
    school = School.objects.get(pk=cast.school_id)

    def text(**change: object) -> str:
        return _text(write_docx(compose(school, replace(GOOD, **change)), at=AT))  # type: ignore[arg-type]

    assert "Bản in, bản sao\n" in text()
    assert "Bản in, bản sao\n" not in text(paper_copies=False)
    assert "hai lớp xác thực" not in text(two_factor=False)
    assert "Chỉ nhập và ký trên máy của nhà trường" in text(own_devices=False)
    assert "SIM PKI" in text(sim_leader=True)
    assert "thành lập theo Quyết định số 3" in text(board_number="3/QĐ", board_date="1/9/2025")
    assert "do Ban Cơ yếu Chính phủ cấp" in text()


def test_the_page_proposes_what_the_school_has_set(cast: Cast) -> None:
    found = proposed_choices(School.objects.get(pk=cast.school_id), AT)
    assert found.school_year == "2025-2026"
    assert found.board_members[0] == (
        "Lê Văn Hiệu Trưởng",
        "Hiệu trưởng",
        "Trưởng ban, chỉ đạo chung",
    )
    check(found)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"close_by": "1/7"}, "regulation_deadline"),
        ({"reassessed_close_by": "20/8"}, "regulation_deadline"),
        ({"leader_sign_by": "1/5"}, "regulation_order"),
        ({"issue_by": "31/2"}, "regulation_date"),
        ({"subject_sign_by": "sớm"}, "regulation_date"),
        ({"return_days": 0}, "regulation_number"),
        ({"number": "x" * 201}, "regulation_text"),
    ],
)
def test_what_the_city_forbids_is_refused(cast: Cast, change: dict[str, object], code: str) -> None:
    choices = replace(GOOD, **change)  # type: ignore[arg-type]
    found = _refusal(
        save_choices, by=cast.principal, at=AT, school_id=cast.school_id, choices=choices
    )
    assert found == code
    assert not Regulation.objects.exists()


def test_only_the_head_of_this_school(cast: Cast) -> None:
    named: dict[str, Any] = {"at": AT, "school_id": cast.school_id}
    for other in (cast.administrator, cast.clerk, cast.homeroom):
        assert _refusal(save_choices, by=other, **named, choices=GOOD) == "role"
        assert _refusal(make_regulation, by=other, **named) == "role"
    assert _refusal(save_choices, by=cast.stranger, **named, choices=GOOD) == "not_found"
    assert _refusal(make_regulation, by=cast.stranger, **named) == "not_found"
    assert _refusal(make_regulation, by=cast.principal, **named) == "regulation_unsaved"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_pages(cast: Cast, language: str) -> None:
    client = _browser(cast.principal)
    client.cookies["hocba_language"] = language
    page = reverse("school_regulation:regulation")
    first = client.get(page)
    assert first.status_code == 200
    assert "style=" not in first.content.decode()
    form = {**GOOD.to_json(), "token_personal": "1", "two_factor": ""}
    wrong = client.post(page, {**form, "close_by": "9/9"}).content.decode()
    assert 'value="9/9"' in wrong
    assert client.post(page, form).status_code == 302
    assert Regulation.objects.get().choices["two_factor"] is False
    preview = client.get(reverse("school_regulation:preview")).content.decode()
    assert "Chương VI. TỔ CHỨC THỰC HIỆN" in preview
    assert "<li>Giữa học kỳ I: ………;</li>" in preview
    answer = client.post(reverse("school_regulation:download"))
    assert answer.headers["Content-Disposition"].endswith('.docx"')
    assert answer.content[:2] == b"PK"


def test_teachers_do_not_open_the_page(cast: Cast) -> None:
    client = _browser(cast.homeroom)
    for name in ("regulation", "preview"):
        assert client.get(reverse(f"school_regulation:{name}")).status_code == 403
