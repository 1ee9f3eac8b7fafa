"""Drawing up, signing and sealing statements (QĐ 1789/QĐ-SGDĐT Đ20.4, Đ22.2).

The head's signature certifies the file and leaves room for one more: the school's seal. Keys are
those of the signing room: reached by the platform, or the signer's own device in two rounds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings

from hocba.errors import Refused
from hocba.ports import Key, TimestampSource
from hocba.record.pupil_sheet import write_sheet
from hocba.rendition.pupil_sheet import render_pupil_sheet
from hocba.rendition.results_to_date import render_results_to_date
from hocba.rendition.seal import PERSON_FIELD, SEAL_FIELD, SignatureOrder, seal_many
from hocba.trust.identity import signer_name
from hocba_server.school.assessments.entries import clean_text
from hocba_server.school.assessments.windows import vietnam_day
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.registry.data_sheets import sheet_of
from hocba_server.school.registry.models import Enrolment, School, SchoolRole
from hocba_server.school.registry.permissions import OFFICE, deny_role, require
from hocba_server.school.registry.selectors import (
    class_roll,
    classroom_by_id,
    enrolment_by_id,
    own_school,
)
from hocba_server.school.registry.sheet_services import mark_sheets_signed
from hocba_server.school.signing.approval import admit_certificate
from hocba_server.school.signing.certificate_checks import CertificateTrust
from hocba_server.school.statements.models import Statement, StatementKind, StatementState
from hocba_server.school.statements.selectors import (
    STEPS,
    deny_statement_step,
    results_to_date,
    statement_by_id,
)
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event, record_read

MOST = 60
"""Statements of one act: a class."""


def draw_data_sheets(*, by: Actor, at: dt.datetime, classroom_id: int) -> int:
    """Draw up the data sheets of a class that the registrar has initialised; answers how many."""
    require(deny_role(by, SchoolRole.REGISTRAR))
    with school_transaction():
        room = classroom_by_id(by, classroom_id, lock=True)
        done = 0
        for row in class_roll(room):
            if _has(row, StatementKind.DATA_SHEET):
                continue
            try:
                sheet = sheet_of(row)
            except Refused:
                continue  # not initialised yet: it comes with a later call
            pdf = render_pupil_sheet(
                sheet,
                write_sheet(sheet),
                fonts=settings.FONTS_DIR,
                timestamp=at.replace(microsecond=0),
            )
            _draw(by, at, row, StatementKind.DATA_SHEET, "", pdf)
            done += 1
        if not done:
            raise Refused(
                "nothing_to_draw",
                "Không có phiếu nào đã khởi tạo mà chưa lập. Học vụ khởi tạo phiếu trước.",
                "No initialised sheet waits to be drawn up.",
            )
    return done


def _has(row: Enrolment, kind: StatementKind) -> bool:
    live = Statement.objects.filter(enrolment=row, kind=kind)
    return live.exclude(state=StatementState.DROPPED).exists()


def draw_results(*, by: Actor, at: dt.datetime, enrolment_id: int, reason: str) -> int:
    """Draw up the results to date of a pupil who leaves; a paper that waits is replaced."""
    require(deny_role(by, SchoolRole.REGISTRAR))
    why = clean_text(reason)
    if not why:
        raise Refused(
            "reason_missing",
            "Ghi lý do, ví dụ: chuyển trường.",
            "Give the reason, such as a transfer.",
        )
    with school_transaction():
        row = enrolment_by_id(by, enrolment_id)
        school = School.objects.select_for_update().get(pk=row.classroom.school_id)
        Statement.objects.filter(
            enrolment=row,
            kind=StatementKind.RESULTS_TO_DATE,
            state__in=[StatementState.DRAWN, StatementState.SIGNED],
        ).update(state=StatementState.DROPPED)
        day = vietnam_day(at)
        used = Statement.objects.filter(
            school=school, kind=StatementKind.RESULTS_TO_DATE, drawn_at__year=day.year
        ).count()
        number = f"{used + 1:03d}/{day.year}/KQ"
        pdf = render_results_to_date(
            results_to_date(row, number, why[:200], day), fonts=settings.FONTS_DIR, timestamp=at
        )
        return _draw(by, at, row, StatementKind.RESULTS_TO_DATE, number, pdf)


def _draw(
    by: Actor, at: dt.datetime, row: Enrolment, kind: StatementKind, number: str, pdf: bytes
) -> int:
    made = Statement.objects.create(
        school_id=row.classroom.school_id,
        enrolment=row,
        kind=kind,
        number=number,
        state=StatementState.DRAWN,
        content=pdf,
        drawn_by=by.user_id,
        drawn_by_name=by.name[:150],
        drawn_at=at,
    )
    _audit(by, at, "draw_statement", f"statement:{made.pk}", {"kind": kind.value})
    return made.pk


def sign_statements(
    *,
    by: Actor,
    at: dt.datetime,
    step: str,
    statement_ids: Sequence[int],
    key: Key,
    timestamp: TimestampSource,
    trust: CertificateTrust,
) -> int:
    """Sign (`sign`, the head) or seal (`seal`, the clerk) statements; all of them or none.

    Raises `Refused`: wrong role, wrong certificate, a statement that does not wait for this step.
    """
    require(deny_statement_step(by, step))
    moment, organisation = at.replace(microsecond=0), step == "seal"
    with school_transaction():
        school = own_school(by)
        rows = _waiting(school, step, statement_ids)
        admit_certificate(
            school=school,
            certificate=key.certificate,
            chain=key.chain,
            owner=school.code if organisation else str(by.personal_id),
            organisation=organisation,
            at=at,
            trust=trust,
        )
        signed = seal_many(
            [bytes(row.content) for row in rows],
            key,
            moment,
            timestamp,
            field=SEAL_FIELD if organisation else PERSON_FIELD,
            order=SignatureOrder.SECOND if organisation else SignatureOrder.FIRST_OF_TWO,
        )
        signer = by.name if organisation else signer_name(key.certificate)
        for row, content in zip(rows, signed, strict=True):
            _keep_signed(row, step, content, signer[:150], moment)
        if organisation:
            sheets = [row.enrolment_id for row in rows if row.kind == StatementKind.DATA_SHEET]
            mark_sheets_signed(by=by, at=at, enrolment_ids=sheets)
        detail: dict[str, object] = {"statements": [row.pk for row in rows]}
        _audit(by, at, f"{step}_statements", f"school:{school.code}", detail)
    return len(rows)


def _keep_signed(
    row: Statement, step: str, content: bytes, signer: str, moment: dt.datetime
) -> None:
    row.content = content
    if step == "seal":
        row.state, row.sealed_at, row.sealed_by_name = StatementState.SEALED, moment, signer
    else:
        row.state, row.signed_at, row.signer_name = StatementState.SIGNED, moment, signer
    row.save()


def _waiting(school: School, step: str, statement_ids: Sequence[int]) -> list[Statement]:
    """The statements, locked; refused unless every one of them waits for the step."""
    rows = list(
        Statement.objects.select_for_update()
        .filter(school=school, pk__in=statement_ids, state=STEPS[step])
        .order_by("pk")[:MOST]
    )
    if not rows or len(rows) != len(set(statement_ids)):
        raise Refused(
            "not_waiting",
            "Có giấy tờ không còn chờ bước này. Tải lại trang.",
            "A statement does not wait for this step any more. Reload the page.",
        )
    return rows


def statement_file(*, by: Actor, at: dt.datetime, statement_id: int) -> bytes:
    """The PDF as it stands; the reading is recorded."""
    require(deny_role(by, *OFFICE))
    row = statement_by_id(by, statement_id)
    record_read(
        using=SCHOOL_DATABASE,
        by=by,
        at=at,
        subject=f"enrolment:{row.enrolment_id}",
        detail={"purpose": "giấy tờ ký số", "statement": row.pk},
    )
    return bytes(row.content)


def _audit(
    by: Actor, at: dt.datetime, action: str, subject: str, detail: dict[str, object]
) -> None:
    record_event(using=SCHOOL_DATABASE, by=by, at=at, action=action, subject=subject, detail=detail)
