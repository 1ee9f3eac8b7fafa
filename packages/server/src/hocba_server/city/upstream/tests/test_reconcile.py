"""Action: compare the store with the repository, show the differences, send what helps."""

from __future__ import annotations

import io
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from hocba.errors import Malformed, Refused
from hocba.packet.codes import ResponseCode
from hocba.packet.holdings import HeldRecord
from hocba.record.national.columns import Table
from hocba.record.sample import sample_record
from hocba_certworld.cast import Cast
from hocba_server.city.conftest import Submit
from hocba_server.city.recalls.tests.asking import ask, decide, item_of
from hocba_server.city.tests.cast import ADMINISTRATOR, OFFICER, SENT, STRANGER, FixedClock
from hocba_server.city.upstream.export import export_differences
from hocba_server.city.upstream.models import (
    Difference,
    DifferenceKind,
    Handover,
    Kind,
    Reconciliation,
    ReconciliationState,
    State,
)
from hocba_server.city.upstream.reconciliation import Waiting, differences, reconcile
from hocba_server.city.upstream.remedies import REMEDIES, remedy
from hocba_server.city.upstream.selectors import difference_groups, reconciliation_by_id
from hocba_server.city.upstream.services import start_reconciliation
from hocba_server.city.upstream.tests.fake_store import FakeStore
from hocba_server.city.upstream.tests.reporting import run, states
from hocba_server.web.audit.models import AuditEntry

YEAR = "2025-2026"
UUIDS = [str(sample_record(4, seed=seed).record_uuid) for seed in range(3)]


def compare(store: FakeStore) -> Reconciliation:
    number = start_reconciliation(by=OFFICER, at=SENT, school_year=YEAR)
    reconcile(number, clock=FixedClock(SENT), client=store)
    return Reconciliation.objects.get(pk=number)


def found(row: Reconciliation) -> list[tuple[str, str]]:
    return list(row.differences.order_by("kind").values_list("kind", "record_uuid"))


@pytest.fixture
def reported(connected: FakeStore, submit: Submit, documents: list[bytes]) -> FakeStore:
    """Three records and their rows are at the store."""
    submit(*documents)
    run(connected)
    return connected


def test_two_that_agree(reported: FakeStore) -> None:
    row = compare(reported)
    assert (row.state, row.schools, row.records) == (ReconciliationState.DONE, 1, 3)
    assert found(row) == []
    assert AuditEntry.objects.using("city").filter(action="reconcile_upstream").exists()


@pytest.mark.parametrize(
    ("here", "there", "kind"),
    [
        (("u", True, "a", 1, "1"), None, DifferenceKind.MISSING),
        (None, ("u", True, "a", 1, "1"), DifferenceKind.UNKNOWN_HERE),
        (("u", False, "a", 2, "2"), ("u", True, "a", 2, "2"), DifferenceKind.NOT_ENDED),
        (("u", True, "a", 1, "1"), ("u", False, "a", 1, "1"), DifferenceKind.ENDED_THERE),
        (("u", True, "a", 1, "1"), ("u", True, "b", 1, "1"), DifferenceKind.OTHER_CONTENT),
        (("u", True, "a", 1, "1"), ("u", True, "a", 0, ""), DifferenceKind.ROW_MISSING),
        (("u", False, "a", 2, "2"), ("u", False, "a", 1, "1"), DifferenceKind.ROW_OLD),
    ],
)
def test_every_kind_of_difference(here: Any, there: Any, kind: DifferenceKind) -> None:
    def side(values: Any) -> dict[str, HeldRecord]:
        return {"u": HeldRecord(*values)} if values else {}

    def found_while(waiting: Waiting) -> list[tuple[DifferenceKind, str]]:
        return list(differences(side(here), side(there), waiting, with_rows=True))

    assert found_while(Waiting()) == [(kind, "u")]
    assert found_while(Waiting(records=frozenset("u"))) == []
    rows = {DifferenceKind.ROW_MISSING, DifferenceKind.ROW_OLD}
    assert found_while(Waiting(rows=frozenset("u"))) == ([] if kind in rows else [(kind, "u")])
    assert kind in REMEDIES


def test_a_record_that_the_store_lost_is_sent_again(
    reported: FakeStore, documents: list[bytes]
) -> None:
    del reported.originals[UUIDS[0]]
    row = compare(reported)
    assert found(row) == [("missing", UUIDS[0])]
    [group] = difference_groups(by=OFFICER, reconciliation=row)
    assert group.rows[0].pupil_name == "Nguyễn Thị Mẫu"
    numbers = [one.pk for one in group.rows]
    assert remedy(by=OFFICER, at=SENT, reconciliation_id=row.pk, difference_ids=numbers) == 1
    with pytest.raises(Refused) as refused:
        remedy(by=OFFICER, at=SENT, reconciliation_id=row.pk, difference_ids=numbers)
    assert refused.value.code == "no_remedy", "once is enough"
    run(reported)
    assert reported.originals[UUIDS[0]] == documents[0]
    assert found(compare(reported)) == []
    assert Difference.objects.get(pk=numbers[0]).remedied_by_name == OFFICER.name


def test_a_recall_that_the_store_forgot_is_asked_for_again(
    reported: FakeStore, documents: list[bytes], cast: Cast
) -> None:
    decide(ask([item_of(documents[0])], cast.seal))
    run(reported)
    assert found(compare(reported)) == []
    reported.in_force[UUIDS[0]] = True
    row = compare(reported)
    assert found(row) == [("not_ended", UUIDS[0])]
    numbers = list(row.differences.values_list("pk", flat=True))
    remedy(by=OFFICER, at=SENT, reconciliation_id=row.pk, difference_ids=numbers)
    run(reported)
    assert not reported.in_force[UUIDS[0]]
    assert found(compare(reported)) == []


def test_a_lost_row_goes_with_a_greater_version(reported: FakeStore) -> None:
    del reported.rows[Table.RECORD, UUIDS[1]]
    row = compare(reported)
    assert found(row) == [("row", UUIDS[1])]
    numbers = list(row.differences.values_list("pk", flat=True))
    remedy(by=OFFICER, at=SENT, reconciliation_id=row.pk, difference_ids=numbers)
    run(reported)
    assert reported.rows[Table.RECORD, UUIDS[1]]["phienban"] == 2
    assert found(compare(reported)) == []


def test_what_only_the_ministry_can_explain_has_no_button(reported: FakeStore) -> None:
    reported.in_force[UUIDS[2]] = False
    row = compare(reported)
    [group] = difference_groups(by=OFFICER, reconciliation=row)
    assert group.kind == DifferenceKind.ENDED_THERE
    assert group.remedy.handover is None
    with pytest.raises(Refused) as refused:
        remedy(
            by=OFFICER,
            at=SENT,
            reconciliation_id=row.pk,
            difference_ids=[one.pk for one in group.rows],
        )
    assert refused.value.code == "no_remedy"


def test_what_waits_is_no_difference(reported: FakeStore, submit: Submit, cast: Cast) -> None:
    submit(cast.sign(sample_record(4, seed=8)))
    reported.package_code = ResponseCode.SYSTEM_ERROR
    run(reported, rounds=1)
    assert found(compare(reported)) == []


def test_answers_that_were_lost_with_an_old_copy_are_healed(reported: FakeStore) -> None:
    Handover.objects.filter(kind=Kind.SUBMIT, subject=UUIDS[0]).update(
        state=State.REFUSED, code="2301", sentence="Mã tra cứu UUID đã tồn tại."
    )
    assert found(compare(reported)) == []
    assert states(Kind.SUBMIT) == [State.ACCEPTED] * 3


def test_a_store_that_answers_no_questions_is_asked_for_its_decisions(
    reported: FakeStore, settings: Any
) -> None:
    settings.UPSTREAM_EXTRA_URL = ""
    row = compare(reported)
    assert (row.source, row.state) == ("answers", ReconciliationState.DONE)
    assert found(row) == []
    message = next(iter(reported._outcomes))
    reported._outcomes[message] = reported._outcomes[message][1:]
    assert found(compare(reported)) == [("missing", UUIDS[0])]


def test_a_store_that_is_away_ends_it_with_the_reason(reported: FakeStore) -> None:
    reported.away = True
    row = compare(reported)
    assert row.state == ReconciliationState.FAILED
    assert row.problem


def test_the_differences_as_a_spreadsheet(reported: FakeStore) -> None:
    del reported.originals[UUIDS[0]]
    row = compare(reported)
    made = export_differences(
        by=OFFICER, reconciliation=reconciliation_by_id(by=OFFICER, reconciliation_id=row.pk)
    )
    book = CalamineWorkbook.from_filelike(io.BytesIO(made.content))
    lines = book.get_sheet_by_index(0).to_python()
    assert lines[0][0] == "Khác ở"
    assert lines[1][5] == UUIDS[0]


def test_refusals(reported: FakeStore) -> None:
    for by in (ADMINISTRATOR, STRANGER):
        with pytest.raises(Refused) as refused:
            start_reconciliation(by=by, at=SENT, school_year=YEAR)
        assert refused.value.code == "role"
    with pytest.raises(Malformed):
        start_reconciliation(by=OFFICER, at=SENT, school_year="2025")
    start_reconciliation(by=OFFICER, at=SENT, school_year=YEAR)
    with pytest.raises(Refused) as refused:
        start_reconciliation(by=OFFICER, at=SENT, school_year=YEAR)
    assert refused.value.code == "running"
