"""Action: sign with the signer's own device; digests go out, signatures come back."""

from __future__ import annotations

import datetime as dt

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from hocba.errors import HocBaError, Refused
from hocba.record.model import FormatProfile
from hocba.signature.xml_verify import verify_signatures
from hocba_certworld.local import LocalTimestamp
from hocba_certworld.softkey import SoftKey
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.signing.models import KeySource, SigningRound
from hocba_server.school.signing.rounds import Digests, complete_round, next_round
from hocba_server.school.signing.selectors import session_progress
from hocba_server.school.signing.services import start_session, stop_session
from hocba_server.school.tests.cast import AT, MUSIC_ID, Cast, TestKeys, WorldTrust
from hocba_server.web.accounts.actor import Actor


@pytest.fixture
def session_id(results: Cast, created: int) -> int:
    return start_session(
        by=results.music, at=AT, batch_id=created, role="GVBM", key_source=KeySource.AGENT
    )


def ask(by: Actor, session_id: int, key: SoftKey, trust: WorldTrust) -> Digests:
    return next_round(
        by=by,
        at=AT,
        session_id=session_id,
        certificate=key.certificate.public_bytes(Encoding.DER),
        algorithm=key.algorithm,
        trust=trust,
    )


def test_a_class_is_signed_by_a_key_that_the_platform_never_sees(
    results: Cast, session_id: int, keys: TestKeys, timestamps: LocalTimestamp, trust: WorldTrust
) -> None:
    key = keys.key_for(MUSIC_ID)
    digests = ask(results.music, session_id, key, trust)
    assert (len(digests.values), digests.records) == (3, 3)
    assert complete_round(
        by=results.music,
        at=AT,
        session_id=session_id,
        signatures=key.sign_digests(digests.values),
        timestamp=timestamps,
    )
    assert session_progress(session_id).state == "done"
    row = AnnualRecordDraft.objects.first()
    assert row is not None
    assert row.state == "subject_signed"
    [fact] = verify_signatures(bytes(row.document), FormatProfile.V2_2025)
    assert fact.fault is None


def test_wrong_answers_sign_nothing(
    results: Cast, session_id: int, keys: TestKeys, timestamps: LocalTimestamp, trust: WorldTrust
) -> None:
    key = keys.key_for(MUSIC_ID)
    digests = ask(results.music, session_id, key, trust)
    right = key.sign_digests(digests.values)
    other = keys.key_for(results.homeroom.personal_id or "").sign_digests(digests.values)
    for signatures in (right[:2], [*right, right[0]], [right[0], right[2], right[1]], other):
        with pytest.raises(HocBaError):
            complete_round(
                by=results.music,
                at=AT,
                session_id=session_id,
                signatures=signatures,
                timestamp=timestamps,
            )
        assert set(AnnualRecordDraft.objects.values_list("state", flat=True)) == {"checked"}
        assert session_progress(session_id).done == session_progress(session_id).failed == 0


def test_a_round_is_asked_anew_and_ends_by_itself(
    results: Cast, session_id: int, keys: TestKeys, timestamps: LocalTimestamp, trust: WorldTrust
) -> None:
    key = keys.key_for(MUSIC_ID)
    first = ask(results.music, session_id, key, trust)
    second = ask(results.music, session_id, key, trust)
    assert SigningRound.objects.count() == 1
    assert first.values == second.values
    with pytest.raises(Refused) as refusal:
        complete_round(
            by=results.music,
            at=AT + dt.timedelta(minutes=16),
            session_id=session_id,
            signatures=key.sign_digests(second.values),
            timestamp=timestamps,
        )
    assert refusal.value.code == "round_expired"


def test_only_the_signer_with_the_own_certificate(
    results: Cast, session_id: int, keys: TestKeys, trust: WorldTrust
) -> None:
    with pytest.raises(Refused) as refusal:
        ask(results.music, session_id, keys.key_for(results.homeroom.personal_id or ""), trust)
    assert refusal.value.code == "foreign_certificate"
    for by, code in ((results.homeroom, "role"), (results.stranger, "not_found")):
        with pytest.raises(Refused) as refusal:
            ask(by, session_id, keys.key_for(MUSIC_ID), trust)
        assert refusal.value.code == code


def test_a_stopped_session_gives_no_digests(
    results: Cast, session_id: int, keys: TestKeys, trust: WorldTrust
) -> None:
    stop_session(by=results.music, at=AT, session_id=session_id)
    with pytest.raises(Refused) as refusal:
        ask(results.music, session_id, keys.key_for(MUSIC_ID), trust)
    assert refusal.value.code == "stopped"


def test_a_record_that_changes_meanwhile_is_not_signed(
    results: Cast, session_id: int, keys: TestKeys, timestamps: LocalTimestamp, trust: WorldTrust
) -> None:
    key = keys.key_for(MUSIC_ID)
    digests = ask(results.music, session_id, key, trust)
    AnnualRecordDraft.objects.filter(pk=AnnualRecordDraft.objects.order_by("pk")[0].pk).update(
        state="draft"
    )
    with pytest.raises(Refused) as refusal:
        complete_round(
            by=results.music,
            at=AT,
            session_id=session_id,
            signatures=key.sign_digests(digests.values),
            timestamp=timestamps,
        )
    assert refusal.value.code == "round_changed"
