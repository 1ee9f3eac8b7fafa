"""A school's word: by message, form and spreadsheet; refused with its reason, wrong unit, twice."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hocba.errors import Refused
from hocba.packet.situation import OnPaper
from hocba.record.sample import SCHOOL_CODE
from hocba_certworld.cast import Cast
from hocba_server.city.certificates.models import Unit
from hocba_server.city.oversight.models import (
    GradeSituation,
    SchoolSituation,
    SituationReport,
    UploadedSituations,
)
from hocba_server.city.oversight.sheets import empty_sheet
from hocba_server.city.oversight.situations import save_situation
from hocba_server.city.oversight.tests.words import (
    OTHER_CODE,
    YEAR,
    message,
    more_units,
    said,
    said_by_class,
)
from hocba_server.city.store.services import answer_supplement
from hocba_server.city.tests.cast import (
    ADMINISTRATOR,
    INSPECTOR,
    OFFICER,
    OTHER_WARD,
    SENT,
    WARD_OFFICER,
    sign_in,
)
from hocba_server.config.acting import NOBODY, acting
from hocba_server.web.audit.models import AuditEntry

LATER = SENT + dt.timedelta(hours=2)
UPLOAD = f"/so/toan-canh/{YEAR}/tinh-hinh/"
FORM = f"/so/toan-canh/{YEAR}/truong/{SCHOOL_CODE}/tinh-hinh/"


def send(request: dict[str, Any], at: dt.datetime = SENT) -> dict[str, Any]:
    with acting(NOBODY):  # as the web server: the gateway opens the sender's own scope
        return answer_supplement(request, at=at)


@pytest.mark.usefixtures("approved")
def test_a_signed_message_is_taken(cast: Cast) -> None:
    answer = send(message(said_by_class(), cast.seal))
    assert answer["Error"] == "0", answer
    assert answer["ket_qua"]["hoc_ba"][0]["trang_thai"] == 1
    row = SchoolSituation.objects.get()
    assert (row.unit_code, row.staff_trained, row.report.source) == (SCHOOL_CODE, 8, "message")
    grade = GradeSituation.objects.get()
    assert (grade.classes, grade.pupils, grade.signing, grade.sent) == (2, 36, 2, 1)
    assert AuditEntry.objects.using("city").filter(action="keep_situation").count() == 1


@pytest.mark.usefixtures("approved")
def test_the_same_message_twice_gets_the_same_answer(cast: Cast) -> None:
    request = message(said(), cast.seal, message_id="m-1")
    first = send(request)
    assert send(request, LATER) == first
    assert SituationReport.objects.count() == 1
    other = message(said(pupils=6), cast.seal, message_id="m-1")
    assert send(other)["Error"] == "1501"


@pytest.mark.usefixtures("approved")
def test_the_later_word_holds_however_they_arrive(cast: Cast) -> None:
    send(message(said(pupils=30, at=LATER), cast.seal), LATER)
    send(message(said(pupils=20), cast.seal), LATER)
    assert GradeSituation.objects.get().pupils == 30
    assert SituationReport.objects.count() == 2, "both stand as they were said"


@pytest.mark.usefixtures("approved")
def test_messages_that_are_not_taken(cast: Cast) -> None:
    more_units()
    stolen = message(said(), cast.seal, unit_code=OTHER_CODE)
    assert send(stolen)["Error"] == "1403"
    assert send(message(said(), cast.seal, unit_code="79000000000"))["Error"] == "1003"
    broken = message(said(), cast.seal)
    broken["content"] = broken["content"][:-8] + "AAAAAAA="
    assert send(broken)["Error"] != "0"
    future = send(message(said(at=LATER), cast.seal))
    assert future["ket_qua"]["hoc_ba"][0]["trang_thai"] == 0
    assert send({})["Error"] != "0"
    assert not SchoolSituation.objects.exists()


@pytest.mark.usefixtures("school")
def test_a_certificate_that_nobody_approved_speaks_for_nobody(cast: Cast) -> None:
    assert send(message(said(), cast.seal))["Error"] == "1403"


@pytest.mark.usefixtures("approved")
def test_rows_for_a_store_are_refused_by_a_department(cast: Cast) -> None:
    request = message(said(), cast.seal)
    request["function"] = "CHOT_HOC_BA"
    assert send(request)["Error"] == "1003"


def form(**changes: str) -> dict[str, str]:
    typed = {"classes-4": "2", "pupils-4": "61", "issued-4": "1", "staff_total": "20"}
    return {**typed, "staff_trained": "15", **changes}


@pytest.mark.usefixtures("approved")
def test_an_officer_types_it(client: Client) -> None:
    sign_in(client, WARD_OFFICER)
    assert client.get(FORM).status_code == 200
    assert client.post(FORM, form()).status_code == 302
    grade = GradeSituation.objects.get()
    assert (grade.pupils, grade.entering, grade.signing, grade.issued, grade.sent) == (
        61,
        1,
        1,
        1,
        0,
    )
    assert SituationReport.objects.get().said_by_name == WARD_OFFICER.name
    assert 'value="61"' in client.get(FORM).content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pupils-4": "sáu mươi"}, "số nguyên"),
        ({"issued-4": "3"}, "Khối 4"),
        ({"staff_trained": "21"}, "nhiều hơn"),
        ({"on_paper": "1"}, "lý do"),
        ({"on_paper": "1", "paper_reason": "x", "join_on": "31/02/2027"}, "31/02/2027"),
    ],
)
@pytest.mark.usefixtures("approved")
def test_a_wrong_form_says_what_is_wrong(
    client: Client, changes: dict[str, str], words: str
) -> None:
    sign_in(client, OFFICER)
    answer = client.post(FORM, form(**changes))
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not SituationReport.objects.exists()


@pytest.mark.usefixtures("approved")
def test_who_may_not_write(client: Client) -> None:
    for by, status in ((INSPECTOR, 403), (ADMINISTRATOR, 403), (OTHER_WARD, 404)):
        sign_in(client, by)
        assert client.post(FORM, form()).status_code == status, by.name
    assert not SituationReport.objects.exists()


@pytest.mark.usefixtures("approved")
def test_a_school_on_paper_says_why() -> None:
    paper = OnPaper("mạng yếu", "kéo cáp", dt.date(2027, 9, 5))
    save_situation(by=OFFICER, at=SENT, unit_code=SCHOOL_CODE, situation=said(paper=paper))
    row = SchoolSituation.objects.get()
    assert (row.on_paper, row.paper_reason, row.join_on) == (True, "mạng yếu", paper.join_on)
    save_situation(by=OFFICER, at=LATER, unit_code=SCHOOL_CODE, situation=said(at=LATER))
    row.refresh_from_db()
    assert (row.on_paper, row.paper_reason, row.join_on) == (False, "", None)


def sheet(*rows: tuple[Any, ...]) -> SimpleUploadedFile:
    head = ("Mã trường", "Tên trường", "Khối", "Số lớp", "Số học sinh", "Lớp đã phát hành")
    more = ("Cán bộ, giáo viên", "Đã tập huấn", "Học bạ giấy", "Lý do", "Ngày tham gia")
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        page = book.add_worksheet()
        page.write(0, 0, "TÌNH HÌNH")
        for number, cells in enumerate([(*head, *more), *rows], start=2):
            for column, value in enumerate(cells):
                page.write(number, column, value)
    return SimpleUploadedFile("tinh-hinh.xlsx", buffer.getvalue())


@pytest.mark.usefixtures("approved")
def test_a_spreadsheet_is_shown_and_then_kept_whole(client: Client) -> None:
    more_units()
    sign_in(client, OFFICER)
    file = sheet(
        (SCHOOL_CODE, "x", 4, 2, 61, 1, 20, 15),
        (SCHOOL_CODE, "x", 5, 2, 58, 2),
        (OTHER_CODE, "y", 3, 1, 27, "", 14, 5, "x", "mạng yếu", "05/09/2027"),
    )
    answer = client.post(UPLOAD, {"file": file})
    assert answer.status_code == 302, answer.content.decode()
    assert not SituationReport.objects.exists(), "nothing is kept before it is confirmed"
    preview = client.get(answer["Location"])
    assert "119" in preview.content.decode()
    assert client.post(answer["Location"]).status_code == 302
    assert SituationReport.objects.count() == 2
    assert SchoolSituation.objects.get(unit_code=OTHER_CODE).join_on == dt.date(2027, 9, 5)
    client.post(answer["Location"])
    assert SituationReport.objects.count() == 2, "a second click keeps nothing again"


@pytest.mark.usefixtures("approved")
def test_faults_are_named_by_row_and_column(client: Client) -> None:
    more_units()
    sign_in(client, WARD_OFFICER)
    file = sheet(
        (SCHOOL_CODE, "x", 4, 2, "nhiều", 3, 20, 25),
        (OTHER_CODE, "y", 3, 1, 27, "", 14, 5, "x"),
        (SCHOOL_CODE, "x", 4, 1, 30),
    )
    text = client.post(UPLOAD, {"file": file}).content.decode()
    for place in (
        "Dòng 4, cột Số học sinh",
        "Dòng 4, cột Lớp đã",
        "Dòng 4, cột Đã tập huấn",
        "Dòng 5, cột Mã trường",
        "Dòng 5, cột Lý do",
        "Dòng 6, cột Khối",
    ):
        assert place in text, place
    assert not UploadedSituations.objects.exists()
    assert not SituationReport.objects.exists()


@pytest.mark.usefixtures("approved")
def test_files_that_are_no_such_spreadsheet(client: Client) -> None:
    sign_in(client, OFFICER)
    for content in (b"", b"PK\x03\x04 broken", b"a,b\n1,2\n"):
        answer = client.post(UPLOAD, {"file": SimpleUploadedFile("x.xlsx", content)})
        assert answer.status_code == 200
        assert "✗" in answer.content.decode()
    assert client.post(UPLOAD).status_code == 200


@pytest.mark.usefixtures("approved")
def test_the_empty_sheet_can_be_sent_back_as_it_is(client: Client) -> None:
    save_situation(by=OFFICER, at=SENT, unit_code=SCHOOL_CODE, situation=said())
    content = empty_sheet(Unit.objects.all(), YEAR)
    sign_in(client, OFFICER)
    answer = client.post(UPLOAD, {"file": SimpleUploadedFile("mau.xlsx", content)})
    assert answer.status_code == 302, answer.content.decode()
    client.post(answer["Location"])
    assert GradeSituation.objects.get().pupils == 5
    assert client.get(f"{UPLOAD}mau.xlsx").status_code == 200


@pytest.mark.usefixtures("approved")
def test_nobody_confirms_for_another(client: Client) -> None:
    sign_in(client, OFFICER)
    answer = client.post(UPLOAD, {"file": sheet((SCHOOL_CODE, "x", 4, 2, 61))})
    sign_in(client, OTHER_WARD)
    assert client.get(answer["Location"]).status_code == 404
    sign_in(client, INSPECTOR)
    assert client.get(answer["Location"]).status_code == 403
    with pytest.raises(Refused):
        save_situation(by=OTHER_WARD, at=SENT, unit_code=SCHOOL_CODE, situation=said())
