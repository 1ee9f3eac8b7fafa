"""The steps from nothing to a signed class, each computed from what is really there.

Order: what a step needs comes before it. Sources: QĐ 1789/QĐ-SGDĐT Đ20, Đ30-34; KH 2106 III.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext

from hocba.errors import Sentence
from hocba_server.school.onboarding import found
from hocba_server.school.onboarding.found import Found
from hocba_server.school.onboarding.situation import Situation
from hocba_server.school.registry.models import SchoolRole, StaffAssignment

HEAD, CLERK, REGISTRAR = SchoolRole.PRINCIPAL, SchoolRole.SCHOOL_CLERK, SchoolRole.REGISTRAR
ADMINISTRATOR = SchoolRole.ADMINISTRATOR
TEACHERS = (SchoolRole.HOMEROOM_TEACHER, SchoolRole.SUBJECT_TEACHER, SchoolRole.SCHOOL_LEADER)


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


def steps_of(situation: Situation, roles: tuple[str, ...]) -> list[Step]:
    """Every step with its state; the first that is not done is the current one."""
    holders = _holders(situation)
    steps: list[Step] = []
    waiting = False
    for plan in PLANS:
        now = plan.look(situation)
        state = "done" if now.done else "waiting" if waiting else "current"
        waiting = waiting or not now.done
        steps.append(
            Step(
                plan.key,
                plan.title,
                plan.help,
                plan.button,
                ", ".join(gettext(str(role.label)) for role in plan.who),
                _names(plan.who, holders),
                any(role.value in roles for role in plan.who),
                now.address or plan.address(),
                now.done,
                now.words,
                state,
            )
        )
    return steps


def _names(who: Sequence[SchoolRole], holders: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Some of those who hold these roles; who holds two is named once."""
    names = dict.fromkeys(name for role in who for name in holders.get(role.value, ()))
    return tuple(names)[:6]


def _holders(situation: Situation) -> dict[str, list[str]]:
    rows = StaffAssignment.objects.filter(
        staff__school=situation.school, school_year=situation.year, classroom=None
    )
    names: dict[str, list[str]] = {}
    for role, name in rows.values_list("role", "staff__full_name"):
        names.setdefault(role, []).append(name)
    return names


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
        found.facts_done,
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
        found.regulation_done,
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
        found.staff_done,
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
        found.classes_done,
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
        found.pupils_done,
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
        found.assignments_done,
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
        found.accounts_done,
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
        found.certificates_done,
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
        found.keys_done,
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
        found.windows_done,
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
        found.signed_done,
    ),
)
