"""Pupils' data, class lists and batches change in the very moment in which records are created.

Chance seldom hits such a moment, so that it is held open: one side stops where it has read and not
yet written, the other then does its work. What comes out must be as if one had been first.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from hocba.record.codec import read_record
from hocba_server.school.issuing import services
from hocba_server.school.issuing.models import AnnualRecordDraft, IssueBatch
from hocba_server.school.registry.attachments import Upload
from hocba_server.school.registry.civil_services import decide_civil_change, propose_civil_change
from hocba_server.school.registry.models import Classroom, Enrolment, PupilStatus
from hocba_server.school.registry.movement_services import change_class, leave
from hocba_server.school.registry.pupil_services import edit_pupil
from hocba_server.school.registry.services import import_class_list
from hocba_server.school.registry.special_services import exempt_subject
from hocba_server.school.tests.at_once import together
from hocba_server.school.tests.cast import AT, YEAR, Cast, class_list_row
from hocba_server.school.tests.legal_states import faults_of_records

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "school"])
HELD_SECONDS = 0.6
PICTURE = b"\xff\xd8\xff" + bytes(64) + b"\xff\xd9"


class Moment:
    """The moment in which a function of the issuing room has read and not yet written."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, function: str) -> None:
        self._open = threading.Event()
        plain: Callable[..., Any] = getattr(services, function)

        def held(*positional: Any, **named: Any) -> Any:
            answer = plain(*positional, **named)
            if not self._open.is_set():
                self._open.set()
                time.sleep(HELD_SECONDS)
            return answer

        monkeypatch.setattr(services, function, held)

    def then(self, work: Callable[[], object]) -> Callable[[], object]:
        """Do the work within the moment."""

        def waiting() -> object:
            assert self._open.wait(30)
            return work()

        return waiting


class Office:
    """What the office does to the first pupil of the class."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.enrolment = Enrolment.objects.select_related("pupil").get(pk=cast.enrolments[0])
        other = import_class_list(
            by=cast.registrar,
            at=AT,
            school_id=cast.school_id,
            school_year=YEAR,
            rows=[
                class_list_row(
                    0,
                    classroom_name="1A2",
                    pupil_code="7900000009",
                    personal_id="000319000009",
                    full_name="Phan Văn Kế",
                )
            ],
        )
        self.other_room = other.classroom_ids[0]
        self.change = propose_civil_change(
            by=cast.registrar,
            at=AT,
            pupil_id=self.enrolment.pupil_id,
            values={"full_name": "Trần Văn Tý"},
            decision_number="12/QĐ-UBND",
            decision_date=dt.date(2026, 5, 4),
            upload=Upload("qd.jpg", PICTURE),
        )

    def civil_change(self) -> None:
        decide_civil_change(by=self.cast.principal, at=AT, change_id=self.change, approved=True)

    def edit(self) -> None:
        edit_pupil(
            by=self.cast.registrar,
            at=AT,
            pupil_id=self.enrolment.pupil_id,
            values={"birth_place": "Bệnh viện Khác"},
            seen={"birth_place": self.enrolment.pupil.birth_place},
            reason="Gõ nhầm",
        )

    def other_class(self) -> None:
        change_class(
            by=self.cast.registrar,
            at=AT,
            enrolment_id=self.enrolment.pk,
            classroom_id=self.other_room,
            day=dt.date(2026, 5, 19),
            reason="Nguyện vọng gia đình",
        )

    def other_school(self) -> None:
        leave(
            by=self.cast.registrar,
            at=AT,
            enrolment_id=self.enrolment.pk,
            status=PupilStatus.TRANSFERRED_OUT,
            day=dt.date(2026, 5, 19),
            reason="Chuyển nhà",
            other_school="Trường Tiểu học Khác",
        )

    def exemption(self) -> None:
        exempt_subject(
            by=self.cast.principal,
            at=AT,
            enrolment_id=self.enrolment.pk,
            subject_code="89",
            reason="Theo giấy của bệnh viện",
        )


def _create(cast: Cast, batch_id: int) -> Callable[[], object]:
    return lambda: services.create_records(by=cast.registrar, at=AT, batch_id=batch_id)


@pytest.mark.parametrize(
    "work", ["civil_change", "edit", "other_class", "other_school", "exemption"]
)
def test_records_say_what_the_books_say(
    work: str, batch_id: int, results: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(results)
    moment = Moment(monkeypatch, "class_findings")
    race = together(_create(results, batch_id), moment.then(getattr(office, work)))
    assert AnnualRecordDraft.objects.count() == 3
    assert faults_of_records() == []
    assert len(race.codes) == 1, "the office came second and was told so"
    for row in AnnualRecordDraft.objects.select_related("enrolment__pupil"):
        birth_place = read_record(bytes(row.document)).record.pupil.birth_place
        assert birth_place == row.enrolment.pupil.birth_place


def test_a_batch_is_opened_anew_while_its_records_are_created(
    batch_id: int, results: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Classroom.objects.get(pk=results.classroom_id)

    def open_anew() -> None:
        services.open_batch(
            by=results.principal,
            at=AT,
            classroom_id=room.pk,
            signing_leader_id=results.head_staff_id,
            issued_on=dt.date(2026, 5, 30),
            issue_place="Thành phố Hồ Chí Minh",
        )

    moment = Moment(monkeypatch, "_leader")
    together(open_anew, moment.then(_create(results, batch_id)))
    assert faults_of_records() == []
    day = IssueBatch.objects.get().issued_on
    for row in AnnualRecordDraft.objects.all():
        assert read_record(bytes(row.document)).record.terms.issued_on == day
