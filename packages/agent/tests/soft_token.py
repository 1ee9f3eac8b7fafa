"""Real tokens of SoftHSM2 for these tests, as packages/server/tests/adapters makes them."""

from __future__ import annotations

import os
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pkcs11
import pytest
from agent_world import PIN, PrivateKey, certificate_of
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pkcs11.util.x509 import decode_x509_certificate

DRIVERS = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
DRIVER = next((driver for driver in DRIVERS if Path(driver).exists()), "")
SO_PIN = "654321"


def need_soft_token() -> None:
    """Warnings are errors here: a machine without SoftHSM2 is not passed over in silence."""
    if not (DRIVER and shutil.which("softhsm2-util")):
        warnings.warn("SoftHSM2 absent: the agent is NOT tested (package softhsm2)", stacklevel=2)
        pytest.skip("NOT TESTED: softhsm2 is not installed", allow_module_level=True)


@dataclass(frozen=True)
class SoftTokens:
    """Where the tokens lie."""

    folder: Path

    def add(self, label: str, keys: dict[str, PrivateKey]) -> dict[str, bytes]:
        """A token with these keys; their certificates."""
        self._run("--init-token", "--free", "--label", label, "--so-pin", SO_PIN, "--pin", PIN)
        reload_driver()
        return {name: self._put(label, name, key) for name, key in keys.items()}

    def _put(self, token_label: str, name: str, key: PrivateKey) -> bytes:
        pem = self.folder / f"{name}.pem"
        pem.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        options = ("--token", token_label, "--label", name, "--id", name.encode().hex())
        self._run("--import", str(pem), *options, "--pin", PIN)
        pem.unlink()
        der = certificate_of(key)
        self.put_certificate(token_label, name, der)
        return der

    def put_certificate(self, token_label: str, name: str, der: bytes) -> None:
        """A certificate beside a key of the same name."""
        token = pkcs11.lib(DRIVER).get_token(token_label=token_label)
        with token.open(rw=True, user_pin=PIN) as session:
            attributes = decode_x509_certificate(der)
            attributes[pkcs11.Attribute.TOKEN] = True
            attributes[pkcs11.Attribute.LABEL] = name
            attributes[pkcs11.Attribute.ID] = name.encode()
            session.create_object(attributes)

    @staticmethod
    def _run(*arguments: str) -> None:
        subprocess.run(["softhsm2-util", *arguments], check=True, capture_output=True)


def reload_driver() -> None:
    """The driver reads where its tokens lie when it is initialised, once for a process."""
    with suppress(pkcs11.PKCS11Error):
        pkcs11.lib(DRIVER).finalize()


@contextmanager
def soft_tokens(folder: Path) -> Iterator[SoftTokens]:
    """A folder of tokens of its own; the driver is left ready for other tests."""
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        assert os.environ["SOFTHSM2_CONF"]
        reload_driver()
        yield SoftTokens(folder)
        reload_driver()


def usual_keys() -> dict[str, PrivateKey]:
    """One key of each kind that may sign."""
    return {
        "person-000012345678": ec.generate_private_key(ec.SECP256R1()),
        "unit-79000001": rsa.generate_private_key(65537, 2048),
    }
