from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from hocba_server.school.registry.models import StaffAssignment, StaffMember
from hocba_server.school.staffing.campus_services import save_campus
from hocba_server.school.staffing.models import AccountOrder, StaffDeparture
from hocba_server.school.staffing.tests.conftest import NEW_ID
from hocba_server.school.tests.cast import AT, MUSIC_ID, YEAR, Cast
from hocba_server.web.accounts.actor import Actor

Browse = Callable[[Actor], Client]


def _addresses(cast: Cast, staff: dict[str, int]) -> list[str]:
    name = "school_staffing:"
    return [
        *(reverse(name + each) for each in ("people", "add", "upload", "campuses", "accounts")),
        *(reverse(name + each, args=[staff[MUSIC_ID]]) for each in ("person", "leave")),
        *(reverse(name + each, args=[YEAR]) for each in ("assignments", "decision")),
        reverse("school_staffing:class", args=[cast.classroom_id]),
    ]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_opens_for_the_head(
    cast: Cast, staff: dict[str, int], browse: Browse, language: str
) -> None:
    save_campus(by=cast.principal, at=AT, school_id=cast.school_id, name="Cơ sở 2", address="")
    client = browse(cast.principal)
    client.cookies["hocba_language"] = language
    for address in _addresses(cast, staff):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "style=" not in answer.content.decode()


def test_the_forms_work(cast: Cast, staff: dict[str, int], browse: Browse) -> None:
    client = browse(cast.principal)
    room = reverse("school_staffing:class", args=[cast.classroom_id])
    client.post(room, {"mon-89": str(staff[NEW_ID])})
    assert StaffAssignment.objects.get(subject_code="89").staff_id == staff[NEW_ID]
    client.post(
        reverse(
            "school_staffing:add_substitute", args=[StaffAssignment.objects.get(role="GVCN").pk]
        ),
        {"staff": str(staff[NEW_ID]), "first_day": "2026-05-20", "reason": "Nghỉ ốm"},
    )
    page = client.get(reverse("school_staffing:assignments", args=[YEAR])).content.decode()
    assert "⇄ Bùi Thị Mới" in page
    client.post(
        reverse("school_staffing:give_role", args=[YEAR]),
        {"staff": str(staff[MUSIC_ID]), "role": "CBQL"},
    )
    assert StaffAssignment.objects.filter(role="CBQL").exists()
    client.post(reverse("school_staffing:order", args=[staff[NEW_ID]]), {"kind": "open"})
    order = AccountOrder.objects.get()
    administrator = browse(cast.administrator)
    administrator.post(
        reverse("school_staffing:carry_out", args=[order.pk]), {"username": "co-moi"}
    )
    assert "co-moi" in administrator.get(reverse("school_staffing:accounts")).content.decode()
    client.post(
        reverse("school_staffing:leave", args=[staff[MUSIC_ID]]),
        {"left_on": "2026-05-20", "reason": "Nghỉ hưu", "handover_note": "Đã giao."},
    )
    assert StaffDeparture.objects.get().staff_id == staff[MUSIC_ID]
    assert (
        "Đã rời trường"
        in client.get(reverse("school_staffing:person", args=[staff[MUSIC_ID]])).content.decode()
    )


def test_a_person_is_added_with_a_message_for_each_fault(cast: Cast, browse: Browse) -> None:
    client = browse(cast.principal)
    data = {"full_name": "Đỗ Văn Mới", "personal_id": "000090000777", "email": "sai"}
    page = client.post(reverse("school_staffing:add"), data).content.decode()
    assert "Thư điện tử chưa đúng" in page
    assert 'value="Đỗ Văn Mới"' in page
    client.post(reverse("school_staffing:add"), {**data, "email": ""})
    assert StaffMember.objects.filter(personal_id="000090000777").exists()


def test_who_sees_nothing_of_staff(cast: Cast, staff: dict[str, int], browse: Browse) -> None:
    client = browse(cast.music)
    for address in _addresses(cast, staff):
        assert client.get(address).status_code == 403, address
    client = browse(cast.stranger)
    for name, value in (("person", staff[MUSIC_ID]), ("class", cast.classroom_id)):
        address = reverse(f"school_staffing:{name}", args=[value])
        assert client.get(address).status_code == 404
