"""Keys of signed requests: registered by the administrator, used, revoked; and their nonces."""

from __future__ import annotations

import datetime as dt
import hashlib
import re

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)
from cryptography.x509 import load_pem_x509_certificate
from django.db import IntegrityError

from hocba.errors import Malformed, Refused
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.gateway.models import GatewayAccount
from hocba_server.city.permissions import CityRole, deny_role, require
from hocba_server.city.vendors.models import KeyAlgorithm, RequestKey, SeenNonce, Vendor
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

MAX_PEM = 10_000
_KEY_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,79}", re.ASCII)
_SMALLEST_RSA = 2048


def register_key(
    *,
    by: Actor,
    at: dt.datetime,
    key_id: str,
    pem: str,
    vendor: Vendor | None = None,
    account: GatewayAccount | None = None,
    pkcs1: bool = False,
) -> int:
    """Register a public key (PEM, or a certificate that holds it) of a vendor or of one account.

    `pkcs1`: an RSA key signs by PKCS#1 v1.5, as most tokens of schools do, instead of PSS. Raises
    `Malformed` (`key`, `key_id`) and `Refused` (`role`, `key_taken`).
    """
    require(deny_role(by, CityRole.ADMINISTRATOR))
    if not _KEY_ID.fullmatch(key_id):
        raise Malformed(
            "key_id",
            "Tên khoá gồm 3 đến 80 chữ cái không dấu, chữ số, dấu chấm, gạch.",
            "A key id has 3 to 80 letters, digits, dots and dashes.",
            where="key_id",
        )
    public_key = _public_key(pem)
    algorithm = _algorithm(public_key, pkcs1=pkcs1)
    der = public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    text = public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    try:
        with city_transaction():
            row = RequestKey.objects.create(
                key_id=key_id,
                vendor=vendor,
                account=account,
                algorithm=algorithm,
                public_key=text.decode("ascii"),
                fingerprint=hashlib.sha256(der).hexdigest(),
                registered_by=by.user_id,
                registered_at=at,
            )
            _audit(by, at, "register_request_key", row)
    except IntegrityError:
        raise Refused(
            "key_taken",
            "Tên khoá này đã có; hãy chọn tên khác.",
            "This key id is taken; choose another.",
        ) from None
    return row.pk


def revoke_key(
    *,
    by: Actor,
    at: dt.datetime,
    key_id: str,
    vendor: Vendor | None = None,
    account: GatewayAccount | None = None,
) -> None:
    """Revoke a key: from now on nothing signed with it is accepted. Twice changes nothing.

    With an owner given, only a key of that owner. Raises `Refused` (`role`, `not_found`).
    """
    require(deny_role(by, CityRole.ADMINISTRATOR))
    with city_transaction():
        rows = RequestKey.objects.select_for_update(of=("self",)).filter(key_id=key_id)
        if vendor is not None:
            rows = rows.filter(vendor=vendor)
        if account is not None:
            rows = rows.filter(account=account)
        row = rows.first()
        if row is None:
            raise Refused("not_found", "Không có khoá này.", "There is no such key.")
        if row.revoked_at is not None:
            return
        row.revoked_by, row.revoked_at = by.user_id, at
        row.save(update_fields=["revoked_by", "revoked_at"])
        _audit(by, at, "revoke_request_key", row)


def usable_key(key_id: str) -> RequestKey | None:
    """The key, if it is registered, not revoked, and its owner may speak."""
    row = (
        RequestKey.objects.select_related("vendor", "account")
        .filter(key_id=key_id, revoked_at__isnull=True)
        .first()
    )
    if row is None:
        return None
    owner = row.vendor or row.account
    return row if owner is not None and owner.active else None


def spend_nonce(*, key: RequestKey, nonce: str, until: dt.datetime) -> bool:
    """Remember a nonce; False when it was used before. The database decides between two at once."""
    _, fresh = SeenNonce.objects.get_or_create(key=key, nonce=nonce, defaults={"expires_at": until})
    return fresh


def _public_key(pem: str) -> PublicKeyTypes:
    data = pem.strip().encode("utf-8")[: MAX_PEM + 1]
    try:
        if len(data) > MAX_PEM:
            raise ValueError("too long")
        if b"BEGIN CERTIFICATE" in data:
            return load_pem_x509_certificate(data).public_key()
        return load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        raise Malformed(
            "key",
            "Không đọc được khoá công khai; dán trọn tệp PEM (BEGIN PUBLIC KEY hoặc "
            "BEGIN CERTIFICATE). Không bao giờ dán khoá bí mật.",
            "The public key cannot be read; paste the whole PEM. Never paste a private key.",
            where="pem",
        ) from None


def _algorithm(key: PublicKeyTypes, *, pkcs1: bool) -> KeyAlgorithm:
    if isinstance(key, ed25519.Ed25519PublicKey):
        return KeyAlgorithm.ED25519
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return KeyAlgorithm.ECDSA
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= _SMALLEST_RSA:
        return KeyAlgorithm.RSA_PKCS1 if pkcs1 else KeyAlgorithm.RSA_PSS
    raise Malformed(
        "key",
        "Chỉ nhận khoá Ed25519, ECDSA P-256, hoặc RSA từ 2048 bit.",
        "Only Ed25519, ECDSA P-256 and RSA of 2048 bits or more are accepted.",
        where="pem",
    )


def _audit(by: Actor, at: dt.datetime, action: str, row: RequestKey) -> None:
    owner = row.vendor.code if row.vendor else row.account.user_name if row.account else ""
    record_event(
        using=CITY_DATABASE,
        by=by,
        at=at,
        action=action,
        subject=f"key:{row.key_id}",
        detail={"owner": owner, "fingerprint": row.fingerprint},
    )
