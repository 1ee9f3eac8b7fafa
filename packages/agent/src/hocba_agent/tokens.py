"""Tokens behind PKCS#11 drivers: certificates without a PIN, signatures after one.

Sources: PKCS#11 v2.40, 5.6 (sessions and login), 2.1 and 2.3 (CKM_RSA_PKCS with a DigestInfo,
CKM_RSA_PKCS_PSS, CKM_ECDSA). python-pkcs11 initialises drivers without asking for locks, so one
lock keeps threads apart.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

import pkcs11
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pkcs11 import Attribute, Mechanism, ObjectClass, TokenFlag

from hocba_agent.certificates import ECDSA, RSA_PSS, TokenCertificate, TokenName
from hocba_agent.refusals import Refusal

_DIGEST_INFO: Final = bytes.fromhex("3031300d060960864801650304020105000420")
"""DER prefix of a DigestInfo with SHA-256 (RFC 8017 section 9.2)."""
_PSS_SALT: Final = 32

_GONE: Final = (
    pkcs11.DeviceRemoved,
    pkcs11.TokenNotPresent,
    pkcs11.TokenNotRecognised,
    pkcs11.SessionHandleInvalid,
    pkcs11.SessionClosed,
    pkcs11.SlotIDInvalid,
)


class OpenKey:
    """A private key whose token is logged in. `close` logs out."""

    def __init__(
        self, session: Any, private: Any, certificate: TokenCertificate, lock: threading.RLock
    ) -> None:
        self._session, self._private, self._certificate = session, private, certificate
        self._lock = lock
        self.closed = False

    def sign(self, algorithm: str, digests: Sequence[bytes]) -> list[bytes]:
        """Sign SHA-256 digests, all or nothing. Each signature is checked before it leaves.

        Others may use the token between two digests, so that closing need not wait for hundreds.
        Raises `token-removed`, `token-failed`, `pin-each-time`, `session-closed`.
        """
        signatures = []
        for digest in digests:
            with self._lock:
                if self.closed:
                    raise Refusal("session-closed")
                try:
                    signature = self._sign(algorithm, digest)
                except _GONE:
                    raise Refusal("token-removed") from None
                except pkcs11.UserNotLoggedIn:
                    raise Refusal("pin-each-time") from None
                except pkcs11.PKCS11Error as error:
                    raise self._failure(error) from None
            if not self._certificate.verify(algorithm, digest, signature):
                raise Refusal("token-failed", detail="SignatureMismatch")
            signatures.append(signature)
        return signatures

    def _failure(self, error: Exception) -> Refusal:
        if not self._is_present():
            return Refusal("token-removed")
        return Refusal("token-failed", detail=type(error).__name__)

    def _sign(self, algorithm: str, digest: bytes) -> bytes:
        if algorithm == ECDSA:
            raw = bytes(self._private.sign(digest, mechanism=Mechanism.ECDSA))
            half = len(raw) // 2
            return encode_dss_signature(
                int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big")
            )
        if algorithm == RSA_PSS:
            parameters = (Mechanism.SHA256, pkcs11.MGF.SHA256, _PSS_SALT)
            return bytes(
                self._private.sign(
                    digest, mechanism=Mechanism.RSA_PKCS_PSS, mechanism_param=parameters
                )
            )
        return bytes(self._private.sign(_DIGEST_INFO + digest, mechanism=Mechanism.RSA_PKCS))

    def present(self) -> bool:
        """Whether the token is still plugged in."""
        with self._lock:
            return self._is_present()

    def _is_present(self) -> bool:
        try:
            found = self._session.token.slot.get_token()
        except pkcs11.PKCS11Error:
            return False
        return _serial(found) == self._certificate.token.serial

    def close(self) -> None:
        """Log out; a token that is gone has done so itself."""
        with self._lock:
            if not self.closed:
                self.closed = True
                with suppress(pkcs11.PKCS11Error):
                    self._session.close()


class Tokens:
    """All tokens that the given drivers show."""

    def __init__(self, modules: Sequence[str]) -> None:
        self._modules = tuple(modules)
        self._lock = threading.RLock()
        self._open: list[OpenKey] = []

    def certificates(self) -> list[TokenCertificate]:
        """Certificates of persons and organisations on all tokens; no PIN needed.

        A driver that fails is passed over. Raises `no-driver` when none can be loaded.
        """
        with self._lock:
            found: dict[tuple[str, bytes], TokenCertificate] = {}
            loaded = 0
            for module in self._modules:
                try:
                    rows = list(self._of_module(module))
                except (pkcs11.PKCS11Error, OSError):
                    continue
                loaded += 1
                for row in rows:  # two drivers may show the same token
                    found.setdefault((row.token.serial, row.der), row)
            if not loaded:
                raise Refusal("no-driver")
            return [row for row in found.values() if not row.of_an_authority]

    def _of_module(self, module: str) -> Iterator[TokenCertificate]:
        for token in self._tokens_of(module):
            name = TokenName(module, _serial(token), token.label)
            try:
                session = token.open()
                try:
                    wanted = {Attribute.CLASS: ObjectClass.CERTIFICATE}
                    for row in list(session.get_objects(wanted)):
                        yield TokenCertificate(
                            name,
                            _text(row, Attribute.LABEL),
                            _bytes(row, Attribute.ID),
                            _bytes(row, Attribute.VALUE),
                        )
                finally:
                    session.close()
            except pkcs11.PKCS11Error:
                continue

    def _tokens_of(self, module: str) -> Iterator[Any]:
        for slot in pkcs11.lib(module).get_slots(token_present=True):
            try:
                token = slot.get_token()
            except pkcs11.PKCS11Error:
                continue
            if token.flags & TokenFlag.TOKEN_INITIALIZED:
                yield token

    def find(self, sha256: str) -> TokenCertificate:
        """The certificate with this digest. Raises `no-certificate`, `no-driver`."""
        found = next((row for row in self.certificates() if row.sha256 == sha256), None)
        if found is None:
            raise Refusal("no-certificate")
        return found

    def pin_state(self, name: TokenName) -> str:
        """What the token tells about its PIN: `fine`, `low`, `final`, `locked`, `pad` or `gone`."""
        with self._lock:
            try:
                flags = self._token(name).flags
            except Refusal:
                return "gone"
        if flags & TokenFlag.USER_PIN_LOCKED:
            return "locked"
        if flags & TokenFlag.USER_PIN_FINAL_TRY:
            return "final"
        if flags & TokenFlag.PROTECTED_AUTHENTICATION_PATH:
            return "pad"
        return "low" if flags & TokenFlag.USER_PIN_COUNT_LOW else "fine"

    def _token(self, name: TokenName) -> Any:
        try:
            tokens = self._tokens_of(name.module)
            found = next((row for row in tokens if _serial(row) == name.serial), None)
        except pkcs11.PKCS11Error:
            found = None
        if found is None:
            raise Refusal("token-removed")
        return found

    def log_in(self, certificate: TokenCertificate, pin: str) -> OpenKey:
        """Open the token with the PIN and find the key of the certificate.

        Raises `pin-wrong`, `pin-locked`, `pin-form`, `token-in-use`, `token-removed`, `no-key`,
        `pin-each-time`, `token-failed`.
        """
        with self._lock:
            token = self._token(certificate.token)
            if token.flags & TokenFlag.USER_PIN_LOCKED:
                raise Refusal("pin-locked")
            on_pad = token.flags & TokenFlag.PROTECTED_AUTHENTICATION_PATH
            try:
                session = token.open(user_pin=pkcs11.PROTECTED_AUTH if on_pad else pin)
            except pkcs11.PKCS11Error as error:
                refusal = self._login_failure(error, certificate.token)
                self._drop_leftovers(certificate.token.module)
                raise refusal from None
            try:
                private = _private_key(session, certificate)
            except (Refusal, pkcs11.PKCS11Error) as error:
                with suppress(pkcs11.PKCS11Error):
                    session.close()
                if isinstance(error, Refusal):
                    raise
                raise Refusal("token-failed", detail=type(error).__name__) from None
            key = OpenKey(session, private, certificate, self._lock)
            self._open = [row for row in self._open if not row.closed] + [key]
            return key

    def _login_failure(self, error: Exception, name: TokenName) -> Refusal:
        if isinstance(error, pkcs11.PinLocked):
            return Refusal("pin-locked")
        if isinstance(error, pkcs11.PinLenRange | pkcs11.PinInvalid):
            return Refusal("pin-form")
        if isinstance(error, pkcs11.UserAlreadyLoggedIn | pkcs11.AnotherUserAlreadyLoggedIn):
            return Refusal("token-in-use")
        if isinstance(error, _GONE):
            return Refusal("token-removed")
        if not isinstance(error, pkcs11.PinIncorrect):
            return Refusal("token-failed", detail=type(error).__name__)
        state = self.pin_state(name)
        if state == "locked":
            return Refusal("pin-locked")
        vi, en = PIN_STATES["final" if state == "final" else "low"]
        return Refusal("pin-wrong", left_vi=vi, left_en=en)

    def _drop_leftovers(self, module: str) -> None:
        """A failed login leaves its session open in python-pkcs11; tokens have few of them."""
        self._open = [row for row in self._open if not row.closed]
        if not self._open:
            with suppress(pkcs11.PKCS11Error):
                pkcs11.lib(module).reinitialize()


PIN_STATES: Final[dict[str, tuple[str, str]]] = {
    "final": (
        "Chỉ còn 1 lần nhập: nếu sai nữa, thiết bị sẽ bị khoá.",
        "Only 1 try is left: another wrong PIN locks the token.",
    ),
    "low": (
        "Thiết bị không cho biết còn mấy lần nhập; nhập sai nhiều lần sẽ bị khoá.",
        "The token does not tell how many tries are left; many wrong PINs lock it.",
    ),
}
"""What a person is told about the tries that are left: PKCS#11 has flags for it, no number."""


def _private_key(session: Any, certificate: TokenCertificate) -> Any:
    """By CKA_ID as PKCS#11 advises, by label where the card has no such identifier."""
    kind = {Attribute.CLASS: ObjectClass.PRIVATE_KEY}
    found: list[Any] = []
    if certificate.key_id:
        found = list(session.get_objects({**kind, Attribute.ID: certificate.key_id}))
    if not found and certificate.label:
        found = list(session.get_objects({**kind, Attribute.LABEL: certificate.label}))
    if not found:
        raise Refusal("no-key")
    with suppress(pkcs11.PKCS11Error, KeyError):
        if found[0][Attribute.ALWAYS_AUTHENTICATE]:
            raise Refusal("pin-each-time")
    return found[0]


def _serial(token: Any) -> str:
    return bytes(token.serial).decode("utf-8", "replace").strip()


def _text(row: Any, attribute: Attribute) -> str:
    try:
        return str(row[attribute])
    except (pkcs11.PKCS11Error, ValueError):
        return ""


def _bytes(row: Any, attribute: Attribute) -> bytes:
    try:
        return bytes(row[attribute])
    except (pkcs11.PKCS11Error, ValueError):
        return b""
