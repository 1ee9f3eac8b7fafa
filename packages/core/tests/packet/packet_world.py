"""A signer with a self-made certificate, and packages of invented records for the tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.x509.oid import NameOID

from hocba.packet.package import complete_transaction, prepare_transaction
from hocba.trust.algorithms import SignatureAlgorithm

SIGNED_AT = datetime(2026, 5, 29, 8, 0, tzinfo=timezone(timedelta(hours=7)))
RECORDS = [
    f'<HOC_BA><DU_LIEU_HOC_BA Id="data-{at}"><HO_VA_TEN>Nguyễn Thị Mẫu &amp; {at}</HO_VA_TEN>\n'
    f"  <A  b='x>y' ></A></DU_LIEU_HOC_BA></HOC_BA>".encode()
    for at in range(3)
]


class Signer:
    """A key in memory with a certificate of its own, good for the year 2026."""

    def __init__(self, algorithm: SignatureAlgorithm) -> None:
        self.algorithm = algorithm
        self.key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
        if algorithm is SignatureAlgorithm.ECDSA_P256_SHA256:
            self.key = ec.generate_private_key(ec.SECP256R1())
        else:
            self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tiểu học Mẫu & DEMO")])
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(0x0ABC)
            .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2027, 1, 1, tzinfo=UTC))
            .sign(self.key, hashes.SHA256())
        )

    def sign(self, digest: bytes) -> bytes:
        """Sign a SHA-256 digest as the port `Key` does."""
        prehashed = Prehashed(hashes.SHA256())
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return self.key.sign(digest, ec.ECDSA(prehashed))
        if self.algorithm is SignatureAlgorithm.RSA_PSS_SHA256:
            pss = padding.PSS(padding.MGF1(hashes.SHA256()), salt_length=32)
            return self.key.sign(digest, pss, prehashed)
        return self.key.sign(digest, padding.PKCS1v15(), prehashed)

    def package(self, records: Sequence[bytes] = RECORDS) -> bytes:
        """A signed package."""
        prepared = prepare_transaction(records, self.certificate, self.algorithm, SIGNED_AT)
        return complete_transaction(prepared, self.sign(prepared.digest))


SIGNER = Signer(SignatureAlgorithm.ECDSA_P256_SHA256)
OTHER_SIGNER = Signer(SignatureAlgorithm.ECDSA_P256_SHA256)
