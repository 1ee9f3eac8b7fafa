"""The signed codes of prints: made with the school's key once a record is issued, then kept.

Where the platform reaches the key (demo, training, an HSM) they are made at the first print.
Elsewhere the clerk signs those of a class with one activation, before or without the PDFs
(decision 0031). What is kept is derived: it can be made again from the signed XML at any time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.urls import reverse

from hocba.errors import Refused, Sentence
from hocba.ports import Key
from hocba.record.codec import read_record
from hocba.record.model import SignerRole
from hocba.rendition.print_code import code_count, sign_codes
from hocba_server.adapters.keystores import KeyStore
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.issuing.models import STANDING_STATES, AnnualRecordDraft, IssueBatch
from hocba_server.school.issuing.selectors import batch_by_id
from hocba_server.school.registry.models import SchoolRole
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.signing.approval import admit_certificate
from hocba_server.school.signing.certificate_checks import CertificateTrust
from hocba_server.school.signing.key_sources import key_sources
from hocba_server.school.signing.models import KeySource, PrintCodes
from hocba_server.school.signing.paper_tasks import Kept, PaperTask, Typed, Wish
from hocba_server.school.training.sources import sources_of
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

MOST: Final = 45
"""Records of one act: with eleven codes each a device signs no more at once."""
_STANDING: Final = frozenset(state.value for state in STANDING_STATES)


def codes_of(row: AnnualRecordDraft, certificate: x509.Certificate | None = None) -> list[str]:
    """The codes that are kept of a record; with `certificate` only if it signed them."""
    found = PrintCodes.objects.filter(record=row)
    if certificate is not None:
        found = found.filter(fingerprint=_fingerprint(certificate))
    kept = found.first()
    return list(kept.codes) if kept else []


def records_without_codes(batch: IssueBatch) -> list[int]:
    """The issued records of a class of which no codes are kept, by key."""
    rows = AnnualRecordDraft.objects.filter(batch=batch, state__in=_STANDING, print_codes=None)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _count(row: AnnualRecordDraft) -> int:
    document = bytes(row.document)
    return code_count(read_record(document).record, document)


def make_codes_at_hand(
    *,
    by: Actor,
    at: dt.datetime,
    rows: Sequence[AnnualRecordDraft],
    keystore: KeyStore | None = None,
) -> None:
    """Make what is missing for a print, if the platform reaches the school's key; else nothing."""
    standing = [row for row in rows if row.state in _STANDING]
    known = set(PrintCodes.objects.filter(record__in=standing).values_list("record_id", flat=True))
    missing = [row for row in standing if row.pk not in known]
    if not missing:
        return
    unit = missing[0].batch.classroom.school.code
    if keystore is None and KeySource.SERVER not in key_sources(SignerRole.ORGANISATION, unit):
        return
    try:
        key = (keystore or sources_of(unit).keys()).organisation_key(unit)
    except Refused:
        return  # without a key the print has the address only, as before
    with school_transaction():
        _sign(missing, key, by, at)


def sign_class_codes(
    *,
    by: Actor,
    at: dt.datetime,
    batch_id: int,
    record_ids: Sequence[int],
    key: Key,
    trust: CertificateTrust,
) -> int:
    """Sign and keep the codes of these records of a class; all of them or none.

    Raises `Refused`: `role`, `not_waiting` when one of them has codes already or is not issued,
    what `admit_certificate` refuses, `print_code` for a text that is too long.
    """
    require(deny_role(by, SchoolRole.SCHOOL_CLERK))
    with school_transaction():
        batch = batch_by_id(by, batch_id, lock=True)
        school = batch.classroom.school
        admit_certificate(
            school=school,
            certificate=key.certificate,
            chain=key.chain,
            owner=school.code,
            organisation=True,
            at=at,
            trust=trust,
        )
        if not record_ids or not set(records_without_codes(batch)).issuperset(record_ids):
            raise Refused(
                "not_waiting",
                "Có học bạ vừa được ký mã xác thực rồi. Tải lại trang.",
                "The codes of a record have been signed meanwhile. Reload the page.",
            )
        rows = AnnualRecordDraft.objects.filter(pk__in=record_ids).order_by("pk")
        return _sign(list(rows), key, by, at)


def _sign(rows: Sequence[AnnualRecordDraft], key: Key, by: Actor, at: dt.datetime) -> int:
    documents = [bytes(row.document) for row in rows]
    records = [(read_record(document).record, document) for document in documents]
    made = sign_codes(records, key, at.replace(microsecond=0))
    PrintCodes.objects.bulk_create(
        [
            PrintCodes(
                record=row,
                codes=list(codes),
                fingerprint=_fingerprint(key.certificate),
                signed_at=at,
                signed_by=by.user_id,
            )
            for row, codes in zip(rows, made, strict=True)
        ],
        ignore_conflicts=True,  # somebody else printed the same at the same moment
    )
    record_event(
        using=SCHOOL_DATABASE,
        by=by,
        at=at,
        action="sign_print_codes",
        subject=f"batch:{rows[0].batch_id}",
        detail={"records": [row.record_uuid for row in rows]},
    )
    return len(rows)


def _fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()


def _read(by: Actor, typed: Typed) -> Wish:
    batch = batch_by_id(by, typed.number("batch"))
    waiting = records_without_codes(batch)[:MOST]
    if not waiting:
        raise Refused(
            "nothing_waits",
            "Không còn học bạ nào chờ ký mã xác thực bản in.",
            "No record waits for the codes of its print.",
        )
    return {"batch": batch.pk, "records": waiting}


def _sign_wish(by: Actor, key: Key, at: dt.datetime, wish: Wish) -> Kept:
    count = sign_class_codes(
        by=by,
        at=at,
        batch_id=wish["batch"],
        record_ids=wish["records"],
        key=key,
        trust=sources_of(by.unit_code).trust(),
    )
    batch = batch_by_id(by, wish["batch"])
    return Kept(
        Sentence(
            f"Đã ký mã xác thực bản in của {count} học bạ.",
            f"The codes of the prints of {count} records are signed.",
        ),
        reverse("school_signing:batch", args=[batch.classroom_id]),
        more=bool(records_without_codes(batch)),
    )


def _limit(wish: Wish, most: int) -> Wish:
    """As many records as have no more codes together than a key signs at once; one at least."""
    chosen: list[int] = []
    total = 0
    rows = AnnualRecordDraft.objects.in_bulk(wish["records"])
    for pk in wish["records"]:
        total += _count(rows[pk])
        if chosen and total > most:
            break
        chosen.append(pk)
    return {**wish, "records": chosen}


CODES: Final = PaperTask(
    name="ma-ban-in",
    title=Sentence("Ký mã xác thực trên bản in của lớp", "Sign the codes of the class's prints"),
    role=SignerRole.ORGANISATION,
    deny=lambda by: deny_role(by, SchoolRole.SCHOOL_CLERK),
    read=_read,
    sign=_sign_wish,
    count=lambda wish: len(wish["records"]),
    limit=_limit,
)
