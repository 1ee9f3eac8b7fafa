"""A file is looked at whole: every fault, with its check, place and line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hocba.cli.main import main
from hocba.conformance.catalogue import KINDS, CheckName
from hocba.conformance.check import check_file
from hocba.conformance.report import ConformanceReport
from hocba.conformance.shown import as_html, as_text
from hocba.conformance.signed import Surroundings
from hocba.ids import MessageId, UnitCode
from hocba.packet.package import build_package, pack_content
from hocba.packet.transactions import PackageRequest
from hocba.record.codec import write_data
from hocba.record.model import FormatProfile
from hocba.record.sample import SCHOOL_CODE, sample_record
from hocba.verify.verdict import Outcome

VECTORS = Path(__file__).resolve().parents[4] / "vectors" / "files"
AT = datetime(2026, 6, 2, tzinfo=UTC)


def report(data: bytes) -> ConformanceReport:
    return check_file(data, name="tep", surroundings=Surroundings(at=AT))


def failed(found: ConformanceReport) -> set[str]:
    return {check.kind.name.value for check in found.checks if check.outcome is Outcome.FAILED}


def vector(name: str) -> bytes:
    return (VECTORS / name).read_bytes()


@pytest.mark.parametrize("profile", list(FormatProfile))
def test_a_good_record_conforms(profile: FormatProfile) -> None:
    if profile is FormatProfile.V2_2025:
        found = report(vector("valid.xml"))
        assert found.conforms, as_text(found)
        assert (found.kind, found.records) == ("record", 1)
    unsigned = report(write_data(sample_record(4, profile)))
    assert failed(unsigned) == {"signatures"}, as_text(unsigned)


@pytest.mark.parametrize(
    ("name", "checks"),
    [
        ("edited-value.xml", {"integrity"}),
        ("wrapped-data.xml", {"ids"}),
        ("weak-algorithm.xml", {"algorithms"}),
        ("extra-transform.xml", {"algorithms"}),
        ("missing-role.xml", {"signatures"}),
        ("wrong-signer.xml", {"signers"}),
        ("changed-signing-date.xml", {"times"}),
        ("unknown-tag.xml", {"tags"}),
        ("repeated-tag.xml", {"tags"}),
        ("wrong-order.xml", {"order"}),
        ("missing-tag.xml", {"required"}),
        ("wrong-code.xml", {"catalogues"}),
        ("impossible-date.xml", {"types"}),
        ("comment-in-text.xml", {"xml"}),
        ("entity-bomb.xml", {"xml"}),
        ("utf-16.xml", {"encoding"}),
        ("not-xml.xml", {"xml"}),
        ("another-document.xml", {"tags"}),
    ],
)
def test_a_vector_fails_its_own_check(name: str, checks: set[str]) -> None:
    found = failed(report(vector(name)))
    # A change of signed data also shows in the signatures over it.
    assert found - {"integrity", "signatures"} | (found & checks) == checks, found


def test_every_fault_is_named_not_only_the_first() -> None:
    document = vector("valid.xml")
    for old, new in (
        ("<DAN_TOC>Kinh</DAN_TOC>", ""),
        ("<GIOI_TINH>Nữ<", "<GIOI_TINH>Bé<"),
        ("<NGAY_SINH>01/02/", "<NGAY_SINH>31/02/"),
        ("<CAN_NANG>28.5<", "<CAN_NANG>28,5<"),
        ("<QUOC_TICH>", "<BI_DANH>A</BI_DANH><QUOC_TICH>"),
    ):
        assert old.encode() in document
        document = document.replace(old.encode(), new.encode(), 1)
    found = report(document)
    assert {"required", "catalogues", "types", "tags", "integrity"} <= failed(found)
    places = {one.where.rpartition("/")[2] for check in found.checks for one in check.findings}
    assert {"DAN_TOC", "GIOI_TINH", "NGAY_SINH", "CAN_NANG", "BI_DANH"} <= places
    [rules] = [check for check in found.checks if check.kind.name is CheckName.RULES]
    assert rules.outcome is Outcome.NOT_CHECKED
    assert rules.why_not is not None


def test_lines_are_those_of_the_file() -> None:
    document = vector("valid.xml").replace(b"<GIOI_TINH>", b"\n\n<GIOI_TINH>", 1)
    document = document.replace("Nữ</GIOI_TINH>".encode(), "Bé</GIOI_TINH>".encode(), 1)
    found = report(document)
    [finding] = [
        one for check in found.checks for one in check.findings if "GIOI_TINH" in one.where
    ]
    assert document.split(b"<GIOI_TINH>")[0].count(b"\n") + 1 == finding.line


def test_records_of_a_package_are_counted_and_doubles_found() -> None:
    good = vector("valid.xml")
    found = report(build_package([good, vector("edited-value.xml"), good]))
    assert (found.kind, found.records) == ("package", 3)
    assert {"transaction", "integrity", "ids"} <= failed(found)
    [double] = [one for check in found.checks for one in check.findings if one.record == 3]
    assert double.code == "duplicate_uuid"


def envelope(**changed: object) -> bytes:
    request = PackageRequest(
        MessageId("mot-goi"), UnitCode(SCHOOL_CODE), 2025, pack_content(build_package([]))
    ).to_json()
    sender = request["authenticationRequest"]
    assert isinstance(sender, dict)
    request["authenticationRequest"] = {**sender, **changed}
    return json.dumps(request).encode()


def test_every_field_of_an_envelope_is_looked_at() -> None:
    found = report(envelope(nam_hoc="2025", type=1, messageid=""))
    [check] = [one for one in found.checks if one.kind.name is CheckName.ENVELOPE]
    assert {one.where for one in check.findings} >= {"nam_hoc", "messageid"}
    assert found.kind == "envelope"


def test_an_empty_package_and_another_unit_are_named() -> None:
    assert "size" in failed(report(envelope()))
    good = vector("valid.xml")
    request = json.loads(envelope(ma_don_vi="00000999"))
    request["content"] = pack_content(build_package([good]))
    found = report(json.dumps(request).encode())
    codes = {one.code for check in found.checks for one in check.findings}
    assert "wrong_unit" in codes


@given(data=st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode()))
@settings(max_examples=100, deadline=None)
def test_any_bytes_get_a_report(data: bytes) -> None:
    found = report(data)
    assert as_text(found)
    assert as_html(found)
    assert not found.conforms


def test_nothing_of_the_file_becomes_markup() -> None:
    document = vector("wrong-code.xml").replace("Bé".encode(), b"&lt;script&gt;", 1)
    page = as_html(report(document))
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_every_check_has_words_in_both_languages() -> None:
    assert {kind.name for kind in KINDS} == set(CheckName)
    for kind in KINDS:
        assert kind.rule
        assert kind.title.en
        assert kind.advice.en


def test_the_command_line_writes_reports(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = str(VECTORS / "valid.xml"), str(VECTORS / "wrong-code.xml")
    assert main(["conformance", good]) == 0
    assert "PHÙ HỢP" in capsys.readouterr().out
    assert main(["conformance", good, bad, "--json", "--html", str(tmp_path)]) == 1
    shown = json.loads(capsys.readouterr().out)
    assert [one["conforms"] for one in shown] == [True, False]
    assert (tmp_path / "wrong-code.xml.html").is_file()
