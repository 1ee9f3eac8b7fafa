"""How far each step is, computed from what is really there."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from hocba.assessment.periods import REGULAR_PERIODS
from hocba.errors import Sentence
from hocba_server.school.assessments.windows import windows_of
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.onboarding.models import KeyTrial
from hocba_server.school.onboarding.situation import Situation
from hocba_server.school.registry.models import SchoolRole, StaffAssignment
from hocba_server.school.registry.pupil_rights import STANDING_RECORD
from hocba_server.school.registry.pupil_selectors import missing_words
from hocba_server.school.regulation.selectors import regulation_of
from hocba_server.school.staffing.account_selectors import account_lines
from hocba_server.school.staffing.decision_lines import coverage_of
from hocba_server.school.staffing.facts_services import facts_of
from hocba_server.school.staffing.selectors import grid_of
from hocba_server.school.submission.selectors import registrations_of

SIGNERS = (
    SchoolRole.PRINCIPAL,
    SchoolRole.SCHOOL_LEADER,
    SchoolRole.HOMEROOM_TEACHER,
    SchoolRole.SUBJECT_TEACHER,
)
"""Roles whose holders sign records with keys of their own."""


@dataclass(frozen=True, slots=True)
class Found:
    """How far a step is."""

    done: bool
    words: Sentence
    address: str = ""
    """Where the step is done, when that depends on the state."""


def facts_done(now: Situation) -> Found:
    row = facts_of(now.school)
    if row is None:
        return Found(False, Sentence("Chưa xác nhận", "Not confirmed yet"))
    return Found(True, Sentence("Đã xác nhận", "Confirmed"))


def regulation_done(now: Situation) -> Found:
    row = regulation_of(now.school)
    if row is None:
        return Found(False, Sentence("Chưa lưu lựa chọn nào", "Nothing saved yet"))
    if row.made_at is None:
        words = Sentence("Đã lưu lựa chọn, chưa tải văn bản", "Saved, document not made yet")
        return Found(False, words)
    if not row.choices.get("board", "").strip():
        return Found(False, Sentence("Chưa ghi ai vào Ban quản trị", "Nobody on the board yet"))
    return Found(True, Sentence("Đã tải văn bản để ký, ban hành", "Document made"))


def staff_done(now: Situation) -> Found:
    count = len(now.staff)
    words = Sentence(f"{count} người", f"{count} people")
    return Found(count >= 2, words)


def classes_done(now: Situation) -> Found:
    count = len(now.rooms)
    words = Sentence(f"{count} lớp, năm học {now.year}", f"{count} classes, {now.year}")
    return Found(count > 0, words)


def pupils_done(now: Situation) -> Found:
    lacking = [row for row in now.roll if not row.pupil.personal_id or missing_words(row.pupil)]
    total = len(now.roll)
    words = Sentence(
        f"{total - len(lacking)}/{total} em đủ thông tin",
        f"{total - len(lacking)} of {total} pupils are complete",
    )
    return Found(total > 0 and not lacking, words)


def assignments_done(now: Situation) -> Found:
    coverage = coverage_of(now.school, now.year)
    grid = grid_of(now.school, now.year, day=now.at.date(), signed=set(coverage.signed))
    missing = sum(row.missing for row in grid)
    decision = reverse("school_staffing:decision", args=[now.year])
    if missing or not grid:
        words = Sentence(f"Còn {missing} chỗ chưa có người", f"{missing} places are open")
        return Found(False, words)
    if not coverage.complete:
        words = Sentence("Đủ người, chờ hiệu trưởng ký quyết định", "The head has to sign")
        return Found(False, words, decision)
    return Found(True, Sentence("Đã ký quyết định phân công", "The decision is signed"), decision)


def accounts_done(now: Situation) -> Found:
    lines = [line for line in account_lines(now.school, now.at.date()) if line.staff]
    people = [line for line in lines if not line.left]
    active = sum(1 for line in people if line.state == "active")
    words = Sentence(
        f"{active}/{len(people)} người có tài khoản", f"{active} of {len(people)} have an account"
    )
    return Found(bool(people) and active == len(people), words)


def certificates_done(now: Situation) -> Found:
    rows = registrations_of(now.school)
    if any(row.state == "approved" for row in rows):
        return Found(True, Sentence("Sở đã phê duyệt", "Approved by the department"))
    if any(row.state in {"waiting", "sent"} for row in rows):
        return Found(False, Sentence("Đã đăng ký, chờ Sở phê duyệt", "Waits for the department"))
    return Found(False, Sentence("Chưa đăng ký với Sở", "Not registered yet"))


def keys_done(now: Situation) -> Found:
    needed = key_owners(now)
    tried = _tried(now)
    done = sum(1 for owner in needed if owner in tried)
    words = Sentence(
        f"{done}/{len(needed)} khoá đã ký thử được", f"{done} of {len(needed)} keys were tried"
    )
    return Found(len(needed) > 1 and done == len(needed), words)


def key_owners(now: Situation) -> dict[str, str]:
    """Owner -> name of everybody whose key signs in this year: the school and its signers."""
    roles = [role.value for role in SIGNERS]
    rows = StaffAssignment.objects.filter(
        staff__school=now.school, school_year=now.year, role__in=roles
    )
    people = rows.order_by("staff__full_name").values_list("staff__personal_id", "staff__full_name")
    return {now.school.code: now.school.name, **dict(people)}


def _tried(now: Situation) -> set[str]:
    rows = KeyTrial.objects.filter(school=now.school, valid_until__gt=now.at)
    return set(rows.values_list("owner", flat=True))


def keys_tried(now: Situation) -> list[tuple[str, bool]]:
    """Name and whether the key was tried, the school first."""
    tried = _tried(now)
    return [(name, owner in tried) for owner, name in key_owners(now).items()]


def windows_done(now: Situation) -> Found:
    lines = windows_of(now.school, now.year, now.at)
    regular = [line for line in lines if line.period in REGULAR_PERIODS]
    done = sum(1 for line in regular if line.window is not None)
    words = Sentence(
        f"{done}/{len(regular)} thời điểm đã đặt thời hạn", f"{done} of {len(regular)} are set"
    )
    return Found(done == len(regular), words)


def signed_done(now: Situation) -> Found:
    rows = AnnualRecordDraft.objects.filter(enrolment__classroom__in=now.rooms)
    by_class: dict[int, list[str]] = {}
    for room, state in rows.values_list("enrolment__classroom_id", "state"):
        by_class.setdefault(room, []).append(state)
    done = sum(all(state in STANDING_RECORD for state in states) for states in by_class.values())
    words = Sentence(f"{done} lớp đã phát hành học bạ", f"{done} classes have issued records")
    return Found(done > 0, words)
