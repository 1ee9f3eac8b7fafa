"""Transactions 3 and 4: a school declares its certificate, an officer decides, the school asks."""

from __future__ import annotations

from typing import Any

import pytest

from hocba.errors import Refused
from hocba.record.sample import SCHOOL_CODE
from hocba_certworld.cast import Cast
from hocba_server.city.certificates.models import CertificateRegistration, Unit
from hocba_server.city.certificates.selectors import (
    approved_seal,
    registration_by_id,
    waiting_for,
)
from hocba_server.city.certificates.services import approve, refuse
from hocba_server.city.gateway.services import answer_request
from hocba_server.city.tests.cast import (
    ADMINISTRATOR,
    INSPECTOR,
    OFFICER,
    OTHER_WARD,
    SENT,
    STRANGER,
    WARD_OFFICER,
    registration,
)
from hocba_server.config.offices import read_offices


def _ask(number: str) -> object:
    query = {"messageid": number, "ma_don_vi": SCHOOL_CODE, "ma_nam_hoc": 2025}
    return answer_request(query, at=SENT).get("trang_thai_phe_duyet")


def test_an_approved_certificate_is_the_schools_seal(school: str, cast: Cast) -> None:
    request = registration(cast.seal)
    assert answer_request(request, at=SENT)["error"] == "0"
    assert approved_seal(school, SENT) is None
    assert _ask(request["messageid"]) is None
    row = CertificateRegistration.objects.get()
    approve(by=WARD_OFFICER, at=SENT, registration_id=row.pk)
    seal = approved_seal(school, SENT)
    assert seal is not None
    assert seal.sha256.hex() == row.fingerprint
    assert _ask(request["messageid"]) == 1


def test_a_refusal_tells_the_school_why(school: str, cast: Cast) -> None:
    request = registration(cast.seal)
    answer_request(request, at=SENT)
    row = CertificateRegistration.objects.get()
    with pytest.raises(Refused, match="lý do"):
        refuse(by=WARD_OFFICER, at=SENT, registration_id=row.pk, reason=" ")
    refuse(by=WARD_OFFICER, at=SENT, registration_id=row.pk, reason="Sai tên trường")
    assert _ask(request["messageid"]) == 0
    with pytest.raises(Refused):
        approve(by=WARD_OFFICER, at=SENT, registration_id=row.pk)


def test_only_an_officer_of_the_right_office_decides(
    school: str, cast: Cast, settings: Any
) -> None:
    answer_request(registration(cast.seal), at=SENT)
    row = CertificateRegistration.objects.get()
    for person in (ADMINISTRATOR, STRANGER, OTHER_WARD, OFFICER, INSPECTOR):
        with pytest.raises(Refused) as refused:
            approve(by=person, at=SENT, registration_id=row.pk)
        assert refused.value.code == "role"
        with pytest.raises(Refused):
            refuse(by=person, at=SENT, registration_id=row.pk, reason="Sai")
    assert [one.pk for one in waiting_for(by=WARD_OFFICER)] == [row.pk]
    assert waiting_for(by=OFFICER) == waiting_for(by=OTHER_WARD) == []
    settings.CERTIFICATE_STAND_IN = True
    approve(by=OFFICER, at=SENT, registration_id=row.pk)


def test_the_highest_level_decides_whose_school_it_is(school: str, cast: Cast) -> None:
    Unit.objects.update(levels=["primary", "upper_secondary"])
    answer_request(registration(cast.seal), at=SENT)
    row = CertificateRegistration.objects.get()
    with pytest.raises(Refused, match="Sở Giáo dục"):
        approve(by=WARD_OFFICER, at=SENT, registration_id=row.pk)
    with pytest.raises(Refused):
        registration_by_id(by=WARD_OFFICER, registration_id=row.pk)
    approve(by=OFFICER, at=SENT, registration_id=row.pk)


def test_the_department_may_have_it_otherwise(school: str, cast: Cast, settings: Any) -> None:
    settings.CERTIFICATE_OFFICES = read_offices("primary=department")
    answer_request(registration(cast.seal), at=SENT)
    row = CertificateRegistration.objects.get()
    with pytest.raises(Refused):
        approve(by=WARD_OFFICER, at=SENT, registration_id=row.pk)
    approve(by=OFFICER, at=SENT, registration_id=row.pk)
    with pytest.raises(ValueError, match="HOCBA_CERTIFICATE_OFFICES"):
        read_offices("primary=district")


def test_a_public_school_needs_the_governments_authority(school: str, cast: Cast) -> None:
    key = cast.world.issue_organisation("Trường Tiểu học Mẫu", SCHOOL_CODE, ca="public")
    answer_request(registration(key), at=SENT)
    row = CertificateRegistration.objects.get()
    with pytest.raises(Refused) as refused:
        approve(by=WARD_OFFICER, at=SENT, registration_id=row.pk)
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
