from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localdate

from hocba.errors import Sentence
from hocba.record.codec import ReadRecord, read_record
from hocba.workflow.transitions import Action, Denial, RecordState, decide
from hocba_server.school.issuing.models import (
    GONE_STATES,
    AnnualRecordDraft,
    IssueBatch,
    SignatureStamp,
)
from hocba_server.school.registry.models import Classroom
from hocba_server.school.registry.names import NameKey, name_key
from hocba_server.school.registry.permissions import (
    deny_other_school,
    deny_results_reader,
    require,
)
from hocba_server.school.registry.selectors import not_found
from hocba_server.web.accounts.actor import Actor


def batch_by_id(by: Actor, batch_id: int, *, lock: bool = False) -> IssueBatch:
    """A batch of this person's school; `lock` serialises work on it until commit."""
    rows = IssueBatch.objects.select_related("classroom__school", "signing_leader")
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(pk=batch_id).first()
    if found is None:
        raise not_found()
    require(deny_other_school(by, found.classroom.school.code))
    return found


def batch_of(classroom: Classroom) -> IssueBatch | None:
    """The batch of a class, if the principal has opened one."""
    rows = IssueBatch.objects.select_related("classroom__school", "signing_leader")
    return rows.filter(classroom=classroom).first()


def batches_of(rooms: Sequence[Classroom]) -> dict[int, IssueBatch]:
    """Class id -> its batch, for the classes that have one."""
    rows = IssueBatch.objects.select_related("classroom__school", "signing_leader")
    return {row.classroom_id: row for row in rows.filter(classroom__in=rooms)}


def current_records() -> QuerySet[AnnualRecordDraft]:
    """Records without those that have no value any more and have a successor for the year."""
    successors = AnnualRecordDraft.objects.filter(
        enrolment=OuterRef("enrolment"), pk__gt=OuterRef("pk")
    )
    gone = [state.value for state in GONE_STATES]
    return AnnualRecordDraft.objects.exclude(Q(state__in=gone) & Exists(successors))


def successor_of(record: AnnualRecordDraft) -> AnnualRecordDraft | None:
    """The newest later record of the same pupil and year."""
    rows = AnnualRecordDraft.objects.filter(enrolment=record.enrolment_id, pk__gt=record.pk)
    return rows.defer("document").order_by("-pk").first()


def refused_before(record: AnnualRecordDraft) -> list[AnnualRecordDraft]:
    """The earlier records of the same pupil and year, newest first."""
    rows = AnnualRecordDraft.objects.filter(enrolment=record.enrolment_id, pk__lt=record.pk)
    return list(rows.defer("document").order_by("-pk"))


def records_of(batch: IssueBatch) -> list[AnnualRecordDraft]:
    """The current records of a batch without their bytes, in Vietnamese name order."""
    rows = current_records().filter(batch=batch).select_related("enrolment__pupil")
    return sorted(rows.defer("document"), key=_name_order)


def records_of_batches(batches: Sequence[IssueBatch]) -> dict[int, list[AnnualRecordDraft]]:
    """Batch id -> its current records without their bytes, in one query."""
    found: dict[int, list[AnnualRecordDraft]] = {batch.pk: [] for batch in batches}
    rows = current_records().filter(batch_id__in=found).select_related("enrolment__pupil")
    for row in sorted(rows.defer("document"), key=_name_order):
        found[row.batch_id].append(row)
    return found


def _name_order(row: AnnualRecordDraft) -> tuple[NameKey, int]:
    return name_key(row.enrolment.pupil.full_name), row.pk


def state_counts(batch: IssueBatch) -> dict[str, int]:
    """Number of records of a batch by state."""
    states = current_records().filter(batch=batch).values_list("state", flat=True)
    return dict(Counter(states))


def record_by_uuid(by: Actor, record_uuid: str, *, with_bytes: bool = True) -> AnnualRecordDraft:
    """One record of this person's school, with its exact bytes where they are shown or signed."""
    rows = AnnualRecordDraft.objects.select_related("batch__classroom__school", "enrolment__pupil")
    if not with_bytes:
        rows = rows.defer("document")
    found = rows.filter(record_uuid=record_uuid).first()
    if found is None:
        raise not_found()
    require(deny_other_school(by, found.batch.classroom.school.code))
    return found


def read_document(record: AnnualRecordDraft) -> ReadRecord:
    """What the record says, read from the bytes that were signed and from nothing else."""
    return read_record(bytes(record.document))


def stamps_of(record: AnnualRecordDraft) -> list[SignatureStamp]:
    """Who has signed the record so far."""
    return list(SignatureStamp.objects.filter(record=record))


def deny_return(
    by: Actor, batch: IssueBatch, records: Sequence[AnnualRecordDraft]
) -> Denial | None:
    """May this person send the class back? Whoever is next in the chain may (QĐ 1789 Đ14)."""
    if not records:
        return Denial("no_records", Sentence("Lớp chưa có học bạ.", "There are no records."))
    for record in records:
        answer = decide(RecordState(record.state), Action.RETURN, by.roles)
        if isinstance(answer, Denial):
            code = "role" if answer.code in {"wrong_role", "administrator"} else answer.code
            return Denial(code, answer.sentence)
    return _deny_other_class(by, batch)


def deny_reading(by: Actor, record: AnnualRecordDraft) -> Denial | None:
    """May this person read a pupil's whole record? The class's teachers and the school's office."""
    return _deny_other_class(by, record.batch)


def _deny_other_class(by: Actor, batch: IssueBatch) -> Denial | None:
    return deny_results_reader(by, batch.classroom, localdate())
