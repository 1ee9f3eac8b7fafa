"""Lines of the register: numbers per school, year and kind, from 1 and without gaps."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from django.utils import timezone

from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.papers.models import IssuedPaper, PaperCounter, PaperKind
from hocba_server.school.papers.selectors import is_issued
from hocba_server.school.registry.models import Classroom, Pupil, School
from hocba_server.web.accounts.actor import Actor

_SYMBOLS: Final = {
    PaperKind.RECORD: "BI",
    PaperKind.BOOKLET: "BI-NN",
    PaperKind.CLASS: "BI-L",
    PaperKind.COPY: "SY",
}
_SILENT_WORDS: Final = {"trường"}


@dataclass(frozen=True, slots=True)
class Number:
    """A number taken for a paper that is being made."""

    kind: PaperKind
    year: int
    number: int
    sign: str


@dataclass(frozen=True, slots=True)
class PaperTerms:
    """What a line of the register says beside number, file and person."""

    form: str
    pupil: Pupil | None = None
    recipient: str = ""
    purpose: str = ""
    copies: int = 1
    leader_name: str = ""
    leader_title: str = ""
    keep: bool = field(default=False)
    """Keep the bytes themselves."""


def take_number(school: School, kind: PaperKind, at: dt.datetime) -> Number:
    """Take the next number; the counter stays locked until commit, a rollback gives it back.

    Copies of all sorts are numbered through the calendar year (NĐ 30/2020/NĐ-CP annex I part III).
    """
    year = timezone.localtime(at).year
    PaperCounter.objects.get_or_create(school=school, kind=kind.value, year=year)
    counter = PaperCounter.objects.select_for_update().get(
        school=school, kind=kind.value, year=year
    )
    counter.last += 1
    counter.save(update_fields=["last"])
    # Numbers below ten get a zero (NĐ 30/2020/NĐ-CP annex I).
    sign = f"{counter.last:02d}/{_SYMBOLS[kind]}-{initials(school.name)}"
    return Number(kind, year, counter.last, sign)


def initials(school_name: str) -> str:
    """Short name of a school for numbers: Trường Tiểu học Bình Minh gives THBM."""
    words = [word for word in school_name.split() if word.casefold() not in _SILENT_WORDS]
    return "".join(word[0].upper() for word in words if word[0].isalnum()) or "TH"


def enter(
    *,
    by: Actor,
    at: dt.datetime,
    number: Number,
    room: Classroom,
    rows: Sequence[AnnualRecordDraft],
    pdf: bytes,
    terms: PaperTerms,
) -> IssuedPaper:
    """Write the line. Only issued records count: a draft is no paper of the school."""
    issued = [row for row in rows if is_issued(row)]
    return IssuedPaper.objects.create(
        school=room.school,
        kind=number.kind.value,
        year=number.year,
        number=number.number,
        sign=number.sign,
        pupil=terms.pupil,
        classroom=room,
        school_years=sorted({row.enrolment.school_year for row in issued}),
        record_uuids=[row.record_uuid for row in issued],
        form=terms.form,
        recipient=terms.recipient,
        purpose=terms.purpose,
        copies=terms.copies,
        leader_name=terms.leader_name,
        leader_title=terms.leader_title,
        issued_by=by.user_id,
        issued_by_name=by.name,
        issued_at=at,
        sha256=hashlib.sha256(pdf).hexdigest(),
        size=len(pdf),
        content=pdf if terms.keep else None,
    )
