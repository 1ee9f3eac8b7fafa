"""Action: the department says which levels a school has and where to write to."""

from __future__ import annotations

import pytest
from django.test import Client

from hocba.errors import Refused
from hocba_server.city.certificates.models import Unit
from hocba_server.city.certificates.offices import Office, office_of
from hocba_server.city.certificates.units import listed_units, set_unit
from hocba_server.city.tests.cast import (
    ADMINISTRATOR,
    INSPECTOR,
    OFFICER,
    SENT,
    STRANGER,
    WARD_OFFICER,
    sign_in,
)
from hocba_server.web.audit.models import AuditEntry


def test_levels_move_a_school_to_another_office(school: str) -> None:
    assert office_of(Unit.objects.get()) is Office.WARD
    levels = ["upper_secondary", "lower_secondary"]
    set_unit(by=OFFICER, at=SENT, code=school, levels=levels, email="a@example.edu.vn")
    row = Unit.objects.get()
    assert office_of(row) is Office.DEPARTMENT
    assert (row.levels, row.email) == (levels[::-1], "a@example.edu.vn")
    assert AuditEntry.objects.using("city").filter(action="set_unit").count() == 1


def test_what_is_wrong_and_who_may_not(school: str) -> None:
    for named, code in (
        ({"by": OFFICER, "levels": ["x"]}, "levels"),
        ({"by": ADMINISTRATOR, "email": "không phải"}, "email"),
        ({"by": ADMINISTRATOR, "code": "000"}, "not_found"),
        ({"by": WARD_OFFICER}, "role"),
        ({"by": INSPECTOR}, "role"),
        ({"by": STRANGER}, "role"),
    ):
        whole = {"at": SENT, "code": school, "levels": ["primary"], "email": "", **named}
        with pytest.raises(Refused) as refusal:
            set_unit(**whole)  # type: ignore[arg-type]
        assert refusal.value.code == code
    assert listed_units(by=OFFICER, words="mẫu").count() == 1
    assert listed_units(by=OFFICER, words="không có").count() == 0


def test_the_pages(school: str, client: Client) -> None:
    pages = sign_in(client, ADMINISTRATOR)
    assert "Tiểu học Mẫu" in pages.get("/so/don-vi/").content.decode()
    address = f"/so/don-vi/{school}/"
    assert "Chọn ít nhất một cấp học" in pages.post(address, {"email": ""}).content.decode()
    done = pages.post(address, {"levels": ["lower_secondary"], "email": ""}, follow=True)
    assert "Trung học cơ sở" in done.content.decode()
    assert pages.get("/so/don-vi/000/").status_code == 404
    assert sign_in(client, INSPECTOR).get("/so/don-vi/").status_code == 403
