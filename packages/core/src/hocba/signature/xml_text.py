"""The text of one signature, as it stands in the record and in its canonical form.

Everything is written so that the canonical form follows by two mechanical steps: namespaces are
declared where exclusive C14N declares them, and empty elements get an end tag. Tests compare with
libxml2 and with xmlsec1.

Sources: CV 2088/BGDĐT-GDTH II.1.6 (X509SubjectName, X509Certificate, SigningTime property);
ETSI EN 319 132-1 clause 5.2 (SigningTime, SigningCertificateV2). DataObjectFormat is left out: it
would say text/xml eighteen times in a record of nine signatures, which has to stay under 40 KB.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from hocba.signature.certificates import KnownCertificate
from hocba.signature.names import (
    EXCLUSIVE_C14N,
    SHA256,
    SIGNED_PROPERTIES_TYPE,
    XADES,
    XMLDSIG,
)
from hocba.trust.algorithms import SignatureAlgorithm

_DS = f' xmlns="{XMLDSIG}"'
_XADES = f' xmlns:xa="{XADES}"'
_EMPTY = re.compile(r"<([A-Za-z:]+)( [^<>]*)?/>")


@dataclass(frozen=True, slots=True)
class SignatureText:
    """What one signature says, apart from its value. `name` is unique to the slot and record."""

    name: str
    data_id: str
    data_digest: bytes
    signing_time: str
    certificate: KnownCertificate
    algorithm: SignatureAlgorithm

    def time_property(self) -> str:
        """Return the Ministry's SignatureProperty."""
        return (
            f'<SignatureProperty Id="time-{self.name}" Target="#sig-{self.name}">'
            f'<SigningTime xmlns="">{self.signing_time}</SigningTime></SignatureProperty>'
        )

    def signed_properties(self) -> str:
        """Return the XAdES SignedProperties."""
        return (
            f'<xa:SignedProperties Id="xa-{self.name}"><xa:SignedSignatureProperties>'
            f"<xa:SigningTime>{self.signing_time}</xa:SigningTime>"
            "<xa:SigningCertificateV2><xa:Cert><xa:CertDigest>"
            f'<DigestMethod Algorithm="{SHA256}"/>'
            f"<DigestValue>{encode(self.certificate.sha256)}</DigestValue>"
            "</xa:CertDigest></xa:Cert></xa:SigningCertificateV2>"
            "</xa:SignedSignatureProperties></xa:SignedProperties>"
        )

    def signed_info(self, time_digest: bytes, properties_digest: bytes) -> str:
        """Return the SignedInfo with its three references."""
        name = self.name
        return (
            f'<SignedInfo><CanonicalizationMethod Algorithm="{EXCLUSIVE_C14N}"/>'
            f'<SignatureMethod Algorithm="{self.algorithm.xml_uri}"/>'
            + _reference(f'URI="#{self.data_id}"', self.data_digest)
            + _reference(f'URI="#time-{name}"', time_digest)
            + _reference(f'Type="{SIGNED_PROPERTIES_TYPE}" URI="#xa-{name}"', properties_digest)
            + "</SignedInfo>"
        )

    def before_value(self, signed_info: str) -> str:
        """Return everything of the Signature in front of the text of SignatureValue."""
        return f'<Signature{_DS} Id="sig-{self.name}">{signed_info}<SignatureValue>'

    def after_value(self) -> str:
        """Return everything of the Signature behind the text of SignatureValue."""
        return (
            "</SignatureValue><KeyInfo><X509Data>"
            f"<X509SubjectName>{self.certificate.subject}</X509SubjectName>"
            f"<X509Certificate>{self.certificate.base64}</X509Certificate></X509Data></KeyInfo>"
            f"<Object><SignatureProperties>{self.time_property()}</SignatureProperties></Object>"
            f'<Object><xa:QualifyingProperties{_XADES} Target="#sig-{self.name}">'
            f"{self.signed_properties()}</xa:QualifyingProperties></Object></Signature>"
        )


def canonical_ds(fragment: str) -> bytes:
    """Return the exclusive canonical form of a fragment whose top is in the XML Signature one."""
    return _declare(_expand(fragment), _DS).encode()


def canonical_xades(fragment: str) -> bytes:
    """Return the exclusive canonical form of SignedProperties, whose digest parts are `ds`."""
    text = _declare(_expand(fragment), _XADES)
    for tag in ("<DigestMethod", "<DigestValue"):
        text = text.replace(tag, tag + _DS)
    return text.encode()


def encode(value: bytes) -> str:
    """Return Base64 without line breaks."""
    return base64.b64encode(value).decode("ascii")


def _reference(attributes: str, digest: bytes) -> str:
    return (
        f'<Reference {attributes}><Transforms><Transform Algorithm="{EXCLUSIVE_C14N}"/>'
        f'</Transforms><DigestMethod Algorithm="{SHA256}"/>'
        f"<DigestValue>{encode(digest)}</DigestValue></Reference>"
    )


def _expand(fragment: str) -> str:
    return _EMPTY.sub(r"<\1\2></\1>", fragment)


def _declare(fragment: str, namespace: str) -> str:
    end = min(fragment.index(mark) for mark in " >" if mark in fragment)
    return f"{fragment[:end]}{namespace}{fragment[end:]}"
