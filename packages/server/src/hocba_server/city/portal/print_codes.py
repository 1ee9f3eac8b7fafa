"""Prints at the department: their codes verified, the list of keys, and codes of its own.

Whoever verifies at home needs the list only (decision 0031). Here the original is at hand too, so a
code is also compared with it: what a stolen key would sign about a record never passes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from hocba.errors import HocBaError
from hocba.ids import UnitCode
from hocba.ports import Key
from hocba.record.codec import read_record
from hocba.record.model import AnnualRecord
from hocba.rendition.print_code import peek, read_code, sign_codes_as
from hocba.signature.cose import key_id_of
from hocba.trust.identity import signer_name
from hocba.trust.parsing import load_certificate
from hocba.verify.policy import RecordStatus, StatusAnswer
from hocba.verify.print_keys import PrintKey, PrintKeys, read_print_keys, sign_print_keys
from hocba.verify.print_verdict import Original, PrintReport, find_codes, verify_print
from hocba_server.city.certificates.selectors import every_approved_seal
from hocba_server.city.log_key import log_key, log_origin
from hocba_server.city.repository.selectors import original_of, record_by_uuid, status_of
from hocba_server.city.upstream.messages import own_code, own_key
from hocba_server.config.acting import PLATFORM, acting, one_record


def signed_key_list(*, at: dt.datetime) -> bytes:
    """The list of keys whose codes are to be believed, signed with the key of the log.

    Raises `Unavailable` when the department's key of the log is missing.
    """
    key = log_key()
    listed = PrintKeys(at.replace(microsecond=0), tuple(_school_keys()) + _own_keys())
    return sign_print_keys(listed, name=log_origin(), key=key.public_key(), sign=key.sign)


def _school_keys() -> list[PrintKey]:
    """Every seal that was approved once: old prints stay readable. Approved again is in use."""
    found: dict[bytes, PrintKey] = {}
    with acting(PLATFORM):
        seals = every_approved_seal()
    for seal, name in seals:
        certificate = load_certificate(seal.certificate)
        key = _print_key(certificate, UnitCode(seal.unit_code), name, ended=seal.ended_from)
        former = found.get(key.key_id)
        if former is None or former.ended:
            found[key.key_id] = key
    return list(found.values())


def _own_keys() -> tuple[PrintKey, ...]:
    key = _department_key()
    if key is None:
        return ()
    return (_print_key(key.certificate, own_code(), signer_name(key.certificate)),)


def _print_key(
    certificate: x509.Certificate, unit: UnitCode, name: str, *, ended: dt.datetime | None = None
) -> PrintKey:
    public_key = certificate.public_key()
    if not isinstance(public_key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        message = "an approved seal has a key of another kind"
        raise TypeError(message)
    until = certificate.not_valid_after_utc
    return PrintKey(
        key_id=key_id_of(certificate),
        unit_code=unit,
        valid_from=certificate.not_valid_before_utc,
        valid_until=min(until, ended) if ended else until,
        public_key=public_key,
        name=name,
        ended=ended is not None and ended < until,
    )


def _department_key() -> Key | None:
    try:
        return own_key()
    except HocBaError:
        return None  # then what the department prints has the address only


def department_codes(record: AnnualRecord, document: bytes, at: dt.datetime) -> Sequence[str]:
    """The codes of a print that the department makes: its own key signs, not the school's."""
    key = _department_key()
    if key is None:
        return ()
    return sign_codes_as(own_code(), record, document, key, at.replace(microsecond=0))


def verify_codes(text: str, *, name: str, at: dt.datetime) -> PrintReport:
    """Verify the codes of one print with status and original of the repository."""
    codes = find_codes(text)
    status, original = _stored(codes, at)
    keys = read_print_keys(signed_key_list(at=at), [log_key().public_key()])
    return verify_print(codes, name=name, keys=keys, at=at, status=status, original=original)


def _stored(codes: Sequence[str], at: dt.datetime) -> tuple[StatusAnswer | None, Original | None]:
    """What the repository has about the record that the first code names.

    Who has no genuine code learns nothing from it: an unknown signature ends the report before.
    """
    try:
        page = peek(read_code(codes[0]))
    except (HocBaError, IndexError):
        return None, None
    with acting(one_record(page.record_uuid)):
        status = status_of(page.record_uuid, at=at)
        if status.sha256 != page.document_sha256:
            if status.sha256 is None:
                return status, None
            return StatusAnswer(status=RecordStatus.UNKNOWN, as_of=at), None
        document = original_of(record_by_uuid(page.record_uuid))
    return status, Original(read_record(document).record, document)
