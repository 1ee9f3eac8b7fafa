"""The school's side of transactions 1 to 4: requests built and signed, answers read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from hocba.errors import Sentence
from hocba.ids import MessageId, SchoolYear, UnitCode
from hocba.packet.answers import (
    CertificateAnswer,
    PackageAnswer,
    RegistrationAnswer,
    ResultAnswer,
    SubmissionResult,
)
from hocba.packet.codes import ResponseCode
from hocba.packet.enveloped import PreparedTransaction
from hocba.packet.package import complete_transaction, pack_content, prepare_transaction
from hocba.packet.registration import (
    complete_registration,
    prepare_registration,
    serial_text,
)
from hocba.packet.transactions import (
    CertificateQuery,
    PackageRequest,
    RegistrationRequest,
    ResultQuery,
)
from hocba.ports import Key
from hocba.trust.algorithms import SignatureAlgorithm

Json = dict[str, object]
CERTIFICATE_KIND = "USB_TOKEN"
"""HCMC asks for a USB token for organisations (CV 2817/SGDĐT-VP)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the city said: taken or not, its code, and its sentence for a person."""

    accepted: bool
    code: str
    sentence: str

    @property
    def why(self) -> Sentence:
        """The sentence in both languages: the city writes Vietnamese, its code says the same."""
        known = self.code in list(ResponseCode)
        english = ResponseCode(self.code).sentence.en if known else self.sentence
        return Sentence(self.sentence, english)


def prepare_submission(
    records: Sequence[bytes], key: Key, signing_time: dt.datetime
) -> PreparedTransaction:
    """The records joined; what the school's key has to sign is in `digest`."""
    algorithm = SignatureAlgorithm[key.algorithm]
    return prepare_transaction(records, key.certificate, algorithm, signing_time)


def submission_request(
    prepared: PreparedTransaction,
    value: bytes,
    *,
    unit_code: str,
    school_year: str,
    message_id: str,
) -> Json:
    """Transaction 1: the joined records with the school's signature, packed."""
    return PackageRequest(
        message_id=MessageId(message_id),
        unit_code=UnitCode(unit_code),
        first_year=SchoolYear(school_year).first,
        content=pack_content(complete_transaction(prepared, value)),
        user_name=unit_code,
    ).to_json()


def read_acknowledgement(answer: object) -> Answer:
    """Answer to transaction 1. Raises `Malformed`."""
    read = PackageAnswer.from_json(answer)
    sentence = read.response_description or read.error_description
    return Answer(read.received, read.error, sentence)


def query_request(message_id: str, unit_code: str) -> Json:
    """Transaction 2."""
    return ResultQuery(MessageId(message_id), UnitCode(unit_code)).to_json()


def read_answers(answer: object) -> dict[str, Answer]:
    """Answer to transaction 2: record UUID -> what became of it. Raises `Malformed`."""
    found: dict[str, Answer] = {}
    for result in ResultAnswer.from_json(answer).results:
        accepted = result.status == SubmissionResult.APPROVED
        where = f"{result.error_field_title}: " if result.error_field_title else ""
        sentence = "" if accepted else f"{where}{result.error_description}"
        found[result.record_uuid] = Answer(accepted, result.error, sentence)
    return found


def registration_request(
    *,
    key: Key,
    signing_time: dt.datetime,
    unit_code: str,
    issuer: str,
    message_id: str,
    end_reason: str = "",
) -> Json:
    """Transaction 3: the certificate with the proof that the school holds its key; with
    `end_reason`, the wish that its approval end."""
    certificate = key.certificate
    prepared = prepare_registration(
        UnitCode(unit_code),
        certificate,
        SignatureAlgorithm[key.algorithm],
        signing_time,
        end_reason=end_reason,
    )
    [value] = key.sign_digests([prepared.digest])
    return RegistrationRequest(
        message_id=MessageId(message_id),
        unit_code=UnitCode(unit_code),
        serial_number=serial_text(certificate),
        valid_from=certificate.not_valid_before_utc.date(),
        signature_kind=CERTIFICATE_KIND,
        issuer=issuer,
        content=pack_content(complete_registration(prepared, value)),
    ).to_json()


def read_registration_answer(answer: object) -> Answer:
    """Answer to transaction 3. Raises `Malformed`."""
    read = RegistrationAnswer.from_json(answer)
    accepted = read.error == ResponseCode.RECEIVED.value
    return Answer(accepted, read.error, read.error_description)


def certificate_query(message_id: str, unit_code: str, year: int) -> Json:
    """Transaction 4."""
    return CertificateQuery(MessageId(message_id), UnitCode(unit_code), year).to_json()


@dataclass(frozen=True, slots=True)
class Decision:
    """What the city decided on a certificate, and what it says of its end."""

    accepted: bool
    sentence: str
    valid_until: dt.datetime | None
    ended: bool
    """It was approved and is approved no more."""
    reminder: str


def read_certificate_answer(answer: object) -> Decision | None:
    """Answer to transaction 4; None while nobody has decided. Raises `Malformed`."""
    read = CertificateAnswer.from_json(answer)
    if read.approved is None:
        return None
    return Decision(
        read.approved,
        read.error_description,
        _moment(read.valid_until),
        bool(read.ended_from) and not read.approved,
        read.reminder,
    )


def _moment(text: str) -> dt.datetime | None:
    """Another gateway's extra field may hold anything: what is no moment is left out."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
