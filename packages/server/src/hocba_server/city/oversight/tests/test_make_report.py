"""Reports: fixed when made, signed off, audited, given out as files; and the daily letter."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.core import mail
from django.db import Error, transaction
from django.test import Client
from python_calamine import CalamineWorkbook

from hocba.errors import Refused
from hocba_server.city.conftest import Submit
from hocba_server.city.oversight.mailing import send_daily_reports
from hocba_server.city.oversight.models import DailyReader, MadeReport
from hocba_server.city.oversight.reporting import make_report, report_tables, report_workbook
from hocba_server.city.oversight.services import set_daily_mail
from hocba_server.city.oversight.situations import save_situation
from hocba_server.city.oversight.tallying import count_everything
from hocba_server.city.oversight.tests.words import YEAR, more_units, said
from hocba_server.city.tests.cast import (
    ADMINISTRATOR,
    INSPECTOR,
    OFFICER,
    OTHER_WARD,
    SENT,
    WARD_OFFICER,
    sign_in,
)
from hocba_server.web.accounts.models import User
from hocba_server.web.audit.models import AuditEntry

AT = SENT + dt.timedelta(hours=1)


@pytest.fixture
def counted(submit: Submit, documents: list[bytes]) -> str:
    """Three records of five, counted."""
    package = submit(*documents)
    more_units()
    save_situation(by=OFFICER, at=SENT, unit_code=package.unit_code, situation=said())
    count_everything(at=AT, school_year=YEAR)
    return package.unit_code


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.mark.parametrize("kind", ["daily", "closing", "results"])
def test_a_report_is_made_and_given_out(counted: str, client: Client, kind: str) -> None:
    del counted
    sign_in(client, OFFICER)
    typed = {"kind": kind, "year": YEAR, "note": "Đã nhắc các trường."}
    answer = client.post("/so/bao-cao/lap/", typed)
    assert answer.status_code == 302
    row = MadeReport.objects.get()
    assert (row.kind, row.made_by_name, len(row.sha256)) == (kind, OFFICER.name, 64)
    page = client.get(answer["Location"]).content.decode()
    assert OFFICER.name in page
    assert "Đã nhắc các trường." in page
    pdf = client.get(f"{answer['Location']}tep.pdf")
    assert pdf.content.startswith(b"%PDF-")
    book = sheets(client.get(f"{answer['Location']}tep.xlsx").content)
    assert len(book) == len(row.tables)
    kinds = set(AuditEntry.objects.using("city").values_list("action", flat=True))
    assert {"make_report", "take_report"} <= kinds


def test_a_report_stays_as_it_was_made(counted: str) -> None:
    row = make_report(by=OFFICER, at=AT, kind="daily", school_year=YEAR)
    before = report_workbook(by=OFFICER, at=AT, report_id=row.pk)
    tables = report_tables(row)
    save_situation(
        by=OFFICER,
        at=AT + dt.timedelta(hours=1),
        unit_code=counted,
        situation=said(pupils=900, at=AT + dt.timedelta(hours=1)),
    )
    row.refresh_from_db()
    assert report_tables(row) == tables
    assert sheets(report_workbook(by=OFFICER, at=AT, report_id=row.pk)[1]) == sheets(before[1])
    for change in (
        lambda: MadeReport.objects.update(note="x"),
        lambda: MadeReport.objects.all().delete(),
    ):
        with pytest.raises(Error), transaction.atomic(using="city"):
            change()


def test_excel_has_typed_cells_under_a_heading(counted: str, client: Client) -> None:
    del counted
    sign_in(client, OFFICER)
    content = client.get(f"/so/toan-canh/{YEAR}/tep/truong.xlsx?xa=26740").content
    [(_, rows)] = sheets(content).items()
    text = "\n".join(str(row[0]) for row in rows[:5])
    assert "SỞ GIÁO DỤC VÀ ĐÀO TẠO" in text
    assert YEAR in text
    assert "Phường Sài Gòn" in text
    assert OFFICER.name in text
    head = next(number for number, row in enumerate(rows) if row[0] == "Trường")
    line = next(row for row in rows[head + 1 :] if row[0] == "Tiểu học Mẫu")
    columns = dict(zip(rows[head], line, strict=True))
    assert columns["Học bạ lưu hành"] == 3
    assert columns["Tỷ lệ"] == pytest.approx(0.6)
    assert isinstance(columns["Nộp gần nhất"], dt.datetime)


@pytest.mark.parametrize("name", ["toan-canh", "truong", "vuong", "chung-thu", "tu-choi", "giay"])
def test_every_board_is_a_file(counted: str, client: Client, name: str) -> None:
    del counted
    sign_in(client, INSPECTOR)
    answer = client.get(f"/so/toan-canh/{YEAR}/tep/{name}.xlsx")
    assert answer.status_code == 200
    assert sheets(answer.content)
    assert client.get(f"/so/toan-canh/{YEAR}/tep/khong-co.xlsx").status_code == 404


def test_text_never_becomes_a_formula(counted: str, client: Client) -> None:
    from hocba_server.city.certificates.models import Unit

    Unit.objects.filter(code=counted).update(name='=HYPERLINK("http://x","y")')
    sign_in(client, OFFICER)
    content = client.get(f"/so/toan-canh/{YEAR}/tep/truong.xlsx").content
    cells = [row[0] for rows in sheets(content).values() for row in rows]
    assert '=HYPERLINK("http://x","y")' in cells


def test_who_makes_and_reads_reports(counted: str, client: Client) -> None:
    del counted
    ward = make_report(by=WARD_OFFICER, at=AT, kind="daily", school_year=YEAR)
    own = make_report(by=OFFICER, at=AT, kind="daily", school_year=YEAR)
    assert "Phường Sài Gòn" in ward.office_name
    for by, seen in ((OFFICER, {200}), (WARD_OFFICER, {200, 404}), (OTHER_WARD, {404})):
        sign_in(client, by)
        status = {client.get(f"/so/bao-cao/{row.pk}/").status_code for row in (ward, own)}
        assert status == seen, by.name
    for by in (INSPECTOR, ADMINISTRATOR):
        with pytest.raises(Refused):
            make_report(by=by, at=AT, kind="daily", school_year=YEAR)
    for wrong in ({"kind": "x", "year": YEAR}, {"kind": "daily", "year": YEAR, "note": "x" * 3000}):
        sign_in(client, OFFICER)
        assert client.post("/so/bao-cao/lap/", wrong).status_code == 200
    assert MadeReport.objects.count() == 2


def test_a_closing_report_says_what_is_open_and_why(counted: str) -> None:
    from hocba_server.city.closing.services import close_class
    from hocba_server.city.repository.models import StoredRecord

    record = StoredRecord.objects.first()
    assert record is not None
    first = make_report(by=OFFICER, at=AT, kind="closing", school_year=YEAR)
    closed, open_, waiting = report_tables(first)
    assert (len(closed.rows), len(open_.rows)) == (0, 1)
    assert open_.rows[0].cells[4] == "chưa đến hạn"
    assert {row.cells[0] for row in waiting.rows} == {"Tiểu học Khác", "THPT Mẫu"}
    key = (counted, YEAR, record.classroom_name)
    close_class(by=OFFICER, at=AT, key=key, reason="")
    closed, open_, _ = report_tables(
        make_report(by=OFFICER, at=AT, kind="closing", school_year=YEAR)
    )
    assert (len(closed.rows), len(open_.rows)) == (1, 0)
    assert closed.rows[0].cells[4] == OFFICER.name


def test_the_daily_letter(counted: str, client: Client, settings: Any) -> None:
    del counted
    settings.MAIL_ENABLED = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    sign_in(client, WARD_OFFICER)
    assert client.post("/so/bao-cao/thu/", {"email": "khong phai"}).status_code == 200
    assert not DailyReader.objects.exists()
    client.post("/so/bao-cao/thu/", {"email": "can-bo@example.gov.vn"})
    at = dt.datetime(2026, 5, 28, 23, 30, tzinfo=dt.UTC)
    assert send_daily_reports(at=at) == 1
    assert send_daily_reports(at=at) == 0, "once a day"
    [letter] = mail.outbox
    assert letter.to == ["can-bo@example.gov.vn"]
    assert "Phường Sài Gòn" in letter.body
    assert letter.attachments[0][0].endswith(".xlsx")
    User.objects.filter(full_name=WARD_OFFICER.name).update(roles=[])
    assert send_daily_reports(at=at + dt.timedelta(days=1)) == 0, "the role is gone"
    sign_in(client, WARD_OFFICER)
    User.objects.filter(full_name=WARD_OFFICER.name).update(roles=["XA_VHXH"])
    client.post("/so/bao-cao/thu/", {"stop": "1", "email": "can-bo@example.gov.vn"})
    assert not DailyReader.objects.exists()


def test_no_mail_for_who_may_not_read() -> None:
    with pytest.raises(Refused):
        set_daily_mail(by=ADMINISTRATOR, at=AT, email="quan-tri@example.gov.vn")
