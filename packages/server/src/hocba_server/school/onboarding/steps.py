"""The steps from nothing to a signed class, each computed from what is really there.

Order: what a step needs comes before it. Sources: QĐ 1789/QĐ-SGDĐT Đ20, Đ30-34; KH 2106 III.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext

from hocba.assessment.periods import REGULAR_PERIODS
from hocba.errors import Sentence
from hocba_server.school.assessments.windows import windows_of
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.onboarding.models import KeyTrial
from hocba_server.school.registry.models import (
    ON_CLASS_LIST,
    Classroom,
    Enrolment,
    School,
    SchoolRole,
    StaffAssignment,
    StaffMember,
)
from hocba_server.school.registry.pupil_rights import STANDING_RECORD
from hocba_server.school.registry.pupil_selectors import missing_words
from hocba_server.school.regulation.selectors import regulation_of
from hocba_server.school.staffing.account_selectors import account_lines
from hocba_server.school.staffing.decision_lines import coverage_of
from hocba_server.school.staffing.facts_services import facts_of
from hocba_server.school.staffing.selectors import grid_of, working_staff
from hocba_server.school.staffing.years import years_known
from hocba_server.school.submission.selectors import registrations_of

HEAD, CLERK, REGISTRAR = SchoolRole.PRINCIPAL, SchoolRole.SCHOOL_CLERK, SchoolRole.REGISTRAR
ADMINISTRATOR = SchoolRole.ADMINISTRATOR
TEACHERS = (SchoolRole.HOMEROOM_TEACHER, SchoolRole.SUBJECT_TEACHER, SchoolRole.SCHOOL_LEADER)


@dataclass(frozen=True, slots=True)
class Found:
    """How far a step is."""

    done: bool
    words: Sentence
    address: str = ""
    """Where the step is done, when that depends on the state."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One step as it is written down here."""

    key: str
    title: Sentence
    help: Sentence
    button: Sentence
    who: tuple[SchoolRole, ...]
    address: Callable[[], str]
    look: Callable[[Situation], Found]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the page."""

    key: str
    title: Sentence
    help: Sentence
    button: Sentence
    who: str
    """The roles that do it, in words."""
    names: tuple[str, ...]
    """Who holds these roles."""
    mine: bool
    """Does the person who looks hold one of them?"""
    address: str
    done: bool
    words: Sentence
    state: str
    """`done`, `current` or `waiting`."""


@dataclass(frozen=True)
class Situation:
    """What every step looks at, read once."""

    school: School
    year: str
    at: dt.datetime
    staff: list[StaffMember] = field(default_factory=list)
    rooms: list[Classroom] = field(default_factory=list)
    roll: list[Enrolment] = field(default_factory=list)


def situation_of(school: School, at: dt.datetime) -> Situation:
    """Read the school as it is now."""
    year = years_known(school, at.date())[0]
    roll = Enrolment.objects.filter(
        classroom__school=school, school_year=year, status__in=ON_CLASS_LIST
    )
    return Situation(
        school,
        year,
        at,
        staff=working_staff(school),
        rooms=list(Classroom.objects.filter(school=school, school_year=year)),
        roll=list(roll.select_related("pupil", "classroom")),
    )


def steps_of(situation: Situation, roles: tuple[str, ...]) -> list[Step]:
    """Every step with its state; the first that is not done is the current one."""
    holders = _holders(situation)
    steps: list[Step] = []
    waiting = False
    for plan in PLANS:
        found = plan.look(situation)
        state = "done" if found.done else "waiting" if waiting else "current"
        waiting = waiting or not found.done
        steps.append(
            Step(
                plan.key,
                plan.title,
                plan.help,
                plan.button,
                ", ".join(gettext(str(role.label)) for role in plan.who),
                tuple(name for role in plan.who for name in holders.get(role.value, ()))[:6],
                any(role.value in roles for role in plan.who),
                found.address or plan.address(),
                found.done,
                found.words,
                state,
            )
        )
    return steps


def _holders(situation: Situation) -> dict[str, list[str]]:
    rows = StaffAssignment.objects.filter(
        staff__school=situation.school, school_year=situation.year, classroom=None
    )
    found: dict[str, list[str]] = {}
    for role, name in rows.values_list("role", "staff__full_name"):
        found.setdefault(role, []).append(name)
    return found


def _facts(now: Situation) -> Found:
    row = facts_of(now.school)
    if row is None:
        return Found(False, Sentence("Chưa xác nhận", "Not confirmed yet"))
    return Found(True, Sentence("Đã xác nhận", "Confirmed"))


def _regulation(now: Situation) -> Found:
    row = regulation_of(now.school)
    if row is None:
        return Found(False, Sentence("Chưa lưu lựa chọn nào", "Nothing saved yet"))
    if row.made_at is None:
        words = Sentence("Đã lưu lựa chọn, chưa tải văn bản", "Saved, document not made yet")
        return Found(False, words)
    if not row.choices.get("board", "").strip():
        return Found(False, Sentence("Chưa ghi ai vào Ban quản trị", "Nobody on the board yet"))
    return Found(True, Sentence("Đã tải văn bản để ký, ban hành", "Document made"))


def _staff(now: Situation) -> Found:
    count = len(now.staff)
    words = Sentence(f"{count} người", f"{count} people")
    return Found(count >= 2, words)


def _classes(now: Situation) -> Found:
    count = len(now.rooms)
    words = Sentence(f"{count} lớp, năm học {now.year}", f"{count} classes, {now.year}")
    return Found(count > 0, words)


def _pupils(now: Situation) -> Found:
    lacking = [row for row in now.roll if not row.pupil.personal_id or missing_words(row.pupil)]
    total = len(now.roll)
    words = Sentence(
        f"{total - len(lacking)}/{total} em đủ thông tin",
        f"{total - len(lacking)} of {total} pupils are complete",
    )
    return Found(total > 0 and not lacking, words)


def _assignments(now: Situation) -> Found:
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


def _accounts(now: Situation) -> Found:
    lines = [line for line in account_lines(now.school, now.at.date()) if line.staff]
    people = [line for line in lines if not line.left]
    active = sum(1 for line in people if line.state == "active")
    words = Sentence(
        f"{active}/{len(people)} người có tài khoản", f"{active} of {len(people)} have an account"
    )
    return Found(bool(people) and active == len(people), words)


def _certificates(now: Situation) -> Found:
    rows = registrations_of(now.school)
    if any(row.state == "approved" for row in rows):
        return Found(True, Sentence("Sở đã phê duyệt", "Approved by the department"))
    if any(row.state in {"waiting", "sent"} for row in rows):
        return Found(False, Sentence("Đã đăng ký, chờ Sở phê duyệt", "Waits for the department"))
    return Found(False, Sentence("Chưa đăng ký với Sở", "Not registered yet"))


def _keys(now: Situation) -> Found:
    needed = key_owners(now)
    tried = _tried(now)
    done = sum(1 for owner in needed if owner in tried)
    words = Sentence(
        f"{done}/{len(needed)} khoá đã ký thử được", f"{done} of {len(needed)} keys were tried"
    )
    return Found(len(needed) > 1 and done == len(needed), words)


def key_owners(now: Situation) -> dict[str, str]:
    """Owner -> name of everybody whose key signs in this year: the school and its signers."""
    roles = [HEAD.value, *(role.value for role in TEACHERS)]
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


def _windows(now: Situation) -> Found:
    lines = windows_of(now.school, now.year, now.at)
    regular = [line for line in lines if line.period in REGULAR_PERIODS]
    done = sum(1 for line in regular if line.window is not None)
    words = Sentence(
        f"{done}/{len(regular)} thời điểm đã đặt thời hạn", f"{done} of {len(regular)} are set"
    )
    return Found(done == len(regular), words)


def _signed(now: Situation) -> Found:
    rows = AnnualRecordDraft.objects.filter(enrolment__classroom__in=now.rooms)
    by_class: dict[int, list[str]] = {}
    for room, state in rows.values_list("enrolment__classroom_id", "state"):
        by_class.setdefault(room, []).append(state)
    done = sum(all(state in STANDING_RECORD for state in states) for states in by_class.values())
    words = Sentence(f"{done} lớp đã phát hành học bạ", f"{done} classes have issued records")
    return Found(done > 0, words)


PLANS: Final = (
    Plan(
        "facts",
        Sentence("Xác nhận thông tin của trường", "Confirm the school's data"),
        Sentence(
            "Tên, mã trường do Sở ghi; trường ghi thêm cơ quan chủ quản để các văn bản in đúng.",
            "Name and code come from the department; add the body above the school.",
        ),
        Sentence("Xem và xác nhận", "Look and confirm"),
        (HEAD, ADMINISTRATOR),
        lambda: reverse("school_staffing:facts"),
        _facts,
    ),
    Plan(
        "regulation",
        Sentence("Lập Ban quản trị và quy chế nội bộ", "Set up the board and the regulation"),
        Sentence(
            "Hiệu trưởng chọn, tải tệp Word, sửa nếu cần rồi ký ban hành theo Quyết định 1789, "
            "Điều 30.",
            "The head chooses, downloads the document, edits and signs it.",
        ),
        Sentence("Soạn quy chế", "Draft the regulation"),
        (HEAD,),
        lambda: reverse("school_regulation:regulation"),
        _regulation,
    ),
    Plan(
        "staff",
        Sentence("Nhập nhân sự", "Import the staff"),
        Sentence(
            "Tải tệp CSDL_GiaoVien từ cơ sở dữ liệu ngành rồi nhập, hoặc thêm từng người.",
            "Import the Ministry's file CSDL_GiaoVien, or add people one by one.",
        ),
        Sentence("Nhập nhân sự", "Import staff"),
        (ADMINISTRATOR, HEAD),
        lambda: reverse("school_staffing:upload"),
        _staff,
    ),
    Plan(
        "classes",
        Sentence("Nhập lớp và học sinh", "Import classes and pupils"),
        Sentence(
            "Học vụ nhập danh sách lớp từ tệp của Bộ hoặc của Sở; xem trước từng dòng rồi mới lưu.",
            "The registrar imports class lists from the Ministry's or the city's files.",
        ),
        Sentence("Nhập danh sách lớp", "Import class lists"),
        (REGISTRAR,),
        lambda: reverse("school_spreadsheets:class_list"),
        _classes,
    ),
    Plan(
        "pupils",
        Sentence("Đủ thông tin từng học sinh", "Complete every pupil's data"),
        Sentence(
            "Học bạ chỉ phát hành khi em có đủ thông tin như giấy khai sinh và số định danh.",
            "No record is issued before the data and the personal number are complete.",
        ),
        Sentence("Xem học sinh", "See the pupils"),
        (REGISTRAR,),
        lambda: reverse("school_registry:pupils"),
        _pupils,
    ),
    Plan(
        "assignments",
        Sentence("Phân công và ký quyết định", "Assign and sign the decision"),
        Sentence(
            "Chọn chủ nhiệm, giáo viên từng môn, phó hiệu trưởng, văn thư, học vụ, quản trị viên; "
            "hiệu trưởng ký số một lần cho cả năm.",
            "Choose who does what; the head signs once for the year.",
        ),
        Sentence("Phân công", "Assign"),
        (HEAD,),
        lambda: reverse("school_staffing:current"),
        _assignments,
    ),
    Plan(
        "accounts",
        Sentence("Mở tài khoản cho mọi người", "Open everybody's account"),
        Sentence(
            "Hiệu trưởng yêu cầu, quản trị viên mở. Vai trò tự theo phân công.",
            "The head orders, the administrator opens. Roles follow the assignments.",
        ),
        Sentence("Tài khoản", "Accounts"),
        (HEAD, ADMINISTRATOR),
        lambda: reverse("school_staffing:accounts"),
        _accounts,
    ),
    Plan(
        "certificates",
        Sentence("Đăng ký chứng thư số của trường", "Register the school's certificate"),
        Sentence(
            "Văn thư cắm USB token của trường và đăng ký; Sở phê duyệt thì mới phát hành được.",
            "The clerk registers the school's token; it counts when the department approves.",
        ),
        Sentence("Chứng thư số của trường", "The school's certificate"),
        (CLERK, HEAD),
        lambda: reverse("school_submission:certificates"),
        _certificates,
    ),
    Plan(
        "keys",
        Sentence("Ký thử bằng khoá của từng người", "Try everybody's key"),
        Sentence(
            "Mỗi người ký thử một số ngẫu nhiên: biết ngay khoá, chứng thư và máy có dùng được "
            "không, trước ngày ký thật.",
            "Everybody signs a random number: problems show before the real signing.",
        ),
        Sentence("Ký thử", "Try a signature"),
        (HEAD, CLERK, *TEACHERS),
        lambda: reverse("school_onboarding:keys"),
        _keys,
    ),
    Plan(
        "windows",
        Sentence("Đặt thời hạn nhập kết quả", "Set the entry windows"),
        Sentence(
            "Bốn thời điểm trong năm: mở ngày nào, khoá ngày nào.",
            "Four periods a year: when entry opens and closes.",
        ),
        Sentence("Đặt thời hạn", "Set windows"),
        (HEAD,),
        lambda: reverse("school_assessments:windows"),
        _windows,
    ),
    Plan(
        "signed",
        Sentence("Ký và phát hành lớp đầu tiên", "Sign and issue the first class"),
        Sentence(
            "Chọn một lớp đã đủ kết quả: bộ môn ký, chủ nhiệm ký, lãnh đạo ký, văn thư phát hành.",
            "Take one class with complete results through every signature.",
        ),
        Sentence("Về danh sách lớp", "To the classes"),
        (HEAD, CLERK, REGISTRAR, *TEACHERS),
        lambda: reverse("school_home"),
        _signed,
    ),
)
