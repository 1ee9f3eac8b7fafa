"""The head's decision: every word of the table stands in it, and a person's key signs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from hocba.errors import Refused
from hocba.rendition.assignment_decision import (
    DecisionPaper,
    PersonDuties,
    render_assignment_decision,
)
from hocba.rendition.attachments import extract_attachments
from hocba.rendition.seal import PERSON_FIELD, seal_pdf
from hocba.rendition.seal_reading import read_seal

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
DATA = '{"format":"x","added":["Dạy Toán"]}'.encode()
TEACHER = PersonDuties("Nguyễn Thị Mẫu", "Giáo viên", ["Chủ nhiệm lớp 1A1", "Dạy Toán lớp 1A1"])
PAPER = DecisionPaper(
    department="Ủy ban nhân dân phường Mẫu",
    school="Trường Tiểu học Mẫu",
    place="Phường Mẫu",
    number="05/QĐ-THM",
    signed_on=date(2026, 2, 1),
    school_year="2026-2027",
    added=[TEACHER],
    removed=[],
    amends="",
    signer_title="Hiệu trưởng",
    signer_name="Trần Văn Mẫu",
)


def _render(paper: DecisionPaper) -> bytes:
    return render_assignment_decision(paper, DATA, fonts=None, timestamp=AT)


def _title(pdf: bytes) -> str:
    with pikepdf.open(BytesIO(pdf)) as file:
        return str(file.docinfo["/Title"])


def test_the_same_decision_gives_the_same_bytes_with_its_data_inside() -> None:
    pdf = _render(PAPER)
    assert pdf == _render(PAPER)
    assert extract_attachments(pdf) == {"phan-cong.json": DATA}
    assert "05/QĐ-THM" in _title(pdf)


def test_a_supplement_says_what_it_changes() -> None:
    changed = replace(PAPER, removed=[TEACHER], amends="05/QĐ-THM ngày 01/09/2026")
    assert "điều chỉnh, bổ sung" in _title(_render(changed))
    assert "điều chỉnh" not in _title(_render(PAPER))


def test_an_empty_decision_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        _render(replace(PAPER, added=[]))
    assert refusal.value.code == "decision_empty"


def test_a_person_signs_in_a_field_of_that_name(keys: Mapping[str, Any]) -> None:
    signed = seal_pdf(_render(PAPER), keys["RSA_PSS_SHA256"], AT, None, field=PERSON_FIELD)
    fact = read_seal(signed)
    assert fact.fault is None
    assert fact.covers_whole_file
    with pikepdf.open(BytesIO(signed)) as file:
        assert str(file.Root.AcroForm.Fields[0].T) == PERSON_FIELD
