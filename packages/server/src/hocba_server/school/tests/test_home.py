"""The home and the board of a school: as many queries for many classes as for one."""

from __future__ import annotations

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hocba_server.school.registry.models import Classroom, StaffAssignment
from hocba_server.school.tests.cast import Cast
from hocba_server.web.accounts.models import User


@pytest.fixture
def head(cast: Cast) -> Client:
    by = cast.principal
    user = User.objects.create(
        username="hieu-truong",
        full_name=by.name,
        personal_id=by.personal_id,
        house=by.house,
        unit_code=by.unit_code,
        roles=list(by.roles),
    )
    client = Client()
    client.force_login(user)
    return client


def _copies(cast: Cast, year: str, count: int) -> None:
    room = Classroom.objects.get(pk=cast.classroom_id)
    for order in range(count):
        room.pk = None
        room.name, room.school_year = f"1B{order}", year
        room.save(force_insert=True)


def _queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connections["school"]) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


@pytest.mark.parametrize("url", ["/truong/", "/truong/tien-do/", "/truong/tien-do/?xem=nhap"])
def test_queries_do_not_grow_with_the_classes(cast: Cast, head: Client, url: str) -> None:
    year = Classroom.objects.get(pk=cast.classroom_id).school_year
    client_warm = _queries(head, url)
    _copies(cast, year, 12)
    assert _queries(head, url) <= client_warm + 2


def test_the_home_shows_one_year_and_offers_the_others(cast: Cast, head: Client) -> None:
    _copies(cast, "2024-2025", 1)
    page = head.get("/truong/").content.decode()
    assert "1A1" in page
    assert "1B0" not in page
    assert 'href="?nam=2024-2025"' in page
    assert "1B0" in head.get("/truong/?nam=2024-2025").content.decode()
    assert head.get("/truong/?nam=1999-2000").status_code == 404


def test_the_head_is_led_to_a_class_without_a_homeroom_teacher(cast: Cast, head: Client) -> None:
    assert "Phân công giáo viên" not in head.get("/truong/").content.decode()
    StaffAssignment.objects.filter(role="GVCN").delete()
    page = head.get("/truong/").content.decode()
    assert "Phân công giáo viên" in page
    assert f"/truong/lop/{cast.classroom_id}/phan-cong/" in page
