"""Signing with a key: one record, or the records of a class with one call to the key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hocba.errors import Unavailable
from hocba.ids import PersonalId
from hocba.ports import Key
from hocba.record.model import SlotId
from hocba.signature.seal_timestamp import add_seal_timestamp, seal_timestamp_digest
from hocba.signature.xml_complete import complete_signature
from hocba.signature.xml_prepare import PreparedSignature, prepare_signature
from hocba.trust.algorithms import SignatureAlgorithm

__all__ = [
    "PreparedSignature",
    "add_seal_timestamp",
    "complete_signature",
    "prepare_signature",
    "seal_timestamp_digest",
    "sign_many",
    "sign_slot",
]


def sign_slot(
    document: bytes,
    slot: SlotId,
    key: Key,
    signing_time: datetime,
    personal_id: PersonalId | None = None,
) -> bytes:
    """Sign one record. Raises as `sign_many`."""
    return sign_many([document], slot, key, signing_time, personal_id)[0]


def sign_many(
    documents: Sequence[bytes],
    slot: SlotId,
    key: Key,
    signing_time: datetime,
    personal_id: PersonalId | None = None,
) -> list[bytes]:
    """Sign the same slot of many records with exactly one call of `key.sign_digests`.

    All or nothing: the first record that cannot be signed raises (see `prepare_signature`) before
    the key is used. Raises `Unavailable` and `Refused` of the key, `NotTrusted`
    (`signature_mismatch`) when the key does not belong to its certificate.
    """
    algorithm = SignatureAlgorithm[key.algorithm]
    certificate = key.certificate
    prepared = [
        prepare_signature(document, slot, certificate, algorithm, signing_time, personal_id)
        for document in documents
    ]
    if not prepared:
        return []
    values = key.sign_digests([one.digest for one in prepared])
    if len(values) != len(prepared):
        raise Unavailable(
            "key_answer",
            "Thiết bị ký trả về thiếu chữ ký; chưa học bạ nào được ký.",
            "The signing device returned too few signatures; no record was signed.",
        )
    return [
        complete_signature(document, one, value)
        for document, one, value in zip(documents, prepared, values, strict=True)
    ]
