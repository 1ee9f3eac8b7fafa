"""What a valid record needs. A frozen value, so that a department can want otherwise by setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from hocba.archive.hashtree import HashAlgorithm
from hocba.tlog.trust_policy import LogPolicy


class RecordStatus(StrEnum):
    """Status of a record in the department's repository (national dictionary)."""

    IN_FORCE = "in_force"
    RECALLED = "recalled"
    REPLACED = "replaced"
    UNKNOWN = "unknown"


CORRECTED = "corrected"
"""Value of `StatusAnswer.reason`: ended by a correction after the closing (QĐ 1789 Đ21.6)."""


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """What the repository says about one record at one time."""

    status: RecordStatus
    as_of: datetime
    sha256: bytes | None = None
    """SHA-256 of the original in the repository; must equal the file's."""
    approved_seals: tuple[bytes, ...] = ()
    """SHA-256 of the DER certificates approved for the school at issue time."""
    ended_seals: tuple[tuple[bytes, datetime], ...] = ()
    """Those of them whose approval ended, and from when: what was sealed before stays valid."""
    replaced_by: str | None = None
    """Number of the record that stands in its place."""
    since: datetime | None = None
    """When it was recalled."""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """Requirements of QĐ 1789/QĐ-SGDĐT for a record of this city."""

    homeroom_covers_own_subjects: bool = True
    """A subject that the homeroom teacher teaches is covered by the homeroom signature."""
    timestamp_required: bool = True
    """The school's seal carries an RFC 3161 time-stamp (our choice; the 2024 text has none)."""
    clock_tolerance: timedelta = field(default=timedelta(minutes=5))
    """How far a signer's clock may run ahead of the time-stamp service."""
    log: LogPolicy = field(default_factory=LogPolicy)
    """Witnesses of the public log, and how many must have cosigned (decision 0021). By default none
    is demanded, and those that are known are named in the report."""
    hash_ends: Mapping[HashAlgorithm, datetime] = field(default_factory=dict)
    """From when on a hash function of archive time-stamps is not trusted any more."""
