"""What a correction brings beside a recall is checked before and kept with the request."""

from __future__ import annotations

from collections.abc import Iterable

from hocba.errors import Refused
from hocba.packet.codes import ResponseCode
from hocba.packet.recall import CorrectionKind, RecallItem
from hocba.rendition.scans import media_type_of, safe_name
from hocba_server.city.corrections.models import Correction, CorrectionFile
from hocba_server.city.recalls.models import RecallCase

_C = ResponseCode


def deny_correction(item: RecallItem) -> tuple[ResponseCode, str, str] | None:
    """Code, tag and sentence of what is wrong with a correction as it was written, or None."""
    if item.correction is None:
        return None
    if not (item.reason or "").strip():
        return _C.REASON_MISSING, "LY_DO", _C.REASON_MISSING.sentence.vi
    if item.correction is CorrectionKind.CIVIL_STATUS and not item.files:
        code = _C.ATTACHMENT_MISSING
        return code, "DANH_SACH_TEP_DINH_KEM", code.sentence.vi
    for file in item.files:
        try:
            honest = media_type_of(file.content) == file.media_type
        except Refused:
            honest = False
        if not honest:
            sentence = (
                f"Tệp “{file.name}” không phải PDF hoặc JPEG còn nguyên vẹn như đã ghi. "
                "Quét lại rồi gửi."
            )
            return _C.ATTACHMENT_WRONG, "TEP_DINH_KEM", sentence
    return None


def keep_corrections(pairs: Iterable[tuple[RecallCase, RecallItem | None]]) -> None:
    """Keep kind and files of the cases that are corrections. Joins the open transaction."""
    for case, item in pairs:
        if item is None or item.correction is None:
            continue
        row = Correction.objects.create(case=case, kind=item.correction.value)
        CorrectionFile.objects.bulk_create(
            CorrectionFile(
                correction=row,
                position=position,
                filename=_name(file.name, file.media_type),
                media_type=file.media_type,
                content=file.content,
                size=len(file.content),
                sha256=file.sha256,
            )
            for position, file in enumerate(item.files)
        )


def _name(name: str, media_type: str) -> str:
    """The sender's name of a file, made harmless; the bytes stay as they are."""
    return safe_name(name, media_type)
