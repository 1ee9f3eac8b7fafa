"""Action: one pupil's record goes back to those who must correct it; other signatures stay."""

from __future__ import annotations

import pytest

from hocba.assessment.periods import Period
from hocba.errors import Refused
from hocba.record.model import FormatProfile
from hocba.signature.xml_verify import verify_signatures
from hocba_server.school.assessments.entering import CellChange, CellState, save_cells
from hocba_server.school.assessments.models import ReopenedSheet, ValueChange
from hocba_server.school.assessments.returns import finish_reopened
from hocba_server.school.assessments.sheets import Sheet
from hocba_server.school.conftest import Sign
from hocba_server.school.issuing.models import AnnualRecordDraft, SignatureStamp
from hocba_server.school.issuing.returning import recreate_record, return_record
from hocba_server.school.issuing.views import return_choices
from hocba_server.school.signing.rights import STEPS, signed_count
from hocba_server.school.tests.cast import AT, Cast
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry

MATHS, MUSIC = "mon-01", "mon-89"


def first() -> AnnualRecordDraft:
    row = AnnualRecordDraft.objects.select_related("enrolment").order_by("pk").first()
    assert row is not None
    return row


def send_back(by: Actor, sheet: str = MATHS, reason: str = "nhầm mức") -> list[str]:
    return return_record(
        by=by, at=AT, record_uuid=first().record_uuid, sheets=[sheet], reason=reason
    )


def correct(cast: Cast, by: Actor, sheet: str, level: str) -> CellState:
    [outcome] = save_cells(
        by=by,
        at=AT,
        classroom_id=cast.classroom_id,
        sheet=Sheet(sheet),
        period=Period.YEAR_END,
        changes=[CellChange(first().enrolment_id, "level", level)],
    ).outcomes
    return outcome.state


def test_a_correction_voids_just_the_signatures_it_must(results: Cast, sign: Sign) -> None:
    sign(results.music, "GVBM")
    sign(results.homeroom, "GVCN")
    before = bytes(first().document)
    assert send_back(results.principal) == ["89"]
    assert first().state == "draft"
    others = AnnualRecordDraft.objects.exclude(pk=first().pk)
    assert set(others.values_list("state", flat=True)) == {"homeroom_signed"}
    assert correct(results, results.homeroom, MATHS, "H") is CellState.SAVED
    assert correct(results, results.music, MUSIC, "H") is CellState.REFUSED
    finish_reopened(by=results.homeroom, at=AT, reopened_id=ReopenedSheet.objects.get().pk)
    assert correct(results, results.homeroom, MATHS, "T") is CellState.REFUSED
    uuid = first().record_uuid
    assert recreate_record(by=results.registrar, at=AT, record_uuid=uuid) == ("89",)
    row = first()
    assert (row.record_uuid, row.state, row.pending_subjects) == (uuid, "subject_signed", [])
    assert bytes(row.document) != before
    [fact] = verify_signatures(bytes(row.document), FormatProfile.V2_2025)
    assert (fact.slot.subject, fact.fault) == ("89", None)
    assert [stamp.subject_code for stamp in SignatureStamp.objects.filter(record=row)] == ["89"]
    sign(results.homeroom, "GVCN")
    sign(results.principal, "CBQL")
    sign(results.clerk, "KY_PHAT_HANH")
    assert set(AnnualRecordDraft.objects.values_list("state", flat=True)) == {"issued"}


def test_a_returned_record_has_no_step_behind_it(results: Cast, sign: Sign) -> None:
    sign(results.music, "GVBM")
    sign(results.homeroom, "GVCN")
    send_back(results.principal)
    records = list(AnnualRecordDraft.objects.all())
    others = len(records) - 1
    counts = [signed_count(records, step.role) for step in STEPS]
    assert counts == [others, others, 0, 0]


def test_a_record_goes_back_only_for_parts_that_it_has(results: Cast, sign: Sign) -> None:
    sign(results.music, "GVBM")
    offered = [sheet.slug for sheet in return_choices(first())]
    assert {MATHS, MUSIC, "pham-chat-nang-luc", "chu-nhiem"} <= set(offered)
    assert "mon-14" not in offered, "nobody teaches an ethnic-minority language here"


def test_the_returned_subject_has_to_be_signed_again(results: Cast, sign: Sign) -> None:
    sign(results.music, "GVBM")
    assert send_back(results.homeroom, MUSIC) == []
    assert correct(results, results.music, MUSIC, "H") is CellState.SAVED
    change = ValueChange.objects.order_by("-pk").first()
    assert change is not None
    assert change.reason == "nhầm mức"
    finish_reopened(by=results.music, at=AT, reopened_id=ReopenedSheet.objects.get().pk)
    recreate_record(by=results.registrar, at=AT, record_uuid=first().record_uuid)
    assert (first().state, first().pending_subjects) == ("checked", ["89"])


def test_only_whoever_is_next_returns_with_a_reason_and_a_part(results: Cast, sign: Sign) -> None:
    sign(results.music, "GVBM")
    for by, sheet, reason, code in (
        (results.music, MATHS, "sai", "role"),
        (results.clerk, MATHS, "sai", "role"),
        (results.administrator, MATHS, "sai", "role"),
        (results.stranger, MATHS, "sai", "not_found"),
        (results.homeroom, MATHS, "  ", "reason_missing"),
        (results.homeroom, "mon-99", "sai", "not_found"),
    ):
        with pytest.raises(Refused) as refusal:
            send_back(by, sheet, reason)
        assert refusal.value.code == code
    with pytest.raises(Refused) as refusal:
        return_record(
            by=results.homeroom, at=AT, record_uuid=first().record_uuid, sheets=[], reason="sai"
        )
    assert refusal.value.code == "sheet_missing"
    send_back(results.homeroom)
    with pytest.raises(Refused) as refusal:
        send_back(results.homeroom)
    assert refusal.value.code == "wrong_state"
    assert AuditEntry.objects.using("school").filter(action="return_record").count() == 1


def test_nothing_is_created_anew_before_the_correction_is_finished(
    results: Cast, sign: Sign
) -> None:
    sign(results.music, "GVBM")
    send_back(results.homeroom)
    for by, code in (
        (results.registrar, "being_corrected"),
        (results.homeroom, "role"),
        (results.stranger, "role"),
    ):
        with pytest.raises(Refused) as refusal:
            recreate_record(by=by, at=AT, record_uuid=first().record_uuid)
        assert refusal.value.code in {code, "not_found"}
    reopened = ReopenedSheet.objects.get().pk
    for by, code in ((results.music, "role"), (results.stranger, "not_found")):
        with pytest.raises(Refused) as refusal:
            finish_reopened(by=by, at=AT, reopened_id=reopened)
        assert refusal.value.code == code
    finish_reopened(by=results.homeroom, at=AT, reopened_id=reopened)
    with pytest.raises(Refused) as refusal:
        finish_reopened(by=results.homeroom, at=AT, reopened_id=reopened)
    assert refusal.value.code == "finished_already"


def test_an_issued_record_is_never_returned(results: Cast, issued: int) -> None:
    with pytest.raises(Refused) as refusal:
        send_back(results.principal)
    assert refusal.value.code == "wrong_state"
