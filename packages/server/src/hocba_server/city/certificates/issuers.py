"""Which certification authority a unit may use for its seal.

Public schools hold certificates of the Government's own authority, private ones of a public
authority (QĐ 1789 Đ8.2, Đ9; CV 2817/SGDĐT-VP). The department sets the names of the Government's
authorities in `CITY_GOVERNMENT_ISSUERS`.
"""

from __future__ import annotations

import unicodedata

from cryptography import x509
from cryptography.x509.oid import NameOID
from django.conf import settings

from hocba.errors import Sentence
from hocba.workflow.transitions import Denial
from hocba_server.city.certificates.models import Ownership

GOVERNMENT_ISSUERS = ("Chính phủ", "Ban Cơ yếu", "cơ quan nhà nước")
"""Words in the names of the Government's authorities, unless the setting says otherwise."""


def issuer_title(certificate: x509.Certificate) -> str:
    """Name of the issuer for a person."""
    return _title(certificate.issuer)


def subject_title(certificate: x509.Certificate) -> str:
    """Name of the holder for a person."""
    return _title(certificate.subject)


def is_government(certificate: x509.Certificate) -> bool:
    """Was the certificate issued by one of the Government's authorities?"""
    words = getattr(settings, "CITY_GOVERNMENT_ISSUERS", GOVERNMENT_ISSUERS)
    name = _plain(" ".join(str(part.value) for part in certificate.issuer))
    return any(_plain(word) in name for word in words)


def deny_issuer(certificate: x509.Certificate, ownership: str) -> Denial | None:
    """A public unit needs the Government's authority, a private unit a public authority."""
    government = is_government(certificate)
    if ownership == Ownership.PUBLIC and not government:
        return Denial(
            "issuer",
            Sentence(
                "Trường công lập phải dùng chứng thư số do cơ quan chứng thực chuyên dùng "
                f"Chính phủ cấp; chứng thư này do {issuer_title(certificate)} cấp.",
                "A public school needs a certificate of the Government's authority.",
            ),
        )
    if ownership == Ownership.PRIVATE and government:
        return Denial(
            "issuer",
            Sentence(
                "Trường ngoài công lập phải dùng chứng thư số do tổ chức chứng thực công cộng "
                f"cấp; chứng thư này do {issuer_title(certificate)} cấp.",
                "A private school needs a certificate of a public authority.",
            ),
        )
    return None


def _title(name: x509.Name) -> str:
    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        found = name.get_attributes_for_oid(oid)
        if found:
            return str(found[0].value)[:500]
    return name.rfc4514_string()[:500]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
