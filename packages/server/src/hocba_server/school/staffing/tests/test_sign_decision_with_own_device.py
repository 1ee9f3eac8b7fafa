"""Action: the head signs the decision on assignments with a key that the platform never reaches."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from hocba.errors import HocBaError, Refused
from hocba.ports import Key
from hocba.rendition.seal import read_seal
from hocba.trust.identity import signer_personal_id
from hocba_certworld.local import LocalTimestamp
from hocba_server.school.registry.models import School
from hocba_server.school.signing.models import PaperRound
from hocba_server.school.signing.paper_rounds import Offer, Work, answer, ask
from hocba_server.school.signing.paper_tasks import Wish
from hocba_server.school.staffing.assignment_services import assign_class
from hocba_server.school.staffing.decision_lines import coverage_of
from hocba_server.school.staffing.decision_services import (
    DecisionWish,
    shown_digest,
    sign_decision,
)
from hocba_server.school.staffing.models import AssignmentDecision
from hocba_server.school.staffing.tests.conftest import NEW_ID
from hocba_server.school.staffing.tests.refusals import entries
from hocba_server.school.tests.cast import AT, HEAD_ID, YEAR, Cast, TestKeys, WorldTrust
from hocba_server.web.accounts.actor import Actor

PURPOSE = f"decision:{YEAR}"


@pytest.fixture
def work(cast: Cast, timestamps: LocalTimestamp, trust: WorldTrust) -> Work[int]:
    return _work(cast, cast.principal, timestamps, trust)


def _work(cast: Cast, by: Actor, timestamps: LocalTimestamp, trust: WorldTrust) -> Work[int]:
    def sign(key: Key, moment: dt.datetime, wish: Wish) -> int:
        return sign_decision(
            by=by,
            at=moment,
            school_id=cast.school_id,
            wish=DecisionWish(**wish),
            key=key,
            timestamp=timestamps,
            trust=trust,
        )

    return sign


def _wish(cast: Cast) -> dict[str, Any]:
    school = School.objects.get(pk=cast.school_id)
    return {
        "school_year": YEAR,
        "number": 5,
        "seen": shown_digest(coverage_of(school, YEAR)),
    }


def _offer(key: Key) -> Offer:
    return Offer(key.certificate.public_bytes(Encoding.DER), key.algorithm)


def test_what_the_device_signed_is_the_decision(
    cast: Cast, keys: TestKeys, work: Work[int]
) -> None:
    key, by = keys.key_for(HEAD_ID), cast.principal
    digests = ask(by=by, at=AT, purpose=PURPOSE, wish=_wish(cast), offer=_offer(key), work=work)
    assert len(digests) == 1
    assert not AssignmentDecision.objects.exists()
    row_id = answer(by=by, at=AT, purpose=PURPOSE, signatures=key.sign_digests(digests), work=work)
    row = AssignmentDecision.objects.get(pk=row_id)
    fact = read_seal(bytes(row.content))
    assert fact.fault is None
    assert signer_personal_id(fact.certificate) == HEAD_ID
    assert len(entries("sign_assignment_decision")) == 1
    assert not PaperRound.objects.exists()
    with pytest.raises(Refused) as refusal:
        answer(by=by, at=AT, purpose=PURPOSE, signatures=[b"again"], work=work)
    assert refusal.value.code == "no_round"


def test_what_does_not_fit_is_not_signed(
    cast: Cast, keys: TestKeys, staff: dict[str, int], work: Work[int]
) -> None:
    key, by = keys.key_for(HEAD_ID), cast.principal
    named: dict[str, Any] = {"by": by, "at": AT, "purpose": PURPOSE, "work": work}
    digests = ask(**named, wish=_wish(cast), offer=_offer(key))
    right = key.sign_digests(digests)
    late = AT + dt.timedelta(hours=2)
    wrongs: tuple[tuple[dict[str, Any], str], ...] = (
        ({"signatures": []}, "key_answer"),
        ({"signatures": key.sign_digests([bytes(32)])}, "signature_mismatch"),
        ({"signatures": right, "at": late}, "no_round"),
        ({"signatures": right, "by": cast.homeroom}, "no_round"),
        ({"signatures": right, "purpose": "decision:2024-2025"}, "no_round"),
    )
    for changed, code in wrongs:
        with pytest.raises(HocBaError) as fault:
            answer(**{**named, **changed})
        assert getattr(fault.value, "code", code) == code
    # What was shown changes before the signature comes back: the head has to read it again.
    assign_class(
        by=by,
        at=AT,
        classroom_id=cast.classroom_id,
        chosen={"89": staff[NEW_ID]},
    )
    with pytest.raises(Refused) as refusal:
        answer(**named, signatures=right)
    assert refusal.value.code == "decision_changed"
    assert not AssignmentDecision.objects.exists()


def test_others_are_refused_before_anything_goes_out(
    cast: Cast, keys: TestKeys, timestamps: LocalTimestamp, trust: WorldTrust
) -> None:
    key = keys.key_for(HEAD_ID)
    for by in (cast.homeroom, cast.clerk, cast.administrator):
        with pytest.raises(Refused) as refusal:
            ask(
                by=by,
                at=AT,
                purpose=PURPOSE,
                wish=_wish(cast),
                offer=_offer(key),
                work=_work(cast, by, timestamps, trust),
            )
        assert refusal.value.code == "role"
    assert not PaperRound.objects.exists()
