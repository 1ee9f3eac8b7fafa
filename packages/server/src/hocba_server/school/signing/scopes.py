"""What one session signs: a class, a grade or the school, and only what waits for this person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hocba.errors import Refused, Sentence
from hocba.record.model import SignerRole
from hocba.workflow.transitions import Denial
from hocba_server.school.issuing.models import AnnualRecordDraft, IssueBatch
from hocba_server.school.issuing.selectors import records_of_batches
from hocba_server.school.registry.selectors import own_school
from hocba_server.school.signing.rights import deny_now, waits_for
from hocba_server.web.accounts.actor import Actor


@dataclass(frozen=True, slots=True)
class SigningScope:
    """A choice of classes of one school year: by id, by grade, or all."""

    school_year: str = ""
    grade: int | None = None
    batch_ids: tuple[int, ...] = ()

    def name_of(self, found: Sequence[WaitingRecords]) -> Sentence:
        """For a person: the class when there is but one, else what was chosen."""
        if len(found) == 1:
            room = found[0].batch.classroom
            return Sentence(f"Lớp {room.name}", f"Class {room.name}")
        if self.grade is not None:
            return Sentence(f"Khối {self.grade}", f"Grade {self.grade}")
        return Sentence("Toàn trường", "Whole school")


@dataclass(frozen=True, slots=True)
class WaitingRecords:
    """The records of one class that wait for this person's signature in one role."""

    batch: IssueBatch
    records: tuple[AnnualRecordDraft, ...]


def batches_in(by: Actor, scope: SigningScope) -> list[IssueBatch]:
    """The batches of the own school inside a scope."""
    rows = IssueBatch.objects.filter(classroom__school=own_school(by)).select_related(
        "classroom__school", "signing_leader"
    )
    if scope.batch_ids:
        rows = rows.filter(pk__in=scope.batch_ids)
    if scope.school_year:
        rows = rows.filter(classroom__school_year=scope.school_year)
    if scope.grade is not None:
        rows = rows.filter(classroom__grade=scope.grade)
    return list(rows.order_by("classroom__grade", "classroom__name"))


def waiting_in(
    by: Actor, role: SignerRole, batches: Sequence[IssueBatch]
) -> tuple[list[WaitingRecords], Denial | None]:
    """What waits for this person's signature, by class, and why the first other class does not."""
    found: list[WaitingRecords] = []
    first: Denial | None = None
    records = records_of_batches(batches)
    for batch in batches:
        own = records.get(batch.pk, [])
        denial = deny_now(by, batch, role, own)
        if denial is not None:
            first = first or denial
            continue
        waiting = tuple(record for record in own if waits_for(record, role, by.personal_id or ""))
        if waiting:
            found.append(WaitingRecords(batch, waiting))
    return found, first


def nothing_to_sign(denial: Denial | None) -> Refused:
    """The refusal when a scope holds nothing for this person."""
    if denial is not None:
        return denial.as_refused()
    return Refused(
        "nothing_waits",
        "Không có học bạ nào chờ chữ ký này của Thầy/Cô.",
        "No record waits for this signature of yours.",
    )
