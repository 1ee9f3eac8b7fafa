"""Certificates, PINs and signatures with real tokens of SoftHSM2."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from agent_world import PIN, certificate_of
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_der_x509_certificate
from pkcs11 import TokenFlag
from soft_token import DRIVER, SoftTokens, need_soft_token, soft_tokens, usual_keys

from hocba_agent import tokens as room
from hocba_agent.certificates import ECDSA, RSA_PKCS1, RSA_PSS, TokenCertificate
from hocba_agent.refusals import Refusal
from hocba_agent.tokens import Tokens

need_soft_token()

MESSAGES = [f"Học bạ {number}".encode() for number in range(4)]
DIGESTS = [hashlib.sha256(message).digest() for message in MESSAGES]


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoftTokens]:
    with soft_tokens(tmp_path_factory.mktemp("softhsm")) as made:
        made.add("hocba-a", usual_keys())
        made.add("hocba-b", {"other": ec.generate_private_key(ec.SECP256R1())})
        authority = certificate_of(ec.generate_private_key(ec.SECP256R1()), "CA DEMO", ca=True)
        made.put_certificate("hocba-a", "authority", authority)
        made.put_certificate(
            "hocba-a", "keyless", certificate_of(ec.generate_private_key(ec.SECP256R1()))
        )
        yield made


@pytest.fixture
def box(tokens: SoftTokens) -> Tokens:
    return Tokens([DRIVER])


def named(box: Tokens, label: str) -> TokenCertificate:
    return next(row for row in box.certificates() if row.label == label)


def refusal_of(call: Any) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        call()
    return refusal.value


def openssl_agrees(
    folder: Path, row: TokenCertificate, algorithm: str, message: bytes, signature: bytes
) -> bool:
    """An independent program checks the signature over the message."""
    key = load_der_x509_certificate(row.der).public_key()
    (folder / "key.pem").write_bytes(
        key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    (folder / "message").write_bytes(message)
    (folder / "signature").write_bytes(signature)
    pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"]
    run = subprocess.run(
        [
            *("openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "signature"),
            *(pss if algorithm == RSA_PSS else []),
            "message",
        ],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    return run.returncode == 0


def test_certificates_are_listed_without_a_pin(box: Tokens) -> None:
    rows = {(row.token.label, row.label): row for row in box.certificates()}
    assert set(rows) == {
        ("hocba-a", "person-000012345678"),
        ("hocba-a", "unit-79000001"),
        ("hocba-a", "keyless"),
        ("hocba-b", "other"),
    }
    assert rows["hocba-a", "person-000012345678"].algorithms == (ECDSA,)
    assert rows["hocba-a", "unit-79000001"].algorithms == (RSA_PKCS1, RSA_PSS)
    assert rows["hocba-a", "unit-79000001"].owner == "Trần Thị Thử DEMO"
    assert rows["hocba-a", "unit-79000001"].token.serial


@pytest.mark.parametrize(
    ("label", "algorithm"),
    [("person-000012345678", ECDSA), ("unit-79000001", RSA_PKCS1), ("unit-79000001", RSA_PSS)],
)
def test_signatures_verify_here_and_with_openssl(
    box: Tokens, tmp_path: Path, label: str, algorithm: str
) -> None:
    row = named(box, label)
    key = box.log_in(row, PIN)
    try:
        signatures = key.sign(algorithm, DIGESTS)
    finally:
        key.close()
    for message, digest, signature in zip(MESSAGES, DIGESTS, signatures, strict=True):
        assert row.verify(algorithm, digest, signature)
        assert openssl_agrees(tmp_path, row, algorithm, message, signature)
        assert not openssl_agrees(tmp_path, row, algorithm, message + b"!", signature)


def test_a_wrong_pin_opens_nothing(box: Tokens) -> None:
    row = named(box, "unit-79000001")
    refusal = refusal_of(lambda: box.log_in(row, "999999"))
    assert refusal.code == "pin-wrong"
    assert "999999" not in refusal.vi
    assert box.pin_state(row.token) == "low"
    key = box.log_in(row, PIN)
    key.close()
    assert box.pin_state(row.token) == "fine"


def test_many_wrong_pins_leave_no_sessions_behind(box: Tokens) -> None:
    row = named(box, "unit-79000001")
    for _ in range(30):
        assert refusal_of(lambda: box.log_in(row, "999999")).code == "pin-wrong"
    box.log_in(row, PIN).close()


@pytest.mark.parametrize("pin", ["", "1", "9" * 255])
def test_a_pin_of_the_wrong_form(box: Tokens, pin: str) -> None:
    refusal = refusal_of(lambda: box.log_in(named(box, "unit-79000001"), pin))
    assert refusal.code in {"pin-form", "pin-wrong"}


def test_after_closing_nothing_is_signed_and_the_pin_is_asked_again(box: Tokens) -> None:
    row = named(box, "unit-79000001")
    key = box.log_in(row, PIN)
    key.close()
    key.close()
    assert refusal_of(lambda: key.sign(RSA_PKCS1, DIGESTS)).code == "session-closed"
    assert refusal_of(lambda: box.log_in(row, "999999")).code == "pin-wrong"


def test_a_token_that_is_logged_in_refuses_a_second_login(box: Tokens) -> None:
    row = named(box, "unit-79000001")
    key = box.log_in(row, PIN)
    assert refusal_of(lambda: box.log_in(row, "999999")).code == "token-in-use"
    assert key.sign(RSA_PKCS1, DIGESTS[:1])
    key.close()


def test_two_tokens_at_once(box: Tokens) -> None:
    first = box.log_in(named(box, "unit-79000001"), PIN)
    second = box.log_in(named(box, "other"), PIN)
    assert first.sign(RSA_PSS, DIGESTS[:1])
    assert second.sign(ECDSA, DIGESTS[:1])
    first.close()
    assert second.sign(ECDSA, DIGESTS[:1])
    second.close()


def test_listing_certificates_does_not_log_out(box: Tokens) -> None:
    key = box.log_in(named(box, "unit-79000001"), PIN)
    assert box.certificates()
    assert key.sign(RSA_PKCS1, DIGESTS[:1])
    key.close()


def test_a_certificate_without_its_key(box: Tokens) -> None:
    assert refusal_of(lambda: box.log_in(named(box, "keyless"), PIN)).code == "no-key"
    box.log_in(named(box, "unit-79000001"), PIN).close()  # the failed try left no login behind


def test_a_key_that_is_not_the_certificates_gives_no_signature(box: Tokens) -> None:
    row = named(box, "person-000012345678")
    foreign = certificate_of(ec.generate_private_key(ec.SECP256R1()))
    mixed = TokenCertificate(row.token, row.label, row.key_id, foreign)
    key = box.log_in(mixed, PIN)
    refusal = refusal_of(lambda: key.sign(ECDSA, DIGESTS[:1]))
    key.close()
    assert refusal.code == "token-failed"
    assert "SignatureMismatch" in refusal.en


def test_an_unknown_certificate(box: Tokens) -> None:
    assert refusal_of(lambda: box.find("0" * 64)).code == "no-certificate"


@pytest.mark.parametrize("modules", [[], ["/nowhere/driver.so"], ["/usr/lib/os-release"]])
def test_without_a_driver_the_agent_says_so(modules: list[str]) -> None:
    assert refusal_of(Tokens(modules).certificates).code == "no-driver"


def test_a_broken_driver_does_not_hide_the_others(tokens: SoftTokens) -> None:
    assert Tokens(["/nowhere/driver.so", DRIVER]).certificates()


def test_a_removed_token_is_noticed(tmp_path: Path) -> None:
    with soft_tokens(tmp_path) as made:
        made.add("hocba-c", {"unit-79000001": rsa.generate_private_key(65537, 2048)})
        box = Tokens([DRIVER])
        row = box.certificates()[0]
        key = box.log_in(row, PIN)
        assert key.present()
        for folder in (tmp_path / "tokens").iterdir():
            shutil.rmtree(folder)
        refusal = refusal_of(lambda: key.sign(RSA_PKCS1, DIGESTS))
        assert refusal.code in {"token-removed", "token-failed"}
        key.close()


class _Locked:
    """What a driver answers for a card that is locked; SoftHSM2 itself never locks."""

    def __init__(self, token: Any, flags: TokenFlag, error: Exception) -> None:
        pin = (
            TokenFlag.USER_PIN_COUNT_LOW | TokenFlag.USER_PIN_FINAL_TRY | TokenFlag.USER_PIN_LOCKED
        )
        # An earlier wrong PIN of this worker's token may have left its own marks.
        self._token, self.flags, self._error = token, token.flags & ~pin | flags, error
        self.serial, self.label, self.slot = token.serial, token.label, token.slot

    def open(self, **options: Any) -> Any:
        if "user_pin" in options:
            raise self._error
        return self._token.open(**options)


@pytest.mark.parametrize(
    ("flags", "error", "state", "code"),
    [
        (TokenFlag.USER_PIN_LOCKED, pkcs11.PinLocked(), "locked", "pin-locked"),
        (TokenFlag(0), pkcs11.PinLocked(), "fine", "pin-locked"),
        (TokenFlag.USER_PIN_LOCKED, pkcs11.PinIncorrect(), "locked", "pin-locked"),
        (TokenFlag.USER_PIN_FINAL_TRY, pkcs11.PinIncorrect(), "final", "pin-wrong"),
        (TokenFlag.USER_PIN_COUNT_LOW, pkcs11.PinIncorrect(), "low", "pin-wrong"),
        (TokenFlag(0), pkcs11.PinLenRange(), "fine", "pin-form"),
        (TokenFlag(0), pkcs11.TokenNotPresent(), "fine", "token-removed"),
        (TokenFlag(0), pkcs11.DeviceError(), "fine", "token-failed"),
        (TokenFlag.PROTECTED_AUTHENTICATION_PATH, pkcs11.PinIncorrect(), "pad", "pin-wrong"),
    ],
)
def test_what_cards_say_about_their_pin(
    box: Tokens,
    monkeypatch: pytest.MonkeyPatch,
    flags: TokenFlag,
    error: Exception,
    state: str,
    code: str,
) -> None:
    row = named(box, "unit-79000001")
    whole = Tokens._tokens_of
    monkeypatch.setattr(
        Tokens,
        "_tokens_of",
        lambda self, module: (_Locked(token, flags, error) for token in whole(self, module)),
    )
    assert box.pin_state(row.token) == state
    refusal = refusal_of(lambda: box.log_in(row, "999999"))
    assert refusal.code == code
    if state == "final":
        assert "1 lần" in refusal.vi


def test_errors_of_a_card_that_was_pulled_out(box: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
    class Pulled:
        def sign(self, *_: Any, **__: Any) -> bytes:
            raise pkcs11.DeviceRemoved

    key = box.log_in(named(box, "unit-79000001"), PIN)
    monkeypatch.setattr(key, "_private", Pulled())
    assert refusal_of(lambda: key.sign(RSA_PKCS1, DIGESTS)).code == "token-removed"
    key.close()


def test_every_error_that_means_gone_exists() -> None:
    assert all(issubclass(kind, pkcs11.PKCS11Error) for kind in room._GONE)
