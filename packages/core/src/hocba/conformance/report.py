"""The report: every check, passed, failed or not checked, with all its findings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from hocba.conformance.catalogue import KINDS, CheckKind, CheckName
from hocba.errors import HocBaError, Sentence
from hocba.verify.verdict import Outcome

MOST_FINDINGS = 1000
"""Of one check; the rest is counted."""


@dataclass(frozen=True, slots=True)
class ConformanceFinding:
    """One thing that is wrong, with its place."""

    check: CheckName
    sentence: Sentence
    where: str = ""
    """Tag, path or slot."""
    line: int | None = None
    record: int | None = None
    """Place of the record in its package, from 1; None outside a record."""
    code: str = ""
    warning: bool = False
    """Allowed, but looks wrong; does not fail the check."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check and what it found."""

    kind: CheckKind
    outcome: Outcome
    findings: tuple[ConformanceFinding, ...]
    more: int = 0
    """Findings beyond the limit."""
    why_not: Sentence | None = None
    """Why it was not checked."""


@dataclass(frozen=True, slots=True)
class ConformanceReport:
    """Everything about one file."""

    name: str
    kind: str
    """record, package, envelope, registration or unreadable."""
    records: int
    checks: tuple[CheckResult, ...]

    @property
    def conforms(self) -> bool:
        """Nothing failed. What was not checked is neither."""
        return all(check.outcome is not Outcome.FAILED for check in self.checks)

    @property
    def findings(self) -> int:
        """How many faults there are; warnings do not count."""
        return sum(
            check.more + sum(1 for one in check.findings if not one.warning)
            for check in self.checks
        )

    def to_json(self) -> dict[str, Any]:
        """Stable keys."""
        return {
            "file": self.name,
            "kind": self.kind,
            "records": self.records,
            "conforms": self.conforms,
            "faults": self.findings,
            "checks": [_check_json(check) for check in self.checks],
        }


@dataclass(slots=True)
class Gathering:
    """Findings on their way into a report, and which checks were made."""

    found: list[ConformanceFinding] = field(default_factory=list)
    made: set[CheckName] = field(default_factory=set)
    skipped: dict[CheckName, Sentence] = field(default_factory=dict)

    def add(
        self,
        check: CheckName,
        sentence: Sentence,
        *,
        where: str = "",
        line: int | None = None,
        record: int | None = None,
        code: str = "",
        warning: bool = False,
    ) -> None:
        """Keep one finding; its check was made."""
        self.made.add(check)
        self.found.append(ConformanceFinding(check, sentence, where, line, record, code, warning))

    def add_error(
        self,
        check: CheckName,
        error: HocBaError,
        *,
        line: int | None = None,
        record: int | None = None,
    ) -> None:
        """Keep an error of the library."""
        self.add(
            check,
            error.sentence,
            where=error.where or "",
            line=line,
            record=record,
            code=error.code,
        )

    def make(self, *checks: CheckName) -> None:
        """Say that these checks were made, whatever they find."""
        self.made.update(checks)

    def skip(self, sentence: Sentence, *checks: CheckName) -> None:
        """Say why these checks were not made."""
        for check in checks:
            self.skipped.setdefault(check, sentence)

    def report(
        self, name: str, kind: str, records: int, relevant: Iterable[CheckName]
    ) -> ConformanceReport:
        """Return the report over the checks that such a file has."""
        wanted = set(relevant) | self.made
        return ConformanceReport(
            name,
            kind,
            records,
            tuple(self._result(each) for each in KINDS if each.name in wanted),
        )

    def _result(self, kind: CheckKind) -> CheckResult:
        found = [one for one in self.found if one.check is kind.name]
        shown = tuple(found[:MOST_FINDINGS])
        more = len(found) - len(shown)
        if any(not one.warning for one in found):
            return CheckResult(kind, Outcome.FAILED, shown, more)
        if kind.name in self.skipped or kind.name not in self.made:
            why = self.skipped.get(kind.name, _NOT_REACHED)
            return CheckResult(kind, Outcome.NOT_CHECKED, shown, more, why)
        return CheckResult(kind, Outcome.PASSED, shown, more)


_NOT_REACHED = Sentence(
    "Chưa kiểm tra được vì lỗi ở bước trước.", "Not reached because of the faults before it."
)


def line_of(element: Any) -> int | None:
    """The line on which an element or comment begins."""
    line = element.sourceline
    return line if isinstance(line, int) else None


def _check_json(check: CheckResult) -> dict[str, Any]:
    kind = check.kind
    return {
        "name": kind.name.value,
        "title": _pair(kind.title),
        "rule": kind.rule,
        "outcome": check.outcome.value,
        "why_not": _pair(check.why_not) if check.why_not else None,
        "what_to_do": _pair(kind.advice) if check.outcome is Outcome.FAILED else None,
        "findings": [
            {
                "record": one.record,
                "where": one.where,
                "line": one.line,
                "code": one.code,
                "severity": "warning" if one.warning else "error",
                "sentence": _pair(one.sentence),
            }
            for one in check.findings
        ],
        "more": check.more,
    }


def _pair(sentence: Sentence) -> dict[str, str]:
    return {"vi": sentence.vi, "en": sentence.en}
