"""Action: a leader's certificate is declared and approved; intake compares it (Đ20.3)."""

from __future__ import annotations

from typing import Any

import pytest

from hocba.record.sample import LEADER
from hocba_certworld.cast import Cast
from hocba_server.city.certificates.models import CertificateRegistration
from hocba_server.city.certificates.selectors import approved_leaders, approved_seals
from hocba_server.city.certificates.services import approve
from hocba_server.city.conftest import Submit
from hocba_server.city.gateway.models import RecordOutcome
from hocba_server.city.gateway.services import answer_request
from hocba_server.city.tests.cast import SENT, WARD_OFFICER, registration


def declare(cast: Cast) -> CertificateRegistration:
    answer = answer_request(registration(cast.people[LEADER.personal_id]), at=SENT)
    assert answer["error"] == "0", answer
    return CertificateRegistration.objects.get(holder="leader")


def test_it_is_no_seal(approved: str, cast: Cast) -> None:
    row = declare(cast)
    assert row.personal_id == LEADER.personal_id
    approve(by=WARD_OFFICER, at=SENT, registration_id=row.pk)
    assert len(approved_seals(approved)) == 1
    assert len(approved_leaders(approved, SENT)) == 1


@pytest.mark.parametrize(
    ("rule", "accepted", "noted"),
    [("off", True, False), ("compare", True, True), ("strict", False, False)],
)
def test_intake_compares_as_the_department_wants(
    rule: str, accepted: bool, noted: bool, submit: Submit, documents: list[bytes], settings: Any
) -> None:
    settings.CERTIFICATE_LEADERS = rule
    submit(documents[0])
    outcome = RecordOutcome.objects.get()
    assert outcome.accepted is accepted
    assert bool(outcome.note) is noted
    assert outcome.code == ("0" if accepted else "2203")


def test_an_approved_leader_passes_the_strict_rule(
    submit: Submit, cast: Cast, documents: list[bytes], settings: Any
) -> None:
    settings.CERTIFICATE_LEADERS = "strict"
    approve(by=WARD_OFFICER, at=SENT, registration_id=declare(cast).pk)
    submit(documents[0])
    outcome = RecordOutcome.objects.get()
    assert (outcome.accepted, outcome.note) == (True, "")
