"""A closed record is to be corrected: prepare reason and files, then ask with the school's key.

Source: QĐ 1789/QĐ-SGDĐT Đ21.6 (the school asks from its software), Đ21.7 (civil status, with the
decision attached); decision 20.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import QuerySet

from hocba.errors import Malformed, Refused
from hocba.packet.attached import MAX_FILES, AttachedFile, check_attached
from hocba.packet.recall import CorrectionKind as SentKind
from hocba.ports import Key
from hocba.rendition.scans import media_type_of
from hocba.workflow.transitions import Action
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.issuing.selectors import batch_by_id, record_by_uuid
from hocba_server.school.recalls.messages import Grounds
from hocba_server.school.recalls.models import (
    CorrectionDraft,
    CorrectionFile,
    CorrectionKind,
    RecallRequest,
)
from hocba_server.school.recalls.outcomes import move
from hocba_server.school.recalls.rights import deny_asking, deny_correction
from hocba_server.school.recalls.selectors import draft_by_id
from hocba_server.school.recalls.services import send_signed
from hocba_server.school.registry.attachments import Upload, keep_attachment
from hocba_server.school.registry.permissions import require
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event


def prepare_correction(
    *,
    by: Actor,
    at: dt.datetime,
    record_uuid: str,
    kind: str,
    reason: str,
    uploads: Sequence[Upload],
) -> int:
    """Keep reason and files of a correction that is to be signed; answers its number.

    An earlier one of the same record that nobody signed is dropped. Raises `Refused`: `role`,
    `wrong_state` (the record is not closed), `kind`, `reason_missing`, `file_missing` (a change of
    civil status needs the decision), `file_…`.
    """
    require(deny_asking(by))
    reason = " ".join(reason.split())[:500]
    _check(kind, reason, uploads)
    with school_transaction():
        batch = batch_by_id(by, record_by_uuid(by, record_uuid).batch_id, lock=True)
        row = AnnualRecordDraft.objects.select_for_update().get(record_uuid=record_uuid)
        require(deny_correction(by, row))
        _open_drafts(row).update(dropped_at=at)
        draft = CorrectionDraft.objects.create(
            record=row,
            kind=kind,
            reason=reason,
            created_by=by.user_id,
            created_by_name=by.name,
            created_at=at,
        )
        files = [
            keep_attachment(batch.classroom.school, upload, by=by, at=at) for upload in uploads
        ]
        CorrectionFile.objects.bulk_create(
            CorrectionFile(draft=draft, attachment=file, position=position)
            for position, file in enumerate(files)
        )
        detail = {"record": record_uuid, "kind": kind, "reason": reason}
        detail["files"] = ", ".join(file.sha256 for file in files)
        _audit(by, at, "prepare_correction", draft, detail)
    return draft.pk


def _check(kind: str, reason: str, uploads: Sequence[Upload]) -> None:
    if kind not in CorrectionKind.values:
        raise Refused(
            "kind", "Chọn loại chỉnh lý.", "Choose what is to be corrected.", where="kind"
        )
    if not reason:
        raise Refused(
            "reason_missing",
            "Ghi lý do chỉnh lý để Sở xem xét.",
            "Give the reason.",
            where="reason",
        )
    if kind == CorrectionKind.CIVIL_STATUS and not uploads:
        raise Refused(
            "file_missing",
            "Thay đổi hộ tịch phải kèm quyết định của cơ quan hộ tịch.",
            "A change of civil status needs the authority's decision.",
            where="file",
        )
    if len(uploads) > MAX_FILES:
        raise Refused(
            "file_many",
            f"Chỉ kèm tối đa {MAX_FILES} tệp.",
            f"At most {MAX_FILES} files.",
            where="file",
        )
    found = [
        AttachedFile("tep", media_type_of(upload.content), upload.content) for upload in uploads
    ]
    try:
        check_attached(found)
    except Malformed as fault:
        raise Refused(
            "file_too_large", fault.sentence.vi, fault.sentence.en, where="file"
        ) from fault


def drop_correction(*, by: Actor, at: dt.datetime, draft_id: int) -> str:
    """Put a correction away that was not signed; answers the number of its record."""
    require(deny_asking(by))
    with school_transaction():
        draft = draft_by_id(by, draft_id, lock=True)
        _refuse_done(draft)
        CorrectionDraft.objects.filter(pk=draft.pk).update(dropped_at=at)
        _audit(by, at, "drop_correction", draft, {"record": draft.record.record_uuid})
    return str(draft.record.record_uuid)


def request_correction(
    *, by: Actor, at: dt.datetime, draft_id: int, key: Key, message_id: str
) -> int:
    """Ask for a prepared correction, signed with the school's key; sending follows as a job.

    Request, state and job are committed together. Raises `Refused`: `role`, `not_found`,
    `draft_done` (signed or put away already), `wrong_state`, what `check_owner` refuses.
    """
    require(deny_asking(by))
    with school_transaction():
        # The batch first, as everybody takes it who works on records of a class.
        batch = batch_by_id(by, draft_by_id(by, draft_id).record.batch_id, lock=True)
        draft = draft_by_id(by, draft_id, lock=True)
        _refuse_done(draft)
        row = AnnualRecordDraft.objects.select_for_update().get(pk=draft.record_id)
        require(deny_correction(by, row))
        asked = send_signed(
            batch, [row], _grounds(draft), by=by, at=at, key=key, message_id=message_id
        )
        _sign(draft, asked)
        move([row.pk], Action.REQUEST_CORRECTION, by.roles, at)
    return asked.pk


def _sign(draft: CorrectionDraft, asked: RecallRequest) -> None:
    CorrectionDraft.objects.filter(pk=draft.pk).update(request=asked)


def _grounds(draft: CorrectionDraft) -> Grounds:
    files = tuple(
        AttachedFile(
            file.attachment.filename, file.attachment.media_type, bytes(file.attachment.content)
        )
        for file in draft.files.select_related("attachment").order_by("position")
    )
    return Grounds(draft.reason, SentKind(draft.kind), files)


def _open_drafts(row: AnnualRecordDraft) -> QuerySet[CorrectionDraft]:
    return CorrectionDraft.objects.filter(record=row, request__isnull=True, dropped_at__isnull=True)


def _refuse_done(draft: CorrectionDraft) -> None:
    if draft.request_id is not None or draft.dropped_at is not None:
        raise Refused(
            "draft_done",
            "Yêu cầu này đã ký gửi hoặc đã bỏ. Mở lại học bạ để xem.",
            "This request was signed or put away already.",
        )


def _audit(
    by: Actor, at: dt.datetime, action: str, draft: CorrectionDraft, detail: dict[str, str]
) -> None:
    record_event(
        using=SCHOOL_DATABASE,
        by=by,
        at=at,
        action=action,
        subject=f"correction:{draft.pk}",
        detail=detail,
    )
