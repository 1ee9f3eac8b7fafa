from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from hocba.errors import Sentence
from hocba.workflow.transitions import RecordState
from hocba_server.school.issuing.models import IssueBatch
from hocba_server.school.issuing.selectors import current_records
from hocba_server.school.registry.models import School
from hocba_server.school.registry.permissions import deny_other_school, require
from hocba_server.school.registry.selectors import not_found
from hocba_server.school.submission.models import (
    CertificateRegistration,
    Package,
    PackageRecord,
    PackageState,
    RecordAnswer,
)
from hocba_server.web.accounts.actor import Actor

_SENT_OR_READY = [
    RecordState.ISSUED.value,
    RecordState.SUBMITTED.value,
    RecordState.ACCEPTED.value,
    RecordState.REJECTED.value,
]


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """The city's answer to one record."""

    pupil_name: str
    record_uuid: str
    answer: str
    answer_name: str
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class PackageView:
    """A package with its state and the answer to each record."""

    package_id: int
    message_id: str
    state: str
    state_name: str
    problem: Sentence | None
    attempts: int
    lines: tuple[AnswerLine, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Number of records by answer."""
        found = Counter(line.answer for line in self.lines)
        return {answer: found[answer] for answer in RecordAnswer.values}

    @property
    def finished(self) -> bool:
        """Every record has its answer, or the city took nothing."""
        return self.state in {PackageState.ANSWERED.value, PackageState.REFUSED.value}


@dataclass(frozen=True, slots=True)
class OutboxLine:
    """One class on the page that sends: what waits, and the newest package."""

    batch: IssueBatch
    ready: int
    refused: int
    package_id: int | None
    package_state: str
    package_open: bool


def outbox_of(school: School) -> list[OutboxLine]:
    """The classes that have issued records, those with something to send first.

    A fixed number of queries, however many classes a school has.
    """
    counted = (
        current_records()
        .filter(batch__classroom__school=school, state__in=_SENT_OR_READY)
        .values("batch_id")
        .annotate(
            ready=Count("pk", filter=Q(state=RecordState.ISSUED.value)),
            refused=Count("pk", filter=Q(state=RecordState.REJECTED.value)),
        )
    )
    counts = {row["batch_id"]: row for row in counted}
    batches = IssueBatch.objects.filter(pk__in=counts).select_related("classroom__school")
    newest: dict[int, Package] = {}
    for package in Package.objects.filter(batch__in=counts).defer("request"):
        newest.setdefault(package.batch_id, package)
    lines = [_outbox_line(batch, counts[batch.pk], newest.get(batch.pk)) for batch in batches]
    return sorted(lines, key=lambda line: (not line.ready, line.package_open, _place(line.batch)))


def _place(batch: IssueBatch) -> tuple[str, int, str]:
    """Newest year first would hide what was forgotten: oldest year, then grade, then name."""
    room = batch.classroom
    return room.school_year, room.grade, room.name


def _outbox_line(
    batch: IssueBatch, counts: Mapping[str, int], package: Package | None
) -> OutboxLine:
    open_states = {PackageState.WAITING.value, PackageState.ACKNOWLEDGED.value}
    return OutboxLine(
        batch=batch,
        ready=counts["ready"],
        refused=counts["refused"],
        package_id=package.pk if package else None,
        package_state=str(PackageState(package.state).label) if package else "",
        package_open=package is not None and package.state in open_states,
    )


def package_view(package_id: int, *, by: Actor | None = None) -> PackageView:
    """A package and its answers; with `by`, only of that person's school."""
    rows = Package.objects.select_related("school").defer("request")
    package = rows.filter(pk=package_id).first()
    if package is None:
        raise not_found()
    if by is not None:
        require(deny_other_school(by, package.school.code))
    return _view(package)


def packages_of(batch: IssueBatch) -> list[PackageView]:
    """The packages of a batch, newest first."""
    return [_view(package) for package in Package.objects.filter(batch=batch).defer("request")]


def registrations_of(school: School) -> list[CertificateRegistration]:
    """The certificates that the school has declared to the city, newest first."""
    return list(CertificateRegistration.objects.filter(school=school))


def registration_by_id(by: Actor, registration_id: int) -> CertificateRegistration:
    """A certificate that this person's school has declared."""
    found = CertificateRegistration.objects.select_related("school").filter(pk=registration_id)
    row = found.first()
    if row is None:
        raise not_found()
    require(deny_other_school(by, row.school.code))
    return row


def _view(package: Package) -> PackageView:
    rows = (
        PackageRecord.objects.filter(package=package)
        .select_related("record__enrolment__pupil")
        .defer("record__document")
    )
    return PackageView(
        package_id=package.pk,
        message_id=package.message_id,
        state=package.state,
        state_name=str(PackageState(package.state).label),
        problem=package.why,
        attempts=package.attempts,
        lines=tuple(
            AnswerLine(
                pupil_name=row.record.enrolment.pupil.full_name,
                record_uuid=row.record.record_uuid,
                answer=row.answer,
                answer_name=str(RecordAnswer(row.answer).label),
                code=row.code,
                sentence=row.sentence,
            )
            for row in rows
        ),
    )
