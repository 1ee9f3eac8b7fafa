"""Whose certificate it is, read from the subject.

Persons: `UID=CCCD:<12 digits>`. Organisations: `UID=MST:<tax code>` and, our choice until the
Ministry names one, `serialNumber=MATRUONG:<unit code>`. Sources: practice of Vietnamese
authorities; QĐ 1789/QĐ-SGDĐT Đ8, Đ9.
"""

from __future__ import annotations

import re
from functools import lru_cache

from cryptography import x509
from cryptography.x509.oid import NameOID

from hocba.ids import PersonalId, UnitCode

_PERSON = re.compile(r"CCCD:([0-9]{12})")
_UNIT = re.compile(r"MATRUONG:([0-9A-Za-z]{1,20})")


@lru_cache(maxsize=4096)
def signer_name(certificate: x509.Certificate) -> str:
    """Name of the holder as people read it."""
    return _title(certificate.subject)


@lru_cache(maxsize=4096)
def issuer_name(certificate: x509.Certificate) -> str:
    """Name of the issuing authority as people read it."""
    return _title(certificate.issuer)


@lru_cache(maxsize=4096)
def signer_personal_id(certificate: x509.Certificate) -> PersonalId | None:
    """Personal number of the holder, or None when the certificate names none or several."""
    found = _values(certificate.subject, NameOID.USER_ID, _PERSON)
    return PersonalId(found[0]) if len(found) == 1 else None


@lru_cache(maxsize=4096)
def signer_unit(certificate: x509.Certificate) -> UnitCode | None:
    """Code of the school or department that holds the certificate, or None."""
    found = _values(certificate.subject, NameOID.SERIAL_NUMBER, _UNIT)
    return UnitCode(found[0]) if len(found) == 1 else None


def _title(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else name.rfc4514_string()


def _values(name: x509.Name, oid: x509.ObjectIdentifier, form: re.Pattern[str]) -> list[str]:
    texts = (str(attribute.value) for attribute in name.get_attributes_for_oid(oid))
    return [found[1] for text in texts if (found := form.fullmatch(text))]
