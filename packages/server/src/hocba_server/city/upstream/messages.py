"""Requests to the store, built and signed with the department's key, and its answers read."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from hocba.errors import Sentence
from hocba.ids import MessageId, SchoolYear, UnitCode
from hocba.packet.answers import (
    CertificateAnswer,
    PackageAnswer,
    RecallResult,
    RegistrationAnswer,
    ResultAnswer,
    SubmissionResult,
)
from hocba.packet.codes import ResponseCode
from hocba.packet.package import complete_transaction, pack_content, prepare_transaction
from hocba.packet.registration import complete_registration, prepare_registration, serial_text
from hocba.packet.supplement import (
    SupplementKind,
    SupplementRequest,
    complete_supplement,
    prepare_supplement,
)
from hocba.packet.transactions import (
    CertificateQuery,
    PackageRequest,
    RegistrationRequest,
    ResultQuery,
    TransactionType,
    hash_password,
)
from hocba.ports import Key
from hocba.trust.algorithms import SignatureAlgorithm
from hocba_server.adapters.keystores import key_store
from hocba_server.city.upstream.client import Json

CERTIFICATE_KIND, CERTIFICATE_ISSUER = "USB_TOKEN", "BAN_CO_YEU"
"""A department's certificate is the Government's (QĐ 1789 Đ8.2)."""


def own_code() -> UnitCode:
    """Code of this department at the store."""
    return UnitCode(settings.UPSTREAM_UNIT)


def own_key() -> Key:
    """The department's key: in production in a token or HSM. Raises `Refused`, `Unavailable`."""
    return key_store().organisation_key(own_code())


def package_request(
    documents: Sequence[bytes],
    *,
    kind: TransactionType,
    school_year: str,
    message_id: str,
    key: Key,
    at: dt.datetime,
) -> Json:
    """Transaction 1 or 5: elements copied byte for byte, signed by the department."""
    algorithm = SignatureAlgorithm[key.algorithm]
    moment = at.replace(microsecond=0)
    prepared = prepare_transaction(documents, key.certificate, algorithm, moment)
    [value] = key.sign_digests([prepared.digest])
    signed = complete_transaction(prepared, value)
    password = settings.UPSTREAM_PASSWORD
    return PackageRequest(
        message_id=MessageId(message_id),
        unit_code=own_code(),
        first_year=SchoolYear(school_year).first,
        content=pack_content(signed, escape=settings.UPSTREAM_ESCAPE),
        type=kind,
        user_name=settings.UPSTREAM_USER,
        password=hash_password(password) if password else "",
    ).to_json()


def supplement_request(
    kind: SupplementKind, body: Mapping[str, Any], *, message_id: str, key: Key, at: dt.datetime
) -> Json:
    """A supplementary message, signed by the department."""
    algorithm = SignatureAlgorithm[key.algorithm]
    moment = at.replace(microsecond=0)
    prepared = prepare_supplement(kind, body, key.certificate, algorithm, moment)
    [value] = key.sign_digests([prepared.digest])
    content = pack_content(complete_supplement(prepared, value), escape=False)
    return SupplementRequest(MessageId(message_id), own_code(), kind, content).to_json()


def registration_request(*, message_id: str, key: Key, at: dt.datetime) -> Json:
    """Transaction 3: the department's certificate with the proof that it holds the key."""
    algorithm, certificate = SignatureAlgorithm[key.algorithm], key.certificate
    moment = at.replace(microsecond=0)
    prepared = prepare_registration(own_code(), certificate, algorithm, moment)
    [value] = key.sign_digests([prepared.digest])
    return RegistrationRequest(
        message_id=MessageId(message_id),
        unit_code=own_code(),
        serial_number=serial_text(certificate),
        valid_from=certificate.not_valid_before_utc.date(),
        signature_kind=CERTIFICATE_KIND,
        issuer=CERTIFICATE_ISSUER,
        content=pack_content(
            complete_registration(prepared, value), escape=settings.UPSTREAM_ESCAPE
        ),
    ).to_json()


def certificate_query(message_id: str, year: int) -> Json:
    """Transaction 4."""
    return CertificateQuery(MessageId(message_id), own_code(), year).to_json()


def result_query(message_id: str, kind: TransactionType) -> Json:
    """Transaction 2 or 6."""
    return ResultQuery(MessageId(message_id), own_code(), kind).to_json()


def fingerprint_of(request: Json) -> str:
    """SHA-256 of what was sent, kept when the content itself is dropped."""
    text = json.dumps(request, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the store said about one thing."""

    accepted: bool
    code: str
    field_title: str = ""
    sentence: str = ""

    @property
    def why(self) -> Sentence:
        """The sentence in both languages: the store writes Vietnamese, its code says the same."""
        known = self.code in list(ResponseCode)
        english = ResponseCode(self.code).sentence.en if known else self.sentence
        return Sentence(self.sentence or english, english)


def read_acknowledgement(answer: object) -> Answer:
    """Answer to transaction 1 or 5. Raises `Malformed`."""
    read = PackageAnswer.from_json(answer)
    detail = read.response_description or read.error_description
    return Answer(read.received, read.error, "", detail)


def read_results(answer: object, kind: TransactionType) -> dict[str, Answer]:
    """Answer to transaction 2 or 6: record number -> decision; the undecided are left out.

    A record that was recalled there already is what a recall wants. Raises `Malformed`.
    """
    found: dict[str, Answer] = {}
    for result in ResultAnswer.from_json(answer).results:
        if kind is TransactionType.QUERY_RECALL and result.status == RecallResult.PENDING:
            continue
        agreed = (
            SubmissionResult.APPROVED
            if kind is TransactionType.QUERY_SUBMISSION
            else RecallResult.AGREED
        )
        done = result.status == agreed or (
            kind is TransactionType.QUERY_RECALL and result.error == ResponseCode.ALREADY_RECALLED
        )
        sentence = "" if done else result.error_description or "Bộ từ chối và không nêu lý do."
        title = "" if done else result.error_field_title
        found[result.record_uuid] = Answer(done, result.error, title, sentence)
    return found


def read_supplement_results(result: Mapping[str, Any]) -> dict[str, Answer]:
    """Lines of the answer to rows or closings, by record number or hash of the list."""
    found: dict[str, Answer] = {}
    items = result.get("hoc_ba")
    for item in items if isinstance(items, list) else []:
        if isinstance(item, Mapping):
            accepted = item.get("trang_thai") == 1
            sentence = str(item.get("error_description", ""))
            key = str(item.get("ma_tra_cuu_uuid") or item.get("ma_bam") or "")
            found[key] = Answer(
                accepted,
                str(item.get("error", "")),
                str(item.get("error_field_title", "")),
                "" if accepted else sentence or "Bộ từ chối và không nêu lý do.",
            )
    return found


def read_registration_answer(answer: object) -> Answer:
    """Answer to transaction 3. Raises `Malformed`."""
    read = RegistrationAnswer.from_json(answer)
    accepted = read.error == ResponseCode.RECEIVED.value
    return Answer(accepted, read.error, read.error_field_title, read.error_description)


def read_certificate_answer(answer: object) -> Answer | None:
    """Answer to transaction 4; None while nobody has decided. Raises `Malformed`."""
    read = CertificateAnswer.from_json(answer)
    if read.approved is None:
        return None
    return Answer(read.approved, read.error, read.error_field_title, read.error_description)
