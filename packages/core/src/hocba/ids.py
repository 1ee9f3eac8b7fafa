"""Typed identifiers and their forms. Parsing functions raise `Malformed`; the types are strings.

Sources: CV 2088/BGDĐT-GDTH annex 1 II.1 and annex 1.1; QĐ 1789/QĐ-SGDĐT Điều 2.17, 4.3.
"""

from __future__ import annotations

import re
import uuid
from typing import NewType

from hocba.errors import Malformed

RecordUuid = NewType("RecordUuid", str)
"""UUID v4 in lower case, 36 characters; one per record unit (pupil x school year)."""
MessageId = NewType("MessageId", str)
"""UUID v4 of one package; the same id again gets the first answer."""
PersonalId = NewType("PersonalId", str)
"""Số định danh cá nhân: exactly 12 digits."""
PupilCode = NewType("PupilCode", str)
"""Mã định danh Bộ GD&ĐT of a pupil: up to 20 characters."""
UnitCode = NewType("UnitCode", str)
"""Code of a school or department, up to 20 characters, leading zeros kept."""
SubjectCode = NewType("SubjectCode", str)
"""Code in the subject catalogue of one school level, e.g. "02" Tiếng Việt (primary)."""
TraitCode = NewType("TraitCode", str)
"""Code "01".."15" of a quality or competence."""

_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_PERSONAL_ID = re.compile(r"[0-9]{12}")
_SCHOOL_YEAR = re.compile(r"([0-9]{4})-([0-9]{4})")


def parse_record_uuid(text: str, *, where: str | None = None) -> RecordUuid:
    """Read a UUID v4 in lower case (CV 2088 II.1.4). Raises `Malformed` with code `uuid`."""
    if not _UUID4.fullmatch(text):
        raise Malformed(
            "uuid",
            f"“{text[:60]}” không phải mã tra cứu UUID phiên bản 4.",
            f"“{text[:60]}” is not a version 4 UUID.",
            where=where,
        )
    return RecordUuid(text)


def record_uuid_from_bytes(random_bytes: bytes) -> RecordUuid:
    """Make a UUID v4 from 16 random bytes given by the caller."""
    return RecordUuid(str(uuid.UUID(bytes=random_bytes, version=4)))


def parse_personal_id(text: str, *, where: str | None = None) -> PersonalId:
    """Read a 12-digit personal number. Raises `Malformed` with code `personal_id`."""
    if not _PERSONAL_ID.fullmatch(text):
        raise Malformed(
            "personal_id",
            "Số định danh cá nhân phải gồm đúng 12 chữ số.",
            "A personal number has exactly 12 digits.",
            where=where,
        )
    return PersonalId(text)


class SchoolYear(str):
    """Năm học `YYYY-YYYY`, the second year one after the first, e.g. "2025-2026"."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, *, where: str | None = None) -> SchoolYear:
        """Read `YYYY-YYYY`. Raises `Malformed` with code `school_year`."""
        found = _SCHOOL_YEAR.fullmatch(text)
        if not found or int(found[2]) != int(found[1]) + 1:
            raise Malformed(
                "school_year",
                f"“{text[:20]}” không phải năm học dạng 2025-2026.",
                f"“{text[:20]}” is not a school year such as 2025-2026.",
                where=where,
            )
        return cls(text)

    @property
    def first(self) -> int:
        """Calendar year in which the school year starts."""
        return int(self[:4])
