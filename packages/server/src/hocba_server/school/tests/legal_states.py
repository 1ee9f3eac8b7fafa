"""What must hold of a school's records whoever did what at the same time.

`watched_transitions` has the database write down every change of a record's state, so that no
step between two looks is missed. `faults_of_records` compares each record's state with the
signatures in its document, with their stamps, with the lock on the results and with the results.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

from hocba.record.codec import read_record
from hocba.record.model import FormatProfile, SignerRole
from hocba.signature.xml_verify import verify_signatures
from hocba.workflow.transitions import TRANSITIONS, RecordState
from hocba_server.school.assessments.models import ReopenedSheet, SubjectAssessment
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.registry.models import Enrolment

S = RecordState
TABLE = {(line.before.value, line.after.value) for line in TRANSITIONS}
CREATED_ANEW = (S.DRAFT.value, S.SUBJECT_SIGNED.value)
"""A returned record all of whose subject signatures are carried over: CHECK and SIGN_SUBJECTS."""
WATCH = """
CREATE TABLE seen_transition (before text, after text);
CREATE FUNCTION note_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> NEW.state THEN
    INSERT INTO seen_transition VALUES (OLD.state, NEW.state);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER note_transition AFTER UPDATE ON {table}
  FOR EACH ROW EXECUTE FUNCTION note_transition();
"""
FORGET = """
DROP TRIGGER note_transition ON {table};
DROP FUNCTION note_transition();
DROP TABLE seen_transition;
"""
SEALED = frozenset({SignerRole.HOMEROOM_TEACHER, SignerRole.SCHOOL_LEADER, SignerRole.ORGANISATION})
SIGNED_BY: dict[RecordState, frozenset[SignerRole]] = {
    S.DRAFT: frozenset(),
    S.CHECKED: frozenset(),
    S.SUBJECT_SIGNED: frozenset(),
    S.HOMEROOM_SIGNED: frozenset({SignerRole.HOMEROOM_TEACHER}),
    S.LEADER_SIGNED: frozenset({SignerRole.HOMEROOM_TEACHER, SignerRole.SCHOOL_LEADER}),
    S.ISSUED: SEALED,
    S.SUBMITTED: SEALED,
}


@contextmanager
def watched_transitions() -> Iterator[set[tuple[str, str]]]:
    """Every change of a record's state inside the block, from and to; filled when it ends."""
    seen: set[tuple[str, str]] = set()
    table = AnnualRecordDraft._meta.db_table
    with connections["school"].cursor() as cursor:
        cursor.execute(WATCH.format(table=table))
    try:
        yield seen
    finally:
        with connections["school"].cursor() as cursor:
            cursor.execute("SELECT DISTINCT before, after FROM seen_transition")
            seen.update((str(before), str(after)) for before, after in cursor.fetchall())
            cursor.execute(FORGET.format(table=table))


def unknown_transitions(seen: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those that the transition table does not have."""
    return seen - TABLE - {CREATED_ANEW}


def faults_of_records() -> list[str]:
    """What contradicts itself in the records as they are kept now; empty when all is well."""
    found: list[str] = []
    for row in AnnualRecordDraft.objects.order_by("pk"):
        found += [f"{row.state} {row.record_uuid}: {fault}" for fault in _faults(row)]
    without = Enrolment.objects.filter(results_locked_at__isnull=False, records=None)
    found += [f"locked without a record: {each.pk}" for each in without]
    return found


def _faults(row: AnnualRecordDraft) -> Iterator[str]:
    state = RecordState(row.state)
    stamps = {(stamp.role, stamp.subject_code) for stamp in row.stamps.all()}
    above = {role for role, _ in stamps} - {SignerRole.SUBJECT_TEACHER.value}
    if above != {role.value for role in SIGNED_BY[state]}:
        yield f"stamps of {sorted(above)}"
    if row.enrolment.results_locked_at is None:
        yield "its results are not locked"
    if row.enrolment.classroom_id != row.batch.classroom_id:
        yield "the pupil is in another class"
    if state is S.DRAFT:
        return  # its document is the old one until it is created anew
    if state is not S.CHECKED and row.pending_subjects:
        yield f"subjects pending: {row.pending_subjects}"
    facts = verify_signatures(bytes(row.document), FormatProfile.V2_2025)
    slots = {(fact.slot.role.value, fact.slot.subject or "") for fact in facts}
    if slots != stamps:
        yield f"signed {sorted(slots)}, stamped {sorted(stamps)}"
    yield from (f"{fact.slot}: {fact.fault}" for fact in facts if fact.fault is not None)
    if {code for role, code in slots if role == SignerRole.SUBJECT_TEACHER.value} & set(
        row.pending_subjects
    ):
        yield "a signed subject is pending"
    if not ReopenedSheet.objects.filter(enrolment=row.enrolment, finished_at=None).exists():
        yield from _differing_results(row)


def _differing_results(row: AnnualRecordDraft) -> Iterator[str]:
    """What was signed is what the school's books say."""
    record = read_record(bytes(row.document)).record
    pupil = row.enrolment.pupil
    for said, kept_text in (
        (record.pupil.full_name, pupil.full_name),
        (record.pupil.personal_id, pupil.personal_id),
        (record.classroom_name, row.enrolment.classroom.name),
    ):
        if said != kept_text:
            yield f"{said} signed, {kept_text} kept"
    for subject in record.subjects:
        kept = SubjectAssessment.objects.get(
            enrolment=row.enrolment, subject_code=str(subject.code), period="CN"
        )
        if subject.level is not None and subject.level.value != kept.level:
            yield f"{subject.code}: {subject.level.value} signed, {kept.level} kept"
