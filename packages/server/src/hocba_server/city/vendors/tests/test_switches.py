"""Switches: each tolerates what the texts leave open, for one vendor, and is audited."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from hocba.errors import Malformed, Refused
from hocba.packet.transactions import ResultQuery
from hocba.record.sample import SCHOOL_CODE
from hocba_certworld.cast import Cast
from hocba_server.city.conftest import Submit
from hocba_server.city.gateway.services import answer_in_dialect
from hocba_server.city.tests.cast import ADMINISTRATOR, OFFICER, SENT, registration, submission
from hocba_server.city.vendors.models import Vendor, VendorSwitch
from hocba_server.city.vendors.selectors import history_of, switches_of
from hocba_server.city.vendors.services import give_account, register_vendor, set_switch
from hocba_server.city.vendors.switches import SWITCHES, dialect_of
from hocba_server.web.audit.models import AuditEntry


@pytest.fixture
def vendor(approved: str) -> str:
    code = register_vendor(
        by=ADMINISTRATOR,
        at=SENT,
        name="Công ty Mẫu",
        software="Trường Xanh 3.1",
        contact_name="Nguyễn Văn Mẫu",
        contact_email="mau@example.vn",
    )
    give_account(by=ADMINISTRATOR, at=SENT, code=code, user_name=approved)
    return code


def turn(code: str, **values: str) -> None:
    for name, value in values.items():
        set_switch(by=ADMINISTRATOR, at=SENT, code=code, name=name, value=value)


def changed(sent: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {**sent, "authenticationRequest": {**sent["authenticationRequest"], **values}}


@pytest.mark.parametrize(
    ("switch", "values"),
    [
        ("year_as_text", {"nam_hoc": "2025"}),
        ("year_as_text", {"nam_hoc": "2025-2026"}),
        ("type_as_number", {"type": 1}),
    ],
)
def test_a_tolerance_holds_for_this_vendor_only(
    vendor: str, cast: Cast, documents: list[bytes], switch: str, values: dict[str, Any]
) -> None:
    sent = changed(submission(documents[:1], cast.seal), **values)
    assert answer_in_dialect(sent, at=SENT)["Error"] == "2002"
    turn(vendor, **{switch: "on"})
    assert answer_in_dialect(sent, at=SENT)["Error"] == "0"


def test_other_dates_of_a_registration(vendor: str, cast: Cast) -> None:
    sent = registration(cast.seal)
    day = sent["ngay_hieu_luc"]
    for written in (f"{day[8:]}/{day[5:7]}/{day[:4]}", f"{day}T00:00:00+07:00"):
        assert answer_in_dialect({**sent, "ngay_hieu_luc": written}, at=SENT)["Error"] == "2002"
    turn(vendor, other_dates="on")
    written = f"{day[8:]}/{day[5:7]}/{day[:4]}"
    assert answer_in_dialect({**sent, "ngay_hieu_luc": written}, at=SENT)["error"] == "0"


def test_answers_take_the_vendors_form(
    submit: Submit, vendor: str, documents: list[bytes], cast: Cast
) -> None:
    package = submit(documents[0])
    query = ResultQuery(package.message_id, SCHOOL_CODE).to_json()  # type: ignore[arg-type]
    turn(vendor, results="list", success="00", codes="text", title="right")
    [entry] = answer_in_dialect(query, at=SENT)
    assert entry["error"] == "00"
    turn(vendor, codes="number", own_fields="off", results="object", success="200")
    answer = answer_in_dialect(query, at=SENT)
    assert "pending_count" not in answer
    assert answer["danh_sach"][0]["error"] == 200
    turn(vendor, title="official", codes="text", success="0")
    registered = answer_in_dialect(registration(cast.seal), at=SENT)
    assert "error_filed_title" in registered
    assert "error_field_title" not in registered


def test_the_form_reaches_the_wire(vendor: str, submit: Submit, documents: list[bytes]) -> None:
    package = submit(documents[0])
    turn(vendor, results="list")
    query = ResultQuery(package.message_id, SCHOOL_CODE).to_json()  # type: ignore[arg-type]
    answer = Client().post("/api/v1/giao-dich", json.dumps(query), content_type="application/json")
    assert isinstance(json.loads(answer.content), list)


def test_no_switch_changes_who_may_send_or_what_is_valid(
    vendor: str, cast: Cast, documents: list[bytes]
) -> None:
    for switch in SWITCHES:
        turn(vendor, **{switch.name: switch.options[-1].value})
    stranger = cast.world.issue_organisation("Trường Khác", SCHOOL_CODE)
    refused = answer_in_dialect(submission(documents[:1], stranger), at=SENT)
    assert refused["Error"] == 1403
    broken = documents[0].replace(b"<CAN_NANG>28.5<", b"<CAN_NANG>38.5<", 1)
    assert answer_in_dialect(submission([broken], cast.seal), at=SENT)["Error"] == 200


def test_a_change_is_audited_and_back_to_default_leaves_no_row(vendor: str) -> None:
    turn(vendor, results="list")
    assert VendorSwitch.objects.count() == 1
    turn(vendor, results="list")  # twice changes nothing
    turn(vendor, results="object")
    assert not VendorSwitch.objects.exists()
    entries = AuditEntry.objects.using("city").filter(action="set_vendor_switch")
    assert [(one.detail["before"], one.detail["after"]) for one in entries] == [
        ("object", "list"),
        ("list", "object"),
    ]
    row = Vendor.objects.get(code=vendor)
    assert all(state.value == state.switch.default for state in switches_of(row))
    assert len(history_of(by=OFFICER, vendor=row)) == 4


def test_a_value_that_is_none_is_refused_and_so_is_another_role(vendor: str) -> None:
    with pytest.raises(Malformed):
        set_switch(by=ADMINISTRATOR, at=SENT, code=vendor, name="results", value="xml")
    with pytest.raises(Malformed):
        set_switch(by=ADMINISTRATOR, at=SENT, code=vendor, name="khong-co", value="on")
    with pytest.raises(Refused):
        set_switch(by=OFFICER, at=SENT, code=vendor, name="results", value="list")


def test_every_switch_is_a_field_of_the_dialect() -> None:
    for switch in SWITCHES:
        for option in switch.options:
            dialect = dialect_of({switch.name: option.value})
            assert hasattr(dialect, switch.name)
    assert dialect_of({"cu": "on", "results": "cu"}) == dialect_of({})
