"""Thay đổi hộ tịch: the registrar proposes with the decision, the principal approves (Đ21.7).

The new data hold from the approval on. Records that are issued are not touched; correcting them
is a recall or a correction of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from hocba.errors import Refused
from hocba_server.school.database import school_transaction
from hocba_server.school.registry.attachments import Upload, keep_attachment
from hocba_server.school.registry.happenings import (
    civil_change_decided,
    civil_change_proposed,
)
from hocba_server.school.registry.models import (
    CaseState,
    CivilStatusChange,
    Pupil,
    SchoolRole,
)
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.pupil_rights import deny_pending_record
from hocba_server.school.registry.pupil_selectors import latest_enrolment, pupil_by_id
from hocba_server.school.registry.pupil_services import (
    audit,
    refuse_number_of_another,
    required_reason,
    write_values,
)
from hocba_server.school.registry.pupil_values import (
    CIVIL_STATUS,
    LABELS,
    clean,
    read_personal_id,
    read_value,
    values_of,
)
from hocba_server.school.registry.selectors import not_found
from hocba_server.web.accounts.actor import Actor


def propose_civil_change(
    *,
    by: Actor,
    at: dt.datetime,
    pupil_id: int,
    values: Mapping[str, str],
    decision_number: str,
    decision_date: dt.date,
    upload: Upload,
) -> int:
    """Keep the new values with the authority's decision; they wait for the principal."""
    require(deny_role(by, SchoolRole.REGISTRAR))
    number = clean(decision_number)[:50]
    if not number:
        raise Refused(
            "decision_number",
            "Ghi số của quyết định thay đổi hộ tịch.",
            "Give the number of the decision.",
            where="decision_number",
        )
    if decision_date > at.date():
        raise Refused(
            "day", "Ngày quyết định ở tương lai.", "The decision's date is in the future."
        )
    with school_transaction():
        pupil = pupil_by_id(by, pupil_id, lock=True)
        _refuse_pending(pupil)
        _refuse_open(pupil)
        old, new = _changed(pupil, values)
        if "personal_id" in new:
            refuse_number_of_another(pupil, new["personal_id"])
        change = CivilStatusChange.objects.create(
            pupil=pupil,
            old_values=old,
            new_values=new,
            decision_number=number,
            decision_date=decision_date,
            attachment=keep_attachment(pupil.school, upload, by=by, at=at),
            proposed_by=by.user_id,
            proposed_by_name=by.name,
            proposed_at=at,
        )
        detail = {"change": change.pk, "fields": sorted(new), "decision": number}
        audit(by, at, "propose_civil_change", pupil, detail)
        civil_change_proposed.send(CivilStatusChange, by=by, at=at, change=change)
    return change.pk


def decide_civil_change(
    *, by: Actor, at: dt.datetime, change_id: int, approved: bool, answer: str = ""
) -> bool:
    """The principal approves (the data change at once) or refuses with a reason.

    Answers whether this call decided; the same decision again changes nothing.
    """
    require(deny_role(by, SchoolRole.PRINCIPAL))
    with school_transaction():
        found = CivilStatusChange.objects.filter(pk=change_id).first()
        if found is None:
            raise not_found()
        pupil = pupil_by_id(by, found.pupil_id, lock=True)
        change = CivilStatusChange.objects.select_for_update().get(pk=change_id)
        wanted = CaseState.APPROVED if approved else CaseState.REFUSED
        if change.state == wanted:
            return False
        if change.state != CaseState.PROPOSED:
            raise Refused(
                "decided_already",
                "Thay đổi này đã được quyết định trước đó.",
                "This change was decided before.",
            )
        change.answer = "" if approved else required_reason(answer)
        if approved:
            _apply(pupil, change, by=by, at=at)
        else:
            audit(by, at, "refuse_civil_change", pupil, {"change": change.pk})
        change.state = wanted
        change.decided_by, change.decided_at = by.user_id, at
        change.save(update_fields=["state", "answer", "decided_by", "decided_at"])
        civil_change_decided.send(CivilStatusChange, by=by, at=at, change=change)
    return True


def _apply(pupil: Pupil, change: CivilStatusChange, *, by: Actor, at: dt.datetime) -> None:
    _refuse_pending(pupil)
    now = values_of(pupil)
    moved = [name for name, old in change.old_values.items() if now[name] != old]
    if moved:
        names = ", ".join(LABELS[name].vi for name in moved)
        raise Refused(
            "changed_meanwhile",
            f"Từ lúc đề nghị, {names} đã được sửa. Không duyệt đề nghị này và lập lại.",
            "The data changed since the proposal; refuse it and propose again.",
        )
    if "personal_id" in change.new_values:
        refuse_number_of_another(pupil, change.new_values["personal_id"])
    detail = {"change": change.pk, "decision": change.decision_number}
    write_values(pupil, change.new_values, "approve_civil_change", detail, by=by, at=at)


def _changed(pupil: Pupil, values: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Old and new value of each field that the decision changes."""
    now = values_of(pupil)
    new: dict[str, str] = {}
    for name in CIVIL_STATUS:
        text = clean(values.get(name, now[name]))
        if text == now[name]:
            continue
        new[name] = str(read_personal_id(text)) if name == "personal_id" else read_value(name, text)
    if not new:
        raise Refused(
            "nothing_changed",
            "Chưa có thông tin nào khác với hiện tại. Sửa mục mà quyết định thay đổi.",
            "Nothing differs from the data now.",
        )
    return {name: now[name] for name in new}, new


def _refuse_open(pupil: Pupil) -> None:
    if CivilStatusChange.objects.filter(pupil=pupil, state=CaseState.PROPOSED).exists():
        raise Refused(
            "open_change",
            f"{pupil.full_name} đang có một thay đổi hộ tịch chờ hiệu trưởng duyệt.",
            f"A change of {pupil.full_name} waits for the principal already.",
        )


def _refuse_pending(pupil: Pupil) -> None:
    row = latest_enrolment(pupil)
    if row is not None:
        require(deny_pending_record(row))
