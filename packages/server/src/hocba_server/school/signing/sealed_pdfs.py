"""PDFs sealed beforehand, a class at a time, by a key that only the clerk can use (CV 2817).

The school's certificate is a token in the clerk's computer: whoever downloads a PDF later has no
key at hand. The clerk seals the PDFs of a class with one activation after the records are issued.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from django.urls import reverse

from hocba.errors import Refused, Sentence
from hocba.ports import Key, TimestampSource
from hocba.record.model import SignerRole
from hocba.rendition.seal import seal_many
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.issuing.models import STANDING_STATES, AnnualRecordDraft, IssueBatch
from hocba_server.school.issuing.selectors import batch_by_id
from hocba_server.school.registry.models import SchoolRole
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.signing.approval import admit_certificate
from hocba_server.school.signing.certificate_checks import CertificateTrust
from hocba_server.school.signing.downloads import render_unsealed
from hocba_server.school.signing.models import SealedPdf
from hocba_server.school.signing.paper_tasks import Kept, PaperTask, Typed, Wish
from hocba_server.school.signing.print_codes import codes_of
from hocba_server.school.training.sources import sources_of
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

MOST: Final = 60
"""PDFs of one act: a class."""


def records_without_pdf(batch: IssueBatch) -> list[int]:
    """The issued records of a class whose PDF is not sealed yet, by key."""
    states = [state.value for state in STANDING_STATES]
    rows = AnnualRecordDraft.objects.filter(batch=batch, state__in=states, sealed_pdf=None)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def seal_pdfs(
    *,
    by: Actor,
    at: dt.datetime,
    batch_id: int,
    record_ids: Sequence[int],
    key: Key,
    timestamp: TimestampSource,
    trust: CertificateTrust,
) -> int:
    """Make, seal and keep the PDFs of these records of a class; all of them or none.

    Raises `Refused`: `role`, `not_waiting` when one of them is sealed already or not issued, what
    `admit_certificate` refuses; `Unavailable` without a time-stamp.
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
        waiting = set(records_without_pdf(batch))
        if not record_ids or not waiting.issuperset(record_ids):
            raise Refused(
                "not_waiting",
                "Có bản PDF vừa được đóng dấu rồi. Tải lại trang.",
                "A PDF has been sealed meanwhile. Reload the page.",
            )
        rows = AnnualRecordDraft.objects.filter(pk__in=record_ids).order_by("pk")
        found = list(rows.select_related("batch__classroom__school"))
        unsealed = [render_unsealed(row, codes=codes_of(row, key.certificate)) for row in found]
        sealed = seal_many(unsealed, key, at, timestamp)
        _keep(batch, found, sealed, by, at)
    return len(found)


def _keep(
    batch: IssueBatch,
    rows: Sequence[AnnualRecordDraft],
    sealed: Sequence[bytes],
    by: Actor,
    at: dt.datetime,
) -> None:
    SealedPdf.objects.bulk_create(
        SealedPdf(record=row, content=content, sealed_at=at, sealed_by=by.user_id)
        for row, content in zip(rows, sealed, strict=True)
    )
    record_event(
        using=SCHOOL_DATABASE,
        by=by,
        at=at,
        action="seal_pdfs",
        subject=f"batch:{batch.pk}",
        detail={"records": [row.record_uuid for row in rows]},
    )


def _read(by: Actor, typed: Typed) -> Wish:
    batch = batch_by_id(by, typed.number("batch"))
    waiting = records_without_pdf(batch)[:MOST]
    if not waiting:
        raise Refused(
            "nothing_waits", "Không còn bản PDF nào chờ đóng dấu.", "No PDF waits for the seal."
        )
    return {"batch": batch.pk, "records": waiting}


def _sign(by: Actor, key: Key, at: dt.datetime, wish: Wish) -> Kept:
    of = sources_of(by.unit_code)
    count = seal_pdfs(
        by=by,
        at=at,
        batch_id=wish["batch"],
        record_ids=wish["records"],
        key=key,
        timestamp=of.timestamps(),
        trust=of.trust(),
    )
    batch = batch_by_id(by, wish["batch"])
    return Kept(
        Sentence(f"Đã đóng dấu {count} bản PDF.", f"{count} PDFs sealed."),
        reverse("school_signing:batch", args=[batch.classroom_id]),
        more=bool(records_without_pdf(batch)),
    )


PDFS: Final = PaperTask(
    name="dong-dau-pdf",
    title=Sentence("Đóng dấu bản PDF của lớp", "Seal the PDFs of the class"),
    role=SignerRole.ORGANISATION,
    deny=lambda by: deny_role(by, SchoolRole.SCHOOL_CLERK),
    read=_read,
    sign=_sign,
    count=lambda wish: len(wish["records"]),
    limit=lambda wish, most: {**wish, "records": wish["records"][:most]},
)
