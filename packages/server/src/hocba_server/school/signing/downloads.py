"""The PDF of a record, made from its signed bytes and sealed with the school's key."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings

from hocba.errors import Refused
from hocba.ids import SubjectCode
from hocba.ports import TimestampSource
from hocba.record.codec import read_record
from hocba.record.model import SignerRole, SlotId
from hocba.rendition.form import SignatureLine, render_pdf
from hocba.rendition.seal import seal_pdf
from hocba_server.adapters.keystores import KeyStore
from hocba_server.school.issuing.models import STANDING_STATES, AnnualRecordDraft
from hocba_server.school.issuing.selectors import record_by_uuid, stamps_of
from hocba_server.school.issuing.services import note_reading
from hocba_server.school.signing.key_sources import key_sources
from hocba_server.school.signing.models import KeySource, SealedPdf
from hocba_server.school.signing.print_codes import codes_of, make_codes_at_hand
from hocba_server.school.training.sources import sources_of
from hocba_server.web.accounts.actor import Actor


def record_pdf(
    *,
    by: Actor,
    at: dt.datetime,
    record_uuid: str,
    keystore: KeyStore | None = None,
    timestamp: TimestampSource | None = None,
    evidence: bytes | None = None,
) -> bytes:
    """The sealed PDF of one issued record; the reading is recorded.

    Where the platform reaches the school's key it is made and sealed now. Elsewhere it is the one
    that the clerk sealed with the token. Raises `Refused`: `not_issued`, `not_sealed`.
    """
    row = record_by_uuid(by, record_uuid)
    if row.state not in {state.value for state in STANDING_STATES}:
        raise Refused(
            "not_issued",
            "Học bạ chưa phát hành, hoặc không còn giá trị, nên không có bản PDF.",
            "The record is not issued yet or has no value any more, so there is no PDF.",
        )
    unit = row.batch.classroom.school.code
    kept = SealedPdf.objects.filter(record=row).first() if evidence is None else None
    at_hand = keystore is not None or KeySource.SERVER in key_sources(SignerRole.ORGANISATION, unit)
    if kept is None and not at_hand:
        raise Refused(
            "not_sealed",
            "Văn thư chưa đóng dấu bản PDF của học bạ này. Tải bản XML, hoặc nhờ văn thư đóng dấu "
            "ở trang phát hành của lớp.",
            "The clerk has not sealed this PDF yet. Take the XML, or ask the clerk.",
        )
    note_reading(by=by, at=at, record=row, purpose="tải PDF")
    if kept is not None:
        return bytes(kept.content)
    key = (keystore or sources_of(unit).keys()).organisation_key(unit)
    make_codes_at_hand(by=by, at=at, rows=[row], keystore=keystore)
    unsealed = render_unsealed(row, evidence=evidence, codes=codes_of(row, key.certificate))
    return seal_pdf(unsealed, key, at, timestamp or sources_of(unit).timestamps())


def render_unsealed(
    row: AnnualRecordDraft, *, evidence: bytes | None = None, codes: Sequence[str] = ()
) -> bytes:
    """The Ministry's form with the signed XML attached, before the seal.

    `codes` must be signed with the key that seals: a verifier knows no other (`hocba.verify.face`).
    """
    document = bytes(row.document)
    lines = [
        SignatureLine(
            SlotId(
                SignerRole(stamp.role),
                SubjectCode(stamp.subject_code) if stamp.subject_code else None,
            ),
            stamp.signer_name,
            stamp.issuer_name,
            stamp.signed_at,
        )
        for stamp in stamps_of(row)
    ]
    return render_pdf(
        read_record(document).record,
        document,
        fonts=settings.FONTS_DIR,
        signatures=lines,
        verify_url=f"{settings.VERIFY_URL}?ma={row.record_uuid}",
        evidence=evidence,
        codes=codes,
        timestamp=(row.issued_at or row.created_at).replace(microsecond=0),
    )
