"""What was signed is what is kept, shown and handed out, whatever happens to the school's books.

The books are changed behind everybody's back, with plain SQL: every level, every comment, the name
and the class of every pupil. Nothing that comes from a record may follow them.
"""

from __future__ import annotations

import io

import pikepdf
import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from hocba.packet.package import read_package
from hocba_certworld.local import LocalTimestamp
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.signing.downloads import record_pdf
from hocba_server.school.submission.models import Package
from hocba_server.school.submission.services import submit_batch
from hocba_server.school.tests.cast import AT, NAMES, Cast, TestKeys
from hocba_server.web.accounts.models import User

FORGERIES = (
    "UPDATE school_registry_pupil SET full_name = 'Tên Giả', birth_place = 'Nơi Giả'",
    "UPDATE school_registry_classroom SET name = '9Z9'",
    "UPDATE school_registry_school SET name = 'Trường Giả'",
    "UPDATE school_registry_staffmember SET full_name = 'Người Giả'",
    "UPDATE school_assessments_subjectassessment SET level = 'C'",
    "UPDATE school_assessments_yearconclusion SET homeroom_comment = 'Lời Giả'",
)


@pytest.fixture
def forged(issued: int) -> dict[str, bytes]:
    """Record number -> its signed bytes, after the books were forged."""
    before = {row.record_uuid: bytes(row.document) for row in AnnualRecordDraft.objects.all()}
    with connections["school"].cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in FORGERIES:
            cursor.execute(statement)
            assert cursor.rowcount > 0, statement
    return before


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


def test_the_page_of_a_record_shows_what_was_signed(head: Client, forged: dict[str, bytes]) -> None:
    shown = ""
    for number in forged:
        page = head.get(reverse("school_issuing:record", args=[number])).content.decode()
        content = page[page.index("<dl") :]  # the head of the page names the pupil of today
        assert not [each for each in ("Nơi Giả", "Lời Giả", "Người Giả") if each in content]
        assert "Em học tốt." in content
        shown += content
    assert "Bệnh viện Mẫu" in shown


def test_the_file_is_byte_for_byte_what_was_signed(head: Client, forged: dict[str, bytes]) -> None:
    for number, document in forged.items():
        answer = head.get(reverse("school_issuing:xml", args=[number]))
        assert answer.content == document


def test_the_print_says_what_was_signed_and_carries_it(
    cast: Cast, keys: TestKeys, timestamps: LocalTimestamp, forged: dict[str, bytes]
) -> None:
    for number, document in forged.items():
        pdf = record_pdf(
            by=cast.principal, at=AT, record_uuid=number, keystore=keys, timestamp=timestamps
        )
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            attached = [each.get_file().read_bytes() for each in opened.attachments.values()]
            title = str(opened.docinfo.get("/Title", ""))
        assert document in attached
        assert "Giả" not in title


def test_the_department_gets_what_was_signed(
    cast: Cast, keys: TestKeys, issued: int, forged: dict[str, bytes]
) -> None:
    submit_batch(by=cast.clerk, at=AT, batch_id=issued, keystore=keys)
    package = read_package(Package.objects.get().request["content"])
    assert sorted(package.records) == sorted(forged.values())
    assert all(name in b"".join(package.records).decode() for name in NAMES)
