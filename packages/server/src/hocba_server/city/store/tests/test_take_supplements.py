"""The store takes rows and closings, and says what it holds; all of it signed, nothing twice."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Mapping
from typing import Any

import hypothesis
from django.test import Client
from hypothesis import strategies as st

from hocba.ids import MessageId, SchoolYear, UnitCode
from hocba.packet.holdings import SchoolHoldings, read_records, read_schools
from hocba.packet.package import pack_content
from hocba.packet.supplement import (
    SupplementKind,
    SupplementRequest,
    complete_supplement,
    prepare_supplement,
)
from hocba.record.codec import read_record
from hocba.record.national.columns import Event, Table
from hocba.record.national.rows import Envelope, Known, national_rows
from hocba.record.sample import SCHOOL_CODE, sample_record
from hocba.tlog.closing_list import NO_FORMER, ClosingLine, ClosingList, ClosingRound
from hocba.trust.algorithms import SignatureAlgorithm
from hocba_certworld.softkey import SoftKey
from hocba_server.city.closing.tests.test_closing_pages import sign_in, text
from hocba_server.city.log_key import log_key, log_origin
from hocba_server.city.store.models import NationalRow, ReceivedClosing, ReceivedMessage
from hocba_server.city.store.services import answer_supplement
from hocba_server.city.store.tests.conftest import Report
from hocba_server.city.tests.cast import SENT

OLD = str(sample_record(4).record_uuid)


def message(
    kind: SupplementKind,
    body: Mapping[str, Any],
    key: SoftKey,
    *,
    number: str = "",
    unit: str = "79",
    signed: dt.datetime = SENT,
) -> dict[str, Any]:
    prepared = prepare_supplement(
        kind, body, key.certificate, SignatureAlgorithm[key.algorithm], signed
    )
    content = pack_content(complete_supplement(prepared, key.sign_digests([prepared.digest])[0]))
    number = number or str(uuid.uuid4())
    return SupplementRequest(MessageId(number), UnitCode(unit), kind, content).to_json()


def rows_of(document: bytes, version: int = 1, *, in_force: bool = True) -> dict[str, Any]:
    record = read_record(document).record
    event = Event.NEW if version == 1 else Event.UPDATE
    made = national_rows(record, Envelope(event, version, SENT), Known(in_force=in_force))
    lines = [{"bang": row.table.value, "gia_tri": dict(row.values)} for row in made.rows]
    return {"ma_tra_cuu_uuid": str(record.record_uuid), "dong": lines}


def send_rows(key: SoftKey, *items: dict[str, Any], **named: Any) -> dict[str, Any]:
    return answer_supplement(
        message(SupplementKind.ROWS, {"hoc_ba": list(items)}, key, **named), at=SENT
    )


def main() -> NationalRow:
    return NationalRow.objects.get(table=Table.RECORD.value, row_id=OLD)


def test_rows_are_kept_and_only_grow(
    report: Report, documents: list[bytes], department_key: SoftKey, client: Client
) -> None:
    report(*documents)
    answer = send_rows(department_key, *(rows_of(document) for document in documents))
    assert [line["trang_thai"] for line in answer["ket_qua"]["hoc_ba"]] == [1, 1, 1]
    assert NationalRow.objects.filter(table=Table.RECORD.value).count() == 3
    send_rows(department_key, rows_of(documents[0], 3, in_force=False))
    assert (main().version, main().state, main().event) == (3, "2", "UPdate")
    answer = send_rows(department_key, rows_of(documents[0], 2))
    assert answer["Error"] == "0"
    assert (main().version, main().state) == (3, "2"), "an older version is ignored"
    first = ReceivedMessage.objects.order_by("pk")[0]
    assert OLD in text(sign_in(client, "SO_DUYET"), f"/so/kho/goi/{first.pk}/")


def test_the_same_message_gets_the_same_answer(
    report: Report, documents: list[bytes], department_key: SoftKey
) -> None:
    report(documents[0])
    asked = message(SupplementKind.ROWS, {"hoc_ba": [rows_of(documents[0])]}, department_key)
    first = answer_supplement(asked, at=SENT)
    assert answer_supplement(asked, at=SENT) == first
    assert ReceivedMessage.objects.count() == 1
    other = message(
        SupplementKind.ROWS,
        {"hoc_ba": [rows_of(documents[0], 2)]},
        department_key,
        number=asked["messageid"],
    )
    assert answer_supplement(other, at=SENT)["Error"] == "1501"


def test_a_wrong_row_refuses_its_record_only(
    report: Report, documents: list[bytes], department_key: SoftKey
) -> None:
    report(*documents)
    wrong = rows_of(documents[0])
    wrong["dong"][0]["gia_tri"]["gioitinh"] = "3"
    answer = send_rows(department_key, wrong, rows_of(documents[1]))
    refused, taken = answer["ket_qua"]["hoc_ba"]
    assert (refused["error"], refused["error_field_title"]) == ("2003", "gioitinh")
    assert taken["trang_thai"] == 1
    assert not NationalRow.objects.filter(record_uuid=OLD).exists()


def test_rows_need_their_record(
    report: Report, documents: list[bytes], department_key: SoftKey, other_key: SoftKey
) -> None:
    [line] = send_rows(department_key, rows_of(documents[0]))["ket_qua"]["hoc_ba"]
    assert line["error"] == "2501"
    report(documents[0])
    answer = send_rows(other_key, rows_of(documents[0]), unit="75")
    assert answer["ket_qua"]["hoc_ba"][0]["trang_thai"] == 0, "another department's record"


def closing(documents: list[bytes]) -> bytes:
    lines = tuple(
        ClosingLine.of(str(read_record(one).record.record_uuid), one, bytes([at]) * 32)
        for at, one in enumerate(documents)
    )
    made = ClosingList(
        UnitCode(SCHOOL_CODE),
        SchoolYear("2025-2026"),
        "4A1",
        ClosingRound.MAIN,
        1,
        NO_FORMER,
        0,
        SENT,
        lines,
    )
    return made.sign(log_origin(), log_key().public_key(), log_key().sign)


def test_a_closing_is_taken_when_its_records_are_here(
    report: Report, documents: list[bytes], department_key: SoftKey, client: Client
) -> None:
    signed = closing(documents)
    sha256 = hashlib.sha256(signed).hexdigest()
    body = {"chot": [{"ma_bam": sha256, "ban_ke": base64.b64encode(signed).decode()}]}

    def send() -> dict[str, Any]:
        asked = message(SupplementKind.CLOSING, body, department_key)
        line: dict[str, Any] = answer_supplement(asked, at=SENT)["ket_qua"]["hoc_ba"][0]
        return line

    report(documents[0])
    assert "1 trên 3" in send()["error_description"]
    report(*documents[1:])
    assert send()["trang_thai"] == 1
    row = ReceivedClosing.objects.get()
    assert (row.school_code, row.classroom_name, row.record_count) == (SCHOOL_CODE, "4A1", 3)
    assert bytes(row.signed_list) == signed
    officer = sign_in(client, "SO_DUYET")
    assert "4A1" in text(officer, "/so/kho/")
    assert sha256 in text(officer, f"/so/kho/goi/{row.message_id}/")
    body["chot"][0]["ma_bam"] = "0" * 64
    assert send()["error"] == "1301"


def test_the_store_says_what_it_holds(
    report: Report, documents: list[bytes], department_key: SoftKey, other_key: SoftKey
) -> None:
    report(*documents)
    send_rows(department_key, rows_of(documents[0]))
    asked = message(SupplementKind.STATE, {"nam_hoc": "2025-2026"}, department_key)
    [school] = read_schools(answer_supplement(asked, at=SENT)["ket_qua"])
    assert (school.school_code, school.records, school.in_force) == (SCHOOL_CODE, 3, 3)
    body = {"nam_hoc": "2025-2026", "ma_truong": SCHOOL_CODE}
    asked = message(SupplementKind.STATE, body, department_key)
    held = read_records(answer_supplement(asked, at=SENT)["ket_qua"])
    assert SchoolHoldings.of(SCHOOL_CODE, held) == school
    by_number = {each.record_uuid: each for each in held}
    assert by_number[OLD].sha256 == hashlib.sha256(documents[0]).hexdigest()
    assert (by_number[OLD].row_version, by_number[OLD].row_state) == (1, "1")
    asked = message(SupplementKind.STATE, {"nam_hoc": "2025-2026"}, other_key, unit="75")
    assert answer_supplement(asked, at=SENT)["ket_qua"] == {"truong": []}
    assert not ReceivedMessage.objects.filter(kind="DOI_SOAT").exists()


def test_what_is_not_signed_as_it_must_be_is_refused(
    in_store: None, department_key: SoftKey, other_key: SoftKey
) -> None:
    body = {"nam_hoc": "2025-2026"}
    kind = SupplementKind.STATE

    def code(asked: object) -> str:
        return str(answer_supplement(asked, at=SENT)["Error"])

    assert code(message(kind, body, other_key)) == "1403"
    assert code(message(kind, body, department_key, unit="99")) == "1003"
    old = message(kind, body, department_key, signed=SENT - dt.timedelta(days=2))
    assert code(old) == "1002"
    assert code({**message(kind, body, department_key), "content": "!"}) == "1201"
    assert code({**message(kind, body, department_key), "function": "BANG_DU_LIEU"}) == "2003"
    assert code({"messageid": "x"}) == "2001"
    assert code([]) == "2002"
    assert code(message(kind, {"nam_hoc": "2025"}, department_key)) != "0"
    assert code(message(SupplementKind.ROWS, {"hoc_ba": "x"}, department_key)) == "2002"
    assert code(message(SupplementKind.CLOSING, {"chot": [{}]}, department_key)) == "2001"


def test_the_address_answers_json_to_anything(in_store: None, client: Client) -> None:
    for body in (b"", b"[]", b"{", b"\xff", json.dumps({"type": "BO_SUNG"}).encode()):
        answer = client.post("/api/v1/bo-sung", body, content_type="application/json")
        assert answer.status_code == 200
        assert answer.json()["Error"] != "0"
    assert client.get("/api/v1/bo-sung").status_code == 405


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)
LINES = st.lists(st.fixed_dictionaries({"bang": JSON, "gia_tri": JSON}) | JSON, max_size=2)
BODIES = (
    st.dictionaries(st.sampled_from(["hoc_ba", "chot", "nam_hoc", "ma_truong"]), JSON)
    | st.fixed_dictionaries(
        {
            "hoc_ba": st.lists(
                st.fixed_dictionaries({"ma_tra_cuu_uuid": st.just(OLD) | JSON, "dong": LINES}),
                max_size=2,
            )
        }
    )
    | st.fixed_dictionaries(
        {"chot": st.lists(st.fixed_dictionaries({"ma_bam": JSON, "ban_ke": JSON}), max_size=2)}
    )
)


@hypothesis.settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
)
@hypothesis.given(kind=st.sampled_from(SupplementKind), body=BODIES)
def test_whatever_a_department_signs_is_answered(
    in_store: None, department_key: SoftKey, kind: SupplementKind, body: dict[str, Any]
) -> None:
    answer = answer_supplement(message(kind, body, department_key), at=SENT)
    assert set(answer) >= {"MessageId", "Error", "ket_qua"}


def test_a_department_is_no_store(in_store: None, department_key: SoftKey, settings: Any) -> None:
    settings.CITY_ROLE = "department"
    asked = message(SupplementKind.STATE, {"nam_hoc": "2025-2026"}, department_key)
    assert answer_supplement(asked, at=SENT)["Error"] == "1003"
