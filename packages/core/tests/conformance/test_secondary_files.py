"""Files of secondary school are looked at whole: tags, marks, levels, rules of TT 22/2021."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hocba.assessment.secondary.levels import Result
from hocba.conformance.check import check_file
from hocba.conformance.report import ConformanceReport
from hocba.conformance.shown import as_text
from hocba.conformance.signed import Surroundings
from hocba.record.codec import write_any
from hocba.record.model import FormatProfile
from hocba.record.secondary.sample import sample_secondary
from hocba.verify.verdict import Outcome

AT = datetime(2026, 6, 2, tzinfo=UTC)


def report(data: bytes) -> ConformanceReport:
    return check_file(data, name="tep", surroundings=Surroundings(at=AT))


def failed(found: ConformanceReport) -> set[str]:
    return {check.kind.name.value for check in found.checks if check.outcome is Outcome.FAILED}


@pytest.mark.parametrize("profile", list(FormatProfile))
@pytest.mark.parametrize("grade", [6, 9, 10, 12])
def test_a_good_record_lacks_only_its_signatures(grade: int, profile: FormatProfile) -> None:
    found = report(write_any(sample_secondary(grade, profile)))
    assert failed(found) == {"signatures"}, as_text(found)


@pytest.mark.parametrize(
    ("old", "new", "check"),
    [
        ("<DIEM_HOC_KY_1>8.4<", "<DIEM_HOC_KY_1>8<", "types"),
        ("<MA_CAP_HOC>03<", "<MA_CAP_HOC>02<", "catalogues"),
        ("<MA_MON_HOC>26<", "<MA_MON_HOC>47<", "catalogues"),
        ("<KET_QUA_HOC_TAP_HK1>T<", "<KET_QUA_HOC_TAP_HK1>H<", "catalogues"),
        ("<NHAN_XET_GVCN>", "<XEP_LOAI>T</XEP_LOAI><NHAN_XET_GVCN>", "tags"),
        ("<DUOC_LEN_LOP>1</DUOC_LEN_LOP>", "", "required"),
        (
            "<TEN_CHUNG_CHI>Chứng chỉ nghề phổ thông</TEN_CHUNG_CHI>",
            "",
            "required",
        ),
    ],
)
def test_one_fault_is_found_by_its_check(old: str, new: str, check: str) -> None:
    data = write_any(sample_secondary(9 if "CHUNG_CHI" in old else 8))
    assert old.encode() in data
    assert check in failed(report(data.replace(old.encode(), new.encode(), 1)))


def test_every_fault_is_named_not_only_the_first() -> None:
    data = write_any(sample_secondary(8)).replace(b">8.4<", b">8<").replace(b">T<", b">X<")
    assert {"types", "catalogues"} <= failed(report(data))


def test_results_against_the_rules_are_told() -> None:
    record = sample_secondary(8)
    wrong = replace(record, summary=replace(record.summary, study_year=Result.SATISFACTORY))
    found = report(write_any(wrong))
    assert "rules" in failed(found)
    assert "quy tắc cho" in as_text(found)
