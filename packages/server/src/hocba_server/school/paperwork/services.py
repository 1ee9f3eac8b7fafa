"""Signing a paper: at once with a key at hand, in two rounds with a device, or at a service."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.serialization import Encoding

from hocba.errors import Refused
from hocba.ports import Key
from hocba.trust.identity import signer_personal_id, signer_unit
from hocba_server.adapters.keystores import KeyStore
from hocba_server.adapters.remote_signing import (
    AuthorizationRequest,
    Credential,
    RemoteKey,
    RemoteSigningService,
)
from hocba_server.school.signing.key_sources import key_sources
from hocba_server.school.signing.models import KeySource
from hocba_server.school.signing.paper_rounds import (
    Offer,
    Work,
    answer,
    ask,
    digests_out,
    set_aside,
    wish_out,
)
from hocba_server.school.signing.paper_tasks import Kept, PaperTask, Typed, Wish
from hocba_server.school.signing.remote import OfferedCredential, offered
from hocba_server.school.signing.rounds import Digests
from hocba_server.web.accounts.actor import Actor


def _work(task: PaperTask, by: Actor) -> Work[Kept]:
    def sign(key: Key, moment: dt.datetime, wish: Wish) -> Kept:
        return task.sign(by, key, moment, wish)

    return sign


def sign_now(*, by: Actor, at: dt.datetime, task: PaperTask, typed: Typed, keys: KeyStore) -> Kept:
    """Sign with a key that the platform reaches. Raises `Refused` (`no_key`) where it has none."""
    if KeySource.SERVER not in key_sources(task.role, by.unit_code):
        raise Refused(
            "no_key",
            "Hệ thống không giữ khoá này. Ký bằng thiết bị hoặc dịch vụ ký từ xa.",
            "The platform does not hold this key. Use the device or the remote service.",
        )
    wish = task.read(by, typed)
    unit = by.unit_code
    key = keys.organisation_key(unit) if task.organisation else keys.key_for(str(by.personal_id))
    return task.sign(by, key, at.replace(microsecond=0), wish)


def next_round(
    *, by: Actor, at: dt.datetime, task: PaperTask, typed: Typed, offer: Offer
) -> Digests:
    """What the signer's own device has to sign for this paper."""
    wish = task.read(by, typed)
    wanted = ask(by=by, at=at, purpose=task.name, wish=wish, offer=offer, work=_work(task, by))
    return Digests(wanted, task.count(wish))


def complete_round(
    *, by: Actor, at: dt.datetime, task: PaperTask, signatures: Sequence[bytes]
) -> Kept:
    """Keep the paper with the signatures of the device."""
    return answer(by=by, at=at, purpose=task.name, signatures=signatures, work=_work(task, by))


def go_remote(*, by: Actor, at: dt.datetime, task: PaperTask, typed: Typed) -> None:
    """Keep what is to be signed while the person signs in to the remote service."""
    set_aside(by=by, at=at, purpose=task.name, wish=task.read(by, typed))


def credentials(
    *, by: Actor, task: PaperTask, service: RemoteSigningService, token: str
) -> list[OfferedCredential]:
    """The signer's credentials at the service; the school's for what the school signs."""
    return offered(service, token, lambda credential: _belongs(by, task, credential))


def _belongs(by: Actor, task: PaperTask, credential: Credential) -> bool:
    if task.organisation:
        return signer_unit(credential.certificate) == by.unit_code
    return signer_personal_id(credential.certificate) == str(by.personal_id)


@dataclass(frozen=True, slots=True)
class RemoteRound:
    """What the person authorises at the service."""

    credential: Credential
    digests: tuple[bytes, ...]
    description: str


def prepare_remote(
    *,
    by: Actor,
    at: dt.datetime,
    task: PaperTask,
    service: RemoteSigningService,
    token: str,
    credential_id: str,
) -> RemoteRound:
    """Fix the digests for the credential that was chosen; no more than it signs at once."""
    credential = service.credential(token, credential_id)
    key = RemoteKey(service, credential)
    wish = wish_out(by=by, purpose=task.name)
    if key.most_at_once is not None:
        wish = task.limit(wish, key.most_at_once)
    der = key.certificate.public_bytes(Encoding.DER)
    digests = ask(
        by=by,
        at=at,
        purpose=task.name,
        wish=wish,
        offer=Offer(der, key.algorithm),
        work=_work(task, by),
    )
    return RemoteRound(credential, digests, f"Học bạ số: {task.title.vi}")


def sign_remotely(
    *,
    by: Actor,
    at: dt.datetime,
    task: PaperTask,
    service: RemoteSigningService,
    token: str,
    prepared: RemoteRound,
    pin: str,
    otp: str,
) -> Kept:
    """Authorise with PIN and one-time code and sign. The codes are kept nowhere."""
    key = RemoteKey(service, prepared.credential)
    key.authorize(
        prepared.digests, service_token=token, pin=pin, otp=otp, description=prepared.description
    )
    signatures = key.sign_digests(prepared.digests)
    return complete_round(by=by, at=at, task=task, signatures=signatures)


def sign_after_page(
    *,
    by: Actor,
    at: dt.datetime,
    task: PaperTask,
    service: RemoteSigningService,
    token: str,
    credential_id: str,
    request: AuthorizationRequest,
    returned: Mapping[str, str],
) -> Kept:
    """Sign after the person authorised on the service's own page (oauth2code)."""
    credential = service.credential(token, credential_id)
    digests = digests_out(by=by, purpose=task.name)
    activation = service.finish_credential(request, returned, credential, digests)
    key = RemoteKey(service, credential, replace(activation, service_token=token))
    return complete_round(by=by, at=at, task=task, signatures=key.sign_digests(digests))
