"""What schools say, for the tests of the boards."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from hocba.ids import MessageId, SchoolYear, UnitCode
from hocba.packet.package import pack_content
from hocba.packet.situation import ClassLine, GradeLine, OnPaper, SchoolStep, Situation, grades_of
from hocba.packet.supplement import (
    SupplementKind,
    SupplementRequest,
    complete_supplement,
    prepare_supplement,
)
from hocba.record.sample import SCHOOL_CODE
from hocba.trust.algorithms import SignatureAlgorithm
from hocba_certworld.softkey import SoftKey
from hocba_server.city.certificates.services import register_unit
from hocba_server.city.certificates.units import set_unit
from hocba_server.city.tests.cast import ADMINISTRATOR, SENT

YEAR = "2025-2026"
OTHER_CODE = "79267370009"
UPPER_CODE = "79267400009"


def said(
    *, pupils: int = 5, at: dt.datetime = SENT, paper: OnPaper | None = None, trained: int = 8
) -> Situation:
    """A school with one class of grade 4."""
    return Situation(
        school_year=SchoolYear(YEAR),
        said_at=at,
        staff_total=10,
        staff_trained=trained,
        grades=(GradeLine(4, 1, pupils, (1, 1, 1, 1, 1)),),
        on_paper=paper,
    )


def said_by_class(*, at: dt.datetime = SENT) -> Situation:
    """The same school, class by class."""
    classes = (
        ClassLine("4A", 4, 5, SchoolStep.SENT),
        ClassLine("4B", 4, 31, SchoolStep.SIGNING),
    )
    return Situation(SchoolYear(YEAR), at, 10, 8, grades_of(classes), classes)


def message(
    situation: Situation,
    key: SoftKey,
    *,
    message_id: str = "",
    unit_code: str = SCHOOL_CODE,
    at: dt.datetime = SENT,
) -> dict[str, Any]:
    """The signed message as a school's software sends it."""
    prepared = prepare_supplement(
        SupplementKind.SITUATION,
        situation.to_json(),
        key.certificate,
        SignatureAlgorithm[key.algorithm],
        at,
    )
    signed = complete_supplement(prepared, key.sign_digests([prepared.digest])[0])
    return SupplementRequest(
        MessageId(message_id or str(uuid.uuid4())),
        UnitCode(unit_code),
        SupplementKind.SITUATION,
        pack_content(signed),
    ).to_json()


def more_units() -> None:
    """A primary school in another ward, and an upper secondary school in the first one."""
    for code, name, ward, ward_name, level in (
        (OTHER_CODE, "Tiểu học Khác", "26737", "Phường Tân Định", "primary"),
        (UPPER_CODE, "THPT Mẫu", "26740", "Phường Sài Gòn", "upper_secondary"),
    ):
        register_unit(
            by=ADMINISTRATOR,
            at=SENT,
            code=code,
            name=name,
            ownership="public",
            ward_code=ward,
            ward_name=ward_name,
        )
        set_unit(by=ADMINISTRATOR, at=SENT, code=code, levels=[level], email="")
