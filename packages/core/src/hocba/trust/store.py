"""Whom a verifier trusts: root certificates and the keys of public logs. Parsed once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_public_key

from hocba.errors import Malformed
from hocba.trust.parsing import UNREADABLE, load_certificate

_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----[A-Za-z0-9+/=\s]{1,20000}-----END \1-----")


@dataclass(frozen=True, eq=False)
class TrustStore:
    """Trust anchors; two stores are equal only when they are the same object."""

    roots: tuple[x509.Certificate, ...] = ()
    log_keys: tuple[Ed25519PublicKey, ...] = ()

    @classmethod
    def from_pem(cls, files: Iterable[bytes]) -> TrustStore:
        """Read PEM files: every CERTIFICATE is a root, every Ed25519 PUBLIC KEY is a log's key.

        Raises `Malformed` with code `trust_file` for anything else that looks like a PEM block.
        """
        roots: list[x509.Certificate] = []
        log_keys: list[Ed25519PublicKey] = []
        for content in files:
            blocks = list(_BLOCK.finditer(content))
            if len(blocks) != content.count(b"-----BEGIN "):
                raise _wrong_file()
            for block in blocks:
                try:
                    if block[1] == b"CERTIFICATE":
                        pem = x509.load_pem_x509_certificate(block[0])
                        roots.append(load_certificate(pem.public_bytes(Encoding.DER)))
                        continue
                    key = load_pem_public_key(block[0]) if block[1] == b"PUBLIC KEY" else None
                except UNREADABLE:
                    key = None
                if not isinstance(key, Ed25519PublicKey):
                    raise _wrong_file()
                log_keys.append(key)
        return cls(tuple(dict.fromkeys(roots)), tuple(log_keys))


def _wrong_file() -> Malformed:
    return Malformed(
        "trust_file",
        "Tệp tin cậy chỉ được chứa chứng thư gốc (CERTIFICATE) và khoá Ed25519 của sổ công khai.",
        "A trust file holds root certificates and Ed25519 public keys of logs only.",
    )
