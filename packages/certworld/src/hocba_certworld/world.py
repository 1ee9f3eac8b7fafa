"""The demo certificate world on disk: a root, two authorities, OCSP, CRL and time-stamps.

Everything is made at first start under one folder that only its owner may read, and marked DEMO.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from hocba.errors import Malformed, Refused
from hocba_certworld import issuing
from hocba_certworld.softkey import SoftKey
from hocba_certworld.stamping import sign_token

Authority = Literal["government", "public"]
DEFAULT_URL: Final = "http://127.0.0.1:8010"
POLICY: Final = "1.3.6.1.4.1.99999.1.1"
"""Time-stamp policy of the demo (an invented arc)."""

_NAMES: Final = {
    "root": "CA gốc DEMO",
    "government": "CA chuyên dùng Chính phủ DEMO",
    "public": "CA công cộng DEMO",
    "tsa": "Dịch vụ dấu thời gian DEMO",
    "ocsp-root": "OCSP CA gốc DEMO",
    "ocsp-government": "OCSP CA chuyên dùng Chính phủ DEMO",
    "ocsp-public": "OCSP CA công cộng DEMO",
}
_ISSUER: Final = {
    "government": "root",
    "public": "root",
    "tsa": "root",
    "ocsp-root": "root",
    "ocsp-government": "government",
    "ocsp-public": "public",
}
_BACKDATED: Final = timedelta(days=3)
_TEN_YEARS: Final = 3650
_THREE_YEARS: Final = 1095


@dataclass(frozen=True, slots=True)
class CertWorld:
    """An open world. Its keys are parsed once and stay in memory."""

    directory: Path
    keys: dict[str, SoftKey]
    base_url: str

    @classmethod
    def create(
        cls, directory: Path, now: datetime, *, base_url: str = DEFAULT_URL, label: str = ""
    ) -> CertWorld:
        """Make a new world, valid from three days before `now`. Raises `Refused` where one is.

        `label` stands in the names of its authorities, beside DEMO, e.g. "TẬP HUẤN".
        """
        if (directory / "password").exists():
            raise Refused(
                "world_exists",
                f"Thư mục {directory} đã có thế giới chứng thư số.",
                "The folder already holds a certificate world.",
            )
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o700)
        keys: dict[str, SoftKey] = {}
        validity = issuing.span(now - _BACKDATED, _TEN_YEARS)
        for name, title in _NAMES.items():
            issuer_id = _ISSUER.get(name)
            keys[name] = issuing.issue(
                issuing.subject(f"{title.removesuffix(issuing.MARK)}{label}".strip()),
                issuing.new_key("ECDSA_P256"),
                keys[issuer_id] if issuer_id else None,
                _profile(name),
                validity,
                base_url=base_url,
                issuer_id=issuer_id or "root",
            )
        password = secrets.token_urlsafe(24)
        for name, key in keys.items():
            _write(directory / f"{name}.p12", key.to_pkcs12(password.encode()))
        _write(directory / "base-url", base_url.encode())
        _write(directory / "revoked.json", b"{}")
        _write(directory / "password", password.encode())
        return cls(directory, keys, base_url)

    @classmethod
    def open(cls, directory: Path) -> CertWorld:
        """Open a world made before. Raises `Malformed` with code `pkcs12`, or OSError."""
        password = (directory / "password").read_bytes()
        keys = {
            name: SoftKey.from_pkcs12((directory / f"{name}.p12").read_bytes(), password)
            for name in _NAMES
        }
        return cls(directory, keys, (directory / "base-url").read_text("utf-8"))

    def issue_person(
        self,
        full_name: str,
        personal_id: str,
        *,
        ca: Authority = "public",
        algorithm: str = "ECDSA_P256",
        validity: tuple[datetime, datetime] | None = None,
    ) -> SoftKey:
        """Make a person's key and certificate."""
        name = issuing.person_subject(full_name, personal_id)
        return self.issue_with(name, ca=ca, algorithm=algorithm, validity=validity)

    def issue_organisation(
        self,
        name: str,
        unit_code: str,
        *,
        ca: Authority = "government",
        algorithm: str = "RSA_2048",
        tax_code: str = "0000000000",
        validity: tuple[datetime, datetime] | None = None,
    ) -> SoftKey:
        """Make an organisation's key and certificate; `unit_code` is the school's code."""
        subject = issuing.organisation_subject(name, unit_code, tax_code)
        return self.issue_with(subject, ca=ca, algorithm=algorithm, validity=validity)

    def issue_with(
        self,
        subject: x509.Name,
        *,
        ca: Authority = "public",
        algorithm: str = "ECDSA_P256",
        validity: tuple[datetime, datetime] | None = None,
        profile: issuing.Profile = issuing.SIGNER,
    ) -> SoftKey:
        """Make any certificate of the world, e.g. an expired one for a vector."""
        start = self.keys["root"].certificate.not_valid_before_utc
        return issuing.issue(
            subject,
            issuing.new_key(algorithm),
            self.keys[ca],
            profile,
            validity or issuing.span(start, _THREE_YEARS),
            base_url=self.base_url,
            issuer_id=ca,
        )

    def revoke(self, certificate: x509.Certificate, at: datetime) -> None:
        """Revoke a certificate from `at` on."""
        revoked = self._revoked()
        revoked[str(certificate.serial_number)] = at.astimezone(UTC).isoformat()
        _write(self.directory / "revoked.json", json.dumps(revoked).encode())

    def revoked_at(self, serial_number: int) -> datetime | None:
        """When a certificate was revoked, or None."""
        text = self._revoked().get(str(serial_number))
        return datetime.fromisoformat(text) if text else None

    def ocsp_response(self, request: bytes, at: datetime) -> bytes:
        """Answer an OCSP request (RFC 6960). Raises `Malformed` with code `ocsp_request`."""
        try:
            asked = ocsp.load_der_ocsp_request(request)
        except ValueError:
            raise Malformed(
                "ocsp_request", "Yêu cầu OCSP sai.", "The OCSP request cannot be read."
            ) from None
        for name in ("root", "government", "public"):
            issuer = self.keys[name].certificate
            if _asks_about(asked, issuer):
                return self._answer(asked, name, at)
        refused = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.UNAUTHORIZED)
        return refused.public_bytes(Encoding.DER)

    def _answer(self, asked: ocsp.OCSPRequest, name: str, at: datetime) -> bytes:
        responder = self.keys[f"ocsp-{name}"]
        revoked = self.revoked_at(asked.serial_number)
        moment = at.astimezone(UTC)
        builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
            issuer_name_hash=asked.issuer_name_hash,
            issuer_key_hash=asked.issuer_key_hash,
            serial_number=asked.serial_number,
            algorithm=asked.hash_algorithm,
            cert_status=ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD,
            this_update=moment,
            next_update=moment + timedelta(days=1),
            revocation_time=revoked,
            revocation_reason=x509.ReasonFlags.key_compromise if revoked else None,
        )
        signed = (
            builder.responder_id(ocsp.OCSPResponderEncoding.HASH, responder.certificate)
            .certificates([responder.certificate])
            .sign(responder.private_key, hashes.SHA256())
        )
        return signed.public_bytes(Encoding.DER)

    def crl(self, ca: str, at: datetime) -> bytes:
        """The CRL of one authority ("root", "government", "public"), made at `at`."""
        issuer = self.keys[ca]
        moment = at.astimezone(UTC)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(issuer.certificate.subject)
            .last_update(moment)
            .next_update(moment + timedelta(days=7))
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.private_key.public_key()),
                critical=False,
            )
            .add_extension(x509.CRLNumber(int(moment.timestamp())), critical=False)
        )
        for serial, when in self._revoked().items():
            entry = x509.RevokedCertificateBuilder(int(serial), datetime.fromisoformat(when))
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(issuer.private_key, hashes.SHA256()).public_bytes(Encoding.DER)

    def timestamp(self, request: bytes, at: datetime) -> bytes:
        """Answer an RFC 3161 request: the DER TimeStampResp."""
        serial = secrets.randbits(63)
        return sign_token(request, key=self.keys["tsa"], serial=serial, at=at, policy=POLICY)

    def roots_pem(self) -> bytes:
        """The root, for those who want to trust this world."""
        return self.keys["root"].certificate.public_bytes(Encoding.PEM)

    def issuers_pem(self) -> Iterator[tuple[str, bytes]]:
        """Name and PEM of the authorities and of the time-stamp service."""
        for name in ("government", "public", "tsa"):
            yield name, self.keys[name].certificate.public_bytes(Encoding.PEM)

    def _revoked(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.directory / "revoked.json").read_bytes())
        return found


def _profile(name: str) -> issuing.Profile:
    if name == "root":
        return issuing.ROOT
    if name == "tsa":
        return issuing.TIMESTAMP
    return issuing.OCSP if name.startswith("ocsp-") else issuing.AUTHORITY


def _asks_about(asked: ocsp.OCSPRequest, issuer: x509.Certificate) -> bool:
    # SHA-1 and SHA-256 both name issuers in requests; the builder gives us the same numbers.
    for algorithm in (hashes.SHA1(), hashes.SHA256()):  # noqa: S303 - names, protects nothing
        if asked.hash_algorithm.name != algorithm.name:
            continue
        own = ocsp.OCSPRequestBuilder().add_certificate(issuer, issuer, algorithm).build()
        return own.issuer_key_hash == asked.issuer_key_hash
    return False


def _write(file: Path, content: bytes) -> None:
    """Write so that a crash leaves the old or the new file, readable by its owner only."""
    part = file.with_name(file.name + ".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as target:
        target.write(content)
        target.flush()
        os.fsync(target.fileno())
    part.replace(file)
