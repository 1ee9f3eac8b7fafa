"""Generated rows are found as real ones are, and the log over them is a log."""

from __future__ import annotations

from hocba_server.city.repository import selectors
from hocba_server.city.tests.cast import OFFICER, SENT
from hocba_server.city.transparency.models import LogEntryRow
from hocba_server.city.transparency.services import rebuild_tiles
from hocba_server.city.transparency.tree import root_of, tree_size
from hocba_server.synth.filler import PUPILS_PER_SCHOOL, YEARS, FilledRecord, fill_repository


def test_each_row_is_found_three_ways() -> None:
    fill_repository(12)
    one = FilledRecord(7)
    assert selectors.status_of(one.record_uuid, at=SENT).status.name == "IN_FORCE"
    of_pupil = selectors.records_of_pupil(by=OFFICER, personal_id=one.personal_id)
    assert [row.record_uuid for row in of_pupil] == [
        FilledRecord(number).record_uuid for number in range(5, 10)
    ]
    of_class = selectors.records_of_class(
        by=OFFICER,
        unit_code=one.unit_code,
        school_year=one.school_year,
        classroom_name=one.classroom_name,
    )
    assert one.record_uuid in {row.record_uuid for row in of_class}


def test_rows_go_on_where_others_ended() -> None:
    fill_repository(3)
    fill_repository(2, first=3)
    uuids = {FilledRecord(number).record_uuid for number in range(5)}
    assert len(uuids) == 5
    assert set(selectors.known_uuids(uuids)) == uuids


def test_rows_with_log_entries(log: None) -> None:
    fill_repository(300, logged=True)
    assert tree_size() == LogEntryRow.objects.count() == 300
    root = root_of(300)
    assert rebuild_tiles() == 300
    assert root_of(300) == root


def test_a_school_has_its_pupils() -> None:
    last = PUPILS_PER_SCHOOL * YEARS - 1
    assert FilledRecord(0).unit_code == FilledRecord(last).unit_code
    assert FilledRecord(last).unit_code != FilledRecord(last + 1).unit_code
    assert len(FilledRecord(10**8).unit_code) <= 20
