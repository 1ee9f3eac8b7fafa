"""Actions: draw up, sign and seal the data sheets of a class and the results of a leaver."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from hocba.errors import Refused
from hocba_certworld.local import LocalTimestamp
from hocba_server.school.registry.models import PupilDataReview
from hocba_server.school.registry.sheet_services import confirm_data, initialise_data
from hocba_server.school.statements.models import Statement
from hocba_server.school.statements.services import (
    draw_data_sheets,
    draw_results,
    sign_statements,
    statement_file,
)
from hocba_server.school.tests.cast import AT, CODE, HEAD_ID, Cast, TestKeys, WorldTrust, actor
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry

HEAD = actor("HIEU_TRUONG", personal_id=HEAD_ID)


@pytest.fixture
def drawn(cast: Cast) -> list[int]:
    confirm_data(
        by=cast.homeroom,
        at=AT,
        classroom_id=cast.classroom_id,
        enrolment_ids=cast.enrolments,
        compared=True,
    )
    initialise_data(by=cast.registrar, at=AT, classroom_id=cast.classroom_id)
    assert draw_data_sheets(by=cast.registrar, at=AT, classroom_id=cast.classroom_id) == 3
    return list(Statement.objects.order_by("pk").values_list("pk", flat=True))


def sign(
    by: Actor, step: str, ids: list[int], keys: TestKeys, trust: WorldTrust, stamps: LocalTimestamp
) -> int:
    key = keys.organisation_key(CODE) if step == "seal" else keys.key_for(HEAD_ID)
    return sign_statements(
        by=by, at=AT, step=step, statement_ids=ids, key=key, timestamp=stamps, trust=trust
    )


def test_head_signs_then_the_clerk_seals_and_both_signatures_are_valid(
    cast: Cast,
    drawn: list[int],
    keys: TestKeys,
    trust: WorldTrust,
    timestamps: LocalTimestamp,
    approved_seal: None,
    tmp_path: Path,
) -> None:
    assert sign(HEAD, "sign", drawn, keys, trust, timestamps) == 3
    assert sign(cast.clerk, "seal", drawn, keys, trust, timestamps) == 3
    assert set(PupilDataReview.objects.values_list("state", flat=True)) == {"signed"}
    file = tmp_path / "phieu.pdf"
    file.write_bytes(statement_file(by=cast.registrar, at=AT, statement_id=drawn[0]))
    said = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=False)
    assert said.stdout.count("Signature is Valid") == 2
    assert "Total document signed" in said.stdout
    with (
        pytest.raises(DatabaseError, match="đã ban hành"),
        transaction.atomic(using="school"),
    ):
        Statement.objects.update(content=b"x")


def test_the_order_and_the_people_are_kept(
    cast: Cast,
    drawn: list[int],
    keys: TestKeys,
    trust: WorldTrust,
    timestamps: LocalTimestamp,
    approved_seal: None,
) -> None:
    for by, step, code in (
        (cast.clerk, "seal", "not_waiting"),
        (cast.clerk, "sign", "role"),
        (cast.homeroom, "sign", "role"),
        (cast.administrator, "sign", "role"),
        (HEAD, "seal", "role"),
        (cast.stranger, "sign", "not_waiting"),
    ):
        with pytest.raises(Refused) as refusal:
            sign(by, step, drawn, keys, trust, timestamps)
        assert refusal.value.code == code
    sign(HEAD, "sign", drawn, keys, trust, timestamps)
    with pytest.raises(Refused) as refusal:
        sign(HEAD, "sign", drawn, keys, trust, timestamps)
    assert refusal.value.code == "not_waiting"
    assert AuditEntry.objects.using("school").filter(action="sign_statements").count() == 1


def test_results_to_date_of_a_leaver(results: Cast, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refusal:
        draw_results(by=results.registrar, at=AT, enrolment_id=results.enrolments[0], reason=" ")
    assert refusal.value.code == "reason_missing"
    for by, code in ((results.homeroom, "role"), (results.stranger, "not_found")):
        with pytest.raises(Refused) as refusal:
            draw_results(by=by, at=AT, enrolment_id=results.enrolments[0], reason="chuyển trường")
        assert refusal.value.code == code
    made = [
        draw_results(
            by=results.registrar, at=AT, enrolment_id=results.enrolments[0], reason="chuyển trường"
        )
        for _ in range(2)
    ]
    states = dict(Statement.objects.values_list("pk", "state"))
    assert [states[pk] for pk in made] == ["dropped", "drawn"]
    pdf = statement_file(by=results.principal, at=AT, statement_id=made[1])
    text = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()
    assert "KẾT QUẢ ĐÁNH GIÁ RÈN LUYỆN VÀ HỌC TẬP" in text
    assert "002/2026/KQ" in text
    assert re.search(r"Tiếng Việt\s+T ?9", text)


def test_who_may_take_the_file(cast: Cast, drawn: list[int]) -> None:
    for by, code in (
        (cast.homeroom, "role"),
        (cast.administrator, "role"),
        (cast.stranger, "not_found"),
    ):
        with pytest.raises(Refused) as refusal:
            statement_file(by=by, at=AT, statement_id=drawn[0])
        assert refusal.value.code == code
