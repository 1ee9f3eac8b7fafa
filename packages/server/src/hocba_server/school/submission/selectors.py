from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from hocba_server.school.issuing.models import IssueBatch
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
    problem: str
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


def package_view(package_id: int, *, by: Actor | None = None) -> PackageView:
    """A package and its answers; with `by`, only of that person's school."""
    package = Package.objects.select_related("school").filter(pk=package_id).first()
    if package is None:
        raise not_found()
    if by is not None:
        require(deny_other_school(by, package.school.code))
    return _view(package)


def packages_of(batch: IssueBatch) -> list[PackageView]:
    """The packages of a batch, newest first."""
    return [_view(package) for package in Package.objects.filter(batch=batch)]


def registrations_of(school: School) -> list[CertificateRegistration]:
    """The certificates that the school has declared to the city, newest first."""
    return list(CertificateRegistration.objects.filter(school=school))


def _view(package: Package) -> PackageView:
    rows = PackageRecord.objects.filter(package=package).select_related("record__enrolment__pupil")
    return PackageView(
        package_id=package.pk,
        message_id=package.message_id,
        state=package.state,
        state_name=PackageState(package.state).label,
        problem=package.problem,
        attempts=package.attempts,
        lines=tuple(
            AnswerLine(
                pupil_name=row.record.enrolment.pupil.full_name,
                record_uuid=row.record.record_uuid,
                answer=row.answer,
                answer_name=RecordAnswer(row.answer).label,
                code=row.code,
                sentence=row.sentence,
            )
            for row in rows
        ),
    )
