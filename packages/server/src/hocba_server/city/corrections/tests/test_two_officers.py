"""Two officers decide on a correction at once; a class is closed while another one decides."""

from __future__ import annotations

import pytest

from hocba_certworld.cast import Cast
from hocba_server.city.closing.models import ClassClosing
from hocba_server.city.closing.services import close_class
from hocba_server.city.closing.tests.test_at_once import at_once
from hocba_server.city.closing.tests.year_end import CLASS, SECOND, kinds
from hocba_server.city.conftest import Submit
from hocba_server.city.corrections.services import decide_correction
from hocba_server.city.corrections.tests.test_correct import wish
from hocba_server.city.recalls.models import RecallCase
from hocba_server.city.recalls.tests.asking import ask, decide, item_of
from hocba_server.city.repository.models import RecordInForce, StatusChange
from hocba_server.city.tests.cast import OFFICER

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "city"])


@pytest.mark.parametrize("second", [True, False], ids=["both-grant", "one-refuses"])
def test_one_decides_and_the_other_is_told(
    submit: Submit, documents: list[bytes], cast: Cast, second: bool
) -> None:
    submit(documents[0])
    close_class(by=OFFICER, at=SECOND, key=CLASS)
    ask([wish(documents[0])], cast.seal, at=SECOND)
    case = RecallCase.objects.get()

    def say(approve: bool) -> None:
        decide_correction(by=OFFICER, at=SECOND, case_id=case.pk, approve=approve, sentence="Đúng.")

    assert at_once(lambda: say(True), lambda: say(second)) == ["decided"]
    case.refresh_from_db()
    granted = int(case.state == "approved")
    assert StatusChange.objects.count() == granted
    assert RecordInForce.objects.count() == 1 - granted
    assert kinds() == ["issue", "close", *["recall"] * granted]


def test_a_recall_is_granted_before_the_closing_or_blocks_it(
    submit: Submit, documents: list[bytes], cast: Cast
) -> None:
    submit(*documents)
    package = ask([item_of(documents[0])], cast.seal, at=SECOND)
    told = at_once(lambda: close_class(by=OFFICER, at=SECOND, key=CLASS), lambda: decide(package))
    assert told in (["requests_waiting"], ["missing"])
    assert not ClassClosing.objects.exists(), "no list with a record that is recalled meanwhile"
    assert RecordInForce.objects.count() == 2
