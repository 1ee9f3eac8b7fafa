from __future__ import annotations

import datetime as dt
import secrets

from hocba.ports import Key
from hocba.trust.algorithms import SignatureAlgorithm, verify_digest
from hocba.trust.identity import signer_name
from hocba.workflow.transitions import Denial
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.onboarding.found import SIGNERS
from hocba_server.school.onboarding.models import KeyTrial
from hocba_server.school.registry.models import School, SchoolRole
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.selectors import own_school, own_staff
from hocba_server.school.signing.approval import note_certificate
from hocba_server.school.signing.certificate_checks import (
    CertificateTrust,
    InstalledTrust,
    check_certificate,
)
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event


def try_key(
    *,
    by: Actor,
    at: dt.datetime,
    key: Key,
    organisation: bool,
    trust: CertificateTrust | None = None,
    number: bytes | None = None,
) -> int:
    """Let a key sign a random number and check signature and certificate; nothing is issued.

    The clerk tries the school's key, a signer the own one. A key that answers later gets its
    `number` beforehand (`new_number`). Raises `Refused`: `role`, what `check_certificate`
    refuses; `NotTrusted` when signature and certificate do not fit.
    """
    school = own_school(by)
    owner = _key_owner(by, school, organisation=organisation)
    report = check_certificate(
        key.certificate,
        key.chain,
        owner=owner,
        organisation=organisation,
        at=at,
        trust=trust or InstalledTrust(),
    )
    _sign_once(key, number or new_number())
    with school_transaction():
        # The head finds the certificate among those to approve before the first real signature.
        note_certificate(school=school, certificate=key.certificate, owner=owner, at=at)
        row = KeyTrial.objects.create(
            school=school,
            owner=owner,
            owner_name=signer_name(key.certificate)[:200],
            fingerprint=report.fingerprint,
            valid_until=key.certificate.not_valid_after_utc,
            warnings=[{"vi": each.vi, "en": each.en} for each in report.warnings],
            tried_by=by.user_id,
            tried_at=at,
        )
        record_event(
            using=SCHOOL_DATABASE,
            by=by,
            at=at,
            action="try_key",
            subject=f"key_trial:{row.pk}",
            detail={"organisation": organisation, "fingerprint": report.fingerprint},
        )
    return row.pk


def _key_owner(by: Actor, school: School, *, organisation: bool) -> str:
    """Return whose certificate it must be: the school's code or the signer's own number."""
    require(deny_trial(by, organisation=organisation))
    return school.code if organisation else own_staff(by).personal_id


def deny_trial(by: Actor, *, organisation: bool) -> Denial | None:
    """The clerk tries the school's key, a signer the own one."""
    return deny_role(by, *((SchoolRole.SCHOOL_CLERK,) if organisation else SIGNERS))


def new_number() -> bytes:
    """32 random bytes; nobody can have prepared a signature over them."""
    return secrets.token_bytes(32)


def _sign_once(key: Key, number: bytes) -> None:
    """Let the key sign the number and check the signature. Raises `NotTrusted`."""
    verify_digest(
        key.certificate.public_key(),
        SignatureAlgorithm[key.algorithm],
        number,
        key.sign_digests([number])[0],
    )
