"""What the store holds: answers to a department's question, and the store's own page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from hocba.errors import Refused
from hocba.ids import SchoolYear
from hocba.packet.holdings import HeldRecord, SchoolHoldings
from hocba.packet.json_fields import Fields
from hocba.record.national.columns import Table
from hocba_server.city.certificates.models import Unit
from hocba_server.city.gateway.models import IncomingPackage, PackageKind
from hocba_server.city.permissions import DEPARTMENT_READERS, deny_role, require
from hocba_server.city.repository.models import StoredRecord
from hocba_server.city.role import only_store
from hocba_server.city.store.models import NationalRow, ReceivedClosing, ReceivedMessage
from hocba_server.web.accounts.actor import Actor


def answer_state(unit_code: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """What the store holds of a department's year: schools with digests, or one school's records.

    Raises `Malformed`.
    """
    fields = Fields(body, "NOI_DUNG")
    year = str(SchoolYear.parse(fields.text("nam_hoc", limit=9), where="nam_hoc"))
    if fields.has("ma_truong"):
        held = held_records(unit_code, year, fields.text("ma_truong", limit=20))
        return {"hoc_ba": [each.to_json() for each in held]}
    records = records_of_department(unit_code).filter(school_year=year).order_by()
    codes = records.values_list("unit_code", flat=True).distinct()
    schools = (SchoolHoldings.of(code, held_records(unit_code, year, code)) for code in codes)
    return {"truong": [each.to_json() for each in schools]}


def held_records(unit_code: str, school_year: str, school_code: str) -> list[HeldRecord]:
    """The records of one school, with the state of their rows in the national tables."""
    records = records_of_department(unit_code).filter(
        school_year=school_year, unit_code=school_code
    )
    found = list(records.values_list("record_uuid", "sha256", "in_force"))
    rows = NationalRow.objects.filter(
        table=Table.RECORD.value, record_uuid__in=[uuid for uuid, _, _ in found]
    )
    known = {row.record_uuid: row for row in rows.only("record_uuid", "version", "state")}
    return sorted(
        HeldRecord(
            uuid,
            force is not None,
            digest,
            known[uuid].version if uuid in known else 0,
            known[uuid].state if uuid in known else "",
        )
        for uuid, digest, force in found
    )


def records_of_department(unit_code: str) -> QuerySet[StoredRecord]:
    """What this department sent; another department's records are none of its business."""
    packages = IncomingPackage.objects.filter(unit_code=unit_code, kind=PackageKind.SUBMIT)
    return StoredRecord.objects.filter(message_id__in=packages.values("message_id"))


@dataclass(frozen=True, slots=True)
class StoreYear:
    """What the store holds of one school and year."""

    school_name: str
    school_year: str
    records: int
    in_force: int


@dataclass(frozen=True, slots=True)
class StoreView:
    """The store's own page."""

    packages: tuple[IncomingPackage, ...]
    messages: tuple[ReceivedMessage, ...]
    closings: tuple[ReceivedClosing, ...]
    years: tuple[StoreYear, ...]
    rows: int
    departments: Mapping[str, str]


def store_view(*, by: Actor, shown: int = 20) -> StoreView:
    """What came in last and what is held. Raises `Refused`: `role`, `not_found` (no store)."""
    only_store()
    require(deny_role(by, *DEPARTMENT_READERS))
    packages = IncomingPackage.objects.defer("content").annotate(
        accepted_count=Count("outcomes", filter=Q(outcomes__accepted=True)),
        refused_count=Count("outcomes", filter=Q(outcomes__accepted=False)),
    )
    years = (
        StoredRecord.objects.order_by()
        .values("school_name", "school_year")
        .annotate(records=Count("pk"), force=Count("in_force"))
        .order_by("-school_year", "school_name")
    )
    return StoreView(
        packages=tuple(packages.order_by("-received_at", "-pk")[:shown]),
        messages=tuple(ReceivedMessage.objects.defer("content", "answer")[:shown]),
        closings=tuple(ReceivedClosing.objects.defer("signed_list")[:shown]),
        years=tuple(
            StoreYear(row["school_name"], row["school_year"], row["records"], row["force"])
            for row in years
        ),
        rows=NationalRow.objects.count(),
        departments=dict(Unit.objects.values_list("code", "name")),
    )


def rows_of_message(*, by: Actor, message_id: int) -> tuple[ReceivedMessage, list[dict[str, Any]]]:
    """A supplementary message and the answer to each thing in it. Raises `Refused`."""
    only_store()
    require(deny_role(by, *DEPARTMENT_READERS))
    row = ReceivedMessage.objects.defer("content").filter(pk=message_id).first()
    if row is None:
        raise Refused("not_found", "Không tìm thấy gói này.", "There is no such message.")
    results = row.answer.get("ket_qua", {}).get("hoc_ba", [])
    named = [{**one, "so": one.get("ma_tra_cuu_uuid") or one.get("ma_bam", "")} for one in results]
    return row, sorted(named, key=lambda result: result["trang_thai"])
