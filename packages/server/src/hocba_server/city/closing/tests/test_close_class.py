"""Action: a class is closed; list, log entry, rows and audit go together."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from hocba.errors import Refused
from hocba.record.codec import read_record
from hocba.tlog.closing_list import key_digest, open_closing_list
from hocba.tlog.entry import EntryKind, LogEntry, commit
from hocba.tlog.proof import verify_log_proof
from hocba_certworld.cast import Cast
from hocba_server.city.closing.models import ClassClosing, ClosedRecord
from hocba_server.city.closing.selectors import class_state, closing_of
from hocba_server.city.closing.services import close_class, close_due
from hocba_server.city.closing.tests.year_end import (
    BETWEEN,
    CLASS,
    MAIN,
    SECOND,
    YEAR,
    kinds,
    replacing,
    unfinished,
)
from hocba_server.city.conftest import Submit
from hocba_server.city.gateway.models import IncomingPackage, RecordOutcome
from hocba_server.city.gateway.services import answer_request
from hocba_server.city.log_key import log_key, log_origin
from hocba_server.city.recalls.tests.asking import ask, decide, item_of, recall_message, results
from hocba_server.city.repository.models import StoredRecord
from hocba_server.city.tests.cast import ADMINISTRATOR, OFFICER, SENT, STRANGER, submission
from hocba_server.city.transparency.models import LogEntryRow
from hocba_server.city.transparency.selectors import entry_at, proof_at
from hocba_server.web.audit.models import AuditEntry


def code_of(**named: Any) -> str:
    """The code of the refusal to close the sample class."""
    with pytest.raises(Refused) as refusal:
        close_class(**{"by": OFFICER, "at": MAIN, "key": CLASS, **named})
    return refusal.value.code


def test_list_log_rows_and_audit_appear_together(submit: Submit, documents: list[bytes]) -> None:
    submit(*documents)
    close_class(by=OFFICER, at=MAIN, key=CLASS)
    row = ClassClosing.objects.get()
    assert (row.number, row.round, row.record_count, row.left_open) == (1, "main", 3, 0)
    signed = bytes(row.signed_list)
    listed = open_closing_list(signed, [log_key().public_key()], name=log_origin())
    assert (listed.unit_code, listed.classroom_name, listed.former) == (CLASS[0], "4A1", "-")
    for document in documents:
        uuid = read_record(document).record.record_uuid
        salt = bytes(StoredRecord.objects.get(record_uuid=uuid).salt)
        assert listed.holds(uuid, document, salt)
    assert kinds() == ["issue"] * 3 + ["close"]
    entry = LogEntry.parse(entry_at(row.log_index) or b"")
    assert (entry.kind, entry.seal_sha256) == (EntryKind.CLOSE, key_digest(log_key().public_key()))
    assert entry.commitment == commit(bytes(row.salt), signed)
    proof = proof_at(row.log_index, salt=bytes(row.salt))
    keys = [log_key().public_key()]
    fact = verify_log_proof(signed, entry_at(row.log_index) or b"", proof, keys)
    assert fact.entry.school_year == YEAR
    issues = {LogEntry.parse(bytes(each.entry)).commitment for each in LogEntryRow.objects.all()}
    assert {line.document for line in listed.lines} <= issues, "the log and the list agree"
    assert row.sha256 == hashlib.sha256(signed).hexdigest()
    audit = AuditEntry.objects.using("city").get(action="close_class")
    assert (audit.name, audit.detail["records"]) == (OFFICER.name, 3)


def test_only_an_officer_closes(submit: Submit, documents: list[bytes]) -> None:
    submit(*documents)
    assert code_of(by=ADMINISTRATOR) == code_of(by=STRANGER) == "role"
    assert not ClassClosing.objects.exists()


def test_what_is_not_there_or_closed_already_is_refused(
    submit: Submit, documents: list[bytes]
) -> None:
    assert code_of() == "not_found"
    submit(*documents)
    close_class(by=OFFICER, at=MAIN, key=CLASS)
    assert code_of() == "closed_already"
    assert code_of(at=SECOND) == "closed_already", "nothing was left for the second closing"


def test_nothing_is_closed_while_a_package_waits(
    submit: Submit, documents: list[bytes], cast: Cast
) -> None:
    submit(*documents[:2])
    answer_request(submission([documents[2]], cast.seal), at=SENT)
    assert code_of() == "packages_waiting", "what came in time is not refused because of a queue"
    IncomingPackage.objects.filter(state="received").delete()
    answer_request(recall_message([item_of(documents[0])], cast.seal), at=SENT)
    assert code_of() == "packages_waiting"


def test_nothing_is_closed_over_an_undecided_request(
    submit: Submit, documents: list[bytes], cast: Cast
) -> None:
    submit(*documents)
    package = ask([item_of(documents[0])], cast.seal)
    assert code_of() == "requests_waiting"
    decide(package)
    assert code_of() == "missing"
    close_class(by=OFFICER, at=MAIN, key=CLASS, reason="Em chuyển trường, học bạ lập nhầm.")
    row = ClassClosing.objects.get()
    assert (row.record_count, row.missing) == (2, 1)
    assert "lập nhầm" in row.reason
    submit(cast.sign(replacing(0)), at=MAIN)
    assert RecordOutcome.objects.latest("pk").code == "2401"


def test_a_closed_record_is_neither_recalled_nor_sent_again(
    submit: Submit, documents: list[bytes], cast: Cast
) -> None:
    package = submit(*documents)
    close_class(by=OFFICER, at=MAIN, key=CLASS)
    [answer] = results(ask([item_of(documents[0])], cast.seal, at=MAIN))
    assert (answer["trang_thai"], answer["error"]) == (3, "2401")
    assert "yêu cầu chỉnh lý" in answer["error_description"]
    submit(cast.sign(replacing(0)), at=BETWEEN)
    outcome = RecordOutcome.objects.latest("pk")
    assert (outcome.code, outcome.field_title) == ("2401", "TEN_LOP")
    assert "30/06/2026" in outcome.sentence
    query = {
        "messageid": package.message_id,
        "ma_don_vi": CLASS[0],
        "type": "2",
        "function": "TRUY_VAN_NOP",
    }
    told = answer_request(query, at=BETWEEN)["danh_sach"]
    assert {each["ngay_chot"][:10] for each in told} == {"2026-06-29"}


def test_pupils_assessed_again_belong_to_the_second_closing(
    submit: Submit, documents: list[bytes], cast: Cast
) -> None:
    weak = cast.sign(unfinished(7))
    submit(*documents[:2], weak)
    close_class(by=OFFICER, at=MAIN, key=CLASS)
    row = ClassClosing.objects.get()
    assert (row.record_count, row.left_open) == (2, 1)
    stored = StoredRecord.objects.get(record_uuid=read_record(weak).record.record_uuid)
    assert closing_of(stored, BETWEEN) is None
    # Assessed again: the first record is recalled, another comes; a pupil without one comes too.
    decide(ask([item_of(weak)], cast.seal, at=BETWEEN))
    submit(cast.sign(replacing(7)), at=BETWEEN)
    assert RecordOutcome.objects.latest("pk").code == "0"
    submit(documents[2], at=BETWEEN)
    assert RecordOutcome.objects.latest("pk").code == "0"
    assert close_due(by=OFFICER, at=BETWEEN, school_year=YEAR).closed == 0
    assert close_due(by=OFFICER, at=SECOND, school_year=YEAR).closed == 1
    last = ClassClosing.objects.get(number=2)
    assert (last.round, last.record_count, last.former) == ("reassessed", 4, row)
    keys = [log_key().public_key()]
    listed = open_closing_list(bytes(last.signed_list), keys, name=log_origin())
    assert listed.former == row.sha256
    submit(cast.sign(unfinished(8)), at=SECOND)
    assert RecordOutcome.objects.latest("pk").code == "2401", "nothing is open any more"


def test_who_never_sent_a_pupil_cannot_send_after_the_second_date(
    submit: Submit, documents: list[bytes]
) -> None:
    submit(*documents[:2])
    close_class(by=OFFICER, at=MAIN, key=CLASS)
    submit(documents[2], at=SECOND)
    assert RecordOutcome.objects.latest("pk").code == "2401"


def test_a_class_that_is_late_is_closed_at_once_for_good(
    submit: Submit, documents: list[bytes], cast: Cast
) -> None:
    submit(*documents, cast.sign(unfinished(7)), at=SECOND)
    assert RecordOutcome.objects.filter(accepted=True).count() == 4, "the pupil is not punished"
    close_class(by=OFFICER, at=SECOND, key=CLASS)
    row = ClassClosing.objects.get()
    assert (row.number, row.round, row.record_count, row.left_open) == (1, "reassessed", 4, 0)
    state = class_state(CLASS, SECOND)
    assert state is not None
    assert state.final


def test_a_kill_before_the_commit_leaves_nothing(
    submit: Submit, documents: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    submit(*documents)
    for step in ("append_entries", "record_event"):

        def die(*_arguments: Any, **_named: Any) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as cut, pytest.raises(KeyboardInterrupt):
            cut.setattr(f"hocba_server.city.closing.services.{step}", die)
            close_class(by=OFFICER, at=MAIN, key=CLASS)
        assert not ClassClosing.objects.exists()
        assert not ClosedRecord.objects.exists()
        assert kinds() == ["issue"] * 3
    close_class(by=OFFICER, at=MAIN, key=CLASS)
    assert kinds()[-1] == "close"


def test_a_damaged_original_is_not_signed_for(
    submit: Submit, documents: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    submit(*documents)
    monkeypatch.setattr("hashlib.sha256", hashlib.sha512)
    done = close_due(by=OFFICER, at=MAIN, school_year=YEAR)
    assert done.closed == 0
    assert [key for key, _ in done.stuck] == [CLASS]
