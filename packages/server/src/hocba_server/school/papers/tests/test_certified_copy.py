from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hocba.errors import Refused, Unavailable
from hocba.rendition.attachments import extract_attachments
from hocba.rendition.seal import read_seal
from hocba.rendition.text import face_text
from hocba_certworld.local import LocalTimestamp
from hocba_certworld.world import CertWorld
from hocba_server.school.papers.models import IssuedPaper
from hocba_server.school.papers.services import CopyWish, fetch_copy, issue_certified_copy
from hocba_server.school.papers.tests.conftest import NEXT_YEAR, AddYear
from hocba_server.school.registry.models import StaffMember
from hocba_server.school.tests.cast import AT, CODE, OTHER_CODE, YEAR, Cast, TestKeys, WorldTrust
from hocba_server.web.audit.models import AuditEntry

Issue = Any


@pytest.fixture
def issue(
    issued: int, results: Cast, keys: TestKeys, timestamps: LocalTimestamp, trust: WorldTrust
) -> Issue:
    """Issue a copy as the clerk; any argument can be replaced."""
    wish = CopyWish(results.head_staff_id, "Bà Trần Thị Mẫu", "Chuyển trường", 2)

    def run(**changed: Any) -> int:
        terms = {key: changed.pop(key) for key in list(changed) if hasattr(wish, key)}
        arguments: dict[str, Any] = {
            "by": results.clerk,
            "at": AT,
            "enrolment_id": results.enrolments[0],
            "school_years": [YEAR],
            "form": "A",
            "wish": replace(wish, **terms),
            "key": keys.organisation_key(CODE),
            "timestamp": timestamps,
            "trust": trust,
            **changed,
        }
        return issue_certified_copy(**arguments)

    return run


def test_a_copy_is_numbered_sealed_stamped_and_kept(
    issue: Issue, results: Cast, tmp_path: Path
) -> None:
    paper = IssuedPaper.objects.get(pk=issue())
    assert (paper.kind, paper.number, paper.sign) == ("certified_copy", 1, "01/SY-THT")
    assert (paper.recipient, paper.purpose, paper.copies) == ("Bà Trần Thị Mẫu", "Chuyển trường", 2)
    assert (paper.leader_name, paper.leader_title) == ("Lê Văn Hiệu Trưởng", "Hiệu trưởng")
    pdf = bytes(paper.content or b"")
    assert f"hoc-ba-{YEAR}.xml" in extract_attachments(pdf)
    pages = face_text(pdf)
    assert all("SAO Y · Số: 01/SY-THT" in " ".join(page) for page in pages)
    last = " ".join(pages[-1])
    for words in ("SAO Y", "Số: 01/SY-THT", "HIỆU TRƯỞNG", "Lê Văn Hiệu Trưởng", "Chuyển trường"):
        assert words in last
    seal = read_seal(pdf)
    assert seal is not None
    assert seal.timestamp is not None
    file = tmp_path / "sao-y.pdf"
    file.write_bytes(pdf)
    said = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True).stdout
    assert "Signature is Valid" in said
    assert "Trường Tiểu học Thử" in said
    entry = AuditEntry.objects.using("school").get(action="issue_certified_copy")
    assert entry.detail["sha256"] == paper.sha256
    assert "Trần Thị Mẫu" not in str(entry.detail)


def test_the_kept_copy_opens_again_byte_for_byte_and_each_opening_is_noted(
    issue: Issue, results: Cast
) -> None:
    paper = IssuedPaper.objects.get(pk=issue())
    before = AuditEntry.objects.using("school").filter(kind="read").count()
    fetched = fetch_copy(by=results.registrar, at=AT, paper_id=paper.pk)
    assert fetched.pdf == bytes(paper.content or b"")
    assert fetched.filename == "sao-y-01-2026.pdf"
    assert AuditEntry.objects.using("school").filter(kind="read").count() == before + 1
    for by, code in (
        (results.stranger, "not_found"),
        (results.administrator, "role"),
        (results.homeroom, "role"),
    ):
        with pytest.raises(Refused) as refusal:
            fetch_copy(by=by, at=AT, paper_id=paper.pk)
        assert refusal.value.code == code


def test_twice_gives_two_numbers_without_a_gap(issue: Issue) -> None:
    issue()
    issue()
    assert list(IssuedPaper.objects.order_by("pk").values_list("sign", flat=True)) == [
        "01/SY-THT",
        "02/SY-THT",
    ]


def test_several_years_are_one_copy(issue: Issue, add_year: AddYear) -> None:
    add_year("issued")
    paper = IssuedPaper.objects.get(pk=issue(school_years=[YEAR, NEXT_YEAR]))
    assert paper.school_years == [YEAR, NEXT_YEAR]


def test_only_the_clerk_issues_copies(issue: Issue, results: Cast) -> None:
    for by in (results.registrar, results.principal, results.homeroom, results.administrator):
        with pytest.raises(Refused) as refusal:
            issue(by=by)
        assert refusal.value.code == "role"
    with pytest.raises(Refused) as refusal:
        issue(by=results.stranger)
    assert refusal.value.code == "not_found"


def test_refusals_use_no_number(
    issue: Issue, results: Cast, add_year: AddYear, world: CertWorld, keys: TestKeys
) -> None:
    add_year("checked")
    teacher = StaffMember.objects.get(full_name="Võ Văn Nhạc").pk
    other = world.issue_organisation("Trường khác", OTHER_CODE, ca="government")
    for changed, code in (
        ({"school_years": [YEAR, NEXT_YEAR]}, "copy_of_draft"),
        ({"school_years": []}, "booklet_empty"),
        ({"recipient": "  "}, "copy_terms"),
        ({"copies": 0}, "copy_terms"),
        ({"leader_id": teacher}, "not_leader"),
        ({"leader_id": 999_999}, "not_found"),
        ({"key": other}, "foreign_certificate"),
    ):
        with pytest.raises(Refused) as refusal:
            issue(**changed)
        assert refusal.value.code == code, changed
    assert IssuedPaper.objects.get(pk=issue()).number == 1


class _DeadTimestamp:
    def timestamp(self, _digest: bytes) -> bytes:
        raise Unavailable("tsa", "Không gọi được dịch vụ dấu thời gian.", "No time-stamp service.")


def test_without_a_timestamp_nothing_is_issued(issue: Issue) -> None:
    with pytest.raises(Unavailable):
        issue(timestamp=_DeadTimestamp())
    assert not IssuedPaper.objects.exists()
    assert IssuedPaper.objects.get(pk=issue()).number == 1
