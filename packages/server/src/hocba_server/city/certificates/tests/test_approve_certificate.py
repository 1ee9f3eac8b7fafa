"""Transactions 3 and 4: a school declares its certificate, an officer decides, the school asks."""

from __future__ import annotations

import pytest

from hocba.errors import Refused
from hocba.record.sample import SCHOOL_CODE
from hocba_certworld.cast import Cast
from hocba_server.city.certificates.models import CertificateRegistration
from hocba_server.city.certificates.selectors import approved_seal
from hocba_server.city.certificates.services import approve, refuse
from hocba_server.city.gateway.services import answer_request
from hocba_server.city.tests.cast import ADMINISTRATOR, OFFICER, SENT, STRANGER, registration


def _ask(number: str) -> object:
    query = {"messageid": number, "ma_don_vi": SCHOOL_CODE, "ma_nam_hoc": 2025}
    return answer_request(query, at=SENT).get("trang_thai_phe_duyet")


def test_an_approved_certificate_is_the_schools_seal(school: str, cast: Cast) -> None:
    request = registration(cast.seal)
    assert answer_request(request, at=SENT)["error"] == "0"
    assert approved_seal(school, SENT) is None
    assert _ask(request["messageid"]) is None
    row = CertificateRegistration.objects.get()
    approve(by=OFFICER, at=SENT, registration_id=row.pk)
    seal = approved_seal(school, SENT)
    assert seal is not None
    assert seal.sha256.hex() == row.fingerprint
    assert _ask(request["messageid"]) == 1


def test_a_refusal_tells_the_school_why(school: str, cast: Cast) -> None:
    request = registration(cast.seal)
    answer_request(request, at=SENT)
    row = CertificateRegistration.objects.get()
    with pytest.raises(Refused, match="lý do"):
        refuse(by=OFFICER, at=SENT, registration_id=row.pk, reason=" ")
    refuse(by=OFFICER, at=SENT, registration_id=row.pk, reason="Sai tên trường")
    assert _ask(request["messageid"]) == 0
    with pytest.raises(Refused):
        approve(by=OFFICER, at=SENT, registration_id=row.pk)


def test_only_an_officer_decides(school: str, cast: Cast) -> None:
    answer_request(registration(cast.seal), at=SENT)
    row = CertificateRegistration.objects.get()
    for person in (ADMINISTRATOR, STRANGER):
        with pytest.raises(Refused) as refused:
            approve(by=person, at=SENT, registration_id=row.pk)
        assert refused.value.code == "role"


def test_a_public_school_needs_the_governments_authority(school: str, cast: Cast) -> None:
    key = cast.world.issue_organisation("Trường Tiểu học Mẫu", SCHOOL_CODE, ca="public")
    answer_request(registration(key), at=SENT)
    row = CertificateRegistration.objects.get()
    with pytest.raises(Refused) as refused:
        approve(by=OFFICER, at=SENT, registration_id=row.pk)
    assert refused.value.code == "issuer"


def test_a_certificate_of_another_school_is_not_taken(school: str, cast: Cast) -> None:
    key = cast.world.issue_organisation("Trường Tiểu học Khác", "00000999")
    assert answer_request(registration(key), at=SENT)["error"] != "0"
    assert not CertificateRegistration.objects.exists()


def test_the_same_registration_again_is_kept_once(school: str, cast: Cast) -> None:
    request = registration(cast.seal)
    first = answer_request(request, at=SENT)
    assert answer_request(request, at=SENT) == first
    assert CertificateRegistration.objects.count() == 1
