"""Messages beside the six transactions: signed, read back, refused when touched."""

from __future__ import annotations

from typing import Any

import pytest
from packet_world import OTHER_SIGNER, SIGNED_AT, SIGNER

from hocba.errors import Malformed
from hocba.ids import MessageId, UnitCode
from hocba.packet.codes import ResponseCode
from hocba.packet.package import pack_content
from hocba.packet.supplement import (
    SupplementAnswer,
    SupplementKind,
    SupplementRequest,
    complete_supplement,
    prepare_supplement,
    read_supplement,
)

BODY = {"dong": [{"hovaten": 'Nguyễn "Thị" Mẫu & <1>\n', "phienban": 1, "duoclenlop": True}]}


def signed(body: dict[str, Any] = BODY) -> bytes:
    prepared = prepare_supplement(
        SupplementKind.ROWS, body, SIGNER.certificate, SIGNER.algorithm, SIGNED_AT
    )
    return complete_supplement(prepared, SIGNER.sign(prepared.digest))


@pytest.mark.parametrize("escape", [True, False])
def test_a_message_comes_back_as_it_was(escape: bool) -> None:
    read = read_supplement(pack_content(signed(), escape=escape))
    assert read.fault is None
    assert read.kind is SupplementKind.ROWS
    assert read.body == BODY
    assert read.certificate == SIGNER.certificate
    assert read.signing_time == SIGNED_AT


def test_what_is_touched_does_not_hold() -> None:
    touched = signed().replace(b'"phienban":1', b'"phienban":2')
    fault = read_supplement(pack_content(touched)).fault
    assert fault is not None


def test_another_signature_does_not_hold() -> None:
    prepared = prepare_supplement(
        SupplementKind.ROWS, BODY, SIGNER.certificate, SIGNER.algorithm, SIGNED_AT
    )
    forged = complete_supplement(prepared, OTHER_SIGNER.sign(prepared.digest))
    assert read_supplement(pack_content(forged)).fault is not None
    bare = signed()[: signed().index(b"<Signature")] + b"</BO_SUNG>"
    fault = read_supplement(pack_content(bare)).fault
    assert fault is not None
    assert fault.code == "signature_missing"


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"BO_SUNG", b"KHAC"), (b"BANG_DU_LIEU", b"KHAC"), (b"LOAI", b"KIEU"), (b"{", b"[")],
)
def test_another_form_is_refused(old: bytes, new: bytes) -> None:
    with pytest.raises(Malformed):
        read_supplement(pack_content(signed().replace(old, new)))


def test_the_request_and_its_answer_as_json() -> None:
    asked = SupplementRequest(MessageId("m-1"), UnitCode("79"), SupplementKind.STATE, "abc")
    assert SupplementRequest.from_json(asked.to_json()) == asked
    answer = SupplementAnswer.of(MessageId("m-1"), ResponseCode.WRONG_UNIT)
    assert SupplementAnswer.from_json(answer.to_json()) == answer
    assert not answer.head.received
    for field in ("type", "function", "messageid", "ma_don_vi"):
        with pytest.raises(Malformed):
            SupplementRequest.from_json({**asked.to_json(), field: ""})
