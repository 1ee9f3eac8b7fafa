"""The report of one verification: for a person as text, for software as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hocba.errors import Sentence
from hocba.tlog.cosignature import Cosignature
from hocba.verify.verdict import HEADLINES, Check, Outcome, Verdict

SIGNS = {Outcome.PASSED: "✓", Outcome.FAILED: "✗", Outcome.NOT_CHECKED: "?"}
WORDS = {
    Outcome.PASSED: Sentence("đạt", "passed"),
    Outcome.FAILED: Sentence("không đạt", "failed"),
    Outcome.NOT_CHECKED: Sentence("chưa kiểm tra được", "not checked"),
}


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed in which role, and when, as the file shows it (QĐ 1789 Đ12.2a)."""

    role: str
    role_name: Sentence
    name: str
    issuer: str
    signed_at: datetime | None
    valid_from: datetime
    valid_until: datetime
    subject: str | None = None
    timestamped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecordSummary:
    """Which record the file holds; only what the holder of the file already has."""

    record_uuid: str
    full_name: str
    school_name: str
    school_year: str
    classroom_name: str
    year_result: str
    issued_on: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """Verdict first, then the reason, then every check."""

    name: str
    kind: str
    """xml, pdf, container or unreadable."""
    verdict: Verdict
    checks: tuple[Check, ...]
    checked_at: datetime
    signers: tuple[Signer, ...] = ()
    record: RecordSummary | None = None
    witnesses: tuple[Cosignature, ...] = ()
    """Who of the known witnesses cosigned the head of the log under which the record is proved."""

    @property
    def headline(self) -> Sentence:
        """The verdict in plain words."""
        return HEADLINES[self.verdict]

    @property
    def because(self) -> Sentence:
        """One sentence that says why."""
        for outcome in (Outcome.FAILED, Outcome.NOT_CHECKED):
            for check in self.checks:
                if check.outcome is outcome:
                    return check.sentence
        return Sentence(
            "Dữ liệu nguyên vẹn, đủ chữ ký, chứng thư số đúng và học bạ đang lưu hành.",
            "The data are intact, signatures and certificates hold, and the record is in force.",
        )

    @property
    def advice(self) -> Sentence | None:
        """What to do, when the verdict is not valid."""
        for outcome in (Outcome.FAILED, Outcome.NOT_CHECKED):
            for check in self.checks:
                if check.outcome is outcome and check.advice is not None:
                    return check.advice
        return None

    def to_json(self) -> dict[str, Any]:
        """Stable keys; times in ISO 8601."""
        return {
            "file": self.name,
            "kind": self.kind,
            "verdict": self.verdict.value,
            "headline": _pair(self.headline),
            "because": _pair(self.because),
            "advice": _pair(self.advice) if self.advice else None,
            "checked_at": self.checked_at.isoformat(),
            "record": _summary_json(self.record),
            "signers": [_signer_json(signer) for signer in self.signers],
            "checks": [_check_json(check) for check in self.checks],
            "log_witnesses": [
                {"name": each.name, "cosigned_at": each.at.isoformat()} for each in self.witnesses
            ],
        }

    def to_text(self) -> str:
        """A report for the terminal, Vietnamese first."""
        lines = [
            f"{self.name}: {self.headline.vi.upper()} ({self.headline.en})",
            f"  {self.because}",
        ]
        if self.advice:
            lines.append(f"  Nên làm gì: {self.advice}")
        if self.record:
            record = self.record
            lines.append(
                f"  {record.full_name} · {record.classroom_name} · {record.school_name} · "
                f"năm học {record.school_year} · {record.record_uuid}"
            )
        lines.extend(_check_line(check) for check in self.checks)
        lines.extend(_signer_line(signer) for signer in self.signers)
        return "\n".join(lines) + "\n"


def _pair(sentence: Sentence) -> dict[str, str]:
    return {"vi": sentence.vi, "en": sentence.en}


def _summary_json(record: RecordSummary | None) -> dict[str, str] | None:
    if record is None:
        return None
    return {
        "record_uuid": record.record_uuid,
        "full_name": record.full_name,
        "school_name": record.school_name,
        "school_year": record.school_year,
        "classroom_name": record.classroom_name,
        "year_result": record.year_result,
        "issued_on": record.issued_on.isoformat(),
    }


def _signer_json(signer: Signer) -> dict[str, Any]:
    return {
        "role": signer.role,
        "subject": signer.subject,
        "name": signer.name,
        "issuer": signer.issuer,
        "signed_at": signer.signed_at.isoformat() if signer.signed_at else None,
        "timestamped_at": signer.timestamped_at.isoformat() if signer.timestamped_at else None,
        "valid_from": signer.valid_from.isoformat(),
        "valid_until": signer.valid_until.isoformat(),
    }


def _check_json(check: Check) -> dict[str, Any]:
    return {
        "number": check.number,
        "code": check.code,
        "title": _pair(check.title),
        "outcome": check.outcome.value,
        "reason": check.reason,
        "where": check.where,
        "sentence": _pair(check.sentence),
        "advice": _pair(check.advice) if check.advice else None,
        "clause": check.clause,
    }


def _check_line(check: Check) -> str:
    sign, word = SIGNS[check.outcome], WORDS[check.outcome]
    result = f"{check.title.vi}: {word.vi}. {check.sentence.vi}"
    return f"  {check.number:>2} {sign} {result} [{check.clause}]"


def _signer_line(signer: Signer) -> str:
    subject = f" ({signer.subject})" if signer.subject else ""
    when = f"{signer.signed_at:%d/%m/%Y %H:%M:%S %z}" if signer.signed_at else "không rõ thời điểm"
    return f"     {signer.role_name.vi}{subject}: {signer.name}, {when}, {signer.issuer}"
