"""`python soft_token.py P12 PASSWORD_FILE LABEL PIN`: put a demo key into a new SoftHSM2 token.

Runs in a process of its own: the driver reads `SOFTHSM2_CONF` once in a process.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pkcs11
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from pkcs11.util.rsa import decode_rsa_private_key
from pkcs11.util.x509 import decode_x509_certificate

DRIVERS = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
DRIVER = next((driver for driver in DRIVERS if Path(driver).exists()), "")


def main() -> None:
    file, password, label, pin = sys.argv[1:]
    key, certificate, _ = pkcs12.load_key_and_certificates(
        Path(file).read_bytes(), Path(password).read_bytes()
    )
    assert key is not None
    assert certificate is not None
    der = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    own = {pkcs11.Attribute.LABEL: label, pkcs11.Attribute.ID: b"1", pkcs11.Attribute.TOKEN: True}
    token = pkcs11.lib(DRIVER).get_token(token_label=label)
    with token.open(rw=True, user_pin=pin) as session:
        session.create_object({**decode_rsa_private_key(der), **own})
        der = certificate.public_bytes(serialization.Encoding.DER)
        session.create_object({**decode_x509_certificate(der), **own})


if __name__ == "__main__":
    main()
