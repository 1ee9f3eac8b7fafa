"""A record signed with keys at the service verifies as strictly as any other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from hocba.errors import Refused
from hocba.record.codec import write_data
from hocba.record.model import SignerRole, SlotId
from hocba.record.sample import HOMEROOM, LEADER, sample_record
from hocba.record.slots import required_slots
from hocba.signature.sign import prepare_signature, sign_many
from hocba.signature.xml_verify import SignatureRules, verify_signatures
from hocba.trust.algorithms import SignatureAlgorithm
from hocba_certworld.cast import SIGNED, Cast, owner_of
from hocba_certworld.csc.people import CscCredential, CscUser, KnownPeople
from hocba_certworld.softkey import SoftKey
from hocba_certworld.world import CertWorld
from hocba_server.adapters.remote_signing import (
    AuthMode,
    RemoteKey,
    open_activation,
    seal_activation,
)


@pytest.fixture(scope="module")
def cast(tmp_path_factory: pytest.TempPathFactory) -> Cast:
    folder = tmp_path_factory.mktemp("cast") / "world"
    return Cast.hire(CertWorld.create(folder, SIGNED - timedelta(days=1)))


@pytest.fixture
def staffed(provider: Any, cast: Cast) -> Any:
    """The people of the sample record hold their keys at the service; the seal lies there too."""

    def customer(name: str, key: SoftKey, *, web: bool = False) -> CscUser:
        mode: Any = "oauth2code" if web else "explicit"
        return CscUser(name, (CscCredential(f"{name}-key", key, provider.pin, mode=mode),))

    people = [
        customer(number, key, web=number == LEADER.personal_id)
        for number, key in cast.people.items()
    ]
    provider.service.office.people = KnownPeople([*people, customer("seal", cast.seal)])
    return provider


def activated(provider: Any, owner: str, digests: Sequence[bytes]) -> RemoteKey:
    """Authorise in one process, and go on in another with what was stored."""
    client = provider.client()
    token = client.client_login().value
    credential = client.credential(token, f"{owner}-key")
    if credential.auth.mode is AuthMode.OAUTH2_CODE:
        request = client.begin_credential(credential, digests)
        back = provider.allow(request.url, pin=provider.pin)
        activation = client.finish_credential(request, back, credential, digests)
    else:
        key = RemoteKey(client, credential)
        activation = key.authorize(digests, service_token=token, pin=provider.pin)
    stored = seal_activation(activation)
    return RemoteKey(client, credential, open_activation(stored, provider.watch.now()))


def test_a_class_signed_at_the_service_verifies_strictly(staffed: Any, cast: Cast) -> None:
    records = [sample_record(4, seed=number) for number in range(3)]
    documents = [write_data(record) for record in records]
    for hour, slot in enumerate(required_slots(records[0])):
        number = owner_of(slot, records[0])
        moment = SIGNED + timedelta(hours=hour)
        known = cast.people[number] if number else cast.seal
        algorithm = SignatureAlgorithm[known.algorithm]
        prepared = [
            prepare_signature(document, slot, known.certificate, algorithm, moment, number)
            for document in documents
        ]
        key = activated(staffed, number or "seal", [one.digest for one in prepared])
        assert key.algorithm == known.algorithm
        documents = sign_many(documents, slot, key, moment, number)
    for document in documents:
        facts = verify_signatures(cast.stamp(document), None, SignatureRules.STRICT)
        assert [fact.slot for fact in facts] == list(required_slots(records[0]))
        assert all(fact.integrity == "ok" for fact in facts)
        assert facts[-1].timestamp is not None
    assert staffed.calls("signatures/signHash") == len(required_slots(records[0]))


def test_a_record_changed_after_it_was_authorised_is_not_signed(staffed: Any, cast: Cast) -> None:
    slot = SlotId(SignerRole.HOMEROOM_TEACHER)
    number = HOMEROOM.personal_id
    key = cast.people[number]
    documents = [write_data(sample_record(4, seed=seed)) for seed in (1, 2)]
    digest = prepare_signature(
        documents[0], slot, key.certificate, SignatureAlgorithm[key.algorithm], SIGNED, number
    ).digest
    remote = activated(staffed, number, [digest])
    with pytest.raises(Refused) as fault:
        sign_many([documents[1]], slot, remote, SIGNED, number)
    assert fault.value.code == "not_authorised"
    with pytest.raises(Refused):
        sign_many(documents[:1], slot, remote, SIGNED + timedelta(seconds=1), number)
    assert staffed.calls("signatures/signHash") == 0
    assert sign_many(documents[:1], slot, remote, SIGNED, number)
