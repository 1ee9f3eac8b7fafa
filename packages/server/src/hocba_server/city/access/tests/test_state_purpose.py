"""Action: say what records are opened for; each reading stands with person, office and purpose."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from hocba.errors import Refused
from hocba_server.city.access.readings import Wanted, readings, readings_of_pupil
from hocba_server.city.conftest import Submit
from hocba_server.city.repository.models import StoredRecord
from hocba_server.city.repository.services import open_record
from hocba_server.city.tests.cast import (
    ADMINISTRATOR,
    INSPECTOR,
    OFFICER,
    OTHER_WARD,
    SENT,
    WARD_OFFICER,
    say_purpose,
    sign_in,
)
from hocba_server.web.audit.models import AuditEntry


@pytest.fixture
def row(submit: Submit, documents: list[bytes]) -> StoredRecord:
    """A record of a school in ward 26740."""
    submit(documents[0])
    return StoredRecord.objects.get()


def reads() -> list[AuditEntry]:
    entries = AuditEntry.objects.using("city").filter(kind="read")
    return list(entries.order_by("pk"))


def test_nothing_opens_without_a_purpose(row: StoredRecord, client: Client) -> None:
    pages = sign_in(client, INSPECTOR)
    for address in (f"/so/hoc-ba/{row.record_uuid}/", f"/so/hoc-ba/{row.record_uuid}/xml/"):
        answer = pages.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/so/muc-dich/?den=")
    room = f"/so/lop/{row.unit_code}/{row.school_year}/{row.classroom_name}/"
    for address in (room, f"/so/goi/{package()}/"):
        page = pages.get(address).content.decode()
        assert row.pupil_name not in page
        assert "Học sinh thứ 1" in page
    assert reads() == []
    say_purpose(pages)
    assert row.pupil_name in pages.get(room).content.decode()
    page = pages.get(f"/so/hoc-ba/{row.record_uuid}/").content.decode()
    assert row.pupil_name in page
    assert "Đang xem học bạ với mục đích" in page
    assert pages.get(f"/so/hoc-ba/{row.record_uuid}/xml/").status_code == 200
    listed, opened, loaded = reads()
    assert listed.action == "read_list"
    assert opened.subject == loaded.subject == f"record:{row.record_uuid}"
    assert (opened.name, opened.unit_code, opened.roles) == (INSPECTOR.name, "79", ["KIEM_TRA"])
    assert opened.detail["purpose"] == ("Thanh tra, kiểm tra theo quyết định: Quyết định 12/QĐ-TTr")
    assert loaded.detail["purpose"].endswith("(tải XML)")


def package() -> int:
    from hocba_server.city.gateway.models import IncomingPackage

    return IncomingPackage.objects.get().pk


def test_what_is_missing_is_said(client: Client, school: str) -> None:
    del school
    pages = sign_in(client, OFFICER)
    page = pages.post("/so/muc-dich/", {"reason": "", "words": "đơn số 45"}).content.decode()
    assert "Chọn một loại mục đích" in page
    page = pages.post("/so/muc-dich/", {"reason": "petition", "words": "đơn"}).content.decode()
    assert "Ghi rõ việc gì" in page
    away = {"reason": "petition", "words": "đơn số 45", "den": "https://la.example/"}
    assert pages.post("/so/muc-dich/", away)["Location"] == "/so/"


def test_a_purpose_ends(row: StoredRecord, client: Client, settings: Any) -> None:
    address = f"/so/hoc-ba/{row.record_uuid}/"
    pages = sign_in(client, OFFICER)
    say_purpose(pages)
    assert pages.get(address).status_code == 200
    pages.post("/so/muc-dich/xong/")
    assert pages.get(address).status_code == 302
    settings.PURPOSE_MINUTES = 0
    say_purpose(pages)
    assert pages.get(address).status_code == 302
    settings.PURPOSE_MINUTES = 30
    say_purpose(pages)
    other = sign_in(client, INSPECTOR)  # on the same machine: a new session
    assert other.get(address).status_code == 302


def test_who_may_not(row: StoredRecord, client: Client) -> None:
    with pytest.raises(Refused) as refusal:
        open_record(by=OFFICER, at=SENT, record_uuid=row.record_uuid, purpose=" ")
    assert refusal.value.code == "purpose"
    with pytest.raises(Refused) as refusal:
        open_record(by=OTHER_WARD, at=SENT, record_uuid=row.record_uuid, purpose="x")
    assert refusal.value.code == "not_found"
    assert open_record(by=WARD_OFFICER, at=SENT, record_uuid=row.record_uuid, purpose="x")
    pages = sign_in(client, OTHER_WARD)
    say_purpose(pages)
    assert pages.get(f"/so/hoc-ba/{row.record_uuid}/").status_code == 404
    assert sign_in(client, ADMINISTRATOR).get("/so/muc-dich/").status_code == 403


def test_the_inspector_reads_who_looked(row: StoredRecord, client: Client) -> None:
    open_record(by=OFFICER, at=SENT, record_uuid=row.record_uuid, purpose="đơn số 45")
    later = SENT + dt.timedelta(days=3)
    open_record(by=WARD_OFFICER, at=later, record_uuid=row.record_uuid, purpose="đối chiếu")

    def names(**wanted: Any) -> list[str]:
        return [each.name for each in readings(by=INSPECTOR, wanted=Wanted(**wanted))]

    assert names() == [WARD_OFFICER.name, OFFICER.name]
    assert names(person="phường mẫu") == [WARD_OFFICER.name]
    assert names(person=OFFICER.personal_id) == [OFFICER.name]
    assert names(before=later) == [OFFICER.name]
    assert names(since=later) == [WARD_OFFICER.name]
    assert len(names(record=row.record_uuid)) == len(names(record=row.personal_id)) == 2
    assert names(record="000000000000") == []
    assert readings_of_pupil(row.personal_id).count() == 2
    with pytest.raises(Refused):
        readings(by=OFFICER, wanted=Wanted())
    pages = sign_in(client, INSPECTOR)
    page = pages.post("/so/luot-xem/", {"nguoi": "Phường Mẫu"}).content.decode()
    assert "đối chiếu" in page
    assert "đơn số 45" not in page
    assert "Phường Sài Gòn" in page
    assert row.pupil_name not in page
    assert "Ngày viết như" in pages.post("/so/luot-xem/", {"tu": "hôm qua"}).content.decode()
    assert sign_in(client, OFFICER).get("/so/luot-xem/").status_code == 403
