"""What the codes of a print are worth: who signed, with which key, and what stays open."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hocba.errors import Malformed, NotTrusted
from hocba.ids import UnitCode
from hocba.record.sample import SCHOOL_CODE, sample_record
from hocba.rendition.print_code import sign_codes
from hocba.signature.cose import key_id_of
from hocba.tlog.note import sign_note
from hocba.verify.policy import RecordStatus, StatusAnswer
from hocba.verify.print_keys import PrintKey, PrintKeys, read_print_keys, sign_print_keys
from hocba.verify.print_verdict import Original, find_codes, verify_print
from hocba.verify.verdict import Verdict
from hocba_certworld.softkey import SoftKey
from hocba_certworld.world import CertWorld

MADE = datetime(2026, 5, 1, tzinfo=UTC)
AT = datetime(2026, 6, 1, 8, tzinfo=UTC)
LATER = datetime(2026, 7, 1, 8, tzinfo=UTC)
RECORD = sample_record(4)
DOCUMENT = b"<HOC_BA/>"
LOG = Ed25519PrivateKey.generate()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> CertWorld:
    return CertWorld.create(tmp_path_factory.mktemp("world"), MADE)


@pytest.fixture(scope="module")
def seal(world: CertWorld) -> SoftKey:
    return world.issue_organisation("Trường Tiểu học Mẫu", SCHOOL_CODE)


@pytest.fixture(scope="module")
def codes(seal: SoftKey) -> tuple[str, ...]:
    return sign_codes([(RECORD, DOCUMENT)], seal, AT)[0]


def listed(key: SoftKey, **changed: Any) -> PrintKeys:
    certificate = key.certificate
    entry = PrintKey(
        key_id_of(certificate),
        UnitCode(SCHOOL_CODE),
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        certificate.public_key(),  # type: ignore[arg-type]
        "Trường Tiểu học Mẫu",
    )
    return PrintKeys(MADE, (replace(entry, **changed),))


def answer(status: RecordStatus = RecordStatus.IN_FORCE, sha256: bytes | None = None) -> Any:
    return StatusAnswer(status=status, as_of=LATER, sha256=sha256)


def verdict_of(codes: Any, keys: PrintKeys | None, **more: Any) -> tuple[Verdict, list[str | None]]:
    report = verify_print(codes, name="giấy", keys=keys, at=LATER, **more)
    assert report.to_text()
    assert report.to_json()["verdict"] == report.verdict.value
    return report.verdict, [each.reason for each in report.checks if each.reason]


def test_genuine_codes_wait_for_the_status_only(codes: tuple[str, ...], seal: SoftKey) -> None:
    report = verify_print(codes, name="giấy", keys=listed(seal), at=LATER)
    assert report.verdict is Verdict.UNDETERMINED
    assert [each.reason for each in report.checks] == [None, None, None, "no_status", "no_original"]
    assert report.signer is not None
    assert report.signer.name == "Trường Tiểu học Mẫu"
    text = report.to_text()
    assert "Toán: Hoàn thành tốt · 10" in text
    assert "So từng dòng" in text


def test_with_the_status_and_the_original_they_are_valid(
    codes: tuple[str, ...], seal: SoftKey
) -> None:
    keys, own = listed(seal), Original(RECORD, DOCUMENT)
    assert verdict_of(codes, keys, status=answer(), original=own) == (Verdict.VALID, [])
    assert verdict_of(codes, keys, status=answer()) == (Verdict.UNDETERMINED, ["no_original"])
    assert verdict_of(codes, listed(seal), status=answer(RecordStatus.RECALLED)) == (
        Verdict.INVALID,
        ["recalled", "no_original"],
    )
    assert verdict_of(codes, listed(seal), status=answer(sha256=bytes(32))) == (
        Verdict.INVALID,
        ["another_original", "no_original"],
    )


def test_without_the_list_nothing_is_said_of_the_signer(codes: tuple[str, ...]) -> None:
    assert verdict_of(codes, None) == (Verdict.UNDETERMINED, ["no_print_keys"])


def test_a_key_that_is_not_listed_is_nobodys(codes: tuple[str, ...], world: CertWorld) -> None:
    other = world.issue_organisation("Trường Tiểu học Mẫu", SCHOOL_CODE)
    assert verdict_of(codes, listed(other)) == (Verdict.INVALID, ["print_key_unknown"])


def test_a_listed_key_of_the_same_short_name_does_not_help(
    codes: tuple[str, ...], seal: SoftKey, world: CertWorld
) -> None:
    other = world.issue_organisation("Trường Tiểu học Mẫu", SCHOOL_CODE)
    keys = listed(other, key_id=key_id_of(seal.certificate))
    assert verdict_of(codes, keys) == (Verdict.INVALID, ["signature_mismatch"])


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"unit_code": UnitCode("00000999")}, "foreign_key"),
        ({"valid_until": AT - timedelta(days=1)}, "key_not_in_use"),
        ({"valid_from": AT + timedelta(days=1)}, "key_not_in_use"),
    ],
)
def test_the_key_must_be_the_schools_and_in_use(
    codes: tuple[str, ...], seal: SoftKey, changed: dict[str, Any], reason: str
) -> None:
    assert verdict_of(codes, listed(seal, **changed), status=answer()) == (
        Verdict.INVALID,
        [reason, "no_original"],
    )


def test_a_date_in_the_future_is_refused(codes: tuple[str, ...], seal: SoftKey) -> None:
    report = verify_print(codes, name="giấy", keys=listed(seal), at=AT - timedelta(days=1))
    assert report.verdict is Verdict.INVALID


def test_a_key_whose_use_was_ended_proves_no_date(codes: tuple[str, ...], seal: SoftKey) -> None:
    keys = listed(seal, ended=True, valid_until=AT + timedelta(days=1))
    assert verdict_of(codes, keys, status=answer()) == (
        Verdict.UNDETERMINED,
        ["key_ended", "no_original"],
    )


def test_what_a_stolen_key_says_differs_from_the_original(
    codes: tuple[str, ...], seal: SoftKey
) -> None:
    other = replace(RECORD, summary=replace(RECORD.summary, homeroom_comment="Khác."))
    for original, expected in (
        (Original(RECORD, DOCUMENT), (Verdict.VALID, [])),
        (Original(other, DOCUMENT), (Verdict.INVALID, ["code_differs"])),
    ):
        found = verdict_of(codes, listed(seal), status=answer(), original=original)
        assert found == expected


def test_one_page_alone_verifies_and_says_what_is_missing(
    codes: tuple[str, ...], seal: SoftKey
) -> None:
    report = verify_print(
        codes[1:2],
        name="giấy",
        keys=listed(seal),
        at=LATER,
        status=answer(),
        original=Original(RECORD, DOCUMENT),
    )
    assert report.verdict is Verdict.VALID
    assert report.missing == tuple(part for part in range(1, len(codes) + 1) if part != 2)
    assert "Chưa quét mã" in report.to_text()


def test_pages_of_two_records_are_told_apart(codes: tuple[str, ...], seal: SoftKey) -> None:
    [other] = sign_codes([(sample_record(4, seed=1), DOCUMENT)], seal, AT)
    mixed = (codes[0], *other[1:])
    assert verdict_of(mixed, listed(seal)) == (Verdict.INVALID, ["print_codes_mixed"])


@pytest.mark.parametrize("codes", [(), ("HB1:",), ("HB1:BB8",), ("hoc ba",)])
def test_garbage_gets_a_sentence(codes: tuple[str, ...], seal: SoftKey) -> None:
    report = verify_print(codes, name="giấy", keys=listed(seal), at=LATER)
    assert report.verdict is Verdict.INVALID
    assert report.because.vi
    assert report.advice


def test_codes_are_found_among_other_lines() -> None:
    assert find_codes("xin chào\n HB1:ABC \nHB1:ABC\nhttps://x\nHB1:DEF") == ["HB1:ABC", "HB1:DEF"]


def test_the_list_is_signed_by_the_log(seal: SoftKey, tmp_path: Path) -> None:
    keys = listed(seal, ended=True)
    data = sign_print_keys(keys, name="so/cong-khai", key=LOG.public_key(), sign=LOG.sign)
    read = read_print_keys(data, [LOG.public_key()])
    assert read.made_at == MADE
    assert read.keys[0].line() == keys.keys[0].line()
    assert read.find(key_id_of(seal.certificate)) is not None
    assert read.find(bytes(8)) is None
    with pytest.raises(NotTrusted):
        read_print_keys(data, [Ed25519PrivateKey.generate().public_key()])
    with pytest.raises(NotTrusted):
        read_print_keys(data.replace("Mẫu".encode(), "Giả".encode()), [LOG.public_key()])


@pytest.mark.parametrize(
    ("old", "new"),
    [("used", "free"), (" 00000401 ", " "), ("made ", "baked "), ("hocba-print-keys/v1", "x/v1")],
)
def test_a_list_of_another_form_is_refused(seal: SoftKey, old: str, new: str) -> None:
    data = sign_print_keys(listed(seal), name="so/cong-khai", key=LOG.public_key(), sign=LOG.sign)
    text = data.decode().partition("\n\n")[0] + "\n"
    assert old in text
    forged = sign_again(text.replace(old, new, 1))
    with pytest.raises(Malformed):
        read_print_keys(forged, [LOG.public_key()])


def sign_again(text: str) -> bytes:
    return sign_note(text, "so/cong-khai", LOG.public_key(), LOG.sign).encode()
