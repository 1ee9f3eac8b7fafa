"""Checks, their outcomes, and the verdict that follows. Fails closed.

QĐ 1789/QĐ-SGDĐT Điều 12: if one of the named contents is found not valid, the record has no value.
What could not be checked is neither valid nor invalid and is never shown as valid.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from hocba.errors import Sentence


class Outcome(StrEnum):
    """Result of one check."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"


class Verdict(StrEnum):
    """What the checks together say about the file."""

    VALID = "valid"
    INVALID = "invalid"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Check:
    """One numbered check with its outcome and what to do when it did not pass."""

    number: int
    code: str
    title: Sentence
    outcome: Outcome
    sentence: Sentence
    clause: str
    """The rule behind the check, e.g. "QĐ 1789 Đ12.2a"."""
    reason: str | None = None
    """Machine code of the fault, e.g. `digest_mismatch`."""
    advice: Sentence | None = None
    where: str | None = None
    """Place of the fault, e.g. the slot "GVBM 02" or a tag, when there is one."""


def decide(checks: Iterable[Check]) -> Verdict:
    """One failure makes the record invalid; else one open check leaves it undetermined."""
    outcomes = [check.outcome for check in checks]
    if Outcome.FAILED in outcomes:
        return Verdict.INVALID
    if not outcomes or Outcome.NOT_CHECKED in outcomes:
        return Verdict.UNDETERMINED
    return Verdict.VALID


HEADLINES = {
    Verdict.VALID: Sentence("Học bạ có giá trị", "The record is valid"),
    Verdict.INVALID: Sentence("Học bạ không có giá trị", "The record has no value"),
    Verdict.UNDETERMINED: Sentence("Chưa xác định được", "It could not be determined"),
}
