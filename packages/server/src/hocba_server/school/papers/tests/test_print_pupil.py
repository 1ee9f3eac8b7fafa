from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction

from hocba.errors import Refused
from hocba.rendition.attachments import extract_attachments
from hocba.rendition.text import face_text
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.papers.models import IssuedPaper
from hocba_server.school.papers.numbering import initials
from hocba_server.school.papers.selectors import printable_years
from hocba_server.school.papers.services import Printed, print_pupil
from hocba_server.school.papers.tests.conftest import NEXT_UUID, NEXT_YEAR, AddYear
from hocba_server.school.registry.models import Pupil
from hocba_server.school.tests.cast import AT, YEAR, Cast, actor
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry

DRAFT = "BẢN NHÁP - CHƯA CÓ GIÁ TRỊ"


def _print(cast: Cast, by: Actor | None = None, **changed: Any) -> Printed:
    arguments: dict[str, Any] = {
        "by": by or cast.registrar,
        "at": AT,
        "enrolment_id": cast.enrolments[0],
        "school_years": [YEAR],
        "form": "B",
        "double_sided": False,
        **changed,
    }
    return print_pupil(**arguments)


def _reads() -> list[str]:
    rows = AuditEntry.objects.using("school").filter(kind="read").order_by("pk")
    return [f"{row.subject} {row.detail['purpose']}" for row in rows]


def test_one_year_carries_the_exact_signed_bytes(issued: int, results: Cast) -> None:
    row = AnnualRecordDraft.objects.get(enrolment_id=results.enrolments[0])
    printed = _print(results)
    assert extract_attachments(printed.pdf) == {f"hoc-ba-{YEAR}.xml": bytes(row.document)}
    assert DRAFT not in str(face_text(printed.pdf))
    assert row.record_uuid in str(face_text(printed.pdf))
    paper = IssuedPaper.objects.get()
    assert (paper.kind, paper.number, paper.sign) == ("record", 1, "01/BI-THT")
    assert paper.sha256 == hashlib.sha256(printed.pdf).hexdigest()
    assert (paper.record_uuids, paper.school_years) == ([row.record_uuid], [YEAR])
    assert paper.content is None
    assert printed.filename == "in-hoc-ba-01-2026.pdf"
    assert _reads() == [f"record:{row.record_uuid} in"]
    entry = AuditEntry.objects.using("school").get(action="print_record")
    assert entry.detail["number"] == "01/BI-THT"
    assert entry.at == AT


def test_a_booklet_has_every_year_and_a_number_of_its_own(add_year: AddYear, results: Cast) -> None:
    add_year("issued")
    _print(results)
    printed = _print(results, school_years=[YEAR, NEXT_YEAR], form="A", double_sided=True)
    assert sorted(extract_attachments(printed.pdf)) == [
        f"hoc-ba-{YEAR}.xml",
        f"hoc-ba-{NEXT_YEAR}.xml",
    ]
    text = "".join("".join(page) for page in face_text(printed.pdf))
    assert "HƯỚNG DẪN GHI HỌC BẠ" in text
    paper = IssuedPaper.objects.get(kind="booklet")
    assert (paper.number, paper.form, paper.school_years) == (1, "A", [YEAR, NEXT_YEAR])
    assert len(_reads()) == 3


def test_a_draft_is_marked_noted_and_not_in_the_register(created: int, results: Cast) -> None:
    printed = _print(results)
    pages = face_text(printed.pdf)
    assert all(DRAFT in page for page in pages)
    assert extract_attachments(printed.pdf) == {}
    assert printed.filename == "hoc-ba-ban-nhap.pdf"
    assert not IssuedPaper.objects.exists()
    assert len(_reads()) == 1


def test_a_draft_year_beside_an_issued_year_is_marked_alone(
    add_year: AddYear, results: Cast
) -> None:
    add_year("checked")
    printed = _print(results, school_years=[YEAR, NEXT_YEAR])
    marked = [DRAFT in page for page in face_text(printed.pdf)]
    assert True in marked
    assert False in marked
    paper = IssuedPaper.objects.get()
    assert paper.school_years == [YEAR]
    assert NEXT_UUID not in paper.record_uuids


def test_a_recalled_record_is_not_printed(issued: int, results: Cast) -> None:
    rows = AnnualRecordDraft.objects.filter(enrolment_id=results.enrolments[0])
    for state in ("submitted", "accepted", "recall_requested", "recalled"):
        rows.update(state=state)
    with pytest.raises(Refused) as refusal:
        _print(results)
    assert refusal.value.code == "booklet_empty"
    pupil = Pupil.objects.get(enrolments=results.enrolments[0])
    assert [each.record for each in printable_years(pupil)] == [None]


def test_who_may_print(issued: int, results: Cast) -> None:
    for by in (results.registrar, results.clerk, results.principal, results.homeroom):
        _print(results, by)
    _print(results, actor("CBQL", personal_id="000090000077"))
    for by in (results.administrator, results.music, actor("GVCN", personal_id="000190000077")):
        with pytest.raises(Refused) as refusal:
            _print(results, by)
        assert refusal.value.code == "role"
    with pytest.raises(Refused) as refusal:
        _print(results, results.stranger)
    assert refusal.value.code == "not_found"
    assert [row.number for row in IssuedPaper.objects.order_by("pk")] == [1, 2, 3, 4, 5]


def test_nothing_chosen_uses_no_number(issued: int, results: Cast) -> None:
    with pytest.raises(Refused) as refusal:
        _print(results, school_years=[])
    assert refusal.value.code == "booklet_empty"
    _print(results)
    assert IssuedPaper.objects.get().number == 1


def test_numbers_begin_again_with_the_calendar_year(issued: int, results: Cast) -> None:
    _print(results)
    late = dt.datetime(2026, 12, 31, 18, 0, tzinfo=dt.UTC)  # already 2027 in Việt Nam
    _print(results, at=late)
    signs = IssuedPaper.objects.order_by("pk").values_list("year", "number")
    assert list(signs) == [(2026, 1), (2027, 1)]


def test_the_database_keeps_the_register(issued: int, results: Cast) -> None:
    _print(results)
    paper = IssuedPaper.objects.get()
    attempts = (
        lambda: IssuedPaper.objects.update(recipient="khác"),
        lambda: IssuedPaper.objects.all().delete(),
        lambda: (
            connections["school"].cursor().execute("TRUNCATE school_papers_issuedpaper CASCADE")
        ),
        lambda: _again(paper, 3),
        lambda: _again(paper, 1),
    )
    for change in attempts:
        with pytest.raises(DatabaseError), transaction.atomic(using="school"):
            change()
    assert IssuedPaper.objects.get().recipient == ""


def _empty() -> None:
    with connections["school"].cursor() as cursor:
        cursor.execute("TRUNCATE school_papers_issuedpaper CASCADE")


def _again(paper: IssuedPaper, number: int) -> None:
    paper.pk, paper.number = None, number
    paper.save(force_insert=True)


@pytest.mark.parametrize(
    ("name", "short"),
    [("Trường Tiểu học Bình Minh", "THBM"), ("Tiểu học Đặng Trần Côn", "THĐTC"), ("", "TH")],
)
def test_short_names(name: str, short: str) -> None:
    assert initials(name) == short
