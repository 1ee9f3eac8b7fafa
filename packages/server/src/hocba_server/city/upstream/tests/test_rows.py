"""The national dictionary's rows: sent after the record, taken back with it, sent again on wish."""

from __future__ import annotations

import dataclasses

import pytest

from hocba.errors import Refused
from hocba.packet.codes import ResponseCode
from hocba.record.national.columns import Table
from hocba.record.sample import sample_record
from hocba_certworld.cast import Cast
from hocba_server.city.conftest import Submit
from hocba_server.city.recalls.tests.asking import ask, decide, item_of
from hocba_server.city.tests.cast import ADMINISTRATOR, OFFICER, SENT
from hocba_server.city.upstream.models import Handover, Kind, State
from hocba_server.city.upstream.services import resend, resend_refused
from hocba_server.city.upstream.tests.fake_store import FakeStore
from hocba_server.city.upstream.tests.reporting import run, states
from hocba_server.web.audit.models import AuditEntry

OLD = str(sample_record(4).record_uuid)


def main_row(store: FakeStore, uuid: str = OLD) -> dict[str, object]:
    return store.rows[Table.RECORD, uuid]


def test_rows_follow_their_record(
    connected: FakeStore, submit: Submit, documents: list[bytes]
) -> None:
    submit(*documents)
    run(connected)
    assert states(Kind.ROWS) == [State.ACCEPTED] * 3
    row = main_row(connected)
    assert (row["sukien"], row["phienban"], row["trangthaithongtinhocba"]) == ("NEW", 1, "1")
    assert row["thongtintruong_diachi_maxa"] == "26740", "the department knows the school's ward"
    order = [line.split()[0] for line in connected.history if OLD in line]
    assert order == ["submit", "rows"]
    assert sum(table is Table.MARKS for table, _ in connected.rows) == 3 * len(
        sample_record(4).subjects
    )


def test_a_recall_takes_the_row_back_with_a_greater_version(
    connected: FakeStore, submit: Submit, documents: list[bytes], cast: Cast
) -> None:
    submit(documents[0])
    run(connected)
    decide(ask([item_of(documents[0])], cast.seal))
    run(connected)
    row = main_row(connected)
    assert (row["sukien"], row["phienban"], row["trangthaithongtinhocba"]) == ("UPdate", 2, "2")
    assert states(Kind.ROWS) == [State.ACCEPTED] * 2


def test_what_cannot_be_sent_is_held_with_its_reason(
    connected: FakeStore, submit: Submit, cast: Cast
) -> None:
    record = sample_record(4, seed=5)
    pupil = dataclasses.replace(record.pupil, ethnic_group="Không có trong danh mục")
    submit(cast.sign(dataclasses.replace(record, pupil=pupil)))
    run(connected)
    row = Handover.objects.get(kind=Kind.ROWS)
    assert (row.state, row.field_title, row.code) == (State.BLOCKED, "dantoc", "catalogue")
    assert "DAN_TOC" in row.sentence
    assert states(Kind.SUBMIT) == [State.ACCEPTED], "the record itself was taken"


def test_chosen_rows_are_sent_again_with_a_greater_version(
    connected: FakeStore, submit: Submit, documents: list[bytes]
) -> None:
    submit(*documents)
    run(connected)
    chosen = Handover.objects.get(kind=Kind.ROWS, subject=OLD)
    assert resend(by=OFFICER, at=SENT, handover_ids=[chosen.pk]) == 1
    with pytest.raises(Refused) as refused:
        resend(by=OFFICER, at=SENT, handover_ids=[chosen.pk])
    assert refused.value.code == "nothing_to_send", "the next version waits already"
    run(connected)
    row = main_row(connected)
    assert (row["sukien"], row["phienban"]) == ("UPdate", 2)
    others = [one["phienban"] for (_, key), one in connected.rows.items() if OLD not in key]
    assert set(others) == {1}
    assert AuditEntry.objects.using("city").filter(action="resend_upstream").count() == 1


def test_a_record_that_was_accepted_is_not_sent_again(
    connected: FakeStore, submit: Submit, documents: list[bytes]
) -> None:
    submit(documents[0])
    run(connected)
    row = Handover.objects.get(kind=Kind.SUBMIT)
    with pytest.raises(Refused) as refused:
        resend(by=OFFICER, at=SENT, handover_ids=[row.pk])
    assert refused.value.code == "nothing_to_send"


def test_everything_refused_goes_again_at_once(
    connected: FakeStore, submit: Submit, documents: list[bytes]
) -> None:
    connected.package_code = ResponseCode.CERTIFICATE_NOT_APPROVED
    submit(*documents)
    run(connected)
    connected.package_code = ResponseCode.RECEIVED
    year = "2025-2026"
    with pytest.raises(Refused) as refused:
        resend_refused(by=OFFICER, at=SENT, school_year=year, kind=Kind.RECALL)
    assert refused.value.code == "nothing_to_send"
    with pytest.raises(Refused) as refused:
        resend_refused(by=ADMINISTRATOR, at=SENT, school_year=year)
    assert refused.value.code == "role"
    assert resend_refused(by=OFFICER, at=SENT, school_year=year, kind=Kind.SUBMIT) == 3
    run(connected)
    assert states(Kind.SUBMIT) == [State.ACCEPTED] * 3
    assert states(Kind.ROWS) == [State.ACCEPTED] * 3


@pytest.mark.parametrize(("numbers", "code"), [([], "nothing_chosen"), ([10**9], "not_found")])
def test_a_wrong_choice_is_refused(connected: FakeStore, numbers: list[int], code: str) -> None:
    with pytest.raises(Refused) as refused:
        resend(by=OFFICER, at=SENT, handover_ids=numbers)
    assert refused.value.code == code
    with pytest.raises(Refused) as refused:
        resend(by=ADMINISTRATOR, at=SENT, handover_ids=numbers)
    assert refused.value.code == "role"
