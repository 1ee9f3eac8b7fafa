"""Keys in tokens and HSMs behind PKCS#11; PINs come from the operator's environment.

The private key never leaves the token: it gets digests and answers signatures.
`HOCBA_PKCS11_MODULE` is the driver, `HOCBA_PKCS11_TOKEN` the label, `HOCBA_PKCS11_PIN` the PIN.
Objects are labelled `person-<number>` and `unit-<code>`.
Sources: PKCS#11 v2.40 (CKM_RSA_PKCS with DigestInfo, CKM_RSA_PKCS_PSS, CKM_ECDSA).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from hocba.errors import Refused, Unavailable
from hocba.trust.algorithms import SignatureAlgorithm
from hocba_server.adapters.keystores import KeyStore

_SHA256_DIGEST_INFO: Final = bytes.fromhex("3031300d060960864801650304020105000420")
"""DER prefix of a DigestInfo with SHA-256 (RFC 8017 section 9.2)."""


@dataclass(frozen=True)
class Pkcs11Key:
    """`hocba.ports.Key` of one key in an open session."""

    private_key: Any = field(repr=False)
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()
    pss: bool = False

    @property
    def algorithm(self) -> str:
        """Name of a member of `SignatureAlgorithm`."""
        if isinstance(self.certificate.public_key(), ec.EllipticCurvePublicKey):
            return SignatureAlgorithm.ECDSA_P256_SHA256.name
        if self.pss:
            return SignatureAlgorithm.RSA_PSS_SHA256.name
        return SignatureAlgorithm.RSA_PKCS1_SHA256.name

    def sign_digests(self, digests: Sequence[bytes]) -> list[bytes]:
        """Sign in one session. Raises `Unavailable` when the token is gone or refuses."""
        import pkcs11

        try:
            return [self._sign(digest, pkcs11) for digest in digests]
        except pkcs11.PKCS11Error as error:
            raise Unavailable(
                "token",
                "Thiết bị ký không ký được. Kiểm tra thiết bị rồi ký lại; chưa có gì được ký.",
                f"The token could not sign: {type(error).__name__}.",
            ) from error

    def _sign(self, digest: bytes, pkcs11: Any) -> bytes:
        mechanism = pkcs11.Mechanism
        if self.algorithm == SignatureAlgorithm.ECDSA_P256_SHA256.name:
            raw = bytes(self.private_key.sign(digest, mechanism=mechanism.ECDSA))
            half = len(raw) // 2
            return encode_dss_signature(
                int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big")
            )
        if self.pss:
            parameters = (mechanism.SHA256, pkcs11.MGF.SHA256, len(digest))
            return bytes(
                self.private_key.sign(
                    digest, mechanism=mechanism.RSA_PKCS_PSS, mechanism_param=parameters
                )
            )
        return bytes(
            self.private_key.sign(_SHA256_DIGEST_INFO + digest, mechanism=mechanism.RSA_PKCS)
        )


class TokenKeyStore:
    """Keys of one token, found by their labels. The session stays open with the process."""

    def __init__(self, module: str, token: str, pin: str, *, pss: bool = False) -> None:
        import pkcs11

        self._pkcs11 = pkcs11
        self._pss = pss
        self._keys: dict[str, Pkcs11Key] = {}
        try:
            self._session = pkcs11.lib(module).get_token(token_label=token).open(user_pin=pin)
        except (pkcs11.PKCS11Error, RuntimeError) as error:
            raise Unavailable(
                "token",
                "Không mở được thiết bị ký: kiểm tra thiết bị, trình điều khiển và mã PIN.",
                f"The token cannot be opened: {type(error).__name__}.",
            ) from error

    def key_for(self, personal_id: str) -> Pkcs11Key:
        """Key of a person."""
        return self._key(f"person-{personal_id}")

    def organisation_key(self, unit_code: str) -> Pkcs11Key:
        """Key of a school or department."""
        return self._key(f"unit-{unit_code}")

    def _key(self, label: str) -> Pkcs11Key:
        known = self._keys.get(label)
        if known is not None:
            return known
        kinds = self._pkcs11.ObjectClass
        attribute = self._pkcs11.Attribute
        try:
            wanted = {attribute.CLASS: kinds.CERTIFICATE, attribute.LABEL: label}
            found = list(
                self._session.get_objects(wanted)
            )  # to its end: else the search stays open
            certificate = x509.load_der_x509_certificate(found[0][attribute.VALUE])
            private = self._session.get_key(object_class=kinds.PRIVATE_KEY, label=label)
        except (self._pkcs11.PKCS11Error, IndexError, ValueError) as error:
            raise Refused(
                "no_key",
                "Thiết bị ký không có khoá và chứng thư số của người này.",
                f"The token holds no key and certificate labelled {label}.",
            ) from error
        key = Pkcs11Key(private, certificate, pss=self._pss)
        self._keys[label] = key
        return key


_opened: dict[tuple[str, str], TokenKeyStore] = {}
_opening: Final = threading.Lock()


def token_key_store() -> KeyStore:
    """The token that the environment names, opened once per process."""
    module = os.environ.get("HOCBA_PKCS11_MODULE", "")
    token = os.environ.get("HOCBA_PKCS11_TOKEN", "")
    pin = os.environ.get("HOCBA_PKCS11_PIN", "")
    if not (module and token and pin):
        raise Unavailable(
            "token",
            "Chưa khai báo thiết bị ký (HOCBA_PKCS11_MODULE, _TOKEN, _PIN).",
            "No token is set (HOCBA_PKCS11_MODULE, _TOKEN, _PIN).",
        )
    with _opening:  # a process logs in to a token once; a second login is an error
        if (module, token) not in _opened:
            _opened[module, token] = TokenKeyStore(module, token, pin)
        return _opened[module, token]
