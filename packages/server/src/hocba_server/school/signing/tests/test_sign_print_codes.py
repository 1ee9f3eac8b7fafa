"""The clerk signs the codes of a class; where the key is at hand a print makes them itself."""

from __future__ import annotations

from typing import Any

import pytest

from hocba.errors import Refused
from hocba.record.codec import read_record
from hocba.rendition.attachments import extract_attachments
from hocba.rendition.print_code import open_code, read_code
from hocba.rendition.print_codes_on_page import CODES_NAME, tells
from hocba_certworld.local import LocalTimestamp
from hocba_server.school.issuing.models import AnnualRecordDraft, IssueBatch
from hocba_server.school.signing.downloads import record_pdf
from hocba_server.school.signing.models import PrintCodes
from hocba_server.school.signing.print_codes import (
    codes_of,
    make_codes_at_hand,
    records_without_codes,
    sign_class_codes,
)
from hocba_server.school.tests.cast import AT, CODE, Cast, TestKeys, WorldTrust
from hocba_server.web.audit.models import AuditEntry


def sign(cast: Cast, keys: TestKeys, trust: WorldTrust, **changed: Any) -> int:
    batch = IssueBatch.objects.get()
    arguments: dict[str, Any] = {
        "by": cast.clerk,
        "at": AT,
        "batch_id": batch.pk,
        "record_ids": records_without_codes(batch),
        "key": keys.organisation_key(CODE),
        "trust": trust,
    }
    return sign_class_codes(**{**arguments, **changed})


def test_the_codes_of_a_class_are_signed_and_kept(
    issued: int, cast: Cast, keys: TestKeys, trust: WorldTrust
) -> None:
    assert sign(cast, keys, trust) == 3
    public = keys.organisation_key(CODE).certificate.public_key()
    for row in AnnualRecordDraft.objects.all():
        document = bytes(row.document)
        pages = [open_code(read_code(text), public) for text in codes_of(row)]
        assert tells(pages, read_record(document).record, document)
    entry = AuditEntry.objects.using("school").get(action="sign_print_codes")
    assert len(entry.detail["records"]) == 3
    assert records_without_codes(IssueBatch.objects.get()) == []


def test_twice_is_refused(issued: int, cast: Cast, keys: TestKeys, trust: WorldTrust) -> None:
    waiting = records_without_codes(IssueBatch.objects.get())
    sign(cast, keys, trust)
    with pytest.raises(Refused) as refusal:
        sign(cast, keys, trust, record_ids=waiting)
    assert refusal.value.code == "not_waiting"
    assert PrintCodes.objects.count() == 3


def test_only_the_clerk_signs_them(
    issued: int, cast: Cast, keys: TestKeys, trust: WorldTrust
) -> None:
    with pytest.raises(Refused) as refusal:
        sign(cast, keys, trust, by=cast.homeroom)
    assert refusal.value.code == "role"
    assert not PrintCodes.objects.exists()


def test_what_is_not_issued_gets_none(created: int, cast: Cast, keys: TestKeys) -> None:
    assert records_without_codes(IssueBatch.objects.get()) == []
    rows = list(AnnualRecordDraft.objects.all())
    make_codes_at_hand(by=cast.clerk, at=AT, rows=rows, keystore=keys)
    assert not PrintCodes.objects.exists()


def test_a_pdf_makes_its_codes_where_the_key_is_at_hand(
    issued: int, cast: Cast, keys: TestKeys, timestamps: LocalTimestamp
) -> None:
    row = AnnualRecordDraft.objects.order_by("pk")[0]
    arguments: dict[str, Any] = {
        "by": cast.clerk,
        "at": AT,
        "record_uuid": row.record_uuid,
        "keystore": keys,
        "timestamp": timestamps,
    }
    first, second = record_pdf(**arguments), record_pdf(**arguments)
    codes = extract_attachments(first)[CODES_NAME].decode().split("\n")
    assert codes == codes_of(row)
    assert extract_attachments(second)[CODES_NAME].decode().split("\n") == codes
    assert PrintCodes.objects.count() == 1
