"""Whoever gets at the database as the program itself: what is kept for good cannot be changed.

Every column of every such table is tried with plain SQL, then deleting rows, then emptying whole
tables, also by way of the tables that they hang on (design: an issued record cannot change, every
write names who and when and why).
"""

from __future__ import annotations

from typing import Final

import pytest
from django.apps import apps
from django.db import DatabaseError, connections, models, transaction

from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.registry.case_models import CivilStatusChange
from hocba_server.school.statements.models import Statement
from hocba_server.school.tests.addresses import any_row
from hocba_server.school.tests.cast import AT, Cast

ONWARD: Final = {"school_issuing.AnnualRecordDraft": {"state", "state_since", "refusal"}}
"""What may still move on an issued record: its answer from the department."""
DECISION: Final = {"state", "answer", "decided_by", "decided_at"}
"""What the principal writes on a proposed change of civil status."""
KEPT: Final = (
    "school_issuing.AnnualRecordDraft",
    "school_issuing.SignatureStamp",
    "school_assessments.ValueChange",
    "school_statements.Statement",
    "school_papers.IssuedPaper",
    "school_staffing.AssignmentDecision",
    "school_registry.Attachment",
    "school_registry.PupilMovement",
    "school_registry.AssessmentModeDecision",
    "school_registry.CivilStatusChange",
    "web_audit.AuditEntry",
)
NEVER_EMPTIED: Final = (
    "school_issuing.AnnualRecordDraft",
    "school_issuing.SignatureStamp",
    "school_assessments.ValueChange",
    "school_papers.IssuedPaper",
    "school_staffing.AssignmentDecision",
    "school_statements.Statement",
    "school_registry.Attachment",
    "school_registry.PupilMovement",
    "school_registry.AssessmentModeDecision",
    "school_registry.CivilStatusChange",
    "web_audit.AuditEntry",
)
PARENTS: Final = ("school_registry_school", "school_registry_pupil", "school_issuing_issuebatch")
OTHER_VALUES: Final = {
    "character varying": "'~'",
    "text": "'khác'",
    "bigint": "987654321",
    "integer": "987654321",
    "smallint": "9876",
    "numeric": "1",
    "boolean": None,
    "date": "'2001-01-01'",
    "timestamp with time zone": "'2001-01-01T00:00:00Z'",
    "jsonb": """'{"khac": 1}'""",
    "bytea": r"'\x00'",
    "uuid": "'00000000-0000-4000-8000-000000000009'",
}
"""A value that differs from what is kept, by the column's type; None: the opposite."""


@pytest.fixture
def kept_rows(issued: int, cast: Cast) -> dict[str, models.Model]:
    """One row of each kept table; papers are sealed, cases are decided."""
    rows = {label: any_row(label) for label in KEPT if label != "school_statements.Statement"}
    CivilStatusChange.objects.update(state="approved", decided_by=7, decided_at=AT)
    rows["school_statements.Statement"] = Statement.objects.create(
        school_id=cast.school_id,
        enrolment_id=cast.enrolments[0],
        kind="data_sheet",
        state="sealed",
        content=b"%PDF",
        drawn_by=7,
        drawn_by_name="Người Thử",
        drawn_at=AT,
        signer_name="Người Thử",
        signed_at=AT,
        sealed_by_name="Người Thử",
        sealed_at=AT,
    )
    return rows


def _columns(table: str) -> list[tuple[str, str]]:
    with connections["school"].cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s",
            [table],
        )
        return [(str(name), str(kind)) for name, kind in cursor.fetchall()]


def _refused(statement: str) -> bool:
    """Whether the database refuses, by one of our own guards and not by chance."""
    try:
        with transaction.atomic(using="school"), connections["school"].cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what the fixtures left to the end
            cursor.execute(statement)
            transaction.set_rollback(True, using="school")
    except DatabaseError as refusal:
        return getattr(refusal.__cause__, "sqlstate", "") == "23000"
    return False


def test_no_column_of_a_kept_row_changes(
    kept_rows: dict[str, models.Model], subtests: pytest.Subtests
) -> None:
    for label, row in kept_rows.items():
        table, changed = row._meta.db_table, []
        for column, kind in _columns(table):
            value = OTHER_VALUES[kind] or f'NOT "{column}"'
            statement = f'UPDATE {table} SET "{column}" = {value} WHERE id = {row.pk}'
            if column not in ONWARD.get(label, set()) and not _refused(statement):
                changed.append(column)
        with subtests.test(label):
            assert changed == []


def test_of_a_proposal_only_the_decision_is_written(issued: int) -> None:
    row = any_row("school_registry.CivilStatusChange")
    table, changed = row._meta.db_table, []
    for column, kind in _columns(table):
        statement = f'UPDATE {table} SET "{column}" = {OTHER_VALUES[kind]} WHERE id = {row.pk}'
        if column not in DECISION and not _refused(statement):
            changed.append(column)
    assert changed == []


def test_no_kept_row_is_deleted(
    kept_rows: dict[str, models.Model], subtests: pytest.Subtests
) -> None:
    for label, row in kept_rows.items():
        with subtests.test(label):
            assert _refused(f"DELETE FROM {row._meta.db_table} WHERE id = {row.pk}")


def test_no_kept_table_is_emptied(issued: int, subtests: pytest.Subtests) -> None:
    """Nor is it by way of a table that it hangs on."""
    tables = [apps.get_model(label)._meta.db_table for label in NEVER_EMPTIED]
    for table in (*tables, *PARENTS):
        with subtests.test(table):
            assert _refused(f"TRUNCATE {table} CASCADE")


def test_no_signature_is_added_to_an_issued_record(issued: int) -> None:
    record = AnnualRecordDraft.objects.order_by("pk")[0]
    assert _refused(
        "INSERT INTO school_issuing_signaturestamp "
        "(record_id, role, subject_code, signer_name, issuer_name, signed_at) "
        f"VALUES ({record.pk}, 'GVBM', '01', 'Ai Khác', 'x', now())"
    )


def test_an_issued_record_never_goes_back_or_leaps(issued: int, subtests: pytest.Subtests) -> None:
    for state in ("draft", "checked", "subject_signed", "leader_signed", "accepted", "closed"):
        with subtests.test(state):
            assert _refused(f"UPDATE school_issuing_annualrecorddraft SET state = '{state}'")
