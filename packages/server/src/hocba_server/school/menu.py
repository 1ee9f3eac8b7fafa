"""The table of contents of a school: every room a person may enter, in the order of the work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from hocba.errors import Sentence
from hocba_server.school.registry.models import Classroom, SchoolRole

_TEACHERS = (SchoolRole.SUBJECT_TEACHER, SchoolRole.HOMEROOM_TEACHER)
_LEADERS = (SchoolRole.SCHOOL_LEADER, SchoolRole.PRINCIPAL)
_OFFICE = (SchoolRole.REGISTRAR, SchoolRole.SCHOOL_CLERK, *_LEADERS)
_ALL_BUT_ADMINISTRATOR = (*_TEACHERS, *_OFFICE)
_EVERYBODY = (*_ALL_BUT_ADMINISTRATOR, SchoolRole.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class MenuLink:
    """One page and where it is."""

    title: Sentence
    url: str


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """Pages that belong together."""

    title: Sentence
    links: tuple[MenuLink, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    vi: str
    en: str
    pattern: str
    roles: tuple[SchoolRole, ...]


_SCHOOL: Sequence[tuple[Sentence, Sequence[_Entry]]] = (
    (
        Sentence("Học sinh và kết quả", "Pupils and results"),
        (
            _Entry("Học sinh", "Pupils", "school_registry:pupils", (*_OFFICE, _TEACHERS[1])),
            _Entry(
                "Nhập danh sách lớp",
                "Import class lists",
                "school_spreadsheets:class_list",
                (SchoolRole.REGISTRAR,),
            ),
            _Entry(
                "Đối chiếu danh mục",
                "Check catalogues",
                "school_spreadsheets:catalogues",
                (SchoolRole.REGISTRAR,),
            ),
            _Entry(
                "Ngân hàng nhận xét",
                "Comment bank",
                "school_phrases:phrases",
                (*_TEACHERS, *_LEADERS),
            ),
            _Entry(
                "Thời hạn nhập kết quả",
                "Entry windows",
                "school_assessments:windows",
                (SchoolRole.REGISTRAR, *_LEADERS),
            ),
        ),
    ),
    (
        Sentence("Ký và phát hành", "Signing and issue"),
        (
            _Entry("Bàn ký", "Signing desk", "school_signing:desk", _ALL_BUT_ADMINISTRATOR),
            _Entry("Tiến độ học bạ", "Progress of records", "school_reviewing:board", _OFFICE),
            _Entry(
                "Nộp về Sở",
                "Send to the department",
                "school_submission:outbox",
                (SchoolRole.SCHOOL_CLERK, *_LEADERS),
            ),
            _Entry(
                "Báo tình hình về Sở", "Situation report", "school_situation:situation", _OFFICE
            ),
            _Entry("Giấy tờ ký số", "Signed papers", "school_statements:statements", _OFFICE),
            _Entry("Sổ bản sao", "Register of copies", "school_papers:register", _OFFICE),
            _Entry(
                "Chứng thư số của người ký",
                "Signers' certificates",
                "school_signing:certificates",
                (SchoolRole.SCHOOL_CLERK, *_LEADERS),
            ),
            _Entry(
                "Chứng thư số của trường",
                "The school's certificate",
                "school_submission:certificates",
                (SchoolRole.SCHOOL_CLERK, SchoolRole.PRINCIPAL),
            ),
        ),
    ),
    (
        Sentence("Nhà trường", "The school"),
        (
            _Entry(
                "Bắt đầu sử dụng",
                "Getting started",
                "school_onboarding:start",
                (*_OFFICE, SchoolRole.ADMINISTRATOR),
            ),
            _Entry(
                "Thông tin trường",
                "About the school",
                "school_staffing:facts",
                (SchoolRole.PRINCIPAL,),
            ),
            _Entry("Nhân sự", "Staff", "school_staffing:people", (*_OFFICE, _EVERYBODY[-1])),
            _Entry(
                "Phân công", "Assignments", "school_staffing:current", (*_OFFICE, _EVERYBODY[-1])
            ),
            _Entry(
                "Tài khoản",
                "Accounts",
                "school_staffing:accounts",
                (SchoolRole.ADMINISTRATOR, SchoolRole.PRINCIPAL),
            ),
            _Entry(
                "Quy chế nội bộ", "Internal regulation", "school_regulation:regulation", _LEADERS
            ),
            _Entry("Tập huấn", "Training", "school_training:training", _EVERYBODY),
            _Entry("Thông báo", "Notices", "school_notices:notices", _EVERYBODY),
        ),
    ),
)
_CLASS: Sequence[_Entry] = (
    _Entry(
        "Bảng tổng hợp",
        "Class summary",
        "school_summaries:summary",
        (SchoolRole.REGISTRAR, *_LEADERS, SchoolRole.HOMEROOM_TEACHER),
    ),
    _Entry(
        "Nhập và xuất Excel",
        "Excel in and out",
        "school_spreadsheets:class_files",
        _ALL_BUT_ADMINISTRATOR,
    ),
    _Entry("In học bạ cả lớp", "Print the class", "school_papers:class", (*_OFFICE, _TEACHERS[1])),
    _Entry("Phân công của lớp", "Assignments", "school_staffing:class", (SchoolRole.PRINCIPAL,)),
)


def school_menu(roles: Sequence[str]) -> list[MenuGroup]:
    """The pages of the school that these roles may open."""
    groups = [MenuGroup(title, tuple(_links(entries, roles, {}))) for title, entries in _SCHOOL]
    return [group for group in groups if group.links]


def class_menu(roles: Sequence[str], room: Classroom) -> list[MenuLink]:
    """The pages of one class that these roles may open."""
    return _links(_CLASS, roles, {"school_summaries:summary": [room.pk, "CN"], "": [room.pk]})


def _links(
    entries: Sequence[_Entry], roles: Sequence[str], arguments: dict[str, list[object]]
) -> list[MenuLink]:
    held = set(roles)
    return [
        MenuLink(
            Sentence(entry.vi, entry.en),
            reverse(entry.pattern, args=arguments.get(entry.pattern, arguments.get("", []))),
        )
        for entry in entries
        if held & {role.value for role in entry.roles}
    ]
