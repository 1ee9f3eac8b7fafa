"""The signed list of ended records: what it says, to whom, and how the verdict follows."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hocba.cli.files import evidence_beside, read_trust
from hocba.errors import Malformed, NotTrusted
from hocba.record.codec import read_record
from hocba.tlog.note import sign_note
from hocba.verify.document import Circumstances, verify_document
from hocba.verify.report import Report
from hocba.verify.status_list import (
    EndedRecords,
    entry_of,
    read_ended_records,
    sign_ended_records,
)
from hocba.verify.verdict import Verdict

VECTORS = Path(__file__).resolve().parents[4] / "vectors"
MANIFEST: dict[str, Any] = json.loads((VECTORS / "manifest.json").read_text("utf-8"))
AT = datetime.fromisoformat(MANIFEST["at"])
FILE = VECTORS / "files" / "valid.xml"
DOCUMENT = FILE.read_bytes()
NUMBER = read_record(DOCUMENT).record.record_uuid
SALT = bytes(range(16))
KEY = Ed25519PrivateKey.generate()


def signed(listed: EndedRecords) -> bytes:
    return sign_ended_records(listed, name="so/cong-khai", key=KEY.public_key(), sign=KEY.sign)


def listed(*documents: bytes, more: int = 0) -> EndedRecords:
    entries = {entry_of(SALT, NUMBER, hashlib.sha256(each).digest()) for each in documents}
    return EndedRecords(AT, SALT, frozenset(entries | {os.urandom(10) for _ in range(more)}))


def verified(ended: EndedRecords | None) -> Report:
    circumstances = Circumstances(
        store=read_trust([VECTORS / "trust"]),
        at=AT,
        evidence=evidence_beside(FILE),
        ended=ended,
    )
    return verify_document(DOCUMENT, name="valid.xml", circumstances=circumstances)


@pytest.mark.parametrize("more", [0, 1, 2, 500])
def test_the_list_comes_back_as_it_was_signed(more: int) -> None:
    wanted = listed(DOCUMENT, more=more)
    data = signed(wanted)
    assert read_ended_records(data, [KEY.public_key()]) == wanted
    assert wanted.has(NUMBER, hashlib.sha256(DOCUMENT).digest())
    assert not wanted.has(NUMBER, bytes(32))
    assert NUMBER.encode() not in data


def test_an_empty_list_is_a_list() -> None:
    assert read_ended_records(signed(listed()), [KEY.public_key()]).entries == frozenset()


def test_a_listed_record_has_no_value_and_another_is_in_force_as_of_the_list() -> None:
    assert verified(None).verdict is Verdict.VALID
    later = replace(listed(b"another", more=3), made_at=AT - timedelta(minutes=1))
    report = verified(later)
    assert report.verdict is Verdict.VALID
    status = next(each for each in report.checks if each.code == "status")
    assert "danh sách của Sở" in status.sentence.vi
    report = verified(listed(DOCUMENT))
    assert report.verdict is Verdict.INVALID
    assert [each.reason for each in report.checks if each.reason] == ["ended"]


def test_a_list_older_than_the_log_head_says_only_what_it_knows() -> None:
    old = replace(listed(), made_at=AT - timedelta(days=300))
    status = next(each for each in verified(old).checks if each.code == "status")
    assert "theo sổ công khai" in status.sentence.vi


def test_only_the_log_signs_it() -> None:
    data = signed(listed(DOCUMENT))
    with pytest.raises(NotTrusted):
        read_ended_records(data, [Ed25519PrivateKey.generate().public_key()])
    with pytest.raises(NotTrusted):
        read_ended_records(data.replace(b"count 1", b"count 2"), [KEY.public_key()])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("count 1", "count 2"),
        ("count 1", "count x"),
        (f"salt {SALT.hex()}", "salt 00"),
        ("made ", "mad "),
        ("hocba-ended-records/v1", "x/v1"),
        ("count 1\n", "count 1\n!"),
    ],
)
def test_a_list_of_another_form_is_refused(old: str, new: str) -> None:
    text = signed(listed(DOCUMENT)).decode().partition("\n\n")[0] + "\n"
    assert old in text
    forged = sign_note(text.replace(old, new, 1), "so/cong-khai", KEY.public_key(), KEY.sign)
    with pytest.raises(Malformed):
        read_ended_records(forged.encode(), [KEY.public_key()])
