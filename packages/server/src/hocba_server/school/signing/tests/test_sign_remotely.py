"""Action: sign with a key at a remote service (CSC API v2), from activation to the last record."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hocba.errors import Refused
from hocba.record.model import FormatProfile
from hocba.signature.xml_verify import verify_signatures
from hocba_certworld.csc.people import CscCredential
from hocba_certworld.local import LocalTimestamp
from hocba_certworld.world import CertWorld
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.signing.models import KeySource, SigningSession
from hocba_server.school.signing.remote import (
    activate_with_code,
    offered_credentials,
    prepare_activation,
)
from hocba_server.school.signing.running import run_session
from hocba_server.school.signing.selectors import session_progress
from hocba_server.school.signing.services import start_session
from hocba_server.school.tests.cast import (
    AT,
    HOMEROOM_ID,
    MUSIC_ID,
    Cast,
    FixedClock,
    TestKeys,
    WorldTrust,
)
from hocba_server.school.tests.remote_provider import PIN, Provider, running_provider
from hocba_server.web.accounts.actor import Actor


@pytest.fixture
def provider(world: CertWorld, keys: TestKeys, settings: object) -> Iterator[Provider]:
    settings.CSC_URL = "https://provider.test/csc/v2"  # type: ignore[attr-defined]
    own = (
        CscCredential("music-pin", keys.key_for(MUSIC_ID), PIN, multisign=2),
        CscCredential("music-otp", keys.key_for(MUSIC_ID), PIN, otp=True, multisign=2),
        CscCredential("colleague", keys.key_for(HOMEROOM_ID), PIN),
    )
    with running_provider(world, own) as running:
        yield running


@pytest.fixture
def session_id(results: Cast, created: int, provider: Provider) -> int:
    return start_session(
        by=results.music, at=AT, batch_id=created, role="GVBM", key_source=KeySource.REMOTE
    )


def activate(
    by: Actor, session_id: int, provider: Provider, trust: WorldTrust, name: str, pin: str = PIN
) -> int:
    prepared = prepare_activation(
        by=by,
        at=AT,
        session_id=session_id,
        service=provider.service,
        token=provider.token,
        credential_id=name,
        trust=trust,
    )
    otp = ""
    if prepared.credential.auth.otp is not None:
        provider.service.send_challenge(provider.token, prepared.credential)
        otp = provider.codes[-1]
    activate_with_code(
        by=by,
        session_id=session_id,
        service=provider.service,
        token=provider.token,
        prepared=prepared,
        pin=pin,
        otp=otp,
    )
    return prepared.records


def run(
    session_id: int,
    provider: Provider,
    keys: TestKeys,
    timestamps: LocalTimestamp,
    trust: WorldTrust,
) -> None:
    run_session(session_id, keys, timestamps, FixedClock(), trust, remote=lambda: provider.service)


def test_one_pin_signs_the_class(
    results: Cast,
    session_id: int,
    provider: Provider,
    keys: TestKeys,
    timestamps: LocalTimestamp,
    trust: WorldTrust,
) -> None:
    offered = offered_credentials(
        by=results.music, session_id=session_id, service=provider.service, token=provider.token
    )
    assert [(each.credential_id, each.needs_otp) for each in offered] == [
        ("music-pin", False),
        ("music-otp", True),
    ]
    assert activate(results.music, session_id, provider, trust, "music-pin") == 3
    assert PIN not in SigningSession.objects.get().activation
    run(session_id, provider, keys, timestamps, trust)
    assert session_progress(session_id).state == "done"
    assert SigningSession.objects.get().activation == ""
    for row in AnnualRecordDraft.objects.all():
        [fact] = verify_signatures(bytes(row.document), FormatProfile.V2_2025)
        assert fact.fault is None
        assert row.state == "subject_signed"


def test_a_one_time_code_covers_what_the_service_allows_then_asks_again(
    results: Cast,
    session_id: int,
    provider: Provider,
    keys: TestKeys,
    timestamps: LocalTimestamp,
    trust: WorldTrust,
) -> None:
    assert activate(results.music, session_id, provider, trust, "music-otp") == 2
    run(session_id, provider, keys, timestamps, trust)
    progress = session_progress(session_id)
    assert (progress.state, progress.done) == ("stopped", 2)
    assert "kích hoạt" in str(progress.problem)
    assert activate(results.music, session_id, provider, trust, "music-otp") == 1
    run(session_id, provider, keys, timestamps, trust)
    progress = session_progress(session_id)
    assert (progress.state, progress.done, progress.problem) == ("done", 3, None)


def test_a_wrong_pin_signs_nothing(
    results: Cast, session_id: int, provider: Provider, trust: WorldTrust
) -> None:
    with pytest.raises(Refused) as refusal:
        activate(results.music, session_id, provider, trust, "music-pin", pin="000000")
    assert refusal.value.code in {"remote_pin", "remote_authentication"}
    assert SigningSession.objects.get().activation == ""
    assert set(AnnualRecordDraft.objects.values_list("state", flat=True)) == {"checked"}


def test_only_the_own_session_and_the_own_certificate(
    results: Cast, session_id: int, provider: Provider, trust: WorldTrust
) -> None:
    with pytest.raises(Refused) as refusal:
        activate(results.music, session_id, provider, trust, "colleague")
    assert refusal.value.code == "foreign_certificate"
    for by, code in ((results.homeroom, "role"), (results.stranger, "not_found")):
        with pytest.raises(Refused) as refusal:
            activate(by, session_id, provider, trust, "music-pin")
        assert refusal.value.code == code
