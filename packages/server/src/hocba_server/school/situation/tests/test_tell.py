"""The school tells how its year stands: its own numbers, signed, answered, audited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest

from hocba.errors import Refused, Unavailable
from hocba.ids import MessageId
from hocba.packet.answers import PackageAnswer
from hocba.packet.codes import ResponseCode
from hocba.packet.situation import SchoolStep, read_situation
from hocba.packet.supplement import SupplementAnswer, SupplementKind, read_supplement
from hocba_server.school.registry.models import School, WorkingMode
from hocba_server.school.signing.paper_tasks import Typed
from hocba_server.school.situation.models import SchoolWord, SituationMessage
from hocba_server.school.situation.paper_task import TELL
from hocba_server.school.situation.selectors import situation_of
from hocba_server.school.situation.services import (
    AGAIN_AFTER,
    send_situation,
    set_word,
    tell,
    tell_school,
)
from hocba_server.school.submission.services import send_package, submit_batch
from hocba_server.school.submission.tests.fake_gateway import FakeGateway
from hocba_server.school.tests.browsing import Browse
from hocba_server.school.tests.cast import AT, CODE, NAMES, YEAR, Cast, FixedClock, TestKeys
from hocba_server.web.audit.models import AuditEntry


class Department:
    """Takes everything, or refuses it with a code."""

    def __init__(self, code: ResponseCode = ResponseCode.RECEIVED) -> None:
        self.code = code
        self.asked: list[Mapping[str, Any]] = []

    def send(self, request: Mapping[str, Any]) -> Any:
        self.asked.append(request)
        head = PackageAnswer.of(MessageId(request["messageid"]), self.code)
        return SupplementAnswer(head, {"hoc_ba": [{"trang_thai": 1}]}).to_json()


class Away:
    def send(self, _request: Mapping[str, Any]) -> Any:
        raise Unavailable("gateway", "Không gọi được cổng tiếp nhận.", "Gateway unreachable.")


def school() -> School:
    return School.objects.get(code=CODE)


def step_now() -> SchoolStep:
    [line] = situation_of(school(), YEAR, AT).classes
    return line.step


def test_steps_follow_the_work(results: Cast, issued: int, keys: TestKeys) -> None:
    assert step_now() is SchoolStep.ISSUED
    package_id = submit_batch(by=results.clerk, at=AT, batch_id=issued, keystore=keys)
    send_package(package_id, gateway=FakeGateway(), clock=FixedClock())
    assert step_now() is SchoolStep.SENT


@pytest.mark.usefixtures("cast")
def test_a_class_without_results_has_not_begun() -> None:
    said = situation_of(school(), YEAR, AT)
    [line] = said.classes
    assert (line.step, line.pupils) == (SchoolStep.NOT_STARTED, 3)
    assert said.grades[0].reached == (0, 0, 0, 0, 0)


@pytest.mark.usefixtures("results")
def test_complete_results_are_a_step() -> None:
    assert step_now() is SchoolStep.COMPLETE


@pytest.mark.usefixtures("created")
def test_records_without_signatures_are_no_signing() -> None:
    assert step_now() is SchoolStep.COMPLETE


def told(cast: Cast, keys: TestKeys) -> SituationMessage:
    wish = TELL.read(cast.clerk, Typed({"year": [YEAR]}))
    tell(
        by=cast.clerk,
        at=AT,
        key=keys.organisation_key(CODE),
        body=wish["body"],
        message_id=wish["message_id"],
    )
    return SituationMessage.objects.get()


def test_the_clerk_tells_and_the_department_answers(results: Cast, keys: TestKeys) -> None:
    row = told(results, keys)
    read = read_supplement(row.request["content"])
    assert read.fault is None
    assert read.kind is SupplementKind.SITUATION
    assert read_situation(read.body).classes[0].pupils == 3
    text = str(read.body)
    assert not any(name in text for name in NAMES), "numbers only"
    gateway = Department()
    send_situation(row.pk, gateway=gateway, clock=FixedClock())
    send_situation(row.pk, gateway=gateway, clock=FixedClock())
    row.refresh_from_db()
    assert (row.state, len(gateway.asked)) == ("received", 1)
    actions = set(AuditEntry.objects.using("school").values_list("action", flat=True))
    assert {"tell_situation", "situation_answered"} <= actions


def test_a_department_that_is_away_is_asked_again(results: Cast, keys: TestKeys) -> None:
    row = told(results, keys)
    with pytest.raises(Unavailable):
        send_situation(row.pk, gateway=Away(), clock=FixedClock())
    row.refresh_from_db()
    assert (row.state, row.attempts, bool(row.problem)) == ("waiting", 1, True)
    refusing = Department(ResponseCode.CERTIFICATE_NOT_APPROVED)
    send_situation(row.pk, gateway=refusing, clock=FixedClock())
    row.refresh_from_db()
    assert row.state == "refused"
    assert row.why is not None
    assert row.why.en == ResponseCode.CERTIFICATE_NOT_APPROVED.sentence.en


def test_who_may_tell(results: Cast, keys: TestKeys) -> None:
    for by in (results.principal, results.homeroom, results.registrar, results.administrator):
        with pytest.raises(Refused):
            tell(by=by, at=AT, key=keys.organisation_key(CODE), body={}, message_id="x")
    with pytest.raises(Refused):
        TELL.read(results.clerk, Typed({"year": ["1999-2000"]}))


@pytest.mark.usefixtures("results")
def test_only_news_is_told_by_itself(keys: TestKeys) -> None:
    key = keys.organisation_key(CODE)
    assert tell_school(school=school(), at=AT, key=key) == 1
    assert tell_school(school=school(), at=AT + dt.timedelta(days=1), key=key) == 0
    SchoolWord.objects.create(
        school=school(),
        school_year=YEAR,
        staff_total=9,
        staff_trained=4,
        set_by=1,
        set_by_name="x",
        set_at=AT,
    )
    assert tell_school(school=school(), at=AT + dt.timedelta(days=1), key=key) == 1
    assert tell_school(school=school(), at=AT + dt.timedelta(days=2), key=key) == 0
    later = AT + dt.timedelta(days=1) + AGAIN_AFTER
    assert tell_school(school=school(), at=later, key=key) == 1, "that it still holds is news too"


def test_what_the_school_adds(results: Cast) -> None:
    for by in (results.clerk, results.homeroom, results.administrator):
        with pytest.raises(Refused):
            set_word(by=by, at=AT, school_year=YEAR, staff_total=9, staff_trained=4)
    set_word(by=results.registrar, at=AT, school_year=YEAR, staff_total=9, staff_trained=4)
    set_word(by=results.principal, at=AT, school_year=YEAR, staff_total=9, staff_trained=5)
    assert SchoolWord.objects.get().staff_trained == 5
    for wrong in (
        {"staff_total": 3, "staff_trained": 4},
        {"staff_total": -1, "staff_trained": 0},
        {"staff_total": 9, "staff_trained": 4, "school_year": "1999-2000"},
    ):
        with pytest.raises(Refused):
            set_word(**{"by": results.registrar, "at": AT, "school_year": YEAR, **wrong})  # type: ignore[arg-type]
    assert AuditEntry.objects.using("school").filter(action="set_school_word").count() == 2


def test_a_school_on_paper_says_why(results: Cast) -> None:
    School.objects.filter(code=CODE).update(mode=WorkingMode.PAPER)
    said = situation_of(school(), YEAR, AT).on_paper
    assert said is not None
    assert said.reason
    with pytest.raises(Refused) as refusal:
        set_word(by=results.principal, at=AT, school_year=YEAR, staff_total=9, staff_trained=4)
    assert refusal.value.code == "reason"
    set_word(
        by=results.principal,
        at=AT,
        school_year=YEAR,
        staff_total=9,
        staff_trained=4,
        paper_reason="mạng yếu",
        join_on=dt.date(2027, 9, 5),
    )
    said = situation_of(school(), YEAR, AT).on_paper
    assert said is not None
    assert (said.reason, said.join_on) == ("mạng yếu", dt.date(2027, 9, 5))


def test_the_page(results: Cast, browse: Browse) -> None:
    for by in (results.clerk, results.registrar, results.principal):
        text = browse(by).get("/truong/tinh-hinh/").content.decode()
        assert "3" in text
        assert not any(name in text for name in NAMES)
    client = browse(results.registrar)
    address = f"/truong/tinh-hinh/{YEAR}/"
    assert client.post(address, {"staff_total": "9", "staff_trained": "12"}).status_code == 200
    assert client.post(address, {"staff_total": "chín", "staff_trained": "1"}).status_code == 200
    assert not SchoolWord.objects.exists()
    assert client.post(address, {"staff_total": "9", "staff_trained": "7"}).status_code == 302
    assert browse(results.homeroom).get("/truong/tinh-hinh/").status_code == 403
