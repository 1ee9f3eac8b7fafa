"""Recall before the closing (transaction 5): requests are checked, an officer decides each record.

Corrections after it come by the same transaction and are decided in `city.corrections`. Status,
public log and audit of a recall appear with one commit; the original stays as it is.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence

from django.conf import settings

from hocba.errors import Refused
from hocba.ids import SchoolYear, UnitCode
from hocba.packet.codes import ResponseCode
from hocba.packet.package import read_package
from hocba.ports import Clock
from hocba.record.values import VIETNAM
from hocba.tlog.entry import SALT_SIZE, EntryKind, LogEntry, commit
from hocba_server.city.corrections.intake import keep_corrections
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.gateway.models import IncomingPackage, PackageKind, PackageState
from hocba_server.city.permissions import CityRole, deny_role, require
from hocba_server.city.recalls.checks import Examined, examine, read_item
from hocba_server.city.recalls.models import CaseState, RecallCase
from hocba_server.city.repository.models import ChangeKind
from hocba_server.city.repository.selectors import original_of
from hocba_server.city.repository.services import end_force
from hocba_server.city.transparency.services import NewEntry, append_entries, lock_log
from hocba_server.web.accounts.actor import Actor, platform_actor
from hocba_server.web.audit.services import record_event

AUTOMATIC = "automatic"


def check_request(package_id: int, *, clock: Clock) -> None:
    """Check every record of a request; what passes waits for an officer.

    Safe to run again after a kill: nothing is visible before the one commit, and a request that
    was checked is left alone.
    """
    at = clock.now()
    package = IncomingPackage.objects.get(pk=package_id, kind=PackageKind.RECALL)
    if package.state != PackageState.RECEIVED:
        return
    # What was written is read first: files can be large, and nothing of it needs the lock.
    documents = read_package(bytes(package.content).decode("ascii")).records
    written = [read_item(document) for document in documents]
    with city_transaction():
        # One writer of log and repository at a time, as when packages are taken in.
        lock_log()
        package = IncomingPackage.objects.select_for_update().get(
            pk=package_id, kind=PackageKind.RECALL
        )
        if package.state != PackageState.RECEIVED:
            return
        found = _examined(package, written, at)
        cases = [_case(package, position, each, at) for position, each in enumerate(found)]
        RecallCase.objects.bulk_create(cases)
        keep_corrections(
            (case, each.item) for case, each in zip(cases, found, strict=True) if each.record
        )
        package.state, package.processed_at = PackageState.PROCESSED, at
        package.save(update_fields=["state", "processed_at"])
        waiting = [case for case in cases if case.state == CaseState.WAITING]
        record_event(
            using=CITY_DATABASE,
            by=platform_actor("city"),
            at=at,
            action="check_recall_request",
            subject=f"package:{package.pk}",
            detail={"waiting": len(waiting), "refused": package.record_count - len(waiting)},
        )
        # A correction is always decided by a person (Đ21.6).
        recalls = [case for case in waiting if not hasattr(case, "correction")]
        if settings.RECALL_DECISION == AUTOMATIC and recalls:
            end_cases(recalls, by=platform_actor("city"), at=at, sentence="")


def _examined(
    package: IncomingPackage, written: Sequence[Examined], at: dt.datetime
) -> list[Examined]:
    open_cases = RecallCase.objects.filter(
        state=CaseState.WAITING, package__unit_code=package.unit_code
    )
    waiting = set(open_cases.values_list("record_uuid", flat=True))
    all_found = []
    for each in written:
        found = examine(each, unit_code=package.unit_code, waiting=waiting, at=at)
        if not found.refused and found.item is not None:
            waiting.add(found.item.record_uuid)
        all_found.append(found)
    return all_found


def _case(package: IncomingPackage, position: int, found: Examined, at: dt.datetime) -> RecallCase:
    item, record = found.item, found.record
    return RecallCase(
        package=package,
        position=position,
        record=record,
        record_uuid=item.record_uuid if item else "",
        pupil_code=record.pupil_code if record else "",
        pupil_name=item.full_name[:300] if item else "",
        personal_id=item.personal_id if item else "",
        reason=(item.reason or "")[:2000] if item else "",
        state=CaseState.REFUSED if found.refused else CaseState.WAITING,
        code=found.code.value,
        field_title=found.where[:200],
        sentence=found.sentence[:1000],
        decided_by=0 if found.refused else None,
        decided_by_name=platform_actor("city").name if found.refused else "",
        decided_at=at if found.refused else None,
    )


def decide_cases(
    *,
    by: Actor,
    at: dt.datetime,
    package_id: int,
    case_ids: Sequence[int],
    approve: bool,
    sentence: str,
) -> int:
    """Approve or refuse the recall of chosen records, all of them or none; answers how many.

    Raises `Refused`: `role`, `nothing_chosen`, `reason` (a refusal says why), `not_found`,
    `decided` (somebody else was quicker), `not_in_force`.
    """
    require(deny_role(by, CityRole.OFFICER))
    sentence = " ".join(sentence.split())[:1000]
    wanted = sorted(set(case_ids))
    if not wanted:
        raise Refused("nothing_chosen", "Chưa chọn học bạ nào.", "No record was chosen.")
    if not approve and not sentence:
        raise Refused(
            "reason",
            "Cần ghi lý do từ chối để nhà trường biết phải làm gì.",
            "Say why, so that the school knows what to do.",
        )
    with city_transaction():
        # Two officers at once take turns here; the second one then sees what the first decided.
        lock_log()
        rows = list(
            RecallCase.objects.select_for_update(of=("self",))
            .select_related("record")
            .filter(package_id=package_id, pk__in=wanted, correction__isnull=True)
            .order_by("pk")
        )
        if len(rows) != len(wanted):
            raise Refused("not_found", "Không tìm thấy yêu cầu này.", "There is no such request.")
        for row in rows:
            if row.state != CaseState.WAITING:
                raise decided_already(row)
        if approve:
            end_cases(rows, by=by, at=at, sentence=sentence)
        else:
            refuse_cases(rows, by=by, at=at, sentence=sentence)
    return len(rows)


def decided_already(row: RecallCase) -> Refused:
    """Somebody else was quicker."""
    when = row.decided_at.astimezone(VIETNAM) if row.decided_at else None
    return Refused(
        "decided",
        f"{row.decided_by_name} đã quyết định về học bạ của {row.pupil_name} lúc "
        f"{when:%H:%M %d/%m/%Y}. Tải lại trang để xem.",
        f"{row.decided_by_name} decided on this record already. Reload the page.",
    )


def end_cases(
    rows: Sequence[RecallCase],
    *,
    by: Actor,
    at: dt.datetime,
    sentence: str,
    kind: ChangeKind = ChangeKind.RECALL,
) -> None:
    """Status, log and audit of records that are recalled, or ended for a correction.

    Joins the open transaction, which holds the log. Raises `Refused` with code `not_in_force`.
    """
    action = "approve_correction" if kind == ChangeKind.CORRECT else "approve_recall"
    entries = []
    for row in rows:
        record = row.record
        if record is None:
            raise ValueError("the database refuses a waiting case without its record")
        salt = secrets.token_bytes(SALT_SIZE)
        end_force(record, by=by, at=at, salt=salt, reason=row.reason, kind=kind)
        entry = LogEntry(
            kind=EntryKind.RECALL,
            unit_code=UnitCode(record.unit_code),
            school_year=SchoolYear(record.school_year),
            seal_sha256=bytes.fromhex(record.seal_sha256),
            commitment=commit(salt, original_of(record)),
            accepted_at=at,
        )
        entries.append(NewEntry(entry, record.record_uuid))
        _decide(row, CaseState.APPROVED, ResponseCode.RECEIVED, by, at, sentence, action)
    append_entries(entries, at=at)


def refuse_cases(
    rows: Sequence[RecallCase],
    *,
    by: Actor,
    at: dt.datetime,
    sentence: str,
    code: ResponseCode = ResponseCode.RECALL_REFUSED,
) -> None:
    """Answer and audit of what is not granted. Joins the open transaction."""
    correction = code is ResponseCode.CORRECTION_REFUSED
    action = "refuse_correction" if correction else "refuse_recall"
    for row in rows:
        _decide(row, CaseState.REFUSED, code, by, at, sentence, action)


def _decide(
    row: RecallCase,
    state: CaseState,
    code: ResponseCode,
    by: Actor,
    at: dt.datetime,
    sentence: str,
    action: str,
) -> None:
    row.state, row.code, row.sentence = state, code.value, sentence
    row.decided_by, row.decided_by_name, row.decided_at = by.user_id, by.name, at
    row.save()
    record_event(
        using=CITY_DATABASE,
        by=by,
        at=at,
        action=action,
        subject=f"record:{row.record_uuid}",
        detail={"package": row.package_id, "reason": row.reason, "sentence": sentence},
    )
