from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import pytest
from django.db import DatabaseError, connections

from hocba_server.school.database import school_transaction
from hocba_server.school.registry.attachments import Upload
from hocba_server.school.registry.civil_services import decide_civil_change, propose_civil_change
from hocba_server.school.registry.models import Attachment, CivilStatusChange, Pupil
from hocba_server.school.registry.pupil_selectors import records_with_other_data
from hocba_server.school.registry.pupil_services import edit_pupil
from hocba_server.school.registry.tests.refusals import entries, refusal_of
from hocba_server.school.tests.cast import AT, Cast


@pytest.fixture
def form(cast: Cast, pupil: Pupil, pdf: Upload) -> dict[str, Any]:
    return {
        "by": cast.registrar,
        "at": AT,
        "pupil_id": pupil.pk,
        "values": {"full_name": "Trần Văn Tý"},
        "decision_number": "12/QĐ-UBND",
        "decision_date": dt.date(2026, 5, 4),
        "upload": pdf,
    }


def _decide(cast: Cast, change: int, *, approved: bool = True, answer: str = "") -> bool:
    return decide_civil_change(
        by=cast.principal, at=AT, change_id=change, approved=approved, answer=answer
    )


def test_the_principal_approves_and_the_data_change(
    cast: Cast, pupil: Pupil, form: dict[str, Any], pdf: Upload
) -> None:
    change = propose_civil_change(**form)
    pupil.refresh_from_db()
    assert pupil.full_name == "Trần Văn Tí"
    assert refusal_of(propose_civil_change, **form) == "open_change"
    assert _decide(cast, change) is True
    assert _decide(cast, change) is False
    pupil.refresh_from_db()
    assert pupil.full_name == "Trần Văn Tý"
    kept = Attachment.objects.get()
    assert bytes(kept.content) == pdf.content
    assert kept.sha256 == hashlib.sha256(pdf.content).hexdigest()
    assert kept.filename == "Quyết định số 12.pdf"
    [proposal] = entries("propose_civil_change")
    assert proposal.detail == {"change": change, "fields": ["full_name"], "decision": "12/QĐ-UBND"}
    [entry] = entries("approve_civil_change")
    assert entry.detail["old"] == {"full_name": "Trần Văn Tí"}
    assert refusal_of(_decide, cast, change, approved=False) == "decided_already"


def test_a_refusal_needs_a_reason_and_changes_nothing(
    cast: Cast, pupil: Pupil, form: dict[str, Any]
) -> None:
    change = propose_civil_change(**form)
    assert refusal_of(_decide, cast, change, approved=False) == "reason_missing"
    assert _decide(cast, change, approved=False, answer="Thiếu dấu của phường")
    assert _decide(cast, change, approved=False, answer="Thiếu dấu của phường") is False
    assert [entry.detail for entry in entries("refuse_civil_change")] == [{"change": change}]
    pupil.refresh_from_db()
    assert pupil.full_name == "Trần Văn Tí"


def test_a_change_in_between_is_not_overwritten(
    cast: Cast, pupil: Pupil, form: dict[str, Any]
) -> None:
    change = propose_civil_change(**form)
    edit_pupil(
        by=cast.registrar,
        at=AT,
        pupil_id=pupil.pk,
        values={"full_name": "Trần Văn Tì"},
        seen={"full_name": "Trần Văn Tí"},
        reason="Gõ nhầm",
    )
    assert refusal_of(_decide, cast, change) == "changed_meanwhile"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"values": {}}, "nothing_changed"),
        ({"values": {"birth_date": "30/02/2019"}}, "value"),
        ({"values": {"personal_id": "1"}}, "personal_id"),
        ({"values": {"personal_id": "000319000001"}}, "number_taken"),
        ({"decision_number": " "}, "decision_number"),
        ({"decision_date": dt.date(2027, 1, 1)}, "day"),
        ({"upload": Upload("a.pdf", b"")}, "file_empty"),
        ({"upload": Upload("a.pdf", b"MZ" + bytes(100))}, "file_type"),
        ({"upload": Upload("a.pdf", b"%PDF-1.7 broken")}, "file_type"),
        ({"upload": Upload("a.png", b"\x89PNG\r\n\x1a\n" + bytes(9))}, "file_type"),
        ({"upload": Upload("a.jpg", b"\xff\xd8\xff" + bytes(5 * 1024 * 1024))}, "file_too_large"),
    ],
)
def test_refused_proposals_keep_nothing(
    form: dict[str, Any], change: dict[str, Any], code: str
) -> None:
    assert refusal_of(propose_civil_change, **{**form, **change}) == code
    assert not Attachment.objects.exists()
    assert not CivilStatusChange.objects.exists()


def test_pictures_are_known_by_their_content(form: dict[str, Any]) -> None:
    photo = Upload("quyet dinh.pdf", b"\xff\xd8\xff\xe0" + bytes(50) + b"\xff\xd9")
    propose_civil_change(**{**form, "upload": photo})
    kept = Attachment.objects.get()
    assert (kept.media_type, kept.filename) == ("image/jpeg", "quyet dinh.jpg")


def test_not_while_the_record_is_on_its_way(created: int, form: dict[str, Any]) -> None:
    assert refusal_of(propose_civil_change, **form) == "locked"


def test_an_issued_record_stays_and_the_page_names_it(
    results: Cast, issued: int, pupil: Pupil, form: dict[str, Any]
) -> None:
    assert records_with_other_data(pupil) == ()
    _decide(results, propose_civil_change(**form))
    pupil.refresh_from_db()
    [old] = records_with_other_data(pupil)
    assert [(each.field, each.old, each.new) for each in old.changes] == [
        ("full_name", "Trần Văn Tí", "Trần Văn Tý")
    ]


def test_who_may(cast: Cast, form: dict[str, Any]) -> None:
    for by, code in ((cast.principal, "role"), (cast.stranger, "not_found")):
        proposal = {**form, "by": by}
        assert refusal_of(propose_civil_change, **proposal) == code
    change = propose_civil_change(**form)
    for by, code in ((cast.registrar, "role"), (cast.stranger, "not_found")):
        decision: dict[str, Any] = {"by": by, "at": AT, "change_id": change, "approved": True}
        assert refusal_of(decide_civil_change, **decision) == code


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE school_registry_attachment SET content = 'x'",
        "DELETE FROM school_registry_attachment",
        "UPDATE school_registry_civilstatuschange SET new_values = '{}'",
        "DELETE FROM school_registry_civilstatuschange",
    ],
)
def test_the_database_keeps_what_was_decided(form: dict[str, Any], sql: str) -> None:
    propose_civil_change(**form)
    with pytest.raises(DatabaseError), school_transaction():
        connections["school"].cursor().execute(sql)
